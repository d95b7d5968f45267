"""The canvas that one draws on: ink as square points, or points in classes, with a cursor. No view of a run."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.grid import Grid
from nnlab.plots.palette import MARKERS, Palette
from nnlab.plots.pixels import draw_pixels, resample

Floats = NDArray[np.float64]
INK_ROWS = (32, 16, 8)
"""Rows of cells that 32 points of ink may take; columns are twice as many, so that points are square."""
PIXELS = 8
"""Pixels of a digit along each side: what the marks on the paper divide it into."""
LEAST_ROWS = 4


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where the paper lies in the grid, in cells."""

    row: int
    column: int
    rows: int
    columns: int

    def place(self, column: int, row: int) -> tuple[float, float]:
        """Return the middle of a cell of the grid as a place on the paper, (x, y) in [0, 1], y downwards."""
        x = (column - self.column + 0.5) / max(1, self.columns)
        y = (row - self.row + 0.5) / max(1, self.rows)
        return min(1.0, max(0.0, x)), min(1.0, max(0.0, y))

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Return column and row of the cell of the grid that a place on the paper lies in."""
        column = min(self.columns - 1, int(x * self.columns))
        return self.column + column, self.row + min(self.rows - 1, int(y * self.rows))


def ink_sheet(size: tuple[int, int]) -> Sheet:
    """Return the paper of a digit in (columns, rows) cells: the largest of INK_ROWS that has room."""
    columns, rows = size
    side = next((side for side in INK_ROWS if side <= rows and 2 * side <= columns), min(rows, columns // 2))
    return Sheet(0, max(0, (columns - 2 * side) // 2), side, 2 * side)


def point_sheet(size: tuple[int, int]) -> Sheet:
    """Return the paper of points in (columns, rows) cells: square, with room for the numbers of its axes."""
    columns, rows = size
    left = 5
    side = max(1, min(rows - 1, (columns - left) // 2))
    return Sheet(0, left + max(0, (columns - left - 2 * side) // 2), side, 2 * side)


def draw_ink(ink: NDArray[np.bool_], size: tuple[int, int], palette: Palette) -> Grid:
    """Draw ink (n, n), True where it is, on a paper that marks divide into 8x8 pixels."""
    out = Grid.blank(size)
    sheet = ink_sheet(size)
    if sheet.rows < LEAST_ROWS:
        return out
    shares = resample(ink.astype(np.float64), 2 * sheet.rows, sheet.columns)
    draw_pixels(out, sheet.row, sheet.column, shares, palette.map("ink"))
    has_ink = shares.reshape(sheet.rows, 2, sheet.columns).max(axis=1) > 0
    for row in range(0, sheet.rows + 1, max(1, sheet.rows // PIXELS)):
        for column in range(0, sheet.columns + 1, max(1, sheet.columns // PIXELS)):
            is_inside = row < sheet.rows and column < sheet.columns
            if is_inside and not has_ink[row, column]:
                out.put(sheet.row + row, sheet.column + column, "·", palette.faint)
    return out


def draw_points(
    places: Floats,
    labels: NDArray[np.int64],
    extent: tuple[float, float, float, float],
    size: tuple[int, int],
    palette: Palette,
) -> Grid:
    """Draw places (n, 2) in [0, 1], y downwards, each with the marker and the colour of its class (n,).

    extent: x from, to, y from, to of the paper, for the numbers at its edges.
    """
    out = Grid.blank(size)
    sheet = point_sheet(size)
    if sheet.rows < LEAST_ROWS:
        return out
    _draw_axes(out, sheet, extent, palette)
    for (x, y), label in zip(places.tolist(), labels.tolist(), strict=True):
        column, row = sheet.cell(x, y)
        out.put(row, column, class_marker(label), class_colour(label, palette))
    return out


def class_marker(label: int) -> str:
    """Return the glyph of a class of points."""
    return MARKERS[label % len(MARKERS)]


def class_colour(label: int, palette: Palette) -> int:
    """Return the colour of a class of points: 0 and 1 as on fields, then the series'."""
    first = (palette.neg, palette.pos)
    return first[label] if label < len(first) else palette.series(label)


def _draw_axes(out: Grid, sheet: Sheet, extent: tuple[float, float, float, float], palette: Palette) -> None:
    low_x, high_x, low_y, high_y = extent
    middle_row, middle_column = sheet.row + sheet.rows // 2, sheet.column + sheet.columns // 2
    for row in range(sheet.rows):
        out.put(sheet.row + row, middle_column, "┊", palette.line)
    out.put(middle_row, sheet.column, "┈" * sheet.columns, palette.line)
    for row, value in ((sheet.row, high_y), (middle_row, (low_y + high_y) / 2), (sheet.row + sheet.rows - 1, low_y)):
        out.put_right(row, sheet.column - 1, numbers.short(value), palette.muted)
    bottom = sheet.row + sheet.rows
    out.put(bottom, sheet.column, numbers.short(low_x), palette.muted)
    out.put(bottom, middle_column, numbers.short((low_x + high_x) / 2), palette.muted)
    out.put_right(bottom, sheet.column + sheet.columns, numbers.short(high_x), palette.muted)


def put_cursor(out: Grid, sheet: Sheet, place: tuple[float, float], glyph: str, palette: Palette) -> None:
    """Show where the pen is, over what is drawn there."""
    column, row = sheet.cell(*place)
    if 0 <= row < out.rows and 0 <= column < out.columns:
        out.put(row, column, glyph, palette.ink_on(palette.accent), bg=palette.accent, bold=True)
