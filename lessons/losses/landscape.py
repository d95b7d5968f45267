"""A model with two parameters on its whole loss surface: the ball is the model, every step rolls it downhill.

Two models of p(x), parameters u and v: "neuron" is sigmoid(u x + v), "chain" is sigmoid(v tanh(u x)).
"""

from dataclasses import dataclass

import numpy as np

from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from .formulas import Array, for_every_seed, sigmoid
from .trails import Trail

X = np.concatenate([np.linspace(-3.0, -1.5, 12), np.linspace(1.5, 3.0, 12)])
Y = (X > 0.0).astype(np.float64)
Y[[8, 15]] = 1.0 - Y[[8, 15]]
"""Two labels are wrong, so that no model is ever perfectly right and every valley has a lowest point."""
OVER = np.linspace(-3.0, 3.0, 121)
"""Where the picture shows what the model says."""
REACH = 6.0
"""The surface shows both parameters from -REACH to REACH; starts are drawn from there."""
CELLS = 60
NEAR = 0.05
"""A loss at most so much above the lowest one in the window counts as down."""
MODELS = ("neuron", "chain")
LOSSES = ("bce", "mse", "mae")


@dataclass(slots=True)
class Ball:
    """Where the model stands; with several seeds every array has a leading axis (S,)."""

    place: Array
    """u and v (..., 2)."""
    trail: Trail
    model: str
    loss: str
    learning_rate: float
    lowest: float
    """The lowest loss in the window."""


def sums(model: str, place: Array) -> tuple[Array, Array]:
    """The logits z (..., 24) and their slopes by u and v (..., 24, 2)."""
    u, v = place[..., :1], place[..., 1:]
    if model == "neuron":
        z = u * X + v
        by_u, by_v = np.broadcast_to(X, z.shape), np.ones_like(z)
    else:
        h = np.tanh(u * X)
        z = v * h
        by_u, by_v = v * (1.0 - h**2) * X, h
    return z, np.stack([by_u, by_v], axis=-1)


def losses(loss: str, z: Array) -> tuple[Array, Array]:
    """The mean loss of logits (..., 24), (...), and its slope by each of them (..., 24)."""
    p = sigmoid(z)
    if loss == "bce":
        each, slope = np.logaddexp(0.0, z) - Y * z, p - Y
    elif loss == "mse":
        each, slope = (p - Y) ** 2, 2.0 * (p - Y) * p * (1.0 - p)
    else:
        each, slope = np.abs(p - Y), np.sign(p - Y) * p * (1.0 - p)
    return each.mean(axis=-1), slope / len(X)


def gradient(ball: Ball) -> tuple[Array, Array]:
    """The loss here (...), and its slope by u and v (..., 2)."""
    z, by_place = sums(ball.model, ball.place)
    loss, by_z = losses(ball.loss, z)
    return loss, np.sum(by_z[..., None] * by_place, axis=-2)


def surface(model: str, loss: str) -> Array:
    """The loss over u (columns) and v (rows), lowest first, (CELLS, CELLS)."""
    centres = -REACH + (np.arange(CELLS) + 0.5) * 2 * REACH / CELLS
    places = np.stack(np.meshgrid(centres, centres), axis=-1)
    return losses(loss, sums(model, places)[0])[0]


def setup(knobs: Knobs, streams: Streams, xp: object) -> Ball:
    """Put the ball anywhere in the window: every seed starts elsewhere."""
    place = streams.init.uniform(-REACH, REACH, (2,))
    model, loss = str(knobs["model"]), str(knobs["loss"])
    lowest = float(surface(model, loss).min())
    return Ball(place, Trail(place[..., None, :]), model, loss, float(knobs["learning_rate"]), lowest)


def step(ball: Ball) -> Metrics:
    """One step of gradient descent on all 24 points; the loss is that before the step."""
    loss, slope = gradient(ball)
    ball.place = ball.place - ball.learning_rate * slope
    ball.trail.add(ball.place)
    return {"loss": loss}


def evaluate(ball: Ball) -> Metrics:
    """Measure how steep it is here, how often the model is right, and on which side of the surface it stands."""
    _, slope = gradient(ball)
    right = (sums(ball.model, ball.place)[0] > 0.0) == (Y > 0.5)
    return {
        "steepness": np.linalg.norm(slope, axis=-1),
        "accuracy": right.mean(axis=-1),
        "u_positive": (ball.place[..., 0] > 0.0).astype(np.float64),
    }


def is_down(ball: Ball) -> Array:
    """Whether the loss is at most NEAR above the lowest in the window, () or (S,) bool."""
    return np.asarray(gradient(ball)[0] <= ball.lowest + NEAR)


def change(ball: Ball, knob: str, value: KnobValue) -> None:
    """Apply the live learning rate."""
    ball.learning_rate = float(value)


def observe_surface(ball: Ball) -> Observation:
    """field (CELLS, CELLS), the way so far, and all balls: points (S, 2), labels (S,), of which 1 is down."""
    field = surface(ball.model, ball.loss)
    balls = ball.place.reshape(-1, 2)
    seen = {"field": field, "points": balls, "labels": is_down(ball).reshape(-1).astype(np.int64)}
    leading = ball.place.shape[:-1]
    return {**for_every_seed(leading, seen), "trail/ball": ball.trail.up_to(ball.place)}


def observe_fit(ball: Ball) -> Observation:
    """What the model says over x, and the 24 points."""
    shape = ball.place.shape[:-1]
    points = np.broadcast_to(np.stack([X, Y], axis=-1), (*shape, len(X), 2))
    u, v = ball.place[..., :1], ball.place[..., 1:]
    z = u * OVER + v if ball.model == "neuron" else v * np.tanh(u * OVER)
    return {"p/x": np.broadcast_to(OVER, z.shape), "p/y": sigmoid(z), "y/points": points}


@experiment("landscape")
def landscape() -> Experiment:
    """24 points, two parameters, one ball. Solved: as deep as the window gets, up to NEAR."""
    return Experiment(
        knobs=(
            Knob("model", "neuron", choices=MODELS),
            Knob("loss", "bce", choices=LOSSES),
            Knob("learning_rate", 0.3, above=0.0, slider=(0.01, 100.0), log=True, live=True),
        ),
        setup=setup,
        step=step,
        evaluate=evaluate,
        goal=is_down,
        change=change,
        probes={"surface": observe_surface, "fit": observe_fit},
        views=(
            View(
                "surface",
                "field",
                "surface",
                {
                    "map": "land",
                    "scale": "log",
                    "extent": (-REACH, REACH, -REACH, REACH),
                    "names": ("u", "v"),
                    "readout": "loss",
                },
            ),
            View("fit", "curve", "fit", {"x_range": (-3.0, 3.0), "y_range": (0.0, 1.0), "colours": {"y": "text"}}),
            View("loss", "curve", options={"series": ("loss",), "scale": "log"}),
            View("seeds", "strip", "fit", {"readout": "solved"}),
        ),
        steps=400,
        weights=lambda ball: {"place": ball.place},
    )
