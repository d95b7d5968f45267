"""A code exercise on the screen, done as a learner would: edit, check, see it run, take hints, read the solution."""

import shlex

import pytest

from nnlab.lab import code_files
from nnlab.tui import actions
from nnlab.tui.widgets.code_card import CodeCard, KeyRow
from nnlab.tui.widgets.code_pane import CodePane
from tests.lab.trainer_course import SOLUTION, START
from tests.tui.exercise_page import write
from tests.tui.waiting import until

WRONG = SOLUTION.replace("rate * 2", "rate * 1")
BROKEN = "def move(x, rate):\n    return x - rat * 2 * x\n"


def footer_of(screen):
    return [action.id for action in actions.available(screen)]


def test_a_right_function_passes_runs_on_the_stage_and_is_kept(exercise, exercise_lab):
    async def script(pilot, screen):
        await write(pilot, screen, SOLUTION)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.work.passes)
        await until(pilot, lambda: screen.session.state == "done" and screen.session.settings.code == screen.work.hash)
        assert exercise_lab.progress.lesson("toy").exercises == ["downhill"]
        assert code_files.find(screen.work.hash) == SOLUTION
        assert screen.work.path.read_text() == SOLUTION

    exercise(script)


def test_a_wrong_function_runs_too_shows_what_was_expected_and_passes_nothing(exercise, exercise_lab, shown):
    async def script(pilot, screen):
        await write(pilot, screen, WRONG)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.session.state == "done" and screen.session.settings.code == screen.work.hash)
        assert not screen.work.passes
        text = shown(exercise_lab)
        assert "expected 0.8" in text
        assert "0 of 1 checks pass" in text
        assert "your code" in text
        assert exercise_lab.progress.lesson("toy").exercises == []

    exercise(script)


def test_a_fault_names_its_line_and_nothing_is_run(exercise, exercise_lab, shown):
    async def script(pilot, screen):
        await write(pilot, screen, BROKEN)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.work.fault is not None)
        await until(pilot, lambda: "did you mean rate?" in shown(exercise_lab))
        assert "line 2" in shown(exercise_lab)
        assert screen.session.settings.code == ""
        await perform_escape(pilot, screen)
        await until(pilot, lambda: "2      return x - rat * 2 * x" in shown(exercise_lab))

    exercise(script)


async def perform_escape(pilot, screen):
    await pilot.press("escape")
    await until(pilot, lambda: not screen.is_editing)


def test_escape_leaves_the_editor_and_keeps_the_text(exercise, exercise_lab):
    async def script(pilot, screen):
        await write(pilot, screen, WRONG)
        await perform_escape(pilot, screen)
        assert exercise_lab.screen is screen
        assert screen.work.path.read_text() == WRONG
        screen.action_edit()
        await until(pilot, lambda: screen.is_typing)
        assert screen.query_one(CodePane).editor.text == WRONG

    exercise(script)


def test_leaving_the_lesson_keeps_what_was_typed_last(exercise, exercise_lab):
    async def script(pilot, screen):
        await write(pilot, screen, WRONG)
        path = screen.work.path
        exercise_lab.pop_screen()
        await until(pilot, lambda: not screen.is_mounted or exercise_lab.screen is not screen)
        await until(pilot, lambda: path.is_file() and path.read_text() == WRONG)

    exercise(script)


def test_an_untouched_starting_point_writes_no_file(exercise):
    async def script(pilot, screen):
        screen.action_edit()
        await until(pilot, lambda: screen.is_typing)
        await perform_escape(pilot, screen)
        assert not screen.work.path.exists()

    exercise(script)


def test_while_text_is_typed_only_keys_that_work_are_shown(exercise):
    async def script(pilot, screen):
        assert "edit" in footer_of(screen)
        await write(pilot, screen, SOLUTION)
        assert {"check", "hint", "solution", "external", "start_over", "home", "help"} <= set(footer_of(screen))
        assert not {"run", "step", "rewind", "language", "theme", "next_part", "answer", "edit"} & set(
            footer_of(screen)
        )
        assert {actions.key_label(action, screen) for action in actions.available(screen)} >= {"ctrl+s", "f1", "esc"}
        before = screen.query_one(CodePane).editor.text
        await pilot.press("space", "q", "question_mark")
        after = screen.query_one(CodePane).editor.text
        assert len(after) == len(before) + 3, "printable keys are text"

    exercise(script)


def test_hints_come_one_by_one_in_the_editor_and_on_the_page(exercise, exercise_lab, shown):
    async def script(pilot, screen):
        await write(pilot, screen, START)
        await pilot.press("f3")
        await until(pilot, lambda: "first hint" in shown(exercise_lab))
        await perform_escape(pilot, screen)
        await pilot.press("h", "h")
        await until(pilot, lambda: "third hint" in shown(exercise_lab))
        assert "hint" not in footer_of(screen)

    exercise(script)


def test_a_hint_is_scrolled_into_view_on_a_small_screen(exercise, exercise_lab, shown):
    async def script(pilot, screen):
        await pilot.press("h", "h", "h")
        await until(pilot, lambda: "third hint" in shown(exercise_lab))
        await write(pilot, screen, START)
        await until(pilot, lambda: "def move(x, rate):" in shown(exercise_lab))

    exercise(script, size=(80, 12))


def test_in_the_editor_too_the_newest_hint_is_scrolled_into_view(exercise, exercise_lab, shown):
    async def script(pilot, screen):
        await write(pilot, screen, WRONG)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "checks pass" in shown(exercise_lab))
        await pilot.press("f3", "f3", "f3")
        await until(pilot, lambda: "third hint" in shown(exercise_lab))

    exercise(script, size=(80, 14))


def test_the_solution_opens_only_when_asked_twice_and_goes_away_again(exercise, exercise_lab, shown):
    async def script(pilot, screen):
        await write(pilot, screen, WRONG)
        await pilot.press("f4")
        assert not screen.work.shows_solution
        await until(pilot, lambda: "f4 once more" in shown(exercise_lab))
        await pilot.press("f4")
        await until(pilot, lambda: "x - rate * 2 * x" in shown(exercise_lab))
        await pilot.pause()
        assert "f4 once more" not in shown(exercise_lab), "it was done"
        await pilot.press("x")
        await pilot.press("f4")
        await until(pilot, lambda: not screen.work.shows_solution)
        assert screen.query_one(CodePane).editor.text == WRONG

    exercise(script)


def test_after_passing_the_solution_opens_at_once(exercise, exercise_lab, shown):
    async def script(pilot, screen):
        await write(pilot, screen, SOLUTION)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.work.is_passed)
        await pilot.press("f4")
        assert screen.work.shows_solution

    exercise(script)


def test_u_runs_ours_and_yours_again(exercise):
    async def script(pilot, screen):
        assert "own" not in footer_of(screen)
        await write(pilot, screen, SOLUTION)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.session.state == "done" and screen.work.in_run)
        await perform_escape(pilot, screen)
        await pilot.press("u")
        await until(pilot, lambda: screen.session.state == "done" and not screen.work.in_run)
        await pilot.press("u")
        await until(pilot, lambda: screen.session.state == "done" and screen.work.in_run == screen.work.hash)

    exercise(script)


def test_the_copied_line_names_the_code_by_its_hash(exercise, exercise_lab, monkeypatch):
    copied = []
    monkeypatch.setattr(exercise_lab, "copy_to_clipboard", copied.append)

    async def script(pilot, screen):
        await write(pilot, screen, WRONG)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.session.state == "done" and screen.work.in_run)
        await perform_escape(pilot, screen)
        screen.action_copy()
        words = shlex.split(copied[0])
        assert code_files.find(words[words.index("--code") + 1]) == WRONG

    exercise(script)


def test_a_file_saved_by_another_program_is_taken_up_checked_and_run(exercise):
    async def script(pilot, screen):
        code_files.write_learner_code(screen.work.lesson, "downhill", SOLUTION)
        await until(pilot, lambda: screen.work.passes)
        await until(pilot, lambda: screen.session.settings.code == screen.work.hash)

    exercise(script)


def test_starting_over_brings_the_first_text_back_and_undo_the_own_one(exercise):
    async def script(pilot, screen):
        await write(pilot, screen, WRONG)
        await pilot.press("f5")
        editor = screen.query_one(CodePane).editor
        assert editor.text == START
        await pilot.press("ctrl+z")
        assert editor.text == WRONG

    exercise(script)


def test_code_that_hangs_in_the_run_is_said_and_ours_runs_again(exercise, exercise_lab, shown):
    late = "made = []\ndef move(x, rate):\n    made.append(1)\n    while len(made) > 9: pass\n    return x\n"

    async def script(pilot, screen):
        await write(pilot, screen, late)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.session.state == "failed")
        await until(pilot, lambda: "line 4" in shown(exercise_lab))
        assert "did not return within 2 s" in shown(exercise_lab)
        await perform_escape(pilot, screen)
        screen.action_own()
        await until(pilot, lambda: screen.session.state == "done" and screen.session.settings.code == "")

    exercise(script)


def test_code_that_cannot_be_interrupted_costs_the_trainer_not_the_screen(exercise, exercise_lab, shown):
    async def script(pilot, screen):
        await write(pilot, screen, "def move(x, rate):\n    return sum(range(10**13))\n")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.session.state == "dead")
        assert (screen.work.fault.kind, screen.work.fault.line) == ("hung", 2)
        await write(pilot, screen, SOLUTION)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.session.state == "done" and screen.work.passes)

    exercise(script)


def test_another_page_starts_with_ours_and_coming_back_finds_the_work(exercise):
    async def script(pilot, screen):
        await write(pilot, screen, SOLUTION)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.session.state == "done" and screen.work.passes)
        await perform_escape(pilot, screen)
        await pilot.press("right")
        await until(pilot, lambda: screen.session.knobs.get("size") == 5)
        assert screen.work is None
        assert screen.session.settings.code == ""
        assert "edit" not in footer_of(screen)
        await pilot.press("left")
        await until(pilot, lambda: screen.work is not None)
        assert screen.work.is_passed

    exercise(script)


def test_rows_of_the_card_can_be_clicked(exercise):
    async def script(pilot, screen):
        row = next(row for row in screen.query_one(CodeCard).query(KeyRow) if row._action == "edit")
        row.post_message(KeyRow.Pressed("edit"))
        await until(pilot, lambda: screen.is_typing)

    exercise(script)


def test_the_language_changes_the_task_not_the_learners_text(exercise, exercise_lab):
    async def script(pilot, screen):
        exercise_lab.action_language()
        await until(pilot, lambda: screen.work.language == "zh")
        assert "下坡" in screen.work.text

    exercise(script)


def test_ctrl_c_in_the_editor_copies_and_never_leaves_the_lab(exercise, exercise_lab, shown, monkeypatch):
    copied = []
    monkeypatch.setattr(exercise_lab, "copy_to_clipboard", copied.append)

    async def script(pilot, screen):
        await write(pilot, screen, SOLUTION)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "Nothing is marked" in shown(exercise_lab))
        screen.query_one(CodePane).editor.select_all()
        await pilot.press("ctrl+c")
        assert copied == [SOLUTION]
        assert exercise_lab.is_running

    exercise(script)


def test_an_answer_that_comes_after_the_page_was_left_runs_nothing_there(exercise):
    async def script(pilot, screen):
        await write(pilot, screen, SOLUTION)
        work = screen.work
        screen.action_check()
        await screen.open_page(1)
        await until(pilot, lambda: work.passes)
        await until(pilot, lambda: screen.session.knobs.get("size") == 5)
        assert screen.session.settings.code == ""
        await screen.open_page(0)
        await until(pilot, lambda: screen.session.knobs.get("size") == 3)
        assert screen.session.settings.code == ""
        assert not work.is_checking

    exercise(script)


def test_a_fault_of_an_earlier_run_does_not_hide_the_fault_found_now(exercise, exercise_lab, shown):
    late = "made = []\ndef move(x, rate):\n    made.append(1)\n    return x if len(made) < 9 else x + nothing\n"

    async def script(pilot, screen):
        await write(pilot, screen, late)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.session.state == "failed")
        assert screen.work.fault.line == 4
        await write(pilot, screen, BROKEN)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.work.is_current and screen.work.fault is not None)
        screen.take_code_news()
        assert screen.work.fault.line == 2

    exercise(script)


def test_another_programs_file_is_never_written_back(exercise):
    async def script(pilot, screen):
        screen.action_edit()
        await until(pilot, lambda: screen.is_typing)
        path = screen.work.path
        path.parent.mkdir(parents=True)
        path.write_bytes(SOLUTION.replace("    ", "\t").encode())
        await until(pilot, lambda: screen.work.passes)
        await perform_escape(pilot, screen)
        assert path.read_bytes() == SOLUTION.replace("    ", "\t").encode()

    exercise(script)


@pytest.mark.parametrize("size", [(160, 48), (120, 36), (80, 24), (60, 20), (40, 12)])
def test_the_editor_and_the_outcome_are_seen_at_every_size(exercise, exercise_lab, shown, size):
    async def script(pilot, screen):
        await write(pilot, screen, BROKEN)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.work.fault is not None)
        await until(pilot, lambda: "rat is not defined" in shown(exercise_lab))
        assert "def move(x, rate):" in shown(exercise_lab)
        assert "line 2" in shown(exercise_lab)
        assert screen.query_one(CodePane).editor.size.height >= 3

    exercise(script, size=size)
