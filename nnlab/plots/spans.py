"""A curve as one vertical span of dots per dot column: 100,000 points cost what 1,000 do, and no peak is lost."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def thin(x: Floats, y: Floats, groups: int = 2048) -> tuple[Floats, Floats]:
    """Return the lowest and the highest point of each group of neighbours, and the ends: at most 3 * groups + 2.

    A curve with gaps, or one that is short enough, is handed back as it is.
    """
    size = len(y) // groups
    if size < 4 or not np.isfinite(y.sum()):
        return x, y
    kept = y[: size * groups].reshape(groups, size)
    first = np.arange(groups) * size
    lowest, highest = first + kept.argmin(axis=1), first + kept.argmax(axis=1)
    pairs = np.stack([np.minimum(lowest, highest), np.maximum(lowest, highest)], axis=1).reshape(-1)
    at = np.concatenate([[0], pairs, np.arange(size * groups, len(y)), [len(y) - 1]])
    return x[at], y[at]


def curve_spans(x: Floats, y: Floats, width: int) -> tuple[Floats, Floats]:
    """Return low and high (width,), in dots, of a curve through points (n,), (n,) given in dots.

    Column i reaches from i - 0.5 to i + 0.5. Points that are not finite break the curve. Columns that it does not
    touch are NaN. x need not be sorted.
    """
    low, high = np.full(width, np.nan), np.full(width, np.nan)
    if np.any(np.diff(x) < 0):
        order = np.argsort(x, kind="stable")
        x, y = x[order], y[order]
    fine = np.isfinite(x) & np.isfinite(y)
    at = np.flatnonzero(fine)
    if not at.size or not width:
        return low, high
    xs, ys = x[at], y[at]
    edge_y = _between(np.arange(-0.5, width), xs, ys, np.diff(at) == 1)
    middle_y = _between(np.arange(width, dtype=np.float64), xs, ys, np.diff(at) == 1)
    # Dots whose centre the curve passes, and always the one nearest to it in the middle of the column.
    low = np.ceil(np.fmin(edge_y[:-1], edge_y[1:]))
    high = np.floor(np.fmax(edge_y[:-1], edge_y[1:]))
    is_partial = np.isnan(edge_y[:-1]) | np.isnan(edge_y[1:])
    low[is_partial], high[is_partial] = np.nan, np.nan
    low, high = np.fmin(low, np.rint(middle_y)), np.fmax(high, np.rint(middle_y))
    column = np.rint(xs).astype(np.int64)
    inside = (column >= 0) & (column < width)
    column, ys = column[inside], ys[inside]
    if column.size:
        starts = np.flatnonzero(np.diff(column, prepend=-1))
        touched = column[starts]
        low[touched] = np.fmin(low[touched], np.rint(np.minimum.reduceat(ys, starts)))
        high[touched] = np.fmax(high[touched], np.rint(np.maximum.reduceat(ys, starts)))
    return low, high


def _between(at: Floats, x: Floats, y: Floats, joined: NDArray[np.bool_]) -> Floats:
    """Interpolate between neighbours that belong together; NaN in gaps and outside."""
    out = np.interp(at, x, y, left=np.nan, right=np.nan)
    part = np.searchsorted(x, at, side="right") - 1
    is_gap = (part >= 0) & (part < len(joined))
    is_gap[is_gap] = ~joined[part[is_gap]]
    out[is_gap & (x[np.clip(part, 0, len(x) - 1)] != at)] = np.nan
    return out
