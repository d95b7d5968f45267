"""The speed limit: plain descent against tuned momentum on a ravine whose best settings theory knows."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from .race import COLOURED
from .runners import MARKERS, SHOWN, Runner, Trail
from .starts import surface_view
from .surfaces import Array, Surface, ravine

CLOSE = 1e-6
"""The race is over at this share of the first distance."""


@dataclass(frozen=True, slots=True)
class Theory:
    """The best settings for curvatures 1 and kappa, and the share of the distance that is left after a step."""

    rate: float
    momentum: float
    left: float

    @property
    def steps(self) -> int:
        """Steps until a share CLOSE is left, if every step leaves exactly `left` (0: at once)."""
        return math.ceil(math.log(CLOSE) / math.log(self.left)) if self.left > 0 else 1


def theory(name: str, kappa: float) -> Theory:
    """Plain descent: rate 2/(1+k), (k-1)/(k+1) left. Momentum: rate (2/(1+√k))², decay and left by (√k-1)/(√k+1)."""
    if name == "sgd":
        return Theory(2 / (1 + kappa), 0.0, (kappa - 1) / (kappa + 1))
    root = math.sqrt(kappa)
    left = (root - 1) / (root + 1)
    return Theory((2 / (1 + root)) ** 2, left**2, left)


def swing(kappa: float) -> float:
    """How far momentum at its best swings across the ravine from y = 1: the map must be that high."""
    best, y, m, farthest = theory("momentum", kappa), 1.0, 0.0, 1.0
    for _ in range(100):
        m = best.momentum * m + kappa * y
        y -= best.rate * m
        farthest = max(farthest, abs(y))
    return farthest


@dataclass(slots=True)
class Limit:
    """The state: two runners from (1, 1). Nothing here is random: with several seeds all are alike."""

    surface: Surface
    kappa: float
    runners: list[Runner]
    trails: list[Trail]
    arrived: Array
    """The step at which each came CLOSE (2, ...); -1 before."""
    index: int = 0


def setup(knobs: Knobs, streams: Streams, xp: Any) -> Limit:
    """f = (x² + kappa y²)/2 from (1, 1), each with the best settings there are."""
    kappa = float(knobs["kappa"])
    start = np.ones((*(len(streams.seeds),) * streams.leading, 2))
    runners = []
    for name in ("sgd", "momentum"):
        best = theory(name, kappa)
        runners.append(Runner(name, start, best.rate * float(knobs["factor"]), momentum=best.momentum or 0.9))
    trails = [Trail(), Trail()]
    for trail in trails:
        trail.points.append(start)
    return Limit(ravine(kappa, 0.0), kappa, runners, trails, np.full((2, *start.shape[:-1]), -1.0))


def step(state: Limit) -> Metrics:
    """One step of both; the share of the first distance that is left."""
    state.index += 1
    left = {}
    for i, (runner, trail) in enumerate(zip(state.runners, state.trails, strict=True)):
        runner.step(state.surface.slope(runner.at))
        trail.points.append(runner.at)
        left[runner.name] = np.sqrt(np.sum(runner.at**2, axis=-1) / np.sum(trail.points[0] ** 2, axis=-1))
        is_new = (left[runner.name] <= CLOSE) & (state.arrived[i] < 0)
        state.arrived[i] = np.where(is_new, state.index, state.arrived[i])
    return left


def evaluate(state: Limit) -> Metrics:
    """Measure the steps that each needed, -1 while it is under way."""
    return {"sgd_steps": state.arrived[0].copy(), "momentum_steps": state.arrived[1].copy()}


def observe_surface(state: Limit) -> Observation:
    """The ravine and both trails."""
    shape = state.arrived.shape[1:]
    high = 1.15 * swing(state.kappa)
    extent = (-0.4, 1.2, -high, 1.05 * high)  # not even: y = 0 lies inside a row, not between two
    picture = Surface(state.surface.height, state.surface.slope, (1.0, 1.0), ((0.0, 0.0),), extent).picture()
    return {
        "field": np.broadcast_to(picture, (*shape, *picture.shape)),
        "extent": np.broadcast_to(extent, (*shape, 4)),
        **{f"trail/{runner.name}": trail.drawn() for runner, trail in zip(state.runners, state.trails, strict=True)},
        "mark/min": np.zeros((*shape, 2)),
    }


def observe_theory(state: Limit) -> Observation:
    """A row per runner: its settings, what is left after a step, the steps that theory counts, and those it needed.

    Before the first step nothing is foretold: the page asks for it.
    """
    shape = (*state.arrived.shape[1:], 2)
    best = [theory(runner.name, state.kappa) for runner in state.runners]
    columns = {
        " ": np.array([MARKERS[runner.name] for runner in state.runners]),
        "name": np.array([runner.name for runner in state.runners]),
        "η": np.array([float(runner.optimizer.learning_rate) for runner in state.runners]),
        "β": np.array([one.momentum for one in best]),
        "ρ": np.array([one.left for one in best]),
        "t(ρ)": np.array([float(one.steps) for one in best]),
    }
    if state.index == 0:
        columns |= {name: np.full(2, np.nan) for name in ("ρ", "t(ρ)")}
    arrived = np.moveaxis(np.where(state.arrived > 0, state.arrived, np.nan), 0, -1)
    return {**{name: np.broadcast_to(column, shape) for name, column in columns.items()}, "t": arrived}


@experiment("convergence")
def convergence() -> Experiment:
    """Two runners with the best settings that exist for a ravine of this kappa."""
    ground = surface_view(("x", "y"))
    formats = {"η": "short", "β": "short", "ρ": "short", "t(ρ)": "count", "t": "count"}
    return Experiment(
        knobs=(
            Knob("kappa", 100.0, low=2.0, high=10000.0, slider=(2.0, 1000.0), log=True),
            Knob("factor", 1.0, above=0.0, slider=(0.1, 2.0)),
        ),
        setup=setup,
        step=step,
        evaluate=evaluate,
        goal=lambda state: (state.arrived > 0).all(axis=0),
        probes={"surface": observe_surface, "theory": observe_theory},
        views=(
            replace(ground, options={**ground.options, "aspect": "free"}),
            View(
                "left",
                "curve",
                options={
                    "series": ("sgd", "momentum"),
                    "scale": "log",
                    "y_limits": (1e-8, 10.0),
                    "references": {"10⁻⁶": CLOSE},
                    "legend": "end",
                    "readout": "",
                    **SHOWN,
                },
            ),
            View(
                "theory",
                "table",
                "theory",
                {"formats": formats, "headers": {"name": " "}, "strong": ("t",), **COLOURED},
            ),
        ),
        steps=800,
        weights=lambda state: {runner.name: runner.at for runner in state.runners},
    )
