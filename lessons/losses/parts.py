"""Identity documents with several parts, or none: many labels can be true at once, and softmax cannot say so."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import Dataset
from nnlab.lab.authoring import Experiment, Knob, Stream, Supervised, View, by_knobs, experiment, supervised
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.supervised import Loss

from .classes import logits, softmax
from .formulas import Array, sigmoid
from .states import setup_as

PARTS = ("photo", "name", "number", "stamp")
FEATURES = 12
"""A scanner's measurements of a document."""
TRAIN, HELD_BACK = 300, 300
CUTS = np.linspace(0.02, 0.98, 49)
"""The thresholds that are tried to find the best."""
SHOWN = 8
"""Documents in the picture."""


@dataclass(slots=True)
class Judged(Supervised):
    """Supervised training, and the output from which on a part counts as there."""

    threshold: float = 0.5


def documents(noise: float, rng: np.random.Generator) -> Dataset:
    """Draw documents: each part is there or not, by a fair coin; x adds up the marks of the parts that are there.

    x (n, FEATURES) float64, y (n, 4) float64 of 0 and 1: any number of ones, none among them.
    """
    n = TRAIN + HELD_BACK
    marks = rng.standard_normal((len(PARTS), FEATURES)) / np.sqrt(FEATURES) * 2.0
    y = (rng.uniform(size=(n, len(PARTS))) < 0.5).astype(np.float64)
    x = y @ marks + noise * rng.standard_normal((n, FEATURES))
    return Dataset(x[:TRAIN], y[:TRAIN], x[TRAIN:], y[TRAIN:], tuple(f"x{i + 1}" for i in range(FEATURES)), 0)


def sigmoids(outputs: engine.Tensor, targets: Array, *, leading: int = 0) -> engine.Tensor:
    """Each part by itself: the mean binary cross-entropy of all logits (..., N, 4); targets (..., N, 4, 1)."""
    loss: engine.Tensor = engine.binary_cross_entropy_with_logits(outputs, targets[..., 0], leading=leading)
    return loss


def one_softmax(outputs: engine.Tensor, targets: Array, *, leading: int = 0) -> engine.Tensor:
    """The parts share one softmax: k parts that are there get 1/k each as their target, an empty document 1/4."""
    xp = engine.namespace_of(targets)
    there = targets[..., 0]
    count = xp.sum(there, axis=-1, keepdims=True)
    shares = xp.where(count > 0, there / xp.maximum(count, 1.0), xp.ones_like(there) / len(PARTS))
    loss: engine.Tensor = engine.cross_entropy(outputs, shares, leading=leading)
    return loss


HEADS: dict[str, Loss] = {"softmax": one_softmax, "sigmoid": sigmoids}


def outputs(state: Supervised, x: Any) -> Array:
    """What the network says of each part of x (..., N, FEATURES): (..., N, 4) in [0, 1], by its own head."""
    z = logits(state, x)
    return softmax(z) if state.loss is one_softmax else sigmoid(z)


def evaluate(state: Judged) -> Metrics:
    """Measure the documents and the parts that are told right, and the most documents that any threshold allows."""
    truth = engine.to_host(state.data.y_test)[..., 0] > 0.5
    right = (outputs(state, state.data.x_test) > state.threshold) == truth
    tested = engine.values(state.model(state.data.x_test))
    loss = engine.values(state.loss(tested, state.data.y_test, leading=state.leading))
    return {
        "test_loss": loss,
        "document_accuracy": right.all(axis=-1).mean(axis=-1),
        "part_accuracy": right.mean(axis=(-2, -1)),
        "best_accuracy": best_accuracy(state),
    }


def best_accuracy(state: Supervised) -> Array:
    """The most documents that are told right under any threshold, as a share (...)."""
    truth = engine.to_host(state.data.y_test)[..., 0] > 0.5
    said = outputs(state, state.data.x_test)
    shares = [((said > cut) == truth).all(axis=-1).mean(axis=-1) for cut in CUTS]
    return np.asarray(np.max(np.stack(shares), axis=0))


def observe_truth(state: Supervised) -> Observation:
    """values (4, SHOWN): which parts the first held-back documents have."""
    return {"values": np.swapaxes(engine.to_host(state.data.y_test)[..., :SHOWN, :, 0], -1, -2)}


def observe_said(state: Supervised) -> Observation:
    """values (4, SHOWN): what the network says of the same documents."""
    return {"values": np.swapaxes(outputs(state, state.data.x_test)[..., :SHOWN, :], -1, -2)}


def observe_sums(state: Supervised) -> Observation:
    """A row for each document shown: its parts, what the four outputs add up to, and the largest (SHOWN,)."""
    said = outputs(state, state.data.x_test)[..., :SHOWN, :]
    truth = engine.to_host(state.data.y_test)[..., :SHOWN, :, 0]
    number = np.broadcast_to(np.arange(1, SHOWN + 1), said.shape[:-1])
    return {"n": number, "Σ y": truth.sum(axis=-1), "Σ p": said.sum(axis=-1), "max p": said.max(axis=-1)}


@experiment("parts")
def parts() -> Experiment:
    """Four parts, 12 measurements, one linear layer; the head decides what the outputs can mean."""

    def data(knobs: Knobs, rng: np.random.Generator) -> Dataset:
        return documents(float(knobs["noise"]), rng)

    def model(knobs: Knobs, rng: Stream) -> nn.Module:
        return nn.Sequential(nn.Linear(FEATURES, len(PARTS), rng=rng))

    names = {"rows": PARTS, "columns": tuple(str(i) for i in range(1, SHOWN + 1)), "map": "sequential"}
    picture = {**names, "limits": (0.0, 1.0)}
    made = supervised(
        knobs=(
            Knob("head", "softmax", choices=tuple(HEADS)),
            Knob("threshold", 0.5, low=0.0, high=1.0),
            Knob("noise", 0.15, low=0.0, high=2.0, slider=(0.0, 1.0)),
            Knob("learning_rate", 0.03, above=0.0, slider=(0.001, 1.0), log=True, live=True),
        ),
        data=data,
        model=model,
        optimizer=lambda knobs, model: nn.Adam(model, float(knobs["learning_rate"])),
        loss=by_knobs(lambda knobs: HEADS[str(knobs["head"])]),
        views=(
            View("said", "matrix", "said", {**picture, "decimals": 1}),
            View("truth", "matrix", "truth", {**picture, "decimals": 0}),
            View("sums", "table", "sums", {"decimals": {"n": 0, "Σ y": 0, "Σ p": 3, "max p": 3}, "strong": ("Σ p",)}),
            View(
                "accuracy",
                "curve",
                options={"series": ("document_accuracy", "part_accuracy"), "y_range": (0.0, 1.0), "format": "percent"},
            ),
            View("loss", "curve", options={"series": ("loss", "test_loss"), "y_range": (0.0, 1.4)}),
        ),
        probes={"truth": observe_truth, "said": observe_said, "sums": observe_sums},
        steps=300,
        evaluations=30,
    )

    setup = setup_as(made, Judged, "threshold")
    return replace(made, setup=setup, evaluate=evaluate)
