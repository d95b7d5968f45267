"""Pooling, one window after the other: the largest and the mean of each, side by side."""

from dataclasses import dataclass

import numpy as np

from nnlab import engine
from nnlab.data import digit_images
from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from .alike import Array, alike, seeds_shape
from .slide_sums import correlate
from .window import KERNELS

WORKED = np.array([[15, 8, 0, 4], [20, 9, 2, 2], [1, 0, 7, 12], [3, 0, 16, 5]], dtype=np.float64)
"""Its first window holds 15, 8, 20 and 9; the rest is our own."""
EIGHT = 8
"""The ninth digit of the set is an 8."""
SOURCES = ("worked", "digit", "edges")


def source(name: str) -> Array:
    """Return the numbers to pool: the worked 4x4, a real 8x8 digit 0..16, or the vertical edges in it after ReLU."""
    if name == "worked":
        return WORKED
    digit = np.asarray(np.round(16 * digit_images()[0][EIGHT]))
    if name == "digit":
        return digit
    return np.asarray(np.maximum(0.0, correlate(digit, np.array(KERNELS["vertical"], dtype=np.float64), stride=1)))


@dataclass(slots=True)
class Pool:
    """The numbers, both pooled maps, and how far the walk has come."""

    values: Array
    """(H, W)."""
    size: int
    largest: Array
    """(h, w)."""
    mean: Array
    """(h, w)."""
    seeds: tuple[int, ...]
    position: int = 0
    seen: int = 1

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the pooled maps."""
        row, column = divmod(self.position, self.mean.shape[1])
        return row, column

    @property
    def window(self) -> Array:
        """The numbers of this window (size, size)."""
        row, column = (self.size * part for part in self.place)
        return self.values[row : row + self.size, column : column + self.size]


def setup(knobs: Knobs, streams: Streams, xp: object) -> Pool:
    """Pool with the engine; the walk reveals the result."""
    values, size = source(str(knobs["numbers"])), int(knobs["size"])
    return Pool(
        values=values,
        size=size,
        largest=np.asarray(engine.to_host(engine.max_pool2d(values, size).data)),
        mean=np.asarray(engine.to_host(engine.avg_pool2d(values, size).data)),
        seeds=seeds_shape(streams),
    )


def step(pool: Pool) -> Metrics:
    """Go to the next window; at the end the walk starts again."""
    pool.position = (pool.position + 1) % pool.mean.size
    pool.seen = min(pool.seen + 1, pool.mean.size)
    return evaluate(pool)


def evaluate(pool: Pool) -> Metrics:
    """Measure the window's largest and mean, and the share of the numbers that is left."""
    return {
        "largest": np.full(pool.seeds, pool.largest[pool.place]),
        "mean": np.full(pool.seeds, pool.mean[pool.place]),
        "kept": np.full(pool.seeds, pool.mean.size / pool.values.size),
    }


def observe_numbers(pool: Pool) -> Observation:
    """The numbers and the window over them."""
    row, column = (pool.size * part for part in pool.place)
    return alike(pool.seeds, values=pool.values, frame=np.array([row, column, pool.size, pool.size]))


def observe_window(pool: Pool) -> Observation:
    """The arithmetic of both."""
    numbers = [f"{value:.0f}" for value in pool.window.reshape(-1)]
    largest, mean = pool.largest[pool.place], pool.mean[pool.place]
    lines = [
        f"max({', '.join(numbers)})",
        f"= {largest:.0f}",
        " ",
        f"({' + '.join(numbers)}) / {len(numbers)}",
        f"= {pool.window.sum():.0f} / {len(numbers)} = {mean:g}",
    ]
    return alike(pool.seeds, text=np.array(lines))


def revealed(pool: Pool, values: Array) -> Observation:
    """A pooled map as far as the walk has come, on the scale of the numbers."""
    shown = np.where(np.arange(values.size).reshape(values.shape) < pool.seen, values, np.nan)
    limits = np.array([0.0, max(1.0, float(pool.values.max()))])
    return alike(pool.seeds, values=shown, frame=np.array([*pool.place, 1, 1]), limits=limits)


@experiment("pooling")
def pooling() -> Experiment:
    """A walk over the windows; nothing is learned."""
    numbers = {"numbers": True, "map": "sequential"}
    return Experiment(
        knobs=(Knob("numbers", "worked", choices=SOURCES), Knob("size", 2, low=1, high=4)),
        setup=setup,
        step=step,
        evaluate=evaluate,
        probes={
            "numbers": observe_numbers,
            "window": observe_window,
            "largest": lambda pool: revealed(pool, pool.largest),
            "mean": lambda pool: revealed(pool, pool.mean),
        },
        views=(
            View("numbers", "picture", "numbers", numbers),
            View("window", "text", "window", {"colour": "strong"}),
            View("largest", "picture", "largest", numbers),
            View("mean", "picture", "mean", {**numbers, "decimals": 1}),
        ),
        steps=15,
    )
