"""Layers for images (N, C, H, W) in plain NumPy, as they stand in an exported script; see layer_parts.py.

In memory the samples come last, as they do where the run was made: sums over images then add up in the same order.
"""

from typing import Any

import numpy as np


def flatten(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """(N, C, H, W) -> (N, C H W)."""

    def back(g: Any) -> Any:
        d = np.empty_like(x)
        d[...] = g.reshape(x.shape)
        return d

    return x.reshape(len(x), -1), back


def in_parts(left: Any, right: Any, n: int) -> Any:
    """left (O, L) @ right (K, L).T, added up over parts of whole runs of n, of 400 values at least."""
    runs, length = left.shape[1] // n, left.shape[1]
    parts = max((p for p in range(1, runs + 1) if runs % p == 0 and length // p >= 400), default=1)
    left, right = (one.reshape(len(one), parts, -1).transpose(1, 0, 2) for one in (left, right))
    return (right @ left.transpose(0, 2, 1)).sum(axis=0).T


def conv2d(x: Any, name: str, parameters: Any, gradients: Any, stride: Any, padding: Any) -> Any:
    """Cross-correlation. x (N, C, H, W), w (O, C, kh, kw), b (O,): a product of kernels and columns of windows."""
    w, b = parameters[f"{name}.weight"], parameters.get(f"{name}.bias")
    (sh, sw), (ph, pw), (kh, kw) = stride, padding, w.shape[2:]
    n, channels, kernels = len(x), x.shape[1], w.reshape(len(w), -1)
    padded = np.pad(x.transpose(1, 2, 3, 0), ((0, 0), (ph, ph), (pw, pw), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), axis=(1, 2))[:, ::sh, ::sw]
    out = windows.shape[1:3]
    columns = windows.transpose(0, 4, 5, 1, 2, 3).reshape(kernels.shape[1], -1)
    with_bias = kernels
    if b is not None:
        columns = np.concatenate((columns, np.ones((1, columns.shape[1]), x.dtype)))
        with_bias = np.concatenate((kernels, b[:, None]), axis=1)
    y = (with_bias @ columns).reshape(len(w), *out, n).transpose(3, 0, 1, 2)

    def back(g: Any) -> Any:
        rows = g.transpose(1, 2, 3, 0).reshape(len(w), -1)
        slopes = in_parts(rows, columns, n)
        gradients[f"{name}.weight"] = slopes[:, : kernels.shape[1]].reshape(w.shape)
        if b is not None:
            gradients[f"{name}.bias"] = slopes[:, -1]
        places = (kernels.T @ rows).reshape(channels, kh, kw, *out, n)
        d = np.zeros(padded.shape, x.dtype)
        for i in range(kh):
            for j in range(kw):
                d[:, i : i + sh * out[0] : sh, j : j + sw * out[1] : sw] += places[:, i, j]
        return d[:, ph : ph + x.shape[2], pw : pw + x.shape[3]].transpose(3, 0, 1, 2)

    return y, back


def pool(x: Any, name: str, parameters: Any, gradients: Any, kind: str, kernel: Any, stride: Any) -> Any:
    """The largest ("max") or the mean ("mean") of each window (kh, kw) of x (N, C, H, W)."""
    (kh, kw), (sh, sw) = kernel, stride
    down, across = (x.shape[2] - kh) // sh + 1, (x.shape[3] - kw) // sw + 1
    places = [(..., slice(i, i + sh * down, sh), slice(j, j + sw * across, sw)) for i in range(kh) for j in range(kw)]
    y = x[places[0]]
    for place in places[1:]:
        y = np.maximum(y, x[place]) if kind == "max" else y + x[place]
    if kind == "mean":
        y = y / (kh * kw)

    def back(g: Any) -> Any:
        d, is_free = np.zeros_like(x), np.ones_like(y, bool)
        for place in places:
            if kind == "mean":
                d[place] += g / (kh * kw)
                continue
            won = (x[place] == y) & is_free  # the first of a window's largest values
            is_free &= ~won
            d[place] += g * won
        return d

    return y, back


def global_pool(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """The mean of each map: (N, C, H, W) -> (N, C)."""
    cells = x.shape[2] * x.shape[3]
    return x.sum(axis=(2, 3)) / cells, lambda g: np.broadcast_to(g[:, :, None, None] / cells, x.shape)
