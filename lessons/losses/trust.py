"""How far to trust an answer: a network that is too large for its data, its confusion matrix and its calibration."""

from dataclasses import dataclass, replace

import numpy as np

from nnlab import engine, nn
from nnlab.data import Dataset
from nnlab.lab.authoring import Experiment, Knob, Stream, Supervised, View, by_knobs, experiment, supervised
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.supervised import Loss

from .classes import logits
from .formulas import Array, sigmoid
from .states import setup_as

TRAIN, HELD_BACK = 80, 2000
BINS = 10
SURE = 0.9
"""A probability from here on, for either class, counts as sure."""


@dataclass(slots=True)
class Trusted(Supervised):
    """Supervised training, and how the outputs are read."""

    threshold: float = 0.5
    """An output above it says class 1."""
    temperature: float = 1.0
    """Every logit is divided by it."""


def clouds(share: float, noise: float, rng: np.random.Generator) -> Dataset:
    """Two round clouds that overlap; `share` of the points belong to class 1, the rest to class 0."""

    def draw(n: int) -> tuple[Array, Array]:
        y = (np.arange(n) < round(share * n)).astype(np.int64)
        centre = np.where(y == 1, 0.5, -0.5)[:, None]
        return centre + noise * rng.standard_normal((n, 2)), y

    return Dataset(*draw(TRAIN), *draw(HELD_BACK), ("x1", "x2"), 2)


def squared(outputs: engine.Tensor, targets: Array, *, leading: int = 0) -> engine.Tensor:
    """The mean square of sigmoid(logit) - target."""
    loss: engine.Tensor = engine.mse_loss(engine.sigmoid(outputs), targets, leading=leading)
    return loss


LOSSES: dict[str, Loss] = {"bce": engine.binary_cross_entropy_with_logits, "mse": squared}


def told(state: Trusted) -> tuple[Array, Array]:
    """Probability of class 1, and whether it is class 1, of every held-back point: (..., N) each."""
    z = logits(state, state.data.x_test)[..., 0]
    return sigmoid(z / state.temperature), engine.to_host(state.data.y_test)[..., 0] > 0.5


def binned(p: Array, y: Array) -> tuple[Array, Array, Array]:
    """Points, mean probability and share of class 1 in each of BINS equal bins of p (..., N): (..., BINS) each."""
    within = np.minimum((p * BINS).astype(np.int64), BINS - 1)[..., None] == np.arange(BINS)
    count = within.sum(axis=-2)
    with np.errstate(invalid="ignore"):
        return count, (within * p[..., None]).sum(axis=-2) / count, (within * y[..., None]).sum(axis=-2) / count


def evaluate(state: Trusted) -> Metrics:
    """Measure accuracy, losses and trust on the held-back points, in the way that the knobs read the outputs."""
    p, y = told(state)
    said = p > state.threshold
    confidence, right = np.maximum(p, 1 - p), (p > 0.5) == y
    is_sure = confidence >= SURE
    count, mean, share = binned(p, y)
    gap = np.where(count > 0, np.abs(mean - share), 0.0)
    tested = engine.values(state.model(state.data.x_test))
    known = engine.to_host(state.data.y)[..., 0] > 0.5
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "test_loss": engine.to_host(engine.values(state.loss(tested, state.data.y_test, leading=state.leading))),
            "accuracy": ((logits(state, state.data.x)[..., 0] > 0.0) == known).mean(axis=-1),
            "test_accuracy": (said == y).mean(axis=-1),
            "calibration_error": (gap * count).sum(axis=-1) / p.shape[-1],
            "recall": (said & y).sum(axis=-1) / np.maximum(y.sum(axis=-1), 1),
            "precision": (said & y).sum(axis=-1) / np.maximum(said.sum(axis=-1), 1),
            "sure_accuracy": (right & is_sure).sum(axis=-1) / np.maximum(is_sure.sum(axis=-1), 1),
            "sure_confidence": (confidence * is_sure).sum(axis=-1) / np.maximum(is_sure.sum(axis=-1), 1),
        }


def observe_confusion(state: Trusted) -> Observation:
    """values (2, 2): held-back points by class (row) and by what is said of them (column)."""
    p, y = told(state)
    said = p > state.threshold
    cells = [[(truth & answer).sum(axis=-1) for answer in (~said, said)] for truth in (~y, y)]
    return {"values": np.stack([np.stack(row, axis=-1) for row in cells], axis=-2).astype(np.float64)}


def observe_reliability(state: Trusted) -> Observation:
    """In each bin with ten points or more: what the network says on average, and how often it is so; and the ideal."""
    count, mean, share = binned(*told(state))
    kept = count >= 10
    mean, share = np.where(kept, mean, np.nan), np.where(kept, share, np.nan)
    shape = mean.shape[:-1]
    ideal = np.broadcast_to(np.array([0.0, 1.0]), (*shape, 2))
    return {
        "y/x": mean,
        "y/y": share,
        "y/points": np.stack([mean, share], axis=-1),
        "ŷ = y/x": ideal,
        "ŷ = y/y": ideal,
    }


def observe_outputs(state: Trusted) -> Observation:
    """values (BINS,): how many held-back points fall into each bin; edges (BINS + 1,)."""
    count = binned(*told(state))[0]
    edges = np.linspace(0.0, 1.0, BINS + 1)
    return {"values": count.astype(np.float64), "edges": np.broadcast_to(edges, (*count.shape[:-1], BINS + 1))}


@experiment("trust")
def trust() -> Experiment:
    """80 points to learn by heart, 2,000 to be judged by."""

    def data(knobs: Knobs, rng: np.random.Generator) -> Dataset:
        return clouds(float(knobs["share"]), float(knobs["noise"]), rng)

    def model(knobs: Knobs, rng: Stream) -> nn.Module:
        width = int(knobs["width"])
        if not width:
            return nn.Sequential(nn.Linear(2, 1, rng=rng))
        return nn.Sequential(nn.Linear(2, width, rng=rng), nn.Tanh(), nn.Linear(width, 1, rng=rng))

    made = supervised(
        knobs=(
            Knob("temperature", 1.0, above=0.0, slider=(0.1, 10.0), log=True),
            Knob("threshold", 0.5, low=0.0, high=1.0),
            Knob("loss", "bce", choices=tuple(LOSSES)),
            Knob("share", 0.5, low=0.02, high=0.98),
            Knob("noise", 0.6, low=0.0, high=2.0),
            Knob("width", 32, low=0, high=64),
            Knob("learning_rate", 0.03, above=0.0, slider=(0.001, 1.0), log=True, live=True),
        ),
        data=data,
        model=model,
        optimizer=lambda knobs, model: nn.Adam(model, float(knobs["learning_rate"])),
        loss=by_knobs(lambda knobs: LOSSES[str(knobs["loss"])]),
        views=(
            View(
                "reliability",
                "curve",
                "reliability",
                {
                    "x_range": (0.0, 1.0),
                    "y_range": (0.0, 1.0),
                    "x_name": "ŷ",
                    "legend": "none",
                    "colours": {"y": "s1", "ŷ = y": "muted"},
                    "readout": "calibration_error",
                },
            ),
            View("confusion", "matrix", "confusion", {"map": "sequential", "rows": ("0", "1"), "columns": ("0", "1")}),
            View("outputs", "bars", "outputs", {"direction": "up", "colour": "s1"}),
            View("field", "field", "field", {"names": ("x₁", "x₂"), "note": "ŷ(x)", "readout": "test_accuracy"}),
            View(
                "found",
                "curve",
                options={"series": ("recall", "precision"), "y_range": (0.0, 1.0), "format": "percent"},
            ),
            View("loss", "curve", options={"series": ("loss", "test_loss"), "y_range": (0.0, 1.0)}),
        ),
        probes={"confusion": observe_confusion, "reliability": observe_reliability, "outputs": observe_outputs},
        steps=600,
        evaluations=40,
    )
    setup = setup_as(made, Trusted, "threshold", "temperature")
    return replace(made, setup=setup, evaluate=evaluate)
