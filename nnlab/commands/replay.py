"""`nnlab replay`: repeat a kept run and compare it byte for byte."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from nnlab.commands import choosing
from nnlab.lab import record
from nnlab.lab.errors import UsageError
from nnlab.lab.headless import execute


def replay(run: str, lessons: Path | None, *, is_trusted: bool) -> int:
    """Repeat the run (id, label or folder) and compare the metric lines byte for byte."""
    kept_run = choosing.take_up(run, lessons, is_trusted=is_trusted)
    folder, settings = kept_run.folder, kept_run.settings
    if settings.blas_threads != 1:
        raise UsageError(
            f"this run used {settings.blas_threads} BLAS threads; only runs with one repeat byte for byte."
        )
    with TemporaryDirectory(prefix="nnlab-replay-") as place:
        writer = record.RecordWriter(Path(place), settings)
        result = execute(kept_run.experiment, settings, on_block=lambda b, _: writer.add(b), end=kept_run.end)
        writer.finish(result)
        kept, repeated = record.metrics_digest(folder), record.metrics_digest(Path(place))
        is_same = kept == repeated
        difference = "" if is_same else _first_difference(folder, Path(place))
    if is_same:
        click.echo(f"{settings.name}: {result.steps:,} steps repeated, every byte the same ({kept[:12]})")
        return 0
    click.echo(f"{settings.name}: the repetition differs. {difference}")
    return 1


def _first_difference(kept: Path, repeated: Path) -> str:
    lines = [(folder / record.METRICS_FILE).read_text().splitlines() for folder in (kept, repeated)]
    pairs = zip(*lines, strict=False)
    for number, (old, new) in enumerate(pairs, start=1):
        if old != new:
            return f"First at line {number}: kept {old[:120]}, now {new[:120]}"
    return "One has more lines than the other."
