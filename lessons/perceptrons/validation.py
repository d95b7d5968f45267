"""A network that is larger than its data: the cost on points that it never saw falls, turns and rises again."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from nnlab import engine
from nnlab.data import Dataset, dataset
from nnlab.lab.authoring import Experiment, Knob, Streams, Supervised, View, experiment, supervised
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.supervised import step as supervised_step

from .clouds import ACCURACY, LEARNING_RATE, network, optimizer, sizes

TRAIN, HELD_BACK = 60, 200


@dataclass(slots=True)
class Validated(Supervised):
    """Supervised training that looks at the held-back points after every step; () or (S,) arrays of the backend."""

    patience: int = 0
    """Steps without a better validation cost after which a network is put back to its best weights; 0: never."""
    index: int = 0
    best_loss: Any = None
    best_step: Any = None
    is_stopped: Any = None
    best_weights: Any = None
    """Name -> array, kept only while `patience` may ask for them."""


def validation_loss(state: Supervised) -> Any:
    """Cost on the held-back points, () or (S,)."""
    outputs = engine.values(state.model(state.data.x_test))
    return engine.values(state.loss(outputs, state.data.y_test, leading=state.leading))


def step(state: Validated) -> Metrics:
    """One update, then a look at the held-back points; who ran out of patience returns to the best weights."""
    metrics = supervised_step(state)
    state.index += 1
    xp = engine.namespace_of(state.best_loss)
    if state.patience:
        _hold(state, xp)
    now = validation_loss(state)
    is_better = (now < state.best_loss) & ~state.is_stopped
    state.best_loss = xp.where(is_better, now, state.best_loss)
    state.best_step = xp.where(is_better, state.index, state.best_step)
    if state.patience:
        state.best_weights = _choose(xp, is_better, state.model.state_dict(), state.best_weights)
        state.is_stopped = state.is_stopped | (state.index - state.best_step >= state.patience)
    return {**metrics, "test_loss": now, "best_loss": state.best_loss, "best_step": state.best_step}


def _hold(state: Validated, xp: Any) -> None:
    """Undo the update of every network that has stopped: it keeps its best weights."""
    state.model.load_state_dict(_choose(xp, state.is_stopped, state.best_weights, state.model.state_dict()))


def _choose(xp: Any, which: Any, yes: Any, no: Any) -> dict[str, Any]:
    """For every named array: `yes` for the networks where `which` () or (S,) holds, `no` for the others."""

    def spread(array: Any) -> Any:
        return xp.reshape(which, (*which.shape, *(1,) * (array.ndim - which.ndim)))

    return {name: xp.where(spread(array), array, no[name]) for name, array in yes.items()}


@experiment("validation")
def validation() -> Experiment:
    """Two noisy moons, 60 points to learn, 200 held back."""

    def data(knobs: Knobs, rng: np.random.Generator) -> Dataset:
        n = TRAIN + HELD_BACK
        return dataset("moons", n, noise=float(knobs["noise"]), rng=rng, test=HELD_BACK / n)

    made = supervised(
        knobs=(
            Knob("width", 32, low=1, high=64),
            Knob("layers", 2, low=0, high=4),
            Knob("patience", 0, low=0, high=1000, slider=(0, 500)),
            Knob("noise", 0.25, low=0.0, high=1.0, slider=(0.0, 0.5)),
            replace(LEARNING_RATE, default=0.003),
            Knob("batch", 0, low=0, high=TRAIN),
        ),
        data=data,
        model=lambda knobs, rng: network(sizes(knobs), "tanh", rng),
        optimizer=lambda knobs, model: optimizer({**knobs, "optimizer": "adam"}, model),
        loss=engine.binary_cross_entropy_with_logits,
        views=(
            View("loss", "curve", options={"series": ("loss", "test_loss"), "y_range": (0.0, 1.0)}),
            View("field", "field", "field", {"names": ("x₁", "x₂"), "note": "ŷ(x)", "readout": "test_accuracy"}),
            ACCURACY,
            View("network", "graph", "network"),
        ),
        steps=1500,
    )

    def setup(knobs: Knobs, streams: Streams, xp: Any) -> Validated:
        plain = made.setup(knobs, streams, xp)
        state = Validated(**{part.name: getattr(plain, part.name) for part in fields(plain)})
        state.patience = int(knobs["patience"])
        state.best_loss = validation_loss(state)
        state.best_step = xp.zeros(state.best_loss.shape, dtype=xp.int64)
        state.is_stopped = xp.zeros(state.best_loss.shape, dtype=xp.bool)
        state.best_weights = state.model.state_dict() if state.patience else {}
        return state

    return replace(made, setup=setup, step=step)
