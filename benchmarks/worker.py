"""The child process that trains one workload with one library and times its steps when told to.

    python -m benchmarks.worker PEER WORKLOAD DEVICE

Standard input: {"chunk": seconds} asks for a run of about that length; the end of input ends the process. Standard
output: one JSON line when it is ready (first losses, seconds to import and to build), then one per chunk (milliseconds
a step by both clocks, peak MB); or {"unable": reason}. Thread counts come in the environment, before any import.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

FIRST_LOSSES = 3


def main() -> None:
    """Serve chunks until the input ends."""
    peer, workload, device = sys.argv[1:4]
    # A library that prints must not break the protocol: its standard output goes to standard error.
    protocol = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(**message: Any) -> None:
        protocol.write(json.dumps(message) + "\n")
        protocol.flush()

    import numpy  # noqa: F401  (every library stands on it, so the time of its import is nobody's)

    from benchmarks.workloads import UnsupportedError, problem_named

    problem = problem_named(workload)
    try:
        start = time.perf_counter()
        module = import_module(f"benchmarks.peers.{peer}")
        imported = time.perf_counter()
        step, read = module.build(problem, device=device)
        losses = [read(step(i)) for i in range(FIRST_LOSSES)]
        built = time.perf_counter()
    except UnsupportedError as reason:
        say(unable=str(reason))
        return
    except Exception as error:  # the border to a foreign library: whatever it raises becomes this cell's reason
        lines = str(error).strip().splitlines() or ["no message"]
        say(unable=f"{type(error).__name__}: {lines[0]}")
        return
    say(losses=losses, import_s=imported - start, build_s=built - imported)
    _serve(step, read, say)


def _serve(step: Callable[[int], Any], read: Callable[[Any], float], say: Callable[..., None]) -> None:
    count, done = 1, FIRST_LOSSES
    for line in sys.stdin:
        wanted = json.loads(line)["chunk"]
        while True:
            cpu_before = time.process_time()
            seconds, done = _run(step, read, done, count), done + count
            cpu = time.process_time() - cpu_before
            # A chunk that was far too short to be told from noise was calibration; long enough, it is the measurement.
            if seconds > 0.5 * wanted:
                break
            count = max(count + 1, int(count * min(10.0, 0.9 * wanted / max(seconds, 1e-9))))
        say(wall=1e3 * seconds / count, cpu=1e3 * cpu / count, peak_mb=peak_mb())
        count = max(1, int(count * wanted / seconds))


def _run(step: Callable[[int], Any], read: Callable[[Any], float], first: int, count: int) -> float:
    start = time.perf_counter()
    for i in range(first, first + count):
        loss = step(i)
    read(loss)  # waits for a library that works behind the caller's back
    return time.perf_counter() - start


def peak_mb() -> float:
    """Return the largest resident memory of this process so far, in MB."""
    # Linux's ru_maxrss starts from what the parent held when it forked; VmHWM is the process's own.
    with contextlib.suppress(OSError), open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
