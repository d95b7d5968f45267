"""A pane: one header row (title, note, hair line, readout) over a plot."""

from collections.abc import Sequence

from nnlab.plots.grid import Grid
from nnlab.plots.palette import Palette
from nnlab.plots.spelling import spell, spell_grid
from nnlab.plots.width import fit, text_width

Readout = str | Sequence[tuple[str, str]]
"""The text at the right, or its parts, each with the role of its colour."""


def pane(
    title: str,
    note: str,
    readout: Readout,
    body: Grid,
    size: tuple[int, int],
    palette: Palette,
    focused: bool = False,
    readout_role: str = "accent",
) -> Grid:
    """Return a grid of (columns, rows): the header, then the body at its top left.

    The note is shortened first, then left out, then the title is shortened; the readout is the last to go.
    readout_role: accent while alive, strong or text for a fact, warning when paused, error when it broke.
    """
    out = Grid.blank(size)
    if out.rows == 0 or out.columns == 0:
        return out
    header(out, 0, title, note, readout, palette, focused=focused, readout_role=readout_role)
    out.paste(body, 1, 0)
    return spell_grid(out) if palette.is_ascii else out


def header(
    grid: Grid,
    row: int,
    title: str,
    note: str,
    readout: Readout,
    palette: Palette,
    *,
    focused: bool = False,
    readout_role: str = "accent",
) -> None:
    """Put a pane's header on a row of a grid."""
    columns = grid.columns
    parts = [(readout, readout_role)] if isinstance(readout, str) else list(readout)
    parts = [(spell(text) if palette.is_ascii else text, role) for text, role in parts]
    width = sum(text_width(text) for text, _ in parts)
    if palette.is_ascii:
        title, note = spell(title), spell(note)
    more = "." if palette.is_ascii else "…"
    room = columns - (width + 3 if width else 0)
    column = grid.put(row, 0, "▸ ", palette.accent, bold=True) if focused else 0
    title = fit(title, max(0, room - column), more)
    colour = palette.accent if focused else palette.strong
    column = grid.put(row, column, title, colour, bold=focused)
    left = room - column - 1
    if note and left >= min(4, text_width(note)):
        column = grid.put(row, column + 1, fit(note, left, more), palette.muted)
    end = columns
    if width:
        at = max(0, columns - width)
        end = at - 1
        for text, role in parts:
            at = grid.put(row, at, fit(text, columns - at, more), palette.role(role))
    if column > 0:
        column += 1
    if end - column >= 1:
        grid.put(row, column, "─" * (end - column), palette.line)
