"""What a user of the shell waits for, beside what it is built on. `python -m benchmarks.shell`.

Commands and their yardsticks take turns, in processes of their own, so that a busy machine slows both; wall and
processor milliseconds are medians over rounds.

    version    nnlab --version                      beside the bare interpreter
    first      nnlab run perceptrons/xor, one step  beside the interpreter with NumPy
    load       100,000 rows x 50 columns, to the first step, in a process with the lab imported
    runs       nnlab runs of a history of 1,000     beside the bare interpreter
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.workbench import fill_history, write_table

NNLAB = (sys.executable, "-c", "import sys; from nnlab.cli import main; sys.exit(main())")
BARE = (sys.executable, "-c", "pass")
NUMPY = (sys.executable, "-c", "import numpy")
LOAD = """
import sys, time
from nnlab.lab.course import find_course
from nnlab.lab.data_files import find
from nnlab.lab.headless import make_settings
from nnlab.lab.lesson import load
from nnlab.lab.training import Training
loaded = load(find_course().lesson("workbench"))
start, processor = time.perf_counter(), time.process_time()
training = Training(*make_settings(loaded, "table", {}, data=find(sys.argv[1]), steps=1))
training.advance(1)
print(time.perf_counter() - start, time.process_time() - processor)
"""
Spent = tuple[float, float]
"""Wall and processor seconds."""


def run(command: Sequence[str]) -> Spent:
    """Return what a command takes; it must succeed."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    spent, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def load(table: Path) -> Spent:
    """Return what reading a table, to the first step on it, takes."""
    told = subprocess.run([sys.executable, "-c", LOAD, str(table)], check=True, capture_output=True, text=True).stdout
    wall, processor = map(float, told.split())
    return wall, processor


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"NNLAB_HOME": home, "OPENBLAS_NUM_THREADS": "1"}
        table = Path(home) / "table.csv"
        write_table(table)
        fill_history(1000)
        first = (*NNLAB, "run", "perceptrons/xor", "--steps", "1", "--json")
        runs = (*NNLAB, "runs", "list", "--limit", "0")
        measured: dict[str, list[Spent]] = {name: [] for name in ("bare", "numpy", "version", "first", "runs", "load")}
        for _ in range(options.rounds):
            measured["bare"].append(run(BARE))
            measured["version"].append(run((*NNLAB, "--version")))
            measured["numpy"].append(run(NUMPY))
            measured["first"].append(run(first))
            measured["runs"].append(run(runs))
        measured["load"] = [load(table) for _ in range(max(1, options.rounds // 3))]
    medians = {
        name: [1000 * statistics.median(part) for part in zip(*spent, strict=True)] for name, spent in measured.items()
    }
    for name, (wall, processor) in medians.items():
        print(f"{name:9} wall {wall:7.1f} ms   processor {processor:7.1f} ms")
    for name, yardstick, most in (("version", "bare", 60), ("first", "numpy", 300), ("runs", "bare", 1000)):
        more = [ours - theirs for ours, theirs in zip(medians[name], medians[yardstick], strict=True)]
        print(f"{name:9} {more[0]:6.1f} ms wall, {more[1]:6.1f} ms processor more than {yardstick}; at most {most}")
    print(f"load      {medians['load'][0] / 1000:.2f} s wall; at most 3")


if __name__ == "__main__":
    main()
