"""Cells in order of a metric, the best first."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nnlab.lab.sweep.cell_results import CellResult
from nnlab.lab.sweep.plan import STEPS, Cell, best_is_high, ranking_metric


@dataclass(frozen=True, slots=True)
class Value:
    """A metric of one cell over its seeds; NaN where it is no number."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """A cell with its place's value."""

    cell: Cell
    result: CellResult
    value: Value


@dataclass(frozen=True, slots=True)
class Ranking:
    """Cells, the best first; a cell without a number comes last."""

    metric: str
    high_is_best: bool
    rows: tuple[Ranked, ...]


def rank(cells: Sequence[Cell], results: Sequence[CellResult], metric: str = "") -> Ranking:
    """Rank finished cells. metric: empty for the loss on unseen data, or the loss. Raises UsageError if unknown."""
    name = metric_of(results, metric)
    is_high = best_is_high(name)
    rows = [Ranked(cells[result.cell], result, value_of(result, name)) for result in results]

    def place(row: Ranked) -> tuple[bool, float, int]:
        median = row.value.median
        return bool(np.isnan(median)), -median if is_high else median, row.cell.index

    return Ranking(name, is_high, tuple(sorted(rows, key=place)))


def metric_of(results: Sequence[CellResult], asked: str) -> str:
    """Return the metric that ranks these results. Raises UsageError when the one asked for was not measured."""
    measured: dict[str, object] = {}
    for result in results:
        measured |= result.summary["metrics"]
    return ranking_metric(asked, measured) if results else asked


def value_of(result: CellResult, metric: str) -> Value:
    """Return a metric's last value over the seeds of a cell."""
    summary = result.summary
    if metric == STEPS:
        steps = float(summary["steps"]) if summary["status"] == "goal" else float("nan")
        return Value(steps, steps, steps)
    runs = summary.get("runs") or [summary]
    values = np.array([_number(run["metrics"].get(metric)) for run in runs])
    if np.isnan(values).all():
        return Value(float("nan"), float("nan"), float("nan"))
    return Value(float(np.median(values)), float(np.nanmin(values)), float(np.nanmax(values)))


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
