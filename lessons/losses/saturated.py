"""One sigmoid neuron that starts sure and wrong, trained twice: by the squared cost and by cross-entropy.

Axis -1 of w, b counts the two costs: 0 the squared one, 1 cross-entropy.
"""

from dataclasses import dataclass

import numpy as np

from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from .cross_entropy import Cost, LearnerCost, binary_cross_entropy, for_every_number
from .formulas import Array, sigmoid
from .trails import Trail

REACH = 4.0
"""The surfaces show w and b from -REACH to REACH."""
CELLS = 48


@dataclass(slots=True)
class Twins:
    """The same neuron under two costs; with several seeds every array has a leading axis (S,)."""

    w: Array
    """(..., 2)."""
    b: Array
    """(..., 2)."""
    x: float
    y: float
    learning_rate: float
    half: bool
    """Whether the squared cost carries the factor 1/2."""
    first_ratio: float
    """Cross-entropy's gradient by the squared cost's, at the start."""
    trail: Trail
    """Where both have been: (..., 2, T, 2), the last axis w and b."""
    ground: "Ground"

    def outputs(self) -> Array:
        """p of both (..., 2)."""
        return sigmoid(self.w * self.x + self.b)

    def slopes(self) -> Array:
        """dL/dz of both (..., 2)."""
        return slopes(self.w * self.x + self.b, self.y, self.half, self.ground.entropy)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a run does not change: cross-entropy, ours or the learner's, and both costs over w and b."""

    entropy: Cost
    squared: Array
    """The squared cost over w (columns) and b (rows), lowest first, (CELLS, CELLS)."""
    bce: Array
    """Cross-entropy alike."""


def slopes(z: Array, y: float, half: bool, entropy: Cost) -> Array:
    """dL/dz of sums (..., 2): (p - y) p (1 - p) for (p - y)²/2, and what cross-entropy says."""
    p = sigmoid(z[..., 0])
    squared = (1.0 if half else 2.0) * (p - y) * p * (1.0 - p)
    return np.stack([squared, entropy(z[..., 1], y)[1]], axis=-1)


def setup(knobs: Knobs, streams: Streams, entropy: Cost = binary_cross_entropy) -> Twins:
    """Both start at the knobs' w and b; chance has no part in it."""
    leading = (len(streams.seeds),) if streams.leading else ()
    w, b = (np.full((*leading, 2), float(knobs[name])) for name in ("w", "b"))
    x, y, half = float(knobs["x"]), float(knobs["target"]), bool(knobs["half"])
    squared, other = slopes(np.full(2, float(knobs["w"]) * x + float(knobs["b"])), y, half, entropy)
    trail = Trail(np.stack([w, b], axis=-1)[..., None, :])
    ground = Ground(entropy, *surfaces(x, y, half, entropy))
    return Twins(w, b, x, y, float(knobs["learning_rate"]), half, float(other / squared), trail, ground)


def step(twins: Twins) -> Metrics:
    """One epoch: the one sample goes forward and back, and both neurons move against their own slope."""
    slope = twins.slopes()
    twins.w = twins.w - twins.learning_rate * slope * twins.x
    twins.b = twins.b - twins.learning_rate * slope
    twins.trail.add(np.stack([twins.w, twins.b], axis=-1))
    return measure(twins)


def measure(twins: Twins) -> Metrics:
    """Outputs and sizes of the slope now."""
    p, size = twins.outputs(), np.abs(twins.slopes())
    return {
        "squared": p[..., 0],
        "bce": p[..., 1],
        "squared_slope": size[..., 0],
        "bce_slope": size[..., 1],
        "first_ratio": np.full(p.shape[:-1], twins.first_ratio),
    }


def change(twins: Twins, knob: str, value: KnobValue) -> None:
    """Apply the live learning rate."""
    twins.learning_rate = float(value)


def surfaces(x: float, y: float, half: bool, entropy: Cost) -> tuple[Array, Array]:
    """The squared cost and cross-entropy over w (columns) and b (rows), lowest first, (CELLS, CELLS) each."""
    centres = -REACH + (np.arange(CELLS) + 0.5) * 2 * REACH / CELLS
    w, b = np.meshgrid(centres, centres)
    z = w * x + b
    return np.asarray((0.5 if half else 1.0) * (sigmoid(z) - y) ** 2), entropy(z, y)[0]


def observe_surface(twins: Twins, which: int) -> Observation:
    """field (CELLS, CELLS) of one cost, and the way that its neuron took."""
    shape = twins.w.shape[:-1]
    field = np.broadcast_to((twins.ground.squared, twins.ground.bce)[which], (*shape, CELLS, CELLS))
    way = twins.trail.up_to(np.stack([twins.w, twins.b], axis=-1))
    return {"field": field, f"trail/{('squared', 'bce')[which]}": way[..., which, :, :]}


@experiment("saturated")
def saturated(cross_entropy: LearnerCost | None = None) -> Experiment:
    """w = b = 2, x = 1, target 0: the output starts at 0.982 and has the whole way to go.

    cross_entropy: replaces ours, in the second twin's steps and on its surface.
    """
    entropy = binary_cross_entropy if cross_entropy is None else for_every_number(cross_entropy)
    extent = (-REACH, REACH, -REACH, REACH)
    land = {"map": "land", "extent": extent, "names": ("w", "b")}
    return Experiment(
        knobs=(
            Knob("w", 2.0, low=-20.0, high=20.0, slider=(-REACH, REACH)),
            Knob("b", 2.0, low=-20.0, high=20.0, slider=(-REACH, REACH)),
            Knob("x", 1.0, low=-10.0, high=10.0, slider=(-2.0, 2.0)),
            Knob("target", 0, low=0, high=1),
            Knob("learning_rate", 0.15, above=0.0, slider=(0.01, 10.0), log=True, live=True),
            Knob("half", True),
        ),
        setup=lambda knobs, streams, _: setup(knobs, streams, entropy),
        step=step,
        evaluate=measure,
        change=change,
        probes={
            "plateau": lambda twins: observe_surface(twins, 0),
            "ramp": lambda twins: observe_surface(twins, 1),
        },
        views=(
            View("outputs", "curve", options={"series": ("squared", "bce"), "y_range": (0.0, 1.0)}),
            View("slopes", "curve", options={"series": ("squared_slope", "bce_slope"), "scale": "log"}),
            View("plateau", "field", "plateau", {**land, "colours": {"squared": "s1"}, "readout": "squared"}),
            View("ramp", "field", "ramp", {**land, "colours": {"bce": "s2"}, "readout": "bce"}),
        ),
        steps=300,
        evaluations=1,
        weights=lambda twins: {"w": twins.w, "b": twins.b},
    )
