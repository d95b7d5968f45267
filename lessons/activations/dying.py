"""The same fresh network at three learning rates, side by side: how many ReLU units does each rate kill."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import Dataset, dataset
from nnlab.lab import probes
from nnlab.lab.authoring import Experiment, Knob, Stream, Streams, Supervised, View, experiment, supervised
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue
from nnlab.lab.supervised import evaluate, step

from .family import TRAINABLE, layer
from .firing import dead, firing

POINTS = 200
FACTORS = {"third": 1.0 / 3.0, "": 1.0, "triple": 3.0}
"""Ending of a metric's name -> what the knob's learning rate is multiplied by."""
OWN = 1
"""Place of the knob's own rate among them."""
LARGEST = 1e6
"""A companion that has lost itself is written down with this loss, so that it does not end the run."""


@dataclass(slots=True)
class Trio:
    """Three runs from the same weights through the same batches."""

    runs: list[Supervised]
    activation: str


def network(knobs: Knobs, rng: Stream) -> nn.Module:
    """2-width-1, He's weights for all activations alike."""
    width = int(knobs["width"])
    return nn.Sequential(
        nn.Linear(2, width, rng=rng, initializer="he_normal"),
        layer(str(knobs["activation"])),
        nn.Linear(width, 1, rng=rng, initializer="he_normal"),
    )


def _named(name: str, ending: str) -> str:
    return f"{name}_{ending}" if ending else name


def step_all(trio: Trio) -> Metrics:
    """One update each."""
    metrics: dict[str, Any] = {}
    for ending, run in zip(FACTORS, trio.runs, strict=True):
        loss = step(run)["loss"]
        if ending:
            xp = engine.namespace_of(loss)
            loss = xp.where(xp.isfinite(loss) & (loss < LARGEST), loss, xp.full_like(loss, LARGEST))
        metrics[_named("loss", ending)] = loss
    return metrics


def evaluate_all(trio: Trio) -> Metrics:
    """Dead units of each, and accuracy of the knob's own rate."""
    counts = {
        _named("dead", ending): dead(run, trio.activation) for ending, run in zip(FACTORS, trio.runs, strict=True)
    }
    return {**evaluate(trio.runs[OWN]), **counts}


def change(trio: Trio, name: str, value: KnobValue) -> None:
    """Apply the live learning rate to all three."""
    for factor, run in zip(FACTORS.values(), trio.runs, strict=True):
        run.optimizer.learning_rate = float(value) * factor


def observe_units(trio: Trio) -> Observation:
    """firing (3, H): share of the samples on which each unit fires; names (3,): the learning rates."""
    shares = np.stack([firing(run, trio.activation) for run in trio.runs], axis=-2)
    names = np.array([f"η = {float(run.optimizer.learning_rate):.3g}" for run in trio.runs])
    return {"firing": shares, "names": np.broadcast_to(names, (*shares.shape[:-2], len(names)))}


def _own(probe: Callable[[Supervised], Observation]) -> Callable[[Trio], Observation]:
    return lambda trio: probe(trio.runs[OWN])


@experiment("dying")
def dying() -> Experiment:
    """Two moons, 64 hidden units, batches of 20."""

    def data(knobs: Knobs, rng: np.random.Generator) -> Dataset:
        return dataset(str(knobs["data"]), POINTS, noise=0.1, rng=rng)

    rate = Knob("learning_rate", 6.0, above=0.0, slider=(0.01, 100.0), log=True, live=True)
    made = supervised(
        knobs=(
            rate,
            Knob("activation", "relu", choices=TRAINABLE),
            Knob("width", 64, low=1, high=128, slider=(8, 128)),
            Knob("batch", 20, low=0, high=POINTS),
            Knob("data", "moons", choices=("xor", "circles", "moons", "spirals")),
        ),
        data=data,
        model=network,
        optimizer=lambda knobs, model: nn.SGD(model, float(knobs["learning_rate"])),
        loss=engine.binary_cross_entropy_with_logits,
        views=(
            View("units", "units", "units", {"current": OWN}),
            View("field", "field", "field", {"names": ("x₁", "x₂"), "note": "ŷ(x)", "readout": "accuracy"}),
            View("dead", "curve", options={"series": ("dead", "dead_third", "dead_triple"), "format": "count"}),
            View("loss", "curve", options={"series": ("loss", "loss_third"), "y_range": (0.0, 0.8)}),
        ),
        steps=600,
    )

    def setup(knobs: Knobs, streams: Streams, xp: Any) -> Trio:
        own = float(knobs["learning_rate"])
        runs = [
            made.setup({**knobs, "learning_rate": own * factor}, Streams(streams.seeds), xp)
            for factor in FACTORS.values()
        ]
        return Trio(runs, str(knobs["activation"]))

    return replace(
        made,
        setup=setup,
        step=step_all,
        evaluate=evaluate_all,
        change=change,
        probes={"units": observe_units, "field": _own(probes.field)},
        weights=lambda trio: {n: engine.to_host(v) for n, v in trio.runs[OWN].model.state_dict().items()},
        samples=lambda trio: trio.runs[OWN].batch or trio.runs[OWN].data.size,
    )
