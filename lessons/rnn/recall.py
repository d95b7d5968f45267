"""Recall: a number comes in at the first step, noise after it; at the end the network must say the number."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.lab.authoring import Change, Experiment, Knob, Stream, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from .network import Array, Reader, every_seed, saved, seeds_shape, with_radius

TESTED = 256
SORTED = 16
"""Sequences of a thumbnail."""
GUESS = 1 / 3
"""Mean squared error of always answering 0: the variance of a number uniform in [-1, 1]."""
ANY_LENGTH = 1e30
"""A limit that no gradient reaches before it has stopped being a number."""
BRIDGED = 0.05
"""An error below it counts as solved."""
OPTIMIZERS = {"sgd": nn.SGD, "adam": nn.Adam}


@dataclass(frozen=True, slots=True)
class Tested:
    """Sequences that training never meets."""

    x: Array
    """(..., T, n, 2): a number, and 1 where it counts."""
    seeds: tuple[int, ...]


@dataclass(slots=True)
class Recall:
    """A recurrent network under training."""

    model: Reader
    optimizer: nn.Optimizer
    draws: Stream
    lag: int
    batch: int
    clip: float
    """Longest gradient that is let through; 0 for any."""
    tested: Tested


def draw(stream: Stream, n: int, lag: int) -> Array:
    """n sequences (..., lag + 1, n, 2): numbers uniform in [-1, 1], the first one marked."""
    numbers = stream.uniform(-1.0, 1.0, (lag + 1, n))
    marks = np.zeros_like(numbers)
    marks[..., 0, :] = 1.0
    return np.stack([numbers, marks], axis=-1).astype(np.float32)


def setup(knobs: Knobs, streams: Streams, xp: Any) -> Recall:
    """Draw the weights, W with the spectral radius asked for."""
    model = Reader(2, int(knobs["hidden"]), 1, rng=streams.init, recurrent=with_radius(float(knobs["radius"])))
    rule: Any = OPTIMIZERS[str(knobs["optimizer"])]
    return Recall(
        model=model,
        optimizer=rule(model, float(knobs["learning_rate"])),
        draws=streams.data,
        lag=int(knobs["lag"]),
        batch=int(knobs["batch"]),
        clip=float(knobs["clip"]),
        tested=Tested(draw(streams.shuffle, TESTED, int(knobs["lag"])), seeds_shape(streams)),
    )


def _error(state: Recall, x: Array) -> engine.Tensor:
    """Return the mean squared error of the answers after the last step, () or (S,)."""
    answers = state.model(engine.to_device(x))
    meant = engine.to_device(x[..., 0, :, :1].copy())
    return engine.mse_loss(answers[..., -1, :, :], meant, leading=len(state.tested.seeds))


def step(state: Recall) -> Metrics:
    """Make one update; the gradient's length is that before clipping."""
    state.optimizer.zero_grad()
    loss = _error(state, draw(state.draws, state.batch, state.lag))
    loss.backward()
    length = nn.clip_gradient_norm(state.model, state.clip or ANY_LENGTH, leading=len(state.tested.seeds))
    state.optimizer.step()
    return {"loss": loss.data, "gradient": length}


def evaluate(state: Recall) -> Metrics:
    """Measure the error on sequences that training never meets."""
    with engine.no_grad():
        return {"test_loss": engine.values(_error(state, state.tested.x))}


def is_bridged(state: Recall) -> Any:
    """Whether the number comes through: an error below 0.05 where a guess has 1/3."""
    return engine.to_host(evaluate(state)["test_loss"]) < BRIDGED


def change(state: Recall, name: str, value: KnobValue) -> None:
    """Apply a live knob."""
    if name == "clip":
        state.clip = float(value)
    else:
        setattr(state.optimizer, name, value)


def observe(state: Recall) -> Observation:
    """One sequence: the numbers x, the hidden state h (H, T), and what the network would answer after each step."""
    x = state.tested.x[..., :1, :]
    with engine.no_grad():
        answers, states, _ = state.model.read(engine.to_device(x))
    wanted = np.broadcast_to(x[..., :1, 0, 0], x.shape[:-2]).copy()
    return {
        "x/values": x[..., 0, 0],
        "h/values": np.swapaxes(engine.to_host(engine.values(states))[..., 0, :], -1, -2),
        "ŷ/values": engine.to_host(engine.values(answers))[..., 0, 0],
        "y/values": wanted,
        **every_seed(state.tested.seeds, cursor=np.float64(state.lag)),
    }


def observe_memories(state: Recall) -> Observation:
    """fields (..., 16, 1): its last answers to 16 sequences, sorted by the number asked for, the highest on top.

    Where the number comes through they run from blue to orange.
    """
    x = state.tested.x[..., :SORTED, :]
    with engine.no_grad():
        answers = engine.to_host(engine.values(state.model(engine.to_device(x))))[..., 0]
    order = np.argsort(x[..., 0, :, 0], axis=-1)
    return {"fields": np.take_along_axis(answers[..., -1, :], order, axis=-1)[..., None]}


def advise(knobs: Knobs) -> tuple[Change, ...]:
    """After an explosion: clip; where that is on, a tenth of the rate."""
    if float(knobs["clip"]) > 0:
        return (Change("learning_rate", float(knobs["learning_rate"]) / 10),)
    return (Change("clip", 0.5),)


@experiment("recall")
def recall() -> Experiment:
    """16 hidden units, 32 new sequences a step."""
    return Experiment(
        knobs=(
            Knob("lag", 10, low=1, high=200, slider=(1, 100)),
            Knob("radius", 1.0, above=0.0, high=10.0, slider=(0.1, 2.0)),
            Knob("clip", 1.0, low=0.0, high=1000.0, slider=(0.0, 5.0), live=True),
            Knob("optimizer", "adam", choices=tuple(OPTIMIZERS)),
            Knob("learning_rate", 0.01, above=0.0, slider=(0.0001, 1.0), log=True, live=True),
            Knob("hidden", 16, low=1, high=128, slider=(1, 64)),
            Knob("batch", 32, low=1, high=1024, slider=(1, 128)),
        ),
        setup=setup,
        step=step,
        evaluate=evaluate,
        goal=is_bridged,
        change=change,
        advise=advise,
        probes={"sequence": observe, "memories": observe_memories},
        views=(
            View(
                "loss", "curve", options={"series": ("loss", "test_loss"), "scale": "log", "references": {"1/3": GUESS}}
            ),
            View("gradient", "curve", options={"series": ("gradient",), "scale": "log"}),
            View(
                "sequence",
                "timeline",
                "sequence",
                {"limits": dict.fromkeys(("x", "h", "ŷ", "y"), (-1.0, 1.0)), "readout": "test_loss"},
            ),
            View("seeds", "strip", "memories"),
        ),
        steps=600,
        evaluations=60,
        weights=lambda state: saved(state.model),
    )
