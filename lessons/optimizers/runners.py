"""The runners: a point on a plane, the engine's own optimizer that moves it, and what that optimizer remembers."""

from typing import Any

import numpy as np

from nnlab import engine, nn

from .adam_update import LearnersAdam, LearnerUpdate
from .rules import BETA, BETA2
from .surfaces import Array

NAMES = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw")
"""In order of growing complexity."""
GROUPS = {
    "all": NAMES,
    "plain": NAMES[:3],
    "adaptive": NAMES[3:],
}
COLOURS = {
    "sgd": "s3",
    "momentum": "s2",
    "nesterov": "s5",
    "adagrad": "text",
    "rmsprop": "s4",
    "adam": "s1",
    "adamw": "s1",
}
"""Runner -> role of its colour. Adam and AdamW share one: their markers tell them apart, as a dot and a ring would."""
MARKERS = {"sgd": "●", "momentum": "◆", "nesterov": "▲", "adagrad": "◇", "rmsprop": "■", "adam": "▼", "adamw": "▽"}
SHOWN = {"colours": COLOURS, "markers": MARKERS}
"""Options that every picture of runners shares."""
LOST = 1e6
"""A runner higher than this has left the map; a race goes on without it."""
LONGEST_TRAIL = 400
"""Points of a trail that are drawn at most."""


class Trail:
    """Where a point has been, step by step. A snapshot is its length, since a run only ever goes back."""

    def __init__(self) -> None:
        self.points: list[Array] = []

    def state_dict(self) -> int:
        """How long the trail is."""
        return len(self.points)

    def load_state_dict(self, length: int) -> None:
        """Forget what came later."""
        del self.points[length:]

    def drawn(self) -> Array:
        """The trail (..., T, 2), thinned evenly to LONGEST_TRAIL points; the newest one always stays."""
        stride = -(-len(self.points) // LONGEST_TRAIL)
        return np.stack([*self.points[:-1:stride], self.points[-1]], axis=-2)


def optimizer(
    name: str,
    parameters: Any,
    rate: float,
    *,
    momentum: float = 0.9,
    alpha: float = 0.9,
    beta2: float = 0.999,
    weight_decay: float = 0.01,
) -> nn.Optimizer:
    """Return the engine's optimizer of that name; momentum is β₁ of Adam and AdamW too, which only decay weights."""
    options: dict[str, dict[str, Any]] = {
        "momentum": {"momentum": momentum},
        "nesterov": {"momentum": momentum},
        "rmsprop": {"alpha": alpha},
        "adam": {"betas": (momentum, beta2)},
        "adamw": {"betas": (momentum, beta2), "weight_decay": weight_decay},
    }
    return nn.optimizer(name, parameters, rate, **options.get(name, {}))


class Runner:
    """One point (..., 2) and its optimizer; remembers the last gradient and the last step."""

    def __init__(
        self, name: str, start: Array, rate: float, adam: LearnerUpdate | None = None, /, **settings: float
    ) -> None:
        """Take the engine's optimizer of that name; a learner's update replaces the engine's Adam."""
        self.name = name
        self.point = engine.Tensor(np.array(start, dtype=np.float64), requires_grad=True)
        if adam is not None and name == "adam":
            betas = settings.get("momentum", BETA), settings.get("beta2", BETA2)
            self.optimizer: nn.Optimizer = LearnersAdam([self.point], rate, adam, betas)
        else:
            self.optimizer = optimizer(name, [self.point], rate, **settings)
        self.gradient = np.full(start.shape, np.nan)
        self.move = np.full(start.shape, np.nan)

    @property
    def at(self) -> Array:
        """Where it is now (..., 2), a copy."""
        return np.array(self.point.data)

    def step(self, gradient: Array, is_lost: Array | None = None) -> None:
        """Make one step by the engine's optimizer from this gradient (..., 2); who is lost (...) stays put."""
        before = self.at
        self.point.grad = np.array(gradient)
        self.optimizer.step()
        if is_lost is not None:
            self.point.data[...] = np.where(is_lost[..., None], before, self.point.data)
        self.gradient = np.array(gradient)
        self.move = self.at - before

    def remembered(self, name: str) -> Array:
        """A running array of the optimizer, "momentum", "average" or "square" (..., 2); NaN where it keeps none."""
        memory = self.optimizer.groups[0].memory
        if name not in memory:
            return np.full(self.point.shape, np.nan)
        return np.array(memory[name]).reshape(self.point.shape)

    @property
    def velocity(self) -> Array:
        """What it remembers of past gradients: momentum's sum, Adam's average (..., 2)."""
        kept = self.remembered("momentum")
        return kept if np.isfinite(kept).any() else self.remembered("average")

    @property
    def size(self) -> Array:
        """Root of the running square of its gradients (..., 2)."""
        return np.asarray(np.sqrt(self.remembered("square")))

    def state_dict(self) -> dict[str, Any]:
        """Everything that a step changes."""
        return {
            "point": self.at,
            "optimizer": self.optimizer.state_dict(),
            "gradient": self.gradient.copy(),
            "move": self.move.copy(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go back to a `state_dict`."""
        self.point.data[...] = state["point"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.gradient, self.move = state["gradient"].copy(), state["move"].copy()
