"""A trained network writes: it draws a character from its own softmax, reads it, and draws the next.

One character at a time the engine's layers would cost ten times what the arithmetic does, so the steps stand here in
NumPy, for each kind of cell. Leading axes count networks.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .lstm_step import sigmoid

Array = Any


def next_state(cell: str, weights: Mapping[str, Array], x: Array, state: Array) -> Array:
    """Return the state after one more step. state (..., 2, H): h, and c where the cell has one; x (..., features)."""
    h = state[..., 0, :]
    of_x = _times(x, weights["body.layer0.weight_x"]) + weights["body.layer0.bias"]
    of_h = _times(h, weights["body.layer0.weight_h"])
    if cell == "lstm":
        i, f, g, o = np.split(of_x + of_h, 4, axis=-1)
        c = sigmoid(f) * state[..., 1, :] + sigmoid(i) * np.tanh(g)
        return np.stack([sigmoid(o) * np.tanh(c), c], axis=-2)
    if cell == "gru":
        (x_r, x_z, x_n), (h_r, h_z, h_n) = (
            np.split(part, 3, axis=-1) for part in (of_x, of_h + weights["body.layer0.bias_h"])
        )
        z = sigmoid(x_z + h_z)
        h = (1 - z) * np.tanh(x_n + sigmoid(x_r + h_r) * h_n) + z * h
    else:
        h = np.tanh(of_x + of_h)
    return np.stack([h, state[..., 1, :]], axis=-2)


def logits(weights: Mapping[str, Array], state: Array) -> Array:
    """Return the logits of the next character (..., V)."""
    return _times(state[..., 0, :], weights["head.weight"]) + weights["head.bias"]


def write(cell: str, weights: Mapping[str, Array], prompt: Array, count: int, temperature: float) -> Array:
    """Return `count` characters after the prompt (n,), as numbers (..., count).

    Always the same dice, so that what changes from look to look is the network. At a temperature of 0 it is always
    the likeliest.
    """
    rng = np.random.default_rng(0)
    table = weights["table.weight"]
    lead = table.shape[:-2]
    state = np.zeros((*lead, 2, weights["head.weight"].shape[-2]))
    for number in prompt:
        state = next_state(cell, weights, table[..., number, :], state)
    written = []
    for _ in range(count):
        scores = logits(weights, state) / max(temperature, 1e-3)
        # The largest of logits plus Gumbel noise is a draw from their softmax.
        chosen = np.argmax(scores - np.log(-np.log(rng.random(scores.shape[-1]))), axis=-1)
        written.append(chosen)
        row = np.take_along_axis(table, np.asarray(chosen)[..., None, None], axis=-2)[..., 0, :]
        state = next_state(cell, weights, row, state)
    return np.stack(written, axis=-1)


def _times(x: Array, w: Array) -> Array:
    """x (..., D) @ w (..., D, H) -> (..., H), a matrix for each network."""
    return x @ w if w.ndim == 2 else (x[..., None, :] @ w)[..., 0, :]
