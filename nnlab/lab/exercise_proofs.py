"""Proofs of code exercises: unsolved it fails, its solution passes, and a wrong function changes what a run records."""

import time
from collections.abc import Iterator
from typing import Literal

import numpy as np

from nnlab.lab import code_files, exercises
from nnlab.lab.checks import Proof
from nnlab.lab.code_digest import EXERCISE
from nnlab.lab.headless import Result, execute, make_settings
from nnlab.lab.lesson import LoadedLesson
from nnlab.lab.lesson_places import told

EXPECTED = "fails unsolved, passes solved, a wrong function changes the run"
STEPS = 200
"""Steps at most of the runs that are compared."""


def prove(loaded: LoadedLesson, exercise: str) -> Proof:
    """Prove one code exercise. What raises has status "error"; nothing is raised."""
    start = time.perf_counter()

    def proof(status: Literal["proved", "failed", "error"], value: str | None, message: str = "") -> Proof:
        seconds = time.perf_counter() - start
        return Proof(EXERCISE + exercise, loaded.lesson.slug, status, value, EXPECTED, seconds, message)

    try:
        reasons = list(objections(loaded, exercise))
        count = len(solved(loaded, exercise).checks)
    except Exception as error:  # a border: a lesson's code may raise anything, and the others must still be checked
        return proof("error", None, told(error))
    return proof("failed" if reasons else "proved", f"{count} checks", "; ".join(reasons))


def objections(loaded: LoadedLesson, exercise: str) -> Iterator[str]:
    """Yield what is wrong with an exercise, as clauses."""
    if unsolved(loaded, exercise).passes:
        yield "its starting point already passes"
    answer = solved(loaded, exercise)
    if not answer.passes:
        failed = ", ".join(check.text for check in answer.checks if not check.holds)
        yield f"its solution does not pass ({answer.fault or failed})"
    if wrong_passes(loaded, exercise):
        yield "its wrong function passes"
    if not changed_metrics(loaded, exercise):
        yield "its wrong function changes no metric of the run"


def unsolved(loaded: LoadedLesson, exercise: str) -> exercises.CodeResult:
    """Check the starting point."""
    return exercises.check(loaded, exercise, code_files.starting_point(loaded.lesson, exercise))


def solved(loaded: LoadedLesson, exercise: str) -> exercises.CodeResult:
    """Check the solution."""
    return exercises.check(loaded, exercise, code_files.solution(loaded.lesson, exercise))


def wrong_passes(loaded: LoadedLesson, exercise: str) -> bool:
    """Whether the checks let the wrong function through."""
    bound = loaded.codes[exercise]
    return all(check.holds for check in bound(bound.wrong))


def changed_metrics(loaded: LoadedLesson, exercise: str) -> list[str]:
    """Return the metrics that a run with the wrong function records otherwise than one with the solution."""
    bound = loaded.codes[exercise]
    _, settings = make_settings(loaded, bound.experiment, {})
    steps = min(settings.steps, STEPS)
    recipe, settings = make_settings(
        loaded, bound.experiment, {}, steps=steps, code=code_files.solution(loaded.lesson, exercise)
    )
    right = execute(recipe, settings)
    wrong = execute(loaded.experiment(bound.experiment, data=None, **{bound.name: bound.wrong}), settings)
    return [name for name in right.run.metrics if _differs(right, wrong, name)]


def _differs(one: Result, other: Result, metric: str) -> bool:
    if metric not in other.run.metrics:
        return True
    (steps, values), (other_steps, other_values) = one.series(metric), other.series(metric)
    return not (np.array_equal(steps, other_steps) and np.allclose(values, other_values, rtol=1e-9, equal_nan=True))
