"""Two GANs from one start, side by side: in one D reads single points, in the other two points at once (PacGAN)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnlab.data import MIXTURES
from nnlab.lab.authoring import Experiment, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from . import looks
from .plane import KNOBS, POINTS, Plane, advise, build, evaluate, weights
from .rounds import change, step

NAMES = ("plain", "packed")


@dataclass(slots=True)
class Both:
    """The same start twice; only what D reads at once differs."""

    plain: Plane
    packed: Plane

    def each(self) -> Mapping[str, Plane]:
        """The two by name."""
        return {"plain": self.plain, "packed": self.packed}


def _measure(state: Both) -> Metrics:
    """modes, quality_share and reverse_kl of both; times: plain's reverse KL as a multiple of packed's."""
    measured = {
        f"{name}_{metric}": value
        for name, plane in state.each().items()
        for metric, value in evaluate(plane).items()
        if metric in ("modes", "quality_share", "reverse_kl")
    }
    return {**measured, "times": measured["plain_reverse_kl"] / np.maximum(measured["packed_reverse_kl"], 1e-9)}


def _step(state: Both) -> Metrics:
    return {f"{name}_D_loss": step(plane)["D_loss"] for name, plane in state.each().items()}


def _change(state: Both, name: str, value: KnobValue) -> None:
    for plane in state.each().values():
        change(plane, name, value)


def _points(plane: Plane) -> Observation:
    """The field and the points without arrows: two of them side by side are full enough."""
    return {key: array for key, array in looks.field(plane).items() if key != "arrow/G"}


def _of(name: str, probe: Callable[[Plane], Observation]) -> Callable[[Both], Observation]:
    return lambda state: probe(state.each()[name])


@experiment("packing")
def packing() -> Experiment:
    """Ring of radius 2, sigma 0.02, z 2-D, G and D 2 x 64 LeakyReLU 0.2, Adam 1e-3 beta1 0.5, batch 64, 6,000 steps."""

    def setup(knobs: Knobs, streams: Streams, xp: Any) -> Both:
        mixture = MIXTURES[str(knobs["data"])](sigma=float(knobs["sigma"]))
        both = [
            build({**knobs, "pack": pack, "turn": "both"}, Streams(streams.seeds), mixture)
            for pack in (1, int(knobs["pack"]))
        ]
        return Both(*both)

    own = {"sigma": 0.02, "pack": 2}
    return Experiment(
        knobs=tuple(replace(knob, default=own.get(knob.name, knob.default)) for knob in KNOBS if knob.name != "turn"),
        setup=setup,
        step=_step,
        evaluate=_measure,
        change=_change,
        advise=advise,
        views=(
            View("plain", "field", "plain", POINTS | {"note": "D(x)", "readout": "plain_reverse_kl"}),
            View("packed", "field", "packed", POINTS | {"note": "D(x, x′)", "readout": "packed_reverse_kl"}),
            View(
                "kl",
                "curve",
                options={"series": ("plain_reverse_kl", "packed_reverse_kl"), "y_range": (0.0, 0.5)},
            ),
            View("plain_coverage", "bars", "plain_coverage", {"format": "percent", "direction": "auto"}),
            View("packed_coverage", "bars", "packed_coverage", {"format": "percent", "direction": "auto"}),
        ),
        probes={
            **{name: _of(name, _points) for name in NAMES},
            **{f"{name}_coverage": _of(name, looks.coverage) for name in NAMES},
        },
        steps=6000,
        evaluations=60,
        weights=lambda state: {
            f"{name}.{key}": array for name, plane in state.each().items() for key, array in weights(plane).items()
        },
    )
