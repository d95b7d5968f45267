"""`nnlab sweep`: many settings of one experiment, ranked."""

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nnlab.commands.choosing import assignment, choose_experiment
from nnlab.commands.courses import open_course
from nnlab.commands.output import print_json, write
from nnlab.commands.sweep_report import SweepReporter, print_map, print_ranking
from nnlab.lab import data_files, devices, paths, record
from nnlab.lab.course import Course
from nnlab.lab.errors import UsageError
from nnlab.lab.experiment import Experiment
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.settings import Settings
from nnlab.lab.sweep import journal, plan, ranking, running, workers


def sweep(
    name: str,
    *,
    folder: Path | None,
    is_trusted: bool,
    grid: tuple[str, ...],
    random: tuple[str, ...],
    samples: int | None,
    assignments: tuple[str, ...],
    seed: int,
    seeds: int,
    steps: int | None,
    metric: str,
    until_goal: bool,
    device: str,
    data: str | None,
    target: str | None,
    layers: str | None,
    jobs: int | None,
    plot: bool,
    is_ascii: bool,
    as_json: bool,
    as_jsonl: bool,
    output: Path | None,
) -> int:
    """Run a sweep, or what is missing of it; see `nnlab sweep --help`."""
    course = open_course(folder, is_trusted=is_trusted)
    own = data_files.find(data) if data is not None else None
    loaded, experiment_id = choose_experiment(course, name, own)
    lesson = loaded.lesson
    short = {knob: value for knob, value in {"target": target, "layers": layers}.items() if value is not None}
    fixed = {**dict(assignment(text) for text in assignments), **short}
    experiment, base = make_settings(
        loaded,
        experiment_id,
        fixed,
        seed=seed,
        seeds=seeds,
        steps=steps,
        device=devices.resolve(device),
        until_goal=until_goal,
        data=own,
    )
    has_goal = until_goal and experiment.goal is not None
    if metric == plan.STEPS and not has_goal:
        raise UsageError("--metric steps ranks cells by how soon a goal holds; give --until-goal, or another metric.")
    if samples is not None and not random:
        raise UsageError("--samples counts random draws, and nothing is drawn; give --random KNOB=LOW..HIGH.")
    asked = plan.Plan(
        lesson=lesson.slug,
        experiment=experiment_id,
        steps=base.steps,
        grid=tuple(plan.parse_grid(text, experiment) for text in grid),
        random=tuple(plan.parse_random(text, experiment) for text in random),
        samples=samples or (20 if random else 1),
        fixed={knob: base.knobs[knob] for knob in fixed},
        seed=seed,
        seeds=seeds,
        device=base.device,
        data=base.data,
        metric=metric or (plan.STEPS if has_goal else ""),
        until_goal=until_goal,
    )
    _check_knobs(asked)
    if plot and (len(asked.grid) != 2 or asked.random):
        raise UsageError("--plot draws a map over two knobs of a grid; give --grid twice, or leave it out.")
    cells = plan.make_cells(asked, base, experiment.knobs)
    if metric:
        _check_metric(metric, experiment, cells[0].settings)
    place = output or paths.all_paths()["sweeps"] / asked.hash
    place.mkdir(parents=True, exist_ok=True)
    defaults = make_settings(loaded, experiment_id, {}, data=own)[1]
    with journal.alone(place), journal.Journal(place, asked) as kept:
        origin = workers.Origin(course.key, lesson.slug, experiment_id, base.data)
        events = running.run(cells, experiment, origin, kept, _jobs(jobs, base.device))
        if as_jsonl:
            _stream(events, asked, cells, place, defaults, course)
        else:
            with SweepReporter(asked, cells, is_quiet=as_json) as reporter:
                for event in events:
                    reporter.take(event)
    ranked = ranking.rank(cells, list(kept.results.values()), asked.metric)
    if as_jsonl:
        write(
            record.encode({"event": "end", "metric": ranked.metric, "ranked": [row.cell.index for row in ranked.rows]})
        )
    elif as_json:
        print_json(_as_dict(asked, ranked, place, defaults, course))
    else:
        if plot:
            print_map(ranked, asked, is_ascii=is_ascii)
        print_ranking(ranked, asked, [_line(row.cell, defaults, course) for row in ranked.rows[:1]], place)
    return 0


def _check_knobs(asked: plan.Plan) -> None:
    if not asked.knobs:
        raise UsageError("nothing varies; give --grid KNOB=A,B,C or --random KNOB=LOW..HIGH.")
    names = [*asked.knobs, *asked.fixed]
    twice = next((knob for knob in names if names.count(knob) > 1), None)
    if twice is not None:
        raise UsageError(f"{twice} is set twice; name each knob once among --grid, --random and --set.")


def _check_metric(metric: str, experiment: Experiment, settings: Settings) -> None:
    """Make one step to see what is measured, before anything is trained for a ranking that cannot be made."""
    step = execute(experiment, replace(settings, steps=min(1, settings.steps)))
    plan.ranking_metric(metric, step.run.metrics)


def _jobs(asked: int | None, device: str) -> int:
    if device != "cpu":
        return 1
    if asked is not None:
        return asked
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _stream(
    events: Iterable[running.CellDone | running.Progress],
    asked: plan.Plan,
    cells: Sequence[plan.Cell],
    place: Path,
    defaults: Settings,
    course: Course,
) -> None:
    """Write what happens as lines of JSON: start, then cell and progress as they come."""
    write(
        record.encode(
            {
                "event": "start",
                "name": asked.name,
                "knobs": asked.knobs,
                "cells": [dict(cell.varied) for cell in cells],
                "line": asked.shell_line(str(place), course.key),
            }
        ),
        is_flushed=True,
    )
    for event in events:
        if isinstance(event, running.CellDone):
            cell = cells[event.result.cell]
            value = ranking.value_of(event.result, ranking.metric_of([event.result], asked.metric))
            line = {
                "event": "cell",
                "cell": cell.index,
                "knobs": dict(cell.varied),
                "value": value.median if math.isfinite(value.median) else None,
                "low": value.low if math.isfinite(value.low) else None,
                "high": value.high if math.isfinite(value.high) else None,
                "is_old": event.is_old,
                "digest": event.result.digest,
                "line": _line(cell, defaults, course),
                "summary": event.result.summary,
            }
        else:
            left = round(event.seconds_left, 1) if math.isfinite(event.seconds_left) else None
            line = {"event": "progress", "done": event.done, "total": event.total, "seconds_left": left}
        write(record.encode(line), is_flushed=True)


def _as_dict(
    asked: plan.Plan, ranked: ranking.Ranking, place: Path, defaults: Settings, course: Course
) -> dict[str, Any]:
    return {
        "name": asked.name,
        "metric": ranked.metric,
        "best": "high" if ranked.high_is_best else "low",
        "folder": str(place),
        "cells": [
            {
                "cell": row.cell.index,
                "knobs": dict(row.cell.varied),
                "status": row.result.summary["status"],
                "value": row.value.median if math.isfinite(row.value.median) else None,
                "metrics": row.result.summary["metrics"],
                "digest": row.result.digest,
                "line": _line(row.cell, defaults, course),
            }
            for row in ranked.rows
        ],
    }


def _line(cell: plan.Cell, defaults: Settings, course: Course) -> str:
    return cell.settings.shell_line(defaults, course.key)
