"""A stand-alone script that trains a run's network again with NumPy alone, and compares its numbers with the run's.

What the script needs is taken from the run itself: the samples and first weights of its state at step 0, and the
settings of the optimizer at every step, schedules and live changes included. It works for networks that are a row
of known layers with a known loss and optimizer, seed by seed; for others `NoScriptError` says what is in the way.
"""

import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nnlab import engine
from nnlab.lab import files, supervised
from nnlab.lab.events import Ended, HostArray
from nnlab.lab.experiment import Experiment
from nnlab.lab.export.numpy_forms import LOSSES, RULES, NoScriptError, known, layers_of
from nnlab.lab.export.observed import observe
from nnlab.lab.export.script_text import Told, compose
from nnlab.lab.run import Run
from nnlab.lab.settings import Settings
from nnlab.lab.training import Training
from nnlab.lab.workbench import bench

MOST_EMBEDDED = 2_000_000
"""Bytes of data that still stand in the script as text; more goes into a file beside it."""
MEASURED = ("loss", "test_loss", "accuracy", "test_accuracy", "r2", "test_r2", "rmse", "test_rmse", "test_perplexity")


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
    if settings.device != "cpu":
        raise NoScriptError(f"a script repeats what NumPy computed, but this run was on {settings.device}.")
    if not (settings.steps if end is None else end.step):
        raise NoScriptError(f"{settings.name} made no step, so there is nothing to repeat.")
    training = Training(experiment, settings)
    state = training.state
    task = getattr(state, "task", None)
    if not isinstance(state, supervised.Supervised) or experiment.step not in (supervised.step, bench.step):
        raise NoScriptError(
            f"{settings.name} does more in a step than predict, compare and update, and no script is made of that."
        )
    layers = layers_of(state.model)
    loss, rule = known(LOSSES, state.loss, "loss"), known(RULES, type(state.optimizer), "optimizer")
    if len(state.optimizer.groups) > 1:
        raise NoScriptError("its optimizer has several groups of parameters, and a script has one.")
    is_batch = settings.seeds > 1
    data = {f"data.{name}": engine.to_host(getattr(state.data, name)) for name in ("x", "y", "x_test", "y_test")}
    first = {f"first.{name}": engine.to_host(value) for name, value in state.model.state_dict().items()}
    arrays = {name: _by_seed(array, is_batch=is_batch) for name, array in {**data, **first}.items()}
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
        expected=_expected(run, settings),
        is_classifier=any(name.endswith("accuracy") for name in run.metrics),
        units=np.broadcast_to(getattr(task, "unit", 1.0), settings.seeds).tolist(),
        most=bench.MOST_SAMPLES if task is not None else 0,
    )
    return Script(compose(told, content if is_embedded else b""), b"" if is_embedded else content)


def _by_seed(array: HostArray, *, is_batch: bool) -> HostArray:
    """Return (S, ...), or (1, ...) where all seeds have the same; whole numbers in as few bytes as hold them."""
    if not is_batch:
        array = array[None]
    elif (array == array[:1]).all():
        array = array[:1]
    return array.astype(np.min_scalar_type(array.max())) if array.dtype.kind == "i" and array.size else array


def _expected(run: Run, settings: Settings) -> list[dict[str, float]]:
    """Return what each seed came to. Raises NoScriptError for a seed that has no number."""
    seeds: list[dict[str, float]] = [{} for _ in settings.seed_numbers]
    for name in MEASURED:
        if name in run.metrics:
            values = np.broadcast_to(run.metrics[name].values[-1], settings.seeds)
            for seed, found, value in zip(settings.seed_numbers, seeds, values.tolist(), strict=True):
                if not np.isfinite(value):
                    raise NoScriptError(f"seed {seed} of this run diverged, so there are no numbers to repeat.")
                found[name] = value
    return seeds
