"""A run: the events of one training, folded into what views draw and records keep."""

from dataclasses import dataclass, field

import numpy as np

from nnlab.lab.events import Block, Change, Ended, HostArray, Observation
from nnlab.lab.settings import Settings


class Series:
    """Growing columns of (step, value): appended in blocks, read as two arrays."""

    def __init__(self) -> None:
        self._steps = np.empty(1024, dtype=np.int64)
        self._values: HostArray | None = None
        self._count = 0

    def append(self, steps: HostArray, values: HostArray) -> None:
        """Add values (k,) or (k, S) at step indices (k,)."""
        values = np.asarray(values, dtype=np.float64)
        end = self._count + len(values)
        if self._values is None:
            self._values = np.empty((1024, *values.shape[1:]))
        if end > len(self._steps):
            size = max(end, 2 * len(self._steps))
            self._steps = np.resize(self._steps, size)
            self._values = np.resize(self._values, (size, *self._values.shape[1:]))
        elif len(self._values) < len(self._steps):
            self._values = np.resize(self._values, (len(self._steps), *self._values.shape[1:]))
        self._steps[self._count : end] = steps
        self._values[self._count : end] = values
        self._count = end

    def truncate(self, step: int) -> None:
        """Forget everything after `step`."""
        self._count = int(np.searchsorted(self._steps[: self._count], step, side="right"))

    @property
    def steps(self) -> HostArray:
        """Step indices (k,), increasing."""
        return self._steps[: self._count]

    @property
    def values(self) -> HostArray:
        """Values (k,) or, with several seeds, (k, S)."""
        return self._values[: self._count] if self._values is not None else np.empty(0)

    def __len__(self) -> int:
        return self._count


@dataclass(slots=True)
class Run:
    """One execution of an experiment: its settings and everything observed so far."""

    settings: Settings
    metrics: dict[str, Series] = field(default_factory=dict)
    probes: dict[str, Observation] = field(default_factory=dict)
    """The newest observation of each probe."""
    effort: dict[str, Series] = field(default_factory=dict)
    """What each step took; see effort.py."""
    changes: list[tuple[int, Change]] = field(default_factory=list)
    step: int = 0
    ended: Ended | None = None
    steps_per_second: float = float("nan")

    def fold(self, block: Block) -> None:
        """Take up one block of steps; what is measured again at the last step stands in the place of what was."""
        steps = np.arange(block.first, block.first + block.count)
        for name, values in block.metrics.items():
            self.metrics.setdefault(name, Series()).append(steps, values)
        for name, values in block.effort.items():
            self.effort.setdefault(name, Series()).append(steps, values)
        for name, (measured_at, values) in block.measured.items():
            series = self.metrics.setdefault(name, Series())
            if len(series) and series.steps[-1] == measured_at[0]:
                series.truncate(int(measured_at[0]) - 1)
            series.append(measured_at, values)
        self.changes.extend(block.applied)
        self.step = max(self.step, block.first + block.count - 1)

    def rewind_to(self, step: int) -> None:
        """Forget what happened after `step` (step back, rewind); after a rewind step 0 is measured anew."""
        for series in (*self.metrics.values(), *self.effort.values()):
            series.truncate(step if step else -1)
        self.changes = [(at, change) for at, change in self.changes if at <= step]
        self.step = step
        self.ended = None

    def last(self, metric: str, seed_index: int | None = None, *, near: float | None = None) -> float:
        """Return the newest value of a metric, NaN when there is none.

        seed_index: with several seeds, which one; None takes the median over seeds. near: the value that was measured
        nearest to this step instead; NaN beyond the first and the last one.
        """
        series = self.metrics.get(metric)
        if series is None or not len(series):
            return float("nan")
        at = len(series) - 1
        if near is not None:
            if not series.steps[0] <= near <= series.steps[-1]:
                return float("nan")
            at = int(np.argmin(np.abs(series.steps - near)))
        value = series.values[at]
        if value.ndim == 0:
            return float(value)
        return float(np.median(value)) if seed_index is None else float(value[seed_index])
