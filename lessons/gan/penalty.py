"""The penalty that D sends back: four losses of the generator by what D answers, and their slopes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import engine
from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from .looks import host, sure
from .players import LOSSES

REACH = 6.0
LABELS = {
    "minimax": "minimax",
    "non_saturating": "non-saturating",
    "least_squares": "least squares",
    "wasserstein": "Wasserstein",
}
COLOURS = {"minimax": "neg", "non-saturating": "accent", "least squares": "pos", "Wasserstein": "s4"}


@dataclass(slots=True)
class Answer:
    """One answer of D, and the loss that is asked about."""

    s: float
    loss: str
    seeds: int


def loss_and_slope(loss: str, s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The generator's loss of one sample by D's logit s (N,), and its slope, both by the engine: (N,) each."""
    logits = engine.Tensor(engine.to_device(np.asarray(s, dtype=np.float64)[:, None, None]), requires_grad=True)
    # A leading axis for every logit: each is a batch of one, and its loss is not averaged with others.
    values = engine.generator_loss(loss, logits, leading=1)
    engine.sum(values).backward()
    return np.asarray(host(values.data)), np.asarray(host(logits.grad))[:, 0, 0]


def evaluate(state: Answer) -> Metrics:
    """answer: D; loss, slope of the chosen one; ratio: how much harder the non-saturating loss pulls than minimax."""
    here = np.array([state.s])
    value, slope = loss_and_slope(state.loss, here)
    slopes = {name: float(loss_and_slope(name, here)[1][0]) for name in ("minimax", "non_saturating")}
    measured = {
        "answer": float(sure(here)[0]),
        "penalty": float(value[0]),
        "slope": float(slope[0]),
        "ratio": slopes["non_saturating"] / slopes["minimax"],
    }
    return {name: np.full(state.seeds, number) if state.seeds > 1 else number for name, number in measured.items()}


def _curves(state: Answer, which: int) -> Observation:
    s = np.union1d(np.linspace(-REACH, REACH, 121), [state.s])  # the curves are read exactly where the cursor stands
    seen: dict[str, Any] = {}
    for name in LOSSES:
        label = LABELS[name]
        seen[f"{label}/x"], seen[f"{label}/y"] = s, loss_and_slope(name, s)[which]
        if name == state.loss:
            seen[f"{label}/points"] = np.array([[state.s, loss_and_slope(name, np.array([state.s]))[which][0]]])
    seen["cursor"] = np.array(state.s)
    return _every_seed(state, seen)


def _every_seed(state: Answer, seen: dict[str, Any]) -> Observation:
    return {k: np.broadcast_to(v, (state.seeds, *v.shape)) for k, v in seen.items()} if state.seeds > 1 else seen


def table(state: Answer) -> Observation:
    """One row a loss: its value and its slope at this answer."""
    here = np.array([state.s])
    pairs = [loss_and_slope(name, here) for name in LOSSES]
    seen = {
        "L_G": np.array([LABELS[name] for name in LOSSES]),
        "L": np.array([float(value[0]) for value, _ in pairs]),
        "∂L/∂s": np.array([float(slope[0]) for _, slope in pairs]),
    }
    return _every_seed(state, seen)


@experiment("penalty")
def penalty() -> Experiment:
    """Nothing is trained: D answers with the logit s, and four losses say what the generator pays."""
    axes = {"x_range": (-REACH, REACH), "x_name": "s", "legend": "end", "colours": COLOURS, "pointer": {"x": "s"}}

    def setup(knobs: Knobs, streams: Streams, xp: Any) -> Answer:
        return Answer(float(knobs["s"]), str(knobs["loss"]), len(streams.seeds))

    return Experiment(
        knobs=(
            Knob("s", -5.0, low=-REACH, high=REACH, slider=(-REACH, REACH)),
            Knob("loss", "non_saturating", choices=LOSSES),
        ),
        setup=setup,
        step=lambda state: {},
        evaluate=evaluate,
        probes={"loss": lambda state: _curves(state, 0), "slope": lambda state: _curves(state, 1), "table": table},
        views=(
            View("penalty", "curve", "loss", {**axes, "y_limits": (-6.0, 8.0), "note": "L(s)", "readout": "penalty"}),
            View("slope", "curve", "slope", {**axes, "y_limits": (-2.0, 1.0), "note": "∂L/∂s", "readout": "slope"}),
            View("table", "table", "table", {"strong": ("∂L/∂s",), "decimals": 4, "readout": "answer"}),
        ),
        steps=0,
    )
