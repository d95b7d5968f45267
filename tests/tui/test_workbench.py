"""The workbench as a user meets it: settings typed, run, compared, undone."""

import pytest

from nnlab.tui.bench_form import values_of
from nnlab.tui.widgets.form import Form
from nnlab.tui.widgets.stage_view import StageView
from tests.tui.waiting import until


async def run_it(pilot, screen):
    before = screen.session.run
    screen.action_run_form()
    await until(pilot, lambda: screen.session.state == "done" and screen.session.run is not before)


def test_settings_are_run_compared_and_loaded_back(toy_bench, toy_lab, shown) -> None:
    async def script(pilot, screen) -> None:
        await run_it(pilot, screen)
        screen.bench.select("rate")
        screen.bench.put("0.3")
        assert screen.changed == ("rate",)
        await run_it(pilot, screen)
        assert [one.letter for one in screen.runs.runs] == ["A", "B"]
        assert screen.runs.differing() == ["rate"]
        await until(pilot, lambda: "2 of 2 shown" in shown(toy_lab))
        first = screen.runs.runs[0]
        screen.load(values_of(first.run.settings), "A")
        assert screen.bench.form.values["rate"] == first.run.settings.knobs["rate"]
        screen.action_undo()
        assert screen.bench.form.values["rate"] == 0.3

    toy_bench(script)


def test_a_setting_before_the_first_step_stands_on_the_stage_at_once(toy_bench) -> None:
    async def script(pilot, screen) -> None:
        screen.bench.select("seed")
        screen.bench.put(5)
        await until(pilot, lambda: screen.session.run.settings.seed == 5 and screen.session.state == "ready")
        assert screen.changed == ()
        assert screen.runs.runs == []

    toy_bench(script)


def test_what_is_typed_is_applied_by_the_key_that_runs(toy_bench) -> None:
    async def script(pilot, screen) -> None:
        screen.bench.select("steps")
        await pilot.press("enter", "4", "0", "ctrl+r")
        await until(pilot, lambda: screen.session.state == "done")
        assert screen.session.run.step == 40

    toy_bench(script)


def test_a_value_that_does_not_fit_stays_as_typed_and_nothing_is_started(toy_bench, toy_lab, shown) -> None:
    async def script(pilot, screen) -> None:
        screen.bench.select("rate")
        await pilot.press("minus", "1", "ctrl+r")
        await pilot.pause()
        assert screen.session.state == "ready"
        assert screen.bench.is_typing
        assert "rate is -1" in shown(toy_lab)

    toy_bench(script)


def test_many_seeds_run_at_once_with_one_key(toy_bench) -> None:
    async def script(pilot, screen) -> None:
        screen.action_seeds()
        await until(pilot, lambda: screen.session.state == "done")
        assert screen.session.run.settings.seeds == 20
        assert screen.runs.curves()[0]["A/y"].shape[0] == 20

    toy_bench(script)


def test_the_shell_line_repeats_the_run(toy_bench) -> None:
    async def script(pilot, screen) -> None:
        screen.bench.select("rate")
        screen.bench.put(0.25)
        await run_it(pilot, screen)
        assert "--set rate=0.25" in screen.shell_line()
        assert "run toy/" in screen.shell_line()

    toy_bench(script)


@pytest.mark.parametrize("size", [(160, 48), (120, 36), (80, 24), (40, 24), (40, 12)])
def test_every_size_shows_the_form_or_the_stage_and_all_parts_are_reached_by_tab(toy_bench, size) -> None:
    async def script(pilot, screen) -> None:
        form = screen.query_one(Form)
        assert screen.focused is form
        assert form.size.height > 0
        await run_it(pilot, screen)
        if size[0] < 80:
            screen.action_read_stage()
        await pilot.pause()
        for _ in range(6):
            screen.action_next_part()
            await pilot.pause()
        screen.action_zoom()
        await pilot.pause()
        screen.action_zoom()

    toy_bench(script, size)


def test_narrow_curves_say_of_what_and_by_what_they_are(bench, shown) -> None:
    async def script(pilot, screen) -> None:
        screen.query_one(StageView).show_tab(1)
        for axis in ("by steps", "by samples", "by seconds"):
            await until(pilot, lambda axis=axis: f"loss {axis}" in shown(screen.app))
            screen.action_axis()

    bench(script, (80, 24))
