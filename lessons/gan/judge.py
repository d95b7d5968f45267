"""D alone, on a line: real numbers against those of a generator that stands still. What can D know at best?"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.lab.authoring import Experiment, Knob, Stream, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from .looks import host, on_device, sure
from .players import perceptron

LINE = np.linspace(-6.0, 6.0, 241)
STEP = float(LINE[1] - LINE[0])


@dataclass(slots=True)
class Judge:
    """A discriminator of single numbers. Real: standard normal. Generated: normal with mean `shift`, width `spread`."""

    discriminator: nn.Module
    optimizer: nn.Optimizer
    data: Stream
    latent: Stream
    leading: int
    batch: int
    shift: float
    spread: float


def densities(state: Judge) -> tuple[np.ndarray, np.ndarray]:
    """p and q on LINE: of the real numbers, and of the generated ones."""
    p = np.exp(-0.5 * LINE**2) / np.sqrt(2 * np.pi)
    z = (LINE - state.shift) / state.spread
    return p, np.exp(-0.5 * z**2) / (state.spread * np.sqrt(2 * np.pi))


def logits(state: Judge) -> np.ndarray:
    """D's logits on LINE (..., N)."""
    with engine.no_grad():
        answered = engine.values(state.discriminator(on_device(LINE[:, None])))
    return np.asarray(host(answered), dtype=np.float64)[..., 0]


def value_of(state: Judge, s: np.ndarray) -> np.ndarray:
    """E log D(x) + E log(1 - D(x')) by the densities, for logits s (..., N) on LINE: (...)."""
    p, q = densities(state)
    result: np.ndarray = -STEP * np.sum(p * np.logaddexp(0.0, -s) + q * np.logaddexp(0.0, s), axis=-1)
    return result


def best_logits(state: Judge) -> np.ndarray:
    """The logits of the best D there is, p / (p + q): log p - log q."""
    z = (LINE - state.shift) / state.spread
    best: np.ndarray = -0.5 * LINE**2 + 0.5 * z**2 + np.log(state.spread)
    return best


def step(state: Judge) -> Metrics:
    """One update of D on new numbers; the loss is minus the value on the batch."""
    real = on_device(state.data.standard_normal((state.batch, 1)))
    made = on_device(state.shift + state.spread * state.latent.standard_normal((state.batch, 1)))
    state.optimizer.zero_grad()
    loss = engine.discriminator_loss(
        "non_saturating", state.discriminator(real), state.discriminator(made), leading=state.leading
    )
    loss.backward()
    state.optimizer.step()
    return {"loss": loss.data}


def evaluate(state: Judge) -> Metrics:
    """value, best_value; miss: how far D is from the best one where numbers fall; farthest: |D - 1/2| there."""
    s = logits(state)
    p, q = densities(state)
    falls = STEP * (p + q) / 2
    value = value_of(state, s)
    return {
        "value": value,
        "best_value": np.broadcast_to(value_of(state, best_logits(state)), value.shape),
        "miss": np.sum(falls * np.abs(sure(s) - sure(best_logits(state))), axis=-1),
        "from_half": np.sum(falls * np.abs(sure(s) - 0.5), axis=-1),
    }


def observe(state: Judge) -> Observation:
    """p, q, D and the best D over the line, each x and y (N,)."""
    p, q = densities(state)
    answered = sure(logits(state))
    rows = {"p(x)": p, "q(x)": q, "p/(p+q)": sure(best_logits(state)), "D(x)": answered}
    seen = {}
    for name, values in rows.items():
        seen[f"{name}/x"] = np.broadcast_to(LINE, answered.shape)
        seen[f"{name}/y"] = np.broadcast_to(values, answered.shape)
    return seen


def change(state: Judge, name: str, value: KnobValue) -> None:
    """Move the generated numbers, or change D's rate."""
    if name == "learning_rate":
        state.optimizer.learning_rate = float(value)
    else:
        setattr(state, name, value)


@experiment("judge")
def judge() -> Experiment:
    """D with two hidden layers of 32 learns to tell two piles of numbers apart; the generator does not move."""

    def setup(knobs: Knobs, streams: Streams, xp: Any) -> Judge:
        network = perceptron((1, 32, 32, 1), rng=streams.init)
        return Judge(
            discriminator=network,
            optimizer=nn.Adam(network, float(knobs["learning_rate"])),
            data=streams.data,
            latent=streams.latent,
            leading=streams.leading,
            batch=int(knobs["batch"]),
            shift=float(knobs["shift"]),
            spread=float(knobs["spread"]),
        )

    return Experiment(
        knobs=(
            Knob("shift", 2.0, low=-4.0, high=4.0, live=True),
            Knob("spread", 1.0, low=0.2, high=3.0, live=True),
            Knob("learning_rate", 0.002, above=0.0, slider=(0.0001, 0.1), log=True, live=True),
            Knob("batch", 256, low=1, high=2048, slider=(8, 512), live=True),
        ),
        setup=setup,
        step=step,
        evaluate=evaluate,
        change=change,
        probes={"line": observe},
        views=(
            View(
                "line",
                "curve",
                "line",
                {
                    "x_range": (-6, 6),
                    "y_range": (0.0, 1.0),
                    "x_name": "x",
                    "colours": {"p(x)": "neg", "q(x)": "pos", "p/(p+q)": "muted", "D(x)": "accent"},
                    "readout": "miss",
                    "note": "p, q, D",
                },
            ),
            View(
                "value",
                "curve",
                options={
                    "series": ("value", "best_value"),
                    "references": {"−ln 4": -np.log(4)},
                    "y_range": (-1.6, -0.4),
                    "colours": {"value": "accent", "best value": "muted"},
                },
            ),
        ),
        steps=1200,
        evaluations=120,
        weights=lambda state: {name: host(array) for name, array in state.discriminator.state_dict().items()},
    )
