"""A timeline: heat maps over one time axis, rows are units, columns are steps; a cursor reads all of them at once."""

import numpy as np
from numpy.typing import NDArray

from nnlab.plots.blank import put_centred
from nnlab.plots.columns import Columns, columns_of, put_labels, put_ticks
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, floats, number_option, text_option
from nnlab.plots.palette import Palette
from nnlab.plots.timeline_parts import heights_of, parts_of, put_part, put_readout, put_unit_names, spell_mean
from nnlab.plots.width import fit, text_width
from nnlab.plots.words import empty_text

READOUT = 14
"""Columns of the numbers right of the maps."""


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw parts below one another over one time axis, the first unit on top, in the order of the arrays.

    Where units are more than pixels, neighbours are averaged and the part's label says how many there are (`of 64`);
    where steps are more than cells, likewise (`t ÷3`: three steps a column). Steps with labels are shown as a window
    around the cursor instead, with the number of steps left out at either side. What is not finite is left blank: not
    known yet.

    arrays: NAME/values (R, T), or (T,) for one unit: a part. NAME/units (R,): texts beside its rows where they have
        room. labels (T,): texts above the columns (characters, words). below (T,): texts under them. marks (T,): true
        where a line sets a step off. cursor (): a step from 0; not finite is none.
    options: maps: a table of part to diverging (default), sequential or ink. limits: a table of part to (low, high).
        Parts without limits share one range for each map (symmetric about 0 on the diverging one), so that they can be
        compared, but for those named in apart. bars: names of parts of one unit drawn as bars from their low limit.
        first: number of the first step, default 1. time: name of the axis, default t. cursor, before the array's.
        cursor_column: a cell of the plot instead of a step. empty: the text without data.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    parts = parts_of(arrays, options, palette)
    if not parts:
        return put_centred(out, empty_text(options, "no steps yet"), palette)
    steps = parts[0].values.shape[1]
    labels, below = _texts(arrays, "labels"), _texts(arrays, "below")
    names = [name for part in parts for name in (part.name, *part.units)]
    widest = 5 if steps > out.columns - 4 else 3
    left = min(max(widest, *map(text_width, names)) + 1, out.columns // 4)
    has_readout = out.columns - left >= 3 * READOUT
    end = out.columns - (READOUT if has_readout else 0)
    cursor = _cursor(arrays, options, steps)
    columns = columns_of(steps, labels + below, cursor, left, end)
    at = number_option(options, "cursor_column")
    if at is not None:
        cursor = columns.step_at(int(max(0.0, min(at, 1e6))))
    # Rows around the maps come in order of need: the ticks, the texts above and below, the line of numbers.
    spare = out.rows - len(parts)
    has_ticks = spare >= 1
    top = int(spare >= 2 and (bool(labels) or cursor is not None))
    under = int(spare >= 3 and bool(below))
    has_line = spare >= 6 and not has_readout and cursor is not None
    heights, gap = heights_of(parts, out.rows - has_ticks - top - under - has_line)
    marks = floats(arrays["marks"]).reshape(-1) if "marks" in arrays else np.zeros(0)
    if top:
        _put_head(out, columns, labels, cursor, marks, palette)
        if has_readout and cursor is not None:
            out.put_right(0, out.columns, _moment(options, cursor), palette.accent)
    row = top
    for part, high in zip(parts, heights, strict=False):
        if row > top:
            for blank in range(row - gap, row):
                _put_lines(out, blank, columns, cursor, marks, palette)
        put_part(out, row, high, part, columns, cursor, marks, palette)
        put_unit_names(out, row, high, part, left, palette)
        if has_readout:
            put_readout(out, row, high, part, end + 2, cursor, options, palette)
        row += high + gap
    row -= gap
    if under:
        put_labels(out, row, columns, below, cursor, palette, palette.text)
        row += 1
    if has_ticks:
        put_ticks(out, row, columns, _first(options), text_option(options, "time", "t"), cursor, palette)
        if len(heights) < len(parts):
            out.put_right(row, out.columns, f"+{len(parts) - len(heights)}", palette.muted)
        row += 1
    if has_line and cursor is not None:
        said = fit(_moment(options, cursor), out.columns)
        for number in (f"  {part.name} {spell_mean(part, cursor)}" for part in parts):
            if text_width(said + number) > out.columns:
                break  # half a number would be another one
            said += number
        out.put(row, 0, said, palette.accent)
    return out


def _texts(arrays: Arrays, name: str) -> list[str]:
    return [str(text) for text in np.asarray(arrays.get(name, np.zeros(0))).reshape(-1).tolist()]


def _first(options: Options) -> int:
    first = number_option(options, "first")
    return 1 if first is None else int(first)


def _moment(options: Options, cursor: int) -> str:
    return f"{text_option(options, 'time', 't')} = {cursor + _first(options)}"


def _cursor(arrays: Arrays, options: Options, steps: int) -> int | None:
    """Return the step that is read, kept inside the axis; None where nothing says one."""
    step = number_option(options, "cursor")
    if step is None and "cursor" in arrays:
        given = floats(arrays["cursor"]).reshape(-1)
        step = float(given[0]) if len(given) and np.isfinite(given[0]) else None
    return None if step is None else int(max(0.0, min(step, steps - 1.0)))


def _put_head(
    out: Grid, columns: Columns, labels: list[str], cursor: int | None, marks: NDArray[np.float64], palette: Palette
) -> None:
    """Put the texts above the columns, or, without any, a head for the cursor's line."""
    if labels:
        put_labels(out, 0, columns, labels, cursor, palette, palette.text)
        return
    _put_lines(out, 0, columns, None, marks, palette)
    shown = columns.of_step(cursor) if cursor is not None else None
    if shown is not None:
        out.put(0, columns.middle(shown), "▼", palette.accent, bold=True)


def _put_lines(
    out: Grid, row: int, columns: Columns, cursor: int | None, marks: NDArray[np.float64], palette: Palette
) -> None:
    """Put the cursor's and the marks' lines through a row between two maps."""
    for step in np.flatnonzero(marks > 0).tolist():
        column = columns.of_step(step)
        if column is not None:
            out.put(row, columns.middle(column), "│", palette.faint)
    shown = columns.of_step(cursor) if cursor is not None else None
    if shown is not None:
        out.put(row, columns.middle(shown), "│", palette.accent)
