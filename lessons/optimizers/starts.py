"""Where a run starts: at its surface's own place, moved by two knobs, which a click on the map sets."""

from collections.abc import Sequence

import numpy as np

from nnlab.lab.authoring import Knob, View
from nnlab.lab.experiment import Knobs

from .runners import SHOWN
from .surfaces import Array

SHIFTS = (Knob("shift_x", 0.0, slider=(-5.0, 5.0)), Knob("shift_y", 0.0, slider=(-5.0, 5.0)))
"""How far from the surface's own place, to the right and up."""
POINTER = {"pointer": {"x": "shift_x", "y": "shift_y"}}


def moved(start: Sequence[float], knobs: Knobs) -> Array:
    """Return a surface's start (2,), moved as the knobs say."""
    return np.asarray([at + float(knobs[knob.name]) for at, knob in zip(start, SHIFTS, strict=True)])


def surface_view(names: tuple[str, str], *, can_move: bool = False) -> View:
    """The picture of a surface with the runners' trails over coordinates of these names.

    can_move: a click moves the start; the probe gives the surface's own as `origin`.
    """
    return View(
        "surface",
        "field",
        "surface",
        {"map": "land", "scale": "log", "names": names, **SHOWN, **(POINTER if can_move else {})},
    )
