"""Reductions. `axis` is None (all), a number or a tuple; g is the cotangent of the result.

x (any shape) -> its shape without these axes, or with length 1 in their place where `keepdims`.
"""

import math
from typing import Any

from nnlab.engine.backend import Array, Namespace
from nnlab.engine.errors import ShapeError
from nnlab.engine.primitive import primitive

Axis = int | tuple[int, ...] | None


@primitive
def sum(xp: Namespace, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Any:  # noqa: A001 (torch's name)
    """Σ x.  dx = g, repeated."""
    return xp.sum(x, axis=axis, keepdims=keepdims), (
        lambda g: xp.broadcast_to(_with_axes(xp, g, x, axis, keepdims), x.shape),
    )


@primitive
def mean(xp: Namespace, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """Σ x / n.  dx = g / n, repeated.  ShapeError when n is 0."""
    n = _count(x, axis, "mean")
    return xp.sum(x, axis=axis, keepdims=keepdims) / n, (
        lambda g: xp.broadcast_to(_with_axes(xp, g, x, axis, keepdims) / n, x.shape),
    )


@primitive
def var(xp: Namespace, x: Array, *, axis: Axis = None, keepdims: bool = False, correction: float = 1.0) -> Any:
    """Σ (x - mean)² / (n - correction).  dx = 2 g (x - mean) / (n - correction).  ShapeError when n <= correction."""
    n = _count(x, axis, "var")
    if n <= correction:
        raise ShapeError(f"var: needs more than {correction:g} values, got {n} (x {x.shape}); pass correction=0.")
    centred = x - xp.sum(x, axis=axis, keepdims=True) / n
    return xp.sum(centred * centred, axis=axis, keepdims=keepdims) / (n - correction), (
        lambda g: _with_axes(xp, g, x, axis, keepdims) * centred * (2 / (n - correction)),
    )


@primitive
def max(xp: Namespace, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Any:  # noqa: A001 (torch's name)
    """The largest value.  dx: the winners share g equally (torch.amax).  ShapeError when there is no value."""
    _count(x, axis, "max")
    y = xp.max(x, axis=axis, keepdims=True)

    def dx(g: Array) -> Array:
        winners = xp.astype(x == y, g.dtype)
        return _with_axes(xp, g, x, axis, keepdims) * winners / xp.sum(winners, axis=axis, keepdims=True)

    return y if keepdims else xp.reshape(y, _reduced(x, axis)), (dx,)


@primitive
def logsumexp(xp: Namespace, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Any:
    """log Σ e^x.  dx = g softmax(x).  ShapeError when there is no value."""
    _count(x, axis, "logsumexp")
    top = xp.max(x, axis=axis, keepdims=True)
    e = xp.exp(x - top)
    total = xp.sum(e, axis=axis, keepdims=True)
    y = xp.log(total) + top
    return y if keepdims else xp.reshape(y, _reduced(x, axis)), (
        lambda g: _with_axes(xp, g, x, axis, keepdims) * (e / total),
    )


def _axes(x: Array, axis: Axis) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(x.ndim))
    return tuple(one % x.ndim for one in (axis if isinstance(axis, tuple) else (axis,)))


def _reduced(x: Array, axis: Axis) -> tuple[int, ...]:
    axes = _axes(x, axis)
    return tuple(n for i, n in enumerate(x.shape) if i not in axes)


def _count(x: Array, axis: Axis, name: str) -> int:
    n: int = math.prod(x.shape[i] for i in _axes(x, axis))
    if not n:
        raise ShapeError(f"{name}: there is nothing to reduce in x {x.shape} along axis {axis}; is the batch empty?")
    return n


def _with_axes(xp: Namespace, g: Array, x: Array, axis: Axis, keepdims: bool) -> Array:
    """Return the cotangent with the reduced axes put back as axes of length 1."""
    if keepdims or g.ndim == x.ndim or axis is None:
        return g
    axes = _axes(x, axis)
    return xp.reshape(g, tuple(1 if i in axes else n for i, n in enumerate(x.shape)))
