"""A ruler says which values of a plot's axes lie under its cells."""

import numpy as np
import pytest

from nnlab.plots import Palette, draw, ruler
from nnlab.plots.ruler import beside

PALETTE = Palette()
SIZE = (60, 15)
LINE = {"a/x": np.array([-4.0, 4.0]), "a/y": np.array([0.0, 1.0])}
CURVES = [
    {"x_range": (-4, 4), "y_range": (-2, 6)},
    {"x_range": (-4, 4), "y_range": (-2, 6), "legend": "end"},
]


def place_of(grid, glyph):
    rows, columns = np.nonzero(grid.chars == glyph)
    assert len(rows) == 1
    return int(columns[0]), int(rows[0])


@pytest.mark.parametrize("options", CURVES)
@pytest.mark.parametrize("point", [(-4.0, -2.0), (0.7, 3.1), (3.9, 6.0)])
def test_the_cell_of_a_curves_point_lies_at_the_points_values(options, point):
    arrays = {**LINE, "p/points": np.array([point])}
    options = {**options, "markers": {"p": "◆"}}
    found = ruler("curve", arrays, options, SIZE, PALETTE)
    column, row = place_of(draw("curve", arrays, options, SIZE, PALETTE), "◆")
    x, y = found.at(column, row)
    assert abs(x - point[0]) <= 8 / (found.columns - 1)
    assert abs(y - point[1]) <= 8 / (found.rows - 1)


def test_seen_from_a_place_a_cell_is_as_far_as_it_lies_from_it():
    found = ruler("curve", LINE, {**CURVES[0]}, SIZE, PALETTE)
    (x, y), (dx, dy) = found.at(30, 4), found.seen_from(1.5, -2.0).at(30, 4)
    assert (dx, dy) == pytest.approx((x - 1.5, y + 2.0))


def test_a_log_axis_gives_values_and_not_exponents():
    arrays = {"a/x": np.array([0.01, 10.0]), "a/y": np.array([1.0, 2.0])}
    found = ruler("curve", arrays, {"x_scale": "log"}, SIZE, PALETTE)
    assert found.at(found.left, 0)[0] == pytest.approx(0.01)
    assert found.at(found.left + found.columns - 1, 0)[0] == pytest.approx(10.0)


def test_outside_of_the_axes_their_ends_hold():
    found = ruler("curve", LINE, CURVES[0], SIZE, PALETTE)
    assert found.at(-50, -50) == (-4.0, 6.0)
    assert found.at(500, 500) == (4.0, -2.0)


@pytest.mark.parametrize("cell", [(9, 0), (25, 4), (33, 12)])
def test_a_fields_ruler_says_what_its_own_cursor_reads_out(cell):
    arrays = {"field": np.linspace(0, 1, 64).reshape(8, 8)}
    options = {"extent": (-1, 3, 0, 4), "cursor_column": cell[0], "cursor_row": cell[1]}
    x, y = ruler("field", arrays, options, SIZE, PALETTE).at(*cell)
    shown = "".join(draw("field", arrays, options, SIZE, PALETTE).chars.reshape(-1).tolist())
    assert f"x {x:.2f}  y {y:.2f}".replace("-", "−") in shown


@pytest.mark.parametrize(
    ("kind", "arrays"),
    [("bars", {"values": np.ones(3)}), ("curve", {}), ("field", {}), ("curve", {"a/y": np.zeros(0)})],
)
def test_without_axes_or_data_there_is_none(kind, arrays):
    assert ruler(kind, arrays, {}, SIZE, PALETTE) is None


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (2, 1), (5, 3)])
def test_a_sliver_has_a_ruler_or_none_and_no_error(size):
    found = ruler("curve", LINE, {}, size, PALETTE)
    assert found is None or all(np.isfinite(found.at(0, 0)))


def test_a_cursor_goes_by_columns_where_values_are_dense_and_by_values_where_they_are_not():
    known = np.arange(0.0, 1001.0)
    found = ruler("curve", {"a/x": known, "a/y": known}, {"x_range": (0, 1000)}, SIZE, PALETTE)
    start = found.moved(None, 0, known)
    assert start in known
    assert found.moved(start, 1, known) == pytest.approx(start + 1000 / (found.columns - 1), abs=1)
    few = np.array([0.0, 400.0, 1000.0])
    assert [found.moved(400.0, by, few) for by in (-1, 0, 1)] == [0.0, 400.0, 1000.0]
    assert found.moved(1000.0, 5, few) == 1000.0


@pytest.mark.parametrize(
    ("x", "by", "expected"),
    [(2.0, 1, 3.0), (2.0, -1, 1.0), (2.5, 1, 3.0), (2.5, -1, 2.0), (3.0, 1, 3.0), (1.0, -1, 1.0)],
)
def test_the_next_value_lies_beside_whatever_the_columns(x, by, expected):
    assert beside(x, by, np.array([1.0, 2.0, 3.0])) == expected
    assert beside(x, by, np.empty(0)) == x


@pytest.mark.parametrize("size", [(57, 35), (30, 14), (33, 20)])
@pytest.mark.parametrize("pixel", [(1, 1), (14, 9), (28, 28)])
def test_the_cell_of_a_pixel_lies_at_its_column_and_row(size, pixel):
    values = np.zeros((28, 28))
    values[pixel[1] - 1, pixel[0] - 1] = 1.0
    rows, columns = np.nonzero(draw("picture", {"values": values}, {}, size, Palette(depth="mono")).chars != " ")
    found = ruler("picture", {"values": values}, {}, size, PALETTE)
    assert found.at(columns.mean(), rows.mean()) == pytest.approx(pixel, abs=0.6)


def test_a_lattice_counts_every_second_pixel_from_the_one_it_begins_with():
    arrays = {"values": np.zeros((28, 28)), "lattice": np.array([2, 2])}
    plain = ruler("picture", {"values": arrays["values"]}, {}, (56, 28), PALETTE)
    found = ruler("picture", arrays, {}, (56, 28), PALETTE)
    x, y = plain.at(30, 11)
    assert found.at(30, 11) == pytest.approx(((x - 2) / 2 + 1, (y - 2) / 2 + 1))


def test_pixels_that_are_written_as_numbers_have_no_ruler():
    assert ruler("picture", {"values": np.zeros((28, 28))}, {"numbers": True}, (56, 28), PALETTE) is None
    assert ruler("picture", {"values": np.zeros((28, 28))}, {}, (20, 8), PALETTE) is None
