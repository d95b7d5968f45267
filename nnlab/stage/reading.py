"""What lies under a cell of a view's plot: values on axes, steps, neurons, and the knobs that a pointer sets."""

import math
from collections.abc import Mapping

import numpy as np

from nnlab.lab.events import HostArray
from nnlab.lab.run import Run
from nnlab.lab.views import View
from nnlab.plots import Ruler, graph, ruler
from nnlab.plots.palette import Palette
from nnlab.stage.sources import arrays_of, drawn_from, known_x

POINTERS = {"x": "←→", "y": "↑↓"}
"""Axis -> the sign, after the title, that something can be dragged along it."""
NODE_KINDS = ("graph",)
"""Kinds on which a neuron can be chosen whose numbers are then told."""


def ruler_of(
    view: View,
    run: Run,
    *,
    size: tuple[int, int],
    palette: Palette,
    words: Mapping[str, str] | None = None,
    ghost: Run | None = None,
    seed: int = 0,
) -> Ruler | None:
    """Return which values lie under the cells of a view's plot of (columns, rows), without a header row.

    None for a kind without axes, or while there is nothing to draw.
    """
    arrays, options = drawn_from(view, run, words, ghost, seed, {})
    found, origin = ruler(view.kind, arrays, options, size, palette), arrays.get("origin")
    return found if found is None or origin is None else found.seen_from(float(origin[0]), float(origin[1]))


def steps_of(view: View, run: Run, *, ghost: Run | None = None, seed: int = 0) -> HostArray:
    """Return the steps (n,) at which something of a view's curves was measured, rising; none for another kind."""
    if view.kind != "curve" or view.probe:
        return np.empty(0)
    arrays = arrays_of(view, run, ghost=ghost, seed=seed)
    return known_x(arrays)


def nodes_of(view: View, run: Run, seed: int = 0) -> list[int]:
    """Return how many nodes each layer of a view's network has; nothing for another kind, or while there is none."""
    if view.kind not in NODE_KINDS:
        return []
    return graph.nodes(*drawn_from(view, run, None, None, seed, {}))


def samples_of(view: View, run: Run, seed: int = 0) -> int:
    """Return on how many samples a view's neurons tell their numbers; 0 where they tell none."""
    return len(arrays_of(view, run, seed=seed).get("answers0", ())) if view.kind in NODE_KINDS else 0


def node_at(
    view: View,
    run: Run,
    cell: tuple[int, int],
    *,
    size: tuple[int, int],
    palette: Palette,
    seed: int = 0,
    extra: Mapping[str, object] | None = None,
) -> tuple[int, int] | None:
    """Return (layer, node) under a cell (column, row) of a view's plot of (columns, rows); None where there is none."""
    if view.kind not in NODE_KINDS:
        return None
    arrays, options = drawn_from(view, run, None, None, seed, extra or {})
    return graph.pick(arrays, options, size, palette, *cell)


def pointer_knobs(view: View) -> dict[str, str]:
    """Return axis ("x", "y") -> the knob that a pointer in the view's plot sets."""
    pointer = view.options.get("pointer", {})
    assert isinstance(pointer, Mapping)
    return {axis: str(pointer[axis]) for axis in POINTERS if axis in pointer}


def pointed_values(view: View, place: tuple[float, float]) -> dict[str, float]:
    """Return knob -> the value that a pointer at a place on the axes stands for; it may be infinite at their ends."""
    pointer = view.options.get("pointer", {})
    assert isinstance(pointer, Mapping)
    at = dict(zip("xy", place, strict=True))
    return {
        name: _logit(at[axis]) if pointer.get(f"{axis}_through") == "logit" else at[axis]
        for axis, name in pointer_knobs(view).items()
    }


def _logit(share: float) -> float:
    if not 0.0 < share < 1.0:
        return math.copysign(math.inf, share - 0.5)
    return math.log(share / (1.0 - share))
