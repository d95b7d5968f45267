"""Goals: check them on a run while it goes on."""

import math
from collections.abc import Sequence

from nnlab.lab.events import Block, Ended
from nnlab.lab.headless import Result
from nnlab.lab.lesson import LoadedLesson
from nnlab.lab.run import Run
from nnlab.lab.settings import Settings
from nnlab.lab.training import Training
from nnlab.lab.verdicts import Check


class GoalWatch:
    """Keeps what the goals of a page look at, and asks the lesson's code whether they hold."""

    def __init__(self, loaded: LoadedLesson | None, goals: Sequence[str], settings: Settings | None) -> None:
        """goals: ids; unknown ones are left out, since a page may be newer than the lesson that was loaded."""
        self._functions = {goal: loaded.goals[goal] for goal in goals if goal in loaded.goals} if loaded else {}
        self._run = Run(settings) if settings is not None and self._functions else None

    def fold(self, block: Block, training: Training) -> None:
        """Take up a block of steps."""
        if self._run is not None:
            self._run.fold(block)
            self._run.ended = training.ended

    def go_back(self, step: int) -> None:
        """Forget what came after `step`."""
        if self._run is not None:
            self._run.rewind_to(step)

    def checks(self, training: Training) -> dict[str, tuple[Check, ...]]:
        """Return goal id -> its checks; a goal of another experiment, whose metrics are missing, is left out."""
        if self._run is None:
            return {}
        weights = training.experiment.weights
        ended = training.ended or Ended("stopped", training.index)
        result = Result(self._run, ended, math.nan, weights(training.state) if weights is not None else {})
        found: dict[str, tuple[Check, ...]] = {}
        for goal, function in self._functions.items():
            try:
                found[goal] = tuple(function(result))
            except KeyError:
                continue
        return found
