"""Layers for sequences (T, N, D), time first, in plain NumPy, as they stand in an exported script; see layer_parts.py.

A recurrent layer's biases and inputs go through one product for all steps, then the steps are made one by one.
"""

from typing import Any

import numpy as np


def turn(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """(N, T, ...) -> (T, N, ...), and back the same way."""
    return x.swapaxes(0, 1), lambda g: g.swapaxes(0, 1)


def embedding(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """The rows of a table that whole numbers x (T, N) name: (T, N, D)."""
    w, flat = parameters[f"{name}.weight"], x.reshape(-1)

    def back(g: Any) -> Any:
        hot = np.zeros((len(flat), len(w)), g.dtype)
        hot[np.arange(len(flat)), flat] = 1
        gradients[f"{name}.weight"] = hot.T @ g.reshape(len(flat), -1)
        return np.zeros(x.shape)  # tokens have no slope

    return w[flat].reshape(*x.shape, -1), back


def with_ones(x: Any) -> Any:
    """(T, N, D) -> (T N, D + 1), the last column ones: what the bias is multiplied by."""
    rows = np.ones((x.shape[0] * x.shape[1], x.shape[2] + 1), x.dtype)
    rows[:, :-1] = x.reshape(len(rows), -1)
    return rows


def rnn(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """h_t = tanh(x_t w_x + h_(t-1) w_h + b): (T, N, D) -> (T, N, H)."""
    w_x, w_h, b = (parameters[f"{name}.{part}"] for part in ("weight_x", "weight_h", "bias"))
    inputs, time, n, size = with_ones(x), len(x), x.shape[1], len(w_h)
    z = (inputs @ np.concatenate((w_x, b[None]))).reshape(time, n, size)
    h = np.zeros((time + 1, n, size), z.dtype)
    for t in range(time):
        h[t + 1] = np.tanh(h[t] @ w_h + z[t])

    def back(g: Any) -> Any:
        d, carried, turned = 1 - h[1:] * h[1:], np.zeros_like(h[0]), w_h.T.copy()
        for t in reversed(range(time)):
            d[t] *= g[t] + carried
            carried = d[t] @ turned
        d = d.reshape(-1, size)
        all_weights = np.concatenate((h[:-1].reshape(-1, size), inputs), axis=1).T @ d
        gradients[f"{name}.weight_h"] = all_weights[:size]
        gradients[f"{name}.weight_x"] = all_weights[size:-1]
        gradients[f"{name}.bias"] = all_weights[-1]
        return (d @ w_x.T).reshape(x.shape)

    return h[1:], back


def by_gate(w: Any) -> Any:
    """Columns of the gates i, f, g, o (D, 4 H) -> i, f, o, g one after the other: (4, D, H)."""
    i, f, g, o = np.split(w, 4, axis=1)
    return np.stack((i, f, o, g))


def lstm(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """i, f, o = sigmoid, g = tanh of z;  c_t = f c_(t-1) + i g;  h_t = o tanh(c_t): (T, N, D) -> (T, N, H)."""
    w_x, w_h, b = (parameters[f"{name}.{part}"] for part in ("weight_x", "weight_h", "bias"))
    inputs, time, n, size = with_ones(x), len(x), x.shape[1], len(w_h)
    halves = np.array([0.5, 0.5, 0.5, 1.0], x.dtype)[:, None, None]  # sigmoid(z) = tanh(z / 2) / 2 + 1 / 2
    into_gates = by_gate(w_h) * halves
    gates = (inputs @ (by_gate(np.concatenate((w_x, b[None]))) * halves)).reshape(4, time, n, size)
    h, c = (np.zeros((time + 1, n, size), x.dtype) for _ in range(2))
    tanh_c = np.empty_like(h[1:])
    for t in range(time):
        z = np.tanh(gates[:, t] + h[t] @ into_gates)
        z[:3] = z[:3] * 0.5 + 0.5
        gates[:, t] = z
        c[t + 1] = z[1] * c[t] + z[0] * z[3]
        tanh_c[t] = np.tanh(c[t + 1])
        h[t + 1] = z[2] * tanh_c[t]

    def back(grad: Any) -> Any:
        d, turned = np.empty_like(gates), by_gate(w_h).transpose(0, 2, 1).copy()
        dh, dc = np.zeros_like(h[0]), np.zeros_like(h[0])
        for t in reversed(range(time)):
            i, f, o, g = gates[:, t]
            dh = dh + grad[t]
            dc = dc + (o - h[t + 1] * tanh_c[t]) * dh
            slopes = gates[:, t] - gates[:, t] ** 2
            slopes[3] = 1 - g * g
            d[:, t] = np.stack((dc * g, dc * c[t], dh * tanh_c[t], dc * i)) * slopes
            dc = dc * f
            into = d[:, t] @ turned
            dh = into[0] + into[1] + into[2] + into[3]
        flat = d.reshape(4, -1, size)
        i, f, o, g = np.concatenate((h[:-1].reshape(-1, size), inputs), axis=1).T @ flat
        all_weights = np.concatenate((i, f, g, o), axis=1)
        gradients[f"{name}.weight_h"] = all_weights[:size]
        gradients[f"{name}.weight_x"] = all_weights[size:-1]
        gradients[f"{name}.bias"] = all_weights[-1]
        return (flat @ by_gate(w_x).transpose(0, 2, 1)).sum(axis=0).reshape(x.shape)

    return h[1:], back


def gru(x: Any, name: str, parameters: Any, gradients: Any) -> Any:
    """r, z = sigmoid;  n = tanh(x w_x + b + r (h w_h + b_h));  h_t = (1 - z) n + z h_(t-1): (T, N, D) -> (T, N, H)."""
    w_x, w_h, b, b_h = (parameters[f"{name}.{part}"] for part in ("weight_x", "weight_h", "bias", "bias_h"))
    flat, time, n, size = x.reshape(-1, x.shape[-1]), len(x), x.shape[1], len(w_h)
    from_x = (flat @ w_x + b).reshape(time, n, 3 * size)
    h = np.zeros((time + 1, n, size), x.dtype)
    r, z, c, q = (np.empty_like(h[1:]) for _ in range(4))
    for t in range(time):
        from_h = h[t] @ w_h + b_h
        both = 0.5 * np.tanh(0.5 * (from_x[t, :, : 2 * size] + from_h[:, : 2 * size])) + 0.5
        r[t], z[t], q[t] = both[:, :size], both[:, size:], from_h[:, 2 * size :]
        c[t] = np.tanh(from_x[t, :, 2 * size :] + r[t] * q[t])
        h[t + 1] = c[t] + z[t] * (h[t] - c[t])

    def back(g: Any) -> Any:
        d_x, d_h, dh, turned = np.empty_like(from_x), np.empty_like(from_x), np.zeros_like(h[0]), w_h.T.copy()
        into_c, into_z, into_r = (1 - z) * (1 - c * c), (h[:-1] - c) * z * (1 - z), q * r * (1 - r)
        for t in reversed(range(time)):
            dh = dh + g[t]
            dc = dh * into_c[t]
            both = np.concatenate((dc * into_r[t], dh * into_z[t]), axis=-1)
            d_x[t] = np.concatenate((both, dc), axis=-1)
            d_h[t] = np.concatenate((both, dc * r[t]), axis=-1)
            dh = dh * z[t] + d_h[t] @ turned
        d = d_x @ w_x.T
        d_x, d_h = d_x.reshape(-1, 3 * size), d_h.reshape(-1, 3 * size)
        ones = np.ones((1, len(d_x)), x.dtype)
        gradients[f"{name}.weight_x"], gradients[f"{name}.weight_h"] = flat.T @ d_x, h[:-1].reshape(-1, size).T @ d_h
        gradients[f"{name}.bias"], gradients[f"{name}.bias_h"] = (ones @ d_x)[0], (ones @ d_h)[0]
        return d

    return h[1:], back
