"""Headless runs: an experiment from its settings to its result, with no screen and no other process."""

import contextlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from nnlab.lab import exercises, limits
from nnlab.lab.data_files import UserData
from nnlab.lab.events import Block, Ended, HostArray, Observation
from nnlab.lab.experiment import Experiment
from nnlab.lab.knobs import KnobValue, resolve
from nnlab.lab.learner_code import content_hash
from nnlab.lab.lesson import LoadedLesson
from nnlab.lab.run import Run
from nnlab.lab.settings import Settings
from nnlab.lab.training import RING, Training


@dataclass(frozen=True, slots=True)
class Result:
    """What a headless run came to."""

    run: Run
    ended: Ended
    seconds: float
    """Wall-clock seconds of the training alone."""
    parameters: Mapping[str, HostArray]
    """The learned parameters by name; empty for an experiment that has none to show."""

    @property
    def status(self) -> str:
        """done, goal, diverged, stopped or limit."""
        return self.ended.status

    @property
    def steps(self) -> int:
        """Steps made."""
        return self.ended.step

    @property
    def probes(self) -> Mapping[str, Observation]:
        """The observations after the last step."""
        return self.run.probes

    def last(self, metric: str) -> HostArray:
        """Return a metric's last value: shape () or, with several seeds, (S,). Raises KeyError when never measured."""
        return np.asarray(self.run.metrics[metric].values[-1])

    def series(self, metric: str) -> tuple[HostArray, HostArray]:
        """Return (steps (k,), values (k,) or (k, S)) of a metric."""
        return self.run.metrics[metric].steps, self.run.metrics[metric].values

    @property
    def solved(self) -> int:
        """How many seeds meet the experiment's goal at the last step; 0 when it has none."""
        return int(np.sum(self.last("solved") > 0)) if "solved" in self.run.metrics else 0

    @property
    def rate(self) -> float:
        """Share of seeds that meet the goal."""
        return self.solved / self.run.settings.seeds

    @property
    def steps_per_second(self) -> float:
        """Training speed, NaN for a run without steps."""
        return self.steps / self.seconds if self.seconds > 0 and self.steps else float("nan")


def execute(
    experiment: Experiment,
    settings: Settings,
    *,
    probes: Iterable[str] = (),
    on_block: Callable[[Block, Training], None] | None = None,
    max_seconds: float | None = None,
    end: Ended | None = None,
) -> Result:
    """Run to the end. on_block sees every block as it comes; probes are observed once, after the last step.

    max_seconds: ends the run with status "limit". end: ends it as an earlier one ended that was stopped on its way.
    Raises CodeError when a learner's function in the run is at fault.
    """
    with limits.enforced() if settings.code else contextlib.nullcontext():
        return _execute(experiment, settings, probes, on_block, max_seconds, end)


def _execute(
    experiment: Experiment,
    settings: Settings,
    probes: Iterable[str],
    on_block: Callable[[Block, Training], None] | None,
    max_seconds: float | None,
    end: Ended | None,
) -> Result:
    run = Run(settings)
    training = Training(experiment, settings)
    start = time.perf_counter()
    while True:
        block = training.advance(RING if end is None else min(RING, end.step - training.index))
        run.fold(block)
        if on_block is not None:
            on_block(block, training)
        if training.ended is not None:
            break
        if end is not None and training.index == end.step:
            training.ended = replace(training.as_stopped(), status=end.status, reason=end.reason)
            break
        if max_seconds is not None and time.perf_counter() - start > max_seconds:
            training.ended = training.reach_limit(max_seconds)
            break
    seconds = time.perf_counter() - start
    run.ended = training.ended
    run.probes.update(training.observe(probes))
    parameters = experiment.weights(training.state) if experiment.weights is not None else {}
    return Result(run, training.ended, seconds, parameters)


def make_settings(
    loaded: LoadedLesson,
    experiment_id: str,
    given: Mapping[str, KnobValue],
    *,
    seed: int = 1,
    seeds: int = 1,
    steps: int | None = None,
    device: str = "cpu",
    until_goal: bool = False,
    code: str = "",
    data: UserData | None = None,
) -> tuple[Experiment, Settings]:
    """Build an experiment and its resolved settings. Raises UsageError for an unknown name or value.

    code: text of a learner's file whose function replaces ours; empty for ours. data: what it shall learn from in
    place of its own.
    """
    if code:
        experiment = exercises.experiment_with(loaded, experiment_id, code, data)
    else:
        experiment = loaded.experiment(experiment_id, data=data)
    settings = Settings(
        lesson=loaded.lesson.slug,
        experiment=experiment_id,
        knobs=resolve(experiment.knobs, given),
        seed=seed,
        seeds=seeds,
        steps=experiment.steps if steps is None else steps,
        device=device,
        until_goal=until_goal,
        code=content_hash(code) if code else "",
        data=data.hash if data is not None else "",
    )
    return experiment, settings
