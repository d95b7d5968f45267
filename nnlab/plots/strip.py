"""The strip of seeds: every start of the same experiment side by side, so that no lucky run stands for all."""

import numpy as np
from numpy.typing import NDArray

from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, flag_option, floats, number_option, pair_option
from nnlab.plots.palette import Palette
from nnlab.plots.pixels import draw_pixels, normalized, resample
from nnlab.plots.words import empty_text

Floats = NDArray[np.float64]
_THUMBS = ((8, 4), (6, 3), (4, 2))


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw one mark per seed, with a thumbnail of its field where there is room.

    arrays: fields (S, H, W) in limits, row 0 at the lowest y; solved (S,): 1 yes, 0 no, NaN not known yet.
    options: first: number of the first seed, default 1. current: index of the seed on the stage. limits of the fields,
        default (-1, 1). hidden: True shows neither fields nor marks (an answer is still to be given). empty.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    fields = floats(arrays["fields"]) if "fields" in arrays else np.zeros((0, 0, 0))
    solved = floats(arrays["solved"]).reshape(-1) if "solved" in arrays else np.full(len(fields), np.nan)
    count = len(solved)
    if not count:
        return put_centred(out, empty_text(options, "no seeds yet"), palette)
    if flag_option(options, "hidden"):
        solved, fields = np.full(count, np.nan), np.zeros((0, 0, 0))
    if fields.ndim != 3 or len(fields) != count or not fields.size:
        fields = np.zeros((0, 0, 0))
    first, current = int(number_option(options, "first") or 1), int(number_option(options, "current") or -1)
    if "current" in options and options["current"] == 0:
        current = 0
    digits = len(str(first + count - 1))
    for width, height in _THUMBS if len(fields) and palette.map("diverging").is_solid else ():
        across = (out.columns + 1) // (max(width, digits + 2) + 1)
        if across and -(-count // across) * (height + 1) <= out.rows:
            limits = pair_option(options, "limits") or (-1.0, 1.0)
            _draw_thumbs(out, fields, solved, limits, (width, height, across), first, current, palette)
            return out
    pitch = digits + 3
    across = (out.columns + 1) // pitch
    if out.rows >= 2 and across and -(-count // across) * 2 <= out.rows:
        for i in range(count):
            row, column = i // across * 2, i % across * pitch
            mark, colour = _mark(solved[i], palette)
            name = str(first + i).rjust(digits)
            out.put(row, column, name, palette.accent if i == current else palette.muted, bold=i == current)
            out.put(row + 1, column + digits - 1, mark, colour)
        return out
    _draw_squares(out, solved, current, palette)
    return out


def _mark(solved: float, palette: Palette) -> tuple[str, int]:
    if np.isnan(solved):
        return "○", palette.faint
    return ("✓", palette.accent) if solved > 0.5 else ("·", palette.muted)


def _draw_thumbs(
    out: Grid,
    fields: Floats,
    solved: Floats,
    limits: tuple[float, float],
    shape: tuple[int, int, int],
    first: int,
    current: int,
    palette: Palette,
) -> None:
    width, height, across = shape
    digits = len(str(first + len(fields) - 1))
    pitch = max(width, digits + 2) + 1
    colours = palette.map("diverging")
    for i, field in enumerate(fields):
        row, column = i // across * (height + 1), i % across * pitch
        shares = normalized(np.where(np.isfinite(field), field, sum(limits) / 2), limits)
        draw_pixels(out, row, column, resample(shares, 2 * height, width)[::-1], colours)
        mark, colour = _mark(solved[i], palette)
        out.put(row + height, column, mark, colour if i == current or solved[i] <= 0.5 else palette.muted)
        look = palette.accent if i == current else palette.muted if solved[i] > 0.5 else palette.faint
        out.put_right(row + height, column + max(width, digits + 2), str(first + i), look, bold=i == current)


def _draw_squares(out: Grid, solved: Floats, current: int, palette: Palette) -> None:
    shown = min(len(solved), out.columns * out.rows)
    for i in range(shown):
        row, column = divmod(i, out.columns)
        is_open = not solved[i] > 0.5
        glyph = "·" if np.isnan(solved[i]) else "□" if is_open else "■"
        colour = palette.accent if i == current else palette.muted if is_open else palette.text
        out.put(row, column, glyph, colour, bold=i == current)
