"""A lesson's pages, walked as a learner would: read, predict, run, see; tune until the goal holds."""

import re

import pytest

from nnlab.lab import proofs
from nnlab.lab.checks import Proof
from nnlab.lab.code_digest import code_digests
from nnlab.lab.progress import AnswerGiven
from nnlab.plots import numbers
from nnlab.tui import markdown
from nnlab.tui.screens.lesson import LessonScreen
from nnlab.tui.typesetting import wrap
from nnlab.tui.widgets.cards import PredictCard, TryRow
from nnlab.tui.widgets.page_view import PageView
from tests.lab.conftest import CODE, ENGLISH
from tests.tui.toy_lesson import has_panes, perform
from tests.tui.waiting import until


def test_a_prediction_is_locked_then_answered_by_the_run(on_lesson, lesson_lab):
    async def script(pilot, screen):
        card = screen.query_one(PredictCard)
        await perform(screen, "answer", "1")
        assert card.choice == 0
        assert card.given is None
        await perform(screen, "run")
        await until(pilot, lambda: card.given is not None)
        assert card.given.right
        assert lesson_lab.progress.lesson("toy").answers["how-far"].value < 0.5
        assert not card.choose(1), "an answered question stays answered"

    on_lesson(script)


def test_an_answer_quotes_the_run_that_gave_it_when_another_has_started(on_lesson, lesson_lab, shown):
    async def script(pilot, screen):
        card = screen.query_one(PredictCard)
        await perform(screen, "answer", "1")
        await perform(screen, "run")
        await until(pilot, lambda: card.given is not None)
        said = card.given.numbers["distance"]
        await perform(screen, "rewind")
        await until(pilot, lambda: screen.session.run is not None and screen.session.run.step == 0)
        lesson_lab.pop_screen()
        lesson_lab.open_lesson("toy")
        await until(pilot, lambda: isinstance(lesson_lab.screen, LessonScreen) and has_panes(lesson_lab.screen))
        await until(pilot, lambda: f"It got to {said}." in shown(lesson_lab))

    on_lesson(script)


def test_an_answer_given_after_the_run_has_shown_it_is_opened_and_not_scored(on_lesson, lesson_lab, shown):
    async def script(pilot, screen):
        card = screen.query_one(PredictCard)
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")
        assert card.given is None, "nothing was chosen yet"
        await perform(screen, "answer", "1")
        await until(pilot, lambda: "not scored" in shown(lesson_lab))
        assert card.given is not None
        assert "how-far" not in lesson_lab.progress.lesson("toy").answers

    on_lesson(script)


def test_a_run_with_other_settings_leaves_the_question_open(on_lesson, lesson_lab):
    async def script(pilot, screen):
        await perform(screen, "answer", "1")
        screen.session.set_knob("rate", 0.3)
        await until(pilot, lambda: screen.session.knobs.get("rate") == 0.3)
        await perform(screen, "run")
        await until(pilot, lambda: screen.session.state == "done")
        await until(pilot, lambda: screen.query_one(PageView).predict.given is None)
        assert "how-far" not in lesson_lab.progress.lesson("toy").answers

    on_lesson(script)


def test_an_answer_by_a_diverged_run_is_shown_when_the_page_opens_again(on_lesson, lesson_lab, shown):
    lesson_lab.progress.answer("toy", "how-far", AnswerGiven(0, False, None))

    async def script(pilot, screen):
        await until(pilot, lambda: "Not this time" in shown(lesson_lab))

    on_lesson(script)


def test_a_goal_is_checked_live_and_kept(on_lesson, lesson_lab):
    async def script(pilot, screen):
        goal = screen.query_one(PageView).goal
        await perform(screen, "hint")
        assert goal.hints_shown == 1
        await perform(screen, "run")
        await until(pilot, lambda: goal.is_reached)
        await until(pilot, lambda: "arrive" in lesson_lab.progress.lesson("toy").goals)

    on_lesson(script, page="second")


def test_a_goals_hint_is_scrolled_into_view_on_a_small_screen(on_lesson, lesson_lab, shown):
    async def script(pilot, screen):
        hint = screen.query_one(PageView).goal.goal.hints[0]
        await until(pilot, lambda: hint not in shown(lesson_lab))
        await perform(screen, "hint")
        await until(pilot, lambda: hint in shown(lesson_lab))

    on_lesson(script, page="second", size=(80, 12))


def test_the_best_score_of_a_goal_is_shown_and_kept_and_a_worse_run_leaves_it(on_lesson, lesson_lab, shown):
    async def script(pilot, screen):
        def best():
            return lesson_lab.progress.lesson("toy").best["arrive"]

        async def train(rate):
            screen.session.set_knob("rate", rate)
            await until(pilot, lambda: screen.session.knobs.get("rate") == rate)
            await perform(screen, "run")
            await until(pilot, lambda: screen.session.state == "done")
            return screen.desk.measure(screen.session.run, "distance")

        assert "your best" not in shown(lesson_lab)
        first = await train(0.1)
        await until(pilot, lambda: "arrive" in lesson_lab.progress.lesson("toy").best and best().value == first)
        assert best().run == screen.desk.goal_line(screen.session)
        await until(
            pilot, lambda: re.search(rf"your best +distance below 0.1 +{numbers.measured(first)}", shown(lesson_lab))
        )
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
        await until(pilot, lambda: numbers.measured(better) in shown(lesson_lab))

    on_lesson(script, page="second")


def test_pages_turn_and_are_remembered(on_lesson, lesson_lab):
    async def script(pilot, screen):
        await perform(screen, "page", "right")
        assert screen.desk.page.id == "second"
        await perform(screen, "page", "right")
        assert screen.desk.page.id == "second", "the last page is the end"
        assert lesson_lab.progress.lesson("toy").read == ["first", "second"]
        assert lesson_lab.progress.lesson("toy").page == "second"

    on_lesson(script)


def test_items_of_a_list_stand_one_below_the_other(on_lesson, lesson_lab, shown):
    page = lesson_lab.course.lesson("toy").folder / "en.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("A ball", "- first\n- second\n\nA ball", 1), encoding="utf-8")

    async def script(pilot, screen):
        rows = [row[:40].strip() for row in shown(lesson_lab).splitlines()]
        at = rows.index("·  first")
        assert rows[at - 1 : at + 3] == ["", "·  first", "·  second", ""]

    on_lesson(script)


def test_the_language_changes_while_it_runs(on_lesson, lesson_lab, shown):
    async def script(pilot, screen):
        assert "A ball rolls down." in shown(lesson_lab)
        lesson_lab.action_language()
        await until(pilot, lambda: "小球滚下。" in shown(lesson_lab))

    on_lesson(script)


def test_choosing_a_thing_to_try_sets_its_knobs_and_runs(on_lesson):
    async def script(pilot, screen):
        screen.query_one(TryRow)._choose()
        await until(pilot, lambda: screen.session.state == "done")
        assert screen.session.knobs["rate"] == 0.4

    on_lesson(script, page="second")


def test_a_page_names_what_is_below_and_the_key_that_goes_there(on_lesson, lesson_lab, shown):
    async def script(pilot, screen):
        await until(pilot, lambda: "pgdn" in shown(lesson_lab))
        mark = next(line for line in shown(lesson_lab).splitlines() if "pgdn" in line)
        assert "Predict" in mark
        for _ in range(5):
            await pilot.press("pagedown")
        await until(pilot, lambda: "pgdn" not in shown(lesson_lab))

    on_lesson(script, size=(80, 12))


def test_a_claims_mark_stays_with_its_sentence(on_lesson):
    async def script(pilot, screen):
        lines = markdown.read("It stops here. [claim:small-rate-arrives] More.", screen.speech, screen._mark)
        words = lines[0].content
        assert words.plain == "It stops here.\u00a0○ More."
        assert [line.plain for line in wrap(words, 14)] == ["It stops", "here.\u00a0○ More."]

    on_lesson(script)


@pytest.mark.parametrize(("is_edited", "mark", "number"), [(False, "✓", "0.75"), (True, "○", "–")])
def test_a_claim_is_marked_as_proved_only_with_the_code_that_was_proved(on_lesson, lesson_lab, is_edited, mark, number):
    """A proofs.json that came with a copied lesson vouched for whatever its code had been made into."""
    claim, lesson = "small-rate-arrives", lesson_lab.course.lesson("toy")
    proofs.ship(lesson, [Proof(claim, "toy", "proved", 0.75, "most", 0.1)], code_digests(lesson))
    if is_edited:
        code = lesson.folder / "lesson.py"
        code.write_text(code.read_text().replace("normal(3.0", "normal(30.0"))

    async def script(pilot, screen):
        assert screen._mark(claim).plain == f"\u00a0{mark}"
        assert screen.desk.number(None, "claim", claim) == number

    on_lesson(script)


def test_control_sequences_and_markup_in_a_lesson_come_out_as_plain_text(lesson_lab, on_lesson, shown, tmp_path):
    folder = tmp_path / "toy-course" / "toy"
    nasty = "[red]x[/red] [@click=lesson_lab.quit]y[/] \x1b]0;title\x07\x1b[31mz\x9b1m"
    page = ENGLISH.replace("A ball rolls", f"{nasty} A ball rolls").replace("First page", "First [b]page[/b]")
    (folder / "en.md").write_text(page.replace("all the way", "[blink]all"), encoding="utf-8")
    (folder / "lesson.py").write_text(CODE, encoding="utf-8")

    async def script(pilot, screen):
        text = shown(lesson_lab)
        assert "[red]x[/red]" in text
        assert "First [b]page[/b]" in text
        assert "[blink]all" in text
        assert not {"\x1b", "\x9b", "\x07"} & set(text)

    on_lesson(script)
