"""One sigmoid neuron that starts sure and wrong, trained twice: by the squared cost and by cross-entropy.

Axis -1 of w, b counts the two costs: 0 the squared one, 1 cross-entropy.
"""

from dataclasses import dataclass

import numpy as np

from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

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

    def outputs(self) -> Array:
        """p of both (..., 2)."""
        return sigmoid(self.w * self.x + self.b)

    def slopes(self) -> Array:
        """dL/dz of both (..., 2)."""
        return slopes(self.outputs(), self.y, self.half)


def slopes(p: Array, y: float, half: bool) -> Array:
    """dL/dz of outputs (..., 2): (p - y) p (1 - p) for (p - y)²/2, and p - y for cross-entropy."""
    squared = (1.0 if half else 2.0) * (p[..., 0] - y) * p[..., 0] * (1.0 - p[..., 0])
    return np.stack([squared, p[..., 1] - y], axis=-1)


def setup(knobs: Knobs, streams: Streams, xp: object) -> Twins:
    """Both start at the knobs' w and b; chance has no part in it."""
    leading = (len(streams.seeds),) if streams.leading else ()
    w, b = (np.full((*leading, 2), float(knobs[name])) for name in ("w", "b"))
    x, y, half = float(knobs["x"]), float(knobs["target"]), bool(knobs["half"])
    p = sigmoid(np.full(2, float(knobs["w"]) * x + float(knobs["b"])))
    squared, entropy = slopes(p, y, half)
    ratio = float(entropy / squared)
    trail = Trail(np.stack([w, b], axis=-1)[..., None, :])
    return Twins(w, b, x, y, float(knobs["learning_rate"]), half, ratio, trail)


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


def surface(twins: Twins, which: int) -> Array:
    """The cost over w (columns) and b (rows), lowest first, (CELLS, CELLS)."""
    centres = -REACH + (np.arange(CELLS) + 0.5) * 2 * REACH / CELLS
    w, b = np.meshgrid(centres, centres)
    z = w * twins.x + b
    if which == 0:
        return np.asarray((0.5 if twins.half else 1.0) * (sigmoid(z) - twins.y) ** 2)
    return np.asarray(np.logaddexp(0.0, z) - twins.y * z)


def observe_surface(twins: Twins, which: int) -> Observation:
    """field (CELLS, CELLS) of one cost, and the way that its neuron took."""
    shape = twins.w.shape[:-1]
    field = np.broadcast_to(surface(twins, which), (*shape, CELLS, CELLS))
    way = twins.trail.up_to(np.stack([twins.w, twins.b], axis=-1))
    return {"field": field, f"trail/{('squared', 'bce')[which]}": way[..., which, :, :]}


@experiment("saturated")
def saturated() -> Experiment:
    """w = b = 2, x = 1, target 0: the output starts at 0.982 and has the whole way to go."""
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
        setup=setup,
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
