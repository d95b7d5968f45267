"""Pointers: the knobs that a press or a drag in a view sets, checked against the experiment that has the view."""

from collections.abc import Mapping
from pathlib import Path

from nnlab.lab.errors import LessonError
from nnlab.lab.experiment import Experiment
from nnlab.lab.views import View

AXES = ("x", "y")
THROUGH = ("logit",)
"""What may lie between an axis and its knob: the axis shows the sigmoid of a knob that is its logit."""


def check_pointers(experiment: Experiment, name: str, path: Path) -> None:
    """Raise LessonError, which names the file `path`, unless every pointer of a view sets number knobs along x or y."""
    numbers = [knob.name for knob in experiment.knobs if knob.kind in ("int", "float")]
    for view in experiment.views:
        if (wrong := _wrong(view, numbers)) is not None:
            raise LessonError(f"{path}: the view {view.id!r} of the experiment {name!r} {wrong}.")


def _wrong(view: View, numbers: list[str]) -> str | None:
    """Return what is wrong with a view's pointer; None where nothing is, or it has none."""
    pointer = view.options.get("pointer", {})
    known = [*AXES, *(f"{axis}_through" for axis in AXES)]
    if not isinstance(pointer, Mapping):
        return f'has the pointer {pointer!r}; give a table such as {{"x": "KNOB"}}'
    for key, value in pointer.items():
        if key not in known:
            return f"has a pointer along {key!r}; a pointer knows {', '.join(known)}"
        if key in AXES and value not in numbers:
            return f"points along {key} at {value!r}; its number knobs are {', '.join(numbers) or 'none'}"
        if key not in AXES and value not in THROUGH:
            return f"points {key} {value!r}; there is {', '.join(THROUGH)}"
    return None
