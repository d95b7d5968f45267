"""A pane: one header row (title, note, hair line, readout) over a plot."""

from nnlab.plots.grid import Grid
from nnlab.plots.palette import Palette
from nnlab.plots.spelling import spell, spell_grid
from nnlab.plots.width import fit, text_width


def pane(
    title: str,
    note: str,
    readout: str,
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
    readout: str,
    palette: Palette,
    *,
    focused: bool = False,
    readout_role: str = "accent",
) -> None:
    """Put a pane's header on a row of a grid."""
    columns = grid.columns
    if palette.is_ascii:
        title, note, readout = spell(title), spell(note), spell(readout)
    more = "." if palette.is_ascii else "…"
    room = columns - (text_width(readout) + 3 if readout else 0)
    column = grid.put(row, 0, "▸ ", palette.accent, bold=True) if focused else 0
    title = fit(title, max(0, room - column), more)
    colour = palette.accent if focused else palette.strong
    column = grid.put(row, column, title, colour, bold=focused)
    left = room - column - 1
    if note and left >= min(4, text_width(note)):
        column = grid.put(row, column + 1, fit(note, left, more), palette.muted)
    end = columns
    if readout:
        end = grid.put_right(row, columns, fit(readout, columns, more), palette.role(readout_role)) - 1
    if column > 0:
        column += 1
    if end - column >= 1:
        grid.put(row, column, "─" * (end - column), palette.line)
