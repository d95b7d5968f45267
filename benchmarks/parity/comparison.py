"""Comparing one drawn configuration: the same float64 inputs and cotangents go through nnlab and through PyTorch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from nnlab import engine
from nnlab.engine import Tensor, to_host


@dataclass(frozen=True)
class Comparison:
    """One configuration of a function.

    Floating inputs are differentiated, others are handed over as plain arrays. `ours` takes tensors of the engine,
    `theirs` tensors of PyTorch; both return one tensor or a tuple of tensors of equal shapes.
    """

    inputs: Sequence[np.ndarray]
    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    setting: str = ""
    """What was drawn besides the shapes, for the message when it fails."""


class Draw:
    """What a configuration is drawn with."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def size(self, low: int = 1, high: int = 6) -> int:
        """Return a whole number from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def flip(self) -> bool:
        """Return True half of the time."""
        return bool(self.rng.integers(2))

    def choice(self, options: Sequence[Any]) -> Any:
        """Return one of the options."""
        return options[int(self.rng.integers(len(options)))]

    def uniform(self, low: float, high: float) -> float:
        """Return a number between low and high."""
        return float(self.rng.uniform(low, high))

    def shape(self, low: int = 0, high: int = 4) -> tuple[int, ...]:
        """Return a shape of low to high axes."""
        return tuple(self.size(1, 5) for _ in range(self.size(low, high)))

    def normal(self, *shape: int, ties: bool = False) -> np.ndarray:
        """Return normal values, now and then in an order in memory that is not C's; with ties many values are equal."""
        values = np.asarray(self.rng.standard_normal(shape))
        if ties:
            values = np.asarray(np.round(2 * values) / 2)
        if len(shape) > 1 and self.flip():
            axes = self.rng.permutation(len(shape))
            values = np.ascontiguousarray(values.transpose(axes)).transpose(np.argsort(axes))
        return values

    def positive(self, *shape: int) -> np.ndarray:
        """Return values between 0.1 and 3."""
        return np.asarray(self.rng.uniform(0.1, 3.0, shape))

    def unit(self, *shape: int) -> np.ndarray:
        """Return values inside (0, 1)."""
        return np.asarray(self.rng.uniform(0.01, 0.99, shape))

    def classes(self, count: int, *shape: int) -> np.ndarray:
        """Return whole numbers in [0, count)."""
        return self.rng.integers(0, count, shape)

    def narrowed(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return a shape that broadcasts to `shape`: some axes 1, some leading axes missing."""
        some = tuple(1 if self.rng.random() < 0.3 else n for n in shape)
        return some[self.size(0, len(shape)) :] if self.flip() else some


def worst_error(comparison: Comparison, draw: Draw) -> float:
    """Return the largest relative error over outputs and gradients; infinity where shapes differ."""
    ours = [Tensor(x, requires_grad=True) if _is_float(x) else x for x in comparison.inputs]
    # A copy in C order, so that what PyTorch sees never depends on how our input lies in memory.
    theirs = [torch.tensor(np.array(x, order="C"), requires_grad=_is_float(x)) for x in comparison.inputs]
    our_outputs, their_outputs = _as_tuple(comparison.ours(*ours)), _as_tuple(comparison.theirs(*theirs))
    if len(our_outputs) != len(their_outputs):
        return float("inf")
    worst = 0.0
    our_total, their_total = None, None
    for our_output, their_output in zip(our_outputs, their_outputs, strict=True):
        expected = their_output.detach().numpy()
        worst = max(worst, relative_error(to_host(our_output), expected))
        if worst == float("inf"):
            return worst
        weight = draw.rng.standard_normal(expected.shape)
        our_part, their_part = (our_output * weight), (their_output * torch.tensor(weight))
        our_part, their_part = engine.sum(our_part), their_part.sum()
        our_total = our_part if our_total is None else our_total + our_part
        their_total = their_part if their_total is None else their_total + their_part
    assert our_total is not None
    assert their_total is not None
    if not their_total.requires_grad:
        return worst
    our_total.backward()
    their_total.backward()
    for our_input, their_input in zip(ours, theirs, strict=True):
        if not isinstance(our_input, Tensor):
            continue
        if their_input.grad is None or our_input.grad is None:
            # An input that the output does not depend on: both must say so, by no gradient or by zeros.
            given = our_input.grad if their_input.grad is None else their_input.grad.numpy()
            worst = max(worst, float(np.max(np.abs(to_host(given)), initial=0.0)) if given is not None else 0.0)
            continue
        worst = max(worst, relative_error(to_host(our_input.grad), their_input.grad.numpy()))
    return worst


def relative_error(got: np.ndarray, expected: np.ndarray) -> float:
    """Return the largest difference over the largest expected magnitude (at least 1e-3); infinity for other shapes."""
    if got.shape != expected.shape or not np.array_equal(np.isfinite(got), np.isfinite(expected)):
        return float("inf")
    if not got.size:
        return 0.0
    finite = np.isfinite(expected)
    scale = max(float(np.max(np.abs(expected[finite]), initial=0.0)), 1e-3)
    return float(np.max(np.abs(got - expected)[finite], initial=0.0)) / scale


def _as_tuple(outputs: Any) -> tuple[Any, ...]:
    return tuple(outputs) if isinstance(outputs, tuple | list) else (outputs,)


def _is_float(x: np.ndarray) -> bool:
    return x.dtype.kind == "f"
