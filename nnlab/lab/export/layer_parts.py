"""Layers in plain NumPy, as they stand in an exported script: each returns its output and what carries g back.

A layer is layer(x, name, parameters, gradients, ...) -> (y, back); back(g) puts the parameters' gradients into
`gradients` and returns that of x. Nothing here may use anything but NumPy: the source goes into the script as it is.
"""

from typing import Any

import numpy as np


def linear(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """x @ w + b. x (N, D), w (D, H), b (H,)."""
    w, b = parameters[f"{name}.weight"], parameters.get(f"{name}.bias")
    y = x @ w if b is None else x @ w + b

    def back(g: Any) -> Any:
        gradients[f"{name}.weight"] = x.T @ g
        if b is not None:
            gradients[f"{name}.bias"] = (np.ones((1, len(g)), g.dtype) @ g)[0]
        return g * w.T if w.shape[1] == 1 else g @ w.T

    return y, back


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
        gradients[f"{name}.weight"] = (g * x_hat).sum(axis=0)
        gradients[f"{name}.bias"] = g.sum(axis=0)
        h = g * w
        return r * (h - h.mean(axis=-1, keepdims=True) - x_hat * (h * x_hat).mean(axis=-1, keepdims=True))

    return x_hat * w + b, back
