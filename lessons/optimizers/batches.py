"""Mini-batches: a line through 256 points, two parameters, a true loss surface, and the noise of small samples."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import engine
from nnlab.lab.authoring import Change, Experiment, Knob, Stream, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from .runners import Runner, Trail
from .schedules import SCHEDULES, schedule
from .starts import surface_view
from .surfaces import Array, banded, grid

SAMPLES = 256
SIZES = 2 ** np.arange(9)
DRAWS = 400
"""Batches of each size from which a variance is measured."""
EXTENT = (-1.2, 2.8, -1.6, 1.6)
START = (-0.8, -1.2)
TAIL = 100
"""Steps at the end over which the run's hovering height is averaged."""


@dataclass(frozen=True, slots=True)
class Line:
    """The data and what follows from it; with several seeds every array but `sizes` has a seeds axis in front."""

    x: Array
    """Inputs with a column of ones (..., N, 2)."""
    y: Array
    """Targets (..., N)."""
    best: Array
    """The parameters of least loss (..., 2)."""
    picture: Array
    """Loss above the least one over the plane (..., CELLS, CELLS)."""
    variances: Array
    """Variance of the gradient of a batch of each of SIZES, at the start (..., 9)."""


@dataclass(slots=True)
class Batches:
    """The state of the run."""

    line: Line
    runner: Runner
    trail: Trail
    choice: Stream
    batch: int
    """Samples a step, drawn with replacement; 0 for the whole set."""
    rate: float
    schedule: str
    horizon: int
    heights: Trail
    index: int = 0


def slopes(x: Array, y: Array, p: Array) -> Array:
    """Gradient of each sample's squared error (w x + b - y)² at p (..., 2): (..., N, 2)."""
    residual = np.sum(x * p[..., None, :], axis=-1) - y
    return np.asarray(2 * residual[..., None] * x)


def height(x: Array, best: Array, p: Array) -> Array:
    """Mean squared error above that of `best` (..., 2), at p (..., 2), or (..., A, B, 2) over a plane."""
    extra = p.ndim - best.ndim
    axes = tuple(range(best.ndim - 1, best.ndim - 1 + extra))
    bend = x.mT @ x / SAMPLES
    away = p - np.expand_dims(best, axes)
    return np.asarray(np.sum(away * np.squeeze(np.expand_dims(bend, axes) @ away[..., None], -1), axis=-1))


def measured_variances(gradients: Array, rng: np.random.Generator) -> Array:
    """Sum over both parameters of the variance of a batch's mean gradient, from DRAWS batches of each size (9,)."""
    found = []
    for size in SIZES:
        chosen = rng.integers(0, SAMPLES, (DRAWS, int(size)))
        found.append(gradients[chosen].mean(axis=1).var(axis=0).sum())
    return np.array(found)


def setup(knobs: Knobs, streams: Streams, xp: Any) -> Batches:
    """Draw the points, y = 1.5 x + 0.4 and noise, and put the parameters at START."""
    features = streams.data.uniform(-1.5, 1.5, (SAMPLES,))
    x = np.stack([features, np.ones_like(features)], axis=-1)
    y = 1.5 * features + 0.4 + float(knobs["noise"]) * streams.data.standard_normal((SAMPLES,))
    start = np.broadcast_to(np.array(START), (*x.shape[:-2], 2)).copy()
    best = np.linalg.solve(x.mT @ x, (x.mT @ y[..., None]))[..., 0]
    each = slopes(x, y, start).reshape(-1, SAMPLES, 2)
    generators = streams.dropout.generators()
    variances = np.stack([measured_variances(g, rng) for g, rng in zip(each, generators, strict=True)])
    plane = np.broadcast_to(grid(EXTENT), (*x.shape[:-2], *grid(EXTENT).shape))
    picture = banded(height(x, best, plane))
    line = Line(x, y, best, picture, variances.reshape(*x.shape[:-2], len(SIZES)))
    state = Batches(
        line=line,
        runner=Runner("sgd", start, float(knobs["learning_rate"])),
        trail=Trail(),
        choice=streams.shuffle,
        batch=int(knobs["batch"]),
        rate=float(knobs["learning_rate"]),
        schedule=str(knobs["schedule"]),
        horizon=int(knobs["horizon"]),
        heights=Trail(),
    )
    state.trail.points.append(start.copy())
    return state


def step(state: Batches) -> Metrics:
    """One step from a batch's gradient, at the rate that the schedule leaves."""
    x, y = state.line.x, state.line.y
    if state.batch:
        chosen = state.choice.integers(0, SAMPLES, (state.batch,))
        x, y = np.take_along_axis(x, chosen[..., None], axis=-2), np.take_along_axis(y, chosen, axis=-1)
    rate = schedule(state.schedule, state.rate, state.horizon)(state.index)
    state.runner.optimizer.learning_rate = rate
    state.runner.step(slopes(x, y, state.runner.at).mean(axis=-2))
    state.index += 1
    state.trail.points.append(state.runner.at)
    now = height(state.line.x, state.line.best, state.runner.at)
    state.heights.points.append(now)
    return {"loss": now, "rate": np.full(now.shape, rate)}


def evaluate(state: Batches) -> Metrics:
    """Measure the height at which it hovers (mean of the last TAIL steps), and the slope of variance against size."""
    kept = state.heights.points[-TAIL:] or [height(state.line.x, state.line.best, state.runner.at)]
    sizes = np.log(SIZES) - np.log(SIZES).mean()
    logs = np.log(state.line.variances)
    return {
        "hover": np.mean(kept, axis=0),
        "slope": np.sum(sizes * logs, axis=-1) / np.sum(sizes**2),
        "ratio": state.line.variances[..., 2] / state.line.variances[..., 4],
    }


def change(state: Batches, knob: str, value: KnobValue) -> None:
    """Apply the live rate or batch."""
    if knob == "batch":
        state.batch = int(value)
    else:
        state.rate = float(value)


def observe_surface(state: Batches) -> Observation:
    """The true loss surface of the line, the trail, and the least point."""
    shape = state.line.best.shape[:-1]
    return {
        "field": state.line.picture,
        "extent": np.broadcast_to(EXTENT, (*shape, 4)),
        "trail/sgd": state.trail.drawn(),
        "mark/x₀": state.trail.points[0],
        "mark/min": state.line.best,
    }


def observe_variance(state: Batches) -> Observation:
    """Two curves over the batch size: the measured variance, and that of one sample divided by the size."""
    variances = state.line.variances
    sizes = np.broadcast_to(SIZES.astype(np.float64), variances.shape)
    return {"σ²/x": sizes, "σ²/y": variances, "σ₁²∕B/x": sizes, "σ₁²∕B/y": variances[..., :1] / sizes}


def observe_line(state: Batches) -> Observation:
    """The line over x, and every eighth point."""
    order = np.argsort(state.line.x[..., 0], axis=-1)
    x = np.take_along_axis(state.line.x[..., 0], order, axis=-1)
    w, b = state.runner.at[..., :1], state.runner.at[..., 1:]
    y = np.take_along_axis(state.line.y, order, axis=-1)
    return {"ŷ/x": x, "ŷ/y": w * x + b, "y/points": np.stack([x, y], axis=-1)[..., ::8, :]}


def advise(knobs: Knobs) -> tuple[Change, ...]:
    """After a divergence: the default rate."""
    return (Change("learning_rate", 0.1),)


@experiment("batches")
def batches() -> Experiment:
    """Fit a line by stochastic gradient descent. The loss shown is that of all points, above the least possible."""
    return Experiment(
        knobs=(
            Knob("batch", 4, low=0, high=SAMPLES, slider=(0, SAMPLES), live=True),
            Knob("learning_rate", 0.1, above=0.0, slider=(0.001, 1.0), log=True, live=True),
            Knob("schedule", "constant", choices=SCHEDULES),
            Knob("noise", 0.5, low=0.0, slider=(0.0, 2.0)),
            Knob("horizon", 400, low=1, slider=(50, 2000)),
        ),
        setup=setup,
        step=step,
        evaluate=evaluate,
        change=change,
        advise=advise,
        probes={"surface": observe_surface, "variance": observe_variance, "line": observe_line},
        views=(
            surface_view(("w", "b")),
            View("loss", "curve", options={"series": ("loss",), "scale": "log", "y_limits": (1e-8, 1e3), "band": True}),
            View(
                "variance",
                "curve",
                "variance",
                {
                    "scale": "log",
                    "x_scale": "log",
                    "x_range": (1, SAMPLES),
                    "x_name": "B",
                    "colours": {"σ₁²∕B": "muted"},
                    "legend": "end",
                    "readout": "slope",
                },
            ),
            View("rate", "curve", options={"series": ("rate",), "y_range": (0.0, 0.1)}),
            View(
                "line",
                "curve",
                "line",
                {
                    "x_range": (-1.5, 1.5),
                    "colours": {"y": "muted"},
                    "markers": {"y": "·"},
                    "legend": "none",
                    "readout": "loss",
                },
            ),
        ),
        steps=400,
        weights=lambda state: {"parameters": engine.to_host(state.runner.point)},
    )
