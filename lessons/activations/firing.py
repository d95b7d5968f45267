"""Which units of a hidden layer fire, how often, and which are dead."""

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


def firing(state: Supervised, activation: str) -> Array:
    """Share of the samples for which each unit is positive (..., H); 0 only for a unit that no sample can move."""
    share = np.mean(sums(state) > 0, axis=-2, dtype=np.float64)
    return np.asarray(share if activation in FLAT_BELOW else np.maximum(share, BARELY))


def dead(state: Supervised, activation: str) -> Array:
    """How many units have slope 0 for every sample, () or (S,)."""
    return np.asarray(np.sum(firing(state, activation) == 0, axis=-1))
