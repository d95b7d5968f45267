"""The code exercise on the perceptron rule: what the learner's update must do, and how the gates' run calls it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.lab.authoring import Check, code, returned

from .plane import Array

Update = Callable[[Array, Array, Array, Array, Array, float], tuple[Array, Array]]
"""update(w (..., 2), b (...), x (..., 2), y (...), prediction (...), learning_rate) -> new w, new b."""
LearnerUpdate = Callable[[Array, float, Array, int, int, float], Any]
"""The same for one start: w (2,), b a number."""
TOLERANCE = 1e-6


def perceptron_rule(w: Array, b: Array, x: Array, y: Array, prediction: Array, learning_rate: float) -> Any:
    """Rosenblatt's rule: w moves by rate x (y - prediction) x input."""
    error = y - prediction
    return w + learning_rate * error[..., None] * x, b + learning_rate * error


def for_every_start(update: LearnerUpdate) -> Update:
    """Let a function that knows one start serve several, whose arrays have a leading axis (S,)."""

    def each(w: Array, b: Array, x: Array, y: Array, prediction: Array, learning_rate: float) -> tuple[Array, Array]:
        new_w, new_b = np.empty_like(w), np.empty_like(b)
        for start in np.ndindex(b.shape):
            # Copies: a function that changes its arguments in place is no worse than one that does not.
            sample = (w[start].copy(), float(b[start]), x[start].copy(), int(y[start]), int(prediction[start]))
            new_w[start], new_b[start] = _pair(update(*sample, learning_rate))
        return new_w, new_b

    return each


@code("rule-update", experiment="gates", name="update", wrong=lambda w, b, x, y, p, rate: (w - rate * (y - p) * x, b))
def rule_update(update: LearnerUpdate) -> list[Check]:
    """Right: nothing moves. Too low: up, by its input and the rate. Too high: down. Then any sample at all."""
    checks: list[Check] = []
    for y, prediction, x, rate in ((1, 1, (1, 1), 0.1), (1, 0, (1, 0), 0.1), (0, 1, (0, 1), 0.1), (1, 0, (1, 1), 0.5)):
        w, b = np.array([0.5, -0.2]), 0.1
        inputs = np.array(x, dtype=np.float64)
        got = _pair(update(w.copy(), b, inputs.copy(), y, prediction, rate))
        right = perceptron_rule(w, np.asarray(b), inputs, np.asarray(y), np.asarray(prediction), rate)
        checks.append(Check(f"y={y} ŷ={prediction} x={x} η={rate}", _text(got), _is_near(got, right), _text(right)))
    rng = np.random.default_rng(1958)
    farthest = 0.0
    for _ in range(20):
        w, x_drawn, b, rate = rng.normal(size=2), rng.normal(size=2), rng.normal(), rng.uniform(0.01, 1.0)
        y, prediction = rng.integers(0, 2, size=2)
        got = _pair(update(w.copy(), float(b), x_drawn.copy(), int(y), int(prediction), float(rate)))
        right = perceptron_rule(w, np.asarray(b), x_drawn, np.asarray(y), np.asarray(prediction), float(rate))
        apart = [farthest, *(np.max(np.abs(a - e)) for a, e in zip(got, right, strict=True))]
        farthest = float(np.max(apart))  # not Python's max, which loses a NaN
    checks.append(Check("20 × (w, b, x, y, ŷ, η): max Δ", farthest, farthest < TOLERANCE, f"< {TOLERANCE:g}"))
    return checks


def _pair(result: Any) -> tuple[Array, Array]:
    """Return what an update returned as arrays (2,) and (). Raises CodeError when it is something else."""
    try:
        w, b = result
        w, b = np.asarray(w, dtype=np.float64), np.asarray(b, dtype=np.float64)
    except (TypeError, ValueError):
        raise returned("update", result, "w, b") from None
    if w.shape != (2,) or b.shape != ():
        raise returned("update", tuple(part if part.ndim else float(part) for part in (w, b)), "w (2,), b ()")
    return w, b


def _is_near(got: tuple[Array, Array], right: tuple[Array, Array]) -> bool:
    return all(np.allclose(a, e, rtol=0.0, atol=TOLERANCE) for a, e in zip(got, right, strict=True))


def _text(pair: tuple[Array, Array]) -> str:
    w, b = pair
    return f"w ({w[0]:.4g}, {w[1]:.4g}) b {float(b):.4g}".replace("-", "−")
