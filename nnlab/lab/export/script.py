"""A stand-alone script that trains a run's network again with NumPy alone, and compares its numbers with the run's.

What the script needs is taken from the run itself: the samples and first weights of its state at step 0, and the
settings of the optimizer at every step, schedules and live changes included. It works for networks that are a row
of known layers with a known loss and optimizer; for others `NoScriptError` says what is in the way.
"""

import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nnlab import engine
from nnlab.lab import files, supervised
from nnlab.lab.events import Ended
from nnlab.lab.experiment import Experiment
from nnlab.lab.export.numpy_forms import LOSSES, RULES, NoScriptError, known, layers_of
from nnlab.lab.export.observed import observe
from nnlab.lab.export.script_text import Told, compose
from nnlab.lab.settings import Settings
from nnlab.lab.training import Training
from nnlab.lab.workbench import bench

MOST_EMBEDDED = 2_000_000
"""Bytes of data that still stand in the script as text; more goes into a file beside it."""
MEASURED = ("loss", "test_loss", "accuracy", "test_accuracy", "r2", "test_r2", "rmse", "test_rmse")


@dataclass(frozen=True, slots=True)
class Script:
    """An exported script."""

    text: str
    data: bytes
    """An npz file that must stand beside it as <its name>.npz; empty when all is in the text."""


def write(script: Script, path: Path) -> list[Path]:
    """Write a script, and its data beside it where there are any; return what was written."""
    files.write_atomically(path, script.text.encode())
    if not script.data:
        return [path]
    files.write_atomically(path.with_suffix(".npz"), script.data)
    return [path, path.with_suffix(".npz")]


def make(experiment: Experiment, settings: Settings, end: Ended | None = None) -> Script:
    """Return the script that repeats a run. Raises NoScriptError.

    end: where the run was ended from outside. The run is made once more to see what it did at every step.
    """
    if settings.seeds != 1:
        raise NoScriptError(f"a script repeats one network, but this run trained {settings.seeds}; run one seed of it.")
    if settings.device != "cpu":
        raise NoScriptError(f"a script repeats what NumPy computed, but this run was on {settings.device}.")
    training = Training(experiment, settings)
    state = training.state
    if not isinstance(state, supervised.Supervised) or experiment.step not in (supervised.step, bench.step):
        raise NoScriptError(
            f"{settings.name} does more in a step than predict, compare and update, and no script is made of that."
        )
    layers = layers_of(state.model)
    loss, rule = known(LOSSES, state.loss, "loss"), known(RULES, type(state.optimizer), "optimizer")
    if len(state.optimizer.groups) > 1:
        raise NoScriptError("its optimizer has several groups of parameters, and a script has one.")
    arrays = {f"data.{name}": engine.to_host(getattr(state.data, name)) for name in ("x", "y", "x_test", "y_test")}
    arrays |= {f"first.{name}": engine.to_host(value) for name, value in state.model.state_dict().items()}
    steps, run, table = observe(training, settings, end)
    fixed = {name: values[0] for name, values in table.items() if all(value == values[0] for value in values)}
    moving = [name for name in table if name not in fixed]
    arrays |= {f"at.{name}": np.array(table[name]) for name in moving}
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)  # type: ignore[arg-type]  # its stub takes the names for options
    content = packed.getvalue()
    is_embedded = len(content) <= MOST_EMBEDDED
    defaults = replace(settings, knobs={knob.name: knob.default for knob in experiment.knobs})
    told = Told(
        settings=settings,
        line=settings.shell_line(defaults),
        steps=steps,
        layers=layers,
        loss=loss,
        rule=rule,
        fixed=fixed,
        moving=moving,
        expected={name: run.last(name) for name in MEASURED if name in run.metrics},
        is_classifier=any(name.endswith("accuracy") for name in run.metrics),
        unit=float(getattr(getattr(state, "task", None), "unit", 1.0)),
    )
    return Script(compose(told, content if is_embedded else b""), b"" if is_embedded else content)
