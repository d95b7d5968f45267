"""What a frame of each plot costs in CPU time, `runs()` of every row included: python -m benchmarks.plots."""

import platform
import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median

import numpy as np

from nnlab.plots import Grid, Palette, draw


def frame_ms(make: Callable[[], Grid], repeats: int = 40) -> tuple[float, float]:
    """Return the median and the 95th percentile of a frame's CPU milliseconds, after three to warm up."""
    costs = []
    for i in range(repeats + 3):
        start = time.process_time()
        grid = make()
        for row in range(grid.rows):
            grid.runs(row)
        if i >= 3:
            costs.append((time.process_time() - start) * 1000)
    return median(costs), sorted(costs)[int(0.95 * len(costs))]


def network(sizes: list[int], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return arrays of a network with a map for each node."""
    arrays = {"maps0": rng.uniform(-1, 1, (sizes[0], 24, 24))}
    for layer, (inputs, outputs) in enumerate(pairwise(sizes)):
        arrays[f"weights{layer}"] = rng.normal(0, 2, (inputs, outputs))
        arrays[f"bias{layer}"] = rng.normal(0, 1, outputs)
        arrays[f"maps{layer + 1}"] = rng.uniform(-1, 1, (outputs, 24, 24))
    return arrays


def frames() -> dict[str, tuple[str, dict[str, np.ndarray], dict[str, object], tuple[int, int]]]:
    """Return the frames to measure: name -> kind, arrays, options, size."""
    rng = np.random.default_rng(0)
    x, y = np.meshgrid(np.linspace(-1, 1, 120), np.linspace(-1, 1, 60))
    smooth = np.tanh(4 * np.sin(3 * x) * np.cos(2 * y))
    points = rng.uniform(-1, 1, (200, 2))
    labels = (points.sum(axis=1) > 0).astype(int)
    out = {}
    for size in (1_000, 100_000):
        curves = {f"{name}/y": np.exp(-np.linspace(0, 4, size)) + rng.random(size) * 0.1 for name in ("this", "last")}
        out[f"two curves of {size:,} points, 100x30"] = ("curve", curves, {"ghosts": ["last"]}, (100, 30))
    free: dict[str, object] = {"aspect": "free", "labels": False}
    out["smooth field, 120x60 pixels"] = ("field", {"field": smooth}, free, (120, 30))
    with_points = {"field": smooth, "points": points, "labels": labels}
    out["the same with 200 points"] = ("field", with_points, free, (120, 30))
    out["noise (worst runs), 120x60 pixels"] = ("field", {"field": rng.uniform(-1, 1, (60, 120))}, free, (120, 30))
    out["network 2-2-1, 58x20"] = ("graph", network([2, 2, 1], rng), {}, (58, 20))
    out["network 2-8-8-1, 58x20"] = ("graph", network([2, 8, 8, 1], rng), {}, (58, 20))
    strip = {"fields": rng.uniform(-1, 1, (20, 24, 24)), "solved": rng.integers(0, 2, 20)}
    out["20 seeds, 102x3"] = ("strip", strip, {}, (102, 3))
    out["matrix 10x10 with numbers, 60x11"] = ("matrix", {"values": rng.normal(size=(10, 10))}, {}, (60, 11))
    return out


def main() -> None:
    """Print a table of medians."""
    print(f"CPU milliseconds a frame, {platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}")
    for name, (kind, arrays, options, size) in frames().items():
        cost, worst = frame_ms(lambda k=kind, a=arrays, o=options, s=size: draw(k, a, o, s, Palette()))  # type: ignore[misc]
        print(f"{name:40} median {cost:6.2f}   p95 {worst:6.2f}")


if __name__ == "__main__":
    main()
