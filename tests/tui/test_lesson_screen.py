"""A lesson on the screen, walked as a learner would: read, predict, run, see; tune until the goal holds."""

import json
import re
import shlex
import subprocess
import sys

import pytest

from nnlab.lab import proofs
from nnlab.lab.checks import Proof
from nnlab.lab.code_digest import code_digests
from nnlab.lab.course import find_course
from nnlab.lab.progress import AnswerGiven
from nnlab.tui import markdown
from nnlab.tui.screens.lesson import LessonScreen
from nnlab.tui.typesetting import wrap
from nnlab.tui.widgets.cards import PredictCard, TryRow
from nnlab.tui.widgets.knob_bar import KnobBar
from nnlab.tui.widgets.page_view import PageView
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.stage_view import StageView
from tests.lab.conftest import CHINESE, CODE, ENGLISH, write_course
from tests.tui.labs import quiet_lab
from tests.tui.waiting import until

TRY = '\n```nnlab try\n[[items]]\ntext = "rate 0.4"\n[items.set]\nrate = 0.4\n```\n'


@pytest.fixture
def app(tmp_path):
    folder = tmp_path / "toy-course"
    write_course(folder)
    advised = CODE.replace("steps=50,", "steps=50, advise=lambda knobs: (Change('rate', 0.1),),")
    advised = advised.replace("import numpy", "from nnlab.lab.events import Change\nimport numpy")
    (folder / "toy" / "lesson.py").write_text(advised, encoding="utf-8")
    for name, text in (("en.md", ENGLISH), ("zh.md", CHINESE)):
        (folder / "toy" / name).write_text(text + TRY, encoding="utf-8")
    return quiet_lab(tmp_path, find_course(folder))


@pytest.fixture
def walk(app, drive):
    """Open the lesson at a page and run a script against it: walk(script, page=, size=)."""

    def run(script, page="", size=(120, 40)):
        async def opened(pilot):
            app.open_lesson("toy", page=page)
            await until(pilot, lambda: isinstance(app.screen, LessonScreen) and app.screen.is_mounted)
            await until(pilot, lambda: app.screen.session.state == "ready" and has_panes(app.screen))
            await script(pilot, app.screen)

        drive(app, opened, size)

    return run


def has_panes(screen):
    """Whether the stage, or on a narrow terminal the page instead of it, is laid out."""
    return any(pane.size.height > 1 for pane in screen.query(PlotPane)) or screen.app.size.width < 80


async def perform(screen, action, *arguments):
    result = getattr(screen, f"action_{action}")(*arguments)
    if result is not None:
        await result


def test_a_prediction_is_locked_then_answered_by_the_run(walk, app):
    async def script(pilot, screen):
        card = screen.query_one(PredictCard)
        await perform(screen, "answer", "1")
        assert card.choice == 0
        assert card.given is None
        await perform(screen, "run")
        await until(pilot, lambda: card.given is not None)
        assert card.given.right
        assert app.progress.lesson("toy").answers["how-far"].value < 0.5
        assert not card.choose(1), "an answered question stays answered"

    walk(script)


def test_an_answer_quotes_the_run_that_gave_it_when_another_has_started(walk, app, shown):
    async def script(pilot, screen):
        card = screen.query_one(PredictCard)
        await perform(screen, "answer", "1")
        await perform(screen, "run")
        await until(pilot, lambda: card.given is not None)
        said = card.given.numbers["distance"]
        await perform(screen, "rewind")
        await until(pilot, lambda: screen.session.run is not None and screen.session.run.step == 0)
        app.pop_screen()
        app.open_lesson("toy")
        await until(pilot, lambda: isinstance(app.screen, LessonScreen) and has_panes(app.screen))
        await until(pilot, lambda: f"It got to {said}." in shown(app))

    walk(script)


def test_an_answer_given_after_the_run_has_shown_it_is_opened_and_not_scored(walk, app, shown):
    async def script(pilot, screen):
        card = screen.query_one(PredictCard)
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")
        assert card.given is None, "nothing was chosen yet"
        await perform(screen, "answer", "1")
        await until(pilot, lambda: "not scored" in shown(app))
        assert card.given is not None
        assert "how-far" not in app.progress.lesson("toy").answers

    walk(script)


def test_a_run_with_other_settings_leaves_the_question_open(walk, app):
    async def script(pilot, screen):
        await perform(screen, "answer", "1")
        screen.session.set_knob("rate", 0.3)
        await until(pilot, lambda: screen.session.knobs.get("rate") == 0.3)
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")
        await until(pilot, lambda: screen.query_one(PageView).predict.given is None)
        assert "how-far" not in app.progress.lesson("toy").answers

    walk(script)


def test_an_answer_by_a_diverged_run_is_shown_when_the_page_opens_again(walk, app, shown):
    app.progress.answer("toy", "how-far", AnswerGiven(0, False, None))

    async def script(pilot, screen):
        await until(pilot, lambda: "Not this time" in shown(app))

    walk(script)


def test_a_goal_is_checked_live_and_kept(walk, app):
    async def script(pilot, screen):
        goal = screen.query_one(PageView).goal
        await perform(screen, "hint")
        assert goal.hints_shown == 1
        await perform(screen, "run")
        await until(pilot, lambda: goal.is_reached)
        await until(pilot, lambda: "arrive" in app.progress.lesson("toy").goals)

    walk(script, page="second")


def test_a_goals_hint_is_scrolled_into_view_on_a_small_screen(walk, app, shown):
    async def script(pilot, screen):
        hint = screen.query_one(PageView).goal.goal.hints[0]
        await until(pilot, lambda: hint not in shown(app))
        await perform(screen, "hint")
        await until(pilot, lambda: hint in shown(app))

    walk(script, page="second", size=(80, 12))


def test_the_best_score_of_a_goal_is_shown_and_kept_and_a_worse_run_leaves_it(walk, app, shown):
    async def script(pilot, screen):
        def best():
            return app.progress.lesson("toy").best["arrive"]

        async def train(rate):
            screen.session.set_knob("rate", rate)
            await until(pilot, lambda: screen.session.knobs.get("rate") == rate)
            await perform(screen, "run")
            await until(pilot, lambda: screen.session.state == "done")
            return screen.desk.measure(screen.session.run, "distance")

        assert "your best" not in shown(app)
        first = await train(0.1)
        await until(pilot, lambda: "arrive" in app.progress.lesson("toy").best and best().value == first)
        assert best().run == screen.desk.shell_line(screen.session)
        await until(pilot, lambda: re.search(rf"your best +distance below 0.1 +{first:.4g}", shown(app)))
        await perform(screen, "rewind")
        await until(pilot, lambda: screen.session.state == "ready")
        assert await train(0.06) > first
        await pilot.pause(0.3)
        assert best().value == first
        await perform(screen, "rewind")
        await until(pilot, lambda: screen.session.state == "ready")
        better = await train(0.12)
        await until(pilot, lambda: best().value == better)
        await screen.open_page(0)
        await screen.open_page(1)
        await until(pilot, lambda: f"{better:.4g}" in shown(app))

    walk(script, page="second")


def test_the_copied_line_repeats_the_run_in_a_shell(walk, app, monkeypatch):
    copied = []
    monkeypatch.setattr(app, "copy_to_clipboard", copied.append)

    async def script(pilot, screen):
        screen.session.set_knob("rate", 0.25)
        await until(pilot, lambda: screen.session.knobs.get("rate") == 0.25)
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")
        await perform(screen, "copy")
        screen.final = screen.session.run.last("loss")

    walk(script)
    words = shlex.split(copied[0])
    assert words[0] == "nnlab"
    command = [sys.executable, "-m", "nnlab.cli", *words[1:], "--trust", "--json"]
    done = subprocess.run(command, capture_output=True, check=True)
    shown = json.loads(done.stdout)
    assert shown["knobs"] == {"rate": 0.25}
    assert shown["status"] == "done"


def test_pages_turn_and_are_remembered(walk, app):
    async def script(pilot, screen):
        await perform(screen, "page", "right")
        assert screen.desk.page.id == "second"
        await perform(screen, "page", "right")
        assert screen.desk.page.id == "second", "the last page is the end"
        assert app.progress.lesson("toy").read == ["first", "second"]
        assert app.progress.lesson("toy").page == "second"

    walk(script)


def test_a_page_opens_with_its_first_view_and_without_a_ghost_of_another_page(walk):
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

    walk(script)


def test_items_of_a_list_stand_one_below_the_other(walk, app, shown):
    page = app.course.lesson("toy").folder / "en.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("A ball", "- first\n- second\n\nA ball", 1), encoding="utf-8")

    async def script(pilot, screen):
        rows = [row[:40].strip() for row in shown(app).splitlines()]
        at = rows.index("·  first")
        assert rows[at - 1 : at + 3] == ["", "·  first", "·  second", ""]

    walk(script)


def test_the_language_changes_while_it_runs(walk, app, shown):
    async def script(pilot, screen):
        assert "A ball rolls down." in shown(app)
        app.action_language()
        await until(pilot, lambda: "小球滚下。" in shown(app))

    walk(script)


def test_rewind_goes_to_the_same_weights_and_keeps_the_old_run_as_ghost(walk, app, shown):
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
        await until(pilot, lambda: "previous run" in shown(app))
        app.action_language()
        await until(pilot, lambda: "上次运行" in shown(app))

    walk(script)


def test_step_and_step_back(walk):
    async def script(pilot, screen):
        await perform(screen, "step")
        await perform(screen, "step")
        await until(pilot, lambda: screen.session.run.step == 2)
        await perform(screen, "back")
        await until(pilot, lambda: screen.session.run.step == 1)

    walk(script)


def test_tab_goes_through_panes_and_knobs_and_escape_leaves(walk, app):
    async def script(pilot, screen):
        await perform(screen, "next_part")
        assert isinstance(screen.focused, PlotPane)
        await perform(screen, "next_part")
        assert isinstance(screen.focused, KnobBar)
        await perform(screen, "home")
        assert screen.focused is None
        await perform(screen, "home")
        await until(pilot, lambda: app.screen is not screen)

    walk(script)


def test_the_footer_promises_no_page_where_the_arrows_turn_a_knob(walk):
    async def script(pilot, screen):
        assert screen.check_action("page", ("right",))
        screen.set_focus(screen.query_one(KnobBar))
        assert not screen.check_action("page", ("right",))

    walk(script)


def test_keys_turn_the_focused_knob(walk):
    async def script(pilot, screen):
        bar = screen.query_one(KnobBar)
        bar.focus()
        await pilot.press("0", "right")
        await until(pilot, lambda: screen.session.knobs.get("rate", 0.2) not in (0.1, 0.2))
        await pilot.press(*"1e-3", "enter")
        await until(pilot, lambda: screen.session.knobs.get("rate") == 0.001)

    walk(script)


def test_a_typed_value_that_does_not_fit_is_refused_with_the_range(walk, app, shown):
    async def script(pilot, screen):
        screen.query_one(KnobBar).focus()
        await pilot.press("-", "1", "enter")
        await until(pilot, lambda: "a number above 0" in shown(app))
        assert screen.session.knobs["rate"] == 0.2

    walk(script)


def test_choosing_a_thing_to_try_sets_its_knobs_and_runs(walk):
    async def script(pilot, screen):
        screen.query_one(TryRow)._choose()
        await until(pilot, lambda: screen.session.state == "done")
        assert screen.session.knobs["rate"] == 0.4

    walk(script, page="second")


@pytest.mark.parametrize("size", [(160, 48), (80, 24)])
def test_a_divergence_says_what_to_try_and_enter_runs_with_it(walk, app, shown, size):
    async def script(pilot, screen):
        bar = screen.query_one(KnobBar)
        screen.set_focus(bar)
        await pilot.press(*"1e9", "enter", "space")
        await until(pilot, lambda: screen.session.state == "diverged")
        assert screen.session.run.settings.knobs["rate"] == 1e9
        await until(pilot, lambda: all(words in shown(app) for words in ("step 18", "Try", "1e9", "enter")))
        await pilot.press("enter")
        await until(pilot, lambda: screen.session.state == "done")
        assert screen.session.run.settings.knobs["rate"] == 0.1
        assert screen.session.run.step == 50

    walk(script, size=size)


def test_space_after_a_divergence_runs_again_as_it_was(walk):
    async def script(pilot, screen):
        screen.session.set_knob("rate", 1e9)
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "diverged")
        lost = screen.session.run
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "diverged" and screen.session.run is not lost)
        assert screen.session.run.settings.knobs["rate"] == 1e9

    walk(script)


def test_a_page_names_what_is_below_and_the_key_that_goes_there(walk, app, shown):
    async def script(pilot, screen):
        await until(pilot, lambda: "pgdn" in shown(app))
        mark = next(line for line in shown(app).splitlines() if "pgdn" in line)
        assert "Predict" in mark
        for _ in range(5):
            await pilot.press("pagedown")
        await until(pilot, lambda: "pgdn" not in shown(app))

    walk(script, size=(80, 12))


def test_zoom_shows_one_pane_and_all_again(walk):
    async def script(pilot, screen):
        stage = screen.query_one(StageView)
        await perform(screen, "zoom")
        assert stage.zoomed == "loss"
        await perform(screen, "zoom")
        assert stage.zoomed is None

    walk(script)


def test_a_claims_mark_stays_with_its_sentence(walk):
    async def script(pilot, screen):
        lines = markdown.read("It stops here. [claim:small-rate-arrives] More.", screen.speech, screen._mark)
        words = lines[0].content
        assert words.plain == "It stops here.\u00a0○ More."
        assert [line.plain for line in wrap(words, 14)] == ["It stops", "here.\u00a0○ More."]

    walk(script)


@pytest.mark.parametrize(("is_edited", "mark", "number"), [(False, "✓", "0.75"), (True, "○", "–")])
def test_a_claim_is_marked_as_proved_only_while_the_code_is_what_was_proved(walk, app, is_edited, mark, number):
    """A proofs.json that came with a copied lesson vouched for whatever its code had been made into."""
    claim, lesson = "small-rate-arrives", app.course.lesson("toy")
    proofs.ship(lesson, [Proof(claim, "toy", "proved", 0.75, "most", 0.1)], code_digests(lesson))
    if is_edited:
        code = lesson.folder / "lesson.py"
        code.write_text(code.read_text().replace("normal(3.0", "normal(30.0"))

    async def script(pilot, screen):
        assert screen._mark(claim).plain == f"\u00a0{mark}"
        assert screen.desk.number(None, "claim", claim) == number

    walk(script)


def test_a_narrow_footer_names_the_key_that_flips_to_the_stage(walk, app, shown):
    async def script(pilot, screen):
        assert "v read or watch" in shown(app).splitlines()[-1]

    walk(script, size=(40, 12))


def test_zoom_takes_the_place_of_the_prose_at_80_columns_and_a_turned_page_brings_it_back(walk):
    async def script(pilot, screen):
        stage = screen.query_one(StageView)
        before = stage.size.width
        await perform(screen, "zoom")
        await until(pilot, lambda: stage.size.width > before + 30)
        await perform(screen, "page", "right")
        await until(pilot, lambda: stage.size.width == before)
        assert stage.zoomed is None
        assert screen.query_one(PageView).display

    walk(script, size=(80, 24))


@pytest.mark.parametrize("size", [(160, 48), (80, 24)])
def test_inspect_reads_a_step_and_its_value(walk, app, shown, size):
    async def script(pilot, screen):
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")
        await perform(screen, "inspect")
        step = screen._step
        await perform(screen, "page", "right")
        assert screen._step > step
        await until(pilot, lambda: re.search(r"\d  loss <0\.0001", shown(app)) is not None)
        for _ in range(200):
            await perform(screen, "page", "right")
        await until(pilot, lambda: re.search(r"50  loss <0\.0001", shown(app)) is not None)

    walk(script, size=size)


@pytest.mark.parametrize("size", [(160, 48), (120, 36), (80, 24), (60, 20), (40, 12)])
def test_nothing_is_wider_than_the_terminal_and_the_run_bar_stays(walk, app, shown, size):
    async def script(pilot, screen):
        if size[0] < 80:
            await perform(screen, "read_stage")
            await pilot.pause()
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")
        await until(pilot, lambda: "50/50" in shown(app).replace(" ", ""))

    walk(script, size=size)


def test_a_killed_trainer_is_said_and_started_again_by_the_run_key(walk, app, shown):
    async def script(pilot, screen):
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")
        screen.session.kill()
        await until(pilot, lambda: screen.session.state == "dead")
        await until(pilot, lambda: "SIGKILL" in shown(app))
        assert len(screen.session.run.metrics["loss"]) == 50, "the run is kept"
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")

    walk(script)


def test_control_sequences_and_markup_in_a_lesson_come_out_as_plain_text(app, walk, shown, tmp_path):
    folder = tmp_path / "toy-course" / "toy"
    nasty = "[red]x[/red] [@click=app.quit]y[/] \x1b]0;title\x07\x1b[31mz\x9b1m"
    page = ENGLISH.replace("A ball rolls", f"{nasty} A ball rolls").replace("First page", "First [b]page[/b]")
    (folder / "en.md").write_text(page.replace("all the way", "[blink]all"), encoding="utf-8")
    (folder / "lesson.py").write_text(CODE, encoding="utf-8")

    async def script(pilot, screen):
        text = shown(app)
        assert "[red]x[/red]" in text
        assert "First [b]page[/b]" in text
        assert "[blink]all" in text
        assert not {"\x1b", "\x9b", "\x07"} & set(text)

    walk(script)
