"""Worker processes of a sweep: one BLAS thread each, and none outlives the process that started it."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing.connection import wait
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any

import msgspec

from nnlab.lab import data_files
from nnlab.lab.course import find_course
from nnlab.lab.experiment import Experiment
from nnlab.lab.headless import make_settings
from nnlab.lab.lesson import load
from nnlab.lab.sweep.cell_results import CellResult, train
from nnlab.lab.sweep.plan import Cell

NEWS_SECONDS = 0.2
"""How often a worker says how far it is."""
NICENESS = 5


class Origin(msgspec.Struct, frozen=True):
    """Where a worker finds the experiment; what is trained travels as text, never as code."""

    course: str
    """Folder of the course; empty for the bundled one."""
    lesson: str
    experiment: str
    data: str
    """Content hash of the user's data, or empty."""


class _Worker:
    """What a worker process keeps from task to task."""

    progress: Any = None
    experiments: dict[Origin, Experiment] = {}  # noqa: RUF012  (one process, one worker)


def start(count: int) -> tuple[Executor, Any]:
    """Return an executor with so many workers, and the queue on which they tell (task, steps made).

    The environment must limit BLAS threads already: workers inherit it.
    """
    context = multiprocessing.get_context("spawn")
    progress = context.SimpleQueue()
    executor = ProcessPoolExecutor(count, mp_context=context, initializer=_prepare, initargs=(progress,))
    return executor, progress


def run_task(number: int, origin: Origin, cells: tuple[Cell, ...]) -> list[CellResult]:
    """Train the cells of one task, in a worker."""
    if origin not in _Worker.experiments:
        loaded = load(find_course(Path(origin.course) if origin.course else None).lesson(origin.lesson))
        data = data_files.find(origin.data) if origin.data else None
        _Worker.experiments[origin] = make_settings(loaded, origin.experiment, {}, data=data)[0]
    told, steps = time.perf_counter(), 0

    def tell(count: int) -> None:
        nonlocal told, steps
        steps += count
        if _Worker.progress is not None and time.perf_counter() - told > NEWS_SECONDS:
            _Worker.progress.put((number, steps))
            told = time.perf_counter()

    return train(_Worker.experiments[origin], cells, tell)


def kill(executor: Executor) -> None:
    """End the workers at once, whatever they do."""
    processes = list((getattr(executor, "_processes", None) or {}).values())
    executor.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.kill()


def _prepare(progress: "SimpleQueue[tuple[int, int]]") -> None:
    """Make this process a worker: it leaves the keyboard to its parent, and ends when that does."""
    from nnlab.lab.allocation import keep_large_temporaries

    _Worker.progress = progress
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    keep_large_temporaries()
    threading.Thread(target=_die_with_the_parent, name="parent-watch", daemon=True).start()


def _die_with_the_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
