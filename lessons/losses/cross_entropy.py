"""The code exercise on cross-entropy: what the learner's function must do, and how the twins' run calls it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.lab.authoring import Check, code, returned

from .formulas import Array, sigmoid

Cost = Callable[[Array, float], tuple[Array, Array]]
"""cost(z (...), y) -> loss (...), slope dL/dz (...)."""
LearnerCost = Callable[[float, float], Any]
"""The same for one number z."""
TOLERANCE = 1e-5
NUDGE = 1e-4


def binary_cross_entropy(z: Array, y: float) -> tuple[Array, Array]:
    """ln(1 + e^z) - y z, which is -y ln p - (1 - y) ln(1 - p) of p = sigmoid(z); its slope is p - y."""
    return np.asarray(np.logaddexp(0.0, z) - y * z), np.asarray(sigmoid(z) - y)


def for_every_number(cost: LearnerCost) -> Cost:
    """Let a function that knows one z serve arrays of any shape."""

    def each(z: Array, y: float) -> tuple[Array, Array]:
        loss, slope = np.empty(z.shape), np.empty(z.shape)
        for place in np.ndindex(z.shape):
            loss[place], slope[place] = _pair(cost(float(z[place]), y))
        return loss, slope

    return each


@code(
    "cross-entropy",
    experiment="saturated",
    name="cross_entropy",
    wrong=lambda z, y: (np.logaddexp(0.0, z) - y * z, y - sigmoid(z)),
)
def cross_entropy(cost: LearnerCost) -> list[Check]:
    """The page's start, an even guess, right and wrong; then so sure that p rounds to 1; then any z, and by nudging."""
    checks: list[Check] = []
    for z, y in ((4.0, 0.0), (0.0, 1.0), (2.0, 1.0), (-3.0, 1.0), (40.0, 0.0), (-40.0, 1.0)):
        got, right = _pair(cost(z, y)), _reference(z, y)
        checks.append(Check(f"z={z:g} y={y:g}".replace("-", "−"), _text(got), _is_near(got, right), _text(right)))
    apart, nudged = [], []
    for z in np.random.default_rng(1944).uniform(-6.0, 6.0, 20):
        for y in (0.0, 1.0):
            got, (above, _), (below, _) = (_pair(cost(float(z) + h, y)) for h in (0.0, NUDGE, -NUDGE))
            apart.append(np.subtract(got, _reference(float(z), y)))
            nudged.append(got[1] - (above - below) / (2 * NUDGE))
    for text, off in (("40 × (z, y): max Δ", apart), ("max |∂L/∂z − ΔL/Δz|", nudged)):
        farthest = float(np.max(np.abs(off)))
        checks.append(Check(text, farthest, farthest < TOLERANCE, f"< {TOLERANCE:g}"))
    return checks


def _reference(z: float, y: float) -> tuple[float, float]:
    loss, slope = binary_cross_entropy(np.asarray(z), y)
    return float(loss), float(slope)


def _pair(result: Any) -> tuple[float, float]:
    """Return what a cost returned as two numbers. Raises CodeError when it is something else."""
    try:
        loss, slope = result
        return float(loss), float(slope)
    except (TypeError, ValueError):
        raise returned("cross_entropy", result, "loss, slope") from None


def _is_near(got: tuple[float, float], right: tuple[float, float]) -> bool:
    return bool(np.allclose(got, right, rtol=0.0, atol=TOLERANCE))


def _text(pair: tuple[float, float]) -> str:
    loss, slope = pair
    return f"L {loss:.4g} ∂L/∂z {slope:.4g}".replace("inf", "∞").replace("-", "−")
