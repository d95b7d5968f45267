"""Operations that move values without changing them. g is the cotangent of the result."""

import math
from collections.abc import Sequence
from typing import Any

from nnlab.engine.backend import Array, Namespace
from nnlab.engine.errors import ShapeError
from nnlab.engine.primitive import primitive
from nnlab.engine.tensor import Tensor


@primitive
def reshape(xp: Namespace, x: Array, shape: tuple[int, ...]) -> Any:
    """The same values in another shape (one entry may be -1).  dx = g in the old shape."""
    return xp.reshape(x, shape), (lambda g: xp.reshape(g, x.shape),)


@primitive
def flatten(xp: Namespace, x: Array, *, start: int = 1) -> Any:
    """Merge the axes from `start` on into one; a negative start counts from the end.  dx = g in the old shape."""
    kept = x.shape[: start + x.ndim if start < 0 else start]
    return xp.reshape(x, (*kept, math.prod(x.shape[len(kept) :]))), (lambda g: xp.reshape(g, x.shape),)


@primitive
def permute(xp: Namespace, x: Array, axes: tuple[int, ...]) -> Any:
    """The axes in another order.  dx = g with the order undone."""
    order = [axis % x.ndim for axis in axes]
    inverse = tuple(order.index(i) for i in range(len(order)))
    return xp.permute_dims(x, axes), (lambda g: xp.permute_dims(g, inverse),)


@primitive
def take_slice(xp: Namespace, x: Array, key: Any) -> Any:
    """x[key] with numbers, slices, ... and None; ShapeError for arrays of indices.  dx = zeros with g at the key."""
    parts = key if isinstance(key, tuple) else (key,)
    if any(not isinstance(part, int | slice | type(None) | type(...)) for part in parts):
        raise ShapeError(
            f"slice: expected numbers and slices, got {key!r}; use embedding or take for arrays of indices."
        )
    if all(part is not ... for part in parts):
        parts = (*parts, ...)
    place = tuple(part for part in parts if part is not None)

    def dx(g: Array) -> Array:
        whole = xp.zeros_like(x)
        shape = whole[place].shape
        whole[place] = xp.reshape(g, shape)
        return whole

    return x[parts], (dx,)


@primitive
def broadcast_to(xp: Namespace, x: Array, shape: tuple[int, ...]) -> Any:
    """x repeated to `shape`.  dx = g summed over the repeats (by the tape)."""
    return xp.broadcast_to(x, shape), (lambda g: g,)


@primitive
def pad(xp: Namespace, x: Array, widths: Sequence[tuple[int, int]], *, value: float = 0.0) -> Any:
    """x with (before, after) cells of `value` around each axis, a pair for each.  dx = g without the border."""
    if len(widths) != x.ndim:
        raise ShapeError(f"pad: expected {x.ndim} pairs (before, after) for x {x.shape}, got {len(widths)}.")
    shape = tuple(n + before + after for n, (before, after) in zip(x.shape, widths, strict=True))
    inside = (*(slice(before, before + n) for n, (before, _) in zip(x.shape, widths, strict=True)), ...)
    whole = xp.full(shape, value, dtype=x.dtype, device=x.device)
    whole[inside] = x
    return whole, (lambda g: g[inside],)


@primitive
def _concat(xp: Namespace, *arrays: Array, axis: int) -> Any:
    sizes = [array.shape[axis] for array in arrays]
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    before = axis % arrays[0].ndim

    def part(start: int, size: int) -> Any:
        key = (*(slice(None),) * before, slice(start, start + size), ...)
        return lambda g: g[key]

    return xp.concat(arrays, axis=axis), [part(*place) for place in zip(starts, sizes, strict=True)]


def concat(tensors: Sequence[Any], axis: int = 0) -> Tensor:
    """Join along an axis that they have; the others are equal. ShapeError for none.  Each takes its slice of g."""
    if not tensors:
        raise ShapeError("concat: there is nothing to join; give at least one tensor.")
    return _concat(*tensors, axis=axis)


def stack(tensors: Sequence[Any], axis: int = 0) -> Tensor:
    """Join tensors of one shape along a new axis.  Each takes its slice of g."""
    return concat([expand_dims(tensor, axis=axis) for tensor in tensors], axis=axis)


@primitive
def expand_dims(xp: Namespace, x: Array, *, axis: int) -> Any:
    """x with a new axis of length 1.  dx = g without it."""
    return xp.expand_dims(x, axis=axis), (lambda g: xp.reshape(g, x.shape),)


Tensor.__getitem__ = take_slice
