"""`make bench`: the workloads W1-W8 against the peers, and how cost grows; writes benchmarks/RESULTS.md."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import environment, growth, report
from benchmarks.rounds import Cell, cores_of_others, disagreements, measure

# The names as columns of the table, in the order of the field table: ours first, then the libraries, then by hand.
PEERS = {
    "nnlab_standard": "nnlab standard",
    "nnlab_eager": "nnlab",
    "nnlab_replayed": "nnlab replayed",
    "torch_eager": "PyTorch",
    "torch_fused": "PyTorch fused",
    "jax_jit": "JAX jit",
    "tinygrad_jit": "tinygrad",
    "mygrad_tape": "MyGrad",
    "hips_autograd": "autograd",
    "numpy_by_hand": "NumPy by hand",
}
WORKLOADS = ("W1", "W2", "W2-sgd", "W3", "W4", "W5", "W6", "W7", "W8-1", "W8-16", "W8-256", "W8-1024")
# With more threads only those that spend their time in array operations: two tapes in Python and a compiler that
# keeps to one core have nothing to win.
IN_PARALLEL = ("nnlab_eager", "nnlab_replayed", "torch_eager", "torch_fused", "jax_jit", "numpy_by_hand")
IN_GROWTH = ("nnlab_eager", "torch_eager")  # the others' exponents would add half an hour, and teach nothing new
ON_CUDA = ("nnlab_standard", "nnlab_eager", "torch_eager", "torch_fused", "jax_jit")
RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> int:
    """Measure what was asked for, print it, and write RESULTS.md unless only a part was measured."""
    asked = _parse()
    failures = environment.prepare(only=environment.ON_CUDA if asked.device == "cuda" else environment.PEERS)
    for requirement, reason in failures.items():
        print(f"{requirement}: not installed here: {reason}", file=sys.stderr)
    start = time.monotonic()
    cells: list[Cell] = []
    loads: list[float] = []
    unmeasured = [] if max(asked.threads) > 1 else ["more than one thread (not asked for)"]
    deadline = start + 60 * asked.minutes
    for threads in asked.threads:
        for workload in asked.workloads:
            if time.monotonic() > deadline:
                unmeasured.append(f"{workload} with {threads} threads (--minutes {asked.minutes:g})")
                continue
            if threads > 1:
                loads.append(cores_of_others())
            cells += measure(
                [peer for peer in asked.peers if threads == 1 or peer in IN_PARALLEL],
                workload,
                threads,
                rounds=asked.rounds,
                chunk_s=asked.chunk,
                device=asked.device,
                clock=asked.clock,
            )
    wrong = disagreements_of(cells)
    growths = []
    if not asked.no_growth and time.monotonic() < deadline:
        peers = [peer for peer in asked.peers if peer in IN_GROWTH]
        growths = growth.measure_all(peers, rounds=min(asked.rounds, 3), chunk_s=asked.chunk, clock=asked.clock)
    elif not asked.no_growth:
        unmeasured.append("how cost grows")
    text = report.compose(cells, growths, PEERS, wrong, unmeasured, loads, asked, time.monotonic() - start)
    print(text)
    output = asked.output or (RESULTS if asked.is_whole else None)
    if output:
        Path(output).write_text(text)
        print(f"Written to {output}.", file=sys.stderr)
    return 1 if wrong else 0


def disagreements_of(cells: list[Cell]) -> list[str]:
    """Return a sentence for every library whose first losses are not those of the others on the same workload."""
    by_place: dict[tuple[str, int], list[Cell]] = {}
    for cell in cells:
        by_place.setdefault((cell.workload, cell.threads), []).append(cell)
    # PyTorch first, where it is: it is the reference of the check.
    return [
        sentence
        for place in by_place.values()
        for sentence in disagreements(sorted(place, key=lambda cell: cell.peer != "torch_eager"))
    ]


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--workloads", type=_list(WORKLOADS), help=f"of {','.join(WORKLOADS)}; W8 means all its sizes")
    parser.add_argument("--peers", type=_list(tuple(PEERS)), help=f"of {','.join(PEERS)}")
    parser.add_argument(
        "--threads", type=lambda text: [int(n) for n in text.split(",")], help="thread counts, such as 1,2"
    )
    parser.add_argument("--rounds", type=int, help="chunks a cell; its value is their median (default 7)")
    parser.add_argument("--chunk", type=float, help="seconds a chunk (default 0.25)")
    parser.add_argument(
        "--device", choices=("cpu", "cuda"), default="cpu", help="cuda runs nnlab on CuPy beside PyTorch CUDA"
    )
    parser.add_argument(
        "--clock",
        choices=("wall", "cpu"),
        default="cpu",
        help="of one thread; cpu (default): what a busy machine gives to others does not count",
    )
    parser.add_argument("--minutes", type=float, default=30, help="start no more cells after this time (default 30)")
    parser.add_argument("--no-growth", action="store_true", help="leave out how cost grows with the sizes")
    parser.add_argument(
        "--quick", action="store_true", help="about two minutes: PyTorch, JAX, NumPy and us, one thread"
    )
    parser.add_argument("--output", help="where to write the report (default RESULTS.md, when everything was measured)")
    asked = parser.parse_args()
    chose = asked.workloads or asked.peers or asked.threads or asked.quick or asked.no_growth or asked.device != "cpu"
    asked.is_whole = not chose
    if asked.quick:
        asked.peers = asked.peers or ["nnlab_eager", "nnlab_replayed", "torch_eager", "jax_jit", "numpy_by_hand"]
        asked.workloads = asked.workloads or [name for name in WORKLOADS if name not in ("W2-sgd", "W8-256")]
        asked.no_growth = True
    asked.threads = asked.threads or ([1] if asked.quick or asked.device == "cuda" else [1, 2])
    asked.rounds = asked.rounds or (3 if asked.quick else 7)
    asked.chunk = asked.chunk or (0.15 if asked.quick else 0.25)
    asked.workloads = asked.workloads or list(WORKLOADS)
    asked.peers = [peer for peer in asked.peers or PEERS if asked.device == "cpu" or peer in ON_CUDA]
    return asked


def _list(names: tuple[str, ...]) -> Callable[[str], list[str]]:
    def parse(text: str) -> list[str]:
        chosen = []
        for word in text.split(","):
            matching = [name for name in names if name == word or name.startswith((f"{word}-", f"{word}_"))]
            if not matching:
                raise argparse.ArgumentTypeError(f"no {word!r}; one of {', '.join(names)}")
            chosen += [word] if word in names else matching
        return chosen

    return parse


if __name__ == "__main__":
    sys.exit(main())
