"""XOR out of three gates: a hidden layer of step neurons whose weights are set by hand."""

from dataclasses import dataclass

import numpy as np

from nnlab.data import CORNERS, truth_table
from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from . import plane
from .plane import Array

HIDDEN_WEIGHTS = np.array([[1.0, -1.0], [1.0, -1.0]])
"""(2, 2): the first column is OR's, the second NAND's."""
OUTPUT_WEIGHTS = np.array([1.0, 1.0])
"""(2,): AND's."""


@dataclass(frozen=True, slots=True)
class Gates:
    """OR and NAND side by side, AND reading them."""

    hidden_bias: Array
    """Biases of OR and NAND (2,)."""
    output_bias: float
    """Bias of AND."""
    seeds: tuple[int, ...]
    """() or (S,) with several seeds, which are all alike."""

    def hidden(self, x: Array) -> Array:
        """Outputs of OR and NAND at points (N, 2), (N, 2) of 0 and 1."""
        return np.asarray(x @ HIDDEN_WEIGHTS + self.hidden_bias > 0, dtype=np.float64)

    def output(self, x: Array) -> Array:
        """Output of AND at points (N, 2), (N,) of 0 and 1."""
        return np.asarray(self.hidden(x) @ OUTPUT_WEIGHTS + self.output_bias > 0, dtype=np.float64)


def setup(knobs: Knobs, streams: Streams, xp: object) -> Gates:
    """Read the biases. Three gates live on the host, whatever the device."""
    return Gates(
        hidden_bias=np.array([knobs["or_bias"], knobs["nand_bias"]], dtype=np.float64),
        output_bias=float(knobs["and_bias"]),
        seeds=(len(streams.seeds),) if streams.leading else (),
    )


def right(gates: Gates) -> Array:
    """Which corners have the output of XOR (4,)."""
    return np.asarray(gates.output(CORNERS) == truth_table("xor")[1])


def observe_network(gates: Gates) -> Observation:
    """Weights, biases and each node's map, as plots' graph takes them."""
    inputs = np.stack([plane.field(lambda x: x[:, 0] - 0.5), plane.field(lambda x: x[:, 1] - 0.5)])
    return _alike(
        gates,
        weights0=HIDDEN_WEIGHTS,
        bias0=gates.hidden_bias,
        weights1=OUTPUT_WEIGHTS[:, None],
        bias1=np.array([gates.output_bias]),
        maps0=inputs,
        maps1=plane.field(lambda x: 2.0 * gates.hidden(x).T - 1.0),
        maps2=_picture(gates)[None],
    )


def observe_field(gates: Gates) -> Observation:
    """The output over the plane, and the four corners."""
    return _alike(
        gates,
        field=_picture(gates),
        points=CORNERS,
        labels=truth_table("xor")[1],
        predictions=gates.output(CORNERS).astype(np.int64),
    )


def observe_outputs(gates: Gates) -> Observation:
    """A row for each corner: x1, x2, OR, NAND, target, output."""
    hidden = gates.hidden(CORNERS)
    return _alike(
        gates,
        **{
            "x₁": CORNERS[:, 0],
            "x₂": CORNERS[:, 1],
            "h₁": hidden[:, 0],
            "h₂": hidden[:, 1],
            "y": truth_table("xor")[1],
            "ŷ": gates.output(CORNERS),
        },
    )


def evaluate(gates: Gates) -> Metrics:
    """Measure the share of corners that are right."""
    return {"accuracy": np.full(gates.seeds, right(gates).mean())}


def _picture(gates: Gates) -> Array:
    return plane.field(lambda x: 2.0 * gates.output(x) - 1.0)


def _alike(gates: Gates, **arrays: Array) -> Observation:
    """Repeat arrays along the seeds axis, where there is one."""
    return {name: np.broadcast_to(array, gates.seeds + array.shape) for name, array in arrays.items()}


@experiment("threshold")
def threshold() -> Experiment:
    """Nothing to train. Solved: all four corners right."""
    bias = (-2.5, 2.5)
    return Experiment(
        knobs=(
            Knob("or_bias", -0.5, slider=bias),
            Knob("nand_bias", 1.5, slider=bias),
            Knob("and_bias", -1.5, slider=bias),
        ),
        setup=setup,
        step=lambda _: {},
        evaluate=evaluate,
        goal=lambda gates: np.full(gates.seeds, right(gates).all()),
        probes={"network": observe_network, "field": observe_field, "outputs": observe_outputs},
        views=(
            View("network", "graph", "network", {"note": "2-2-1 step"}),
            View("field", "field", "field", {"extent": plane.EXTENT, "names": ("x₁", "x₂"), "readout": "accuracy"}),
            View("outputs", "table", "outputs", {"strong": ("ŷ",), "track": "ŷ"}),
        ),
        steps=0,
    )
