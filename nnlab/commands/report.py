"""What `nnlab run` says: progress on stderr while it runs, then the result and the plots as text on stdout."""

import contextlib
import math
import shutil
import sys
import time
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING

import click

from nnlab.lab import loading
from nnlab.lab.course import Lesson
from nnlab.lab.errors import LessonError
from nnlab.lab.events import Block
from nnlab.lab.experiment import Experiment
from nnlab.lab.headless import Result
from nnlab.lab.settings import Settings, format_value

if TYPE_CHECKING:
    from rich.progress import Progress

LINES = 10
"""Progress lines of a run whose stderr is no terminal."""


class Reporter:
    """Shows how far a run is: a bar on a terminal, a few lines elsewhere, nothing when quiet."""

    def __init__(self, settings: Settings, *, is_quiet: bool) -> None:
        self._settings = settings
        self._is_quiet = is_quiet
        self._is_terminal = sys.stderr.isatty()
        self._next_line = 0
        self._start = time.perf_counter()
        self._progress: Progress | None = None
        self._shown = 0.0

    def __enter__(self) -> "Reporter":
        if not self._is_quiet:
            click.echo(describe(self._settings), err=True)
            if self._is_terminal and self._settings.steps:
                from rich.console import Console  # a sixth of a short run's time, and a pipe needs none of it
                from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

                self._progress = Progress(
                    TextColumn("{task.completed:,.0f} / {task.total:,.0f}"),
                    BarColumn(bar_width=None),
                    TextColumn("{task.fields[rate]}"),
                    TimeRemainingColumn(),
                    TextColumn("{task.fields[loss]}"),
                    console=Console(stderr=True),
                    transient=True,
                    refresh_per_second=10,
                )
                self._progress.add_task("run", total=self._settings.steps, rate="", loss="")
                self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def update(self, block: Block) -> None:
        """Take up one block of the run."""
        if self._is_quiet or not block.count:
            return
        now = time.perf_counter()
        step = block.first + block.count - 1
        if self._progress is not None:
            if now - self._shown > 0.1:
                self._shown = now
                rate = f"{step / max(now - self._start, 1e-9):,.0f} steps/s"
                self._progress.update(self._progress.task_ids[0], completed=step, rate=rate, loss=_loss(block))
        elif step >= self._next_line:
            click.echo(f"step {step:,} of {self._settings.steps:,}   {_loss(block)}", err=True)
            self._next_line = step + max(1, self._settings.steps // LINES)

    def print_result(self, result: Result, shell_line: str, kept: str) -> None:
        """Print the metrics, how the run ended, the line that repeats it, and its id in the history (may be empty).

        How long it took goes to stderr: stdout has the same bytes every time.
        """
        rows = [(name, _metric(result, name)) for name in result.run.metrics]
        rows += [(result.status, _ending(result)), ("again", shell_line)]
        rows += [("kept", kept)] if kept else []
        width = max(14, *(len(name) for name, _ in rows)) + 2
        for name, text in rows:
            click.echo(f"{name:{width}}{text}")
        click.echo(f"{'took':{width}}{_pace(result)}", err=True)


@contextlib.contextmanager
def reading(name: str) -> Iterator[None]:
    """Show how far the reading of the user's data is; on a terminal only, where it stays for a moment."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    columns = (TextColumn(f"reading {name}", markup=False), BarColumn(bar_width=None), DownloadColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, refresh_per_second=10) as progress:
        task = progress.add_task("read", total=None)
        with loading.heard_by(lambda done, total: progress.update(task, completed=done, total=total)):
            yield


def describe(settings: Settings) -> str:
    """Return the run in one line: name, knobs, seeds, device."""
    knobs = "   ".join(f"{name} {format_value(value)}" for name, value in settings.knobs.items())
    last = settings.seed + settings.seeds - 1
    seeds = f"seeds {settings.seed}-{last}" if settings.seeds > 1 else f"seed {settings.seed}"
    data = f"data {settings.data}   " if settings.data else ""
    return f"{settings.name}   {data}{knobs}   {seeds}   {settings.device}"


def print_plots(result: Result, experiment: Experiment, lesson: Lesson, *, is_ascii: bool, to_stderr: bool) -> None:
    """Print every view that shows something as text; in colour on a terminal that has it, never in a pipe."""
    from nnlab.plots.errors import PlotError
    from nnlab.stage import draw_page, text_palette

    stream = sys.stderr if to_stderr else sys.stdout
    width = shutil.get_terminal_size((80, 24)).columns if stream.isatty() else 80
    palette = text_palette(is_terminal=stream.isatty(), is_ascii=is_ascii or not _is_unicode(stream.encoding))
    titles = {view.id: lesson.view_title(view.id, "en") for view in experiment.views}
    shown = [view for view in experiment.views if not view.probe or result.probes.get(view.probe)]
    try:
        grid = draw_page(result.run, shown, titles, width=min(width, 160), palette=palette, words=lesson.words("en"))
    except PlotError as error:
        raise LessonError(f"{lesson.folder / 'lesson.py'}: a view cannot be drawn: {error}") from error
    click.echo("\n" + "\n".join(grid.ansi() if stream.isatty() else grid.lines()), err=to_stderr)


def _is_unicode(encoding: str | None) -> bool:
    return (encoding or "ascii").lower().replace("-", "").startswith("utf")


def _loss(block: Block) -> str:
    if "loss" not in block.metrics:
        return ""
    values = block.metrics["loss"][-1]
    return f"loss {float(values if values.ndim == 0 else sorted(values)[len(values) // 2]):.4g}"


def _metric(result: Result, name: str) -> str:
    seeds = result.run.settings.seeds
    if name == "solved":
        return f"{result.solved} of {seeds} seeds" if seeds > 1 else ("yes" if result.solved else "no")
    values = result.last(name)
    if seeds == 1:
        return f"{float(values):.6g}"
    return f"median {result.run.last(name):.6g}   from {float(values.min()):.6g} to {float(values.max()):.6g}"


def _pace(result: Result) -> str:
    rate = f"   {result.steps_per_second:,.0f} steps/s" if math.isfinite(result.steps_per_second) else ""
    return f"{result.seconds:.1f} s{rate}"


def _ending(result: Result) -> str:
    seeds = f" x {result.run.settings.seeds} seeds" if result.run.settings.seeds > 1 else ""
    text = f"{result.steps:,} steps{seeds}"
    if result.status == "diverged":
        advice = ", ".join(f"{change.knob}={format_value(change.value)}" for change in result.ended.advice)
        return f"at step {result.steps:,}: {result.ended.reason}." + (f" Try --set {advice}." if advice else "")
    return text if not result.ended.reason else f"{text}   {result.ended.reason}"
