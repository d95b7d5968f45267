"""Normalization and dropout. x̂ = (x - mean) / √(variance + eps), y = x̂ w + b."""

import math
from typing import Any

from nnlab.engine.backend import Array, Namespace
from nnlab.engine.errors import ShapeError, ValueRangeError
from nnlab.engine.primitive import primitive
from nnlab.engine.tensor import Tensor, values


@primitive
def batch_norm(
    xp: Namespace,
    x: Array,
    w: Array | None = None,
    b: Array | None = None,
    *,
    mean: Array | None = None,
    var: Array | None = None,
    eps: float = 1e-5,
    leading: int = 0,
    trace: dict[str, Array] | None = None,
) -> Any:
    """Normalize each channel of x (leading..., N, C, ...) over batch and places; w, b, mean, var (leading..., C).

    With mean and var given (evaluation) they are used as constants; else those of the batch, which `trace` receives as
    "mean" and "var" (biased) with their "count". arXiv 1502.03167.
    dx = w r (g - mean(g) - x̂ mean(g x̂)) with r = 1 / √(var + eps);  dw = Σ g x̂, db = Σ g.
    """
    channel = leading + 1
    if x.ndim <= channel:
        raise ShapeError(f"batch_norm: expected x (..., N, C, ...) with {leading} leading axes, got {x.shape}.")
    axes = tuple(i for i in range(leading, x.ndim) if i != channel)
    shape = tuple(1 if i in axes else n for i, n in enumerate(x.shape))
    count = math.prod(x.shape[i] for i in axes)
    if mean is not None and var is not None:
        x_hat, r = _constant_normal(xp, x, xp.reshape(mean, shape), xp.reshape(var, shape), eps)
        back = None
    else:
        if count < 2:
            raise ShapeError(f"batch_norm: expected more than 1 value per channel while training, got x {x.shape}.")
        m = xp.sum(x, axis=axes, keepdims=True) / count
        centred = x - m
        v = xp.sum(centred * centred, axis=axes, keepdims=True) / count
        r = 1 / xp.sqrt(v + eps)
        x_hat = centred * r
        back = axes
        if trace is not None:
            kept = (*x.shape[:leading], x.shape[channel])
            trace.update(mean=xp.reshape(m, kept), var=xp.reshape(v, kept), count=count)
    return _scaled(xp, x_hat, r, w, b, shape, axes, back, count)


@primitive
def layer_norm(
    xp: Namespace, x: Array, w: Array | None = None, b: Array | None = None, *, axes: int = 1, eps: float = 1e-5
) -> Any:
    """Normalize each sample of x over its last `axes` axes; w, b have their shape. arXiv 1607.06450.

    dx = r (h - mean(h) - x̂ mean(h x̂)) with h = g w, r = 1 / √(var + eps);  dw = Σ g x̂, db = Σ g.
    """
    last = tuple(range(-axes, 0))
    count = math.prod(x.shape[i] for i in last)
    if not count:
        raise ShapeError(f"layer_norm: there is nothing to normalize in x {x.shape}.")
    centred = x - xp.sum(x, axis=last, keepdims=True) / count
    r = 1 / xp.sqrt(xp.sum(centred * centred, axis=last, keepdims=True) / count + eps)
    x_hat = centred * r
    y = x_hat if w is None else x_hat * w
    if b is not None:
        y = y + b

    def dx(g: Array) -> Array:
        h = g if w is None else g * w
        return _through(xp, h, x_hat, r, last, count)

    return y, (dx, lambda g: g * x_hat, lambda g: g)


def dropout(x: Any, *, p: float = 0.5, rng: Any, training: bool = True) -> Tensor:
    """Set values to 0 with probability p and scale the others by 1 / (1 - p). Drawn on the host.  dx = g mask.

    A stream for several networks draws one mask each: x is then (S, ...).
    """
    if not 0 <= p < 1:
        raise ValueRangeError(f"dropout: p must be in [0, 1), got {p!r}.")
    if not training or not p:
        return x if isinstance(x, Tensor) else Tensor(x)
    leading = len(rng.random((0,)).shape) - 1
    return _mask(x, keep=rng.random(values(x).shape[leading:]) >= p, scale=1 / (1 - p))


@primitive
def _mask(xp: Namespace, x: Array, *, keep: Any, scale: float) -> Any:
    mask = xp.asarray(keep * scale, dtype=x.dtype, device=x.device)
    return x * mask, (lambda g: g * mask,)


def _constant_normal(xp: Namespace, x: Array, mean: Array, var: Array, eps: float) -> tuple[Array, Array]:
    r = 1 / xp.sqrt(var + eps)
    return (x - mean) * r, r


def _scaled(
    xp: Namespace,
    x_hat: Array,
    r: Array,
    w: Array | None,
    b: Array | None,
    shape: tuple[int, ...],
    axes: tuple[int, ...],
    back: tuple[int, ...] | None,
    count: int,
) -> Any:
    """Return x̂ w + b and its vjps; `back` are the axes whose mean and variance depend on x, None when constants."""
    scale = None if w is None else xp.reshape(w, shape)
    y = x_hat if scale is None else x_hat * scale
    if b is not None:
        y = y + xp.reshape(b, shape)

    def dx(g: Array) -> Array:
        h = g if scale is None else g * scale
        return h * r if back is None else _through(xp, h, x_hat, r, back, count)

    return y, (
        dx,
        lambda g: xp.reshape(xp.sum(g * x_hat, axis=axes), w.shape),  # type: ignore[union-attr]  # only asked when w is
        lambda g: xp.reshape(xp.sum(g, axis=axes), b.shape),  # type: ignore[union-attr]  # only asked when b is
    )


def _through(xp: Namespace, h: Array, x_hat: Array, r: Array, axes: tuple[int, ...], count: int) -> Array:
    along = xp.sum(h * x_hat, axis=axes, keepdims=True) / count
    return r * (h - xp.sum(h, axis=axes, keepdims=True) / count - x_hat * along)
