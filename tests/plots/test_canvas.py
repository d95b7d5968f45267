"""The canvas: paper and pen stay on the grid, at every size and in every palette."""

import numpy as np
import pytest

from nnlab.plots import canvas
from nnlab.plots.grid import Grid
from nnlab.plots.palette import Palette

SIZES = [(0, 0), (1, 1), (7, 3), (20, 9), (34, 17), (66, 33), (120, 12)]
PALETTES = [Palette(), Palette(theme="light"), Palette(depth="16"), Palette(depth="mono"), Palette(glyphs="ascii")]


@pytest.mark.parametrize("palette", PALETTES)
@pytest.mark.parametrize("size", SIZES)
def test_both_papers_fit_every_size(size, palette):
    ink = np.eye(32, dtype=bool)
    places, labels = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([0, 5])
    for out in (canvas.draw_ink(ink, size, palette), canvas.draw_points(places, labels, (-1, 1, -1, 1), size, palette)):
        assert (out.columns, out.rows) == size
    for sheet in (canvas.ink_sheet(size), canvas.point_sheet(size)):
        canvas.put_cursor(Grid.blank(size), sheet, (1.0, 1.0), "+", palette)


def test_a_cell_and_its_place_are_each_other_s():
    sheet = canvas.ink_sheet((40, 17))
    for column in range(sheet.column, sheet.column + sheet.columns):
        for row in range(sheet.row, sheet.row + sheet.rows):
            assert sheet.cell(*sheet.place(column, row)) == (column, row)


def test_ink_is_seen_without_colours():
    ink = np.zeros((32, 32), dtype=bool)
    ink[:16] = True
    lines = canvas.draw_ink(ink, (32, 16), Palette(depth="mono", glyphs="ascii")).lines()
    assert lines[0].strip("@") == ""
    assert "@" not in "".join(lines[8:])


def test_classes_differ_in_their_markers_not_in_colour_alone():
    assert len({canvas.class_marker(label) for label in range(5)}) == 5
