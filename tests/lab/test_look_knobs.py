"""A knob that only changes what is looked at takes effect at once, at any step, and changes nothing that is learned."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from nnlab.lab.errors import UsageError
from nnlab.lab.events import Change
from nnlab.lab.experiment import Experiment
from nnlab.lab.knobs import Knob
from nnlab.lab.run import Run
from nnlab.lab.settings import Settings
from nnlab.lab.training import Training


@dataclass
class Ball:
    x: float
    shown: int


def step(state):
    state.x *= 0.9
    return {"loss": np.asarray(state.x)}


BALL = Experiment(
    knobs=(Knob("shown", 0, low=0, high=9, look=True),),
    setup=lambda knobs, streams, xp: Ball(1.0, knobs["shown"]),
    step=step,
    change=lambda state, name, value: setattr(state, name, value),
    probes={"shown": lambda state: {"values": np.asarray(state.shown)}},
    steps=20,
)


def training(shown=0):
    return Training(BALL, Settings("toy", "ball", {"shown": shown}, steps=20))


def seen(run):
    return int(run.observe(["shown"])["shown"]["values"])


@pytest.mark.parametrize("at", [0, 7, 20])
def test_it_takes_effect_at_once_while_paused_and_after_the_end(at):
    run = training()
    run.advance(at)
    run.change(Change("shown", 3))
    assert seen(run) == 3
    assert run.index == at


def test_it_survives_stepping_back_and_rewinding():
    run = training()
    run.advance(9)
    run.change(Change("shown", 3))
    run.back()
    assert seen(run) == 3
    run.rewind()
    assert seen(run) == 3


def test_the_settings_name_the_last_value_and_repeat_the_run():
    run = training()
    first = run.advance(9).metrics["loss"]
    run.change(Change("shown", 3))
    rest = run.advance(11)
    assert not rest.applied
    again = Training(BALL, run.settings)
    assert again.advance(20).metrics["loss"].tobytes() == np.concatenate([first, rest.metrics["loss"]]).tobytes()
    assert seen(again) == 3
    line = run.settings.shell_line(replace(run.settings, knobs={"shown": 0}))
    assert "--set shown=3" in line
    assert "--at" not in line


def test_a_value_that_does_not_fit_changes_nothing():
    run = training(2)
    with pytest.raises(UsageError, match="from 0 to 9"):
        run.change(Change("shown", 12))
    assert seen(run) == 2
    assert run.settings.knobs["shown"] == 2


MEASURED = replace(BALL, evaluate=lambda state: {"tenfold": 10 * np.asarray(state.shown)})


@pytest.mark.parametrize("steps", [0, 20])
def test_before_the_first_step_what_is_measured_is_measured_again(steps):
    run = Training(MEASURED, Settings("toy", "ball", {"shown": 1}, steps=steps))
    shown = Run(run.settings)
    shown.fold(run.advance(0))
    run.change(Change("shown", 3))
    shown.fold(run.advance(0))
    assert shown.metrics["tenfold"].steps.tolist() == [0]
    assert shown.last("tenfold") == 30
    assert (run.ended is not None) == (steps == 0)
