"""Networks that learn clouds of points: XOR, the spirals and their like, and deep stacks whose gradients we watch."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import CORNERS, Dataset, dataset, split, truth_table
from nnlab.data import xor as xor_cloud
from nnlab.lab.authoring import Experiment, Knob, Stream, Streams, Supervised, View, experiment, supervised
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.probes import outputs_on
from nnlab.lab.supervised import evaluate, step

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu")
OPTIMIZERS = ("sgd", "momentum", "adam")
LEARNING_RATE = Knob("learning_rate", 0.3, above=0.0, slider=(0.001, 10.0), log=True, live=True)
POINTS = 200
"""Points to train on, and as many that are held back."""
LAYERS = tuple(map(str, range(1, 14)))
"""Names of the bars: the first layer is 1."""
ACCURACY = View(
    "accuracy",
    "curve",
    options={
        "series": ("accuracy", "test_accuracy"),
        "y_range": (0.4, 1.0),
        "format": "percent",
        "readout": "test_accuracy",
    },
)
"""Shares of the points that are right, on both halves."""


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
            ACCURACY,
            View("seeds", "strip", "thumbnails", {"readout": "solved"}),
        ),
        goal=is_right_on_unseen,
        steps=3000,
    )


# --- depth ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Deep(Supervised):
    """Supervised training that adds up every layer's gradient; () or (S,) arrays of the backend."""

    first_over_last: Any = None
    """The first layer's gradient by the last one's, at the fresh weights."""
    totals: list[Any] = field(default_factory=list)
    """For each layer, the lengths of its gradient added up over the steps."""
    index: int = 0


def gradient_norms(state: Supervised) -> list[Any]:
    """Length of each layer's last gradient, first layer first, () or (S,) each."""
    weights = [p for name, p in state.model.named_parameters() if name.endswith("weight")]
    gradients: list[Any] = [weight.grad for weight in weights]
    xp = engine.namespace_of(gradients[0])
    return [xp.sqrt(xp.sum(gradient * gradient, axis=(-2, -1))) for gradient in gradients]


def step_deep(state: Deep) -> Metrics:
    """One update, and its gradients noted."""
    metrics = step(state)
    state.totals = [total + norm for total, norm in zip(state.totals, gradient_norms(state), strict=True)]
    state.index += 1
    return metrics


def evaluate_deep(state: Deep) -> Metrics:
    """Measure accuracy; the ratio at the fresh weights stays what it was."""
    return {**evaluate(state), "first_over_last": state.first_over_last}


def observe_gradients(state: Deep) -> Observation:
    """values (L,): each layer's gradient, the mean over the steps so far; 0 before the first."""
    means = [engine.to_host(total) / max(1, state.index) for total in state.totals]
    return {"values": np.stack(means, axis=-1)}


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
            View("gradients", "bars", "gradients", {"scale": "log", "names": LAYERS, "readout": "first_over_last"}),
            View("field", "field", "field", {"names": ("x₁", "x₂"), "note": "ŷ(x)", "readout": "accuracy"}),
            View(
                "loss", "curve", options={"series": ("loss",), "y_range": (0.0, 0.8), "references": {"ln 2": np.log(2)}}
            ),
        ),
        probes={"gradients": observe_gradients},
        steps=500,
    )

    def setup(knobs: Knobs, streams: Streams, xp: Any) -> Deep:
        plain = made.setup(knobs, streams, xp)
        plain.loss(plain.model(plain.data.x), plain.data.y, leading=plain.leading).backward()
        norms = gradient_norms(plain)
        plain.optimizer.zero_grad()
        state = Deep(**{part.name: getattr(plain, part.name) for part in fields(plain)})
        state.first_over_last = norms[0] / norms[-1]
        state.totals = [0.0 * norm for norm in norms]
        return state

    return replace(made, setup=setup, step=step_deep, evaluate=evaluate_deep)
