"""`make parity`: every function, layer, loss and optimizer against PyTorch on drawn configurations, in float64.

Prints the worst relative error of each and ends with 1 where one is over its limit or a name is missing from the table.
"""

import argparse
import os
import sys
from collections.abc import Callable

from benchmarks import environment

FUNCTION_LIMIT = 1e-11
OPTIMIZER_LIMIT = 1e-6
"""Over 100 steps, in which differences of rounding grow."""


def main() -> int:
    """Draw, compare, print; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.parity", description=__doc__)
    parser.add_argument(
        "--draws", type=int, default=100, help="configurations of each function and layer (default 100)"
    )
    parser.add_argument("--seed", type=int, default=0, help="seed of the first configuration")
    parser.add_argument("--only", default="", help="names to compare, separated by commas")
    asked = parser.parse_args()
    _enter_environment()

    from benchmarks.parity import comparison, coverage, optimizers, training
    from benchmarks.parity.comparison import Draw
    from benchmarks.parity.groups import GROUPS

    def compared(case: Callable[[Draw], comparison.Comparison], seed: int) -> tuple[float, str]:
        draw = Draw(seed)
        one = case(draw)
        shapes = " ".join(str(array.shape) for array in one.inputs)
        return comparison.worst_error(one, draw), f"{shapes} {one.setting}"

    jobs: list[tuple[str, str, float, int, Callable[[int], tuple[float, str]]]] = []
    for kind, table in GROUPS.items():
        for name, case in table.items():
            jobs.append((kind, name, FUNCTION_LIMIT, asked.draws, lambda seed, case=case: compared(case, seed)))
    for name in optimizers.OPTIMIZERS:
        run = lambda seed, name=name: optimizers.worst_error(name, Draw(seed))  # noqa: E731
        jobs.append(("optimizer", name, OPTIMIZER_LIMIT, max(1, asked.draws // 5), run))
    for name, case in training.TRAINING.items():
        jobs.append(("training", name, FUNCTION_LIMIT, asked.draws, lambda seed, case=case: case(Draw(seed))))
    wanted = set(filter(None, asked.only.split(",")))
    failures = [] if wanted else coverage.gaps()
    print(f"{'':10} {'name':34} {'draws':>5}  worst relative error")
    for kind, name, limit, draws, compare in jobs:
        if wanted and name not in wanted:
            continue
        failures += _report(kind, name, limit, range(asked.seed, asked.seed + draws), compare)
    for failure in failures:
        print(f"FAILED: {failure}")
    print("All agree." if not failures else f"{len(failures)} failures.")
    return 1 if failures else 0


def _report(kind: str, name: str, limit: float, seeds: range, compare: Callable[[int], tuple[float, str]]) -> list[str]:
    worst, failure = 0.0, ""
    for seed in seeds:
        try:
            error, setting = compare(seed)
        except Exception as problem:  # whatever either library raises is this configuration's failure
            error, setting = float("inf"), f"{type(problem).__name__}: {problem}"
        if error > limit and not failure:
            failure = f"{kind} {name}, seed {seed}: error {error:.1e} over {limit:.0e}: {setting}"
        worst = max(worst, error)
    print(f"{kind:10} {name:34} {len(seeds):5}  {worst:.1e}{'  <-- over the limit' if failure else ''}")
    return [failure] if failure else []


def _enter_environment() -> None:
    """Go on in .venv-bench, which has PyTorch, unless this is it."""
    if os.path.realpath(sys.prefix) == os.path.realpath(environment.FOLDER):
        return
    failures = environment.prepare(only=("torch==2.13.0",))
    if failures:
        raise SystemExit(f"parity needs PyTorch: {failures}")
    os.chdir(environment.ROOT)
    os.execv(environment.PYTHON, [str(environment.PYTHON), "-m", "benchmarks.parity", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
