"""The code exercise on the cell: one step of an LSTM by the learner's function, or by ours."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab import engine
from nnlab.lab.authoring import Check, code, returned

Array = Any
LearnerStep = Callable[[Array, Array, Array, Array, Array, Array], Any]
"""step(x (D,), h (H,), c (H,), w_x (D, 4H), w_h (H, 4H), b (4H,)) -> h (H,), c (H,); columns i, f, g, o in order."""
TOLERANCE = 1e-6


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z) without overflow."""
    return 0.5 * np.tanh(0.5 * z) + 0.5


def gates(x: Array, h: Array, w_x: Array, w_h: Array, b: Array) -> tuple[Array, Array, Array, Array]:
    """Input gate, forget gate, candidate, output gate (..., H) of x (..., D) and h (..., H)."""
    z = np.squeeze(x[..., None, :] @ w_x, -2) + np.squeeze(h[..., None, :] @ w_h, -2) + b
    i, f, g, o = np.split(z, 4, axis=-1)
    return sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o)


def our_step(x: Array, h: Array, c: Array, w_x: Array, w_h: Array, b: Array) -> tuple[Array, Array]:
    """The four lines of the lesson."""
    i, f, g, o = gates(x, h, w_x, w_h, b)
    c = f * c + i * g
    return o * np.tanh(c), c


def step_of(learner: LearnerStep | None, x: Array, h: Array, c: Array, *weights: Array) -> tuple[Array, Array]:
    """One step by the learner's function, or by ours for None. Raises CodeError for anything but h, c of their size."""
    if learner is None:
        return our_step(x, h, c, *weights)
    result = learner(*(array.copy() for array in (x, h, c, *weights)))
    expected = f"h {h.shape}, c {c.shape}"
    try:
        new_h, new_c = result
        new_h, new_c = np.asarray(new_h, dtype=np.float64), np.asarray(new_c, dtype=np.float64)
    except (TypeError, ValueError):
        raise returned("step", result, expected) from None
    if new_h.shape != h.shape or new_c.shape != c.shape:
        raise returned("step", tuple(part if part.ndim else float(part) for part in (new_h, new_c)), expected)
    both = np.concatenate([new_h, new_c])
    if not np.isfinite(both).all():
        raise returned("step", float(both[~np.isfinite(both)][0]), f"{expected}, |h|, |c| < ∞")
    return new_h, new_c


def _forgetful(x: Array, h: Array, c: Array, w_x: Array, w_h: Array, b: Array) -> tuple[Array, Array]:
    i, _, g, o = gates(x, h, w_x, w_h, b)
    c = i * g
    return o * np.tanh(c), c


@code("lstm-step", experiment="cell", name="step", wrong=_forgetful)
def lstm_step(learner: LearnerStep) -> list[Check]:
    """One unit whose gates are known, then three units over five steps against the engine."""
    checks = []
    zeros = np.zeros((1, 4))
    for text, biases, before in (
        ("f = 1, i = 0: c", (-50.0, 50.0, 1.0, 50.0), 0.5),
        ("f = 0, i = 1: c", (50.0, -50.0, 1.0, 50.0), 0.5),
        ("f = i = ½: c", (0.0, 0.0, 1.0, 0.0), 0.5),
    ):
        arguments = (np.zeros(1), np.zeros(1), np.array([before]), zeros, zeros, np.array(biases))
        got, right = step_of(learner, *arguments), our_step(*arguments)
        for name, one, other in zip((text, text[:-1] + "h"), got[::-1], right[::-1], strict=True):
            is_right = bool(np.allclose(one, other, rtol=0.0, atol=TOLERANCE))
            checks.append(Check(name, _text(one), is_right, _text(other)))
    rng = np.random.default_rng(1997)
    x, weights = rng.normal(size=(5, 2)), (rng.normal(size=(2, 12)), rng.normal(size=(3, 12)), rng.normal(size=12))
    h, c = np.zeros(3), np.zeros(3)
    farthest = 0.0
    right_h, _ = engine.lstm(x[:, None], *weights)
    for t in range(len(x)):
        h, c = step_of(learner, x[t], h, c, *weights)
        farthest = max(farthest, float(np.max(np.abs(h - engine.to_host(engine.values(right_h))[t, 0]))))
    checks.append(Check("x (5, 2), h (3): max Δ h", farthest, farthest < TOLERANCE, f"< {TOLERANCE:g}"))
    return checks


def _text(values: Array) -> str:
    return f"{float(np.ravel(values)[0]):.4f}".replace("-", "−")
