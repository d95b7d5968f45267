"""Twelve points and three best lines: what one point that is dragged away does to MSE, Huber and MAE."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from .formulas import Array

X = np.linspace(-1.0, 1.0, 12)
DRAGGED = 10
"""Index of the point that the knob moves."""
SLOPE, HEIGHT, NOISE = 0.8, 0.2, 0.08
"""The line that the points come from, and how far they stray."""
PAIRS = np.array(list(combinations(range(len(X)), 2)))
FAR = 4.0
"""The place that the page asks about."""
REACH = (-1.0, 4.0)
"""How far down and up the point can be dragged, which is what the axes show."""
NAMES = ("MSE", "Huber", "MAE")


@dataclass(frozen=True, slots=True)
class Points:
    """The points with the dragged one in its place; everything else follows exactly."""

    y: Array
    """(..., 12)."""
    delta: float
    """Where Huber's loss turns from a square to a line."""


def setup(knobs: Knobs, streams: Streams, xp: object) -> Points:
    """Draw the points of each seed; the knob says where the dragged one stands."""
    y = HEIGHT + SLOPE * X + NOISE * streams.data.standard_normal((len(X),))
    return Points(place(y, float(knobs["outlier"])), float(knobs["delta"]))


def place(y: Array, height: float | Array) -> Array:
    """y (..., 12) with the dragged point at a height; (k, 1)-shaped heights give (..., k, 12)."""
    heights = np.asarray(height)
    moved = np.broadcast_to(y, np.broadcast_shapes(y.shape, (*heights.shape[:-1], len(X)))).copy()
    moved[..., DRAGGED] = heights[..., 0] if heights.ndim else heights
    return moved


def least_squares(y: Array, weights: Array | None = None) -> Array:
    """The line with the smallest (weighted) mean square: y (..., 12) -> (..., 2), slope and height at 0."""
    w = np.ones_like(y) if weights is None else weights
    total = w.sum(axis=-1)
    mean_x, mean_y = (w * X).sum(axis=-1) / total, (w * y).sum(axis=-1) / total
    away = X - mean_x[..., None]
    slope = (w * away * y).sum(axis=-1) / (w * away * X).sum(axis=-1)
    return np.stack([slope, mean_y - slope * mean_x], axis=-1)


def least_absolute(y: Array) -> Array:
    """The line with the smallest mean absolute error: it passes through two of the points, so try every pair."""
    first, second = PAIRS[:, 0], PAIRS[:, 1]
    slopes = (y[..., second] - y[..., first]) / (X[second] - X[first])
    heights = y[..., first] - slopes * X[first]
    misses = np.abs(y[..., None, :] - slopes[..., None] * X - heights[..., None]).sum(axis=-1)
    best = np.argmin(misses, axis=-1)[..., None]
    return np.concatenate([np.take_along_axis(part, best, axis=-1) for part in (slopes, heights)], axis=-1)


def least_huber(y: Array, delta: float) -> Array:
    """Huber's line: least squares in which errors beyond delta are weighed down, until nothing moves any more."""
    line = least_squares(y)
    for _ in range(60):
        line = least_squares(y, delta / np.maximum(np.abs(misses(line, y)), delta))
    return line


def misses(line: Array, y: Array) -> Array:
    """line(x) - y: (..., 2), (..., 12) -> (..., 12)."""
    return line[..., :1] * X + line[..., 1:] - y


def lines(y: Array, delta: float) -> dict[str, Array]:
    """The best line of each loss by name, (..., 2) each."""
    return {"MSE": least_squares(y), "Huber": least_huber(y, delta), "MAE": least_absolute(y)}


def clean_miss(line: Array, y: Array) -> Array:
    """Mean distance from the line to the points that nobody moved (...)."""
    kept = np.arange(len(X)) != DRAGGED
    return np.asarray(np.abs(misses(line, y)[..., kept]).mean(axis=-1))


def pulls(y: Array, delta: float) -> Array:
    """The dragged point's share of all the slope with which the points pull at the true line (..., 3), as NAMES."""
    away = np.abs(HEIGHT + SLOPE * X - y)
    each = (away, np.minimum(away, delta), np.ones_like(away))
    return np.stack([pull[..., DRAGGED] / pull.sum(axis=-1) for pull in each], axis=-1)


def evaluate(points: Points) -> Metrics:
    """How far each line misses the points that stayed, now and with the outlier FAR up, and the outlier's pull."""
    missed = {name: clean_miss(line, points.y) for name, line in lines(points.y, points.delta).items()}
    pull = pulls(points.y, points.delta)
    moved = place(points.y, FAR)
    far = lines(moved, points.delta)
    return {
        "mse_miss": missed["MSE"],
        "huber_miss": missed["Huber"],
        "mae_miss": missed["MAE"],
        "times": missed["MSE"] / missed["MAE"],
        "times_far": clean_miss(far["MSE"], moved) / clean_miss(far["MAE"], moved),
        "mse_pull": np.asarray(pull[..., 0]),
        "mae_pull": np.asarray(pull[..., 2]),
    }


def observe_fit(points: Points) -> Observation:
    """The points, and the three lines over x."""
    shape = points.y.shape[:-1]
    ends = np.linspace(X[0], X[-1], 25)
    seen: dict[str, Array] = {}
    for name, line in lines(points.y, points.delta).items():
        seen |= {f"{name}/x": np.broadcast_to(ends, (*shape, 25)), f"{name}/y": line[..., :1] * ends + line[..., 1:]}
    both = np.stack([np.broadcast_to(X, points.y.shape), points.y], axis=-1)
    kept = np.arange(len(X)) != DRAGGED
    return {**seen, "points/points": both[..., kept, :], "outlier/points": both[..., DRAGGED : DRAGGED + 1, :]}


def observe_misses(points: Points) -> Observation:
    """How far the lines miss the other points, for every place of the dragged one from the low end to here."""
    here = points.y[..., DRAGGED]
    places = REACH[0] + np.linspace(0.0, 1.0, 51) * (here[..., None] - REACH[0])
    ways = place(points.y[..., None, :], places[..., None])
    now = lines(points.y, points.delta)
    seen: dict[str, Array] = {}
    for name, line in lines(ways, points.delta).items():
        seen |= {f"{name}/x": places, f"{name}/y": clean_miss(line, ways)}
        seen[f"{name}/points"] = np.stack([here, clean_miss(now[name], points.y)], axis=-1)[..., None, :]
    return seen


def observe_pulls(points: Points) -> Observation:
    """values (3,): the dragged point's share of the pull under each loss."""
    return {"values": pulls(points.y, points.delta)}


@experiment("outlier")
def outlier() -> Experiment:
    """Drag a point and watch who follows it. The best lines are found exactly, so nothing has to be trained."""
    colours = {"points": "text", "outlier": "error"}
    fit = {"x_range": (-1.0, 1.0), "y_range": REACH, "legend": "end", "x_name": "x", "colours": colours}
    return Experiment(
        knobs=(
            Knob("outlier", 4.0, low=-100.0, high=100.0, slider=REACH),
            Knob("delta", 0.3, above=0.0, slider=(0.01, 10.0), log=True),
        ),
        setup=setup,
        step=lambda _: {},
        evaluate=evaluate,
        probes={"fit": observe_fit, "misses": observe_misses, "pulls": observe_pulls},
        views=(
            View("fit", "curve", "fit", {**fit, "pointer": {"y": "outlier"}}),
            View(
                "misses",
                "curve",
                "misses",
                {
                    "x_range": REACH,
                    "y_range": (0.0, 1.0),
                    "legend": "end",
                    "x_name": "y₁₁",
                    "pointer": {"x": "outlier"},
                    "readout": "mse_miss",
                },
            ),
            View("pulls", "bars", "pulls", {"names": NAMES, "limits": (0.0, 1.0), "format": "percent"}),
        ),
        steps=0,
    )
