"""Tracks: a progress line, a slider, a dot between two ends."""

from nnlab.plots import numbers
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, flag_option, floats, pair_option, text_option
from nnlab.plots.palette import Palette
from nnlab.plots.width import fit, text_width


def put_progress(grid: Grid, row: int, column: int, width: int, share: float, colour: int, palette: Palette) -> None:
    """Put a line that is filled up to `share`."""
    full = round(min(max(share, 0.0), 1.0) * width) if share == share else 0
    grid.put(row, column, "━" * full, colour)
    # Where no colour tells full from empty, thickness does.
    grid.put(row, column + full, "─" * (width - full), palette.line)


def put_slider(grid: Grid, row: int, column: int, width: int, share: float, colour: int, palette: Palette) -> None:
    """Put a line with a handle at `share`; none when share is NaN (a choice has no handle)."""
    if share != share or width < 1:
        grid.put(row, column, "─" * width, palette.line)
        return
    at = round(min(max(share, 0.0), 1.0) * (width - 1))
    grid.put(row, column, "━" * at, colour)
    grid.put(row, column + at, "●", colour)
    grid.put(row, column + at + 1, "─" * (width - at - 1), palette.line)


def put_dot(grid: Grid, row: int, column: int, width: int, share: float, colour: int, palette: Palette) -> None:
    """Put a dot on an empty line; a share outside [0, 1] stands at the end, NaN leaves the line empty."""
    grid.put(row, column, "─" * width, palette.line)
    if share == share:
        grid.put(row, column + round(min(max(share, 0.0), 1.0) * (width - 1)), "●", colour)


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw one value between two limits in the middle row.

    arrays: value (), or (n,) of which the last counts. options: limits (low, high), default (0, 1). name. handle: True
        draws a slider instead of progress. colour: a role, default accent.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    values = floats(arrays["value"]).reshape(-1) if "value" in arrays else floats([])
    value = float(values[-1]) if len(values) else float("nan")
    low, high = pair_option(options, "limits") or (0.0, 1.0)
    row, column, end = (out.rows - 1) // 2, 0, out.columns
    name, text = text_option(options, "name"), numbers.short(value)
    if name and text_width(name) + 8 <= out.columns:
        column = out.put(row, 0, name, palette.muted) + 1
    if column + text_width(text) + 5 <= out.columns:
        end = out.put_right(row, out.columns, fit(text, out.columns), palette.strong, bold=True) - 1
    colour = palette.role(text_option(options, "colour", "accent"))
    put = put_slider if flag_option(options, "handle") else put_progress
    put(out, row, column, end - column, (value - low) / (high - low), colour, palette)
    return out
