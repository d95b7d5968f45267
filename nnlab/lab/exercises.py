"""Code exercises at work: a learner's function is checked, and takes the place of ours in an experiment.

Both run the learner's code, under limits of time and memory; never call them in the process of the screen.
"""

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nnlab.lab import code_files, learner_code, limits
from nnlab.lab.data_files import UserData
from nnlab.lab.errors import UsageError, unknown
from nnlab.lab.experiment import Experiment
from nnlab.lab.faults import CodeError, Fault
from nnlab.lab.learner_code import LearnerFunction
from nnlab.lab.lesson import BoundCode, LoadedLesson
from nnlab.lab.verdicts import Check


@dataclass(frozen=True, slots=True)
class CodeResult:
    """What checking a piece of code came to."""

    exercise: str
    code: str
    """Content hash of what was checked."""
    checks: tuple[Check, ...]
    """Empty when there is a fault."""
    fault: Fault | None = None
    printed: str = ""
    """What the code printed meanwhile, cut; foreign text, not cleaned."""

    @property
    def passes(self) -> bool:
        """Whether every check holds."""
        return self.fault is None and bool(self.checks) and all(check.holds for check in self.checks)


def check(loaded: LoadedLesson, exercise: str, text: str) -> CodeResult:
    """Run the checks of an exercise on `text`. Raises UsageError for an unknown exercise; faults are in the result."""
    if exercise not in loaded.codes:
        raise unknown(f"code exercise of {loaded.lesson.slug}", exercise, loaded.codes)
    bound = loaded.codes[exercise]
    checks: tuple[Check, ...] = ()
    fault = None
    with limits.enforced(), learner_code.captured_prints() as printed, _quiet():
        try:
            checks = tuple(bound(_function(loaded, bound, text)))
        except CodeError as error:
            fault = error.fault
        except Exception as error:  # a border: what a learner's function returned may break the checks in any way
            fault = Fault("raised", 0, {"error": f"{type(error).__name__}: {error}"})
    return CodeResult(exercise, learner_code.content_hash(text), checks, fault, printed.getvalue())


def experiment_with(loaded: LoadedLesson, experiment: str, text: str, data: UserData | None = None) -> Experiment:
    """Build an experiment in which the function of `text` replaces ours.

    Raises UsageError for an experiment that takes none, CodeError for code that cannot be loaded.
    """
    bound = exercise_of(loaded, experiment, text)
    return loaded.experiment(experiment, data=data, **{bound.name: _function(loaded, bound, text)})


def exercise_of(loaded: LoadedLesson, experiment: str, text: str) -> BoundCode:
    """Return the exercise that `text` answers: the one of this experiment whose function it defines."""
    fitting = [bound for bound in loaded.codes.values() if bound.experiment == experiment]
    if not fitting:
        there = ", ".join(sorted({bound.experiment for bound in loaded.codes.values()})) or "none"
        raise UsageError(f"{loaded.lesson.slug}/{experiment} takes no code; experiments that do: {there}.")
    defined = learner_code.functions_in(text)
    return next((bound for bound in fitting if bound.name in defined), fitting[0])


def _function(loaded: LoadedLesson, bound: BoundCode, text: str) -> LearnerFunction:
    start = learner_code.functions_in(code_files.starting_point(loaded.lesson, bound.id))
    with limits.enforced():
        return learner_code.load(text, bound.name, start[bound.name])


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Neither warnings nor floating-point messages: a wrong function may well overflow, and the checks will tell."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
