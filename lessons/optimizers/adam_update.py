"""The code exercise on Adam: what the learner's update must do, and the optimizer that lets it run in the race."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab import nn
from nnlab.lab.authoring import Check, code, returned

from .rules import BETA, BETA2, EPS, by_hand
from .surfaces import Array, surface

LearnerUpdate = Callable[[Array, Array, Array, Array, int, float, float, float], Any]
"""adam(x (2,), m (2,), v (2,), g (2,), t, rate, beta1, beta2) -> new x, new m, new v; t counts from 1."""
TOLERANCE = 1e-6
RATE, STEPS = 0.3, 100
"""Of the road down the ravine that is checked: the rate of the race."""
ROAD_TOLERANCE = 1e-4
"""Wide enough for an ε that stands below the root."""


class LearnersAdam(nn.Adam):
    """Adam as a learner writes it, for points (..., 2): one call a point and step."""

    def __init__(self, parameters: Any, learning_rate: float, adam: LearnerUpdate, betas: tuple[float, float]) -> None:
        super().__init__(parameters, learning_rate, betas=betas)
        self.adam = adam

    def update(self, group: Any, p: Array, g: Array) -> None:
        """Move each point by the learner's function; it gets copies, so changing its arguments does no harm."""
        beta1, beta2 = group.settings["betas"]
        rate, t = float(group.settings["learning_rate"]), int(group.steps)
        held = [array.reshape(-1, 2) for array in (p, group.remember("average"), group.remember("square"))]
        for point, slope in enumerate(g.reshape(-1, 2)):
            x, m, v = (array[point].copy() for array in held)
            new = _triple(self.adam(x, m, v, slope.copy(), t, rate, float(beta1), float(beta2)))
            for array, values in zip(held, new, strict=True):
                array[point] = values


def adam_rule(
    x: Array, m: Array, v: Array, g: Array, t: int, rate: float, beta1: float, beta2: float
) -> tuple[Array, Array, Array]:
    """Return x, m and v after step t (Kingma and Ba, arXiv 1412.6980)."""
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    return x - rate * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + EPS), m, v


def _uncorrected(x: Array, m: Array, v: Array, g: Array, t: int, rate: float, beta1: float, beta2: float) -> Any:
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g * g
    return x - rate * m / (np.sqrt(v) + EPS), m, v


@code("adam-update", experiment="race", name="adam", wrong=_uncorrected)
def adam_update(adam: LearnerUpdate) -> list[Check]:
    """The ravine's first step, a second and a late one; other settings; any at all; then the whole road down."""
    zero, g = np.zeros(2), np.array([-19.8, 49.0])
    late = np.array([0.3, -0.1]), np.array([0.5, 0.02])
    cases = (
        ("t=1 m=v=0", zero, zero, g, 1, RATE, BETA, BETA2),
        ("t=2", 0.1 * g, 0.001 * g * g, np.array([12.0, -30.0]), 2, RATE, BETA, BETA2),
        ("t=500", *late, np.array([0.2, 0.1]), 500, RATE, BETA, BETA2),
        ("t=3 β₁=0.5 β₂=0.9 η=0.1", *late, np.array([-1.0, 0.5]), 3, 0.1, 0.5, 0.9),
    )
    checks = []
    for text, *rest in cases:
        got, right = _call(adam, np.array([0.5, -0.2]), *rest), adam_rule(np.array([0.5, -0.2]), *rest)
        is_near = all(np.allclose(a, e, rtol=TOLERANCE, atol=TOLERANCE) for a, e in zip(got, right, strict=True))
        checks.append(Check(text, _text(got), is_near, _text(right)))
    farthest = float(np.max(np.abs(_apart(adam))))
    checks.append(Check("20 × (x, m, v, g, t, η, β): max Δ", farthest, farthest < TOLERANCE, f"< {TOLERANCE:g}"))
    ends = _road(adam), by_hand("adam", "ravine", RATE, STEPS)
    is_same_road = bool(np.allclose(*ends, rtol=0.0, atol=ROAD_TOLERANCE))
    checks.append(Check(f"ravine, t={STEPS}", _point(ends[0]), is_same_road, _point(ends[1])))
    return checks


def _apart(adam: LearnerUpdate) -> Array:
    """How far off the learner's results are for drawn arguments (20, 3, 2)."""
    rng = np.random.default_rng(2014)
    apart = []
    for _ in range(20):
        x, m, g = rng.normal(size=(3, 2))
        rest = (x, m, rng.uniform(0.01, 2.0, size=2), g, int(rng.integers(1, 50)), float(rng.uniform(0.01, 1.0)))
        betas = float(rng.uniform(0.1, 0.95)), float(rng.uniform(0.5, 0.999))
        apart.append(np.subtract(_call(adam, *rest, *betas), adam_rule(*rest, *betas)))
    return np.array(apart)


def _road(adam: LearnerUpdate) -> Array:
    """Where the learner's rule stands on the ravine after STEPS steps from its start (2,)."""
    ground = surface("ravine")
    x, m, v = np.array(ground.start), np.zeros(2), np.zeros(2)
    for t in range(1, STEPS + 1):
        x, m, v = _call(adam, x, m, v, ground.slope(x), t, RATE, BETA, BETA2)
    return x


def _call(adam: LearnerUpdate, *arguments: Any) -> tuple[Array, Array, Array]:
    copies: list[Any] = [np.array(one) if isinstance(one, np.ndarray) else one for one in arguments]
    return _triple(adam(*copies))


def _triple(result: Any) -> tuple[Array, Array, Array]:
    """Return what an update returned as three arrays (2,). Raises CodeError when it is something else."""
    try:
        x, m, v = (np.asarray(part, dtype=np.float64) for part in result)
    except (TypeError, ValueError):
        raise returned("adam", result, "x, m, v") from None
    if not x.shape == m.shape == v.shape == (2,):
        raise returned("adam", tuple(part.shape for part in (x, m, v)), "x (2,), m (2,), v (2,)")
    return x, m, v


def _text(triple: tuple[Array, Array, Array]) -> str:
    return " · ".join(f"{name} {_point(values)}" for name, values in zip("xmv", triple, strict=True))


def _point(values: Array) -> str:
    return f"{values[0]:.3g} {values[1]:.3g}".replace("-", "−")
