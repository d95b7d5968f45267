"""Activations, linear layers and embeddings: fewer temporaries, and nothing made anew that never changes."""

import math
from functools import lru_cache
from types import ModuleType
from typing import Any

from nnlab.engine.backend import Array, Namespace
from nnlab.engine.kernels.table import kernel


@kernel
def relu(xp: Namespace, x: Array) -> Any:
    """See activations.relu."""
    if not x.ndim:
        return None
    return xp.maximum(x, 0), (lambda g: g * (x > 0),)


@kernel
def leaky_relu(xp: Namespace, x: Array, *, negative_slope: float = 0.01) -> Any:
    """See activations.leaky_relu. The larger of two lines, as long as the slope is at most 1."""
    if not 0 <= negative_slope <= 1 or not x.ndim or x.dtype.kind != "f":
        return None
    y = x * negative_slope
    xp.maximum(x, y, out=y)

    def dx(g: Array) -> Array:
        slope = (x > 0).astype(g.dtype)
        xp.multiply(slope, 1 - negative_slope, out=slope)
        xp.add(slope, negative_slope, out=slope)
        return xp.multiply(slope, g, out=slope)

    return y, (dx,)


@kernel
def tanh(xp: Namespace, x: Array) -> Any:
    """See activations.tanh."""
    if not x.ndim or x.dtype.kind != "f":
        return None
    y = xp.tanh(x)

    def dx(g: Array) -> Array:
        d = y * y
        d = xp.subtract(1, d, out=d)
        return xp.multiply(d, g, out=d) if g.dtype == d.dtype else d * g

    return y, (dx,)


@kernel
def linear(xp: Namespace, x: Array, w: Array, b: Array | None = None) -> Any:
    """See matmul.linear."""
    if b is None or x.ndim < 2 or x.dtype != w.dtype or x.dtype != b.dtype:
        return None
    *lead, inputs, outputs = (0, *w.shape) if w.ndim < 2 else w.shape
    if x.shape[-1] != inputs or b.shape != (*lead, outputs):
        return None
    return _plus_bias(xp, xp.matmul(x, w), b), (
        lambda g: _back_through(xp, g, w),
        lambda g: x.mT @ g,
        lambda g: _column_sums(xp, g),
    )


def _plus_bias(xp: Namespace, y: Array, b: Array) -> Array:
    """Add b (..., H) to y (..., N, H) in place, some rows at a time: rows of 8 alone take 398 us, 10 at a time 90."""
    if y.size < 4096 or y.shape[-1] >= 64:
        y += b if b.ndim == 1 else b[..., None, :]
        return y
    *lead, n, h = y.shape
    rows = _rows_together(n)
    tiled = xp.empty((*b.shape[:-1], 1, rows, h), dtype=b.dtype)
    tiled[...] = b[..., None, None, :]
    wide = y.reshape((*lead, n // rows, rows * h))
    xp.add(wide, tiled.reshape((*b.shape[:-1], 1, rows * h)), out=wide)
    return y


@lru_cache(maxsize=256)
def _rows_together(n: int) -> int:
    """Return the largest divisor of n up to its root: so many runs make up the rows, and as many the tile."""
    return max((rows for rows in range(1, math.isqrt(n) + 1) if n % rows == 0), default=1)


def _back_through(xp: Namespace, g: Array, w: Array) -> Array:
    """Return g wᵀ. BLAS is not used for one column, so a second of zeros is put beside it: 7 us for 72 at D = 784."""
    if w.shape[-1] == 1:
        if g.size * w.shape[-2] < 4096:
            return g * w.mT
        columns = xp.zeros((*g.shape[:-1], 2), dtype=g.dtype)
        rows = xp.zeros((*w.shape[:-2], 2, w.shape[-2]), dtype=g.dtype)
        columns[..., :1], rows[..., :1, :] = g, w.mT
        return columns @ rows
    return g @ (w.mT.copy() if w.shape[-1] * w.shape[-2] <= 1024 else w.mT)


def _column_sums(xp: Namespace, g: Array) -> Array:
    """Return Σ_n g of (..., N, H). Libraries share the ones that sum; a recording (nn.replay) has its own."""
    ones = _ones if isinstance(xp, ModuleType) else _ones.__wrapped__
    return (ones(xp, g.shape[-2], g.dtype, getattr(g.device, "id", 0)) @ g)[..., 0, :]


@lru_cache(maxsize=64)
def _ones(xp: Namespace, n: int, dtype: Any, device: int) -> Array:
    """Return ones (1, N) on the device in use; nobody writes to them."""
    return xp.ones((1, n), dtype=dtype)


@kernel
def embedding(xp: Namespace, indices: Array, w: Array) -> Any:
    """See embedding.embedding. The one-hot matrix of dw is written, not compared."""
    if w.ndim != 2 or indices.dtype.kind not in "iu" or not indices.size or not w.size:
        return None
    flat = indices.reshape((-1,))

    def dw(g: Array) -> Array:
        hot = xp.zeros((flat.size, w.shape[0]), dtype=g.dtype)
        hot[xp.arange(flat.size), flat] = 1
        return hot.mT @ g.reshape((flat.size, -1))

    return xp.take(w, flat, axis=0).reshape((*indices.shape, w.shape[-1])), (None, dw)


@kernel
def reshape(xp: Namespace, x: Array, shape: tuple[int, ...]) -> Any:
    """See shapes.reshape. The cotangent is laid in memory as x is: what follows reads both together."""
    return x.reshape(shape), (lambda g: _laid_as(xp, g.reshape(x.shape), x),)


@kernel
def flatten(xp: Namespace, x: Array, *, start: int = 1) -> Any:
    """See shapes.flatten, and reshape here."""
    kept = x.shape[: start + x.ndim if start < 0 else start]
    return x.reshape((*kept, math.prod(x.shape[len(kept) :]))), (lambda g: _laid_as(xp, g.reshape(x.shape), x),)


def _laid_as(xp: Namespace, g: Array, x: Array) -> Array:
    """Return g in the memory order of x."""
    if x.flags.c_contiguous or x.dtype != g.dtype:
        return g
    laid = xp.empty_like(x)
    laid[...] = g
    return laid
