"""`nnlab replay`: repeat a kept run and compare it byte for byte."""

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from nnlab.commands import choosing
from nnlab.commands.courses import open_course
from nnlab.lab import data_files, devices, record
from nnlab.lab.errors import UsageError
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.lesson import load
from nnlab.lab.settings import format_value
from nnlab.lab.sweep import journal, plan
from nnlab.lab.sweep.cell_results import train


def replay(run: str, lessons: Path | None, *, is_trusted: bool) -> int:
    """Repeat the run (id, label or folder) and compare the metric lines byte for byte."""
    if Path(run).name.isdigit() and (Path(run).parent / journal.PLAN_FILE).is_file():
        return _replay_cell(Path(run).parent, int(Path(run).name), lessons, is_trusted=is_trusted)
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


def _replay_cell(folder: Path, index: int, lessons: Path | None, *, is_trusted: bool) -> int:
    """Repeat one cell of a sweep alone and compare all of its metrics and weights, bit for bit."""
    asked, results = journal.read_plan(folder), journal.read_results(folder)
    if index not in results:
        raise UsageError(f"cell {index} of the sweep in {folder} is not finished; {len(results):,} cells are.")
    loaded = load(open_course(lessons, is_trusted=is_trusted).lesson(asked.lesson))
    own = data_files.find(asked.data) if asked.data else None
    experiment, base = make_settings(
        loaded,
        asked.experiment,
        asked.fixed,
        seed=asked.seed,
        seeds=asked.seeds,
        steps=asked.steps,
        device=devices.resolve(asked.device),
        until_goal=asked.until_goal,
        data=own,
    )
    cell = plan.make_cells(asked, base, experiment.knobs)[index]
    (alone,) = train(experiment, [cell], lambda _: None)
    said = ", ".join(f"{knob} {format_value(value)}" for knob, value in cell.varied.items())
    is_same = alone.digest == results[index].digest
    outcome = f"every bit the same ({alone.digest[:12]})" if is_same else "the repetition differs."
    click.echo(f"{asked.name} with {said}, alone: {outcome}")
    return int(not is_same)


def _first_difference(kept: Path, repeated: Path) -> str:
    lines = [(folder / record.METRICS_FILE).read_text().splitlines() for folder in (kept, repeated)]
    pairs = zip(*lines, strict=False)
    for number, (old, new) in enumerate(pairs, start=1):
        if old != new:
            return f"First at line {number}: kept {old[:120]}, now {new[:120]}"
    return "One has more lines than the other."
