"""`nnlab run`: an experiment without a screen."""

from dataclasses import replace
from pathlib import Path

from nnlab.commands.courses import open_course
from nnlab.commands.output import print_json, write
from nnlab.commands.report import Reporter, print_plots
from nnlab.lab import code_files, data_files, devices, record
from nnlab.lab.errors import UsageError, unknown
from nnlab.lab.events import Block, Change
from nnlab.lab.experiment import Experiment
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.lesson import load


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
) -> int:
    """Run an experiment headless; see `nnlab run --help`."""
    if max_memory is not None:
        _limit_memory(max_memory)
    course = open_course(folder, is_trusted=is_trusted)
    slug, _, experiment_id = name.partition("/")
    lesson = course.lesson(slug)
    own = data_files.find(data) if data is not None else None
    loaded = load(lesson)
    if not experiment_id:
        if not lesson.experiments:
            raise UsageError(f"the lesson {slug} has no experiment to run.")
        experiment_id = lesson.experiments[0] if own is None else loaded.experiment_for(own)
    text = code_files.find(code) if code is not None else ""
    if text:
        code_files.keep(text)
    experiment, settings = make_settings(
        loaded,
        experiment_id,
        dict(_assignment(text) for text in assignments),
        seed=seed,
        seeds=seeds,
        steps=steps,
        device=devices.resolve(device),
        until_goal=until_goal,
        code=text,
        data=own,
    )
    scheduled = tuple(_scheduled_change(text, experiment) for text in changes)
    settings = replace(settings, changes=scheduled, blas_threads=blas_threads)
    writer = record.RecordWriter(output, settings, text) if output is not None else None
    if as_jsonl:
        write(record.encode(record.start_line(settings)))

    with Reporter(settings, is_quiet=as_json or as_jsonl) as reporter:

        def take(block: Block, _: object) -> None:
            if writer is not None:
                writer.add(block)
            if as_jsonl:
                for line in record.block_lines(block):
                    write(record.encode(line))
            reporter.update(block)

        probes = tuple(dict.fromkeys(view.probe for view in experiment.views if view.probe)) if plot else ()
        result = execute(experiment, settings, probes=probes, on_block=take, max_seconds=max_seconds)
    if writer is not None:
        writer.finish(result)
    if as_jsonl:
        write(record.encode(record.end_line(result.ended)))
    elif as_json:
        print_json(record.summary(result))
    else:
        defaults = make_settings(loaded, experiment_id, {}, data=own)[1]
        reporter.print_result(
            result, settings.shell_line(defaults, str(course.folder) if not course.is_bundled else None)
        )
    if plot:
        print_plots(result, experiment, lesson, is_ascii=is_ascii, to_stderr=as_json or as_jsonl)
    return {"diverged": 1, "limit": 4}.get(result.status, 0)


def _assignment(text: str) -> tuple[str, str]:
    knob, sign, value = text.partition("=")
    if not (sign and knob):
        raise UsageError(f"--set {text!r} has no '='; write it as KNOB=VALUE, for instance --set hidden=4.")
    return knob.strip(), value.strip()


def _scheduled_change(text: str, experiment: Experiment) -> tuple[int, Change]:
    step, sign, assignment = text.partition(":")
    if not (sign and step.isdigit() and int(step) > 0):
        raise UsageError(
            f"--at {text!r} does not start with a step; write it as STEP:KNOB=VALUE, like --at 100:learning_rate=0.1."
        )
    name, value = _assignment(assignment)
    knob = experiment.knob(name)
    if knob is None:
        raise unknown("knob", name, [knob.name for knob in experiment.knobs])
    if not knob.live:
        raise UsageError(f"{name} cannot change while a run goes on, so --at cannot set it; use --set {name}={value}.")
    return int(step), Change(name, knob.parse(value))


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:
        raise UsageError("--max-memory needs a system that can limit a process; this one cannot.") from None
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))
