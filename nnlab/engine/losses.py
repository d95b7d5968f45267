"""Losses. Each keeps `leading` axes that count networks and reduces the rest: "mean", "sum" or "none".

With leading=1, outputs (S, N, C) give a loss (S,), one per network, each as if it stood alone. y is what the network
put out, t the target, g the cotangent of the loss.
"""

import math
from collections.abc import Callable
from typing import Any, Literal

from nnlab.engine.activations import log1p_exp, log_normalized
from nnlab.engine.backend import Array, Namespace, namespace_of
from nnlab.engine.errors import DTypeError, ShapeError, ValueRangeError, unknown_name
from nnlab.engine.primitive import VALUE_CHECKS, primitive

Reduction = Literal["mean", "sum", "none"]


@primitive
def mse_loss(xp: Namespace, y: Array, t: Array, *, leading: int = 0, reduction: Reduction = "mean") -> Any:
    """(y - t)², any equal shapes.  dy = 2 g (y - t) / n."""
    _same_shape("mse_loss", y, t)
    d = y - t
    loss, spread = reduced(xp, d * d, leading, reduction, "mse_loss")
    return loss, (lambda g: d * spread(2 * g), lambda g: d * spread(-2 * g))


@primitive
def l1_loss(xp: Namespace, y: Array, t: Array, *, leading: int = 0, reduction: Reduction = "mean") -> Any:
    """|y - t|, any equal shapes (MAE).  dy = g sign(y - t) / n, 0 where they are equal."""
    _same_shape("l1_loss", y, t)
    d = y - t
    loss, spread = reduced(xp, xp.abs(d), leading, reduction, "l1_loss")
    return loss, (lambda g: xp.sign(d) * spread(g), lambda g: xp.sign(d) * spread(-g))


@primitive
def huber_loss(
    xp: Namespace, y: Array, t: Array, *, delta: float = 1.0, leading: int = 0, reduction: Reduction = "mean"
) -> Any:
    """d²/2 where |d| <= delta, else delta (|d| - delta/2), with d = y - t.  dy = g clip(d, -delta, delta) / n."""
    _same_shape("huber_loss", y, t)
    if not delta > 0:
        raise ValueRangeError(f"huber_loss: delta must be above 0, got {delta!r}.")
    d = y - t
    clipped = xp.clip(d, -delta, delta)
    loss, spread = reduced(xp, clipped * (d - clipped / 2), leading, reduction, "huber_loss")
    return loss, (lambda g: clipped * spread(g), lambda g: clipped * spread(-g))


@primitive
def binary_cross_entropy(
    xp: Namespace,
    y: Array,
    t: Array,
    *,
    weight: Array | None = None,
    leading: int = 0,
    reduction: Reduction = "mean",
) -> Any:
    """-(t log y + (1 - t) log(1 - y)) of probabilities y in [0, 1]; a logarithm is at least -100.

    t float in [0, 1], same shape; weight broadcasts to it.  dy = g (y - t) / (y (1 - y)) / n.
    """
    _same_shape("binary_cross_entropy", y, t)
    tiny = 1e-43 if y.dtype == xp.float64 else 1e-38
    log_y = xp.clip(xp.log(xp.maximum(y, tiny)), -100, None)
    log_not_y = xp.clip(xp.log(xp.maximum(1 - y, tiny)), -100, None)
    losses = -(t * log_y + (1 - t) * log_not_y)
    slope = (y - t) / xp.maximum(y * (1 - y), 1e-12)
    if weight is not None:
        losses, slope = losses * weight, slope * weight
    loss, spread = reduced(xp, losses, leading, reduction, "binary_cross_entropy")
    return loss, (lambda g: slope * spread(g),)


@primitive
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
    """log(1 + e^x) - t x of logits x: sigmoid and cross-entropy in one, exact in both tails.

    t float in [0, 1], same shape, any number of labels; weight and pos_weight (of the positive term) broadcast to it.
    dx = g (sigmoid(x) - t) / n.
    """
    _same_shape("binary_cross_entropy_with_logits", x, t)
    log_not_p = log1p_exp(xp, x)  # -log(1 - sigmoid(x)); -log sigmoid(x) is that - x
    if pos_weight is None:
        losses = log_not_p - x * t
    else:
        positives = 1 + (pos_weight - 1) * t
        losses = (1 - t) * x + positives * (log_not_p - x)
    if weight is not None:
        losses = losses * weight

    def dx(g: Array) -> Array:
        if pos_weight is None:
            slope = xp.exp(x - log_not_p) - t
        else:
            slope = (1 - t) - positives * xp.exp(-log_not_p)
        return slope * spread(g) if weight is None else slope * weight * spread(g)

    loss, spread = reduced(xp, losses, leading, reduction, "binary_cross_entropy_with_logits")
    return loss, (dx, lambda g: -x * spread(g) if pos_weight is None and weight is None else _no_target_gradient())


@primitive
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
    """-Σ_c q_c log softmax(x)_c of logits x (..., N, C), in nats.

    t is either whole numbers (..., N) in [0, C), or probabilities q (..., N, C), one-hot or soft. weight (C,) scales
    the classes; with whole numbers the mean then divides by the targets' weights, as in torch. label_smoothing ε
    mixes q with ε/C.  dx = g (softmax(x) Σ_c q_c - q) / n.
    """
    if not 0 <= label_smoothing <= 1:
        raise ValueRangeError(f"cross_entropy: label_smoothing must be in [0, 1], got {label_smoothing!r}.")
    classes = x.shape[-1]
    is_sparse = xp.isdtype(t.dtype, "integral")
    _check_targets(xp, x, t, weight, is_sparse)
    log_p = log_normalized(xp, x, -1)
    if is_sparse and weight is None and not label_smoothing:
        return _sparse(xp, log_p, t, leading, reduction)

    q = one_hot(xp, t, classes, x.dtype) if is_sparse else t
    n: Array | None = None
    if weight is not None and is_sparse:
        n = xp.sum(q * weight, axis=-1)
    if label_smoothing:
        q = q * (1 - label_smoothing) + label_smoothing / classes
    if weight is not None:
        q = q * weight
    losses = -xp.sum(q * log_p, axis=-1)
    if n is not None and reduction == "mean":  # a weighted mean: the losses are scaled so that their sum is the mean
        rest = tuple(range(leading, n.ndim))
        scale = 1 / xp.sum(n, axis=rest, keepdims=True)
        losses, q = losses * scale, q * scale[..., None]
        reduction = "sum"
    loss, spread = reduced(xp, losses, leading, reduction, "cross_entropy")
    total = xp.sum(q, axis=-1, keepdims=True)
    return loss, (lambda g: (xp.exp(log_p) * total - q) * spread(g)[..., None],)


def _sparse(xp: Namespace, log_p: Array, t: Array, leading: int, reduction: Reduction) -> Any:
    classes = log_p.shape[-1]
    if t.shape != log_p.shape[:-1]:
        t = xp.broadcast_to(t, log_p.shape[:-1])
    rows = math.prod(log_p.shape[:-1])
    at = xp.arange(0, rows * classes, classes, dtype=t.dtype, device=log_p.device) + xp.reshape(t, (rows,))
    losses = -xp.reshape(xp.take(xp.reshape(log_p, (rows * classes,)), at, axis=0), t.shape)
    loss, spread = reduced(xp, losses, leading, reduction, "cross_entropy")

    def dx(g: Array) -> Array:
        scale = spread(g)
        if scale.ndim:
            scale = scale[..., None]
        return (xp.exp(log_p) - one_hot(xp, t, classes, log_p.dtype)) * scale

    return loss, (dx,)


def one_hot(xp: Namespace, t: Array, classes: int, dtype: Any) -> Array:
    """Whole numbers (...) -> (..., classes) with a 1 at each."""
    return xp.astype(t[..., None] == xp.arange(classes, dtype=t.dtype, device=t.device), dtype)


def reduced(
    xp: Namespace, losses: Array, leading: int, reduction: Reduction, name: str
) -> tuple[Array, Callable[[Array], Array]]:
    """Return the reduced losses, and what spreads their cotangent g over the shape of `losses` (up to broadcasting)."""
    if reduction == "none":
        return losses, lambda g: g
    if reduction not in ("mean", "sum"):
        raise unknown_name("reduction", reduction, ("mean", "sum", "none"))
    shape = losses.shape[:leading]
    n = math.prod(losses.shape[leading:])
    ones = (1,) * (losses.ndim - leading)
    if not n and reduction == "mean":
        raise ShapeError(f"{name}: there is nothing to average in {losses.shape}; the batch is empty.")
    if leading:
        losses = xp.reshape(losses, (*shape, n))  # one run of n values per network, so that it adds up as if alone
    total = xp.sum(losses, axis=-1 if leading else None)
    by = n if reduction == "mean" else 1

    def spread(g: Array) -> Array:
        return xp.reshape(g, (*shape, *ones)) / by if leading else g / by

    return total / by, spread


def _same_shape(name: str, y: Array, t: Array) -> None:
    if y.shape != t.shape and y.shape[y.ndim - t.ndim :] != t.shape:
        raise ShapeError(
            f"{name}: outputs {y.shape} and targets {t.shape} differ; "
            "give them equal shapes (only leading axes that count networks may be missing in the targets)."
        )


def _check_targets(xp: Namespace, x: Array, t: Array, weight: Array | None, is_sparse: bool) -> None:
    if x.ndim < 2:
        raise ShapeError(f"cross_entropy: expected logits (..., N, C), got {x.shape}; add a batch axis.")
    expected = x.shape[:-1] if is_sparse else x.shape
    if t.shape != expected[len(expected) - t.ndim :] or not t.ndim:
        kind = "whole-number targets (..., N)" if is_sparse else "target probabilities (..., N, C)"
        raise ShapeError(f"cross_entropy: logits {x.shape} want {kind} of shape {expected}, got {t.shape}.")
    if weight is not None and weight.shape != x.shape[-1:]:
        raise ShapeError(
            f"cross_entropy: weight wants one number for each of {x.shape[-1]} classes, got {weight.shape}."
        )
    if not is_sparse and not xp.isdtype(t.dtype, "real floating"):
        raise DTypeError(f"cross_entropy: targets must be whole numbers or probabilities, got {t.dtype}.")


def check_indices(name: str, indices: Array, count: int, what: str) -> None:
    """Raise ValueRangeError unless whole numbers are in [0, count); what: they number."""
    xp = namespace_of(indices)
    if xp.isdtype(indices.dtype, "integral") and math.prod(indices.shape):
        low, high = int(xp.min(indices)), int(xp.max(indices))
        if not 0 <= low <= high < count:
            raise ValueRangeError(
                f"{name}: expected {what} in [0, {count}), got {low} to {high} in {indices.shape}; "
                f"count them from 0, or make room for {high + 1}."
            )


def _check_labels(x: Array, t: Array) -> None:
    check_indices("cross_entropy", t, x.shape[-1], "classes")


VALUE_CHECKS["cross_entropy"] = _check_labels


def _no_target_gradient() -> Array:
    raise DTypeError("binary_cross_entropy_with_logits: weighted targets have no gradient here; pass them as an array.")
