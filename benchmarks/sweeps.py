"""What grouping is worth in a sweep: `python -m benchmarks.sweeps`, 256 settings of W1 for 1,000 steps.

W1 is 2-8-8-1 with tanh, a batch of 200 points, Adam: the network on two spirals as the lesson has it. In one process
with one BLAS thread, the settings train as array programs (as `nnlab sweep` cuts them) and one by one; both are timed
in turn, in rounds, so that a busy machine slows both. Every cell must have the same bytes both ways. `--alone N` times
only N of the cells one by one in each round, evenly chosen, and scales.
"""

import argparse
import statistics
import time

from nnlab.lab.allocation import keep_large_temporaries
from nnlab.lab.threads import limit_blas_threads

LESSON, EXPERIMENT = "perceptrons", "spirals"
TARGET = 0.25


def main() -> int:
    """Measure and print."""
    asked = _parse()
    limit_blas_threads(1)
    keep_large_temporaries()
    from nnlab.lab.course import find_course
    from nnlab.lab.headless import make_settings
    from nnlab.lab.lesson import load
    from nnlab.lab.sweep import grouping
    from nnlab.lab.sweep.cell_results import train
    from nnlab.lab.sweep.plan import Draw, Plan, make_cells

    loaded = load(find_course().lesson(LESSON))
    experiment, base = make_settings(loaded, EXPERIMENT, {}, steps=asked.steps)
    draws = (Draw("learning_rate", 0.0003, 0.03, log=True), Draw("noise", 0.0, 0.2))
    plan = Plan(LESSON, EXPERIMENT, asked.steps, random=draws, samples=asked.cells)
    cells = make_cells(plan, base, experiment.knobs)
    chosen = cells[:: max(1, len(cells) // asked.alone)][: asked.alone]
    print(f"{len(cells)} settings of {base.name} (learning_rate, noise), {asked.steps:,} steps, one process")
    ratios = []
    for number in range(asked.rounds):
        start = time.perf_counter()
        tasks = grouping.make_tasks(experiment, cells, workers=1)
        planned = time.perf_counter()
        together = {result.cell: result for task in tasks for result in train(experiment, task, lambda _: None)}
        done = time.perf_counter()
        alone = [train(experiment, [cell], lambda _: None)[0] for cell in chosen]
        one_by_one = (time.perf_counter() - done) * len(cells) / len(chosen)
        different = sum(result.digest != together[result.cell].digest for result in alone)
        ratios.append((done - start) / one_by_one)
        print(
            f"round {number + 1}: {len(tasks)} array programs {done - start:.2f} s, {planned - start:.2f} s of it the "
            f"plan; one by one {one_by_one:.2f} s, {len(chosen)} timed; share {ratios[-1]:.3f}, {different} differ"
        )
        if different:
            return 1
    print(f"share of the time: median {statistics.median(ratios):.3f}, worst {max(ratios):.3f}; to reach {TARGET}")
    return int(statistics.median(ratios) > TARGET)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=256)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--alone", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
