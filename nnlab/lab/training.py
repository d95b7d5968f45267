"""Training: an experiment's state, moved step by step, back, and to the start again.

Training.advance(n) -> Block      what the trainer process and headless runs use: many steps, metrics as arrays
train(...)          -> Steps      the same as a generator: pausing is not calling next, stopping is close()
"""

import time
from collections.abc import Generator, Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from nnlab.lab import divergence, snapshots
from nnlab.lab.data_files import data_errors
from nnlab.lab.devices import on_device
from nnlab.lab.errors import UsageError, unknown
from nnlab.lab.events import Block, Change, Ended, HostArray, Observation, Step
from nnlab.lab.experiment import Experiment, Metrics
from nnlab.lab.settings import Settings
from nnlab.lab.streams import Streams

RING = 64
"""Metrics stay on the device for at most so many steps before they are copied in one transfer."""


class Training:
    """One experiment under way. `index` counts the steps made; `ended` is set once the run is over."""

    def __init__(self, experiment: Experiment, settings: Settings) -> None:
        self.experiment = experiment
        self.settings = settings
        self.index = 0
        self.ended: Ended | None = None
        self.limit = settings.steps
        self._spacing = max(1, settings.steps // experiment.evaluations)
        self._device = on_device(settings.device)
        self._scheduled = sorted(settings.changes, key=lambda scheduled: scheduled[0])
        self._pending: list[Change] = []
        self._taken: list[tuple[int, Change]] = []
        """Applied to the state, and not yet told of in a block."""
        self._applied: list[tuple[int, Change]] = []
        self._returns: list[tuple[int, Change]] = []
        """What `advance_with` puts back: (index of the step before which that happens, the value from before)."""
        self._shelf = snapshots.SnapshotShelf()
        with self._device() as xp, data_errors():
            self.state = experiment.setup(settings.knobs, Streams(settings.seed_numbers), xp)
            self._shelf.put(0, self.state)
            self._measured = [(0, self._measure())]
        self._watch = divergence.Watch(settings.seeds)
        if self.limit == 0:
            self.ended = Ended("done", 0)

    # --- forwards -------------------------------------------------------------------------------------------------

    def advance(self, count: int) -> Block:
        """Make at most `count` steps; fewer when the run ends on the way. Sets `ended`, never raises on divergence."""
        first = self.index + 1
        columns: dict[str, list[HostArray]] = {}
        samples: list[int] = []
        marks = [(self.index, time.perf_counter())]
        applied: list[tuple[int, Change]] = []
        target = min(self.limit, self.index + count)
        with self._device(), np.errstate(all="ignore"):
            while self.index < target and self.ended is None:
                applied += self._apply_changes()
                metrics, seen = self._segment(min(target, self._next_stop()))
                for name, values in metrics.items():
                    columns.setdefault(name, []).append(values)
                samples += seen
                self._visit_stop()
                marks.append((self.index, time.perf_counter()))
        block = Block(
            first=first,
            count=self.index - first + 1,
            metrics={name: np.concatenate(parts) for name, parts in columns.items()},
            measured=self._take_measured(),
            applied=tuple(applied),
            effort=_effort(marks, samples),
        )
        bad_step = self._watch.first_bad_step(block)
        if bad_step is not None:
            self.ended = self._explain_divergence(bad_step)
            block = block.until(bad_step)  # where a block ends is chance; what it tells of a run must not be
        elif self.ended is not None:
            self.ended = replace(self.ended, seeds=self._seed_statuses(self.ended.status))
        return block

    def advance_with(self, count: int, changes: Iterable[Change]) -> Block:
        """Make at most `count` steps with these live knobs, which go back before the step after them.

        Both are recorded as any other change, so the run replays exactly. Raises UsageError as `change` does.
        """
        wanted = tuple(changes)
        before = [Change(change.knob, self._knob_value(change.knob)) for change in wanted]
        for change in wanted:
            self.change(change)
        block = self.advance(count)
        for change in before:
            self._returns.append((self.index + 1, change))
            self._pending.append(change)
        return block

    def _knob_value(self, name: str) -> Any:
        changes = [*(change for _, change in self._applied), *self._pending]
        values = [change.value for change in changes if change.knob == name]
        return values[-1] if values else self.settings.knobs.get(name)

    def _segment(self, stop: int) -> tuple[Mapping[str, HostArray], list[int]]:
        """Step until `stop` without anything in between.

        Return metric -> host values (n,) or (n, S), and the samples of each step where they are counted.
        """
        step, state, seen = self.experiment.step, self.state, self.experiment.samples
        rows: list[Metrics] = []
        samples: list[int] = []
        for _ in range(stop - self.index):
            rows.append(step(state))
            if seen is not None:
                samples.append(seen(state))
        self.index = stop
        return {name: _column([row[name] for row in rows]) for name in rows[0]}, samples

    def _next_stop(self) -> int:
        """Return the next step after which something other than a step has to happen."""
        stops = [self.index + RING, self.index + self._spacing - self.index % self._spacing, self.limit]
        stops.append(self.index + self._shelf.spacing - self.index % self._shelf.spacing)
        stops += [at - 1 for at, _ in self._scheduled if at > self.index + 1][:1]
        return min(stops)

    def _visit_stop(self) -> None:
        if self._shelf.is_due(self.index):
            self._shelf.put(self.index, self.state)
        is_last = self.index == self.limit
        if self.index % self._spacing == 0 or is_last:
            measured = self._measure()
            self._measured.append((self.index, measured))
            if self.settings.until_goal and "solved" in measured and bool(np.all(measured["solved"] > 0)):
                self.ended = Ended("goal", self.index)
                return
            reason = self.experiment.stop(self.state) if self.experiment.stop is not None else ""
            if reason:
                self.ended = Ended("stopped", self.index, reason)
                return
        if is_last:
            self.ended = Ended("done", self.index)

    def _measure(self) -> dict[str, HostArray]:
        metrics: dict[str, Any] = {}
        with np.errstate(all="ignore"):
            if self.experiment.evaluate is not None:
                metrics.update(self.experiment.evaluate(self.state))
            if self.experiment.goal is not None:
                metrics["solved"] = self.experiment.goal(self.state)
        return {name: _host(value) for name, value in metrics.items()}

    def _take_measured(self) -> dict[str, tuple[HostArray, HostArray]]:
        taken, self._measured = self._measured, []
        names = taken[0][1] if taken else {}
        steps = np.array([at for at, _ in taken], dtype=np.int64)
        return {name: (steps, np.stack([metrics[name] for _, metrics in taken])) for name in names}

    # --- knobs ----------------------------------------------------------------------------------------------------

    def change(self, change: Change) -> None:
        """Set a live knob before the next step, one that only changes what is looked at here and now.

        Raises UsageError for an unknown, restarting or unfit one.
        """
        knob = self.experiment.knob(change.knob)
        if knob is None:
            raise unknown("knob", change.knob, [knob.name for knob in self.experiment.knobs])
        if knob.look and self.experiment.change is not None:
            self._look(Change(knob.name, knob.parse(change.value)))
            return
        if not knob.live or self.experiment.change is None:
            raise UsageError(f"{knob.name} cannot change while the run goes on; set it before the run and start again.")
        self._pending.append(Change(knob.name, knob.parse(change.value)))

    def _look(self, change: Change) -> None:
        """Take up a knob that changes nothing that is learned: the run is the same with it from the start.

        Before the first step all that was measured is measured again; later only a start would measure the past anew.
        """
        with self._device():
            self._set_knob(change)
            if self.index == 0:
                self._measured = [(0, self._measure())]
        self.settings = replace(self.settings, knobs={**self.settings.knobs, change.knob: change.value})

    def _apply_changes(self) -> list[tuple[int, Change]]:
        due = self.index + 1
        while self._scheduled and self._scheduled[0][0] <= due:
            self.change(self._scheduled.pop(0)[1])
        while self._pending:
            change = self._pending.pop(0)
            self._set_knob(change)  # may refuse it: what was taken before is told with the next block
            self._taken.append((due, change))
        taken, self._taken = self._taken, []
        self._applied += taken
        return taken

    def _set_knob(self, change: Change) -> None:
        assert self.experiment.change is not None
        self.experiment.change(self.state, change.knob, change.value)

    # --- backwards ------------------------------------------------------------------------------------------------

    def rewind(self) -> None:
        """Go back to the very same initial weights, data and random streams; live changes are forgotten."""
        self._go_to(0)

    def back(self) -> None:
        """Go one step back: the nearest snapshot is restored and replayed."""
        if self.index > 0:
            self._go_to(self.index - 1)

    def _go_to(self, step: int) -> None:
        # One step at least is replayed, so that what a step leaves behind (gradients) is that of `step` too.
        start, snapshot = self._shelf.nearest(max(0, step - 1))
        with self._device(), np.errstate(all="ignore"):
            self.state = snapshots.restore(self.state, snapshot)
            self._applied = [(at, change) for at, change in self._applied if at <= step]
            for knob in self.experiment.knobs:
                if knob.look:  # the snapshot holds what was looked at when it was taken
                    self._set_knob(Change(knob.name, self.settings.knobs[knob.name]))
            for index in range(start, step + 1):
                if index > start:
                    self._replay_step(index)
                if step > 0 and index % self._spacing == 0 and self.experiment.stop is not None:
                    self._measure()  # what decides when the run ends has to see what it saw the first time
            self._measured = [(0, self._measure())] if step == 0 else []
        self._shelf.forget_after(step)
        self._scheduled = sorted((s for s in self.settings.changes if s[0] > step), key=lambda scheduled: scheduled[0])
        self._returns = [(at, change) for at, change in self._returns if at <= step + 1]
        self._pending = [change for at, change in self._returns if at == step + 1]
        self._taken.clear()
        self._watch.forget_after(step)
        self.index = step
        self.ended = Ended("done", 0) if self.limit == 0 else None

    def _replay_step(self, index: int) -> Metrics:
        for at, change in self._applied:
            if at == index:
                self._set_knob(change)
        return self.experiment.step(self.state)

    # --- watching -------------------------------------------------------------------------------------------------

    def observe(self, names: Iterable[str]) -> dict[str, Observation]:
        """Return what the named probes see now, as host arrays. Raises UsageError for an unknown probe."""
        seen: dict[str, Observation] = {}
        with self._device(), np.errstate(all="ignore"):
            for name in names:
                probe = self.experiment.probes.get(name)
                if probe is None:
                    raise unknown("probe", name, self.experiment.probes)
                seen[name] = {key: _host(value) for key, value in probe(self.state).items()}
        return seen

    def extend(self, steps: int) -> None:
        """Let the run go on until `steps` in all."""
        self.limit = max(steps, self.index)
        if self.ended is not None and self.ended.status in ("done", "goal") and self.limit > self.index:
            self.ended = None

    def stop(self) -> Ended:
        """End the run here, and return how it ended."""
        if self.ended is None:
            self.ended = self.as_stopped()
        return self.ended

    def as_stopped(self) -> Ended:
        """Return how the run would end if it ended here; it goes on."""
        return Ended("stopped", self.index, seeds=self._seed_statuses("stopped"))

    def reach_limit(self, seconds: float) -> Ended:
        """End the run here because the time that it may take is over, and return how it ended."""
        if self.ended is None:
            reason = f"the limit of {seconds:g} seconds was reached"
            self.ended = Ended("limit", self.index, reason=reason, seeds=self._seed_statuses("limit"))
        return self.ended

    def _seed_statuses(self, otherwise: Any) -> tuple[Any, ...]:
        if self.settings.seeds == 1:
            return ()
        return tuple("diverged" if is_lost else otherwise for is_lost in self._watch.lost)

    def _explain_divergence(self, bad_step: int) -> Ended:
        """Replay the last good snapshot with checks on, to find the step and the operation that went wrong first."""
        start, snapshot = self._shelf.nearest(max(0, bad_step - 1))
        with self._device():
            self.state = snapshots.restore(self.state, snapshot)
            found = divergence.find(self._replay_step, start + 1, bad_step)
        advice = self.experiment.advise(self.settings.knobs) if self.experiment.advise is not None else ()
        self.index = found.step
        return Ended("diverged", found.step, found.reason, found.operation, advice, self._seed_statuses("diverged"))


def train(
    experiment: Experiment, settings: Settings, probes: Iterable[str] = (), every: int = 1
) -> Generator[Step | Ended, Change | None, None]:
    """Yield one Step per `next`; `send(Change)` applies before the next step; the last item is one Ended.

    probes: observed at every `every`-th step and carried by that Step.
    """
    training = Training(experiment, settings)
    wanted = tuple(probes)
    while training.ended is None:
        block = training.advance(1)
        if block.count:
            metrics = {name: values[-1] for name, values in block.metrics.items()}
            metrics |= {name: values[-1] for name, (_, values) in block.measured.items()}
            seen = training.observe(wanted) if wanted and block.first % every == 0 else {}
            change = yield Step(block.first, metrics, seen, tuple(change for _, change in block.applied))
            while change is not None:
                training.change(change)
                change = yield Step(block.first, metrics, seen)
    yield training.ended


def _host(value: Any) -> HostArray:
    from nnlab.engine import to_host

    if isinstance(value, (bool, int, float, np.generic)):
        return np.asarray(value)
    return to_host(value)


def _effort(marks: list[tuple[int, float]], samples: list[int]) -> dict[str, HostArray]:
    """Return seconds (n,) of each step, and samples (n,) where they are counted.

    marks: (steps made, when) at the beginning and after each segment. What the block took besides its segments is
    shared out among them, so that all steps together take as long as the run.
    """
    if len(marks) < 2:
        return {}
    reached, times = np.array([at for at, _ in marks]), np.array([when for _, when in marks])
    each = np.diff(times) / np.diff(reached) * (time.perf_counter() - times[0]) / (times[-1] - times[0])
    seconds = np.repeat(each, np.diff(reached))
    return {"seconds": seconds, "samples": np.array(samples)} if samples else {"seconds": seconds}


def _column(values: list[Any]) -> HostArray:
    """Stack the values of one metric over steps, in one transfer when they live on a device."""
    if isinstance(values[0], (bool, int, float)):
        return np.array(values, dtype=np.float64)
    if isinstance(values[0], (np.ndarray, np.generic)):
        return np.array(values, dtype=np.float64)
    from nnlab.engine import namespace_of

    return np.asarray(_host(namespace_of(values[0]).stack(values)), dtype=np.float64)
