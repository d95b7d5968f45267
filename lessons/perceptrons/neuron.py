"""One neuron whose inputs and weights are knobs: its sum, its activation, and a nerve cell driven by the same sum."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from . import plane
from .plane import Array

ACTIVATIONS: Mapping[str, Callable[[Array], Array]] = {
    "step": lambda z: (z > 0).astype(np.float64),
    "sigmoid": lambda z: 0.5 * (1.0 + np.tanh(0.5 * z)),
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0.0),
}

THRESHOLD = 1.0
"""Voltage at which the cell spikes; it rests at 0. Driven by 1 + z it fires exactly when z > 0, as the step does."""
LEAK = 20.0
"""Milliseconds in which the cell forgets: the time constant of its membrane."""
DURATION = 200
"""Milliseconds that the trace shows."""
SPIKE = 2.0
"""Height at which a spike is drawn."""


@dataclass(frozen=True, slots=True)
class Neuron:
    """Everything there is to know: no training, no chance."""

    w: Array
    """Weights (2,)."""
    b: float
    x: Array
    """The input on show (2,)."""
    activation: str
    seeds: tuple[int, ...]
    """() or (S,) with several seeds, which are all alike."""

    def sums(self, x: Array) -> Array:
        """The transfer function: x (..., 2) -> z (...)."""
        return x @ self.w + self.b

    def outputs(self, x: Array) -> Array:
        """The activation of the sums: x (..., 2) -> a (...)."""
        return ACTIVATIONS[self.activation](self.sums(x))


def membrane(z: float) -> tuple[Array, int]:
    """Simulate a leaky integrate-and-fire cell (Lapicque, 1907) whose input is z above its threshold, by the ms.

    LEAK dv/dt = THRESHOLD + z - v; at THRESHOLD it spikes and starts again from 0.
    Returns (voltage (DURATION,), spikes).
    """
    voltage, trace, spikes = 0.0, np.empty(DURATION), 0
    for millisecond in range(DURATION):
        voltage += (THRESHOLD + z - voltage) / LEAK
        trace[millisecond] = voltage
        if voltage >= THRESHOLD:
            trace[millisecond], voltage, spikes = SPIKE, 0.0, spikes + 1
    return trace, spikes


def setup(knobs: Knobs, streams: Streams, xp: object) -> Neuron:
    """Read the knobs. One neuron lives on the host, whatever the device."""
    return Neuron(
        w=np.array([knobs["w1"], knobs["w2"]], dtype=np.float64),
        b=float(knobs["bias"]),
        x=np.array([knobs["x1"], knobs["x2"]], dtype=np.float64),
        activation=str(knobs["activation"]),
        seeds=(len(streams.seeds),) if streams.leading else (),
    )


def evaluate(neuron: Neuron) -> Metrics:
    """Measure the sum, the output and the spikes in DURATION milliseconds."""
    z, a = float(neuron.sums(neuron.x)), float(neuron.outputs(neuron.x))
    values = {"sum": z, "output": a, "spikes": float(membrane(z)[1])}
    return {name: np.full(neuron.seeds, value) for name, value in values.items()}


def observe_network(neuron: Neuron) -> Observation:
    """Weights, bias and the values on the way, as plots' graph takes them."""
    a = neuron.outputs(neuron.x)
    return _alike(
        neuron,
        weights0=neuron.w[:, None],
        bias0=np.array([neuron.b]),
        values0=neuron.x,
        values1=np.array([a]),
        maps0=np.stack([plane.field(lambda x: x[:, 0] - 0.5), plane.field(lambda x: x[:, 1] - 0.5)]),
        maps1=_picture(neuron)[None],
    )


def observe_field(neuron: Neuron) -> Observation:
    """The output over the plane, and the input on show as a point."""
    is_on = neuron.outputs(neuron.x) > _middle(neuron)
    return _alike(neuron, field=_picture(neuron), points=neuron.x[None], labels=np.array([int(is_on)]))


def observe_sum(neuron: Neuron) -> Observation:
    """The sum's parts, a row each: input, weight, product, and the sum so far; the last row is the activation's."""
    inputs, weights = np.array([*neuron.x, 1.0]), np.array([*neuron.w, neuron.b])
    products = inputs * weights
    return _alike(
        neuron,
        **{
            " ": np.array(["x₁w₁", "x₂w₂", "1·b", f"φ = {neuron.activation}"]),
            "x": np.array([*inputs, np.nan]),
            "w": np.array([*weights, np.nan]),
            "x·w": np.array([*products, np.nan]),
            "z": np.array([*np.cumsum(products), np.nan]),
            "a": np.array([np.nan, np.nan, np.nan, float(neuron.outputs(neuron.x))]),
        },
    )


def observe_spikes(neuron: Neuron) -> Observation:
    """The nerve cell's voltage in units of its threshold, over milliseconds."""
    trace, _ = membrane(float(neuron.sums(neuron.x)))
    return _alike(neuron, **{"v/x": np.arange(DURATION, dtype=np.float64), "v/y": trace})


def _middle(neuron: Neuron) -> float:
    """The output that counts as neither on nor off."""
    return 0.5 if neuron.activation in ("step", "sigmoid") else 0.0


def _picture(neuron: Neuron) -> Array:
    if neuron.activation == "step":
        return plane.field(lambda x: plane.seam(neuron.sums(x), neuron.w))
    scale = 2.0 if neuron.activation == "sigmoid" else 1.0
    return plane.field(lambda x: np.clip(scale * (neuron.outputs(x) - _middle(neuron)), -1.0, 1.0))


def _alike(neuron: Neuron, **arrays: Array) -> Observation:
    """Repeat arrays along the seeds axis, where there is one."""
    return {name: np.broadcast_to(array, neuron.seeds + array.shape) for name, array in arrays.items()}


@experiment("neuron")
def neuron() -> Experiment:
    """Nothing to train: every knob shows at once what it does."""
    weight = (-3.0, 3.0)
    return Experiment(
        knobs=(
            Knob("w1", 1.0, slider=weight),
            Knob("w2", 1.0, slider=weight),
            Knob("bias", -1.5, slider=weight),
            Knob("activation", "step", choices=tuple(ACTIVATIONS)),
            Knob("x1", 1.0, slider=(-0.5, 1.5)),
            Knob("x2", 1.0, slider=(-0.5, 1.5)),
        ),
        setup=setup,
        step=lambda _: {},
        evaluate=evaluate,
        probes={
            "network": observe_network,
            "field": observe_field,
            "sum": observe_sum,
            "spikes": observe_spikes,
        },
        views=(
            View("neuron", "graph", "network", {"readout": "output", "names": (("x₁", "x₂"), ("a",))}),
            View("field", "field", "field", {"extent": plane.EXTENT, "names": ("x₁", "x₂"), "note": "a(x)"}),
            View("sum", "table", "sum", {"decimals": 2, "readout": "sum"}),
            View(
                "spikes",
                "curve",
                "spikes",
                {"x_range": (0, DURATION), "y_range": (-1.0, SPIKE), "note": "200 ms", "readout": "spikes"},
            ),
        ),
        steps=0,
    )
