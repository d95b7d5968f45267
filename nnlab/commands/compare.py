"""`nnlab compare`: runs side by side."""

import math
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from nnlab.commands.output import print_json
from nnlab.lab import comparison, effort, record
from nnlab.lab.comparison import Alignment, Compared
from nnlab.lab.errors import UsageError, unknown
from nnlab.lab.events import HostArray
from nnlab.lab.history import History

MOST_RUNS = 12


def compare(
    names: Sequence[str],
    *,
    metrics: tuple[str, ...],
    over: Alignment,
    smoothing: float,
    is_log: bool,
    plot: bool,
    as_json: bool,
    is_ascii: bool,
) -> int:
    """Print the settings that differ and the results of kept runs; see `nnlab compare --help`."""
    if not 2 <= len(names) <= MOST_RUNS:
        raise UsageError(f"{len(names)} runs were named; give 2 to {MOST_RUNS}, by id, label or folder.")
    runs = read(names)
    known = comparison.metrics_of(runs)
    for metric in metrics:
        if metric not in known:
            raise unknown("metric of these runs", metric, known)
    differing = comparison.differences([run.settings for run in runs])
    results = {name: tuple(_last(run, name) for run in runs) for name in metrics or known}
    if as_json:
        print_json(
            {
                "runs": [run.name for run in runs],
                "settings": differing,
                "metrics": {name: [_plain(value) for value in values] for name, values in results.items()},
                "parameters": [run.summary.get("parameters", 0) for run in runs],
                "steps": [run.summary["steps"] for run in runs],
                "samples": [run.summary.get("samples", 0) for run in runs],
                "status": [run.summary["status"] for run in runs],
                "seconds": [run.summary["seconds"] for run in runs],
            }
        )
        return 0
    rows: list[tuple[str, Sequence[str]]] = [("", [run.name for run in runs]), *differing.items()]
    rows += [(name, [_text(value) for value in values]) for name, values in results.items()]
    rows += [
        ("status", [str(run.summary["status"]) for run in runs]),
        ("steps", [f"{run.summary['steps']:,}" for run in runs]),
        ("samples", [f"{run.summary.get('samples', 0):,}" for run in runs]),
        ("parameters", [f"{run.summary.get('parameters', 0):,}" for run in runs]),
        ("seconds", [f"{run.summary['seconds']:.2f}" for run in runs]),
    ]
    _print_table(rows)
    if plot:
        shown = metrics or _worth_drawing(runs)
        for metric in shown:
            click.echo()
            for line in draw(runs, metric, over, smoothing, is_log=is_log, is_ascii=is_ascii):
                click.echo(line)
    return 0


def read(names: Sequence[str]) -> list[Compared]:
    """Read kept runs by id, label or folder. Raises UsageError."""
    history = History()
    runs = []
    for name in names:
        folder = history.path(name)
        settings, summary = record.read_settings(folder), record.read_summary(folder)
        series = record.read_metrics(folder)
        ordered = {metric: series[metric] for metric in summary["metrics"] if metric in series}
        runs.append(Compared(_shown_name(name, folder, history), settings, summary, ordered, effort.read(folder)))
    shown = [run.name for run in runs]
    if len(set(shown)) < len(shown):
        raise UsageError(f"a run was named twice among {', '.join(names)}; name each once.")
    return runs


def draw(
    runs: Sequence[Compared], metric: str, over: Alignment, smoothing: float, *, is_log: bool, is_ascii: bool
) -> list[str]:
    """Return the curves of a metric over one another, as lines of text."""
    from nnlab.plots import draw as draw_plot
    from nnlab.plots import pane
    from nnlab.stage import text_palette

    arrays: dict[str, HostArray] = {}
    for run in runs:
        if metric in run.series:
            x, y = comparison.curve(run, metric, over, smoothing)
            arrays |= {f"{run.name}/x": x.astype(np.float64), f"{run.name}/y": y.T if y.ndim > 1 else y}
    is_terminal = sys.stdout.isatty()
    width = min(160, shutil.get_terminal_size((80, 24)).columns) if is_terminal else 80
    palette = text_palette(is_terminal=is_terminal, is_ascii=is_ascii)
    options = {"scale": "log" if is_log else "linear", "x_name": over, "legend": "end"}
    body = draw_plot("curve", arrays, options, (width, 14), palette)
    note = f"smoothed {smoothing:g}" if smoothing else ""
    grid = pane(metric.replace("_", " "), note, "", body, (width, 15), palette)
    return grid.ansi() if is_terminal else grid.lines()


def _shown_name(name: str, folder: Path, history: History) -> str:
    if folder.parent != history.folder:
        return folder.name
    entry = history.find(folder.name)
    return entry.label or entry.id


def _worth_drawing(runs: Sequence[Compared]) -> tuple[str, ...]:
    common = comparison.common_metrics(runs)
    if not common:
        raise UsageError("these runs have no metric in common to draw; name one with --metric.")
    return (
        tuple(name for name in ("test_loss", "loss", "test_accuracy", "accuracy") if name in common)[:2] or common[:1]
    )


def _last(run: Compared, metric: str) -> float:
    values = run.series[metric].values if metric in run.series else np.empty(0)
    return float(np.median(values[-1])) if len(values) else math.nan


def _plain(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _text(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else "–"


def _print_table(rows: Sequence[tuple[str, Sequence[str]]]) -> None:
    first = max(len(name) for name, _ in rows)
    widths = [max(len(texts[i]) for _, texts in rows) for i in range(len(rows[0][1]))]
    for name, texts in rows:
        cells = "  ".join(text.rjust(width) for text, width in zip(texts, widths, strict=True))
        click.echo(f"{name:{first}}  {cells}".rstrip())
