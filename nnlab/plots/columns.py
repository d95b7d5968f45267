"""The columns of a time axis: where each step stands, which steps are on show, and their labels and ticks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.grid import Grid
from nnlab.plots.palette import Palette
from nnlab.plots.width import fit, text_width

Floats = NDArray[np.float64]
WIDEST_LABEL = 10
FEWEST = 8
"""Labelled steps that have a column at least: longer labels are shortened."""
_SPARE = 4
"""Columns at either end that say how many steps stand outside the window."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Steps start .. start + count - 1 of a time axis, in cells left .. edges[-1] - 1 of a grid."""

    start: int
    edges: tuple[int, ...]
    """(count + 1,): the first cell of each column, then the cell after the last one."""
    merged: int
    """How many steps a column averages: 1 unless there are more steps than cells."""
    total: int
    """Steps of the whole axis."""

    @property
    def count(self) -> int:
        """Columns on show."""
        return len(self.edges) - 1

    def of_step(self, step: int) -> int | None:
        """Return the column that shows a step, or None where it is outside."""
        column = step // self.merged - self.start
        return column if 0 <= column < self.count else None

    def step_at(self, cell: int) -> int:
        """Return the first step of the column nearest to a cell of the grid."""
        column = int(np.searchsorted(np.array(self.edges[1:-1]), cell, side="right"))
        return min(self.total - 1, (self.start + column) * self.merged)

    def middle(self, column: int) -> int:
        """Return the cell in the middle of a column."""
        return (self.edges[column] + self.edges[column + 1] - 1) // 2

    def take(self, values: Floats) -> Floats:
        """Return what the columns show of values (..., T): (..., count), averages of what is finite where merged."""
        if self.merged > 1:
            missing = -values.shape[-1] % self.merged
            padded = np.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, missing)], constant_values=np.nan)
            blocks = padded.reshape(*values.shape[:-1], -1, self.merged)
            is_known = np.isfinite(blocks)
            known = is_known.sum(axis=-1)
            sums = np.where(is_known, blocks, 0.0).sum(axis=-1)
            values = np.where(known > 0, sums / np.maximum(known, 1), np.nan)
        return values[..., self.start : self.start + self.count]

    def paint(self, values: Floats) -> Floats:
        """Return values (..., count) as one per cell: (..., width)."""
        return np.repeat(values, np.diff(self.edges), axis=-1)


def columns_of(steps: int, labels: list[str], cursor: int | None, left: int, end: int) -> Columns:
    """Lay `steps` out over the cells left .. end - 1.

    Labelled steps are as wide as their labels and a window around the cursor (the end without one) is shown where not
    all fit; unlabelled ones share the width, and neighbours are averaged where they are more than the cells.
    """
    width = max(1, end - left)
    if not labels:
        merged = -(-steps // width)
        count = -(-steps // merged)
        return Columns(0, tuple(left + round(i * width / count) for i in range(count + 1)), merged, steps)
    widest = max(1, min(WIDEST_LABEL, max(text_width(label) for label in labels)))
    # A blank between two words, none between two characters: those read as a text.
    needed = min(widest + (widest > 2), max(3, width // FEWEST))
    cell = min(max(needed, width // steps), 4 * needed)
    if cell * steps <= width:
        return Columns(0, tuple(left + cell * i for i in range(steps + 1)), 1, steps)
    lead = _SPARE if width >= 5 * _SPARE else 0
    count = max(1, (width - 2 * lead) // cell)
    middle = steps - 1 if cursor is None else cursor
    start = max(0, min(steps - count, middle - count // 2))
    return Columns(start, tuple(left + lead + cell * i for i in range(count + 1)), 1, steps)


def put_labels(
    grid: Grid, row: int, columns: Columns, labels: list[str], cursor: int | None, palette: Palette, colour: int
) -> None:
    """Put one label over each column, that of the cursor set off."""
    for column, step in enumerate(range(columns.start, min(columns.start + columns.count, len(labels)))):
        width = columns.edges[column + 1] - columns.edges[column]
        # A blank is a character like any other: an empty column would look like none.
        label = fit("␣" if labels[step].isspace() else labels[step], width - (width > 3))
        at = columns.edges[column] + (width - text_width(label)) // 2
        if step == cursor:
            grid.put(row, at, label, palette.accent, bold=True)
        else:
            grid.put(row, at, label, colour)


def put_ticks(
    grid: Grid, row: int, columns: Columns, first: int, name: str, cursor: int | None, palette: Palette
) -> None:
    """Put the numbers of some steps below their columns; the first step is called `first`.

    The row also says what is left out: steps outside the window, steps that share a column.
    """
    free = np.ones(grid.columns + 2, dtype=np.bool_)

    def put(cell: int, text: str, colour: int, bold: bool = False) -> None:
        width = text_width(text)
        start = max(columns.edges[0], min(cell - (width - 1) // 2, columns.edges[-1] - width))
        if start < 0 or start + width > grid.columns or not free[max(0, start - 1) : start + width + 1].all():
            return
        grid.put(row, start, text, colour, bold=bold)
        free[start : start + width] = False

    def put_at(start: int, text: str) -> None:
        if start >= 0 and start + len(text) <= grid.columns and free[start : start + len(text)].all():
            grid.put(row, start, text, palette.muted)
            free[start : start + len(text)] = False

    before, after = columns.start * columns.merged, columns.total - (columns.start + columns.count) * columns.merged
    if before > 0:
        put_at(max(0, columns.edges[0] - len(f"‹{before}") - 1), f"‹{before}")
    if after > 0:
        put_at(columns.edges[-1] + 1, f"{after}›")
    shown = columns.of_step(cursor) if cursor is not None else None
    if shown is not None and cursor is not None:
        put(columns.middle(shown), numbers.fixed(cursor + first, 0), palette.accent, bold=True)
    label = f"{name} ÷{columns.merged}" if columns.merged > 1 else name
    put_at(max(0, columns.edges[0] - text_width(label) - 1), label)
    last = columns.count - 1
    apart = _tick_step(columns)
    inner = [c for c in range(last) if ((columns.start + c) * columns.merged + first) % apart == 0]
    for column in (0, last, *inner):
        put(columns.middle(column), numbers.fixed((columns.start + column) * columns.merged + first, 0), palette.muted)


def _tick_step(columns: Columns) -> int:
    """Return the round number of steps between two ticks that leaves them room."""
    a_step = (columns.edges[-1] - columns.edges[0]) / columns.count / columns.merged
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000):
        if step * a_step >= 8:
            return step
    return 100000
