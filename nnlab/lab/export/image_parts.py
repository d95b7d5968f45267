"""Layers for images (N, C, H, W) in plain NumPy, as they stand in an exported script; see layer_parts.py."""

from typing import Any

import numpy as np


def flatten(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """(N, C, H, W) -> (N, C H W)."""
    return x.reshape(len(x), -1), lambda g: g.reshape(x.shape)


def conv2d(x: Any, name: str, parameters: Any, gradients: Any, stride: Any, padding: Any) -> Any:
    """Cross-correlation. x (N, C, H, W), w (O, C, kh, kw), b (O,)."""
    w, b = parameters[f"{name}.weight"], parameters.get(f"{name}.bias")
    (sh, sw), (ph, pw) = stride, padding
    kh, kw = w.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    y = np.tensordot(windows, w, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)
    if b is not None:
        y = y + b[:, None, None]

    def back(g: Any) -> Any:
        gradients[f"{name}.weight"] = np.tensordot(g, windows, axes=((0, 2, 3), (0, 2, 3)))
        if b is not None:
            gradients[f"{name}.bias"] = g.sum(axis=(0, 2, 3))
        d = np.zeros_like(padded)
        for i in range(kh):
            for j in range(kw):
                part = np.tensordot(g, w[:, :, i, j], axes=(1, 0)).transpose(0, 3, 1, 2)
                d[:, :, i : i + sh * g.shape[2] : sh, j : j + sw * g.shape[3] : sw] += part
        return d[:, :, ph : ph + x.shape[2], pw : pw + x.shape[3]]

    return y, back


def pool(x: Any, name: str, parameters: Any, gradients: Any, kind: str, kernel: Any, stride: Any) -> Any:
    """The largest ("max") or the mean ("mean") of each window (kh, kw) of x (N, C, H, W)."""
    (kh, kw), (sh, sw) = kernel, stride
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    flat = windows.reshape(*windows.shape[:4], kh * kw)
    y = flat.max(axis=-1) if kind == "max" else flat.mean(axis=-1)
    winner = flat.argmax(axis=-1)

    def back(g: Any) -> Any:
        d = np.zeros_like(x)
        for k in range(kh * kw):
            share = g * (winner == k) if kind == "max" else g / (kh * kw)
            i, j = divmod(k, kw)
            d[:, :, i : i + sh * g.shape[2] : sh, j : j + sw * g.shape[3] : sw] += share
        return d

    return y, back


def global_pool(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """The mean of each map: (N, C, H, W) -> (N, C)."""
    cells = x.shape[2] * x.shape[3]
    return x.mean(axis=(2, 3)), lambda g: np.broadcast_to(g[:, :, None, None] / cells, x.shape)
