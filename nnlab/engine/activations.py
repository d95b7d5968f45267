"""Activation functions. x is the pre-activation (any shape), y the output, g the cotangent of y."""

import math
from typing import Any

from nnlab.engine import gaussian
from nnlab.engine.backend import Array, Namespace
from nnlab.engine.errors import unknown_name
from nnlab.engine.primitive import primitive


@primitive
def step(xp: Namespace, x: Array) -> Any:
    """1 where x >= 0, else 0 (the perceptron's threshold).  dx = 0: nothing to descend."""
    return xp.astype(x >= 0, x.dtype), (lambda g: xp.zeros_like(g),)


@primitive
def sigmoid(xp: Namespace, x: Array) -> Any:
    """1 / (1 + e^-x).  dx = g y (1 - y)."""
    y = logistic(xp, x)
    return y, (lambda g: g * (y * (1 - y)),)


@primitive
def tanh(xp: Namespace, x: Array) -> Any:
    """Hyperbolic tangent.  dx = g (1 - y²)."""
    y = xp.tanh(x)
    return y, (lambda g: g * (1 - y * y),)


@primitive
def relu(xp: Namespace, x: Array) -> Any:
    """max(0, x).  dx = g where x > 0, else 0."""
    return xp.maximum(x, 0), (lambda g: g * xp.astype(x > 0, g.dtype),)


@primitive
def leaky_relu(xp: Namespace, x: Array, *, negative_slope: float = 0.01) -> Any:
    """x where x > 0, else negative_slope x.  dx = g times the slope."""
    slope = xp.astype(x > 0, x.dtype) * (1 - negative_slope) + negative_slope
    return x * slope, (lambda g: g * slope,)


@primitive
def elu(xp: Namespace, x: Array, *, alpha: float = 1.0) -> Any:
    """x where x > 0, else alpha (e^x - 1).  dx = g, or g (y + alpha)."""
    y = xp.where(x > 0, x, alpha * xp.expm1(xp.minimum(x, 0)))
    return y, (lambda g: g * xp.where(x > 0, xp.ones_like(x), y + alpha),)


@primitive
def gelu(xp: Namespace, x: Array, *, approximate: str = "none") -> Any:
    """x Φ(x), with Φ the normal distribution's share below x (arXiv 1606.08415).  dx = g (Φ(x) + x φ(x)).

    approximate="tanh" puts (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2 in the place of Φ, as GPT-2 did.
    """
    if approximate == "none":
        share = gaussian.probability(xp, x)
        return x * share, (lambda g: g * (share + x * gaussian.density(xp, x)),)
    if approximate != "tanh":
        raise unknown_name("approximation", approximate, ("none", "tanh"))
    c = math.sqrt(2 / math.pi)
    t = xp.tanh(c * (x + 0.044715 * x * x * x))

    def dx(g: Array) -> Array:
        return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * (c * (1 + 3 * 0.044715 * x * x)))

    return 0.5 * x * (1 + t), (dx,)


@primitive
def silu(xp: Namespace, x: Array) -> Any:
    """x sigmoid(x), also called swish.  dx = g s (1 + x (1 - s)) with s = sigmoid(x)."""
    s = logistic(xp, x)
    return x * s, (lambda g: g * (s * (1 + x * (1 - s))),)


@primitive
def softplus(xp: Namespace, x: Array) -> Any:
    """log(1 + e^x).  dx = g sigmoid(x)."""
    return log1p_exp(xp, x), (lambda g: g * logistic(xp, x),)


@primitive
def softmax(xp: Namespace, x: Array, *, axis: int = -1) -> Any:
    """e^x / Σ e^x along `axis`.  dx = y (g - Σ g y)."""
    e = xp.exp(x - xp.max(x, axis=axis, keepdims=True))
    y = e / xp.sum(e, axis=axis, keepdims=True)
    return y, (lambda g: y * (g - xp.sum(g * y, axis=axis, keepdims=True)),)


@primitive
def log_softmax(xp: Namespace, x: Array, *, axis: int = -1) -> Any:
    """x - log Σ e^x along `axis`.  dx = g - softmax(x) Σ g."""
    y = log_normalized(xp, x, axis)
    return y, (lambda g: g - xp.exp(y) * xp.sum(g, axis=axis, keepdims=True),)


def logistic(xp: Namespace, x: Array) -> Array:
    """1 / (1 + e^-x) of an array, accurate in both tails and never overflowing."""
    e = xp.exp(-xp.abs(x))
    return xp.where(x >= 0, xp.ones_like(e), e) / (1 + e)


def log1p_exp(xp: Namespace, x: Array) -> Array:
    """log(1 + e^x) of an array, never overflowing."""
    return xp.maximum(x, 0) + xp.log1p(xp.exp(-xp.abs(x)))


def log_normalized(xp: Namespace, x: Array, axis: int) -> Array:
    """x - log Σ e^x of an array; a finite x gives a finite result."""
    shifted = x - xp.max(x, axis=axis, keepdims=True)
    return shifted - xp.log(xp.sum(xp.exp(shifted), axis=axis, keepdims=True))
