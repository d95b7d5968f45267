"""The report: tables of medians, ratios, memory and growth as Markdown that is also read well in a terminal."""

import argparse
import math
import os
import platform
import subprocess
from datetime import date
from pathlib import Path
from statistics import median

from benchmarks.environment import versions
from benchmarks.growth import Growth
from benchmarks.rounds import LIMIT_S, Cell

OURS = {"nnlab_standard": "our standard", "nnlab_eager": "our", "nnlab_replayed": "our replayed"}
Rows = list[list[str]]


def compose(
    cells: list[Cell],
    growths: list[Growth],
    titles: dict[str, str],
    wrong: list[str],
    unmeasured: list[str],
    loads: list[float],
    asked: argparse.Namespace,
    seconds: float,
) -> str:
    """Return the whole report."""
    parts = [_head(asked, seconds)]
    for threads in dict.fromkeys(cell.threads for cell in cells):
        own = [cell for cell in cells if cell.threads == threads]
        if threads == 1:
            parts.append(_times(own, titles, "1 thread: milliseconds a step, median"))
        else:
            busy = f"others kept {min(loads):.1f} to {max(loads):.1f} cores busy" if loads else "load unknown"
            parts.append(_times(own, titles, f"{threads} threads: milliseconds a step on the wall, median ({busy})"))
            parts.append(_times(own, titles, f"{threads} threads: CPU milliseconds of a step, median", is_cpu=True))
        parts += [_ratios(own, titles, ours) for ours in OURS if any(cell.peer == ours for cell in own)]
        many = _many(own, titles)
        if many:
            parts.append(many)
    parts.append(_memory([cell for cell in cells if cell.threads == cells[0].threads], titles))
    if growths:
        parts.append(_growth(growths, titles))
    parts.append(_notes(cells, titles, wrong, unmeasured, asked))
    return "\n\n".join(parts) + "\n"


def _head(asked: argparse.Namespace, seconds: float) -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    machine = f"{_processor()}, {cores} cores, {platform.system()}, Python {platform.python_version()}"
    load = f", load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    clock = "wall time"
    if asked.clock == "cpu":
        clock = (
            "with one thread the process's own CPU time, since others may use the machine too; with more both are\n"
            "  shown, and ratios are of wall times within a round: a stranger on a core makes two threads wait, some\n"
            "  of them spinning, so that on a busy machine these say how a library waits, not how fast it is"
        )
    if asked.device == "cuda":
        machine += f", {_card()}"
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`; do not edit. A step is forward, loss, backward and update in float32, batches in",
        "memory, the same initial weights for everybody; benchmarks/workloads.py says what W1-W8 are.",
        "",
        f"- {date.today().isoformat()}: {machine}",
        f"- {', '.join(f'{name} {version}' for name, version in versions().items())}",
        f"- {asked.rounds} interleaved rounds of {asked.chunk:g} s a cell, {seconds / 60:.0f} minutes in all{load}",
        f"- Times are {clock}.",
    ]
    return "\n".join(lines)


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _card() -> str:
    command = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() or "no GPU listed"
    except (OSError, subprocess.CalledProcessError):
        return "a GPU that nvidia-smi does not name"


def _times(cells: list[Cell], titles: dict[str, str], heading: str, *, is_cpu: bool = False) -> str:
    def of(cell: Cell) -> float | None:
        return median(cell.cpu_ms) if is_cpu and cell.median_ms else cell.median_ms

    rows = [[workload, *(_number(of(cell)) for cell in row)] for workload, row in _by_workload(cells)]
    return f"## {heading}\n\n" + _table(["", *_heads(cells, titles)], rows)


def _ratios(cells: list[Cell], titles: dict[str, str], ours: str) -> str:
    """Our time by each peer's, the median over rounds of the ratio within a round."""
    rows: Rows = []
    products: dict[str, list[float]] = {}
    for workload, row in _by_workload(cells):
        own = next((cell for cell in row if cell.peer == ours), None)
        line = [workload]
        for cell in row:
            if cell.peer in OURS:
                continue
            ratio = own.ratio(cell) if own else None
            line.append(_number(ratio, 2))
            if ratio and workload in ("W1", "W2", "W3", "W4", "W5", "W6", "W7"):
                products.setdefault(cell.peer, []).append(math.log(ratio))
        rows.append(line)
    peers = [cell.peer for cell in _by_workload(cells)[0][1] if cell.peer not in OURS]
    means = [math.exp(sum(logs) / len(logs)) if (logs := products.get(peer)) else None for peer in peers]
    rows.append(["mean of W1-W7", *(_number(mean, 2) for mean in means)])
    heading = f"### {OURS[ours].capitalize()} time by theirs (below 1: we are faster)"
    return f"{heading}, geometric mean over the cells that both have\n\n" + _table(
        ["", *(titles[peer] for peer in peers)], rows
    )


def _many(cells: list[Cell], titles: dict[str, str]) -> str:
    rows: Rows = []
    for workload, row in _by_workload(cells):
        if workload.startswith("W8-"):
            networks = int(workload.removeprefix("W8-"))
            rows.append(
                [str(networks), *(_number(1e3 * ms / networks if (ms := cell.median_ms) else None) for cell in row)]
            )
    if not rows:
        return ""
    return "### W8: microseconds a network, S networks as one array program\n\n" + _table(
        ["S", *_heads(cells, titles)], rows
    )


def _memory(cells: list[Cell], titles: dict[str, str]) -> str:
    rows = [
        [workload, *("-" if cell.median_ms is None else f"{cell.peak_mb:.0f}" for cell in row)]
        for workload, row in _by_workload(cells)
    ]
    imports = [[cell.import_s for cell in cells if cell.peer == peer and not cell.reason] for peer in _peers(cells)]
    rows.append(["import, s", *(f"{sorted(times)[len(times) // 2]:.2f}" if times else "-" for times in imports)])
    text = "## Peak resident memory while training, MB, and seconds to import over NumPy\n\n"
    return text + _table(["", *_heads(cells, titles)], rows)


def _growth(growths: list[Growth], titles: dict[str, str]) -> str:
    rows = []
    for growth in growths:
        steps = " ".join(f"{size}:{_number(ms)}" for size, ms in zip(growth.sizes, growth.ms, strict=True))
        rows.append([growth.ladder, titles[growth.peer], _number(growth.exponent, 2), steps])
    return (
        "## How cost grows: a step costs about size^exponent in the upper half of each ladder (one thread)\n\n"
        + _table(["size", "", "exponent", "size:milliseconds"], rows)
    )


def _notes(
    cells: list[Cell], titles: dict[str, str], wrong: list[str], unmeasured: list[str], asked: argparse.Namespace
) -> str:
    lines = ["## Notes", ""]
    lines.append(
        "- First losses agree between all libraries to 1e-4."
        if not wrong
        else "- FIRST LOSSES DISAGREE: " + " ".join(wrong)
    )
    reasons: dict[tuple[str, str], list[str]] = {}
    for cell in cells:
        if cell.reason and cell.workload not in (seen := reasons.setdefault((cell.peer, cell.reason), [])):
            seen.append(cell.workload)
    for (peer, reason), workloads in reasons.items():
        lines.append(f"- {titles[peer]}, {', '.join(workloads)}: - ({reason}).")
    if unmeasured:
        lines.append(f"- Not measured in this run: {'; '.join(unmeasured)}.")
    lines += [
        f"- A cell that takes over {LIMIT_S:.0f} s, start included, is shown as -.",
        "- With one thread every process is held to one core. Freed memory stays in the process (glibc's mmap and trim",
        "  thresholds raised, as nnlab's trainer does) for every library alike.",
        "- nnlab is the eager form that users write: modules, `loss.backward()`, `optimizer.step()`. Standard is that",
        "  without the kernel table, in the array-API standard's calls alone. Replayed is it with `nn.Replay`, by",
        "  which the lab's supervised experiments train; over 8 MB it is eager too.",
    ]
    if asked.device == "cpu":
        lines.append(
            "- The GPU was not tried: no GPU was at hand. `make bench ARGS='--device cuda'` is the run for one.\n"
            "  The engine's tests pass under array_api_strict and on PyTorch's namespace instead (PROFILE.md)."
        )
    else:
        lines.append("- Device: CUDA. nnlab runs on CuPy; each chunk ends by waiting for the device.")
    return "\n".join(lines)


def _by_workload(cells: list[Cell]) -> list[tuple[str, list[Cell]]]:
    rows: dict[str, list[Cell]] = {}
    for cell in cells:
        rows.setdefault(cell.workload, []).append(cell)
    return list(rows.items())


def _peers(cells: list[Cell]) -> list[str]:
    return list(dict.fromkeys(cell.peer for cell in cells))


def _heads(cells: list[Cell], titles: dict[str, str]) -> list[str]:
    return [titles[peer] for peer in _peers(cells)]


def _number(value: float | None, places: int | None = None) -> str:
    if value is None:
        return "-"
    if places is not None:
        return f"{value:.{places}f}"
    return f"{value:.3f}" if value < 1 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _table(heads: list[str], rows: Rows) -> str:
    widths = [max(3, *(len(row[i]) for row in [heads, *rows])) for i in range(len(heads))]
    lines = [
        "| " + " | ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)) + " |"
        for row in [heads, *rows]
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)
