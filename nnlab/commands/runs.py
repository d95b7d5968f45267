"""`nnlab runs`: the history of kept runs."""

import shutil
import sys
import time
from collections.abc import Sequence
from typing import Any

import click

from nnlab.commands.output import print_json
from nnlab.lab.errors import UsageError
from nnlab.lab.history import MOST, History
from nnlab.lab.history_entry import HistoryEntry
from nnlab.lab.settings import Settings, format_value

WIDE = 110
"""Columns of a terminal from which a run's steps, time and data are listed too."""


def list_runs(words: Sequence[str], *, limit: int, as_json: bool) -> int:
    """Print the runs that fit, the newest first."""
    history = History()
    fitting = history.matching(words)
    shown = fitting[:limit] if limit else fitting
    if as_json:
        print_json({"runs": [_as_dict(entry) for entry in shown]})
        return 0
    is_wide = not sys.stdout.isatty() or shutil.get_terminal_size((80, 24)).columns >= WIDE
    for entry in shown:
        click.echo(_row(entry, is_wide=is_wide))
    if not fitting:
        click.echo("no run fits." if words else "no run was kept yet; `nnlab run NAME --keep` keeps one.", err=True)
    elif len(fitting) > len(shown):
        click.echo(f"and {len(fitting) - len(shown):,} more; --limit 0 lists them all.", err=True)
    tell_removed(history)
    return 0


def tell_removed(history: History) -> None:
    """Say once how many runs gave way to newer ones."""
    if count := history.take_removed():
        click.echo(
            f"{count:,} of the oldest runs gave way: {MOST:,} are kept, and what is pinned or labelled stays.", err=True
        )


def show_run(run: str, *, as_json: bool) -> int:
    """Print all that the history says of one run."""
    history = History()
    entry = history.find(run)
    if as_json:
        print_json(_as_dict(entry) | {"folder": str(history.path(entry.id)), "summary": dict(entry.summary)})
        return 0
    rows = [
        ("run", entry.id + (f'   "{entry.label}"' if entry.label else "") + ("   pinned" if entry.pinned else "")),
        ("kept", time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.when))),
        ("experiment", entry.name),
        *((name, format_value(value)) for name, value in entry.settings.knobs.items()),
        *((name, "–" if value is None else f"{value:.6g}") for name, value in entry.metrics.items()),
        (entry.status, f"{entry.steps:,} steps   {entry.seconds:.1f} s   {entry.parameters:,} parameters"),
        ("again", again(entry)),
        ("folder", str(history.path(entry.id))),
    ]
    width = max(len(name) for name, _ in rows) + 2
    for name, text in rows:
        click.echo(f"{name:{width}}{text}")
    return 0


def pin_runs(runs: Sequence[str], *, pinned: bool) -> int:
    """Pin runs, or let them go."""
    history = History()
    for entry in [history.find(run) for run in runs]:
        history.pin(entry.id, pinned)
    return 0


def label_run(run: str, label: str) -> int:
    """Give a run a label; an empty one takes it away."""
    History().label(run, label)
    return 0


def delete_runs(runs: Sequence[str], *, is_sure: bool) -> int:
    """Delete runs after asking; pinned ones must be unpinned before."""
    history = History()
    entries = [history.find(run) for run in runs]
    pinned = [entry.id for entry in entries if entry.pinned]
    if pinned:
        raise UsageError(f"{', '.join(pinned)} is pinned, so it stays; `nnlab runs pin --off {pinned[0]}` lets it go.")
    if not is_sure and not click.confirm(f"Delete {len(entries)} kept runs for good?", err=True):
        return 1
    history.delete(entry.id for entry in entries)
    return 0


def again(entry: HistoryEntry) -> str:
    """Return the line that repeats a run; all of its knobs stand in it, since no lesson is loaded for a list."""
    nothing = Settings(entry.settings.lesson, entry.settings.experiment, {})
    return entry.settings.shell_line(nothing, entry.course or None)


def _row(entry: HistoryEntry, *, is_wide: bool) -> str:
    """Return a run in one line: of 120 columns, or of 80, where a label takes the place of a number."""
    mark = "*" if entry.pinned else " "
    label = f'"{entry.label}"' if entry.label else ""
    when = time.localtime(entry.when)
    if not is_wide:
        told = (label or _best(entry))[:22]
        return f"{entry.id} {mark} {time.strftime('%m-%d %H:%M', when)}  {entry.name:22} {entry.status:8} {told}"
    start = f"{entry.id} {mark} {time.strftime('%Y-%m-%d %H:%M', when)}  {entry.name:24}{entry.status:9}"
    return f"{start}{_best(entry):24}{_told(entry)}   {label}".rstrip()


def _told(entry: HistoryEntry) -> str:
    seeds = f" x {entry.settings.seeds}" if entry.settings.seeds > 1 else ""
    return f"{entry.steps:>7,} steps{seeds} {entry.seconds:6.1f} s" + (f"   {entry.data}" if entry.data else "")


def _best(entry: HistoryEntry) -> str:
    for name in ("test_accuracy", "accuracy", "test_loss", "loss"):
        value = entry.metrics.get(name)
        if value is not None:
            return f"{name} {value:.4g}"
    return ""


def _as_dict(entry: HistoryEntry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "when": entry.when,
        "label": entry.label,
        "pinned": entry.pinned,
        "name": entry.name,
        "status": entry.status,
        "steps": entry.steps,
        "seconds": entry.seconds,
        "parameters": entry.parameters,
        "data": entry.data,
        "knobs": dict(entry.settings.knobs),
        "seed": entry.settings.seed,
        "seeds": entry.settings.seeds,
        "metrics": dict(entry.metrics),
        "line": again(entry),
    }
