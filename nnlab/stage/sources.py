"""What a view's plot is drawn from: the arrays of a run, and the options of a plot."""

import math
from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from nnlab.lab.comparison import smooth
from nnlab.lab.events import HostArray
from nnlab.lab.run import Run
from nnlab.lab.views import View
from nnlab.plots.words import OWN

Arrays = dict[str, HostArray]
OWN_OPTIONS = (
    *("note", "readout", "series", "title", "draws", "drawn", "answer", "paper", "pens", "pointer", "tall", "height"),
    *("band", "smoothed"),
)
"""Options of a view that are read here and not by the plot.

draws: the knob (or "data") that takes what the user draws where the view stands; drawn: table of knobs that are set
when data were drawn. answer: the view of bars whose highest one answers a drawing. paper: x from, to, y from, to of the
points that are drawn; pens: how many kinds they are of.
tall, height: how the screen arranges the view (nnlab.tui.arrangement): from top to bottom; in so many rows.
pointer: table of "x" or "y" -> the number knob that a press or a drag in the plot sets to what that axis says there;
where the probe gives `origin` (2,), to how far from it; "x_through", "y_through": "logit" where the axis shows the
sigmoid of the knob.
band: True draws a metric's curve over all seeds, as median and band, and says the median.
smoothed: table metric -> how much of the mean so far its curve keeps at each step: 0.95 is a mean of some 20 steps.
"""
LABELS = {"matrix": ("rows", "columns"), "field": ("names",), "bars": ("names",), "graph": ("functions", "truth")}
"""Kind -> arrays of texts that a probe may give where only the run knows the names, such as a table's columns."""
READABLE_KINDS = ("curve", "field", "timeline")
"""Kinds on which a cursor reads exact values."""
GHOST = "previous run"


def arrays_of(view: View, run: Run, *, ghost: Run | None = None, seed: int = 0) -> Arrays:
    """Return the host arrays that a view's plot takes: metrics for a curve, else the probe's, one seed of them.

    A strip of seeds gets all of them, and `solved` (S,) where the experiment has a goal.
    """
    if view.kind in ("curve", "spark") and not view.probe:
        names = series_names(view, run)
        smoothed = cast("Mapping[str, float]", view.options.get("smoothed", {}))
        arrays = _curves(run, names, None if view.options.get("band") else seed, smoothed)
        if ghost is not None:
            arrays |= _curves(ghost, names[:1], seed, smoothed, GHOST, max(run.settings.steps, run.step))
        return arrays
    observed = run.probes.get(view.probe, {})
    if view.kind == "strip":
        solved = run.metrics.get("solved")
        extra = {"solved": np.atleast_1d(solved.values[-1])} if solved is not None and len(solved) else {}
        shown = {name: array if run.settings.seeds > 1 else array[None] for name, array in observed.items()}
        return {**shown, **extra}
    if run.settings.seeds == 1:
        return dict(observed)
    return {name: array[min(seed, len(array) - 1)] for name, array in observed.items()}


def drawn_from(
    view: View,
    run: Run,
    words: Mapping[str, str] | None,
    ghost: Run | None,
    seed: int,
    extra: Mapping[str, object],
) -> tuple[Arrays, dict[str, object]]:
    """Return the arrays and the options that a view's plot is drawn from."""
    arrays = arrays_of(view, run, ghost=ghost, seed=seed)
    options = {name: value for name, value in view.options.items() if name not in OWN_OPTIONS} | dict(extra)
    if "extent" in arrays:
        options["extent"] = tuple(float(edge) for edge in arrays.pop("extent"))
    options |= _labels(view.kind, arrays)
    options["words"] = _words(view, words or {})
    if view.kind in READABLE_KINDS and isinstance(cursor := options.get("cursor"), tuple):
        options["cursor_column"], options["cursor_row"] = cursor
        del options["cursor"]
    if view.kind == "curve":
        options.setdefault("x_range", (0, max(1, run.settings.steps)))
        options["ghosts"] = [name for name in _names(arrays) if name.startswith(GHOST)]
    if view.kind == "strip":
        options |= {"first": run.settings.seed, "current": seed}
    return arrays, options


def known_x(arrays: Mapping[str, HostArray]) -> HostArray:
    """Return every x (n,) that the curves of a plot have, rising."""
    return np.unique(np.concatenate([np.empty(0), *(part for name, part in arrays.items() if name.endswith("/x"))]))


def series_names(view: View, run: Run) -> list[str]:
    wanted = view.options.get("series", ("loss",))
    assert isinstance(wanted, Sequence)
    return [str(name) for name in wanted if str(name) in run.metrics]


def _curves(
    run: Run,
    names: Sequence[str],
    seed: int | None,
    smoothed: Mapping[str, float],
    called: str = "",
    end: float = math.inf,
) -> Arrays:
    """Return the metrics' curves up to a step; a ghost that went on for longer must not squeeze the present run.

    seed: None takes all of them.
    """
    arrays: Arrays = {}
    for name in names:
        series = run.metrics.get(name)
        if series is None:
            continue
        count = int(np.searchsorted(series.steps, end, side="right"))
        values = smooth(series.values[:count], smoothed.get(name, 0.0))
        label = called or _label(name)
        arrays[f"{label}/x"] = series.steps[:count].astype(np.float64)
        is_one = seed is not None and values.ndim > 1
        arrays[f"{label}/y"] = values[:, min(seed or 0, values.shape[1] - 1)] if is_one else values.T
    return arrays


def _words(view: View, words: Mapping[str, str]) -> dict[str, str]:
    """Return what names are called in a plot: curves are known there by their labels; the view's own words win."""
    labels = {_label(name): word for name, word in words.items()}
    own = cast("Mapping[str, str]", view.options.get("words", {}))
    return {**words, **labels, GHOST: words.get(OWN + GHOST, GHOST), **own}


def _labels(kind: str, arrays: Arrays) -> dict[str, object]:
    """Take out of a probe's arrays the texts that name rows, columns, bars, axes or nodes, as options of a plot."""
    found: dict[str, object] = {name: _texts(arrays.pop(name)) for name in LABELS.get(kind, ()) if name in arrays}
    if kind == "graph":
        numbered = {int(name[5:]): name for name in arrays if name.startswith("names") and name[5:].isdigit()}
        if numbered:
            layers = range(max(numbered) + 1)
            found["names"] = [_texts(arrays.pop(numbered[at])) if at in numbered else () for at in layers]
    return found


def _texts(array: HostArray) -> tuple[str, ...]:
    return tuple(str(text) for text in array.reshape(-1))


def _label(metric: str) -> str:
    return metric.replace("_", " ")


def _names(arrays: Arrays) -> list[str]:
    return [name.removesuffix("/x") for name in arrays if name.endswith("/x")]
