from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from nnlab.lab.course import find_course
from nnlab.lab.errors import UsageError
from nnlab.lab.events import Change
from nnlab.lab.headless import make_settings
from nnlab.lab.lesson import load
from nnlab.lab.training import Training
from nnlab.lab.workbench.layer_line import read_layers
from nnlab.lab.workbench.line_error import LineError
from nnlab.lab.workbench.network import describe


def texts(line):
    return [layer.text for layer in read_layers(line)]


@pytest.mark.parametrize(
    ("line", "layers"),
    [
        ("", []),
        ("8 tanh, 8 tanh", ["dense 8 tanh", "dense 8 tanh"]),
        ("dense 8 tanh, dropout 0.1, dense 3", ["dense 8 tanh", "dropout 0.1", "dense 3"]),
        (
            "conv 8 3x3, relu, maxpool 2, flatten, 10",
            ["conv 8 3x3", "relu", "maxpool 2", "flatten", "dense 10"],
        ),
        ("conv 4 5 stride 2 pad 1 ReLU", ["conv 4 5x5 stride 2 pad 1 relu"]),
        ("conv 4 3x3 same swish, maxpool", ["conv 4 3x3 same silu", "maxpool 2"]),
        ("embed 32, lstm 128", ["embed 32", "lstm 128"]),
        ("dense 4 no-bias", ["dense 4 no-bias"]),
    ],
)
def test_lines_are_read(line, layers):
    assert texts(line) == layers
    assert texts(", ".join(texts(line))) == layers


@pytest.mark.parametrize(
    ("line", "place", "said"),
    [
        ("8 tahn", 2, "no word for dense 'tahn'; did you mean 'tanh'"),
        ("8 tanh, dnse 4", 8, "no layer 'dnse'; did you mean 'dense'"),
        ("8 tanh,, 8", 7, "no layer between two commas"),
        ("8 tanh 8 tanh", 7, "put a comma before the next layer"),
        ("tanh 8", 5, "put a comma between two layers"),
        ("dense", 5, "needs a number behind it; write dense 8 tanh"),
        ("dense tanh", 6, "needs a number behind it"),
        ("dense 0", 6, "dense takes a whole number from 1 to 4096, not 0"),
        ("dense 2.5", 6, "a whole number"),
        ("dropout 1", 8, "dropout takes a number from 0 to 0.95, not 1"),
        ("conv 8", 6, "needs the size of its kernel; write conv 8 3x3 relu"),
        ("conv 8 3x3 stride 0", 18, "from 1 to 64"),
        ("flatten 3", 8, "put a comma|takes no '3'"),
    ],
)
def test_wrong_lines_say_where_and_what_to_do(line, place, said):
    with pytest.raises(LineError, match=said) as caught:
        read_layers(line)
    assert caught.value.place == place
    assert f"character {place + 1}" in str(caught.value)


def test_shapes_and_parameters_of_each_layer():
    described = describe("conv 8 3x3 relu, maxpool 2, flatten, dropout 0.5, 16 relu", (1, 8, 8), outputs=10)
    assert [layer.output for layer in described] == [(8, 6, 6), (8, 3, 3), (72,), (72,), (16,), (10,)]
    assert [layer.parameters for layer in described] == [80, 0, 0, 0, 73 * 16, 170]
    assert [layer.is_added for layer in described] == [False] * 5 + [True]


def test_a_line_that_ends_with_its_output_layer_gets_none():
    assert len(describe("8 tanh, dense 3", (4,), outputs=3)) == 2
    assert len(describe("8 tanh, dense 3", (4,), outputs=2)) == 3


@pytest.mark.parametrize(
    ("line", "shape", "place", "said"),
    [
        ("8 tanh", (1, 8, 8), 0, "needs a row of numbers, but gets maps of 1x8x8; put flatten"),
        ("conv 8 9x9", (1, 8, 8), 0, "is larger than its input of 1x8x8"),
        ("conv 8 3x3, maxpool 4, maxpool 4, flatten", (1, 8, 8), 23, "is larger than its input of 8x1x1"),
        ("conv 8 3x3", (4,), 0, "needs images, but gets 4 numbers"),
        ("4 tanh, embed 8", (4,), 8, "embed needs tokens"),
        ("lstm 8", (), 0, "begin with embed 16"),
        ("conv 8 3x3", (1, 8, 8), 9, "the output layer needs a row of numbers"),
        ("conv 8 2x2 same", (1, 8, 8), 0, "same needs an odd kernel"),
        ("4096, 4096, 4096", (4000,), 6, "weights, 20,000,000 are the most"),
    ],
)
def test_layers_that_cannot_fit_say_where(line, shape, place, said):
    with pytest.raises(LineError, match=said) as caught:
        describe(line, shape, outputs=2)
    assert caught.value.place == place


ITEMS = (
    *("3 tanh", "dropout 0.1", "batchnorm", "layernorm", "conv 2 3x3 relu", "conv 2 2 stride 2", "maxpool 2"),
    *("avgpool 2 stride 1", "globalpool", "flatten", "embed 3", "rnn 3", "lstm 3", "gru 3", "softmax", "relu"),
)
OWN_DATA = {"table": {"samples": 20}, "images": {"samples": 20}, "text": {"length": 4, "vocabulary": 10}}


@pytest.mark.parametrize("experiment", OWN_DATA)
def test_a_line_either_learns_or_is_refused_with_its_place(experiment):
    """Every one and every pair of layers: what is planned can be trained."""
    loaded, learned = load(find_course().lesson("workbench")), 0
    for line in (*ITEMS, *map(", ".join, product(ITEMS, repeat=2))):
        knobs = {**OWN_DATA[experiment], "layers": line, "batch": 8}
        try:
            training = Training(*make_settings(loaded, experiment, knobs, steps=1))
        except LineError:
            continue
        training.advance(1)
        assert training.ended.status == "done"
        learned += 1
    assert learned >= 8


@pytest.mark.parametrize(("batch", "size"), [(1, 14), (13, 14)])
def test_a_step_of_one_sample_is_refused_before_a_batch_normalization(batch, size):
    knobs = {"samples": 20, "layers": "3 tanh, batchnorm", "batch": batch}
    loaded = load(find_course().lesson("workbench"))
    with pytest.raises(UsageError, match=f"batch is {batch}, which leaves 1 of {size} samples to a step"):
        Training(*make_settings(loaded, "table", knobs))
    training = Training(*make_settings(loaded, "table", {**knobs, "batch": 0}))
    training.change(Change("batch", batch))
    with pytest.raises(UsageError, match="batchnorm needs two at least"):
        training.advance(1)


def test_a_refused_change_costs_none_of_those_beside_it():
    loaded = load(find_course().lesson("workbench"))
    knobs = {"samples": 20, "layers": "3 tanh, batchnorm"}
    training = Training(*make_settings(loaded, "table", knobs, steps=4))
    training.advance(1)
    asked = (Change("learning_rate", 0.5), Change("batch", 1), Change("l1", 0.01))
    for change in asked:
        training.change(change)
    with pytest.raises(UsageError, match="batch is 1"):
        training.advance(3)
    block = training.advance(3)
    assert block.applied == ((2, asked[0]), (2, asked[2]))
    experiment, settings = make_settings(loaded, "table", knobs, steps=4)
    again = Training(experiment, replace(settings, changes=block.applied))
    again.advance(1)
    np.testing.assert_array_equal(again.advance(3).metrics["loss"], block.metrics["loss"])
