"""A picture: an array as square pixels, or as the numbers behind them, with a frame around the window on show."""

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.axes import Axis, finite_range
from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import (
    Arrays,
    Options,
    choice_option,
    flag_option,
    floats,
    number_option,
    pair_option,
)
from nnlab.plots.palette import ColourMap, Palette, nearest
from nnlab.plots.pixels import draw_pixels, normalized, resample
from nnlab.plots.ruler import Ruler
from nnlab.plots.width import text_width
from nnlab.plots.words import empty_text

Floats = NDArray[np.float64]
Frame = tuple[int, int, int, int]
"""Top row, left column, height, width, in pixels of the picture."""
_HIGHEST = 5
"""Rows that a number takes at most where there is room."""
_FARTHEST = 10_000
"""A frame beyond that many pixels frames nothing."""
_LIGHTNESS = np.array([0.299, 0.587, 0.114])
"""What red, green and blue add to how light a pixel looks (ITU-R BT.601)."""


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw a picture, the first row on top; pixels stay square. What is not finite is left blank: not known yet.

    arrays: values (H, W), or (3, H, W) red, green and blue. limits (2,), before the option. frame (4,): top row, left
        column, height, width of the window that is set off.
    options: map: ink, sequential or diverging. limits (low, high); default symmetric about 0 for the diverging map, the
        data's own else. numbers: True writes the values, the part around the frame where not all have room. decimals,
        default 0. empty: the text without data.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    values = floats(arrays["values"]) if "values" in arrays else np.zeros((0, 0))
    is_colour = values.ndim == 3 and len(values) == 3
    if (values.ndim != 2 and not is_colour) or not values.size:
        return put_centred(out, empty_text(options, "no picture yet"), palette)
    name = choice_option(options, "map", ("ink", "sequential", "diverging"), "ink")
    given = {"limits": arrays["limits"].tolist()} if "limits" in arrays else {}
    limits = pair_option(given, "limits") or pair_option(options, "limits") or own_limits(values, name)
    if is_colour:
        channels = np.nan_to_num(normalized(values, limits)).clip(0.0, 1.0)
        if palette.has_shades and not palette.is_ascii:
            return _draw_colours(out, channels, _frame(arrays), palette)
        values, limits = _LIGHTNESS @ channels.reshape(3, -1), (0.0, 1.0)
        values = values.reshape(channels.shape[1:])
    shares = normalized(values, limits)
    shares[~np.isfinite(values)] = np.nan
    frame = _frame(arrays)
    if flag_option(options, "numbers"):
        decimals = int(number_option(options, "decimals") or 0)
        return _draw_numbers(out, values, shares, frame, decimals, palette.map(name), palette)
    return _draw_pixels(out, shares, frame, palette.map(name), palette)


def ruler(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Ruler | None:
    """Return the column x and the row y of the pixel under a cell, from 1; None where pixels are written or averaged.

    arrays: lattice (2,): the pixel that counts as 1, and how many pixels lie between two that count; default (1, 1).
    """
    values = floats(arrays["values"]) if "values" in arrays else np.zeros((0, 0))
    (columns, rows), (high, wide) = size, values.shape[-2:]
    scale = min(columns // wide, 2 * rows // high) if high and wide else 0
    if not scale or flag_option(options, "numbers"):
        return None
    first, step = floats(arrays["lattice"]).tolist() if "lattice" in arrays else (1.0, 1.0)
    left, top = (columns - wide * scale) // 2, (rows - (high * scale + 1) // 2) // 2

    def axis(low: float, high: float) -> Axis:
        counted = [((place + 0.5 * scale) / scale - first) / step + 1 for place in (low, high)]
        return Axis(counted[0], counted[1], (), ())

    x = axis(0.5 - left, columns - 0.5 - left)
    y = axis(2 * (rows - 1 - top) + 1, 1 - 2 * top)
    return Ruler(0, columns, rows, x, y)


def own_limits(values: Floats, name: str) -> tuple[float, float]:
    """Return the limits that a map shows values in unless told: symmetric about 0 where the sign matters."""
    low, high = finite_range([values]) or (0.0, 1.0)
    if name == "diverging":
        reach = max(abs(low), abs(high)) or 1.0
        return -reach, reach
    return (low, high) if low < high else (low, low + 1.0)


def enlarge(shares: Floats, columns: int, rows: int) -> tuple[Floats, int]:
    """Return a picture as large as whole pixels allow in columns x rows cells, and how often each pixel is repeated.

    Where even one cell a pixel has no room it is averaged down, and the repeat is 0. The height is made even.
    """
    height, width = shares.shape
    scale = min(columns // width, 2 * rows // height)
    if scale:
        large = np.repeat(np.repeat(shares, scale, axis=0), scale, axis=1)
    else:
        share = min(columns / width, 2 * rows / height)
        large = resample(shares, max(1, int(height * share)), max(1, int(width * share)))
    if len(large) % 2:
        large = np.vstack([large, np.full((1, large.shape[1]), np.nan)])
    return large, scale


def _frame(arrays: Arrays) -> Frame | None:
    if "frame" not in arrays:
        return None
    edges = floats(arrays["frame"]).reshape(-1)
    if len(edges) != 4 or not (np.abs(edges) < _FARTHEST).all():
        return None
    top, left, height, width = (int(edge) for edge in edges)
    return top, left, height, width


def _draw_pixels(out: Grid, shares: Floats, frame: Frame | None, colours: ColourMap, palette: Palette) -> Grid:
    large, scale = enlarge(shares, out.columns, out.rows)
    row, column = (out.rows - len(large) // 2) // 2, (out.columns - large.shape[1]) // 2
    ring = np.zeros(large.shape, dtype=np.bool_)
    if frame is not None and scale:
        top, left, height, width = (edge * scale for edge in frame)
        ring[max(0, top - 1) : top + height + 1, max(0, left - 1) : left + width + 1] = True
        ring[max(0, top) : top + height, max(0, left) : left + width] = False
    draw_pixels(out, row, column, large, colours, blank=palette.background, ring=ring, ring_colour=palette.accent)
    if frame is not None and scale and not colours.is_solid:
        top, left, height, width = (edge * scale for edge in frame)
        for line in range(max(0, top // 2), min(len(large) // 2, (top + height + 1) // 2)):
            out.put(row + line, column + max(0, left - 1), "[", palette.accent, bold=True)
            out.put(row + line, column + min(large.shape[1] - 1, left + width), "]", palette.accent, bold=True)
    return out


def _draw_colours(out: Grid, channels: Floats, frame: Frame | None, palette: Palette) -> Grid:
    """Draw red, green and blue in [0, 1], (3, H, W), as the colours that they make."""
    large = np.stack([enlarge(channel, out.columns, out.rows)[0] for channel in channels])
    scale = enlarge(channels[0], out.columns, out.rows)[1]
    bytes_ = np.round(np.nan_to_num(large) * 255).astype(np.int64)
    flat = (bytes_[0] << 16) + (bytes_[1] << 8) + bytes_[2]
    known, places = np.unique(flat, return_inverse=True)
    shown = np.array([nearest(int(colour), palette.depth) for colour in known], dtype=np.int32)
    colours = shown[places].reshape(flat.shape)
    colours[~np.isfinite(large[0])] = palette.background
    if frame is not None and scale:
        top, left, height, width = (edge * scale for edge in frame)
        ring = np.zeros(colours.shape, dtype=np.bool_)
        ring[max(0, top - 1) : top + height + 1, max(0, left - 1) : left + width + 1] = True
        ring[max(0, top) : top + height, max(0, left) : left + width] = False
        colours[ring] = palette.accent
    rows, columns = min(len(colours) // 2, out.rows), min(colours.shape[1], out.columns)
    row, column = (out.rows - rows) // 2, (out.columns - columns) // 2
    area = (slice(row, row + rows), slice(column, column + columns))
    out.chars[area] = "▀"
    out.fg[area], out.bg[area] = colours[: 2 * rows : 2, :columns], colours[1 : 2 * rows : 2, :columns]
    return out


def _draw_numbers(
    out: Grid,
    values: Floats,
    shares: Floats,
    frame: Frame | None,
    decimals: int,
    colours: ColourMap,
    palette: Palette,
) -> Grid:
    texts = [[numbers.fixed(value, decimals).replace(",", "") for value in line] for line in values.tolist()]
    cell = max(text_width(text) for line in texts for text in line) + 1
    left, top = len(str(len(values))) + 1, 1
    across = min(values.shape[1], max(1, (out.columns - left - 1) // cell))
    down = min(len(values), max(1, out.rows - top))
    high = 1
    air = 0
    if (down, across) == values.shape:
        high = max(1, min(_HIGHEST, (out.rows - top) // down))
        wide = min(max(cell, 2 * high + 1), (out.columns - left - 1) // across)
        cell, air = wide, (wide - cell) // 2
    first = _start(frame, 0, len(values), down), _start(frame, 1, values.shape[1], across)
    for i in range(down):
        row, r = top + i * high, first[0] + i
        middle = row + (high - 1) // 2
        out.put_right(middle, left - 1, str(r + 1), palette.muted)
        for j in range(across):
            c, at = first[1] + j, left + j * cell
            if i == 0:
                out.put_right(0, at + cell - air, str(c + 1), palette.muted)
            if not np.isfinite(values[r, c]):
                continue
            ink = int(colours.colours[colours.index(shares[r : r + 1, c : c + 1])][0, 0])
            is_inside = frame is not None and 0 <= r - frame[0] < frame[2] and 0 <= c - frame[1] < frame[3]
            if colours.is_solid:
                draw_pixels(out, row, at, np.full((2 * high, cell), shares[r, c]), colours)
                ink = palette.ink_on(ink)
            out.put_right(middle, at + cell - air, texts[r][c], ink, bold=is_inside)
        if frame is not None and 0 <= r - frame[0] < frame[2]:
            for line in range(row, row + high):
                _put_brackets(out, line, left, cell, (frame[1] - first[1], frame[3]), across, palette)
    return out


def _put_brackets(
    out: Grid, line: int, left: int, cell: int, span: tuple[int, int], across: int, palette: Palette
) -> None:
    """Set the window's columns (first, how many) of one line in brackets, each on the blank before a number."""
    for place, bracket in ((span[0], "["), (span[0] + span[1], "]")):
        if 0 <= place <= across:
            out.put(line, left + place * cell, bracket, palette.accent, bg=palette.background, bold=True)


def _start(frame: Frame | None, axis: int, count: int, shown: int) -> int:
    """Return the first row or column on show: the frame in the middle, nothing beyond the picture."""
    centre = frame[axis] + frame[axis + 2] // 2 if frame is not None else count // 2
    return max(0, min(count - shown, centre - shown // 2))
