"""The copy task: ten symbols, a wait, and then the same ten again. Who forgets them guesses each among eight."""

from typing import Any

import numpy as np

from nnlab import engine
from nnlab.data import copy_baseline, copy_task, one_hot
from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from . import learner as learning
from .adding import GATES, PARTS
from .learner import Learner, Task, learner, shared_knobs, stacked
from .network import CELLS, Network, trace

SYMBOLS, TOKENS, WRITTEN = 10, 10, 9
"""Letters to be kept; kinds of tokens that are read (eight letters, blank, the mark) and written (no mark)."""
UNSEEN = 200
READ = "·abcdefgh?"
"""How tokens are shown: a blank, eight letters, the mark that asks for them."""


def cross_entropy(outputs: Any, targets: Any, *, leading: int = 0) -> engine.Tensor:
    """Mean over all steps, in nats. outputs (..., T N, C), targets (..., T, N)."""
    xp = engine.namespace_of(targets)
    flat = xp.reshape(targets, (*targets.shape[:leading], -1))
    return engine.cross_entropy(outputs, flat, leading=leading)


def setup(knobs: Knobs, streams: Streams, xp: Any) -> Learner:
    """A fresh network; its unseen sequences come first from the stream of data."""
    blanks = int(knobs["blanks"])

    def draw(rng: np.random.Generator, n: int) -> learning.Samples:
        x, y = copy_task(n, blanks, rng=rng)
        return one_hot(x, TOKENS), y

    x, y = stacked(streams.data, draw, UNSEEN)
    model = Network(
        str(knobs["cell"]),
        TOKENS,
        int(knobs["units"]),
        WRITTEN,
        rng=streams.init,
        forget_bias=float(knobs["forget_bias"]),
    )
    return learner(knobs, streams, model, Task(draw, cross_entropy, x, y, 2000, streams.leading))


def evaluate(state: Learner) -> Metrics:
    """Measure the loss on unseen sequences, what it is without memory, and the share of letters that are right."""
    metrics = dict(learning.evaluate(state))
    with engine.no_grad():
        outputs = engine.values(state.model(state.task.x))
    xp = engine.namespace_of(outputs)
    y = state.task.y
    given = xp.reshape(xp.argmax(outputs, axis=-1), y.shape)
    right = xp.astype(given[..., -SYMBOLS:, :] == y[..., -SYMBOLS:, :], xp.float64)
    metrics["letters_accuracy"] = xp.mean(right, axis=(-2, -1))
    metrics["memoryless"] = metrics["test_loss"] * 0 + copy_baseline(y.shape[-2] - 2 * SYMBOLS)
    return metrics


def shown(state: Learner) -> tuple[Any, Any]:
    """The sequence on show: x (..., T, 1, 10), y (..., T)."""
    index = min(state.sample, UNSEEN - 1)
    return state.task.x[..., index : index + 1, :], engine.to_host(state.task.y)[..., index]


def _letters(numbers: Any) -> Any:
    return np.array(list(READ))[numbers]


def observe_written(state: Learner) -> Observation:
    """p (..., 9, T): how likely the network holds each token; labels what it reads, below what it should write."""
    x, y = shown(state)
    with engine.no_grad():
        shares = engine.to_host(engine.values(engine.softmax(state.model(x))))
    read = np.argmax(engine.to_host(x)[..., 0, :], axis=-1)
    units = np.broadcast_to(np.array(list(READ[:WRITTEN])), (*y.shape[:-1], WRITTEN))
    return {
        "p/values": np.swapaxes(shares, -1, -2),
        "p/units": units,
        "labels": _letters(read),
        "below": _letters(y),
    }


def observe_gates(state: Learner) -> Observation:
    """Every gate and state (..., H, T) over the sequence on show, with what is read above and due below."""
    x, y = shown(state)
    _, inner = trace(state.model, x)
    read = np.argmax(engine.to_host(x)[..., 0, :], axis=-1)
    parts = {
        f"{letter}/values": np.swapaxes(inner[name][..., 0, :], -1, -2)
        for letter, name in PARTS[state.model.cell].items()
    }
    return {**parts, "labels": _letters(read), "below": _letters(y)}


@experiment("copying")
def copying() -> Experiment:
    """Ten symbols through ten blanks; 48 units, forget bias 2."""
    return Experiment(
        knobs=(
            Knob("cell", "lstm", choices=CELLS),
            Knob("blanks", 10, low=1, high=200, slider=(1, 40)),
            Knob("forget_bias", 2.0, low=-10.0, high=10.0, slider=(-4.0, 4.0)),
            Knob("units", 48, low=1, high=256, slider=(8, 96)),
            Knob("sample", 0, low=0, high=UNSEEN - 1, slider=(0, 50), live=True),
            *shared_knobs(rate=0.01, batch=32),
        ),
        setup=setup,
        step=learning.step,
        evaluate=evaluate,
        change=learning.change,
        advise=learning.advise,
        probes={"written": observe_written, "gates": observe_gates},
        views=(
            View(
                "written",
                "timeline",
                "written",
                {"maps": {"p": "sequential"}, "limits": {"p": (0.0, 1.0)}, "readout": "letters_accuracy"},
            ),
            View(
                "loss",
                "curve",
                options={"series": ("test_loss", "memoryless"), "y_range": (0.0, 1.0), "y_limits": (0.0, 1.0)},
            ),
            View("gates", "timeline", "gates", {**GATES, "readout": ""}),
            View("letters", "curve", options={"series": ("letters_accuracy",), "y_range": (0.0, 1.0)}),
        ),
        steps=1200,
        evaluations=40,
        weights=learning.weights,
        samples=lambda state: state.batch,
    )
