"""A chosen neuron's arithmetic below its network: every number of it, and where it is chosen."""

import numpy as np
import pytest

from nnlab.plots import Palette, draw, graph, numbers
from tests.plots.test_pictures import xor_network

SAMPLES = {
    "answers0": np.array([[1.0, 0.0], [0.5, -0.25]]),
    "answers1": np.array([[0.658, 1.0], [-0.107, 1.0]]),
    "answers2": np.array([[0.945], [0.303]]),
}
OPTIONS = {
    "names": [["x₁", "x₂"], ["h₁", "h₂"], ["ŷ"]],
    "functions": ("tanh", "sigmoid"),
    "truth": ("1", "0"),
    "sample": 1,
    "sample_name": "sample 2/2",
}


def shown(arrays, options, size=(58, 22), palette=None):
    return "\n".join(draw("graph", arrays, options, size, palette or Palette()).lines())


@pytest.mark.parametrize("look", ["braille", "ascii"])
def test_chosen_neuron_tells_weights_bias_sum_and_answer(check, look):
    palette = Palette() if look == "braille" else Palette(depth="mono", glyphs="ascii")
    options = {**OPTIONS, "chosen": (1, 0)}
    check(f"neuron-{look}", draw("graph", xor_network() | SAMPLES, options, (58, 22), palette))


def test_terms_and_bias_add_up_to_the_sum():
    rng = np.random.default_rng(5)
    arrays = {"weights0": rng.normal(size=(3, 2)), "bias0": rng.normal(size=2), "answers0": rng.normal(size=(4, 3))}
    text = shown(arrays, {"chosen": (1, 1), "sample": 2})
    weights, values = arrays["weights0"][:, 1], arrays["answers0"][2]
    for weight, value in zip(weights, values, strict=True):
        assert numbers.fixed(weight, 3) in text
        assert numbers.fixed(weight * value, 3) in text
    assert numbers.fixed(float(weights @ values + arrays["bias0"][1]), 3) in text


def test_without_a_sample_the_weights_and_the_bias_stand_alone():
    text = shown(xor_network(), {"chosen": (1, 1)})
    assert "−2.980" in text
    assert "2.080" in text
    assert "z" not in text.splitlines()[-1]


def test_the_weakest_of_many_terms_share_a_row():
    weights = np.linspace(-1, 1, 64)[:, None]
    arrays = {"weights0": weights, "answers0": np.ones((1, 64))}
    text = shown(arrays, {"chosen": (1, 0)}, (44, 16))
    assert "−1.000" in text
    rest = int(text.split("Σ ")[1].split()[0])
    assert 0 < rest < 64
    assert numbers.fixed(float(weights.sum()), 3) in text


def test_what_follows_the_sum_is_written_around_it():
    arrays = {"weights0": np.ones((1, 1)), "answers0": np.ones((1, 1)), "answers1": np.full((1, 1), 0.5)}
    assert "ReLU(layernorm(z))" in shown(arrays, {"chosen": (1, 0), "functions": ("layernorm relu",)})


def test_neurons_of_several_hidden_layers_have_different_names():
    rng = np.random.default_rng(0)
    arrays = {f"weights{i}": rng.normal(size=size) for i, size in enumerate([(2, 3), (3, 3), (3, 1)])}
    text = shown(arrays, {"chosen": (2, 1)})
    assert "h⁽²⁾₂ = " in text
    assert "h⁽¹⁾₃" in text


@pytest.mark.parametrize("chosen", [None, (1, 9), (2, 0)])
def test_every_node_that_is_shown_can_be_picked(chosen):
    rng = np.random.default_rng(0)
    arrays = {"weights0": rng.normal(size=(2, 12)), "weights1": rng.normal(size=(12, 1))}
    options = {"chosen": chosen} if chosen else {}
    size = (60, 30)
    cells = ((column, row) for row in range(size[1]) for column in range(size[0]))
    found = {graph.pick(arrays, options, size, Palette(), *cell) for cell in cells} - {None}
    assert {(0, 0), (0, 1), (2, 0)} <= found
    assert chosen is None or chosen in found
    assert len([place for place in found if place[0] == 1]) > 3


def test_a_choice_beyond_the_network_is_its_last_neuron():
    assert "ŷ" in shown(xor_network(), {"chosen": (7, 7)}).splitlines()[-4]


@pytest.mark.parametrize("columns", [58, 42, 30, 20])
def test_the_answer_stands_in_a_card_of_any_width(columns):
    rng = np.random.default_rng(1)
    arrays = {f"weights{i}": rng.normal(size=size) for i, size in enumerate([(2, 8), (8, 8), (8, 1)])}
    arrays |= {f"bias{i}": rng.normal(size=size) for i, size in enumerate([8, 8, 1])}
    arrays |= {f"answers{i}": np.full((1, size), 0.5) for i, size in enumerate([2, 8, 8, 1])}
    options = {"chosen": (2, 0), "functions": ("tanh", "tanh", ""), "sample_name": "sample 1/32", "truth": ("1",)}
    rows = shown(arrays, options, (columns, 16)).splitlines()
    assert rows[-1].endswith("0.500")
