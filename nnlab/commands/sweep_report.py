"""What `nnlab sweep` says: progress with the time left on stderr, then the ranking on stdout."""

import math
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import click

from nnlab.lab.settings import format_value
from nnlab.lab.sweep import plan, ranking, running

if TYPE_CHECKING:
    from rich.progress import Progress

MOST_ROWS = 20
LINE_SECONDS = 2.0
"""Between two progress lines where stderr is no terminal."""
WIDE = 1000.0
"""From this ratio of the largest value to the smallest on, a map shows powers of ten."""


class SweepReporter:
    """Shows how far a sweep is: a bar on a terminal, a line now and then elsewhere, nothing when quiet."""

    def __init__(self, asked: plan.Plan, cells: Sequence[plan.Cell], *, is_quiet: bool) -> None:
        self._asked, self._cells, self._is_quiet = asked, cells, is_quiet
        self._progress: Progress | None = None
        self._said = -math.inf

    def __enter__(self) -> "SweepReporter":
        if not self._is_quiet:
            seeds = f" x {self._asked.seeds} seeds" if self._asked.seeds > 1 else ""
            knobs = ", ".join(self._asked.knobs)
            click.echo(f"{self._asked.name}   {len(self._cells):,} settings of {knobs}{seeds}", err=True)
            if sys.stderr.isatty():
                from rich.console import Console
                from rich.progress import BarColumn, Progress, TextColumn

                self._progress = Progress(
                    TextColumn("{task.completed:,.0f} / {task.total:,.0f}"),
                    BarColumn(bar_width=None),
                    TextColumn("{task.fields[left]}"),
                    console=Console(stderr=True),
                    transient=True,
                )
                self._progress.add_task("sweep", total=len(self._cells), left="")
                self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def take(self, event: running.CellDone | running.Progress) -> None:
        """Take up what happened."""
        if self._is_quiet or not isinstance(event, running.Progress):
            return
        left = f"{_duration(event.seconds_left)} left" if math.isfinite(event.seconds_left) else ""
        if self._progress is not None:
            self._progress.update(self._progress.task_ids[0], completed=event.done, left=left)
        elif time.perf_counter() - self._said > LINE_SECONDS:
            self._said = time.perf_counter()
            click.echo(f"{event.done:,} of {event.total:,}   {left}".rstrip(), err=True)


def print_ranking(ranked: ranking.Ranking, asked: plan.Plan, lines: Sequence[str], place: Path) -> None:
    """Print the best cells as a table, the line that repeats the best one, and the line that takes the sweep up."""
    header = ["", *asked.knobs, ranked.metric, "status"]
    rows = [
        [
            str(number),
            *(format_value(row.cell.varied[knob]) for knob in asked.knobs),
            _value(row.value),
            row.result.summary["status"],
        ]
        for number, row in enumerate(ranked.rows[:MOST_ROWS], start=1)
    ]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    for row in [header, *rows]:
        click.echo("  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    if len(ranked.rows) > MOST_ROWS:
        click.echo(f"and {len(ranked.rows) - MOST_ROWS:,} more; --json prints them all.")
    for line in lines:
        click.echo(f"best    {line}")
    click.echo(f"kept    {place}")


def print_map(ranked: ranking.Ranking, asked: plan.Plan, *, is_ascii: bool) -> None:
    """Print the metric over the two knobs of the grid as a heat map, the first knob downwards.

    Values that lie far apart are shown by their powers of ten: one cell that diverged left the others all alike.
    """
    import numpy as np

    from nnlab.plots import draw, pane
    from nnlab.stage import text_palette

    down, across = asked.grid
    values = np.full((len(down.values), len(across.values)), np.nan)
    for row in ranked.rows:
        place = row.cell.varied
        values[down.values.index(place[down.knob]), across.values.index(place[across.knob])] = row.value.median
    known = values[np.isfinite(values)]
    is_log = bool(known.size) and known.min() > 0 and known.max() > WIDE * known.min()
    is_terminal = sys.stdout.isatty()
    palette = text_palette(is_terminal=is_terminal, is_ascii=is_ascii)
    size = (min(160, shutil.get_terminal_size((80, 24)).columns) if is_terminal else 80, 2 * len(values) + 1)
    names = {"rows": list(map(format_value, down.values)), "columns": list(map(format_value, across.values))}
    shown = {"values": np.log10(values) if is_log else values}
    body = draw("matrix", shown, {**names, "map": "sequential", "decimals": 1 if is_log else 3}, size, palette)
    title = f"{ranked.metric.replace('_', ' ')} by {down.knob} (down) and {across.knob}"
    grid = pane(title, "log₁₀" if is_log else "", "", body, (size[0], size[1] + 1), palette)
    click.echo("\n".join(grid.ansi() if is_terminal else grid.lines()) + "\n")


def _value(value: ranking.Value) -> str:
    if math.isnan(value.median):
        return "–"
    spread = f"   {value.low:.4g} to {value.high:.4g}" if value.low < value.high else ""
    return f"{value.median:.5g}{spread}"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
