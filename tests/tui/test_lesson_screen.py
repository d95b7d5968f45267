"""A lesson on the screen: its run and stage, under keys, at every size, and when something breaks."""

import json
import re
import shlex
import subprocess
import sys

import pytest
from textual import events

from nnlab.tui.widgets.knob_bar import KnobBar
from nnlab.tui.widgets.page_view import PageView
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.stage_view import StageView
from tests.tui.toy_lesson import perform
from tests.tui.waiting import until


def test_the_copied_line_repeats_the_run_in_a_shell(on_lesson, lesson_lab, monkeypatch):
    copied = []
    monkeypatch.setattr(lesson_lab, "copy_to_clipboard", copied.append)

    async def script(pilot, screen):
        screen.session.set_knob("rate", 0.25)
        await until(pilot, lambda: screen.session.knobs.get("rate") == 0.25)
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")
        await perform(screen, "copy")
        screen.final = screen.session.run.last("loss")

    on_lesson(script)
    words = shlex.split(copied[0])
    assert words[0] == "nnlab"
    command = [sys.executable, "-m", "nnlab.cli", *words[1:], "--trust", "--json"]
    done = subprocess.run(command, capture_output=True, check=True)
    shown = json.loads(done.stdout)
    assert shown["knobs"] == {"rate": 0.25}
    assert shown["status"] == "done"


def test_keys_that_come_at_once_find_what_the_ones_before_them_chose(on_lesson, lesson_lab):
    """Over a slow line tab and enter arrive together."""

    async def script(pilot, screen):
        for key in ("shift+tab", "enter"):
            lesson_lab.post_message(events.Key(key, None))
        await until(pilot, lambda: screen.session.knobs["rate"] == 0.4)

    on_lesson(script, page="second")


def test_a_page_opens_with_its_first_view_and_without_a_ghost_of_another_page(on_lesson):
    async def script(pilot, screen):
        session, stage = screen.session, screen.query_one(StageView)
        await perform(screen, "run")
        await until(pilot, lambda: session.run is not None and session.run.ended is not None)
        ended = session.run
        stage.shown = 1
        await perform(screen, "page", "right")
        await until(pilot, lambda: session.run is not ended and session.state == "ready")
        assert stage.shown == 0
        assert session.ghost is None
        await perform(screen, "step")
        await until(pilot, lambda: session.run.step == 1)
        await perform(screen, "next_seed")
        await until(pilot, lambda: session.ghost is not None)

    on_lesson(script)


def test_rewind_goes_to_the_same_weights_and_keeps_the_old_run_as_ghost(on_lesson, lesson_lab, shown):
    async def script(pilot, screen):
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")
        first = screen.session.run.metrics["loss"].values.tobytes()
        await perform(screen, "rewind")
        await until(pilot, lambda: screen.session.run.step == 0)
        assert screen.session.ghost is not None
        screen.session.resume()
        await until(pilot, lambda: screen.session.state == "done")
        assert screen.session.run.metrics["loss"].values.tobytes() == first
        await until(pilot, lambda: "previous run" in shown(lesson_lab))
        lesson_lab.action_language()
        await until(pilot, lambda: "上次运行" in shown(lesson_lab))

    on_lesson(script)


def test_a_mistake_in_the_other_language_is_told_and_the_page_stays(on_lesson, lesson_lab, shown):
    async def script(pilot, screen):
        (screen.desk.lesson.folder / "zh.md").write_text("# 缺 {#no-such-page}\n", encoding="utf-8")
        title = screen.desk.page.title
        lesson_lab.action_language()
        await until(pilot, lambda: "but lesson.toml lists" in " ".join(shown(lesson_lab).split()))
        assert (screen.desk.page.title, screen.desk.language) == (title, "en")

    on_lesson(script)


def test_step_and_step_back(on_lesson):
    async def script(pilot, screen):
        await perform(screen, "step")
        await perform(screen, "step")
        await until(pilot, lambda: screen.session.run.step == 2)
        await perform(screen, "back")
        await until(pilot, lambda: screen.session.run.step == 1)

    on_lesson(script)


def test_tab_goes_through_panes_and_knobs_and_escape_leaves(on_lesson, lesson_lab):
    async def script(pilot, screen):
        await perform(screen, "next_part")
        assert isinstance(screen.focused, PlotPane)
        await perform(screen, "next_part")
        assert isinstance(screen.focused, KnobBar)
        await perform(screen, "home")
        assert screen.focused is None
        await perform(screen, "home")
        await until(pilot, lambda: lesson_lab.screen is not screen)

    on_lesson(script)


def test_the_footer_promises_no_page_where_the_arrows_turn_a_knob(on_lesson):
    async def script(pilot, screen):
        assert screen.check_action("page", ("right",))
        screen.set_focus(screen.query_one(KnobBar))
        assert not screen.check_action("page", ("right",))

    on_lesson(script)


def test_keys_turn_the_focused_knob(on_lesson):
    async def script(pilot, screen):
        bar = screen.query_one(KnobBar)
        bar.focus()
        await pilot.press("0", "right")
        await until(pilot, lambda: screen.session.knobs.get("rate", 0.2) not in (0.1, 0.2))
        await pilot.press(*"1e-3", "enter")
        await until(pilot, lambda: screen.session.knobs.get("rate") == 0.001)

    on_lesson(script)


def test_a_typed_value_that_does_not_fit_is_refused_with_the_range(on_lesson, lesson_lab, shown):
    async def script(pilot, screen):
        screen.query_one(KnobBar).focus()
        await pilot.press("-", "1", "enter")
        await until(pilot, lambda: "a number above 0" in shown(lesson_lab))
        assert screen.session.knobs["rate"] == 0.2

    on_lesson(script)


@pytest.mark.parametrize("size", [(160, 48), (80, 24)])
def test_a_divergence_says_what_to_try_and_enter_runs_with_it(on_lesson, lesson_lab, shown, size):
    async def script(pilot, screen):
        bar = screen.query_one(KnobBar)
        screen.set_focus(bar)
        await pilot.press(*"1e9", "enter", "space")
        await until(pilot, lambda: screen.session.state == "diverged")
        assert screen.session.run.settings.knobs["rate"] == 1e9
        await until(pilot, lambda: all(words in shown(lesson_lab) for words in ("step 18", "Try", "1e9", "enter")))
        await pilot.press("enter")
        await until(pilot, lambda: screen.session.state == "done")
        assert screen.session.run.settings.knobs["rate"] == 0.1
        assert screen.session.run.step == 50

    on_lesson(script, size=size)


def test_space_after_a_divergence_runs_again_as_it_was(on_lesson):
    async def script(pilot, screen):
        screen.session.set_knob("rate", 1e9)
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "diverged")
        lost = screen.session.run
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "diverged" and screen.session.run is not lost)
        assert screen.session.run.settings.knobs["rate"] == 1e9

    on_lesson(script)


def test_zoom_shows_one_pane_and_all_again(on_lesson):
    async def script(pilot, screen):
        stage = screen.query_one(StageView)
        await perform(screen, "zoom")
        assert stage.zoomed == "loss"
        await perform(screen, "zoom")
        assert stage.zoomed is None

    on_lesson(script)


def test_a_narrow_footer_names_the_key_that_flips_to_the_stage(on_lesson, lesson_lab, shown):
    async def script(pilot, screen):
        assert "v read or watch" in shown(lesson_lab).splitlines()[-1]

    on_lesson(script, size=(40, 12))


def test_zoom_takes_the_place_of_the_prose_at_80_columns_and_a_turned_page_brings_it_back(on_lesson):
    async def script(pilot, screen):
        stage = screen.query_one(StageView)
        before = stage.size.width
        await perform(screen, "zoom")
        await until(pilot, lambda: stage.size.width > before + 30)
        await perform(screen, "page", "right")
        await until(pilot, lambda: stage.size.width == before)
        assert stage.zoomed is None
        assert screen.query_one(PageView).display

    on_lesson(script, size=(80, 24))


@pytest.mark.parametrize("size", [(160, 48), (80, 24)])
def test_inspect_reads_a_step_and_its_value(on_lesson, lesson_lab, shown, size):
    async def script(pilot, screen):
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")
        await perform(screen, "inspect")
        step = screen._step
        await perform(screen, "page", "right")
        assert screen._step > step
        await until(pilot, lambda: re.search(r"\d  loss <0\.0001", shown(lesson_lab)) is not None)
        for _ in range(200):
            await perform(screen, "page", "right")
        await until(pilot, lambda: re.search(r"50  loss <0\.0001", shown(lesson_lab)) is not None)

    on_lesson(script, size=size)


@pytest.mark.parametrize("size", [(160, 48), (120, 36), (80, 24), (60, 20), (40, 12)])
def test_nothing_is_wider_than_the_terminal_and_the_run_bar_stays(on_lesson, lesson_lab, shown, size):
    async def script(pilot, screen):
        if size[0] < 80:
            await perform(screen, "read_stage")
            await pilot.pause()
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")
        await until(pilot, lambda: "50/50" in shown(lesson_lab).replace(" ", ""))

    on_lesson(script, size=size)


def test_a_killed_trainer_is_said_and_started_again_by_the_run_key(on_lesson, lesson_lab, shown):
    async def script(pilot, screen):
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")
        screen.session.kill()
        await until(pilot, lambda: screen.session.state == "dead")
        await until(pilot, lambda: "SIGKILL" in shown(lesson_lab))
        assert len(screen.session.run.metrics["loss"]) == 50, "the run is kept"
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")

    on_lesson(script)
