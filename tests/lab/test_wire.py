import math

import numpy as np
import pytest

from nnlab.lab import framing, wire
from nnlab.lab.events import Block, Change, Ended
from nnlab.lab.exercises import CodeResult
from nnlab.lab.experiment import ExperimentCard
from nnlab.lab.faults import Fault
from nnlab.lab.knobs import Knob
from nnlab.lab.settings import Settings
from nnlab.lab.verdicts import Check
from nnlab.lab.views import View

VIEW = View("field", "field", "map", {"extent": [0.0, 1.0], "marks": {"a": [1, 2]}, "readout": "loss", "labels": False})
CARD = ExperimentCard((Knob("rate", 0.1, above=0.0, live=True),), (VIEW,), 100, ("D", "G"), True, ("table",))
SETTINGS = Settings(
    "toy", "walk", {"rate": 0.1, "size": 3, "is_fast": True, "kind": "tanh"}, changes=((5, Change("rate", 1)),)
)


def frame(**arrays):
    block = Block(3, 2, {"loss": np.array([0.5, math.nan])}, {"accuracy": (np.array([3]), np.array([0.9]))})
    return wire.Frame(1, 4, block, {"map": arrays}, math.nan)


def sent(message, kinds=wire.Answer):
    """The message after its way over the wire."""
    (received,) = framing.Reader(kinds).feed(framing.encode(message))
    return received


COMMANDS = [
    wire.Start(
        1, "/course", "toy", "walk", {"rate": 0.5, "size": "3"}, seed=7, steps=0, changes=((1, Change("a", 2.0)),)
    ),
    wire.Start(2, "", "toy", "walk", code="def f(x):\n    return x\n"),
    wire.Start(3, "", "toy", "walk", data="table.csv"),
    wire.CheckCode("", "toy", "write-f", "def f(x):\n    return x\n"),
    wire.SetKnob(Change("rate", 0.25)),
    wire.Pause(),
    wire.Resume(),
    wire.StepForward(3),
    wire.StepBack(),
    wire.Rewind(),
    wire.SetSpeed(12.5),
    wire.SetSpeed(),
    wire.Want(("x", "y")),
    wire.Ready(),
    wire.Stop(),
]
ANSWERS = [
    wire.Hello(1, 42, {"numpy": "2.0"}),
    wire.Loading(1, 2**20, 2**31),
    wire.Started(1, CARD, SETTINGS, "no GPU"),
    wire.Rewound(1, 4),
    wire.RunEnded(1, Ended("diverged", 3, "overflow", "linear", (Change("rate", 0.1),), ("done", "diverged"))),
    wire.Refused(1, "start", "no knob 'rat'"),
    wire.Failed(1, "ZeroDivisionError", "Traceback"),
    wire.Failed(1, "your code, line 3", "", Fault("name", 3, {"name": "c"})),
    wire.CodeChecked(CodeResult("write-f", "0123abcd", (Check("f(1)", 2.0, False, 1.0), Check("f(2)", "2", True)))),
    wire.CodeChecked(CodeResult("write-f", "0123abcd", (), Fault("time", 2, {"seconds": "2"}), "printed")),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_every_command_arrives_as_it_was(command):
    assert sent(command, wire.Command) == command


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
def test_every_answer_arrives_as_it_was(answer):
    assert sent(answer) == answer


def test_whole_and_broken_numbers_keep_their_type():
    knobs = sent(wire.Started(1, CARD, SETTINGS)).settings.knobs
    assert {name: type(value) for name, value in knobs.items()} == {
        "rate": float,
        "size": int,
        "is_fast": bool,
        "kind": str,
    }


def test_a_frame_carries_metrics_with_nan_and_measurements():
    block = sent(frame()).block
    assert np.array_equal(block.metrics["loss"], [0.5, math.nan], equal_nan=True)
    steps, values = block.measured["accuracy"]
    assert (steps.tolist(), values.tolist()) == ([3], [0.9])
