"""Events: what leaves a training run. Frozen, with floats and host arrays only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from nnlab.lab.knobs import KnobValue

HostArray = np.ndarray[Any, np.dtype[Any]]
Observation = Mapping[str, HostArray]
"""What one probe returns: named host arrays of the shapes that the probe documents."""

Status = Literal["done", "goal", "diverged", "stopped", "limit"]


@dataclass(frozen=True, slots=True)
class Change:
    """A knob that is set between two steps."""

    knob: str
    value: KnobValue


@dataclass(frozen=True, slots=True)
class Step:
    """One finished training step."""

    index: int
    """1 for the first step: the number of updates made so far."""
    metrics: Mapping[str, HostArray]
    """Metric name -> value, shape () or, with several seeds, (S,)."""
    probes: Mapping[str, Observation] = field(default_factory=dict)
    applied: tuple[Change, ...] = ()
    """The changes that took effect just before this step."""


@dataclass(frozen=True, slots=True)
class Block:
    """Several steps in a row, their metrics as arrays: what travels when steps are too many to name one by one."""

    first: int
    """Index of the block's first step; step i of the block is first + i."""
    count: int
    metrics: Mapping[str, HostArray]
    """Metric measured at every step -> (count,) or (count, S)."""
    measured: Mapping[str, tuple[HostArray, HostArray]] = field(default_factory=dict)
    """Metric measured now and then (accuracy, test loss) -> (step indices (k,), values (k,) or (k, S))."""
    applied: tuple[tuple[int, Change], ...] = ()
    """(index of the step it took effect before, change)."""
    effort: Mapping[str, HostArray] = field(default_factory=dict)
    """What each step took (count,): "seconds", and "samples" that one network saw where the experiment counts them."""

    def until(self, step: int) -> "Block":
        """Return the part of the block that had happened when `step` was made."""
        count = max(0, min(self.count, step - self.first + 1))
        measured = {}
        for name, (steps, values) in self.measured.items():
            kept = int(np.searchsorted(steps, step, side="right"))
            measured[name] = (steps[:kept], values[:kept])
        return Block(
            first=self.first,
            count=count,
            metrics={name: values[:count] for name, values in self.metrics.items()},
            measured=measured,
            applied=tuple((at, change) for at, change in self.applied if at <= step),
            effort={name: values[:count] for name, values in self.effort.items()},
        )


@dataclass(frozen=True, slots=True)
class Ended:
    """The last event of a run."""

    status: Status
    step: int
    """Steps made; for a divergence the step at which the first number went wrong."""
    reason: str = ""
    operation: str = ""
    """For a divergence the first operation that went non-finite, e.g. "linear in layer 2"."""
    advice: tuple[Change, ...] = ()
    """What to try, as knobs to set."""
    seeds: tuple[Status, ...] = ()
    """With several seeds, the status of each."""
