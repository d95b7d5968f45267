"""Views held against the plots: every kind is one that is drawn, and it draws what its probe gives."""

from collections.abc import Iterator, Mapping

import numpy as np

from nnlab.lab.experiment import Experiment
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.lesson import LoadedLesson
from nnlab.lab.lesson_places import place_of, told
from nnlab.lab.run import Run
from nnlab.lab.views import View
from nnlab.plots.errors import unknown
from nnlab.plots.grid import Grid
from nnlab.plots.palette import Palette
from nnlab.plots.registry import kinds
from nnlab.stage.drawing import draw_view

SIZE = (60, 16)


def objections(loaded: LoadedLesson, experiments: Mapping[str, Experiment]) -> Iterator[str]:
    """Yield what is wrong with the views of the experiments at step 0, a sentence each that names the file."""
    code = loaded.lesson.folder / "lesson.py"
    for name, experiment in experiments.items():
        try:
            _run(loaded, name)
        except Exception as error:  # a border: a lesson's code may raise anything
            yield _blamed(error, f"{code}", f"the experiment {name!r}")
            continue
        for view in experiment.views:
            said = f"the view {view.id!r} of the experiment {name!r}"
            if view.kind not in kinds():
                yield f"{code}: {said} is drawn as {view.kind!r}: {unknown('plot kind', view.kind, kinds())}"
            elif view.probe and view.probe not in experiment.probes:
                known = ", ".join(experiment.probes) or "none"
                yield f"{code}: {said} shows {view.probe!r}, which is no probe; there are {known}."
            else:
                try:
                    is_empty = _draws_nothing(view, _run(loaded, name, view))
                except Exception as error:  # a border: the probe is the lesson's, and a plot may raise at what it gave
                    yield _blamed(error, f"{code}", said)
                    continue
                if is_empty:
                    yield f"{code}: {said} stays empty: a {view.kind} draws none of the arrays of {view.probe!r}."


def _run(loaded: LoadedLesson, name: str, view: View | None = None) -> Run:
    """Make the run of 0 steps that a view is drawn of."""
    recipe, settings = make_settings(loaded, name, {}, steps=0)
    return execute(recipe, settings, probes=(view.probe,) if view is not None and view.probe else ()).run


def _draws_nothing(view: View, run: Run) -> bool:
    """Whether a view of a probe that gave something is drawn as if of nothing. A strip needs several seeds."""
    drawn = _drawn(view, run)
    if not view.probe or view.kind == "strip" or not any(np.size(array) for array in run.probes[view.probe].values()):
        return False
    run.probes[view.probe] = {}
    bare = _drawn(view, run)
    return all(np.array_equal(getattr(drawn, part), getattr(bare, part)) for part in ("chars", "fg", "bg", "bold"))


def _drawn(view: View, run: Run) -> Grid:
    return draw_view(view, run, title=view.id, size=SIZE, palette=Palette(), form="bare")


def _blamed(error: BaseException, code: str, what: str) -> str:
    return f"{told(error)} ({what})." if place_of(error) else f"{code}: {told(error)} ({what})."
