"""The adding problem: many numbers go by, two of them are marked, and at the end their sum is asked for."""

from typing import Any

import numpy as np

from nnlab import engine
from nnlab.data import ADDING_BASELINE, adding_problem
from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from . import learner as learning
from .by_hand import STATES
from .learner import Learner, Task, learner, shared_knobs, stacked
from .network import CELLS, Network, trace
from .through_time import gru_lags, left, lstm_lags, rnn_lags

UNSEEN = 400
"""Sequences that the error is measured on."""
SHOWN = 120
"""Of these, how many answers are drawn."""
PASSES = 0.04
"""An error below which the sum counts as remembered; 1/6 is what the answer 1 gets."""
PARTS = {
    "rnn": {"h": "hidden"},
    "gru": {"r": "reset_gate", "z": "update_gate", "n": "candidate", "h": "hidden"},
    "lstm": {"f": "forget_gate", "i": "input_gate", "o": "output_gate", "c": "cell"},
}
"""Cell -> what its timeline shows, by the letters of the formulas."""
GATES: dict[str, Any] = {
    "maps": {**STATES["maps"], "r": "sequential", "z": "sequential"},
    "limits": {**STATES["limits"], "r": (0.0, 1.0), "z": (0.0, 1.0)},
    "bars": ("x",),
    "apart": ("c",),
    "readout": "test_loss",
}


def setup(knobs: Knobs, streams: Streams, xp: Any) -> Learner:
    """A fresh network; its unseen sequences come first from the stream of data."""
    length = int(knobs["length"])

    def draw(rng: np.random.Generator, n: int) -> learning.Samples:
        return adding_problem(n, length, rng=rng)

    x, y = stacked(streams.data, draw, UNSEEN)
    model = Network(
        str(knobs["cell"]),
        2,
        int(knobs["units"]),
        1,
        rng=streams.init,
        forget_bias=float(knobs["forget_bias"]),
        reads_last=True,
    )
    return learner(knobs, streams, model, Task(draw, engine.mse_loss, x, y, 1500, streams.leading))


def evaluate(state: Learner) -> Metrics:
    """Measure the error on unseen sequences, and what is left of the gradient at the first step of the one on show.

    As powers of ten: power at c, or at h for a network without c; line_power along the straight line of an LSTM alone.
    """
    metrics = dict(learning.evaluate(state))
    lags = trained_lags(state)
    name = "c" if "c" in lags else "h"
    metrics["power"] = np.log10(np.maximum(lags[name][..., -1], 1e-300))
    if "f·f·f…" in lags:
        metrics["line_power"] = np.log10(np.maximum(lags["f·f·f…"][..., -1], 1e-300))
    return metrics


def shown(state: Learner) -> Any:
    """The sequence on show as a batch of one (..., T, 1, 2)."""
    index = min(state.sample, UNSEEN - 1)
    return state.task.x[..., index : index + 1, :]


def observe_gates(state: Learner) -> Observation:
    """The numbers and marks of the sequence on show, and every gate and state of every unit (..., H, T)."""
    x = shown(state)
    _, inner = trace(state.model, x)
    numbers = engine.to_host(x)[..., 0, :]
    arrays = {"x/values": numbers[..., None, :, 0], "marks": numbers[..., 1]}
    for letter, name in PARTS[state.model.cell].items():
        arrays[f"{letter}/values"] = np.swapaxes(inner[name][..., 0, :], -1, -2)
    return {**arrays, "cursor": _second_mark(numbers).astype(np.float64)}


def _second_mark(numbers: Any) -> Any:
    """The step of the later mark in (..., T, 2); it lies in the second half, so there is a step before it."""
    return np.argmax(numbers[..., 1] * np.arange(1, numbers.shape[-2] + 1), axis=-1)


def observe_cell(state: Learner) -> Observation:
    """The step of the second mark, all units (..., H), as the plot of a cell takes it; unit: who takes in most.

    Empty for a network that is no LSTM.
    """
    if state.model.cell != "lstm":
        return {}
    x = shown(state)
    _, inner = trace(state.model, x)
    numbers = engine.to_host(x)[..., 0, :]
    at = _second_mark(numbers)

    def of_step(values: Any, step: Any) -> Any:
        return np.take_along_axis(values, np.asarray(step)[..., None, None], axis=-2)[..., 0, :]

    named = {"f": "forget_gate", "i": "input_gate", "g": "candidate", "o": "output_gate", "c": "cell", "h": "hidden"}
    seen = {letter: of_step(inner[name][..., 0, :], at) for letter, name in named.items()}
    before = {f"{letter}_before": of_step(inner[named[letter]][..., 0, :], at - 1) for letter in "ch"}
    unit = np.argmax(np.abs(seen["i"] * seen["g"]), axis=-1).astype(np.float64)
    return {**seen, **before, "x": of_step(numbers, at), "unit": unit}


def observe_answers(state: Learner) -> Observation:
    """points (n, 2): the true sum and the answer of unseen sequences; the diagonal is where both are equal."""
    with engine.no_grad():
        answers = engine.to_host(engine.values(state.model(state.task.x[..., :SHOWN, :])))[..., 0]
    sums = engine.to_host(state.task.y)[..., :SHOWN, 0]
    ends = np.broadcast_to(np.array([0.0, 2.0]), (*sums.shape[:-1], 2))
    return {"ŷ/points": np.stack([sums, answers], axis=-1), "ŷ = y/x": ends, "ŷ = y/y": ends}


def trained_lags(state: Learner) -> dict[str, Any]:
    """What is left of the answer's gradient by lag, on the sequence on show: c, h, f·f·f…, or h alone (..., T)."""
    kind = state.model.cell
    own = {name: engine.to_host(value).astype(np.float64) for name, value in state.model.state_dict().items()}
    w_x, w_h, b = (own[f"body.layer0.{name}"] for name in ("weight_x", "weight_h", "bias"))
    x = engine.to_host(shown(state))[..., 0, :].astype(np.float64)
    blame = own["head.weight"][..., 0]
    if kind == "rnn":
        return {"h": left(rnn_lags(x, w_x, w_h, b, blame))}
    if kind == "gru":
        return {"h": left(gru_lags(x, w_x, w_h, b, own["body.layer0.bias_h"], blame))}
    lengths = lstm_lags(x, w_x, w_h, b, blame)
    return {"c": left(lengths["c"]), "h": left(lengths["h"]), "f·f·f…": left(lengths["straight"])}


def observe_lags(state: Learner) -> Observation:
    """What is left by lag: c, h and the straight line for an LSTM, h for the others, (T,) each."""
    arrays = {}
    for name, shares in trained_lags(state).items():
        arrays[f"{name}/y"] = shares
        arrays[f"{name}/x"] = np.broadcast_to(np.arange(shares.shape[-1], dtype=np.float64), shares.shape)
    return arrays


@experiment("adding")
def adding() -> Experiment:
    """Fifty numbers, eight units: whoever cannot remember can only answer 1, and is off by 1/6."""
    return Experiment(
        knobs=(
            Knob("cell", "lstm", choices=CELLS),
            Knob("forget_bias", 1.0, low=-10.0, high=10.0, slider=(-4.0, 4.0)),
            Knob("length", 50, low=2, high=400, slider=(10, 100)),
            Knob("units", 8, low=1, high=128, slider=(1, 32)),
            Knob("sample", 0, low=0, high=UNSEEN - 1, slider=(0, 50), live=True),
            *shared_knobs(rate=0.005, batch=32),
        ),
        setup=setup,
        step=learning.step,
        evaluate=evaluate,
        change=learning.change,
        advise=learning.advise,
        probes={"gates": observe_gates, "cell": observe_cell, "answers": observe_answers, "lags": observe_lags},
        views=(
            View("gates", "timeline", "gates", GATES),
            View("cell", "cell", "cell", {"empty": "f, i, g, o: LSTM"}),
            View(
                "loss",
                "curve",
                options={
                    "series": ("test_loss", "loss"),
                    "smoothed": {"loss": 0.95},
                    "scale": "log",
                    "y_range": (0.001, 0.3),
                    "y_limits": (0.0001, 1.0),
                    "references": {"1/6": ADDING_BASELINE, "0.04": PASSES},
                },
            ),
            View(
                "answers",
                "curve",
                "answers",
                {
                    "x_range": (0.0, 2.0),
                    "y_range": (0.0, 2.0),
                    "x_name": "y",
                    "colours": {"ŷ": "accent", "ŷ = y": "muted"},
                    "legend": "none",
                },
            ),
            View(
                "lags",
                "curve",
                "lags",
                {
                    "scale": "log",
                    "x_name": "lag",
                    "x_range": (0, 10),
                    "y_range": (1e-6, 1.0),
                    "y_limits": (1e-30, 100.0),
                    "legend": "end",
                    "colours": {"c": "accent", "h": "pos", "f·f·f…": "muted"},
                },
            ),
        ),
        steps=1500,
        evaluations=50,
        weights=learning.weights,
        samples=lambda state: state.batch,
    )
