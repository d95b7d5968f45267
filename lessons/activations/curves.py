"""One activation under the microscope: its curve and its slope at an input that moves, and others beside it."""

from dataclasses import dataclass

import numpy as np

from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from .family import NAMES, Array, for_every_seed, value_and_slope

REACH = 4.0
"""The curves show z from -REACH to REACH."""
LOWEST, HIGHEST = -1.5, 2.0
"""Values outside are cut off: what matters happens near 0."""
CLASSICS = ("step", "sigmoid", "tanh", "relu")
"""What the choice "classics" compares with: the four that came first."""
RANGES = {
    "step": "{0, 1}",
    "sigmoid": "(0, 1)",
    "tanh": "(−1, 1)",
    "relu": "[0, ∞)",
    "leaky_relu": "(−∞, ∞)",
    "elu": "(−1, ∞)",
    "gelu": "[−0.17, ∞)",
    "silu": "[−0.28, ∞)",
    "softplus": "(0, ∞)",
}
"""Where each one's values lie; a claim measures them."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The functions on show and the input; nothing is random."""

    z: float
    names: tuple[str, ...]
    """The activation, and those that it is compared with."""
    seeds: tuple[int, ...]


def setup(knobs: Knobs, streams: Streams, xp: object) -> Chosen:
    """Read the knobs. A curve lives on the host, whatever the device."""
    name, beside = str(knobs["activation"]), str(knobs["compare"])
    others = {"none": (), "classics": CLASSICS}.get(beside, (beside,))
    names = (name, *(other for other in others if other != name))
    return Chosen(float(knobs["z"]), names, (len(streams.seeds),) if streams.leading else ())


def evaluate(chosen: Chosen) -> Metrics:
    """Value and slope of the activation at z."""
    value, slope = value_and_slope(chosen.names[0], np.array(chosen.z))
    return {"value": np.full(chosen.seeds, float(value)), "slope": np.full(chosen.seeds, float(slope))}


def _curves(chosen: Chosen, which: int) -> Observation:
    z = np.union1d(np.linspace(-REACH, REACH, 321), [chosen.z])
    arrays: dict[str, Array] = {}
    for name in chosen.names:
        arrays[f"{name}/x"] = z
        arrays[f"{name}/y"] = value_and_slope(name, z)[which]
    return for_every_seed(chosen.seeds, **arrays, cursor=chosen.z)


def observe_values(chosen: Chosen) -> Observation:
    """The curves a(z), and the input as the cursor."""
    return _curves(chosen, 0)


def observe_slopes(chosen: Chosen) -> Observation:
    """The curves a'(z), and the input as the cursor."""
    return _curves(chosen, 1)


def observe_numbers(chosen: Chosen) -> Observation:
    """A row for every member of the family: range, value and slope at z; ▸ marks the one on show."""
    pairs = [value_and_slope(name, np.array(chosen.z)) for name in NAMES]
    return for_every_seed(
        chosen.seeds,
        **{
            " ": ["▸" if name in chosen.names[:1] else " " for name in NAMES],
            "a": list(NAMES),
            "a(z)": [float(value) for value, _ in pairs],
            "a′(z)": [float(slope) for _, slope in pairs],
            "a(ℝ)": [RANGES[name] for name in NAMES],
        },
    )


@experiment("curve")
def curve() -> Experiment:
    """Nothing to train: move z and watch both cursors."""
    axis = {"x_range": (-REACH, REACH), "x_name": "z", "legend": "end", "pointer": {"x": "z"}}
    return Experiment(
        knobs=(
            Knob("z", 0.85, slider=(-REACH, REACH)),
            Knob("activation", "tanh", choices=NAMES),
            Knob("compare", "sigmoid", choices=("none", *NAMES, "classics")),
        ),
        setup=setup,
        step=lambda _: {},
        evaluate=evaluate,
        probes={"values": observe_values, "slopes": observe_slopes, "numbers": observe_numbers},
        views=(
            View(
                "value",
                "curve",
                "values",
                {**axis, "note": "a(z)", "readout": "value", "y_range": (-1.0, 1.5), "y_limits": (LOWEST, HIGHEST)},
            ),
            View(
                "slope",
                "curve",
                "slopes",
                {**axis, "note": "a′(z)", "readout": "slope", "y_range": (0.0, 1.2), "y_limits": (-0.2, 1.2)},
            ),
            View("numbers", "table", "numbers", {"decimals": 3, "strong": ("a(z)", "a′(z)")}),
        ),
        steps=0,
    )
