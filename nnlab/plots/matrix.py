"""Matrices as heat maps: weights, confusion, gates over time, sweeps; with numbers where there is room."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.axes import finite_range
from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import (
    Arrays,
    Options,
    choice_option,
    flag_option,
    floats,
    names_option,
    number_option,
    pair_option,
    text_option,
)
from nnlab.plots.palette import ColourMap, Palette
from nnlab.plots.pixels import draw_pixels, normalized, resample
from nnlab.plots.width import fit, text_width
from nnlab.plots.words import empty_text

Floats = NDArray[np.float64]


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw a matrix, the first row on top.

    arrays: values (R, C), or (S, R, C) of which option seed picks one; marks (R, C) bool: a x stands there (dead
        units). A value that is not finite gets a x as well.
    options: rows, columns: names. limits (low, high); default symmetric about 0 for the diverging map, the data's own
        else. map: diverging, sequential or ink. numbers: False leaves them out. decimals, or signed: True. zero: text
        for 0. seed.
        current (row, column): one cell set off. empty: the text without data.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    values = floats(arrays["values"]) if "values" in arrays else np.zeros((0, 0))
    if values.ndim == 3 and len(values):
        values = values[int(number_option(options, "seed") or 0) % len(values)]
    values = np.atleast_2d(values) if values.ndim < 2 else values
    if values.ndim != 2 or not values.size:
        return put_centred(out, empty_text(options, "no values yet"), palette)
    marks = ~np.isfinite(values)
    if "marks" in arrays and arrays["marks"].shape == values.shape:
        marks |= arrays["marks"].astype(np.bool_)
    name = choice_option(options, "map", ("diverging", "sequential", "ink"), "diverging")
    own = finite_range([values]) or (0.0, 1.0)
    if name == "diverging":
        own = (-max(map(abs, own)), max(map(abs, own)))
    limits = pair_option(options, "limits") or own
    row_names, column_names = names_option(options, "rows"), names_option(options, "columns")
    left = min(max(map(text_width, row_names), default=-1) + 1, out.columns // 3)
    top = int(bool(column_names) and out.rows > len(values))
    texts = _texts(values, options)
    widest = max(map(text_width, texts.reshape(-1).tolist()), default=1)
    cell = (out.columns - left) // values.shape[1]
    high = (out.rows - top) // values.shape[0]
    colours = palette.map(name)
    shares = np.where(np.isfinite(values), normalized(values, limits), 0.5)
    if high < 1 or cell < 1 or (cell < widest + 1 and values.shape[0] > 4 and high < 2):
        return _draw_small(out, top, left, shares, marks, row_names, colours, palette)
    with_numbers = flag_option(options, "numbers", True) and cell >= widest + 1
    cell, high = min(cell, max(widest + 2, 2 * high)), min(high, max(1, (cell + 1) // 2))
    current = pair_option(options, "current")
    for i in range(values.shape[0]):
        row = top + i * high
        middle = row + (high - 1) // 2
        if left and i < len(row_names):
            out.put(middle, 0, fit(row_names[i], left - 1), palette.muted)
        for j in range(values.shape[1]):
            column = left + j * cell
            is_current = current is not None and (i, j) == (int(current[0]), int(current[1]))
            ink = int(colours.colours[colours.index(shares[i : i + 1, j : j + 1])][0, 0])
            if marks[i, j]:
                # On bare paper: a unit that never fires must not look like one that seldom does.
                out.put(middle, column + cell // 2, "×", palette.error, bold=True)
                continue
            if colours.is_solid or not with_numbers:
                draw_pixels(out, row, column, np.full((2 * high, cell), shares[i, j]), colours)
                ink = palette.ink_on(ink)
            if with_numbers:
                text = str(texts[i, j])
                at = column + (cell - text_width(text) + 1) // 2
                out.put(middle, at, text, ink, bold=is_current)
            if is_current:
                out.put(middle, column, "▸", palette.accent, bold=True)
    if top:
        for j, text in enumerate(column_names[: values.shape[1]]):
            shown = fit(text, cell - 1) if cell > 1 else fit(text, 1)
            out.put(0, left + j * cell + (cell - text_width(shown) + 1) // 2, shown, palette.muted)
    return out


def _texts(values: Floats, options: Options) -> NDArray[np.str_]:
    decimals = number_option(options, "decimals")
    if flag_option(options, "signed"):
        spelled = [numbers.signed(v, int(2 if decimals is None else decimals)) for v in values.reshape(-1).tolist()]
    elif decimals is None:
        spelled = [numbers.short(v) for v in values.reshape(-1).tolist()]
    else:
        spelled = [numbers.fixed(v, int(decimals)) for v in values.reshape(-1).tolist()]
    zero = text_option(options, "zero")
    if zero:
        spelled = [zero if v == 0 else text for v, text in zip(values.reshape(-1).tolist(), spelled, strict=True)]
    return np.array(spelled, dtype=np.str_).reshape(values.shape)


def _draw_small(
    out: Grid,
    top: int,
    left: int,
    shares: Floats,
    marks: NDArray[np.bool_],
    row_names: Sequence[str],
    colours: ColourMap,
    palette: Palette,
) -> Grid:
    """Draw one value a pixel, or fewer where even that has no room."""
    columns, rows = out.columns - left, 2 * (out.rows - top)
    across = max(1, columns // shares.shape[1])
    down = max(1, min(across, rows // shares.shape[0]))
    down -= down % 2 if down > 1 else 0  # whole cells, each with its name
    for index, name in enumerate(row_names[: len(shares)] if down > 1 and left else ()):
        out.put(top + index * down // 2, 0, fit(name, left - 1), palette.muted)
    pixels = np.repeat(np.repeat(shares, down, axis=0), across, axis=1)
    spots = np.repeat(np.repeat(marks, down, axis=0), across, axis=1).astype(np.float64)
    height, width = min(len(pixels), rows), min(pixels.shape[1], columns)
    pixels, spots = resample(pixels, height, width), resample(spots, height, width)
    if height % 2:
        pixels, spots = np.vstack([pixels, pixels[-1:]]), np.vstack([spots, spots[-1:]])
    draw_pixels(out, top, left, pixels, colours)
    for row, column in zip(*np.nonzero((spots[::2] + spots[1::2]) >= 1.0), strict=True):
        out.put(top + int(row), left + int(column), "×", palette.error)
    return out
