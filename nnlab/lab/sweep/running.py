"""A sweep under way: tasks go to the workers, finished cells into the journal, news to whoever asked for it."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from nnlab.lab.errors import LimitError
from nnlab.lab.experiment import Experiment
from nnlab.lab.sweep import workers
from nnlab.lab.sweep.cell_results import CellResult
from nnlab.lab.sweep.grouping import make_tasks
from nnlab.lab.sweep.journal import Journal
from nnlab.lab.sweep.plan import Cell

NEWS_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class CellDone:
    """A cell is finished and in the journal."""

    result: CellResult
    is_old: bool = False
    """It was finished when the sweep was taken up."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the sweep is."""

    done: int
    """Finished cells."""
    total: int
    seconds_left: float
    """At the present pace; NaN before anything was made."""


def run(
    cells: Sequence[Cell], experiment: Experiment, origin: workers.Origin, journal: Journal, jobs: int
) -> Iterator[CellDone | Progress]:
    """Run the cells that the journal lacks, in at most `jobs` workers, and yield what happens.

    Raises LimitError when a worker is ended from outside, and what a lesson's code raises; finished cells are kept.
    """
    yield from (CellDone(result, is_old=True) for _, result in sorted(journal.results.items()))
    missing = [cell for cell in cells if cell.index not in journal.results]
    tasks = make_tasks(experiment, missing, jobs)
    yield Progress(len(cells) - len(missing), len(cells), float("nan"))
    if not tasks:
        return
    executor, queue = workers.start(min(jobs, len(tasks)))
    try:
        futures = {executor.submit(workers.run_task, i, origin, task): i for i, task in enumerate(tasks)}
        clock = _Clock(tasks)
        while futures:
            finished, _ = wait(futures, timeout=NEWS_SECONDS, return_when=FIRST_COMPLETED)
            while not queue.empty():
                clock.hear(*queue.get())
            for future in finished:
                clock.finish(futures.pop(future))
                for result in _results(future, journal.folder):
                    journal.add(result)
                    yield CellDone(result)
            yield Progress(len(journal.results), len(cells), clock.seconds_left())
        executor.shutdown()
    finally:
        workers.kill(executor)


def _results(future: "Future[list[CellResult]]", folder: Any) -> list[CellResult]:
    try:
        return future.result()
    except BrokenProcessPool:
        raise LimitError(
            "a worker of the sweep was ended from outside, perhaps for lack of memory; finished cells are kept in "
            f"{folder}. Repeat the line to go on, with fewer --jobs if memory is short."
        ) from None


class _Clock:
    """Estimates the time left from the steps made so far, in tasks finished and under way."""

    def __init__(self, tasks: Sequence[Sequence[Cell]]) -> None:
        self._start = time.perf_counter()
        self._steps = [sum(max(1, cell.settings.steps) for cell in task) for task in tasks]
        self._made = [0] * len(tasks)

    def hear(self, task: int, steps: int) -> None:
        self._made[task] = max(self._made[task], min(steps, self._steps[task]))

    def finish(self, task: int) -> None:
        self._made[task] = self._steps[task]

    def seconds_left(self) -> float:
        made = sum(self._made)
        seconds = time.perf_counter() - self._start
        return seconds / made * (sum(self._steps) - made) if made else float("nan")
