"""How the cost of a step grows with width, depth, batch and sequence length: power laws fitted to measured steps."""

import math
from dataclasses import dataclass

from benchmarks.rounds import Cell, measure

# Each ladder spans the sizes that lessons and free experiments use; the law is fitted to its upper half, where the cost
# that is proportional to work has left the cost of calling behind.
LADDERS: dict[str, tuple[str, tuple[int, ...]]] = {
    "width": ("mlp width={} depth=2 batch=64", (16, 64, 256, 512, 1024)),
    "depth": ("mlp width=128 depth={} batch=64", (1, 2, 4, 8, 16)),
    "batch": ("mlp width=128 depth=2 batch={}", (16, 64, 256, 1024, 4096)),
    "batch of images": ("cnn batch={}", (8, 16, 32, 64, 128)),
    "length of an RNN": ("rnn length={}", (4, 8, 16, 32, 64)),
    "length of an LSTM": ("lstm length={}", (4, 8, 16, 32, 64)),
}
PEERS = ("nnlab_eager", "torch_eager")


@dataclass(frozen=True)
class Growth:
    """How one library's step grows along one ladder."""

    ladder: str
    peer: str
    sizes: tuple[int, ...]
    ms: tuple[float | None, ...]

    @property
    def exponent(self) -> float | None:
        """The slope of log time over log size in the upper half (at least three sizes), by least squares."""
        points = [(math.log(n), math.log(t)) for n, t in zip(self.sizes, self.ms, strict=True) if t]
        points = points[-max(3, len(points) // 2 + 1) :]
        if len(points) < 3:
            return None
        mean_x, mean_y = (sum(values) / len(points) for values in zip(*points, strict=True))
        return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def measure_all(peers: list[str], *, rounds: int, chunk_s: float, clock: str) -> list[Growth]:
    """Measure every ladder with one thread for those of `peers` that take part."""
    taking_part = [peer for peer in PEERS if peer in peers]
    found = []
    for ladder, (pattern, sizes) in LADDERS.items():
        steps: dict[str, list[Cell]] = {peer: [] for peer in taking_part}
        for size in sizes:
            for cell in measure(
                taking_part, pattern.format(size), 1, rounds=rounds, chunk_s=min(chunk_s, 0.1), clock=clock
            ):
                steps[cell.peer].append(cell)
        found += [Growth(ladder, peer, sizes, tuple(cell.median_ms for cell in cells)) for peer, cells in steps.items()]
    return found
