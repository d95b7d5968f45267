"""The perceptron rule on the logic gates: only mistakes teach, one epoch a step."""

from dataclasses import dataclass

import numpy as np

from nnlab.data import CORNERS, TRUTH, truth_table
from nnlab.lab.authoring import Experiment, Knob, Stream, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from . import plane
from .plane import Array
from .rule_update import LearnerUpdate, Update, for_every_start, perceptron_rule


@dataclass(slots=True)
class Perceptron:
    """A neuron with a step under Rosenblatt's rule; with several seeds every array has a leading axis (S,)."""

    w: Array
    """Weights (..., 2)."""
    b: Array
    """Bias (...)."""
    targets: Array
    """The gate's output at each corner (4,)."""
    shuffle: Stream
    learning_rate: float
    epoch: int
    mistakes: Array
    """Mistakes in the last epoch (...); 4 before the first one, since nothing is known yet."""
    last_mistake: Array
    """The last epoch with a mistake (...)."""
    best: Array
    """The most corners right after any epoch so far (...)."""

    def sums(self, x: Array) -> Array:
        """z of points (N, 2) -> (..., N)."""
        return self.w @ x.T + self.b[..., None]

    def right(self) -> Array:
        """Which corners are right now (..., 4)."""
        return np.asarray((self.sums(CORNERS) > 0) == (self.targets == 1))


def setup(knobs: Knobs, streams: Streams, xp: object) -> Perceptron:
    """Draw weights and bias evenly from [-1, 1]. Four corners live on the host, whatever the device."""
    start = streams.init.uniform(-1.0, 1.0, (3,))
    shape = start.shape[:-1]
    state = Perceptron(
        w=start[..., :2].copy(),
        b=np.asarray(start[..., 2].copy()),
        targets=truth_table(str(knobs["gate"]))[1],
        shuffle=streams.shuffle,
        learning_rate=float(knobs["learning_rate"]),
        epoch=0,
        mistakes=np.full(shape, 4),
        last_mistake=np.zeros(shape, dtype=np.int64),
        best=np.zeros(shape, dtype=np.int64),
    )
    state.best = state.right().sum(axis=-1)
    return state


def step(state: Perceptron, update: Update = perceptron_rule) -> Metrics:
    """One epoch: every corner once, in random order; `update` moves w and b."""
    order = state.shuffle.permutation(len(CORNERS))
    mistakes = np.zeros_like(state.mistakes)
    for turn in range(len(CORNERS)):
        corner = order[..., turn]
        x, target = CORNERS[corner], state.targets[corner]
        output = (np.sum(state.w * x, axis=-1) + state.b > 0).astype(np.int64)
        state.w, state.b = update(state.w, state.b, x, target, output, state.learning_rate)
        mistakes = mistakes + np.abs(target - output)
    state.epoch += 1
    state.mistakes = mistakes
    state.last_mistake = np.where(mistakes > 0, state.epoch, state.last_mistake)
    state.best = np.maximum(state.best, state.right().sum(axis=-1))
    return {"mistakes": mistakes, "last_mistake": state.last_mistake, "best": state.best}


def evaluate(state: Perceptron) -> Metrics:
    """Measure the share of corners that are right now."""
    return {"accuracy": state.right().mean(axis=-1)}


def change(state: Perceptron, knob: str, value: KnobValue) -> None:
    """Apply the live learning rate."""
    state.learning_rate = float(value)


def observe_network(state: Perceptron) -> Observation:
    """Weights, bias and the output's map, as plots' graph takes them."""
    shape = state.w.shape[:-1]
    inputs = np.stack([plane.field(lambda x: x[:, 0] - 0.5), plane.field(lambda x: x[:, 1] - 0.5)])
    return {
        "weights0": state.w[..., None],
        "bias0": state.b[..., None],
        "maps0": np.broadcast_to(inputs, shape + inputs.shape),
        "maps1": _picture(state)[..., None, :, :],
    }


def observe_field(state: Perceptron) -> Observation:
    """The line over the plane, the four corners, and what the neuron says of them."""
    shape = state.w.shape[:-1]
    return {
        "field": _picture(state),
        "points": np.broadcast_to(CORNERS, (*shape, *CORNERS.shape)),
        "labels": np.broadcast_to(state.targets, (*shape, 4)),
        "predictions": (state.sums(CORNERS) > 0).astype(np.int64),
    }


def observe_outputs(state: Perceptron) -> Observation:
    """A row for each corner: x1, x2, target, sum, output."""
    shape = (*state.w.shape[:-1], 4)
    z = state.sums(CORNERS)
    columns = {"x₁": CORNERS[:, 0], "x₂": CORNERS[:, 1], "y": state.targets, "z": z, "ŷ": (z > 0).astype(np.int64)}
    return {name: np.broadcast_to(column, shape) for name, column in columns.items()}


def _picture(state: Perceptron) -> Array:
    return plane.field(lambda x: plane.seam(state.sums(x), state.w))


@experiment("gates")
def gates(update: LearnerUpdate | None = None) -> Experiment:
    """One perceptron, one gate. Solved: a whole epoch without a mistake.

    update: replaces the perceptron rule.
    """
    rule = perceptron_rule if update is None else for_every_start(update)
    return Experiment(
        knobs=(
            Knob("gate", "and", choices=tuple(TRUTH)),
            Knob("learning_rate", 0.1, above=0.0, slider=(0.01, 1.0), log=True, live=True),
        ),
        setup=setup,
        step=lambda state: step(state, rule),
        evaluate=evaluate,
        goal=lambda state: state.mistakes == 0,
        change=change,
        probes={"network": observe_network, "field": observe_field, "outputs": observe_outputs},
        views=(
            View("field", "field", "field", {"extent": plane.EXTENT, "names": ("x₁", "x₂"), "readout": "accuracy"}),
            View("network", "graph", "network"),
            View("mistakes", "curve", options={"series": ("mistakes",), "y_range": (0, 4)}),
            View("outputs", "table", "outputs", {"decimals": {"z": 3}, "strong": ("ŷ",), "track": "ŷ"}),
        ),
        steps=100,
        weights=lambda state: {"w": state.w, "b": state.b},
    )
