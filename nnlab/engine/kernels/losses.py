"""Losses whose logarithms and exponentials are computed once, for the value and for the derivative."""

from typing import Any

from nnlab.engine.backend import Array, Namespace
from nnlab.engine.kernels.table import kernel
from nnlab.engine.losses import Reduction, reduced


@kernel
def cross_entropy(
    xp: Namespace,
    x: Array,
    t: Array,
    *,
    weight: Array | None = None,
    label_smoothing: float = 0.0,
    leading: int = 0,
    reduction: Reduction = "mean",
) -> Any:
    """See losses.cross_entropy. Whole-number targets without weights: 1 is taken off at the targets."""
    if weight is not None or label_smoothing or t.dtype.kind not in "iu" or x.ndim < 2 or t.shape != x.shape[:-1]:
        return None
    if not x.size or x.dtype.kind != "f":
        return None
    x = xp.ascontiguousarray(x)  # what follows writes through reshaped views, which a permuted array has not
    at, flat = (xp.arange(t.size), t.reshape((-1,))), x.reshape((t.size, -1))
    top = flat[at[0], xp.argmax(flat, axis=-1)]  # 30 us where the largest of 1024 rows of 64 takes 110
    shifted = x - top.reshape((*t.shape, 1))
    losses = shifted.reshape((t.size, -1))[at]
    p = xp.exp(shifted, out=shifted)
    total = p @ xp.ones((x.shape[-1], 1), dtype=x.dtype)  # 4 us where the sum of 1024 short rows takes 25
    losses = xp.subtract(xp.log(total).reshape((-1,)), losses, out=losses)
    p = xp.divide(p, total, out=p)
    loss, spread = reduced(xp, losses.reshape(t.shape), leading, reduction, "cross_entropy")

    def dx(g: Array) -> Array:
        scale = spread(g)[..., None]
        d = p * scale
        d.reshape((t.size, -1))[at] -= xp.broadcast_to(scale, (*t.shape, 1)).reshape((-1,))
        return d

    return loss, (dx,)


@kernel
def binary_cross_entropy_with_logits(
    xp: Namespace,
    x: Array,
    t: Array,
    *,
    weight: Array | None = None,
    pos_weight: Array | None = None,
    leading: int = 0,
    reduction: Reduction = "mean",
) -> Any:
    """See losses.binary_cross_entropy_with_logits, without weights."""
    if weight is not None or pos_weight is not None or x.shape != t.shape or not x.ndim or x.dtype.kind != "f":
        return None
    if t.dtype != x.dtype:
        return None
    log_not_p = xp.abs(x)
    xp.negative(log_not_p, out=log_not_p)
    xp.exp(log_not_p, out=log_not_p)
    xp.log1p(log_not_p, out=log_not_p)
    log_not_p += xp.maximum(x, 0)
    losses = x * t
    losses = xp.subtract(log_not_p, losses, out=losses)
    loss, spread = reduced(xp, losses, leading, reduction, "binary_cross_entropy_with_logits")

    def dx(g: Array) -> Array:
        slope = x - log_not_p
        xp.exp(slope, out=slope)
        slope -= t
        slope *= spread(g)
        return slope

    return loss, (dx, lambda g: -x * spread(g))
