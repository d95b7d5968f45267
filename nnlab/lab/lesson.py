"""Opening a lesson: run its lesson.py and bind what it defines to the ids of its lesson.toml."""

import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from nnlab.data.kinds import KINDS
from nnlab.lab.course import Lesson
from nnlab.lab.data_files import UserData, data_errors
from nnlab.lab.errors import LessonError, UsageError, unknown
from nnlab.lab.experiment import Experiment
from nnlab.lab.lesson_places import PACKAGE, place_of, what_of
from nnlab.lab.pointers import check_pointers

ExperimentFactory = Callable[..., Experiment]


@dataclass(frozen=True, slots=True)
class Bound:
    """A function of lesson.py with the id that lesson.toml knows it by."""

    kind: str
    """experiment, claim or goal."""
    id: str
    function: Callable[..., Any]
    broken: Mapping[str, Any]
    """For a claim: the keyword arguments under which it must fail."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


@dataclass(frozen=True, slots=True)
class BoundExperiment(Bound):
    """A function that returns an Experiment."""

    data: tuple[str, ...]
    """Kinds of user data that it takes as keyword argument `data`."""


@dataclass(frozen=True, slots=True)
class BoundCode(Bound):
    """A code exercise: its function gives the checks of a learner's function, f(function) -> list of Check."""

    experiment: str
    """The experiment in whose live run the learner's function replaces ours."""
    name: str
    """What the function is called: in the learner's file, and as keyword of the experiment's factory."""
    wrong: Callable[..., Any]
    """A function that fails the checks and changes what the run records."""


def experiment(experiment_id: str, *, data: tuple[str, ...] = ()) -> Callable[[ExperimentFactory], BoundExperiment]:
    """Bind a function that returns an Experiment; all its arguments have defaults.

    data: kinds of user data (table, images, text) that it takes as keyword argument `data`, a UserData or None.
    """
    return lambda function: BoundExperiment("experiment", experiment_id, function, {}, data)


def claim(claim_id: str, *, broken: Mapping[str, Any] = MappingProxyType({})) -> Callable[[Callable[..., Any]], Bound]:
    """Bind a claim: f(run, **settings) -> Verdict; under the settings `broken` it must fail."""
    return lambda function: Bound("claim", claim_id, function, dict(broken))


def goal(goal_id: str) -> Callable[[Callable[..., Any]], Bound]:
    """Bind a goal: f(result) -> list of Check, evaluated on the run as it stands."""
    return lambda function: Bound("goal", goal_id, function, {})


def code(
    exercise_id: str, *, experiment: str, name: str, wrong: Callable[..., Any]
) -> Callable[[Callable[..., Any]], BoundCode]:
    """Bind a code exercise by its checks: f(function) -> list of Check, with tolerances, each saying what it expected.

    experiment: id of the experiment whose factory takes the learner's function as keyword argument `name`. wrong: a
    function that the checks must refuse and that must change the run's metrics. Beside lesson.py stand
    exercises/<id>.py, the starting point, and solutions/<id>.py.
    """
    return lambda function: BoundCode("code", exercise_id, function, {}, experiment, name, wrong)


@dataclass(frozen=True, slots=True)
class LoadedLesson:
    """A lesson whose code has been run."""

    lesson: Lesson
    experiments: Mapping[str, BoundExperiment]
    claims: Mapping[str, Bound]
    goals: Mapping[str, Bound]
    codes: Mapping[str, BoundCode]

    def experiment(self, experiment_id: str, *, data: UserData | None = None, **functions: Any) -> Experiment:
        """Build the experiment of that id.

        functions: what replaces ours, by the names of the lesson's code exercises.
        Raises UsageError with the nearest name or for data that it cannot take; LessonError for a wrong pointer.
        """
        if experiment_id not in self.experiments:
            raise unknown(f"experiment of {self.lesson.slug}", experiment_id, self.experiments)
        bound = self.experiments[experiment_id]
        given: dict[str, Any] = {**functions}
        if data is not None:
            if data.kind not in bound.data:
                raise self._refusal(data, experiment_id)
            given["data"] = data
        with data_errors():
            built: Experiment = bound(**given)
        if not isinstance(built, Experiment):
            raise LessonError(
                f"{_place(self.lesson.folder / 'lesson.py', bound)}: the experiment {experiment_id!r} returned "
                f"{type(built).__name__}; return an Experiment, such as supervised(...) makes."
            )
        check_pointers(built, experiment_id, self.lesson.folder / "lesson.py")
        return replace(built, data_kinds=bound.data) if bound.data else built

    def experiment_for(self, data: UserData) -> str:
        """Return the id of the first experiment that takes such data. Raises UsageError when none does."""
        fitting = (known for known, bound in self.experiments.items() if data.kind in bound.data)
        found = next(fitting, None)
        if found is None:
            raise self._refusal(data, "")
        return found

    def _refusal(self, data: UserData, experiment_id: str) -> UsageError:
        slug = self.lesson.slug
        own = self.experiments[experiment_id].data if experiment_id else ()
        name = f"{slug}/{experiment_id}" if experiment_id else slug
        takes = f"takes {' or '.join(own)}" if own else "takes no data"
        others = ", ".join(
            f"{slug}/{known} ({' or '.join(bound.data)})" for known, bound in self.experiments.items() if bound.data
        )
        return UsageError(
            f"{data.name} holds {data.kind}, but {name} {takes}; experiments that take data: {others or 'none'}."
        )


def load(lesson: Lesson) -> LoadedLesson:
    """Run the lesson's code (it may do anything: trust is the caller's matter) and bind its ids.

    Raises LessonError that names the file when the code fails or its ids are not those of lesson.toml.
    """
    module = _execute(lesson)
    bound = [value for value in vars(module).values() if isinstance(value, Bound)]
    by_kind = {
        kind: tuple(exercise for exercise, entry in lesson.exercises.items() if entry.kind == kind)
        for kind in ("goal", "code")
    }
    codes: Any = _bind(lesson, "code", by_kind["code"], bound)
    experiments: Any = _bind(lesson, "experiment", lesson.experiments, bound)
    loaded = LoadedLesson(
        lesson,
        experiments=experiments,
        claims=_bind(lesson, "claim", tuple(lesson.claims), bound),
        goals=_bind(lesson, "goal", by_kind["goal"], bound),
        codes=codes,
    )
    for made in loaded.experiments.values():
        _check_data(lesson, made)
    for exercise in loaded.codes.values():
        _check_place(loaded, exercise)
    return loaded


def _check_data(lesson: Lesson, made: BoundExperiment) -> None:
    """Raise LessonError unless the kinds of data exist, and the experiment's function takes data where it says so."""
    wrong = next((kind for kind in made.data if kind not in KINDS), None)
    if wrong is not None:
        raise LessonError(
            f"{lesson.folder / 'lesson.py'}: the experiment {made.id!r} takes {wrong!r}, but kinds of data are "
            f"{', '.join(KINDS)}."
        )
    if made.data and "data" not in inspect.signature(made.function).parameters:
        raise LessonError(
            f"{lesson.folder / 'lesson.py'}: the experiment {made.id!r} says that it takes data; give its function an "
            "argument data=None."
        )


def _check_place(loaded: LoadedLesson, exercise: BoundCode) -> None:
    """Raise LessonError unless a code exercise has its files, and an experiment that takes its function."""
    lesson = loaded.lesson
    for folder in ("exercises", "solutions"):
        path = lesson.folder / folder / f"{exercise.id}.py"
        if not path.is_file():
            raise LessonError(f"{path} is missing; the code exercise {exercise.id!r} needs it.")
    factory = loaded.experiments.get(exercise.experiment)
    if factory is None or exercise.name not in inspect.signature(factory.function).parameters:
        raise LessonError(
            f"{lesson.folder / 'lesson.py'}: the experiment {exercise.experiment!r} takes no {exercise.name!r}, which "
            f"the code exercise {exercise.id!r} replaces; give its function an argument {exercise.name}=None."
        )


def _bind(lesson: Lesson, kind: str, ids: tuple[str, ...], bound: list[Bound]) -> Mapping[str, Bound]:
    code = lesson.folder / "lesson.py"
    by_id: dict[str, Bound] = {}
    for item in bound:
        if item.kind != kind:
            continue
        if by_id.setdefault(item.id, item) is not item:
            raise LessonError(f"{_place(code, item)}: the {kind} {item.id!r} is bound twice; give each its own id.")
        if kind == "claim" and not item.broken:
            raise LessonError(
                f"{_place(code, item)}: the claim {item.id!r} has no broken form; give @claim arguments under which it "
                'must fail, such as broken={"steps": 1}.'
            )
    missing, extra = sorted(set(ids) - set(by_id)), sorted(set(by_id) - set(ids))
    if missing:
        raise LessonError(
            f"{code} defines no {kind} {missing[0]!r}, which lesson.toml lists; add @{kind}({missing[0]!r})."
        )
    if extra:
        raise LessonError(f"{code} defines the {kind} {extra[0]!r}, which lesson.toml does not list; add it there.")
    return {item_id: by_id[item_id] for item_id in ids}


def _place(code: Path, item: Bound) -> str:
    """Return the file and line of a bound function, or the lesson's code where it is none of Python's own."""
    made = getattr(item.function, "__code__", None)
    return f"{made.co_filename}, line {made.co_firstlineno}" if made is not None else str(code)


def _execute(lesson: Lesson) -> ModuleType:
    path = lesson.folder / "lesson.py"
    name = f"{PACKAGE}{lesson.slug.replace('-', '_')}"
    # The folder counts as a package, so that a long lesson can stand in several files: `from .walk import walk`.
    for known in [module for module in sys.modules if module == name or module.startswith(f"{name}.")]:
        del sys.modules[known]
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=[str(lesson.folder)])
    if spec is None or spec.loader is None or not path.is_file():
        raise LessonError(f"{path} is missing; every lesson binds its ids to code there.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # a border: anything that foreign code raises becomes one sentence that names the file
        raise LessonError(f"{place_of(error) or path} failed while loading: {what_of(error)}.") from error
    return module
