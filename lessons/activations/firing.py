"""Which units of a hidden layer fire, how often, and which are dead."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab import engine
from nnlab.lab.supervised import Supervised

from .family import Array

BARELY = 1e-6
"""Share shown for a unit that is negative for every sample and yet learns: it is asleep, not dead."""
FLAT_BELOW = ("relu",)
"""Activations whose slope is exactly 0 for every negative input."""


def sums(state: Supervised) -> Array:
    """The hidden layer's z on the training samples (..., N, H); the network is linear, activation, linear."""
    with engine.no_grad():
        hidden: Any = state.model[0](state.data.x)  # type: ignore[index]  # nn.Sequential
    return engine.to_host(engine.values(hidden))


def firing(state: Supervised, activation: str, slopes: Callable[[Array], Array] | None = None) -> Array:
    """Share of the samples for which each unit is positive (..., H); 0 only for a unit that no sample can move.

    slopes: a'(z) of an activation that has no name here.
    """
    z = sums(state)
    share = np.mean(z > 0, axis=-2, dtype=np.float64)
    if slopes is not None:
        return np.where(np.any(slopes(z) != 0, axis=-2), np.maximum(share, BARELY), 0.0)
    return np.asarray(share if activation in FLAT_BELOW else np.maximum(share, BARELY))


def dead(state: Supervised, activation: str, slopes: Callable[[Array], Array] | None = None) -> Array:
    """How many units have slope 0 for every sample, () or (S,)."""
    return np.asarray(np.sum(firing(state, activation, slopes) == 0, axis=-1))
