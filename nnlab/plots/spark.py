"""Sparklines: a whole curve in one row, with its name and its last value."""

import numpy as np

from nnlab.plots import numbers
from nnlab.plots.axes import finite_range
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, choice_option, floats, pair_option, seed_rows, text_option
from nnlab.plots.palette import Palette
from nnlab.plots.width import fit, text_width
from nnlab.plots.words import empty_text

_EIGHTHS = "▁▂▃▄▅▆▇█"
_ASCII = "_.-=*#"


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw one row in the middle of the grid.

    arrays: y (n,), or the first "<name>/y"; the mean of each column's points is drawn. options: name. x_range: the row
        is this long, so that a run still going fills it from the left. y_range. scale: "linear" or "log". colour: a
        role, default accent. value: what stands at the end, in place of the last y. empty.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    key = next((key for key in arrays if key == "y" or key.endswith("/y")), None)
    y = floats(arrays[key]) if key else np.zeros(0)
    y = np.nanmedian(seed_rows(y), axis=0) if y.ndim > 1 and y.size else y.reshape(-1)
    x_key = key[:-1] + "x" if key else ""
    x = floats(arrays[x_key]).reshape(-1) if x_key in arrays else np.arange(len(y), dtype=np.float64)
    row, column, end = (out.rows - 1) // 2, 0, out.columns
    name = text_option(options, "name")
    if name and text_width(name) + 10 <= out.columns:
        column = out.put(row, 0, name, palette.muted) + 2
    count = min(len(x), len(y))
    x, y = x[:count], y[:count]
    fine = np.isfinite(x) & np.isfinite(y)
    is_log = choice_option(options, "scale", ("linear", "log"), "linear") == "log"
    if is_log:
        fine &= y > 0
    if not fine.any():
        out.put(row, column, fit(empty_text(options, "no steps yet"), out.columns - column), palette.muted)
        return out
    text = text_option(options, "value") or numbers.loss(float(y[fine][-1]))
    if column + text_width(text) + 5 <= out.columns:
        end = out.put_right(row, out.columns, text.rjust(7), palette.strong, bold=True) - 1
    width = max(1, end - column)
    x, y = x[fine], np.log10(y[fine]) if is_log else y[fine]
    x_low, x_high = pair_option(options, "x_range") or finite_range([x]) or (0.0, 1.0)
    span = x_high - x_low
    at = ((x - x_low) / span * (width - 1) if span > 0 else np.zeros(len(x))).round().astype(np.intp)
    inside = (at >= 0) & (at < width)
    if not inside.any():
        return out
    totals = np.bincount(at[inside], weights=y[inside], minlength=width)
    counts = np.bincount(at[inside], minlength=width)
    given = pair_option(options, "y_range")
    means = totals / np.maximum(counts, 1)
    low, high = given if given and not is_log else (float(means[counts > 0].min()), float(means[counts > 0].max()))
    glyphs = _ASCII if palette.is_ascii else _EIGHTHS
    last = int(np.flatnonzero(counts)[-1])
    filled = np.interp(np.arange(last + 1), np.flatnonzero(counts), means[counts > 0])
    share = (filled - low) / (high - low) if high > low else np.zeros(last + 1)
    share = np.nan_to_num(share, nan=0.0, posinf=1.0, neginf=0.0)  # sums of huge values overflow
    levels = np.clip(share * len(glyphs), 0, len(glyphs) - 1).astype(int)
    colour = palette.role(text_option(options, "colour", "accent"))
    out.put(row, column, "".join(glyphs[level] for level in levels.tolist()), colour)
    return out
