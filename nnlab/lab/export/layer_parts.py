"""Layers in plain NumPy, as they stand in an exported script: each returns its output and what carries g back.

A layer is layer(x, name, parameters, gradients, ...) -> (y, back); back(g) puts the parameters' gradients into
`gradients` and returns that of x. Nothing here may use anything but NumPy: the source goes into the script as it is.
"""

from typing import Any

import numpy as np


def linear(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """x @ w + b. x (..., D), w (D, H), b (H,)."""
    w, b = parameters[f"{name}.weight"], parameters.get(f"{name}.bias")
    rows = x.reshape(-1, x.shape[-1])
    y = rows @ w if b is None else rows @ w + b

    def back(g: Any) -> Any:
        g = g.reshape(y.shape)
        gradients[f"{name}.weight"] = rows.T @ g
        if b is not None:
            gradients[f"{name}.bias"] = (np.ones((1, len(g)), g.dtype) @ g)[0]
        turned = w.T.copy() if w.size <= 1024 else w.T  # as in the run: how it lies decides the last bit
        return (g * w.T if w.shape[1] == 1 else g @ turned).reshape(x.shape)

    return y.reshape(*x.shape[:-1], -1), back


def dropout(x: Any, name: str, parameters: Any, gradients: Any, p: float, rng: Any) -> Any:
    """While training (rng is there), 0 with probability p, and the rest by 1 / (1 - p)."""
    if rng is None or not p:
        return x, lambda g: g
    mask = ((rng.random(x.shape) >= p) * (1 / (1 - p))).astype(x.dtype)
    return x * mask, lambda g: g * mask


def layer_norm(x: Any, name: str, parameters: Any, gradients: Any, eps: float) -> Any:
    """Each sample over its features: (x - mean) / sqrt(var + eps) * w + b."""
    w, b = parameters[f"{name}.weight"], parameters[f"{name}.bias"]
    n = x.shape[-1]
    centred = x - x.sum(axis=-1, keepdims=True) / n
    r = 1 / np.sqrt((centred * centred).sum(axis=-1, keepdims=True) / n + eps)
    x_hat = centred * r

    def back(g: Any) -> Any:
        rows = tuple(range(g.ndim - 1))
        gradients[f"{name}.weight"] = (g * x_hat).sum(axis=rows)
        gradients[f"{name}.bias"] = g.sum(axis=rows)
        h = g * w
        return r * (h - h.mean(axis=-1, keepdims=True) - x_hat * (h * x_hat).mean(axis=-1, keepdims=True))

    return x_hat * w + b, back


def batch_norm(x: Any, name: str, parameters: Any, gradients: Any, eps: float, momentum: float, rng: Any) -> Any:
    """Each channel of x (N, C, ...) over the batch, while training (rng is there); else by the running mean and var."""
    w, b, mean, var = (parameters[f"{name}.{part}"] for part in ("weight", "bias", "running_mean", "running_var"))
    axes = (0, *range(2, x.ndim))
    shape = (1, -1, *(1,) * (x.ndim - 2))
    n = x.size // x.shape[1]
    if rng is None:
        return (x - mean.reshape(shape)) * (1 / np.sqrt(var.reshape(shape) + eps)) * w.reshape(shape) + b.reshape(
            shape
        ), None
    batch_mean = x.sum(axis=axes, keepdims=True) / n
    centred = x - batch_mean
    batch_var = (centred * centred).sum(axis=axes, keepdims=True) / n
    r = 1 / np.sqrt(batch_var + eps)
    x_hat = centred * r
    parameters[f"{name}.running_mean"] = (1 - momentum) * mean + momentum * batch_mean.reshape(-1)
    parameters[f"{name}.running_var"] = (1 - momentum) * var + momentum * (batch_var.reshape(-1) * (n / (n - 1)))

    def back(g: Any) -> Any:
        gradients[f"{name}.weight"] = (g * x_hat).sum(axis=axes)
        gradients[f"{name}.bias"] = g.sum(axis=axes)
        h = g * w.reshape(shape)
        along = (h * x_hat).sum(axis=axes, keepdims=True) / n
        return r * (h - h.sum(axis=axes, keepdims=True) / n - x_hat * along)

    return x_hat * w.reshape(shape) + b.reshape(shape), back
