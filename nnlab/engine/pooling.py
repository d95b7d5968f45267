"""Pooling and upsampling over the last two axes; all axes before them are free. x (..., H, W) -> (..., OH, OW).

`stride` None is the kernel's size; OH = (H + 2 padding - kernel) // stride + 1. A window that does not fit is a
ShapeError, and so are fewer than two axes.
"""

from typing import Any

from nnlab.engine.backend import Array, Namespace
from nnlab.engine.convolution import Pair, Window, pair, window_of
from nnlab.engine.errors import ShapeError
from nnlab.engine.primitive import primitive


@primitive
def max_pool2d(xp: Namespace, x: Array, kernel: Pair, *, stride: Pair | None = None, padding: Pair = 0) -> Any:
    """The largest value of each window.  dx: the first winner of a window, row by row, takes its g."""
    window, out = _window("max_pool2d", x, kernel, stride, padding)
    padded = _padded(xp, x, window, -xp.inf)
    y: Array = None
    for i, j in window.offsets():
        cell = padded[..., *window.slices(i, j, out)]
        y = cell if y is None else xp.maximum(y, cell)

    def dx(g: Array) -> Array:
        is_tiled = (
            window.stride == window.kernel
            and tuple(n * k for n, k in zip(out, window.kernel, strict=True)) == (padded.shape[-2:])
        )
        grad = xp.empty_like(padded) if is_tiled else xp.zeros_like(padded)
        free = None
        for i, j in window.offsets():
            place = (..., *window.slices(i, j, out))
            won = padded[place] == y
            if free is None:
                free = xp.logical_not(won)
            else:
                won = won & free
                free = free & ~won
            if is_tiled:
                grad[place] = g * xp.astype(won, g.dtype)
            else:
                grad[place] += g * xp.astype(won, g.dtype)
        return _inside(grad, x, window)

    return y, (dx,)


@primitive
def avg_pool2d(xp: Namespace, x: Array, kernel: Pair, *, stride: Pair | None = None, padding: Pair = 0) -> Any:
    """The mean of each window, zeros of the border included.  dx: g / cells to each cell."""
    window, out = _window("avg_pool2d", x, kernel, stride, padding)
    padded = _padded(xp, x, window, 0.0)
    cells = window.kernel[0] * window.kernel[1]
    total = padded[..., *window.slices(0, 0, out)]
    for i, j in window.offsets()[1:]:
        total = total + padded[..., *window.slices(i, j, out)]

    def dx(g: Array) -> Array:
        grad = xp.zeros_like(padded)
        share = g / cells
        for i, j in window.offsets():
            grad[..., *window.slices(i, j, out)] += share
        return _inside(grad, x, window)

    return total / cells, (dx,)


@primitive
def global_avg_pool2d(xp: Namespace, x: Array) -> Any:
    """The mean of each image, (..., H, W) -> (...).  dx = g / (H W)."""
    cells = x.shape[-1] * x.shape[-2]
    if not cells:
        raise ShapeError(f"global_avg_pool2d: the images of x {x.shape} are empty.")
    return xp.sum(x, axis=(-2, -1)) / cells, (lambda g: xp.broadcast_to((g / cells)[..., None, None], x.shape),)


@primitive
def upsample_nearest2d(xp: Namespace, x: Array, scale: Pair) -> Any:
    """Each cell repeated scale times down and across, -> (..., scale H, scale W).  dx = Σ g over its copies."""
    down, across = pair(scale, "scale")
    *lead, h, w = x.shape
    y = xp.reshape(
        xp.broadcast_to(x[..., :, None, :, None], (*lead, h, down, w, across)), (*lead, h * down, w * across)
    )
    return y, (lambda g: xp.sum(xp.reshape(g, (*lead, h, down, w, across)), axis=(-3, -1)),)


def _window(name: str, x: Array, kernel: Pair, stride: Pair | None, padding: Pair) -> tuple[Window, tuple[int, int]]:
    if x.ndim < 2:
        raise ShapeError(f"{name}: expected x (..., H, W), got {x.shape}.")
    window = window_of(kernel, kernel if stride is None else stride, padding)
    out = window.outputs(*x.shape[-2:])
    if min(out) < 1:
        raise ShapeError(f"{name}: a {window.kernel} window does not fit into x {x.shape}; use a smaller one.")
    return window, out


def _padded(xp: Namespace, x: Array, window: Window, border: float) -> Array:
    p, q = window.padding
    if not p and not q:
        return x
    *lead, h, w = x.shape
    padded = xp.full((*lead, h + 2 * p, w + 2 * q), border, dtype=x.dtype, device=x.device)
    padded[..., p : p + h, q : q + w] = x
    return padded


def _inside(padded: Array, x: Array, window: Window) -> Array:
    p, q = window.padding
    return padded[..., p : p + x.shape[-2], q : q + x.shape[-1]]
