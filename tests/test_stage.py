"""The stage: what of runs is handed to the plots."""

import numpy as np
import pytest

from nnlab.lab.events import Block
from nnlab.lab.run import Run
from nnlab.lab.settings import Settings
from nnlab.lab.views import View
from nnlab.plots import Palette
from nnlab.stage import GHOST, arrays_of, readout, ruler_of, write_metric

LOSS = View("loss", "curve")


def run_of(steps, made):
    run = Run(Settings("toy", "walk", {}, steps=steps))
    run.fold(Block(0, made + 1, {"loss": np.linspace(1.0, 0.0, made + 1)}))
    return run


def test_a_longer_run_before_does_not_squeeze_the_present_one():
    arrays = arrays_of(LOSS, run_of(100, 10), ghost=run_of(3000, 3000))
    assert arrays[f"{GHOST}/x"].tolist() == list(range(101))
    assert len(arrays[f"{GHOST}/y"]) == 101


def test_a_pointer_s_values_count_from_the_origin_that_a_probe_gives():
    run = Run(Settings("toy", "walk", {}, steps=0))
    view = View("map", "field", "map", {"pointer": {"x": "right", "y": "up"}})
    run.probes = {"map": {"field": np.zeros((4, 4)), "extent": np.array([0.0, 8.0, 0.0, 4.0])}}
    plain = ruler_of(view, run, size=(40, 12), palette=Palette()).at(20, 5)
    run.probes["map"]["origin"] = np.array([2.0, 1.0])
    moved = ruler_of(view, run, size=(40, 12), palette=Palette()).at(20, 5)
    assert moved == pytest.approx((plain[0] - 2.0, plain[1] - 1.0))


def test_a_band_takes_all_seeds_and_says_their_median():
    run = Run(Settings("toy", "walk", {}, steps=2, seeds=3))
    run.fold(Block(0, 3, {"loss": np.array([[4.0, 5.0, 6.0], [3.0, 4.0, 5.0], [1.0, 2.0, 9.0]])}))
    banded = View("loss", "curve", options={"band": True})
    assert arrays_of(LOSS, run, seed=2)["loss/y"].tolist() == [6.0, 5.0, 9.0]
    assert arrays_of(banded, run)["loss/y"].shape == (3, 3)
    assert (readout(LOSS, run, 2), readout(banded, run, 2)) == ("9.00", "2.00")


def test_a_run_that_went_on_beyond_its_end_keeps_its_ghost_as_far():
    arrays = arrays_of(LOSS, run_of(100, 120), ghost=run_of(3000, 3000))
    assert arrays[f"{GHOST}/x"][-1] == 120


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("test_accuracy", 0.823, "82.3 %"),
        ("recall", 0.879, "87.9 %"),
        ("sure_confidence", 0.996, "99.6 %"),
        ("first_over_last", 1.7e-5, "1.7×10⁻⁵"),
        ("test_loss", 1.7e-5, "<0.0001"),
    ],
)
def test_a_metric_is_written_in_the_way_of_its_kind(name, value, written):
    run = Run(Settings("toy", "walk", {}))
    run.fold(Block(1, 1, {name: np.array([value])}))
    assert write_metric(name, run) == written


def test_a_smoothed_curve_keeps_its_steps_and_loses_its_noise():
    run = run_of(100, 100)
    noisy = np.tile([0.0, 1.0], 50)
    run.metrics["loss"].truncate(-1)
    run.metrics["loss"].append(np.arange(100), noisy)
    view = View("loss", "curve", options={"smoothed": {"loss": 0.9}})
    arrays = arrays_of(view, run)
    assert arrays["loss/x"].tolist() == list(range(100))
    assert np.abs(arrays["loss/y"][30:] - 0.5).max() < 0.06
    assert arrays_of(LOSS, run)["loss/y"].tolist() == noisy.tolist()
