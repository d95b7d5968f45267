"""The way back through time: what is left of a gradient after so many steps, in an LSTM, a GRU and a plain RNN.

Everything here is NumPy in float64: at lag 100 a gradient may be 10⁻³¹ of what it was. x (..., T, D) is one sequence a
network; leading axes count networks. `blame` (..., H) is the gradient that arrives at the last h.
"""

from typing import Any

import numpy as np

from .lstm_step import gates, sigmoid

Array = Any


def lstm_lags(x: Array, w_x: Array, w_h: Array, b: Array, blame: Array) -> dict[str, Array]:
    """Lengths of the gradient by lag 0 .. T-1, each (..., T): at c, at h, and along the straight line of c alone.

    w_x (..., D, 4H), w_h (..., H, 4H), b (..., 4H), columns in the order i, f, g, o. dc_(t-1) = dc f + dz back through
    w_h, o and tanh; the straight line is what the first of the two terms gives when it is the only one.
    """
    h = c = np.zeros_like(blame)
    walked = []
    for t in range(x.shape[-2]):
        i, f, g, o = gates(x[..., t, :], h, w_x, w_h, b)
        before, c = c, f * c + i * g
        squashed = np.tanh(c)
        h = o * squashed
        walked.append((i, f, g, o, before, squashed))
    dh, dc = blame, np.zeros_like(blame)
    straight: Array | None = None
    rows = []
    for i, f, g, o, before, squashed in reversed(walked):
        dc = dc + dh * o * (1 - squashed**2)
        straight = dc if straight is None else straight
        rows.append([_length(part) for part in (dc, dh, straight)])
        dz = np.concatenate(
            [dc * g * i * (1 - i), dc * before * f * (1 - f), dc * i * (1 - g**2), dh * squashed * o * (1 - o)], axis=-1
        )
        dc, straight = dc * f, straight * f
        dh = np.squeeze(dz[..., None, :] @ np.swapaxes(w_h, -1, -2), -2)
    return {name: np.stack([row[k] for row in rows], axis=-1) for k, name in enumerate(("c", "h", "straight"))}


def rnn_lags(x: Array, w_x: Array, w_h: Array, b: Array, blame: Array) -> Array:
    """Length of the gradient at h by lag (..., T). w_x (..., D, H), w_h (..., H, H), b (..., H)."""
    h = np.zeros_like(blame)
    walked = []
    for t in range(x.shape[-2]):
        h = np.tanh(np.squeeze(x[..., t : t + 1, :] @ w_x, -2) + np.squeeze(h[..., None, :] @ w_h, -2) + b)
        walked.append(h)
    dh, rows = blame, []
    for h in reversed(walked):
        rows.append(_length(dh))
        dh = np.squeeze((dh * (1 - h**2))[..., None, :] @ np.swapaxes(w_h, -1, -2), -2)
    return np.stack(rows, axis=-1)


def gru_lags(x: Array, w_x: Array, w_h: Array, b: Array, b_h: Array, blame: Array) -> Array:
    """Length of the gradient at h by lag (..., T). w_x (..., D, 3H), w_h (..., H, 3H), b, b_h (..., 3H): r, z, n."""
    h = np.zeros_like(blame)
    walked = []
    for t in range(x.shape[-2]):
        of_x = np.squeeze(x[..., t : t + 1, :] @ w_x, -2) + b
        of_h = np.squeeze(h[..., None, :] @ w_h, -2) + b_h
        (x_r, x_z, x_n), (h_r, h_z, q) = np.split(of_x, 3, axis=-1), np.split(of_h, 3, axis=-1)
        r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
        n, before = np.tanh(x_n + r * q), h
        h = (1 - z) * n + z * before
        walked.append((r, z, n, q, before))
    dh, rows = blame, []
    for r, z, n, q, before in reversed(walked):
        rows.append(_length(dh))
        dn = dh * (1 - z) * (1 - n**2)
        parts = np.concatenate([dn * q * r * (1 - r), dh * (before - n) * z * (1 - z), dn * r], axis=-1)
        dh = dh * z + np.squeeze(parts[..., None, :] @ np.swapaxes(w_h, -1, -2), -2)
    return np.stack(rows, axis=-1)


def _length(values: Array) -> Array:
    return np.sqrt(np.sum(values**2, axis=-1))


def left(lengths: Array) -> Array:
    """What is left at each lag as a share of lag 0 (..., T)."""
    return lengths / np.maximum(lengths[..., :1], 1e-300)
