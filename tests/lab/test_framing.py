"""Messages as bytes: arrays of every kind arrive, damage is an error and nothing else."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.lab import framing, wire
from nnlab.lab.events import Ended
from tests.lab.test_wire import COMMANDS, frame, sent


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
    stream = b"".join(framing.encode(command) for command in COMMANDS)
    reader, received, at = framing.Reader(wire.Command), [], 0
    for cut in cuts:
        received += reader.feed(stream[at : at + cut])
        at += cut
    assert received + reader.feed(stream[at:]) == COMMANDS


@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_damaged_byte_gives_a_message_or_a_wire_error_and_nothing_else(place, value):
    stream = bytearray(framing.encode(frame(array=np.arange(6.0).reshape(2, 3))))
    stream[place % len(stream)] = value
    try:
        received = framing.Reader(wire.Answer).feed(bytes(stream))
    except framing.WireError:
        received = []
    assert [type(message) for message in received] in ([], [wire.Frame])


def test_a_length_beyond_the_limit_is_an_error_that_says_so():
    with pytest.raises(framing.WireError, match=r"4,294,967,299 bytes long.*something else wrote into the stream"):
        framing.Reader(wire.Answer).feed(b"\xff" * 8)


def test_a_command_is_no_answer():
    with pytest.raises(framing.WireError, match="cannot be read"):
        framing.Reader(wire.Answer).feed(framing.encode(wire.Pause()))


def test_an_array_that_runs_over_the_end_is_an_error():
    whole = framing.encode(frame(array=np.arange(600.0)))
    short = (len(whole) - 4 - 4000).to_bytes(4, "little") + whole[4:-4000]
    with pytest.raises(framing.WireError, match="runs over the end"):
        framing.Reader(wire.Answer).feed(short)


def test_a_message_that_is_too_long_is_refused_by_its_sender(monkeypatch):
    monkeypatch.setattr(framing, "MAX_BYTES", 10_000)
    with pytest.raises(framing.WireError, match="too long for the screen, which takes 10,000; observe less"):
        framing.encode(frame(array=np.zeros(2000)))


@pytest.mark.parametrize("foreign", [np.array([object()]), object()])
def test_what_cannot_travel_is_refused_by_its_sender(foreign):
    with pytest.raises(framing.WireError, match="cannot travel to the screen"):
        framing.encode(frame(array=foreign))


def test_numpy_scalars_travel_as_numbers():
    assert sent(wire.RunEnded(1, Ended("done", np.int64(7)))).ended.step == 7
