"""A run made once more, to see what an exported script has to do at every step."""

from typing import Any

import numpy as np

from nnlab import engine
from nnlab.lab.events import Ended
from nnlab.lab.export.numpy_forms import NoScriptError
from nnlab.lab.run import Run
from nnlab.lab.settings import Settings
from nnlab.lab.training import Training


def observe(training: Training, settings: Settings, end: Ended | None) -> tuple[int, Run, dict[str, list[Any]]]:
    """Make the run; return its steps, its metrics, and every setting of the optimizer at every step."""
    run, state = Run(settings), training.state
    run.fold(training.advance(0))
    table: dict[str, list[Any]] = {}
    while training.ended is None and (end is None or training.index < end.step):
        run.fold(training.advance(1))
        now = {**state.optimizer.groups[0].settings, "batch": state.batch, "clip": getattr(state, "clip", 0.0)}
        for name, value in now.items():
            table.setdefault(name, []).append(value)
    if training.ended is not None and training.ended.status == "diverged":
        raise NoScriptError("this run diverged, so there are no numbers to repeat.")
    if training.ended is None and training.experiment.evaluate is not None:  # ended between two measurements
        for name, value in training.experiment.evaluate(state).items():
            run.metrics[name].append(np.array([training.index]), engine.to_host(value)[None])
    return training.index, run, table
