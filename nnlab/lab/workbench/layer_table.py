"""The network as a table, a row a layer; with what a screen needs to check a line of layers while it is typed."""

import numpy as np

from nnlab.lab.events import HostArray, Observation
from nnlab.lab.views import View
from nnlab.lab.workbench import network
from nnlab.lab.workbench.bench import Bench

VIEW = View("layers", "table", "layers", {"columns": ("layer", "output", "weights"), "formats": {"weights": "count"}})


def layers(state: Bench) -> Observation:
    """layer, output (L,) text and weights (L,) of each layer; input (k,) the shape of one sample, words and outputs ().

    `describe(line, shape_of(observation), outputs)` checks another line for the same data. words is 0 but for a text.
    """
    assert state.task is not None
    task = state.task
    rows = network.describe(task.line, task.shape, task.outputs)
    seen: dict[str, HostArray] = {
        "layer": np.array([row.text for row in rows]),
        "output": np.array(["x".join(map(str, row.output)) or "1" for row in rows]),
        "weights": np.array([row.parameters for row in rows]),
        "input": np.array(tuple(task.shape), dtype=np.int64),
        "words": np.array(task.shape.words if isinstance(task.shape, network.Tokens) else 0),
        "outputs": np.array(task.outputs),
    }
    if not state.leading:
        return seen
    seeds = state.data.x.shape[0]
    return {name: np.broadcast_to(array, (seeds, *array.shape)) for name, array in seen.items()}


def shape_of(seen: Observation) -> network.Shape:
    """Return the input shape that an observation of `layers` (of one seed) tells."""
    words = int(seen["words"])
    return network.Tokens(words) if words else tuple(int(size) for size in seen["input"])
