"""An architecture as a chain: what one sample becomes layer by layer, with shapes and parameter counts."""

import re

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, floats
from nnlab.plots.palette import ColourMap, Palette
from nnlab.plots.picture import enlarge, own_limits
from nnlab.plots.pixels import draw_pixels, normalized
from nnlab.plots.width import fit, text_width
from nnlab.plots.words import empty_text

Floats = NDArray[np.float64]
_GAP = 3
_MOST_AIR = 6
"""Columns at most that a gap grows by where the chain has room."""
_FOOT = 3


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw the layers from left to right with their values, or as a list where the pictures have no room.

    arrays: stage{l} (C, H, W) of pictures or (n,) of numbers, from 0, the input, on; names (L,): texts; parameters
        (L,): how many numbers the layer learns, 0 for none.
    options: empty: the text without data.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    keys = sorted((key for key in arrays if re.fullmatch(r"stage\d+", key)), key=lambda key: int(key[5:]))
    stages = [floats(arrays[key]) for key in keys]
    if not stages or any(stage.ndim not in (1, 3) or not stage.size for stage in stages):
        return put_centred(out, empty_text(options, "no layers yet"), palette)
    names = [str(name) for name in np.asarray(arrays.get("names", np.zeros(0))).reshape(-1).tolist()]
    names += [""] * (len(stages) - len(names))
    parameters = floats(arrays.get("parameters", np.zeros(len(stages)))).reshape(-1)
    shapes = [" × ".join(map(str, stage.shape)) for stage in stages]
    counts = [numbers.count(n) if n else "–" for n in parameters.tolist()]
    widths = [
        max(stage.shape[2] if stage.ndim == 3 else 2, *map(text_width, (name, shape, count)))
        for stage, name, shape, count in zip(stages, names, shapes, counts, strict=True)
    ]
    room = sum(widths) + _GAP * (len(stages) - 1)
    tallest = max(((stage.shape[1] + 1) // 2 if stage.ndim == 3 else 1) for stage in stages)
    if room > out.columns or tallest + _FOOT > out.rows:
        _draw_list(out, names, shapes, counts, parameters, palette)
        _draw_first_maps(out, len(names) + 2, stages, palette)
        return out
    body = out.rows - _FOOT
    widths = _widened(stages, widths, out.columns, body)
    gap = _GAP + min(_MOST_AIR, (out.columns - sum(widths)) // max(1, len(stages) - 1) - _GAP)
    column = 0
    # The input learns nothing: its place says what the row counts.
    counts[0] = "W+b"
    for i, stage in enumerate(stages):
        colours = palette.map("ink" if i == 0 else "sequential")
        if stage.ndim == 3:
            _draw_maps(out, column, (widths[i], body), stage, i == 0, colours, palette)
        else:
            _draw_numbers(out, column, body, stage, colours, palette)
        out.put(body, column, names[i], palette.accent if parameters[i] else palette.text, bold=bool(parameters[i]))
        out.put(body + 1, column, shapes[i], palette.muted)
        out.put(body + 2, column, counts[i], palette.strong if parameters[i] else palette.muted)
        column += widths[i]
        if i + 1 < len(stages):
            out.put(body, column + (gap - 1) // 2, "→", palette.muted)
        column += gap
    return out


def _widened(stages: list[Floats], widths: list[int], columns: int, rows: int) -> list[int]:
    """Give layers a further column of maps each, from the input on, as long as maps are hidden and there is room."""
    widths = list(widths)
    room = columns - sum(widths) - _GAP * (len(stages) - 1)
    while True:
        wanted = [
            0 if stage.ndim != 3 or _shown(stage, width, rows) >= len(stage) else _next_width(stage, width) - width
            for stage, width in zip(stages, widths, strict=True)
        ]
        place = next((i for i, more in enumerate(wanted) if 0 < more <= room), None)
        if place is None:
            return widths
        widths[place] += wanted[place]
        room -= wanted[place]


def _next_width(stage: Floats, width: int) -> int:
    """Columns that one more map beside those within `width` takes."""
    one = int(stage.shape[2]) + 1
    return ((width + 1) // one + 1) * one - 1


def _shown(stage: Floats, width: int, rows: int) -> int:
    """How many maps of a layer have room in width x rows cells."""
    high, wide = (int(stage.shape[1]) + 1) // 2, int(stage.shape[2])
    return max(1, (rows + 1) // (high + 1)) * max(1, (width + 1) // (wide + 1))


def _draw_maps(
    out: Grid,
    column: int,
    size: tuple[int, int],
    stage: Floats,
    is_input: bool,
    colours: ColourMap,
    palette: Palette,
    row: int = 0,
) -> None:
    """Draw as many channels as have room, column by column; all of a layer share one scale."""
    high, wide = (stage.shape[1] + 1) // 2, stage.shape[2]
    limits = own_limits(stage, "ink") if is_input else (min(0.0, float(stage.min())), max(float(stage.max()), 1e-9))
    shown = min(len(stage), _shown(stage, *size))
    down = max(1, (size[1] + 1) // (high + 1))
    for c in range(shown):
        large, _ = enlarge(normalized(stage[c], limits), wide, high)
        place = column + c // down * (wide + 1)
        draw_pixels(out, row + c % down * (high + 1), place, large, colours, blank=palette.background)
    if shown < len(stage) and down * (high + 1) <= size[1]:
        out.put(down * (high + 1) - 1, column, f"+{len(stage) - shown}", palette.muted)


def _draw_numbers(out: Grid, column: int, rows: int, stage: Floats, colours: ColourMap, palette: Palette) -> None:
    """Draw a layer of numbers as a bar of pixels two columns wide; few numbers get their index."""
    low, high = min(0.0, float(stage.min())), max(float(stage.max()), 1e-9)
    shares = (stage - low) / (high - low)
    if len(stage) <= rows:
        largest = int(np.argmax(stage))
        for i, share in enumerate(shares.tolist()):
            is_largest = i == largest
            draw_pixels(out, i, column, np.full((2, 2), share), colours)
            out.put(i, column + 3, str(i), palette.accent if is_largest else palette.muted, bold=is_largest)
        return
    height = min(len(stage), 2 * (rows - 1))
    bar = np.repeat(shares[np.linspace(0, len(stage) - 1, height).astype(np.intp)][:, None], 2, axis=1)
    bar = bar if height % 2 == 0 else np.vstack([bar, bar[-1:]])
    draw_pixels(out, 0, column, bar, colours)


def _draw_list(
    out: Grid, names: list[str], shapes: list[str], counts: list[str], parameters: Floats, palette: Palette
) -> None:
    """One line a layer, and the sum of the parameters."""
    names, shapes = [*names, "Σ"], [*shapes, "W+b"]
    counts = [*counts, numbers.count(float(parameters.sum()))]
    left = max(map(text_width, names)) + 2
    right = max(map(text_width, counts))
    for row, (name, shape, count) in enumerate(zip(names, shapes, counts, strict=True)):
        is_sum = row == len(names) - 1
        out.put(row, 0, name, palette.accent if is_sum else palette.text)
        out.put(row, left, fit(shape, max(0, out.columns - left - right - 1)), palette.muted)
        out.put_right(row, min(out.columns, left + 28), count, palette.strong, bold=is_sum)


def _draw_first_maps(out: Grid, row: int, stages: list[Floats], palette: Palette) -> None:
    """Draw the first picture of every layer that has some in a row, as far as they have room below the list."""
    column = 0
    for i, stage in enumerate(stages):
        if stage.ndim != 3:
            continue
        high, wide = (int(stage.shape[1]) + 1) // 2, int(stage.shape[2])
        if row + high > out.rows or column + wide > out.columns:
            return
        _draw_maps(
            out, column, (wide, high), stage[:1], i == 0, palette.map("ink" if i == 0 else "sequential"), palette, row
        )
        column += wide + _GAP
