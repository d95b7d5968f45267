"""The one number of a view, written in the way of its kind."""

import math
from collections.abc import Sequence

import numpy as np

from nnlab.lab.run import Run
from nnlab.lab.views import View
from nnlab.plots.numbers import count, loss, percent, short
from nnlab.stage.sources import arrays_of, series_names

SHARES = ("accuracy", "confidence", "recall", "precision")
"""Ends of the names of metrics that are shares, written as percent."""
SMALLEST = 1e-4
"""Below it a loss is as good as nothing; anything else is written as a power of ten."""


def readout(view: View, run: Run, seed: int = 0) -> str:
    """Return the one number that matters, as a pane's header shows it; nothing for what the run does not measure."""
    metric = view.options.get("readout")
    if metric is None and view.kind in ("curve", "spark") and not view.probe:
        names = series_names(view, run)
        metric = names[0] if names else None
    is_other = bool(run.metrics) and metric not in run.metrics  # classes have an accuracy, numbers have none
    return (
        ""
        if metric in (None, "") or is_other
        else write_metric(str(metric), run, None if view.options.get("band") else seed)
    )


def write_metric(name: str, run: Run, seed: int | None = 0, *, near: float | None = None) -> str:
    """Write a metric's newest value in the way of its kind: percent, a count (whole numbers only), or decimals.

    near: the value nearest to this step instead.
    """
    if name == "solved" and run.settings.seeds > 1:
        series = run.metrics.get("solved")
        solved = int(np.sum(series.values[-1] > 0)) if series is not None and len(series) else 0
        return f"{count(solved)} / {count(run.settings.seeds)}"
    value = run.last(name, seed, near=near)
    if not math.isfinite(value):
        return "–"
    if name.endswith(SHARES):
        return percent(value)
    if not name.endswith("loss") and 0 < abs(value) < SMALLEST:
        return short(value, 2)
    recent = run.metrics[name].values[-10:]
    is_count = not name.endswith("loss") and bool(np.all(recent == np.round(recent)))
    return count(value) if is_count else loss(value)


def best_bar(view: View, run: Run, seed: int = 0) -> str:
    """Return the name and the share of a view's highest bar, "3  92.0 %"; nothing while there is none."""
    values = arrays_of(view, run, seed=seed).get("values")
    names = view.options.get("names")
    if values is None or not values.size or not np.isfinite(values).any() or not isinstance(names, Sequence):
        return ""
    best = int(np.nanargmax(values))
    return f"{names[best]}  {percent(float(values[best]))}" if best < len(names) else ""
