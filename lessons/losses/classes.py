"""Several classes, one of them true: softmax and cross-entropy, with labels written in either way."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import Dataset, split
from nnlab.lab.authoring import Experiment, Knob, Stream, Supervised, View, by_knobs, experiment, supervised
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.probes import every_seed, extent, grid_points
from nnlab.lab.supervised import Loss, evaluate

from .formulas import Array
from .states import setup_as

POINTS = 300
"""Points to train on, and as many that are held back."""
CELLS = 48


@dataclass(slots=True)
class Classified(Supervised):
    """Supervised training, and the held-back sample that the table shows."""

    sample: int = 0


def clouds(n: int, classes: int, noise: float, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return n points around `classes` places on a circle of radius 0.7, x (n, 2) float64 and y (n,) int64."""
    y = np.arange(n) % classes
    angle = 2.0 * np.pi * y / classes + np.pi / 2
    x = 0.7 * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return x + noise * rng.standard_normal(x.shape), y


def one_hot(classes: Array, count: int, dtype: Any) -> Array:
    """Write classes (...) as rows (..., count) with a single 1."""
    xp = engine.namespace_of(classes)
    return xp.astype(classes[..., None] == xp.arange(count, dtype=classes.dtype), dtype)  # type: ignore[no-any-return]


def categorical(outputs: engine.Tensor, targets: Array, *, leading: int = 0) -> engine.Tensor:
    """Cross-entropy against one-hot rows; `targets` (..., N) are written as such here."""
    count = outputs.shape[-1]
    rows = one_hot(targets, count, engine.values(outputs).dtype)
    return engine.cross_entropy(outputs, rows, leading=leading)


LABELS: dict[str, Loss] = {"index": engine.cross_entropy, "one_hot": categorical}
"""How labels are written: as the number of the class ("sparse"), or as a row of zeros with a one."""


def softmax(z: Array) -> Array:
    """Probabilities of logits (..., C); the largest is taken off first, so that nothing overflows."""
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def logits(state: Supervised, x: Any) -> Array:
    """What the network puts out for x (..., N, 2): (..., N, C) on the host."""
    with engine.no_grad():
        return engine.to_host(engine.values(state.model(x))).astype(np.float64)


def observe_confusion(state: Supervised) -> Observation:
    """values (C, C): how many held-back samples of the class of the row were taken for the class of the column."""
    z, y = logits(state, state.data.x_test), engine.to_host(state.data.y_test)
    count = z.shape[-1]
    seen, told = one_hot(y, count, np.float64), one_hot(np.argmax(z, axis=-1), count, np.float64)
    return {"values": np.swapaxes(seen, -1, -2) @ told}


def observe_field(state: Supervised) -> Observation:
    """field (H, W): the largest probability anywhere in the plane; the training points with their classes."""
    p = softmax(logits(state, grid_points(extent(state), CELLS))).max(axis=-1)
    return {
        "field": p.reshape(*p.shape[:-1], CELLS, CELLS),
        "points": engine.to_host(state.data.x),
        "labels": engine.to_host(state.data.y),
        "extent": every_seed(state, extent(state)),
    }


def observe_sample(state: Classified) -> Observation:
    """A row for each class of one held-back sample (C,): logit, probability, one-hot label, part of the loss."""
    z = logits(state, state.data.x_test)[..., state.sample, :]
    y = one_hot(engine.to_host(state.data.y_test)[..., state.sample], z.shape[-1], np.float64)
    p = softmax(z)
    columns = {"k": np.arange(z.shape[-1]), "z": z, "p": p, "y": y, "−y ln p": -y * np.log(p)}
    return {name: np.broadcast_to(column, z.shape) for name, column in columns.items()}


def evaluate_classes(state: Supervised) -> Metrics:
    """Measure accuracies, and the loss of an even guess: ln C."""
    p = evaluate(state)
    xp = engine.namespace_of(p["accuracy"])
    count = float(np.log(logits(state, state.data.x).shape[-1]))
    return {**p, "even_guess": xp.full(p["accuracy"].shape, count)}


@experiment("classes")
def classes() -> Experiment:
    """Clouds around a circle. The last layer starts at zero, so a fresh network guesses evenly."""

    def data(knobs: Knobs, rng: np.random.Generator) -> Dataset:
        x, y = clouds(2 * POINTS, int(knobs["classes"]), float(knobs["noise"]), rng)
        return split(x, y, test=0.5, rng=rng)

    def model(knobs: Knobs, rng: Stream) -> nn.Module:
        hidden, count = int(knobs["hidden"]), int(knobs["classes"])
        if not hidden:
            return nn.Sequential(nn.Linear(2, count, rng=rng, initializer="zeros"))
        return nn.Sequential(
            nn.Linear(2, hidden, rng=rng), nn.Tanh(), nn.Linear(hidden, count, rng=rng, initializer="zeros")
        )

    made = supervised(
        knobs=(
            Knob("labels", "index", choices=tuple(LABELS)),
            Knob("classes", 4, low=3, high=5),
            Knob("sample", 0, low=0, high=POINTS - 1, slider=(0, 20)),
            Knob("noise", 0.3, low=0.0, high=1.0),
            Knob("hidden", 8, low=0, high=32),
            Knob("learning_rate", 0.03, above=0.0, slider=(0.001, 1.0), log=True, live=True),
        ),
        data=data,
        model=model,
        optimizer=lambda knobs, model: nn.Adam(model, float(knobs["learning_rate"])),
        loss=by_knobs(lambda knobs: LABELS[str(knobs["labels"])]),
        views=(
            View(
                "confusion",
                "matrix",
                "confusion",
                {
                    "map": "sequential",
                    "rows": ("0", "1", "2", "3", "4"),
                    "columns": ("0", "1", "2", "3", "4"),
                    "decimals": 0,
                    "readout": "test_accuracy",
                },
            ),
            View(
                "field",
                "field",
                "field",
                {"map": "sequential", "limits": (0.2, 1.0), "names": ("x₁", "x₂"), "note": "max p"},
            ),
            View("sample", "table", "sample", {"decimals": {"z": 2, "p": 3, "y": 0, "−y ln p": 3}, "strong": ("p",)}),
            View("loss", "curve", options={"series": ("loss", "even_guess"), "y_range": (0.0, 1.6)}),
        ),
        probes={"confusion": observe_confusion, "field": observe_field, "sample": observe_sample},
        steps=300,
    )

    setup = setup_as(made, Classified, "sample")
    return replace(made, setup=setup, evaluate=evaluate_classes)
