"""Runs side by side: the settings that differ, the results, and curves over steps, samples or time."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np

from nnlab.lab.effort import reached
from nnlab.lab.errors import UsageError, unknown
from nnlab.lab.events import HostArray
from nnlab.lab.knobs import KnobValue
from nnlab.lab.run import Series
from nnlab.lab.settings import Settings, format_value

Alignment = Literal["steps", "samples", "seconds"]
SMOOTHING = 0.9
"""How much of the mean so far a curve keeps that is only asked to be smooth."""
MOST_GROWTH = 1e100
"""By how much old values may be enlarged against new ones before a sum over them is begun anew."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A run among others."""

    name: str
    """What tables and legends call it: its label, its id, or its folder."""
    settings: Settings
    summary: Mapping[str, object]
    series: Mapping[str, Series]
    effort: Mapping[str, Series]
    """What each step took; see effort.py."""


def differences(runs: Sequence[Settings]) -> dict[str, tuple[str, ...]]:
    """Return setting -> its text in each run, for the settings that are not the same in all; "–" where there is none.

    Knobs come by their names, the rest as in Settings; live changes count as one setting.
    """
    knobs = dict.fromkeys(name for settings in runs for name in settings.knobs)
    rows = {
        name: tuple(_text(settings.knobs[name]) if name in settings.knobs else "–" for settings in runs)
        for name in knobs
    }
    plain = [field.name for field in fields(Settings) if field.name not in ("knobs", "changes", "lesson", "experiment")]
    table = {"experiment": tuple(settings.name for settings in runs), **rows}
    table |= {name: tuple(_text(getattr(settings, name)) for settings in runs) for name in plain}
    table["changes"] = tuple(_changes(settings) for settings in runs)
    return {name: texts for name, texts in table.items() if len(set(texts)) > 1}


def curve(run: Compared, metric: str, over: Alignment, smoothing: float = 0.0) -> tuple[HostArray, HostArray]:
    """Return (x (k,), y (k,) or (k, S)) of a metric.

    over: steps; samples, which counts what one network has learned from; seconds of training, pauses left out.
    Raises UsageError for a metric that the run lacks, or samples or seconds where they were not kept.
    """
    if metric not in run.series:
        raise unknown(f"metric of the run {run.name}", metric, run.series)
    series = run.series[metric]
    if over == "steps":
        return series.steps, smooth(series.values, smoothing)
    if over not in run.effort:
        raise UsageError(f"the run {run.name} does not count its {over}; align by steps.")
    return reached(run.effort, over, series.steps), smooth(series.values, smoothing)


def smooth(values: HostArray, smoothing: float) -> HostArray:
    """Return the exponential moving mean of values (n, ...) along the first axis; 0 leaves them, towards 1 is smoother.

    The start is corrected for, as in Adam: the first value is itself. What is not finite stays, and is left out.
    Raises UsageError unless 0 <= smoothing < 1.
    """
    if not 0 <= smoothing < 1:
        raise UsageError(
            f"smoothing is {smoothing:g}, but it must be at least 0 and below 1; 0.9 looks back ten values."
        )
    if not smoothing or not len(values):
        return values
    is_kept = np.isfinite(values)
    kept, mean = np.where(is_kept, values, 0.0), np.zeros(values.shape)
    before = np.zeros(values.shape[1:])
    # mean[t] = s mean[t-1] + (1 - s) value[t], as one sum of values / s^t, in blocks short enough for s^-t.
    block = max(1, int(math.log(MOST_GROWTH) / -math.log(smoothing)))
    for start in range(0, len(values), block):
        here = slice(start, start + block)
        fading = smoothing ** np.cumsum(is_kept[here], axis=0)
        mean[here] = fading * (before + (1 - smoothing) * np.cumsum(kept[here] / fading, axis=0))
        before = mean[here][-1]
    weight = -np.expm1(np.cumsum(is_kept, axis=0) * math.log(smoothing))
    return np.where(is_kept, mean / np.where(weight > 0, weight, 1.0), values)


def metrics_of(runs: Iterable[Compared]) -> tuple[str, ...]:
    """Return the metrics that any of the runs measured, in order."""
    return tuple(dict.fromkeys(name for run in runs for name in run.series))


def common_metrics(runs: Sequence[Compared]) -> tuple[str, ...]:
    """Return the metrics that all of the runs measured."""
    return tuple(name for name in metrics_of(runs) if all(name in run.series for run in runs))


def _text(value: KnobValue) -> str:
    return format_value(value) if value != "" else "–"


def _changes(settings: Settings) -> str:
    return ", ".join(f"{at}:{change.knob}={format_value(change.value)}" for at, change in settings.changes) or "–"
