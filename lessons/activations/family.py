"""The family of activation functions, as the engine computes them: values, and slopes by its own backward pass."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from nnlab import engine, nn

Array = np.ndarray[Any, np.dtype[Any]]

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "step": engine.step,
    "sigmoid": engine.sigmoid,
    "tanh": engine.tanh,
    "relu": engine.relu,
    "leaky_relu": engine.leaky_relu,
    "elu": engine.elu,
    "gelu": engine.gelu,
    "silu": engine.silu,
    "softplus": engine.softplus,
}
"""In order of growing complexity."""
NAMES = tuple(FUNCTIONS)
TRAINABLE = ("identity", *NAMES[1:])
"""What a network may put between its layers: a step has slope 0 and could never learn."""


def value_and_slope(name: str, z: Array) -> tuple[Array, Array]:
    """Return (a(z), a'(z)) at any z, float64, each of its shape."""
    at = engine.Tensor(np.array(z, dtype=np.float64), requires_grad=True)
    y = FUNCTIONS[name](at)
    engine.sum(y).backward()
    return np.asarray(y.data), np.asarray(at.grad)


def layer(name: str) -> nn.Module:
    """Return a new layer that applies the activation of that name."""
    return nn.activation(name)


def for_every_seed(seeds: tuple[int, ...], **arrays: Any) -> dict[str, Array]:
    """Repeat arrays along the seeds axis (seeds: () or (S,)): an experiment without chance is alike in all."""
    return {name: np.broadcast_to(np.asarray(array), (*seeds, *np.shape(array))) for name, array in arrays.items()}
