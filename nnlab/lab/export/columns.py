"""A run's metrics as a table of comma-separated values: a row for each step, a column for each metric and seed."""

import csv
import io
from collections.abc import Mapping, Sequence

import numpy as np

from nnlab.lab.run import Series


def to_csv(series: Mapping[str, Series], seeds: Sequence[int]) -> str:
    """Return the table; what was not measured at a step is empty, and so is what is no number."""
    columns: dict[str, dict[int, float]] = {}
    for name, one in series.items():
        values = one.values.reshape(len(one), -1)
        for k in range(values.shape[1]):
            column = name if len(seeds) == 1 else f"{name}[{seeds[k]}]"
            columns[column] = dict(zip(one.steps.tolist(), values[:, k].tolist(), strict=True))
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["step", *columns])
    for step in sorted({step for column in columns.values() for step in column}):
        table.writerow([step, *(_number(column.get(step)) for column in columns.values())])
    return text.getvalue()


def _number(value: float | None) -> str:
    return repr(value) if value is not None and np.isfinite(value) else ""
