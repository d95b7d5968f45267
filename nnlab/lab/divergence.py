"""Divergence: notice that a run has gone wrong, and find the step and the operation where it began.

A run has diverged when a metric is not finite, or when the loss stays above 1,000 x max(1, its value at step 0)
for 20 steps running. With several seeds it has diverged when all of them have.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.lab.events import Block, HostArray

EXPLOSION = 1000.0
PATIENCE = 20


class Watch:
    """Reads every block and remembers which seeds are lost, and since which step."""

    def __init__(self, seeds: int) -> None:
        self._lost_at = np.zeros(seeds, dtype=np.int64)
        self._over_since = np.zeros(seeds, dtype=np.int64)
        """First step of the row of steps, up to now, with a loss over the limit; 0 while it is below."""
        self._baseline: HostArray | None = None

    @property
    def lost(self) -> list[bool]:
        """For each seed, whether it has diverged."""
        return [bool(at) for at in self._lost_at]

    def first_bad_step(self, block: Block) -> int | None:
        """Take up a block; return the step at which the last seed was lost, or None while one is still good."""
        if not block.count:
            return None
        rows = {name: values.reshape(block.count, -1) for name, values in block.metrics.items()}
        is_bad = np.zeros((block.count, len(self._lost_at)), dtype=bool)
        for values in rows.values():
            is_bad |= ~np.isfinite(values)
        if "loss" in rows:
            is_bad |= self._exploded(rows["loss"], block.first)
        if not is_bad.any() and not self._lost_at.any():
            return None
        first = np.where(is_bad.any(axis=0), block.first + np.argmax(is_bad, axis=0), 0)
        self._lost_at = np.where(self._lost_at > 0, self._lost_at, first)
        return int(self._lost_at.max()) if (self._lost_at > 0).all() else None

    def _exploded(self, loss: HostArray, first: int) -> HostArray:
        if self._baseline is None:
            self._baseline = loss[0].copy()
        limit = EXPLOSION * np.maximum(1.0, np.nan_to_num(self._baseline, nan=1.0, posinf=1.0))
        is_over: HostArray = loss > limit
        if not is_over.any():
            self._over_since[:] = 0
            return is_over
        exploded = np.zeros_like(is_over)
        for row, over in enumerate(is_over):
            started = np.where(self._over_since > 0, self._over_since, first + row)
            self._over_since = np.where(over, started, 0)
            exploded[row] = over & (first + row - started + 1 >= PATIENCE)
        return exploded

    def forget_after(self, step: int) -> None:
        """Go back with the run: what was lost after `step` is good again."""
        self._lost_at[self._lost_at > step] = 0
        self._over_since[self._over_since > step] = 0
        if step == 0:
            self._baseline = None


@dataclass(frozen=True, slots=True)
class Found:
    """Where a divergence began."""

    step: int
    reason: str
    operation: str


def find(replay_step: Callable[[int], Any], first: int, last: int) -> Found:
    """Replay steps first..last with every operation checked; return the first that went non-finite."""
    from nnlab.engine import NonFiniteError, checking

    for index in range(first, last + 1):
        try:
            with checking(), np.errstate(all="ignore"):
                replay_step(index)
        except NonFiniteError as error:
            return Found(index, str(error), error.operation)
    return Found(last, f"the loss stayed above {EXPLOSION:,.0f} times its start for {PATIENCE} steps", "")
