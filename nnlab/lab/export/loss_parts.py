"""Losses in plain NumPy, as they stand in an exported script.

A loss is loss(y, t) -> (value, slope): the value a mean over the samples, slope its derivative by y.
"""

from typing import Any

import numpy as np


def mse(y: Any, t: Any) -> Any:
    """The mean of (y - t)^2."""
    d = y - t
    return (d * d).sum() / d.size, d * np.float32(2 / d.size)


def mae(y: Any, t: Any) -> Any:
    """The mean of |y - t|."""
    d = y - t
    return np.abs(d).sum() / d.size, np.sign(d) * np.float32(1 / d.size)


def huber(y: Any, t: Any) -> Any:
    """d^2 / 2 near 0 and |d| - 1/2 beyond 1."""
    d = y - t
    clipped = np.clip(d, -1, 1)
    return (clipped * (d - clipped / 2)).sum() / d.size, clipped * np.float32(1 / d.size)


def binary_cross_entropy(y: Any, t: Any) -> Any:
    """log(1 + e^y) - t y of logits y."""
    log_not_p = np.log1p(np.exp(-np.abs(y))) + np.maximum(y, 0)
    return (log_not_p - y * t).sum() / y.size, (np.exp(y - log_not_p) - t) * np.float32(1 / y.size)


def cross_entropy(y: Any, t: Any) -> Any:
    """-log softmax(y) at the class t (...) of logits y (..., C)."""
    scores, rows, t = np.ascontiguousarray(y).reshape(t.size, -1), np.arange(t.size), t.reshape(-1)
    shifted = scores - scores.max(axis=-1, keepdims=True)
    p = np.exp(shifted)
    total = p @ np.ones((scores.shape[-1], 1), y.dtype)
    value = (np.log(total)[:, 0] - shifted[rows, t]).sum() / len(t)
    slope = p / total * np.float32(1 / len(t))
    slope[rows, t] -= np.float32(1 / len(t))
    return value, slope.reshape(y.shape)


def sigmoid_mse(y: Any, t: Any) -> Any:
    """The mean of (sigmoid(y) - t)^2."""
    e = np.exp(-np.abs(y))
    p = np.where(y >= 0, np.ones_like(e), e) / (1 + e)
    d = p - t
    return (d * d).sum() / d.size, d * np.float32(2 / d.size) * (p * (1 - p))


def softmax_mse(y: Any, t: Any) -> Any:
    """The mean over samples and classes of (softmax(y) - one-hot(t))^2."""
    e = np.exp(y - y.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    d = p - (t[:, None] == np.arange(y.shape[-1])).astype(y.dtype)
    g = d * np.float32(2 / d.size)
    return (d * d).sum() / d.size, p * (g - (g * p).sum(axis=-1, keepdims=True))
