"""One unit whose weights are set by hand: it adds the marked numbers of a sequence, step by step."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.data import adding_problem
from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from .lstm_step import LearnerStep, gates, step_of

Array = Any
SCALE = 0.1
"""The candidate is tanh(0.1 x): small numbers pass a tanh nearly unchanged, so the answer is h / 0.1."""
MARKED = 16.0
"""What a mark adds to the input gate's z."""
STATES: dict[str, Any] = {
    "maps": {"x": "ink", "f": "sequential", "i": "sequential", "o": "sequential"},
    "limits": {"x": (0.0, 1.0), "f": (0.0, 1.0), "i": (0.0, 1.0), "o": (0.0, 1.0)},
    "bars": ("x",),
}
"""How a cell's gates and states are drawn: all gates on one scale, the states about zero."""


@dataclass(slots=True)
class Walk:
    """A sequence, everything that the cell did with it, and how far the walk has come."""

    x: Array
    """(..., T, 2): numbers and marks."""
    seen: dict[str, Array]
    """f, i, g, o, c, h (..., T, 1)."""
    position: int = 0

    @property
    def length(self) -> int:
        """T."""
        return int(self.x.shape[-2])


def weights(knobs: Knobs) -> tuple[Array, Array, Array]:
    """w_x (2, 4), w_h (1, 4), b (4,) in the order i, f, g, o: only the input gate and the candidate look at x."""
    w_x = np.array([[0.0, 0.0, SCALE, 0.0], [MARKED, 0.0, 0.0, 0.0]])
    b = np.array([float(knobs["input_bias"]), float(knobs["forget_bias"]), 0.0, float(knobs["output_bias"])])
    return w_x, np.zeros((1, 4)), b


def run_through(x: Array, own: tuple[Array, Array, Array], learner: LearnerStep | None = None) -> dict[str, Array]:
    """Every gate and state over x (T, D): f, i, g, o, c, h (T, H). The gates are ours, c and h the learner's."""
    h = c = np.zeros(own[1].shape[0])
    rows = []
    for x_t in x:
        i, f, g, o = gates(x_t, h, *own)
        h, c = step_of(learner, x_t, h, c, *own)
        rows.append((f, i, g, o, c, h))
    return {name: np.stack([row[k] for row in rows]) for k, name in enumerate("figoch")}


def setup(knobs: Knobs, streams: Streams, learner: LearnerStep | None) -> Walk:
    """The whole walk is made at once and revealed step by step. A sequence of one unit lives on the host."""
    length = int(knobs["length"])
    xs = [adding_problem(1, length, rng=generator)[0][:, 0] for generator in streams.data.generators()]
    all_seen = [run_through(x, weights(knobs), learner) for x in xs]
    if not streams.leading:
        return Walk(xs[0], all_seen[0])
    return Walk(np.stack(xs), {name: np.stack([seen[name] for seen in all_seen]) for name in all_seen[0]})


def go_on(walk: Walk) -> Metrics:
    """Go one step on; at the end the walk stays where it is."""
    walk.position = min(walk.position + 1, walk.length - 1)
    return evaluate(walk)


def evaluate(walk: Walk) -> Metrics:
    """Measure the answer so far, the true sum so far, and what is left of the first marked number."""
    reached = walk.x[..., : walk.position + 1, :]
    target = (reached[..., 0] * reached[..., 1]).sum(axis=-1)
    answer = walk.seen["h"][..., walk.position, 0] / SCALE
    after = np.cumsum(walk.x[..., 1], axis=-1) - walk.x[..., 1] > 0
    forgets = np.where(after, walk.seen["f"][..., 0], 1.0)[..., : walk.position + 1]
    return {"answer": answer, "target": target, "error": np.abs(answer - target), "kept": np.prod(forgets, axis=-1)}


def observe_cell(walk: Walk) -> Observation:
    """The step that the walk has come to, as the plot of a cell takes it."""
    at = walk.position
    seen: dict[str, Array] = {name: values[..., at, :] for name, values in walk.seen.items()}
    for name in "ch":
        before = walk.seen[name][..., at - 1, :] if at else np.zeros_like(seen[name])
        seen[f"{name}_before"] = before
    return {**seen, "x": walk.x[..., at, :]}


def observe_gates(walk: Walk) -> Observation:
    """The numbers, the gates and both states as far as the walk has come; what is ahead is NaN."""
    known = np.arange(walk.length) <= walk.position
    rows = {"x": walk.x[..., None, :, 0]}
    rows |= {name: np.where(known, walk.seen[name][..., :, 0], np.nan)[..., None, :] for name in "fioch"}
    lead = walk.x.shape[:-2]
    cursor = np.broadcast_to(np.float64(walk.position), lead)
    return {**{f"{name}/values": values for name, values in rows.items()}, "marks": walk.x[..., 1], "cursor": cursor}


def observe_sums(walk: Walk) -> Observation:
    """The true sum so far (T,), and the cell's answer as far as the walk has come."""
    reached = walk.position + 1
    target = np.cumsum(walk.x[..., 0] * walk.x[..., 1], axis=-1)
    answer = walk.seen["h"][..., :reached, 0] / SCALE
    places = np.broadcast_to(np.arange(1.0, walk.length + 1), target.shape)
    return {"h / 0.1/x": places[..., :reached], "h / 0.1/y": answer, "Σ/x": places, "Σ/y": target}


@experiment("cell")
def cell(step: LearnerStep | None = None) -> Experiment:
    """Twenty numbers, two of them marked, one unit that adds them.

    step: replaces ours.
    """
    learner = step
    return Experiment(
        knobs=(
            Knob("forget_bias", 8.0, low=-20.0, high=20.0, slider=(-8.0, 8.0)),
            Knob("input_bias", -8.0, low=-20.0, high=20.0, slider=(-8.0, 8.0)),
            Knob("output_bias", 8.0, low=-20.0, high=20.0, slider=(-8.0, 8.0)),
            Knob("length", 20, low=2, high=200, slider=(4, 50)),
        ),
        setup=lambda knobs, streams, xp: setup(knobs, streams, learner),
        step=go_on,
        evaluate=evaluate,
        probes={"cell": observe_cell, "gates": observe_gates, "sums": observe_sums},
        views=(
            View("cell", "cell", "cell", {"decimals": 3}),
            View("gates", "timeline", "gates", STATES),
            View(
                "sums", "curve", "sums", {"x_range": (1, 2), "y_range": (0.0, 1.0), "x_name": "t", "readout": "answer"}
            ),
        ),
        steps=19,
    )
