"""The network as a table, a row a layer."""

import numpy as np

from nnlab.lab.events import HostArray, Observation
from nnlab.lab.views import View
from nnlab.lab.workbench import network
from nnlab.lab.workbench.bench import Bench

VIEW = View("layers", "table", "layers", {"columns": ("layer", "output", "weights"), "formats": {"weights": "count"}})


def layers(state: Bench) -> Observation:
    """layer, output (L,) text and weights (L,) of each layer."""
    assert state.task is not None
    task = state.task
    rows = network.describe(task.line, task.shape, task.outputs)
    seen: dict[str, HostArray] = {
        "layer": np.array([row.text for row in rows]),
        "output": np.array(["x".join(map(str, row.output)) or "1" for row in rows]),
        "weights": np.array([row.parameters for row in rows]),
    }
    if not state.leading:
        return seen
    seeds = state.data.x.shape[0]
    return {name: np.broadcast_to(array, (seeds, *array.shape)) for name, array in seen.items()}
