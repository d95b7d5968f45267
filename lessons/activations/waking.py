"""A hidden layer that starts with every unit off: who can leave that place, and who is stuck there for ever."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import Dataset, dataset
from nnlab.data.dataset import split
from nnlab.lab.authoring import Experiment, Knob, Stream, Streams, Supervised, View, experiment, supervised
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.supervised import evaluate, step

from .family import TRAINABLE, Array, layer
from .firing import dead, firing
from .leaky import LearnerActivation, layer_of, pair

POINTS = 200
BATCH = 20
EPOCHS = 200
UNITS = 16
LENGTH = 0.6
"""Length of each unit's weight vector: with |x| <= 2 its w·x stays within 1.2, so a bias below -1.2 keeps it off."""
REACH = 2.0
REPLACED = "relu"
"""The choice whose place a learner's function takes; the others stay ours, to compare."""


def rings(knobs: Knobs, rng: np.random.Generator) -> Dataset:
    """Two circles, widened until the farthest point has length REACH; both classes equally many."""
    made = dataset("circles", POINTS, noise=0.05, rng=rng)
    return split(made.x * (REACH / np.max(np.linalg.norm(made.x, axis=-1))), made.y, test=0.0, rng=rng)


def network(knobs: Knobs, rng: Stream, between: nn.Module) -> nn.Module:
    """2-16-1 whose hidden weights are vectors of length LENGTH in random directions, all with the knob's bias.

    between: the layer between the two.
    """
    hidden = nn.Linear(2, UNITS, rng=rng)
    angle = rng.uniform(0.0, 2.0 * np.pi, (UNITS,))
    weights = LENGTH * np.stack([np.cos(angle), np.sin(angle)], axis=-2)
    start = {"weight": weights, "bias": np.full(angle.shape, float(knobs["bias"]))}
    hidden.load_state_dict({name: engine.to_device(array.astype(np.float32)) for name, array in start.items()})
    return nn.Sequential(hidden, between, nn.Linear(UNITS, 1, rng=rng))


@dataclass(slots=True)
class Waking(Supervised):
    """Supervised training that remembers its first weights and when it passed 95 %."""

    activation: str = ""
    slopes: Callable[[Array], Array] | None = None
    """The learner's a'(z), where a function of theirs is at work."""
    first: dict[str, Array] = field(default_factory=dict)
    index: int = 0
    reached: Array = field(default_factory=lambda: np.zeros(()))
    """Epoch at whose end 95 % were right for the first time, 0 while that is to come; () or (S,)."""


def step_once(state: Waking) -> Metrics:
    """One update; at the end of an epoch a look at all samples."""
    metrics = step(state)
    state.index += 1
    steps_an_epoch = -(-state.data.size // (state.batch or state.data.size))
    if state.index % steps_an_epoch == 0:
        accuracy = engine.to_host(evaluate(state)["accuracy"])
        is_first = (accuracy >= 0.95) & (state.reached == 0)
        state.reached = np.where(is_first, state.index // steps_an_epoch, state.reached)
    return {**metrics, "reached": state.reached.astype(np.float64)}


def evaluate_waking(state: Waking) -> Metrics:
    """Accuracy, dead units, and how far the farthest weight has come; the output's own bias does not count."""
    now = state.model.state_dict()
    moved = [
        np.abs(engine.to_host(now[name]) - then).reshape(*then.shape[: state.leading], -1).max(axis=-1)
        for name, then in state.first.items()
        if name != "2.bias"
    ]
    return {
        **evaluate(state),
        "dead": dead(state, state.activation, state.slopes),
        "moved": np.max(np.stack(moved), axis=0),
        "reached": state.reached.astype(np.float64),
    }


def observe_units(state: Waking) -> Observation:
    """firing (H,): share of the samples on which each unit fires; names (1,): the activation, a(z) for a learner's."""
    shares = firing(state, state.activation, state.slopes)
    name = state.activation if state.slopes is None else "a(z)"
    return {"firing": shares, "names": np.broadcast_to(np.array([name]), (*shares.shape[:-1], 1))}


def has_learned(state: Supervised) -> Any:
    """Whether 95 % of the samples are right, () or (S,)."""
    return evaluate(state)["accuracy"] >= 0.95


@experiment("waking")
def waking(activation: LearnerActivation | None = None) -> Experiment:
    """2-16-1 with every unit off, Adam 0.01, 200 epochs. Solved: 95 % right.

    activation: takes ReLU's place.
    """

    def model(knobs: Knobs, rng: Stream) -> nn.Module:
        name = str(knobs["activation"])
        return network(knobs, rng, layer(name) if activation is None or name != REPLACED else layer_of(activation))

    made = supervised(
        knobs=(
            Knob("activation", "relu", choices=TRAINABLE),
            Knob("bias", -1.5, slider=(-3.0, 1.0)),
            Knob("learning_rate", 0.01, above=0.0, slider=(0.001, 10.0), log=True, live=True),
            Knob("batch", BATCH, low=0, high=POINTS),
        ),
        data=rings,
        model=model,
        optimizer=lambda knobs, model: nn.optimizer("adam", model, float(knobs["learning_rate"])),
        loss=engine.binary_cross_entropy_with_logits,
        views=(
            View("units", "units", "units", {"readout": "dead"}),
            View("field", "field", "field", {"names": ("x₁", "x₂"), "note": "ŷ(x)", "readout": "accuracy"}),
            View("accuracy", "curve", options={"series": ("accuracy",), "y_range": (0.4, 1.0)}),
            View(
                "loss", "curve", options={"series": ("loss",), "y_range": (0.0, 0.8), "references": {"ln 2": np.log(2)}}
            ),
            View("seeds", "strip", "thumbnails", {"readout": "solved"}),
        ),
        probes={"units": observe_units},
        goal=has_learned,
        steps=EPOCHS * (POINTS // BATCH),
    )

    def setup(knobs: Knobs, streams: Streams, xp: Any) -> Waking:
        plain = made.setup(knobs, streams, xp)
        state = Waking(**{part.name: getattr(plain, part.name) for part in fields(plain)})
        state.activation = str(knobs["activation"])
        if activation is not None and state.activation == REPLACED:
            state.slopes = lambda z: pair(activation, z)[1]
        state.first = {name: np.array(engine.to_host(value)) for name, value in state.model.state_dict().items()}
        state.reached = np.zeros((len(streams.seeds),) if streams.leading else ())
        return state

    return replace(made, setup=setup, step=step_once, evaluate=evaluate_waking)
