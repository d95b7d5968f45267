"""Cells trained: alone, or many at once with the same bytes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from nnlab.lab import record
from nnlab.lab.errors import NnlabError
from nnlab.lab.events import Block, Ended
from nnlab.lab.experiment import Experiment
from nnlab.lab.headless import Result, execute
from nnlab.lab.run import Run, Series
from nnlab.lab.sweep import grouping
from nnlab.lab.sweep.plan import Cell
from nnlab.lab.training import Training


class CellResult(msgspec.Struct, frozen=True):
    """What one cell came to."""

    cell: int
    """Its index."""
    digest: str
    """SHA-256 of all metrics and weights: the cell run alone has the same."""
    summary: dict[str, Any]
    """What `nnlab run --json` says of it; with status "failed" and the reason where it cannot be trained."""


def train(experiment: Experiment, cells: Sequence[Cell], on_steps: Callable[[int], None]) -> list[CellResult]:
    """Train the cells of one task. on_steps is told how many steps were made, summed over the cells."""
    if len(cells) == 1:
        return [_train_alone(experiment, cells[0], on_steps)]
    try:
        together = _train_together(experiment, cells, on_steps)
    except Exception:  # foreign code may raise anything: alone, each cell tells what is wrong with it
        together = [None] * len(cells)
    return [
        _result(cell, result) if result is not None else _train_alone(experiment, cell, lambda _: None)
        for cell, result in zip(cells, together, strict=True)
    ]


def _train_alone(experiment: Experiment, cell: Cell, on_steps: Callable[[int], None]) -> CellResult:
    try:
        return _result(cell, execute(experiment, cell.settings, on_block=lambda block, _: on_steps(block.count)))
    except Exception as error:  # one cell whose settings do not fit must not cost the others
        reason = str(error) if isinstance(error, NnlabError) else f"{type(error).__name__}: {error}"
        knobs = dict(cell.settings.knobs)
        failed = {"knobs": knobs, "steps": 0, "status": "failed", "metrics": {}, "seconds": 0.0, "reason": reason}
        return CellResult(cell.index, "", failed)


def _train_together(
    experiment: Experiment, cells: Sequence[Cell], on_steps: Callable[[int], None]
) -> list[Result | None]:
    """Train cells as one array program; None for one that diverged, since it would have ended on its way."""
    recipe = grouping.recipe_of(experiment)
    assert recipe is not None
    seeds = cells[0].settings.seeds
    together = replace(experiment, setup=lambda *_: grouping.build(recipe, cells))
    settings = replace(cells[0].settings, seeds=seeds * len(cells))

    def tell(block: Block, _: Training) -> None:
        on_steps(block.count * len(cells))

    result = execute(together, settings, on_block=tell)
    return [_part(result, cell, number * seeds) for number, cell in enumerate(cells)]


def _part(result: Result, cell: Cell, first: int) -> Result | None:
    """Cut the networks of one cell out of the result of many."""
    seeds = cell.settings.seeds
    statuses = result.ended.seeds[first : first + seeds]
    if all(status == "diverged" for status in statuses):
        return None
    total = result.run.settings.seeds
    place = slice(first, first + seeds) if seeds > 1 else first
    run = Run(cell.settings, step=result.steps)
    run.effort = {name: series for name, series in result.run.effort.items() if name == "samples"}
    for name, series in result.run.metrics.items():
        run.metrics[name] = Series()
        run.metrics[name].append(series.steps, series.values[:, place])
    ended = Ended(result.ended.status, result.steps, seeds=statuses if seeds > 1 else ())
    parameters = {
        name: array[place] if array.ndim and array.shape[0] == total else array
        for name, array in result.parameters.items()
    }
    return Result(run, ended, result.seconds * seeds / total, parameters)


def _result(cell: Cell, result: Result) -> CellResult:
    return CellResult(cell.index, record.result_digest(result), record.summary(result))
