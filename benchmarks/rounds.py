"""Running workers side by side: one process per library, their chunks interleaved so that all see the same machine."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.environment import PYTHON, ROOT

LIMIT_S = 120.0
"""What a cell may take, start and all its chunks; one that takes more is shown as -."""


@dataclass
class Cell:
    """What one library did with one workload."""

    peer: str
    workload: str
    threads: int
    ms: list[float] = field(default_factory=list)
    """Milliseconds a step, one value per round."""
    cpu_ms: list[float] = field(default_factory=list)
    """The same in CPU time of all threads."""
    losses: list[float] = field(default_factory=list)
    peak_mb: float = 0.0
    import_s: float = 0.0
    build_s: float = 0.0
    reason: str = ""
    """Why there is no measurement, or "" where there is one."""

    @property
    def median_ms(self) -> float | None:
        """The median over the rounds, or None where nothing was measured."""
        return None if self.reason or not self.ms else median(self.ms)

    def ratio(self, other: "Cell") -> float | None:
        """Return the median over the rounds of this cell's time by that of `other` in the same round."""
        if self.median_ms is None or other.median_ms is None:
            return None
        return median(a / b for a, b in zip(self.ms, other.ms, strict=False))


class Worker:
    """A child process that holds one trained network ready to be timed."""

    def __init__(self, cell: Cell, device: str, clock: str) -> None:
        self.cell = cell
        # More threads than one, or a device, work while this one waits: only the clock on the wall counts then.
        self.clock = clock if cell.threads == 1 and device == "cpu" else "wall"
        self.spent = 0.0
        command = [str(PYTHON), "-m", "benchmarks.worker", cell.peer, cell.workload, device]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(cell.threads),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        if cell.threads == 1 and hasattr(os, "sched_setaffinity"):
            # Every library has its own idea of threads; one core is one core to all of them.
            os.sched_setaffinity(self.process.pid, {max(os.sched_getaffinity(0))})
        answer = self._answer()
        cell.reason = cell.reason or answer.get("unable", "")
        if not cell.reason:
            cell.losses, cell.import_s, cell.build_s = answer["losses"], answer["import_s"], answer["build_s"]

    def time(self, seconds: float) -> None:
        """Let it train for about `seconds` and note the result; a cell that has no measurement stays as it is."""
        if self.cell.reason:
            return
        assert self.process.stdin
        try:
            self.process.stdin.write(json.dumps({"chunk": seconds}).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            self.cell.reason = "its process ended"
            return
        answer = self._answer()
        if not self.cell.reason:
            self.cell.ms.append(answer[self.clock])
            self.cell.cpu_ms.append(answer["cpu"])
            self.cell.peak_mb = answer["peak_mb"]

    def close(self) -> None:
        """End the process."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout
        start = time.monotonic()
        if not select.select([self.process.stdout], [], [], LIMIT_S - self.spent)[0]:
            self.process.kill()
            self.cell.reason = f"over {LIMIT_S:.0f} s"
            return {}
        line = self.process.stdout.readline()
        self.spent += time.monotonic() - start
        if not line:
            self.cell.reason = f"its process ended with {self.process.wait()}"
            return {}
        answer: dict[str, Any] = json.loads(line)
        return answer


def measure(
    peers: list[str],
    workload: str,
    threads: int,
    *,
    rounds: int,
    chunk_s: float,
    device: str = "cpu",
    clock: str = "wall",
) -> list[Cell]:
    """Time one workload with several libraries, round by round, and return a cell for each.

    The order turns by one place a round, so that nobody always runs after the same neighbour.
    """
    cells = [Cell(peer, workload, threads) for peer in peers]
    workers: list[Worker] = []
    try:
        for cell in cells:
            print(f"  {workload}, {threads} thread{'s' * (threads > 1)}: {cell.peer}", file=sys.stderr)
            workers.append(Worker(cell, device, clock))
        for worker in workers:
            worker.time(chunk_s)  # a first chunk to warm up: caches, clocks, and how many steps make a chunk
            worker.cell.ms.clear()
            worker.cell.cpu_ms.clear()
        for turn in _turns(len(workers), rounds):
            for i in turn:
                workers[i].time(chunk_s)
    finally:
        for worker in workers:
            worker.close()
    return cells


def cores_of_others(seconds: float = 1.0) -> float:
    """Return how many cores are busy while this process and its children rest; 0 where the system does not tell."""

    def busy_ticks() -> int:
        with open("/proc/stat") as stat:
            user, nice, system, _, _, *interrupts = (int(word) for word in stat.readline().split()[1:9])
        return user + nice + system + sum(interrupts)

    if not os.path.exists("/proc/stat"):
        return 0.0
    before, start = busy_ticks(), time.monotonic()
    time.sleep(seconds)
    return (busy_ticks() - before) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - start)


def disagreements(cells: list[Cell], *, tolerance: float = 1e-4) -> list[str]:
    """Return a sentence for every cell whose first losses are not those of the first cell that has some."""
    found = []
    with_losses = [cell for cell in cells if cell.losses]
    for cell in with_losses[1:]:
        for i, (expected, got) in enumerate(zip(with_losses[0].losses, cell.losses, strict=True)):
            if not abs(got - expected) <= tolerance * abs(expected):
                reference = with_losses[0].peer
                found.append(
                    f"{cell.workload}: {cell.peer} has loss {got:.7g} at step {i} where {reference} has {expected:.7g}."
                )
                break
    return found


def _turns(count: int, rounds: int) -> Iterator[list[int]]:
    for shift in range(rounds):
        yield [(i + shift) % count for i in range(count)]


def _environment(threads: int) -> dict[str, str]:
    variables = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
    environment = os.environ | dict.fromkeys(variables, str(threads))
    environment["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}"
    # Freed arrays stay in the process, as in nnlab's trainer; the same for every library, on glibc at least.
    environment |= {"MALLOC_MMAP_THRESHOLD_": str(32 * 2**20), "MALLOC_TRIM_THRESHOLD_": str(512 * 2**20)}
    environment["PYTHONPATH"] = str(ROOT)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # peers are installed with it, ours has it soon
    return environment
