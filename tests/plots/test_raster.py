from itertools import pairwise

import numpy as np
import pytest

from nnlab.plots.raster import Raster
from nnlab.plots.spans import curve_spans, thin


def drawn(x, y, columns, rows, glyphs="braille"):
    raster = Raster(columns, rows, glyphs)
    raster.add_spans(*curve_spans(np.asarray(x, float), np.asarray(y, float), raster.width), 1)
    return raster


def test_diagonal_lights_one_dot_a_column():
    raster = drawn([0, 7], [0, 7], 4, 2)
    assert np.array_equal(raster.dots, np.eye(8, dtype=bool))


def test_one_spike_among_many_points_is_not_lost():
    y = np.full(100_000, 7.0)
    y[54_321] = 0.0
    raster = drawn(np.linspace(0, 19, len(y)), y, 10, 2)
    assert raster.dots[0].any()


def test_gap_stays_dark():
    raster = drawn(np.arange(20), [3.0] * 8 + [np.nan] * 4 + [3.0] * 8, 10, 1)
    assert raster.dots.any(axis=0).tolist() == [True] * 8 + [False] * 4 + [True] * 8


def test_steep_curve_is_unbroken():
    raster = drawn([0, 1, 2, 3], [0, 15, 0, 15], 2, 4)
    lit = raster.dots
    for a, b in pairwise(lit.T):
        grown = a | np.roll(a, 1) | np.roll(a, -1)
        assert (grown & b).any()


def test_single_point_is_drawn():
    assert drawn([5], [2], 4, 2).dots.sum() == 1


def test_unsorted_points_draw_what_sorted_ones_do():
    x, y = np.arange(16.0), np.sin(np.arange(16.0)) * 3 + 4
    order = np.random.default_rng(0).permutation(16)
    assert np.array_equal(drawn(x, y, 8, 2).dots, drawn(x[order], y[order], 8, 2).dots)


def test_thinned_curve_draws_what_the_whole_one_does():
    rng = np.random.default_rng(0)
    x, y = np.linspace(0, 99, 50_000), np.cumsum(rng.normal(size=50_000)) / 20 + 20
    assert len(thin(x, y)[0]) < 6200
    assert np.array_equal(drawn(x, y, 50, 10).dots, drawn(*thin(x, y), 50, 10).dots)


def test_curve_with_gaps_is_not_thinned():
    y = np.ones(50_000)
    y[7] = np.nan
    assert len(thin(np.arange(50_000.0), y)[1]) == 50_000


@pytest.mark.parametrize(("glyphs", "expected"), [("braille", "⠉⠒⠤⣀"), ("block", "▀▀▄▄"), ("ascii", "'**.")])
def test_each_glyph_set_draws_a_falling_line(glyphs, expected):
    raster = Raster(4, 1, glyphs)
    raster.add_line(np.array([0, raster.width - 1.0]), np.array([0, raster.height - 1.0]), 1)
    assert "".join(raster.chars()[0]) == expected


def test_line_leaves_out_points_that_are_not_finite_or_far_away():
    raster = Raster(4, 2, "braille")
    raster.add_line(np.array([0, np.nan, 3, np.inf, 1e300]), np.array([0, 1, 3, 3, 3.0]), 1)
    assert raster.dots.sum() == 2


def test_thick_line_has_that_many_dots():
    raster = Raster(4, 2, "braille")
    raster.add_line(np.array([0.0, 7]), np.array([4.0, 4]), 1, thickness=3)
    assert raster.dots.sum(axis=0).tolist() == [3] * 8
