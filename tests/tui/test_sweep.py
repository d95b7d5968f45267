"""A sweep on the workbench: its stream, its heat map, stopped, taken up again, a cell loaded."""

import math
import os
import signal

import pytest

from nnlab.lab.knobs import Knob
from nnlab.lab.paths import all_paths
from nnlab.plots.palette import Palette
from nnlab.tui.screens.sweep_setup import SweepPlan, SweepSetup, suggested
from nnlab.tui.sweep_drawing import axes_of, describe, draw_sweep, neighbour
from nnlab.tui.sweep_process import Sweep, arguments_of
from tests.tui.waiting import until

RUN = {"seed": 3, "seeds": 2, "steps": 40, "until_goal": False, "device": "cpu", "file": "", "samples": 5}


def told(values=(0.5, None, 0.9, 0.7)) -> Sweep:
    """A sweep of 2 x 2 cells, from a stream."""
    sweep = Sweep(metric="test_accuracy")
    cells = [{"hidden": hidden, "rate": rate} for hidden in (2, 4) for rate in (0.1, 0.3)]
    sweep.take({"event": "start", "knobs": ["hidden", "rate"], "cells": cells, "line": "nnlab sweep x"})
    for index, value in enumerate(values):
        line = {"event": "cell", "cell": index, "knobs": cells[index], "value": value, "is_old": index == 0}
        sweep.take({**line, "line": f"nnlab run {index}", "summary": {"status": "done" if value else "diverged"}})
    sweep.take({"event": "progress", "done": 4, "total": 4, "seconds_left": 2.5})
    return sweep


def test_the_stream_of_a_sweep_is_folded() -> None:
    sweep = told()
    assert (sweep.done, sweep.taken_up, sweep.seconds_left) == (4, 1, 2.5)
    assert sweep.ranked == [2, 3, 0]
    assert math.isnan(sweep.cells[1].value)
    sweep.metric = "test_loss"
    assert sweep.ranked == [0, 3, 2]


def test_a_heat_map_shows_every_cell_and_marks_what_diverged() -> None:
    sweep = told()
    text = "\n".join(
        draw_sweep(sweep, (40, 12), Palette(), current=2, labels=["hidden", "rate"], best="best", hint="enter").lines()
    )
    assert all(number in text for number in ("50", "90", "70", "×", "best", "enter", "hidden", "rate", "0.30"))


def test_a_narrow_heat_map_tells_all_settings_of_the_cell_under_the_cursor() -> None:
    best = "best 94.9 %  optimizer rmsprop, learning rate 0.003"
    drawn = draw_sweep(told(), (30, 14), Palette(), current=2, labels=["a", "b"], best=best, hint="enter loads it")
    text = " ".join(line.strip() for line in drawn.lines())
    assert " ".join(best.split()) in " ".join(text.split())
    assert "enter loads it" in text


@pytest.mark.parametrize("size", [(0, 0), (3, 1), (12, 3), (20, 5), (120, 40)])
@pytest.mark.parametrize("glyphs", ["braille", "ascii"])
@pytest.mark.parametrize("depth", ["truecolor", "256", "16", "mono"])
def test_a_heat_map_fits_any_size_and_terminal(size, glyphs, depth) -> None:
    palette = Palette(depth=depth, glyphs=glyphs)
    grid = draw_sweep(told(), size, palette, current=0, labels=["hidden", "rate"], best="best", hint="enter")
    assert (grid.columns, grid.rows) == size


def test_the_cursor_moves_over_the_map_and_stays_inside() -> None:
    sweep = told()
    assert axes_of(sweep) == ([0.1, 0.3], [2, 4])
    assert neighbour(sweep, 0, 0, 1) == 2
    assert neighbour(sweep, 0, 1, 0) == 1
    assert neighbour(sweep, 0, -1, -1) == 0
    assert describe(sweep, 2, ["hidden", "rate"]) == "hidden 4, rate 0.10"


def test_more_than_two_knobs_are_ranked() -> None:
    sweep = Sweep(metric="loss")
    cells = [{"a": a, "b": 1, "c": 2} for a in (1, 2, 3)]
    sweep.take({"event": "start", "knobs": ["a", "b", "c"], "cells": cells, "line": ""})
    for index, value in enumerate((0.3, 0.1, 0.2)):
        line = {"event": "cell", "cell": index, "knobs": cells[index], "value": value, "is_old": False}
        sweep.take({**line, "line": "", "summary": {"status": "done"}})
    assert axes_of(sweep) is None
    text = draw_sweep(sweep, (60, 6), Palette(), current=1, labels=["a", "b", "c"], best="", hint="").lines()
    assert [line.split()[-1] for line in text[1:4]] == ["0.100", "0.200", "0.300"]
    assert neighbour(sweep, 1, -1, 0) == 2


def test_values_are_suggested_around_the_present_one() -> None:
    assert suggested(Knob("rate", 0.1, above=0.0), 0.1) == "0.01, 0.03, 0.1, 0.3, 1"
    assert suggested(Knob("hidden", 4, low=1, high=9), 4) == "1, 2, 4, 8"
    assert suggested(Knob("act", "tanh", choices=("tanh", "relu")), "tanh") == "tanh, relu"
    assert suggested(Knob("bias", True), True) == "no, yes"


def test_what_is_typed_becomes_the_arguments_of_nnlab_sweep() -> None:
    words = arguments_of("l/e", [("hidden", "2, 4")], fixed={"noise": "0.2"}, run=RUN, metric="loss")
    assert words[:5] == ["l/e", "--grid", "hidden=2,4", "--set", "noise=0.2"]
    assert "--samples" not in words
    lines = arguments_of("l/e", [("layers", "8 tanh, 8 tanh | 4 relu")], fixed={}, run=RUN)
    assert lines[1:3] == ["--grid", "layers=8 tanh, 8 tanh | 4 relu"]
    assert "--until-goal" in arguments_of("l/e", [("hidden", "2, 4")], fixed={}, run={**RUN, "until_goal": True})
    drawn = arguments_of("l/e", [("rate", "0.01..1:log")], fixed={}, run=RUN)
    assert drawn[1:5] == ["--random", "rate=0.01..1:log", "--samples", "5"]


def plan(steps: int, rates: str = "0.1, 0.2, 0.3") -> SweepPlan:
    return SweepPlan((("rate", rates),), 1, steps, 20, "")


def test_a_sweep_is_set_up_run_and_a_cell_loaded(toy_bench) -> None:
    async def script(pilot, screen) -> None:
        screen.action_sweep()
        await until(pilot, lambda: isinstance(screen.app.screen, SweepSetup) and screen.app.screen.query("Form"))
        setup = screen.app.screen
        await until(pilot, lambda: setup.query_one("Form").form.rows)
        count = setup.count()
        assert count > 1
        setup.action_begin()
        await until(pilot, lambda: screen.sweep is not None and screen.sweep.state != "running")
        assert screen.sweep.state == "done", screen.sweep.message
        assert screen.sweep.done == len(screen.sweep.cells) == count
        await until(pilot, lambda: screen.is_on("bench-sweep"))
        screen.action_enter()
        best = screen.sweep.cells[screen.sweep.ranked[0]]
        assert {name: screen.bench.form.values[name] for name in best.knobs} == best.knobs
        await until(pilot, lambda: screen.session.state == "ready" and not screen.changed)
        assert screen.shell_line() == best.line

    toy_bench(script)


def test_a_killed_sweep_is_taken_up_where_it_was(toy_bench) -> None:
    async def script(pilot, screen) -> None:
        screen.begin_sweep(plan(400_000))
        await until(pilot, lambda: screen.sweep.cells)
        os.killpg(screen._process.pid, signal.SIGKILL)
        screen.begin_sweep(plan(50))
        await until(pilot, lambda: screen.sweep.state == "done")
        screen.begin_sweep(plan(50))
        await until(pilot, lambda: screen.sweep.state == "done")
        assert screen.sweep.taken_up == 3

    toy_bench(script)


def test_a_sweep_cut_off_with_the_lab_is_offered_and_gone_on_with(toy_bench, shown) -> None:
    async def script(pilot, screen) -> None:
        screen.bench.select("seed")
        screen.bench.put(7)
        screen.begin_sweep(plan(50))
        await until(pilot, lambda: screen.sweep.state == "done")
        journal = next(all_paths()["sweeps"].glob("*/journal.jsonl"))
        journal.write_text(journal.read_text().splitlines(keepends=True)[0])
        screen.sweep = screen._plan = None  # as after the lab was killed
        screen.bench.put(1)
        screen.action_sweep()
        await until(pilot, lambda: isinstance(screen.app.screen, SweepSetup))
        await until(pilot, lambda: "1 of 3" in shown(screen.app))
        screen.app.screen.action_take_up()
        await until(pilot, lambda: screen.sweep is not None and screen.sweep.state != "running")
        assert (screen.sweep.state, screen.sweep.done, screen.sweep.taken_up) == ("done", 3, 1)
        assert (screen.bench.form.values["seed"], screen.bench.form.values["steps"]) == (7, 50)
        screen.action_sweep()
        await until(pilot, lambda: isinstance(screen.app.screen, SweepSetup) and screen.app.screen.query("Form"))
        await until(pilot, lambda: screen.app.screen.query_one("Form").form.rows)
        assert screen.app.screen.check_action("take_up", ()) is False, "nothing is left of it"

    toy_bench(script)


def test_a_sweep_whose_process_is_killed_says_so(toy_bench, shown) -> None:
    async def script(pilot, screen) -> None:
        screen.begin_sweep(plan(4_000_000))
        await until(pilot, lambda: screen.sweep.cells)
        os.killpg(screen._process.pid, signal.SIGKILL)
        await until(pilot, lambda: screen.sweep.state == "failed")
        assert "SIGKILL" in screen.sweep.message
        await until(pilot, lambda: "SIGKILL" in shown(screen.app))

    toy_bench(script)


def test_values_that_do_not_fit_are_said_and_the_setup_can_be_opened_again(toy_bench) -> None:
    async def script(pilot, screen) -> None:
        screen.begin_sweep(plan(10, "fast, slow"))
        await until(pilot, lambda: screen.sweep.state == "failed")
        assert "rate" in screen.sweep.message
        screen.action_sweep()
        await until(pilot, lambda: isinstance(screen.app.screen, SweepSetup) and screen.app.screen.query("Form"))
        await until(pilot, lambda: screen.app.screen.query_one("Form").form.rows)
        assert screen.app.screen.plan().varied == (("rate", "fast, slow"),)

    toy_bench(script, (80, 24))


def test_the_key_that_sets_up_stops_a_sweep_under_way(toy_bench) -> None:
    async def script(pilot, screen) -> None:
        screen.begin_sweep(plan(4_000_000))
        await until(pilot, lambda: screen.sweep.cells)
        screen.action_sweep()
        assert screen.sweep.state == "stopped"
        await until(pilot, lambda: not screen._process._is_open)
        assert screen.sweep.state == "stopped"

    toy_bench(script)


def test_what_is_suggested_first_is_a_sweep_that_every_cell_can_be_ranked_by(bench) -> None:
    async def script(pilot, screen) -> None:
        screen.set_focus(None)
        screen.action_sweep()
        await until(pilot, lambda: isinstance(screen.app.screen, SweepSetup) and screen.app.screen.query("Form"))
        await until(pilot, lambda: screen.app.screen.query_one("Form").form.rows)
        names = {name for name, _ in screen.app.screen.plan().varied}
        assert len(names) == 2
        assert "source" not in names

    bench(script, (80, 24))
