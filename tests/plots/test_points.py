"""Single places on a curve plot: where they stand, what they wear, and what they leave alone."""

import numpy as np

from nnlab.plots import Palette, draw

LINE = {"loss/x": np.linspace(0.0, 10.0, 50), "loss/y": np.linspace(0.0, 10.0, 50)}


def drawn(arrays, options=None, palette=None, size=(40, 11)):
    return draw("curve", arrays, options or {}, size, palette or Palette())


def places_of(grid, marker):
    return [(row, line.index(marker)) for row, line in enumerate(grid.lines()) if marker in line]


def test_a_point_in_the_corner_stands_in_the_corner_of_the_plot():
    grid = drawn({**LINE, "loss/points": np.array([[10.0, 10.0], [0.0, 0.0]])})
    ((top, right), (bottom, left)) = places_of(grid, "●")
    assert (top, right) == (0, 39)
    assert left == drawn(LINE).lines()[bottom + 1].index("0")


def test_a_point_of_a_curve_wears_its_colour_and_others_the_next():
    palette = Palette()
    grid = drawn({**LINE, "loss/points": np.array([[5.0, 5.0]]), "data/points": np.array([[5.0, 9.0]])})
    assert {int(colour) for colour in grid.fg[grid.chars == "●"]} == {palette.series(0)}
    assert {int(colour) for colour in grid.fg[grid.chars == "▲"]} == {palette.series(2)}


def test_the_axes_hold_every_point_and_a_limit_hides_those_beyond():
    points = {"data/points": np.array([[2.0, 40.0], [1.0, 1.0]])}
    assert len(places_of(drawn({**LINE, **points}), "◆")) == 2
    assert len(places_of(drawn({**LINE, **points}, {"y_limits": (0, 10)}), "◆")) == 1


def test_points_stand_in_no_legend():
    with_points = drawn({**LINE, "data/points": np.array([[1.0, 8.0]])}, {"legend": "auto"})
    assert "data" not in "\n".join(with_points.lines())


def test_points_without_a_finite_place_draw_nothing():
    grid = drawn({**LINE, "data/points": np.full((3, 2), np.nan)})
    assert not places_of(grid, "◆")
    assert grid.lines() == drawn(LINE).lines()


def test_points_alone_are_enough_to_draw():
    assert "no steps yet" not in "\n".join(drawn({"data/points": np.array([[1.0, 2.0], [3.0, 4.0]])}).lines())
