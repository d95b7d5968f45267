"""The table of runs as cells: one row a run, the settings that differ, what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from nnlab.plots.grid import Grid
from nnlab.plots.palette import Palette
from nnlab.plots.width import fit, text_width


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, and whether its texts are numbers, which end at its right edge."""

    head: str
    is_number: bool = False
    is_firm: bool = False
    """Stays where columns are too many."""
    widest: int = 28


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: a mark in its colour, and a text a column."""

    mark: str
    role: str
    cells: tuple[str, ...]
    is_strong: tuple[bool, ...] = ()
    """Per cell: set off, such as the best of its column."""
    is_faint: bool = False


def draw_table(
    columns: Sequence[Column],
    rows: Sequence[TableRow],
    size: tuple[int, int],
    palette: Palette,
    *,
    selected: int = -1,
    first: int = 0,
    is_focused: bool = False,
    empty: str = "",
) -> Grid:
    """Draw a table of (columns, rows) cells. first: the topmost row shown. empty: said where there is no row."""
    out = Grid.blank(size)
    if out.rows < 1 or out.columns < 8:
        return out
    if not rows:
        out.put(0, 2, fit(empty, out.columns - 2), palette.muted)
        return out
    mark_width = max(text_width(row.mark) for row in rows) + 3
    kept = _fitting(columns, rows, out.columns - mark_width - 2)
    widths = {index: _width(columns, rows, index) for index in kept}
    room = out.columns - mark_width - 2 - sum(widths.values())
    gap = max(2, min(6, room // max(1, len(kept) - 1))) if len(kept) > 1 else 2
    starts: dict[int, int] = {}
    at = 2 + mark_width
    for index in kept:
        starts[index] = at
        at += widths[index] + gap
    for index in kept:
        head = fit(columns[index].head, widths[index])
        start = starts[index] + (widths[index] - text_width(head) if columns[index].is_number else 0)
        out.put(0, start, head, palette.muted)
    for line, (number, row) in enumerate(list(enumerate(rows))[first : first + out.rows - 1], 1):
        is_selected = number == selected
        if is_selected and palette.depth != "mono":
            out.bg[line, :] = palette.role("panel")
        if is_selected and is_focused:
            out.put(line, 0, "▸" if palette.is_ascii or palette.depth == "mono" else "▎", palette.accent, bold=True)
        out.put(line, 2, row.mark, palette.role(row.role), bold=not row.is_faint)
        for index in kept:
            text = fit(row.cells[index], widths[index], "." if palette.is_ascii else "…")
            start = starts[index] + (widths[index] - text_width(text) if columns[index].is_number else 0)
            is_strong = index < len(row.is_strong) and row.is_strong[index]
            colour = palette.muted if row.is_faint else palette.strong if is_selected or is_strong else palette.text
            out.put(line, start, text, colour, bold=is_strong)
    return out


def first_row(selected: int, first: int, shown: int) -> int:
    """Return the topmost row to show so that the selected one is among `shown` rows."""
    return max(0, min(max(first, selected - shown + 1), selected))


def _width(columns: Sequence[Column], rows: Sequence[TableRow], index: int) -> int:
    widest = max(text_width(text) for text in (columns[index].head, *(row.cells[index] for row in rows)))
    return min(columns[index].widest, widest)


def _fitting(columns: Sequence[Column], rows: Sequence[TableRow], room: int) -> list[int]:
    """Return the columns that fit, the firm ones first, in their order."""
    kept: list[int] = []
    order = sorted(range(len(columns)), key=lambda index: not columns[index].is_firm)
    for index in order:
        width = _width(columns, rows, index) + 2
        if width - 2 <= room:
            kept.append(index)
            room -= width
    return sorted(kept)
