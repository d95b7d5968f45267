"""The code exercise on LeakyReLU: what the learner's values and slopes must be, and how a network trains with them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.lab.authoring import Check, code, returned

from .family import Array, value_and_slope

LearnerActivation = Callable[[Array], Any]
"""activation(z) -> the values a(z) and the slopes a'(z), each of z's shape."""
TOLERANCE = 1e-5
NUDGE = 1e-4


def pair(activation: LearnerActivation, z: Array) -> tuple[Array, Array]:
    """Return the learner's values and slopes at z, of its shape and type. Raises CodeError for anything else."""
    result = activation(z.copy())
    try:
        value, slope = result
        value, slope = np.asarray(value, dtype=z.dtype), np.asarray(slope, dtype=z.dtype)
    except (TypeError, ValueError):
        raise returned("activation", result, "a, slope") from None
    if value.shape != z.shape or slope.shape != z.shape:
        shapes = tuple(part if part.ndim else float(part) for part in (value, slope))
        raise returned("activation", shapes, f"a {z.shape}, slope {z.shape}")
    return value, slope


def layer_of(activation: LearnerActivation) -> nn.Module:
    """Return a layer whose forward pass takes the learner's values, and whose backward pass takes the slopes."""

    @engine.primitive
    def learner_activation(xp: Any, x: Any) -> Any:
        value, slope = (xp.asarray(part) for part in pair(activation, engine.to_host(x)))
        return value, (lambda g: g * slope,)

    return nn.Activation(learner_activation)


def _value_without_slope(z: Array) -> tuple[Array, Array]:
    return np.where(z > 0, z, 0.01 * z), np.where(z > 0, 1.0, 0.0)


@code("leaky-relu", experiment="waking", name="activation", wrong=_value_without_slope)
def leaky_relu(activation: LearnerActivation) -> list[Check]:
    """Two inputs on either side of 0, then many, then the slope against a nudge of the learner's own values."""
    inputs = np.array([2.0, 0.5, -0.5, -3.0])
    given, right = pair(activation, inputs), value_and_slope("leaky_relu", inputs)
    checks = [
        Check(f"z={z:g}".replace("-", "−"), _text(got), bool(np.allclose(got, meant, atol=TOLERANCE)), _text(meant))
        for z, got, meant in zip(inputs, np.stack(given, axis=-1), np.stack(right, axis=-1), strict=True)
    ]
    rng = np.random.default_rng(2013)
    z = rng.choice([-1.0, 1.0], size=(20, 16)) * rng.uniform(0.01, 5.0, size=(20, 16))
    values, slopes = pair(activation, z)
    meant_values, meant_slopes = value_and_slope("leaky_relu", z)
    nudged = (pair(activation, z + NUDGE)[0] - pair(activation, z - NUDGE)[0]) / (2 * NUDGE)
    for text, one, other in (
        ("20 × 16 z: max Δ a", values, meant_values),
        ("20 × 16 z: max Δ a′", slopes, meant_slopes),
        ("a′(z) − (a(z+ε) − a(z−ε)) / 2ε", slopes, nudged),
    ):
        farthest = float(np.max(np.abs(one - other)))
        checks.append(Check(text, farthest, farthest < TOLERANCE, f"< {TOLERANCE:g}"))
    return checks


def _text(numbers: Array) -> str:
    value, slope = numbers
    return f"a {value:.4g} a′ {slope:.4g}".replace("-", "−")
