"""Reading a run folder back: its events folded into the Run that views and comparisons draw."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from nnlab.lab import effort, record
from nnlab.lab.errors import UsageError
from nnlab.lab.events import Change, Ended
from nnlab.lab.run import Run, Series


def read_run(folder: Path) -> Run:
    """Return the run that a record in `folder` tells of, without its observations: records keep none.

    Raises UsageError when the folder holds no record, or a line of it cannot be read.
    """
    about = record.read_about(folder)
    run = Run(record.settings_from(about["settings"]))
    columns: dict[str, tuple[list[int], list[Any]]] = {}
    path = folder / record.METRICS_FILE
    line = 0
    try:
        with open(path, "rb") as file:
            for line, text in enumerate(file, 1):  # noqa: B007  (the error names it)
                _take(run, msgspec.json.decode(text), columns)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); a run folder holds it beside run.json.") from None
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        raise UsageError(f"{path} is damaged in line {line}; replay the run with `nnlab replay`.") from None
    for name, (steps, values) in columns.items():
        run.metrics[name] = Series()
        run.metrics[name].append(np.array(steps), np.array(values, dtype=np.float64))
    run.effort = effort.read(folder)
    seconds = float(about["summary"].get("seconds") or 0.0)
    run.steps_per_second = run.step / seconds if seconds else float("nan")
    return run


def _take(run: Run, line: dict[str, Any], columns: dict[str, tuple[list[int], list[Any]]]) -> None:
    event = line.pop("event")
    if event == "start":
        return
    step = int(line.pop("step"))
    if event == "end":
        run.ended = Ended(line["status"], step, line.get("reason", ""), line.get("operation", ""))
    elif event == "change":
        run.changes.append((step, Change(line["knob"], line["value"])))
    else:
        run.step = max(run.step, step) if event == "step" else run.step
        for name, value in line.items():
            steps, values = columns.setdefault(name, ([], []))
            steps.append(step)
            values.append([_number(one) for one in value] if isinstance(value, list) else _number(value))


def _number(value: float | None) -> float:
    """Return a number of a record; null stands for one that is not finite."""
    return float("nan") if value is None else float(value)
