"""A real loss surface: the plane through a small network's start, its trained weights and one chance direction."""

from itertools import pairwise
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import moons
from nnlab.lab.authoring import Experiment, Knob, Stream, Streams, experiment
from nnlab.lab.experiment import Knobs

from .race import KNOBS, PROBES, VIEWS, Race, Scene, change, evaluate, start_race, step
from .starts import SHIFTS, moved, surface_view
from .surfaces import CELLS, Array, Surface, banded, grid

SIZES = (2, 8, 1)
POINTS = 100
TRAINING_STEPS = 400
EXTENT = (-0.6, 1.9, -1.0, 1.0)
START = (-0.35, 0.75)
RATES = (0.1, 0.1, 0.1, 1.0, 0.1, 0.5, 0.5)
"""A learning rate for each of NAMES, tuned as those of the race are."""
CHUNK = 1024
"""Networks that are run at once when the plane is measured."""

Weights = list[Array]
"""Weights and biases, layer by layer, each (..., inputs, outputs) or (..., outputs)."""


def moons_points() -> tuple[Array, Array]:
    """The two moons that the network learns, always the same: x (N, 2), y (N, 1)."""
    x, y = moons(POINTS, noise=0.15, rng=np.random.default_rng(3))
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)[:, None]


def losses(weights: list[Any], x: Array, y: Array, leading: int) -> engine.Tensor:
    """Cross-entropy, () or (K,) with leading=1, of networks with these weights (arrays or tensors) on x, y (N, ...)."""
    hidden: Any = x
    for i in range(0, len(weights), 2):
        hidden = engine.linear(hidden, weights[i], weights[i + 1])
        if i + 2 < len(weights):
            hidden = engine.tanh(hidden)
    targets = np.broadcast_to(y, hidden.shape)
    return engine.binary_cross_entropy_with_logits(hidden, targets, leading=leading)


class Plane:
    """Weights on a plane: at (a, b) they are start + a along + b across. With several seeds, a plane for each."""

    def __init__(self, start: Weights, along: Weights, across: Weights, seeds: int) -> None:
        self.start, self.along, self.across = start, along, across
        self.seeds = seeds
        """How many planes there are; 0 for a single one without a seeds axis."""
        self.x, self.y = moons_points()

    def weights_at(self, p: Array) -> Weights:
        """Weights of a network for every point p (K, ..., 2): each (K, ..., inputs, outputs)."""

        def along(axis: int, one: Array) -> Array:
            return np.asarray(p[..., axis].reshape(*p.shape[:-1], *(1,) * (one.ndim - bool(self.seeds))))

        return [
            s + along(0, d) * d + along(1, e) * e for s, d, e in zip(self.start, self.along, self.across, strict=True)
        ]

    def _flat(self, p: Array) -> tuple[Weights, tuple[int, ...]]:
        weights, shape = self.weights_at(p), p.shape[:-1]
        count = int(np.prod(shape))
        return [one.reshape(count, *one.shape[len(shape) :]) for one in weights], shape

    def height(self, p: Array) -> Array:
        """Loss at points (K, ..., 2) -> (K, ...); a single point (2,) or one a seed (S, 2) goes as well."""
        if p.ndim == 1 + bool(self.seeds):
            return np.asarray(self.height(p[None])[0])
        weights, shape = self._flat(p)
        parts = []
        with engine.no_grad():
            for at in range(0, len(weights[0]), CHUNK):
                chunk = [one[at : at + CHUNK] for one in weights]
                parts.append(engine.to_host(losses(chunk, self.x, self.y, 1)))
        return np.concatenate(parts).reshape(shape)

    def slope(self, p: Array) -> Array:
        """Gradient by back-propagation through the network, then along both directions: (K, ..., 2)."""
        flat, shape = self._flat(p)
        weights = [engine.Tensor(one, requires_grad=True) for one in flat]
        losses(weights, self.x, self.y, 1).backward()
        slopes = []
        for direction in (self.along, self.across):
            parts = []
            for tensor, one in zip(weights, direction, strict=True):
                gradient = engine.to_host(tensor.grad).reshape(*shape, *tensor.shape[1:])
                parts.append(np.sum(gradient * one, axis=tuple(range(len(shape), gradient.ndim))))
            slopes.append(np.sum(parts, axis=0))
        return np.stack(slopes, axis=-1)

    def picture(self) -> Array:
        """Loss at the centres of CELLS x CELLS squares of EXTENT (..., CELLS, CELLS)."""
        points = grid(EXTENT).reshape(-1, 2)
        if not self.seeds:
            return banded(self.height(points).reshape(CELLS, CELLS))
        heights = self.height(np.repeat(points[:, None], self.seeds, axis=1))
        return banded(np.moveaxis(heights, 1, 0).reshape(self.seeds, CELLS, CELLS))


def plane(rng: Stream, chance: Stream, seeds: int) -> Plane:
    """Draw a start and train it with Adam: that way is `along`; `across` is a chance direction of the same length."""
    x, y = moons_points()
    start: Weights = []
    for inputs, outputs in pairwise(SIZES):
        reach = np.sqrt(6 / (inputs + outputs))
        weight = rng.uniform(-reach, reach, (inputs, outputs))
        start += [weight, np.zeros((*weight.shape[:-2], outputs))]
    tensors = [engine.Tensor(one.copy(), requires_grad=True) for one in start]
    adam = nn.Adam(tensors, 0.05)
    for _ in range(TRAINING_STEPS):
        adam.zero_grad()
        losses(tensors, x, y, int(bool(seeds))).backward()
        adam.step()
    along = [np.array(tensor.data) - one for tensor, one in zip(tensors, start, strict=True)]
    drawn = [np.asarray(chance.standard_normal(one.shape[bool(seeds) :])) for one in start]
    overlap, length = _dot(drawn, along, seeds), _dot(along, along, seeds)
    across = [d - _spread(overlap / length, d) * a for d, a in zip(drawn, along, strict=True)]
    size = _dot(across, across, seeds)
    across = [_spread(np.sqrt(length / size), d) * d for d in across]
    return Plane(start, along, across, seeds)


def _dot(left: Weights, right: Weights, seeds: int) -> Array:
    """Sum of products over all weights: () or (S,)."""
    axes = [tuple(range(int(bool(seeds)), one.ndim)) for one in left]
    return np.asarray(sum(np.sum(a * b, axis=over) for a, b, over in zip(left, right, axes, strict=True)))


def _spread(values: Array, like: Array) -> Array:
    return values.reshape(*values.shape, *(1,) * (like.ndim - values.ndim))


def setup(knobs: Knobs, streams: Streams, xp: Any) -> Race:
    """Measure the plane, and put everybody at START on it."""
    seeds = len(streams.seeds) if streams.leading else 0
    place = plane(streams.init, streams.data, seeds)
    picture = place.picture()
    lowest = picture.reshape(*picture.shape[:-2], -1).argmin(axis=-1)
    minima = grid(EXTENT).reshape(-1, 2)[lowest][..., None, :]
    scene = Scene(Surface(place.height, place.slope, START, (), EXTENT), picture, minima)
    start = np.broadcast_to(moved(START, knobs), (*(seeds,) * bool(seeds), 2)).copy()
    return start_race(knobs, streams, scene, RATES, start)


@experiment("slice")
def slice_race() -> Experiment:
    """The race on two numbers (a, b) that set all 33 weights of a 2-8-1 network; a seed is another network."""
    target = Knob("target", 0.1, above=0.0, slider=(0.01, 1.0), log=True)
    knobs = tuple(target if knob.name == "target" else knob for knob in (*KNOBS, *SHIFTS))
    views = tuple(view if view.id != "surface" else surface_view(("a", "b"), can_move=True) for view in VIEWS)
    return Experiment(
        knobs=knobs,
        setup=setup,
        step=step,
        evaluate=evaluate,
        change=change,
        probes=PROBES,
        views=views,
        steps=150,
        weights=lambda state: {runner.name: runner.at for runner in state.runners},
    )
