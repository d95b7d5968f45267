"""`nnlab run`: an experiment without a screen."""

import contextlib
from dataclasses import replace
from pathlib import Path

from nnlab.commands import choosing
from nnlab.commands.courses import open_course
from nnlab.commands.output import print_json, write
from nnlab.commands.report import Reporter, print_plots, reading
from nnlab.commands.runs import tell_removed
from nnlab.lab import code_files, data_files, devices, record
from nnlab.lab.errors import UsageError, unknown
from nnlab.lab.events import Block, Change
from nnlab.lab.experiment import Experiment
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.history import History


def run(
    name: str,
    *,
    folder: Path | None,
    is_trusted: bool,
    is_ascii: bool,
    blas_threads: int,
    assignments: tuple[str, ...],
    changes: tuple[str, ...],
    seed: int,
    seeds: int,
    steps: int | None,
    device: str,
    until_goal: bool,
    plot: bool,
    as_json: bool,
    as_jsonl: bool,
    output: Path | None,
    max_seconds: float | None,
    max_memory: int | None,
    code: str | None,
    data: str | None,
    keep: bool,
    target: str | None,
    layers: str | None,
) -> int:
    """Run an experiment headless; see `nnlab run --help`."""
    device = devices.resolve(device)
    if max_memory is not None:
        devices.limit_memory(device, max_memory)
    course = open_course(folder, is_trusted=is_trusted)
    own = data_files.find(data) if data is not None else None
    loaded, experiment_id = choosing.choose_experiment(course, name, own)
    text = code_files.find(code) if code is not None else ""
    if text:
        code_files.keep(text)
    given = dict(choosing.assignment(text) for text in assignments)
    short = {name: value for name, value in {"target": target, "layers": layers}.items() if value is not None}
    with reading(own.name) if own is not None else contextlib.nullcontext():
        experiment, settings = make_settings(
            loaded,
            experiment_id,
            {**given, **short},
            seed=seed,
            seeds=seeds,
            steps=steps,
            device=device,
            until_goal=until_goal,
            code=text,
            data=own,
        )
    scheduled = tuple(_scheduled_change(text, experiment) for text in changes)
    settings = replace(settings, changes=scheduled, blas_threads=blas_threads)
    history = History()
    with contextlib.ExitStack() as stack:
        run_folder = stack.enter_context(history.new_folder()) if keep and output is None else output
        writer = record.RecordWriter(run_folder, settings, text) if run_folder is not None else None
        if as_jsonl:
            write(record.encode(record.start_line(settings)))
        reporter = stack.enter_context(Reporter(settings, is_quiet=as_json or as_jsonl))

        def take(block: Block, _: object) -> None:
            if writer is not None:
                writer.add(block)
            if as_jsonl:
                for line in record.block_lines(block):
                    write(record.encode(line))
            reporter.update(block)

        probes = tuple(dict.fromkeys(view.probe for view in experiment.views if view.probe)) if plot else ()
        result = execute(experiment, settings, probes=probes, on_block=take, max_seconds=max_seconds)
        kept = ""
        if writer is not None:
            writer.finish(result)
            kept = (history.keep if output is None else history.keep_copy)(writer.folder, course.key).id
            tell_removed(history)
    if as_jsonl:
        write(record.encode(record.end_line(result.ended)))
    elif as_json:
        print_json(record.summary(result) | ({"run": kept} if kept else {}))
    else:
        defaults = make_settings(loaded, experiment_id, {}, data=own)[1]
        line = settings.shell_line(defaults, course.key)
        reporter.print_result(result, line, kept)
    if plot:
        print_plots(result, experiment, loaded.lesson, is_ascii=is_ascii, to_stderr=as_json or as_jsonl)
    return {"diverged": 1, "limit": 4}.get(result.status, 0)


def _scheduled_change(text: str, experiment: Experiment) -> tuple[int, Change]:
    step, sign, assignment = text.partition(":")
    if not (sign and step.isdigit() and int(step) > 0):
        raise UsageError(
            f"--at {text!r} does not start with a step; write it as STEP:KNOB=VALUE, like --at 100:learning_rate=0.1."
        )
    name, value = choosing.assignment(assignment)
    knob = experiment.knob(name)
    if knob is None:
        raise unknown("knob", name, [knob.name for knob in experiment.knobs])
    if not knob.live:
        raise UsageError(f"{name} cannot change while a run goes on, so --at cannot set it; use --set {name}={value}.")
    return int(step), Change(name, knob.parse(value))
