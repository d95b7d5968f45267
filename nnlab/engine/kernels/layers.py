"""Activations, linear layers and embeddings: fewer temporaries, and nothing made anew that never changes."""

import math
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
    """See matmul.linear. The bias is added in place; the ones that sum a batch are made once."""
    if b is None or x.ndim < 2 or x.dtype != w.dtype or x.dtype != b.dtype:
        return None
    *lead, inputs, outputs = (0, *w.shape) if w.ndim < 2 else w.shape
    if x.shape[-1] != inputs or b.shape != (*lead, outputs):
        return None
    y = xp.matmul(x, w)
    y += b if b.ndim == 1 else b[..., None, :]
    return y, (
        lambda g: g * w.mT if w.shape[-1] == 1 else g @ w.mT,
        lambda g: x.mT @ g,
        lambda g: (_ones(xp, g) @ g)[..., 0, :],
    )


_ONES: dict[tuple[Any, ...], Array] = {}


def _ones(xp: Namespace, g: Array) -> Array:
    """Return the ones (1, N) that sum g (..., N, H) over its rows as a product; nobody writes to them."""
    key = (xp.__name__, g.shape[-2], g.dtype, getattr(g.device, "id", 0))
    if key not in _ONES:
        if len(_ONES) > 64:
            _ONES.clear()
        _ONES[key] = xp.ones((1, g.shape[-2]), dtype=g.dtype)
    return _ONES[key]


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
