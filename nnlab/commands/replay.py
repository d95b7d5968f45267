"""`nnlab replay`: repeat a kept run and compare it byte for byte."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from nnlab.commands.courses import open_course
from nnlab.lab import code_files, data_files, devices, record
from nnlab.lab.errors import UsageError
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.history import History
from nnlab.lab.lesson import load


def replay(run: str, lessons: Path | None, *, is_trusted: bool) -> int:
    """Repeat the run (id, label or folder) and compare the metric lines byte for byte."""
    run_folder = History().path(run)
    settings = record.read_settings(run_folder)
    devices.resolve(settings.device)
    if settings.blas_threads != 1:
        raise UsageError(
            f"this run used {settings.blas_threads} BLAS threads; only runs with one repeat byte for byte."
        )
    code = record.read_code(run_folder, settings)
    if code and not (is_trusted or code_files.is_kept(settings.code)):
        raise UsageError(
            f"this run used code that was never tried here; read {run_folder / record.CODE_FILE}, then give --trust."
        )
    loaded = load(open_course(lessons, is_trusted=is_trusted).lesson(settings.lesson))
    data = data_files.find(settings.data) if settings.data else None
    experiment, _ = make_settings(loaded, settings.experiment, {}, code=code, data=data)
    end = record.read_end(run_folder)
    with TemporaryDirectory(prefix="nnlab-replay-") as place:
        writer = record.RecordWriter(Path(place), settings)
        result = execute(experiment, settings, on_block=lambda block, _: writer.add(block), end=end)
        writer.finish(result)
        kept, repeated = record.metrics_digest(run_folder), record.metrics_digest(Path(place))
        is_same = kept == repeated
        difference = "" if is_same else _first_difference(run_folder, Path(place))
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
