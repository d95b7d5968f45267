"""Arrays as square pixels: two a cell where colours carry the value, one glyph a cell where they cannot."""

import numpy as np
from numpy.typing import NDArray

from nnlab.plots.grid import Grid
from nnlab.plots.palette import ColourMap

Floats = NDArray[np.float64]


def resample(values: Floats, height: int, width: int) -> Floats:
    """Return (height, width) of (H, W): interpolated where pixels are finer, averaged where they are coarser."""
    if values.shape == (height, width) or not values.size:
        return values
    return _resample_rows(_resample_rows(values, height).T, width).T


def _resample_rows(values: Floats, height: int) -> Floats:
    rows = len(values)
    if height == rows:
        return values
    if height < rows:
        edges = np.linspace(0, rows, height + 1)
        starts = edges[:-1].astype(np.intp)
        counts = np.diff(np.append(starts, rows))
        return np.add.reduceat(values, starts, axis=0) / counts[:, None]
    at = np.clip((np.arange(height) + 0.5) * rows / height - 0.5, 0, rows - 1)
    low = np.minimum(at.astype(np.intp), rows - 1)
    high = np.minimum(low + 1, rows - 1)
    share = (at - low)[:, None]
    result: Floats = values[low] * (1 - share) + values[high] * share
    return result


def normalized(values: Floats, limits: tuple[float, float], is_log: bool = False) -> Floats:
    """Return values as shares of the limits, [0, 1] inside them."""
    low, high = limits
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        if is_log:
            low, high = np.log10(max(low, 1e-300)), np.log10(max(high, 1e-300))
            values = np.log10(np.maximum(values, 1e-300))
        span = high - low
        shares: Floats = (values - low) / (span if span > 0 else 1.0)
        return shares


def draw_pixels(
    grid: Grid,
    row: int,
    column: int,
    shares: Floats,
    colours: ColourMap,
    *,
    blank: int | None = None,
    ring: NDArray[np.bool_] | None = None,
    ring_colour: int = 0,
) -> None:
    """Paint shares in [0, 1], (2h, w) with the top row first, onto h x w cells.

    blank: the colour of pixels that are not finite; without it they are the map's middle. ring (2h, w): pixels painted
    in ring_colour instead, where colours are many enough.
    """
    rows, columns = min(len(shares) // 2, grid.rows - row), min(shares.shape[1], grid.columns - column)
    if rows <= 0 or columns <= 0:
        return
    shares = shares[: 2 * rows, :columns]
    area = (slice(row, row + rows), slice(column, column + columns))
    is_blank = ~np.isfinite(shares) if blank is not None else np.zeros(shares.shape, dtype=np.bool_)
    if not colours.is_solid:
        upper, lower = shares[::2], shares[1::2]
        both = (np.where(is_blank[::2], lower, upper) + np.where(is_blank[1::2], upper, lower)) / 2
        steps = colours.index(both)
        is_nothing = is_blank[::2] & is_blank[1::2]
        grid.chars[area] = np.where(is_nothing, " ", colours.glyphs[steps])
        grid.fg[area] = colours.colours[steps]
        return
    painted = colours.colours[colours.index(shares)]
    if blank is not None:
        painted = np.where(is_blank, blank, painted)
    if ring is not None:
        painted = np.where(ring[: 2 * rows, :columns], ring_colour, painted)
    top, bottom = painted[::2], painted[1::2]
    is_plain = top == bottom
    grid.chars[area] = np.where(is_plain, " ", "▀")
    # A blank shows its background only: repeating that in fg lets neighbours join one run.
    grid.fg[area] = top
    grid.bg[area] = bottom
