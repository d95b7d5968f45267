"""The losses of this lesson as plain formulas of a prediction and a target, and the slope of each."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnlab.lab.events import Observation

Array = np.ndarray[Any, np.dtype[Any]]
Formula = Callable[[Array, Array], Array]
"""f(p, y), any shapes that fit together."""


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z), through tanh, which never overflows."""
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def cross_entropy(p: Array, y: Array) -> Array:
    """-y ln p - (1 - y) ln(1 - p) of probabilities p inside (0, 1)."""
    return -(y * np.log(p) + (1.0 - y) * np.log1p(-p))


LOSSES: Mapping[str, Formula] = {
    "mae": lambda p, y: np.abs(p - y),
    "mse": lambda p, y: (p - y) ** 2,
    "bce": cross_entropy,
}
SLOPES: Mapping[str, Formula] = {
    "mae": lambda p, y: np.sign(p - y),
    "mse": lambda p, y: 2.0 * (p - y),
    "bce": lambda p, y: (p - y) / (p * (1.0 - p)),
}
"""dL/dp of each loss."""
NAMES = {"mae": "MAE", "mse": "MSE", "bce": "BCE"}
"""How plots name them."""


def for_every_seed(leading: tuple[int, ...], observation: Mapping[str, Array]) -> Observation:
    """Give arrays that all seeds share the seeds axis in front; leading is () or (S,)."""
    return {name: np.broadcast_to(array, (*leading, *array.shape)) for name, array in observation.items()}
