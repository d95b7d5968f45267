"""A network that has to hit numbers: what its last layer lets out decides what it can reach at all."""

from dataclasses import replace
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import Dataset, split
from nnlab.lab.authoring import Experiment, Knob, Stream, Supervised, View, experiment, supervised
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs
from nnlab.lab.probes import every_seed

from .family import TRAINABLE, layer

POINTS = 80
HEIGHT = 2.0
"""The wave goes from -HEIGHT to HEIGHT."""
OUTPUTS = ("identity", "sigmoid", "tanh", "relu", "softplus")


def wave(knobs: Knobs, rng: np.random.Generator) -> Dataset:
    """POINTS places on a sine of height HEIGHT, x evenly drawn from [-1, 1], with a little noise."""
    x = rng.uniform(-1.0, 1.0, (POINTS, 1))
    y = HEIGHT * np.sin(4.0 * x[:, 0]) + 0.1 * rng.standard_normal(POINTS)
    return split(x, y, test=0.0, rng=rng)


def model(knobs: Knobs, rng: Stream) -> nn.Module:
    """1-24-24-1 with one activation between the layers and another one at the end."""
    width = 24
    hidden = str(knobs["activation"])
    return nn.Sequential(
        nn.Linear(1, width, rng=rng),
        layer(hidden),
        nn.Linear(width, width, rng=rng),
        layer(hidden),
        nn.Linear(width, 1, rng=rng),
        layer(str(knobs["output"])),
    )


def observe_fit(state: Supervised) -> Observation:
    """The network over [-1, 1], and the points that it learns from."""
    x = np.linspace(-1.0, 1.0, 161)
    with engine.no_grad():
        outputs = engine.to_host(engine.values(state.model(engine.to_device(x[:, None].astype(np.float32)))))
    points = np.concatenate([engine.to_host(state.data.x), engine.to_host(state.data.y)], axis=-1)
    return {"ŷ/x": every_seed(state, x), "ŷ/y": outputs[..., 0], "y/points": points}


def is_close(state: Supervised) -> Any:
    """Whether the mean squared error is below 0.05, () or (S,)."""
    with engine.no_grad():
        loss = state.loss(state.model(state.data.x), state.data.y, leading=state.leading)
    return engine.values(loss) < 0.05


@experiment("fitting")
def fitting() -> Experiment:
    """A wave between -2 and 2. Solved: mean squared error below 0.05."""
    made = supervised(
        knobs=(
            Knob("output", "identity", choices=OUTPUTS),
            Knob("activation", "tanh", choices=TRAINABLE),
            Knob("learning_rate", 0.01, above=0.0, slider=(0.001, 1.0), log=True, live=True),
        ),
        data=wave,
        model=model,
        optimizer=lambda knobs, network: nn.optimizer("adam", network, float(knobs["learning_rate"])),
        loss=engine.mse_loss,
        views=(
            View(
                "fit",
                "curve",
                "fit",
                {"x_range": (-1.0, 1.0), "y_range": (-2.0, 2.0), "x_name": "x", "note": "ŷ(x)", "readout": "loss"},
            ),
            View("loss", "curve", options={"series": ("loss",), "scale": "log", "y_range": (0.01, 1.0), "note": "MSE"}),
        ),
        goal=is_close,
        steps=600,
    )
    return replace(made, probes={"fit": observe_fit})
