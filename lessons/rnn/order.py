"""Echo: say at every step what came in `lag` steps ago. A net without memory, one with a window, one with a loop."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.lab.authoring import Experiment, Knob, Stream, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from .network import Array, Reader, every_seed, learned_numbers, saved, seeds_shape

STEPS = 24
"""Symbols of a sequence."""
TESTED = 64
"""Sequences that are measured on; the first of them is on show."""


@dataclass(frozen=True, slots=True)
class Held:
    """Sequences that training never meets, and numbers that stay as they are."""

    x: Array
    """(..., T, n, 1): symbols -1 and 1."""
    seeds: tuple[int, ...]
    learned: int


@dataclass(slots=True)
class Echo:
    """A model under training."""

    model: nn.Module
    optimizer: nn.Optimizer
    draws: Stream
    lag: int
    width: int
    """Symbols that the model sees at once: 1 but for the window."""
    batch: int
    held: Held


class Windows(nn.Module):
    """The same two dense layers at every step: what they get is all they know. A 1-D convolution, that is."""

    def __init__(self, width: int, hidden: int, *, rng: Any) -> None:
        self.hidden = nn.Linear(width, hidden, rng=rng)
        self.head = nn.Linear(hidden, 1, rng=rng)

    def forward(self, x: Any) -> engine.Tensor:
        """x (..., T, N, width) -> logits (..., T, N, 1)."""
        return self.read(x)[0]

    def read(self, x: Any) -> tuple[engine.Tensor, engine.Tensor]:
        """Return the logits and the hidden values (..., T, N, H)."""
        lead, (steps, n, width) = x.shape[:-3], x.shape[-3:]
        values = engine.tanh(self.hidden(engine.reshape(x, (*lead, steps * n, width))))
        logits = self.head(values)
        shape = (*lead, steps, n)
        return engine.reshape(logits, (*shape, 1)), engine.reshape(values, (*shape, values.shape[-1]))


def draw(stream: Stream, n: int) -> Array:
    """n sequences (..., T, n, 1) of -1 and 1."""
    return (2.0 * stream.integers(0, 2, (STEPS, n, 1)) - 1.0).astype(np.float32)


def seen(x: Array, width: int) -> Array:
    """What the model sees (..., T, n, width): the newest symbol last, zeros before the beginning."""
    padding = [(0, 0)] * (x.ndim - 3) + [(width - 1, 0), (0, 0), (0, 0)]
    padded = np.pad(x, padding)
    return np.concatenate([padded[..., k : k + STEPS, :, :] for k in range(width)], axis=-1)


def setup(knobs: Knobs, streams: Streams, xp: Any) -> Echo:
    """Draw the weights and the sequences that are measured on."""
    kind, hidden = str(knobs["model"]), int(knobs["hidden"])
    width = int(knobs["window"]) if kind == "window" else 1
    model: nn.Module
    if kind == "rnn":
        model = Reader(1, hidden, 1, rng=streams.init)
    else:
        model = Windows(width, hidden, rng=streams.init)
    return Echo(
        model=model,
        optimizer=nn.Adam(model, float(knobs["learning_rate"])),
        draws=streams.data,
        lag=int(knobs["lag"]),
        width=width,
        batch=int(knobs["batch"]),
        held=Held(draw(streams.shuffle, TESTED), seeds_shape(streams), learned_numbers(model, streams.leading)),
    )


def _asked(state: Echo, x: Array) -> tuple[Any, Any]:
    """Return the logits where an answer is due, and what is wanted there: both (..., T - lag, n, 1)."""
    logits = state.model(engine.to_device(seen(x, state.width)))
    wanted = ((x[..., : STEPS - state.lag, :, :] + 1) / 2).astype(np.float32)
    return logits[..., state.lag :, :, :], engine.to_device(wanted)


def step(state: Echo) -> Metrics:
    """Make one update on new sequences."""
    state.optimizer.zero_grad()
    logits, wanted = _asked(state, draw(state.draws, state.batch))
    loss = engine.binary_cross_entropy_with_logits(logits, wanted, leading=len(state.held.seeds))
    loss.backward()
    state.optimizer.step()
    return {"loss": loss.data}


def evaluate(state: Echo) -> Metrics:
    """Measure the share of right answers on the held sequences."""
    with engine.no_grad():
        logits, wanted = _asked(state, state.held.x)
    answers, meant = engine.to_host(engine.values(logits)), engine.to_host(wanted)
    right = ((answers > 0) == (meant > 0.5)).mean(axis=(-3, -2, -1))
    return {"accuracy": right, "parameters": np.full(state.held.seeds, state.held.learned)}


def change(state: Echo, name: str, value: KnobValue) -> None:
    """Apply the learning rate."""
    setattr(state.optimizer, name, value)


def observe(state: Echo) -> Observation:
    """One held sequence: x, h (H, T), the answer p and what is wanted, y, both from -1 to 1; labels + and −."""
    x = state.held.x[..., :1, :]
    with engine.no_grad():
        model: Any = state.model
        logits, states = model.read(engine.to_device(seen(x, state.width)))[:2]
    given = x[..., 0, 0]
    wanted = np.full(given.shape, np.nan)
    wanted[..., state.lag :] = given[..., : STEPS - state.lag]
    said = np.tanh(engine.to_host(engine.values(logits))[..., 0, 0] / 2)
    said[..., : state.lag] = np.nan
    return {
        "x/values": given,
        "h/values": np.swapaxes(engine.to_host(engine.values(states))[..., 0, :], -1, -2),
        "ŷ/values": said,
        "y/values": wanted,
        **every_seed(state.held.seeds, cursor=np.float64(STEPS // 2)),
    }


@experiment("order")
def order() -> Experiment:
    """Random signs; the model has to repeat them `lag` steps later. Without a memory that is a coin toss."""
    return Experiment(
        knobs=(
            Knob("model", "feedforward", choices=("feedforward", "window", "rnn")),
            Knob("lag", 2, low=1, high=12),
            Knob("window", 3, low=1, high=13),
            Knob("hidden", 12, low=1, high=64, slider=(1, 32)),
            Knob("learning_rate", 0.01, above=0.0, slider=(0.0001, 1.0), log=True, live=True),
            Knob("batch", 32, low=1, high=1024, slider=(1, 128)),
        ),
        setup=setup,
        step=step,
        evaluate=evaluate,
        change=change,
        probes={"echo": observe},
        views=(
            View("echo", "timeline", "echo", {"limits": dict.fromkeys(("x", "h", "ŷ", "y"), (-1.0, 1.0))}),
            View(
                "accuracy",
                "curve",
                options={"series": ("accuracy",), "y_range": (0.4, 1.0), "references": {"1/2": 0.5}},
            ),
            View("loss", "curve", options={"scale": "log", "references": {"ln 2": float(np.log(2))}}),
        ),
        steps=300,
        evaluations=60,
        weights=lambda state: saved(state.model),
    )
