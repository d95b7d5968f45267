import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.lab import wire
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
    (received,) = wire.Reader(kinds).feed(wire.encode(message))
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


@pytest.mark.parametrize("dtype", ["?", "i1", "<i8", "<u2", "<f2", "<f4", "<f8", "<c16", "<U5", ">f4", ">i8"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 4), (2, 3, 5)])
def test_arrays_of_every_shape_and_number_type_arrive_equal_little_endian_and_aligned(dtype, shape):
    array = np.arange(math.prod(shape)).reshape(shape).astype(dtype)
    received = sent(frame(odd=np.zeros(3, "i1"), array=array)).probes["map"]["array"]
    assert np.array_equal(received, array)
    assert received.shape == shape
    assert received.dtype == array.dtype.newbyteorder("<")
    assert received.flags.aligned


def test_arrays_that_are_not_contiguous_arrive_equal():
    array = np.arange(24.0).reshape(4, 6)[::2, ::-3].T
    assert np.array_equal(sent(frame(array=array)).probes["map"]["array"], array)


def test_received_arrays_are_read_only_views_of_one_message():
    probes = sent(frame(a=np.ones(1000), b=np.zeros(1000))).probes["map"]
    assert not probes["a"].flags.owndata
    with pytest.raises(ValueError, match="read-only"):
        probes["a"][0] = 2.0


@given(cuts=st.lists(st.integers(1, 40), max_size=60))
def test_a_stream_may_be_cut_anywhere(cuts):
    stream = b"".join(wire.encode(command) for command in COMMANDS)
    reader, received, at = wire.Reader(wire.Command), [], 0
    for cut in cuts:
        received += reader.feed(stream[at : at + cut])
        at += cut
    assert received + reader.feed(stream[at:]) == COMMANDS


@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_damaged_byte_gives_a_message_or_a_wire_error_and_nothing_else(place, value):
    stream = bytearray(wire.encode(frame(array=np.arange(6.0).reshape(2, 3))))
    stream[place % len(stream)] = value
    try:
        received = wire.Reader(wire.Answer).feed(bytes(stream))
    except wire.WireError:
        received = []
    assert [type(message) for message in received] in ([], [wire.Frame])


def test_a_length_beyond_the_limit_is_an_error_that_says_so():
    with pytest.raises(wire.WireError, match=r"4,294,967,299 bytes long.*something else wrote into the stream"):
        wire.Reader(wire.Answer).feed(b"\xff" * 8)


def test_a_command_is_no_answer():
    with pytest.raises(wire.WireError, match="cannot be read"):
        wire.Reader(wire.Answer).feed(wire.encode(wire.Pause()))


def test_an_array_that_runs_over_the_end_is_an_error():
    whole = wire.encode(frame(array=np.arange(600.0)))
    short = (len(whole) - 4 - 4000).to_bytes(4, "little") + whole[4:-4000]
    with pytest.raises(wire.WireError, match="runs over the end"):
        wire.Reader(wire.Answer).feed(short)


def test_a_message_that_is_too_long_is_refused_by_its_sender(monkeypatch):
    monkeypatch.setattr(wire, "MAX_BYTES", 10_000)
    with pytest.raises(wire.WireError, match="too long for the screen, which takes 10,000; observe less"):
        wire.encode(frame(array=np.zeros(2000)))


@pytest.mark.parametrize("foreign", [np.array([object()]), object()])
def test_what_cannot_travel_is_refused_by_its_sender(foreign):
    with pytest.raises(wire.WireError, match="cannot travel to the screen"):
        wire.encode(frame(array=foreign))


def test_numpy_scalars_travel_as_numbers():
    assert sent(wire.RunEnded(1, Ended("done", np.int64(7)))).ended.step == 7
