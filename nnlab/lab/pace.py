"""Pace: how many steps the trainer makes before it looks at its commands again, and how fast it goes."""

import math
import time
from collections import deque

SLICE_SECONDS = 0.003
"""Training between two looks at the commands: short against what a person feels, long against the cost of a look."""
MAX_SLICE = 2048
WINDOW_SECONDS = 1.0


class Pace:
    """Counts out steps for a wanted speed, and measures the real one."""

    def __init__(self) -> None:
        self.slice = 1
        """Steps that take about SLICE_SECONDS."""
        self._wanted: float | None = None
        self._next_due = time.perf_counter()
        self._marks: deque[tuple[float, int]] = deque()

    def set_speed(self, steps_per_second: float | None) -> None:
        """Go at this speed from now on; None, or what is not positive and finite, means full speed."""
        is_limited = steps_per_second is not None and 0 < steps_per_second < math.inf
        self._wanted = steps_per_second if is_limited else None
        self.resume()

    def resume(self) -> None:
        """Count from now: the next step is due, and what was before says nothing about the speed."""
        self._next_due = time.perf_counter()
        self._marks.clear()

    def wait_seconds(self) -> float:
        """Return how long to wait until the next step is due."""
        return 0.0 if self._wanted is None else max(0.0, self._next_due - time.perf_counter())

    def next_count(self) -> int:
        """Return how many steps to make now; 0 when none is due."""
        if self._wanted is None:
            return self.slice
        late = time.perf_counter() - self._next_due
        return 0 if late < 0 else min(self.slice, 1 + int(late * self._wanted))

    def made(self, count: int, seconds: float, index: int) -> None:
        """Take note that `count` steps took `seconds`, and that the run is at step `index` now."""
        now = time.perf_counter()
        if count and seconds > 0:
            self.slice = int(max(1.0, min(SLICE_SECONDS * count / seconds, 2.0 * self.slice, MAX_SLICE)))
        if self._wanted is not None:
            self._next_due += count / self._wanted
            if self._next_due < now - max(SLICE_SECONDS, 1 / self._wanted):
                self._next_due = now  # a machine that is too slow for the wanted speed owes nothing
        if not self._marks or now - self._marks[-1][0] >= WINDOW_SECONDS / 20:
            self._marks.append((now, index))
            while len(self._marks) > 2 and now - self._marks[1][0] > WINDOW_SECONDS:
                self._marks.popleft()

    def measured(self) -> float:
        """Return the steps per second over about the last second; NaN before there is anything to tell."""
        if len(self._marks) < 2:
            return math.nan
        (start, first), (end, last) = self._marks[0], self._marks[-1]
        return (last - first) / (end - start)
