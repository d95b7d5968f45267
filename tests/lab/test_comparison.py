"""Runs side by side: what differs, and curves on one axis."""

from dataclasses import replace

import numpy as np
import pytest

from nnlab.lab import comparison
from nnlab.lab.comparison import Compared
from nnlab.lab.errors import UsageError
from nnlab.lab.events import Change
from nnlab.lab.run import Series
from nnlab.lab.settings import Settings

BASE = Settings("toy", "walk", {"rate": 0.1, "width": 8})


def compared(settings=BASE, steps=4, seconds=None, samples=None, **metrics):
    series = {}
    for name, values in metrics.items():
        series[name] = Series()
        series[name].append(np.arange(1, len(values) + 1), np.array(values))
    effort = {name: Series() for name, values in (("seconds", seconds), ("samples", samples)) if values}
    for name, values in (("seconds", seconds), ("samples", samples)):
        if values:
            effort[name].append(np.arange(1, len(values) + 1), np.array(values))
    return Compared("a", settings, {"steps": steps}, series, effort)


def test_only_settings_that_differ_are_told_with_knobs_that_one_lacks():
    other = replace(BASE, knobs={"rate": 0.2, "width": 8, "depth": 3}, seed=2, changes=((5, Change("rate", 1.0)),))
    assert comparison.differences([BASE, other]) == {
        "rate": ("0.1", "0.2"),
        "depth": ("–", "3"),
        "seed": ("1", "2"),
        "changes": ("–", "5:rate=1.0"),
    }
    assert comparison.differences([BASE, BASE]) == {}


def test_curves_are_aligned_by_steps_samples_or_time():
    run = compared(loss=[4.0, 3.0, 2.0, 1.0], samples=[32, 32, 8, 32], seconds=[0.5, 0.5, 2.0, 0.25])
    assert comparison.curve(run, "loss", "steps")[0].tolist() == [1, 2, 3, 4]
    assert comparison.curve(run, "loss", "samples")[0].tolist() == [32, 64, 72, 104]
    assert comparison.curve(run, "loss", "seconds")[0].tolist() == [0.5, 1.0, 3.0, 3.25]
    with pytest.raises(UsageError, match="does not count its samples"):
        comparison.curve(compared(loss=[1.0]), "loss", "samples")
    with pytest.raises(UsageError, match="does not count its seconds"):
        comparison.curve(compared(loss=[1.0]), "loss", "seconds")
    with pytest.raises(UsageError, match="did you mean 'loss'"):
        comparison.curve(run, "los", "steps")


def test_smoothing_keeps_a_constant_the_first_value_and_gaps():
    assert comparison.smooth(np.full(9, 3.0), 0.9) == pytest.approx(np.full(9, 3.0))
    smoothed = comparison.smooth(np.array([1.0, np.nan, 3.0, 3.0]), 0.5)
    assert smoothed[0] == 1.0
    assert np.isnan(smoothed[1])
    assert 1.0 < smoothed[2] < smoothed[3] < 3.0
    assert comparison.smooth(np.ones((5, 3)), 0.5).shape == (5, 3)
    raw = np.array([1.0, 5.0])
    assert comparison.smooth(raw, 0.0) is raw
    with pytest.raises(UsageError, match="below 1"):
        comparison.smooth(raw, 1.0)


@pytest.mark.parametrize("smoothing", [1e-9, 0.5, 0.9, 0.999])
def test_smoothing_is_the_recurrence_also_over_gaps_and_long_series(smoothing):
    values = np.random.default_rng(0).standard_normal((5000, 2))
    values[np.random.default_rng(1).random(values.shape) < 0.1] = np.nan
    means, weights = np.zeros(2), np.zeros(2)
    for value, smoothed in zip(values, comparison.smooth(values, smoothing), strict=True):
        kept = np.isfinite(value)
        means[kept] = smoothing * means[kept] + (1 - smoothing) * value[kept]
        weights[kept] = smoothing * weights[kept] + (1 - smoothing)
        assert np.isnan(smoothed[~kept]).all()
        assert smoothed[kept] == pytest.approx(means[kept] / weights[kept], rel=1e-9, abs=1e-12)


def test_smoothing_is_the_weighted_mean_of_what_came_before():
    values = np.array([2.0, 4.0, 9.0])
    weights = np.array([0.64, 0.8, 1.0]) * 0.2
    assert comparison.smooth(values, 0.8)[-1] == pytest.approx(float(weights @ values / weights.sum()))
