"""Networks that learn clouds of points: XOR, the spirals and their like, and deep stacks whose gradients we watch."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import CORNERS, Dataset, dataset, split, truth_table
from nnlab.data import xor as xor_cloud
from nnlab.lab.authoring import Experiment, Knob, Stream, Supervised, View, experiment, supervised
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.probes import outputs_on
from nnlab.lab.supervised import evaluate

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu")
OPTIMIZERS = ("sgd", "momentum", "adam")
LEARNING_RATE = Knob("learning_rate", 0.3, above=0.0, slider=(0.001, 10.0), log=True, live=True)
POINTS = 200
"""Points to train on, and as many that are held back."""
SQUARE = (-1.2, 1.2, -1.2, 1.2)


def network(sizes: Sequence[int], activation: str, rng: Stream) -> nn.Module:
    """Linear layers of these sizes with the activation in between; Xavier uniform weights, biases 0; logits out."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers.append(nn.Linear(inputs, outputs, rng=rng, initializer="xavier_uniform"))
        layers.append(nn.activation(activation))
    return nn.Sequential(*layers[:-1])


def optimizer(knobs: Knobs, model: nn.Module) -> nn.Optimizer:
    """The optimizer that the knobs name; plain momentum remembers nine tenths."""
    name, rate = str(knobs["optimizer"]), float(knobs["learning_rate"])
    return nn.SGD(model, rate, momentum=0.9) if name == "momentum" else nn.optimizer(name, model, rate)


# --- XOR -------------------------------------------------------------------------------------------------------------


def are_corners_right(state: Supervised) -> Any:
    """Whether all four noise-free corners are on the right side, () or (S,) bool."""
    corners = engine.to_device(CORNERS.astype(np.float32))
    targets = engine.to_device(truth_table("xor")[1][:, None] == 1)
    logits = engine.values(state.model(corners))
    return engine.namespace_of(logits).all((logits > 0) == targets, axis=(-2, -1))


@experiment("xor")
def xor() -> Experiment:
    """80 points around the corners of {0, 1} squared. Solved: the noise-free corners are right."""

    def data(knobs: Knobs, rng: np.random.Generator) -> Dataset:
        return split(*xor_cloud(80, noise=float(knobs["noise"]), rng=rng), test=0.0, rng=rng)

    def model(knobs: Knobs, rng: Stream) -> nn.Module:
        hidden = int(knobs["hidden"])
        return network([2, hidden, 1] if hidden else [2, 1], str(knobs["activation"]), rng)

    return supervised(
        knobs=(
            Knob("hidden", 2, low=0, high=16),
            Knob("activation", "tanh", choices=ACTIVATIONS),
            Knob("optimizer", "sgd", choices=OPTIMIZERS),
            LEARNING_RATE,
            Knob("noise", 0.17, low=0.0, high=1.0, slider=(0.0, 0.5)),
            Knob("batch", 0, low=0, high=80, slider=(0, 80)),
        ),
        data=data,
        model=model,
        optimizer=optimizer,
        loss=engine.binary_cross_entropy_with_logits,
        views=(
            View("network", "graph", "network"),
            View("field", "field", "field", {"names": ("x₁", "x₂"), "note": "ŷ(x)", "readout": "accuracy"}),
            View(
                "loss", "curve", options={"series": ("loss",), "y_range": (0.0, 0.8), "references": {"ln 2": np.log(2)}}
            ),
            View("outputs", "table", "outputs", {"decimals": {"ŷ": 3}, "strong": ("ŷ",), "track": "ŷ"}),
            View("seeds", "strip", "thumbnails", {"readout": "solved"}),
        ),
        probes={"outputs": outputs_on(*truth_table("xor"))},
        goal=are_corners_right,
        steps=3000,
    )


# --- spirals and other clouds -----------------------------------------------------------------------------------------


def sizes(knobs: Knobs) -> list[int]:
    """2 inputs, `layers` hidden layers of `width`, 1 output."""
    return [2, *[int(knobs["width"])] * int(knobs["layers"]), 1]


def is_right_on_unseen(state: Supervised) -> Any:
    """Whether at least 95 % of the held-back points are right, () or (S,) bool."""
    return evaluate(state)["test_accuracy"] >= 0.95


@experiment("spirals")
def spirals() -> Experiment:
    """2-8-8-1 on two spirals, or any other cloud. Solved: 95 % of the unseen points are right."""

    def data(knobs: Knobs, rng: np.random.Generator) -> Dataset:
        return dataset(str(knobs["data"]), 2 * POINTS, noise=float(knobs["noise"]), rng=rng, test=0.5)

    return supervised(
        knobs=(
            Knob("layers", 2, low=0, high=6),
            Knob("width", 8, low=1, high=32),
            Knob("activation", "tanh", choices=ACTIVATIONS),
            Knob("optimizer", "adam", choices=OPTIMIZERS),
            replace(LEARNING_RATE, default=0.01),
            Knob("noise", 0.02, low=0.0, high=1.0, slider=(0.0, 0.4)),
            Knob("batch", 0, low=0, high=POINTS),
            Knob("data", "spirals", choices=("gaussians", "xor", "circles", "moons", "spirals")),
        ),
        data=data,
        model=lambda knobs, rng: network(sizes(knobs), str(knobs["activation"]), rng),
        optimizer=optimizer,
        loss=engine.binary_cross_entropy_with_logits,
        views=(
            View("network", "graph", "network"),
            View("field", "field", "field", {"names": ("x₁", "x₂"), "note": "ŷ(x)", "readout": "test_accuracy"}),
            View("loss", "curve", options={"series": ("loss", "test_loss"), "scale": "log"}),
            View("accuracy", "curve", options={"series": ("test_accuracy", "accuracy"), "y_range": (0.4, 1.0)}),
            View("seeds", "strip", "thumbnails", {"readout": "solved"}),
        ),
        goal=is_right_on_unseen,
        steps=3000,
    )


# --- depth ------------------------------------------------------------------------------------------------------------


def gradient_norms(state: Supervised) -> list[Any]:
    """Length of the gradient of each layer's weights on the whole training set, first layer first, () or (S,) each."""
    state.optimizer.zero_grad()
    state.loss(state.model(state.data.x), state.data.y, leading=state.leading).backward()
    weights = [p for name, p in state.model.named_parameters() if name.endswith("weight")]
    gradients: list[Any] = [weight.grad for weight in weights]
    xp = engine.namespace_of(gradients[0])
    norms = [xp.sqrt(xp.sum(gradient * gradient, axis=(-2, -1))) for gradient in gradients]
    state.optimizer.zero_grad()
    return norms


def observe_gradients(state: Supervised) -> Observation:
    """values (L,): the gradient's length in each layer, as of now, so that fresh weights show theirs as well."""
    return {"values": np.stack([engine.to_host(norm) for norm in gradient_norms(state)], axis=-1)}


def evaluate_depth(state: Supervised) -> Metrics:
    """Measure accuracy, and the first layer's gradient by the last one's."""
    norms = gradient_norms(state)
    return {**evaluate(state), "first_over_last": norms[0] / norms[-1]}


@experiment("depth")
def depth() -> Experiment:
    """Two circles and a stack of narrow layers: how much of the gradient reaches the first one."""

    def data(knobs: Knobs, rng: np.random.Generator) -> Dataset:
        return dataset("circles", POINTS, noise=0.05, rng=rng)

    made = supervised(
        knobs=(
            Knob("layers", 6, low=1, high=12),
            Knob("activation", "sigmoid", choices=ACTIVATIONS),
            Knob("optimizer", "sgd", choices=OPTIMIZERS),
            replace(LEARNING_RATE, default=0.1),
        ),
        data=data,
        model=lambda knobs, rng: network([2, *[16] * int(knobs["layers"]), 1], str(knobs["activation"]), rng),
        optimizer=optimizer,
        loss=engine.binary_cross_entropy_with_logits,
        views=(
            View("gradients", "bars", "gradients", {"scale": "log", "readout": "first_over_last"}),
            View("field", "field", "field", {"names": ("x₁", "x₂"), "note": "ŷ(x)", "readout": "accuracy"}),
            View(
                "loss", "curve", options={"series": ("loss",), "y_range": (0.0, 0.8), "references": {"ln 2": np.log(2)}}
            ),
        ),
        probes={"gradients": observe_gradients},
        steps=500,
    )
    return replace(made, evaluate=evaluate_depth)
