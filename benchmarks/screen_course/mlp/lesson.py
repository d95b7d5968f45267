"""A 2-8-8-1 network in NumPy by hand: 200 samples, BCE, Adam. The quicker a step, the harder it is on the screen."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nnlab.lab.experiment import Experiment
from nnlab.lab.knobs import Knob
from nnlab.lab.lesson import experiment
from nnlab.lab.views import View

SIZES = (2, 8, 8, 1)
GRID = 60


@dataclass
class Network:
    x: np.ndarray
    y: np.ndarray
    weights: list
    moments: list
    squares: list
    rate: float
    made: int = 0


def setup(knobs, streams, xp):
    angle = streams.data.uniform(0, 2 * np.pi, size=200)
    y = (np.arange(200) % 2).astype(np.float32)[:, None]
    radius = 0.4 + 0.45 * y[:, 0]
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1).astype(np.float32)
    shapes = [shape for a, b in pairwise(SIZES) for shape in ((a, b), (b,))]
    weights = [(streams.init.normal(size=shape) * 0.5).astype(np.float32) for shape in shapes]
    empty = [np.zeros_like(w) for w in weights]
    return Network(x, y, weights, empty, [w.copy() for w in empty], float(knobs["learning_rate"]))


def forward(weights, x):
    w1, b1, w2, b2, w3, b3 = weights
    h1 = np.tanh(x @ w1 + b1)
    h2 = np.tanh(h1 @ w2 + b2)
    return h1, h2, h2 @ w3 + b3


def step(state):
    _, _, w2, _, w3, _ = state.weights
    h1, h2, z = forward(state.weights, state.x)
    loss = np.mean(np.maximum(z, 0) - z * state.y + np.log1p(np.exp(-np.abs(z))))
    g = (1 / (1 + np.exp(-z)) - state.y) / np.float32(len(z))
    g2 = (g @ w3.T) * (1 - h2 * h2)
    g1 = (g2 @ w2.T) * (1 - h1 * h1)
    grads = [state.x.T @ g1, g1.sum(0), h1.T @ g2, g2.sum(0), h2.T @ g, g.sum(0)]
    state.made += 1
    rate = np.float32(state.rate * np.sqrt(1 - 0.999**state.made) / (1 - 0.9**state.made))
    for w, grad, m, v in zip(state.weights, grads, state.moments, state.squares, strict=True):
        m += np.float32(0.1) * (grad - m)
        v += np.float32(0.001) * (grad * grad - v)
        w -= rate * m / (np.sqrt(v) + np.float32(1e-8))
    return {"loss": loss}


def field(state):
    axis = np.linspace(-1, 1, GRID, dtype=np.float32)
    plane = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    values = np.tanh(forward(state.weights, plane)[2] / 2).reshape(GRID, GRID)
    return {"field": values, "points": state.x, "labels": state.y[:, 0].astype(np.int64)}


@experiment("mlp")
def mlp():
    return Experiment(
        knobs=(Knob("learning_rate", 0.003, above=0.0, slider=(1e-4, 1.0), log=True, live=True),),
        setup=setup,
        step=step,
        evaluate=lambda state: {"accuracy": np.mean((forward(state.weights, state.x)[2] > 0) == (state.y > 0.5))},
        change=lambda state, name, value: setattr(state, "rate", value),
        probes={"field": field},
        views=(View("field", "field", "field"), View("loss", "curve", options={"readout": "loss"})),
        steps=1_000_000,
        evaluations=1000,
    )
