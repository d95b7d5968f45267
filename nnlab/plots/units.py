"""Units: how often each unit of a layer fires, one row of cells a layer or a run; who never fires is crossed out."""

import numpy as np

from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, floats, number_option
from nnlab.plots.palette import ColourMap, Palette
from nnlab.plots.pixels import draw_pixels
from nnlab.plots.width import fit
from nnlab.plots.words import empty_text

FAINTEST = 0.12
"""Place on the colour map of a unit that hardly ever fires: the map's own beginning is the bare paper."""


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw a group of cells per row of `firing`, with its name and the number of dead units above it.

    arrays: firing (R, H): share of the samples on which a unit is active, in [0, 1]; 0 is dead, NaN no unit. names
        (R,): texts. As (H,) it is one group.
    options: current: index of a group set off. empty: the text without data.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    firing = np.atleast_2d(floats(arrays.get("firing", np.zeros((0, 0)))))
    if firing.ndim != 2 or not np.isfinite(firing).any():
        return put_centred(out, empty_text(options, "no units yet"), palette)
    names = [str(name) for name in np.asarray(arrays.get("names", np.zeros(0))).reshape(-1).tolist()]
    current = number_option(options, "current")
    colours = palette.map("sequential")
    has_legend = out.rows >= 3 * len(firing) + 1
    head, cell, lines, high, gap = _layout(firing.shape, out.columns, out.rows - has_legend)
    row = 0
    for i, group in enumerate(firing):
        units = group[np.isfinite(group)]
        dead = int(np.sum(units == 0))
        is_current = current is not None and int(current) == i
        count = f"× {dead} / {len(units)}"
        name = names[i] if i < len(names) else ""
        if head:
            out.put(row, 0, fit(name, out.columns - len(count) - 1), palette.accent if is_current else palette.muted)
            colour = palette.error if dead else palette.muted
            out.put_right(row, out.columns, count, colour, bold=is_current)
        across = max(1, min(out.columns // cell, -(-len(units) // lines)))
        for at, share in enumerate(units.tolist()):
            line, column = divmod(at, across)
            if line < lines:
                place = (row + head + line * high, column * cell)
                _draw_unit(out, place, (cell, high), share, colours, palette)
        row += head + lines * high + gap
    if has_legend:
        _draw_legend(out, out.rows - 1, colours, palette)
    return out


def _layout(shape: tuple[int, int], columns: int, rows: int) -> tuple[int, int, int, int, int]:
    """Return rows of a group's header (0 or 1), columns of a unit, lines, rows of a line, blank rows after a group."""
    groups, units = shape
    room = max(1, rows // groups)
    head = int(room >= 2)
    for cell in (6, 4, 3, 2, 1):
        lines = -(-units // max(1, columns // cell))
        if lines <= room - head:
            high = max(1, min(cell // 2, (room - head) // lines))
            return head, cell, lines, high, int(room > head + lines * high)
    return head, 1, max(1, room - head), 1, 0


def _draw_unit(
    out: Grid, place: tuple[int, int], size: tuple[int, int], share: float, colours: ColourMap, palette: Palette
) -> None:
    (row, column), (width, high) = place, size
    if share == 0:
        # On bare paper: a unit that never fires must not look like one that seldom does.
        out.put(row + (high - 1) // 2, column + (width - 1) // 2, "×", palette.error, bold=True)
    else:
        draw_pixels(out, row, column, np.full((2 * high, width), FAINTEST + (1 - FAINTEST) * share), colours)


def _draw_legend(out: Grid, row: int, colours: ColourMap, palette: Palette) -> None:
    column = out.put(row, 0, "×", palette.error, bold=True)
    column = out.put(row, column, " 0 %   ", palette.muted)
    steps = 12
    if column + steps + 6 <= out.columns:
        draw_pixels(out, row, column, np.tile(np.linspace(FAINTEST, 1.0, steps), (2, 1)), colours)
        out.put(row, column + steps, " 100 %", palette.muted)
