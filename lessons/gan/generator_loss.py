"""The code exercise on the generator's loss: what the learner's must be, and how a GAN trains with it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab import engine
from nnlab.lab.authoring import Check, code, returned

Array = Any
LearnerLoss = Callable[[np.ndarray], Any]
"""generator_loss(s) -> the loss of each generated sample, and its slope by s, each of s's shape."""
TOLERANCE = 1e-5
NUDGE = 1e-4


def pair(generator_loss: LearnerLoss, s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the learner's losses and slopes at logits s, of its shape and type. Raises CodeError for anything else."""
    result = generator_loss(s.copy())
    try:
        value, slope = result
        value, slope = np.asarray(value, dtype=s.dtype), np.asarray(slope, dtype=s.dtype)
    except (TypeError, ValueError):
        raise returned("generator_loss", result, "loss, slope") from None
    if value.shape != s.shape or slope.shape != s.shape:
        shapes = tuple(part if part.ndim else float(part) for part in (value, slope))
        raise returned("generator_loss", shapes, f"loss {s.shape}, slope {s.shape}")
    return value, slope


def loss_of(generator_loss: LearnerLoss, logits: Any, *, leading: int) -> engine.Tensor:
    """The mean of the learner's losses, () or (S,); going backward takes the learner's slopes."""

    @engine.primitive
    def learner_loss(xp: Any, s: Any) -> Any:
        value, slope = (xp.asarray(part) for part in pair(generator_loss, engine.to_host(s)))
        return value, (lambda g: g * slope,)

    return engine.mean(engine.flatten(learner_loss(logits), start=leading), axis=-1)


def right(s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The non-saturating loss −log σ(s) and its slope σ(s) − 1."""
    return np.logaddexp(0.0, -s), -1.0 / (1.0 + np.exp(s))


def _minimax(s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return -np.logaddexp(0.0, s), -1.0 / (1.0 + np.exp(-s))


@code("generator-loss", experiment="plane", name="generator_loss", wrong=_minimax)
def generator_loss(generator_loss: LearnerLoss) -> list[Check]:
    """Four answers of D from sure to fooled, then many, then the slope against a nudge of the learner's own losses."""
    inputs = np.array([-5.0, -1.0, 0.0, 3.0])
    given, meant = pair(generator_loss, inputs), right(inputs)
    checks = [
        Check(f"s={s:g}".replace("-", "−"), _text(got), bool(np.allclose(got, want, atol=TOLERANCE)), _text(want))
        for s, got, want in zip(inputs, np.stack(given, axis=-1), np.stack(meant, axis=-1), strict=True)
    ]
    s = np.random.default_rng(2014).uniform(-8.0, 8.0, size=(40, 1))
    values, slopes = pair(generator_loss, s)
    meant_values, meant_slopes = right(s)
    nudged = (pair(generator_loss, s + NUDGE)[0] - pair(generator_loss, s - NUDGE)[0]) / (2 * NUDGE)
    for text, one, other in (
        ("40 s: max Δ L", values, meant_values),
        ("40 s: max Δ L′", slopes, meant_slopes),
        ("L′(s) − (L(s+ε) − L(s−ε)) / 2ε", slopes, nudged),
    ):
        farthest = float(np.max(np.abs(one - other)))
        checks.append(Check(text, farthest, farthest < TOLERANCE, f"< {TOLERANCE:g}"))
    return checks


def _text(numbers: np.ndarray) -> str:
    value, slope = numbers
    return f"L {value:.4g} L′ {slope:.4g}".replace("-", "−")
