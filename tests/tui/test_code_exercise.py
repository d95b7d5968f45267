"""A code exercise on the screen, done as a learner would: edit, check, see it run, take hints, read the solution."""

import contextlib
import shlex
import stat

import pytest
from textual import events

from nnlab.lab import code_files
from nnlab.lab.course import find_course
from nnlab.lab.faults import SENTENCES
from nnlab.tui import actions, external_editor
from nnlab.tui.catalogue import texts
from nnlab.tui.screens import code_actions
from nnlab.tui.screens.lesson import LessonScreen
from nnlab.tui.widgets.code_card import CodeCard, KeyRow
from nnlab.tui.widgets.code_editor import CodeEditor
from nnlab.tui.widgets.code_pane import CodePane
from tests.lab.trainer_course import SOLUTION, START, write_course
from tests.tui.labs import quiet_lab
from tests.tui.waiting import until

PAGE = """# Downhill {#downhill}

Write it.

```nnlab stage
experiment = "walk"
```

```nnlab code
id = "downhill"
text = "Write the step."
hints = ["first hint", "second hint", "third hint"]
```

# Elsewhere {#elsewhere}

Nothing to write.

```nnlab stage
experiment = "walk"
[set]
size = 5
```
"""
WRONG = SOLUTION.replace("rate * 2", "rate * 1")
BROKEN = "def move(x, rate):\n    return x - rat * 2 * x\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def app(tmp_path, home):
    folder = write_course(tmp_path / "exercised")
    toml = folder / "toy" / "lesson.toml"
    toml.write_text(toml.read_text().replace("pages = []", 'pages = ["downhill", "elsewhere"]'))
    for language in ("en", "zh"):
        (folder / "toy" / f"{language}.md").write_text(PAGE, encoding="utf-8")
    (folder / "toy" / "exercises" / "downhill.zh.py").write_text(START.replace("Go downhill", "下坡"), encoding="utf-8")
    return quiet_lab(tmp_path, find_course(folder))


@pytest.fixture
def walk(app, drive):
    """Open the exercise's page and run a script against it: walk(script, size=)."""

    def run(script, size=(120, 40)):
        async def opened(pilot):
            app.open_lesson("toy", page="downhill")
            await until(pilot, lambda: isinstance(app.screen, LessonScreen) and app.screen.is_mounted)
            await until(pilot, lambda: app.screen.session.state == "ready")
            await script(pilot, app.screen)

        drive(app, opened, size)

    return run


async def write(pilot, screen, text):
    """Open the editor and put this text there."""
    screen.action_edit()
    await until(pilot, lambda: screen.is_typing)
    screen.query_one(CodePane).editor.show(text)
    await until(pilot, lambda: screen.work.text == text)


def footer_of(screen):
    return [action.id for action in actions.available(screen)]


def test_a_right_function_passes_runs_on_the_stage_and_is_kept(walk, app):
    async def script(pilot, screen):
        await write(pilot, screen, SOLUTION)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.work.passes)
        await until(pilot, lambda: screen.session.state == "done" and screen.session.settings.code == screen.work.hash)
        assert app.progress.lesson("toy").exercises == ["downhill"]
        assert code_files.find(screen.work.hash) == SOLUTION
        assert screen.work.path.read_text() == SOLUTION

    walk(script)


def test_a_wrong_function_runs_too_shows_what_was_expected_and_passes_nothing(walk, app, shown):
    async def script(pilot, screen):
        await write(pilot, screen, WRONG)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.session.state == "done" and screen.session.settings.code == screen.work.hash)
        assert not screen.work.passes
        text = shown(app)
        assert "expected 0.8" in text
        assert "0 of 1 checks pass" in text
        assert "your code" in text
        assert app.progress.lesson("toy").exercises == []

    walk(script)


def test_a_fault_names_its_line_and_nothing_is_run(walk, app, shown):
    async def script(pilot, screen):
        await write(pilot, screen, BROKEN)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.work.fault is not None)
        await until(pilot, lambda: "did you mean rate?" in shown(app))
        assert "line 2" in shown(app)
        assert screen.session.settings.code == ""
        await perform_escape(pilot, screen)
        await until(pilot, lambda: "2      return x - rat * 2 * x" in shown(app))

    walk(script)


async def perform_escape(pilot, screen):
    await pilot.press("escape")
    await until(pilot, lambda: not screen.is_editing)


def test_escape_leaves_the_editor_and_keeps_the_text(walk, app):
    async def script(pilot, screen):
        await write(pilot, screen, WRONG)
        await perform_escape(pilot, screen)
        assert app.screen is screen
        assert screen.work.path.read_text() == WRONG
        screen.action_edit()
        await until(pilot, lambda: screen.is_typing)
        assert screen.query_one(CodePane).editor.text == WRONG

    walk(script)


def test_leaving_the_lesson_keeps_what_was_typed_last(walk, app):
    async def script(pilot, screen):
        await write(pilot, screen, WRONG)
        path = screen.work.path
        app.pop_screen()
        await until(pilot, lambda: not screen.is_mounted or app.screen is not screen)
        await until(pilot, lambda: path.is_file() and path.read_text() == WRONG)

    walk(script)


def test_an_untouched_starting_point_writes_no_file(walk):
    async def script(pilot, screen):
        screen.action_edit()
        await until(pilot, lambda: screen.is_typing)
        await perform_escape(pilot, screen)
        assert not screen.work.path.exists()

    walk(script)


def test_while_text_is_typed_only_keys_that_work_are_shown(walk):
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

    walk(script)


def test_hints_come_one_by_one_in_the_editor_and_on_the_page(walk, app, shown):
    async def script(pilot, screen):
        await write(pilot, screen, START)
        await pilot.press("f3")
        await until(pilot, lambda: "first hint" in shown(app))
        await perform_escape(pilot, screen)
        await pilot.press("h", "h")
        await until(pilot, lambda: "third hint" in shown(app))
        assert "hint" not in footer_of(screen)

    walk(script)


def test_a_hint_is_scrolled_into_view_on_a_small_screen(walk, app, shown):
    async def script(pilot, screen):
        await pilot.press("h", "h", "h")
        await until(pilot, lambda: "third hint" in shown(app))
        await write(pilot, screen, START)
        await until(pilot, lambda: "def move(x, rate):" in shown(app))

    walk(script, size=(80, 12))


def test_in_the_editor_too_the_newest_hint_is_scrolled_into_view(walk, app, shown):
    async def script(pilot, screen):
        await write(pilot, screen, WRONG)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "checks pass" in shown(app))
        await pilot.press("f3", "f3", "f3")
        await until(pilot, lambda: "third hint" in shown(app))

    walk(script, size=(80, 14))


def test_the_solution_opens_only_when_asked_twice_and_goes_away_again(walk, app, shown):
    async def script(pilot, screen):
        await write(pilot, screen, WRONG)
        await pilot.press("f4")
        assert not screen.work.shows_solution
        await until(pilot, lambda: "f4 once more" in shown(app))
        await pilot.press("f4")
        await until(pilot, lambda: "x - rate * 2 * x" in shown(app))
        await pilot.press("x")
        await pilot.press("f4")
        await until(pilot, lambda: not screen.work.shows_solution)
        assert screen.query_one(CodePane).editor.text == WRONG

    walk(script)


def test_after_passing_the_solution_opens_at_once(walk, app, shown):
    async def script(pilot, screen):
        await write(pilot, screen, SOLUTION)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.work.is_passed)
        await pilot.press("f4")
        assert screen.work.shows_solution

    walk(script)


def test_u_runs_ours_and_yours_again(walk):
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

    walk(script)


def test_the_copied_line_names_the_code_by_its_hash(walk, app, monkeypatch):
    copied = []
    monkeypatch.setattr(app, "copy_to_clipboard", copied.append)

    async def script(pilot, screen):
        await write(pilot, screen, WRONG)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.session.state == "done" and screen.work.in_run)
        await perform_escape(pilot, screen)
        screen.action_copy()
        words = shlex.split(copied[0])
        assert code_files.find(words[words.index("--code") + 1]) == WRONG

    walk(script)


def test_a_file_saved_by_another_program_is_taken_up_checked_and_run(walk):
    async def script(pilot, screen):
        code_files.write_learner_code(screen.work.lesson, "downhill", SOLUTION)
        await until(pilot, lambda: screen.work.passes)
        await until(pilot, lambda: screen.session.settings.code == screen.work.hash)

    walk(script)


def test_starting_over_brings_the_first_text_back_and_undo_the_own_one(walk):
    async def script(pilot, screen):
        await write(pilot, screen, WRONG)
        await pilot.press("f5")
        editor = screen.query_one(CodePane).editor
        assert editor.text == START
        await pilot.press("ctrl+z")
        assert editor.text == WRONG

    walk(script)


def test_code_that_hangs_in_the_run_is_said_and_ours_runs_again(walk, app, shown):
    late = "made = []\ndef move(x, rate):\n    made.append(1)\n    while len(made) > 9: pass\n    return x\n"

    async def script(pilot, screen):
        await write(pilot, screen, late)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.session.state == "failed")
        await until(pilot, lambda: "line 4" in shown(app))
        assert "did not return within 2 s" in shown(app)
        await perform_escape(pilot, screen)
        screen.action_own()
        await until(pilot, lambda: screen.session.state == "done" and screen.session.settings.code == "")

    walk(script)


def test_code_that_cannot_be_interrupted_costs_the_trainer_not_the_screen(walk, app, shown):
    async def script(pilot, screen):
        await write(pilot, screen, "def move(x, rate):\n    return sum(range(10**13))\n")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.session.state == "dead")
        assert (screen.work.fault.kind, screen.work.fault.line) == ("hung", 2)
        await write(pilot, screen, SOLUTION)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.session.state == "done" and screen.work.passes)

    walk(script)


def test_another_page_starts_with_ours_and_coming_back_finds_the_work(walk):
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

    walk(script)


def test_rows_of_the_card_can_be_clicked(walk):
    async def script(pilot, screen):
        row = next(row for row in screen.query_one(CodeCard).query(KeyRow) if row._action == "edit")
        row.post_message(KeyRow.Pressed("edit"))
        await until(pilot, lambda: screen.is_typing)

    walk(script)


def test_the_language_changes_the_task_not_the_learners_text(walk, app):
    async def script(pilot, screen):
        app.action_language()
        await until(pilot, lambda: screen.work.language == "zh")
        assert "下坡" in screen.work.text

    walk(script)


def test_ctrl_c_in_the_editor_copies_and_never_leaves_the_lab(walk, app, shown, monkeypatch):
    copied = []
    monkeypatch.setattr(app, "copy_to_clipboard", copied.append)

    async def script(pilot, screen):
        await write(pilot, screen, SOLUTION)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: "Nothing is marked" in shown(app))
        screen.query_one(CodePane).editor.select_all()
        await pilot.press("ctrl+c")
        assert copied == [SOLUTION]
        assert app.is_running

    walk(script)


def test_an_answer_that_comes_after_the_page_was_left_runs_nothing_there(walk):
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

    walk(script)


def test_a_fault_of_an_earlier_run_does_not_hide_the_fault_found_now(walk, app, shown):
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

    walk(script)


def test_another_programs_file_is_never_written_back(walk):
    async def script(pilot, screen):
        screen.action_edit()
        await until(pilot, lambda: screen.is_typing)
        path = screen.work.path
        path.parent.mkdir(parents=True)
        path.write_bytes(SOLUTION.replace("    ", "\t").encode())
        await until(pilot, lambda: screen.work.passes)
        await perform_escape(pilot, screen)
        assert path.read_bytes() == SOLUTION.replace("    ", "\t").encode()

    walk(script)


@pytest.mark.parametrize("size", [(160, 48), (120, 36), (80, 24), (60, 20), (40, 12)])
def test_the_editor_and_the_outcome_are_seen_at_every_size(walk, app, shown, size):
    async def script(pilot, screen):
        await write(pilot, screen, BROKEN)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.work.fault is not None)
        await until(pilot, lambda: "rat is not defined" in shown(app))
        assert "def move(x, rate):" in shown(app)
        assert "line 2" in shown(app)
        assert screen.query_one(CodePane).editor.size.height >= 3

    walk(script, size=size)


# --- the editor itself ------------------------------------------------------------------------------------------------


def test_pasted_control_sequences_never_stand_in_the_editor(walk, app):
    async def script(pilot, screen):
        await write(pilot, screen, START)
        editor = screen.query_one(CodePane).editor
        editor.post_message(events.Paste("x = 1 \x1b]0;title\x07\x1b[31m# red\x9b1m\n"))
        await until(pilot, lambda: "x = 1" in editor.text)
        assert not {"\x1b", "\x9b", "\x07"} & set(editor.text)

    walk(script)


def test_a_file_with_control_sequences_is_shown_clean(walk):
    async def script(pilot, screen):
        code_files.write_learner_code(screen.work.lesson, "downhill", SOLUTION + "# \x1b]52;c;x\x07 \x1b[2J\n")
        screen.action_edit()
        await until(pilot, lambda: "#" in screen.query_one(CodePane).editor.text)
        assert "\x1b" not in screen.query_one(CodePane).editor.text

    walk(script)


@pytest.mark.parametrize(
    ("text", "after"), [("def f(x):", "def f(x):\n    "), ("    y = 1", "    y = 1\n    "), ("", "\n")]
)
def test_enter_indents_as_the_code_does(walk, text, after):
    async def script(pilot, screen):
        await write(pilot, screen, text)
        editor = screen.query_one(CodePane).editor
        editor.move_cursor((0, len(text)))
        await pilot.press("enter")
        assert editor.text == after

    walk(script)


def test_python_is_highlighted_in_the_colours_of_the_theme(walk, app):
    async def script(pilot, screen):
        await write(pilot, screen, SOLUTION)
        editor = screen.query_one(CodePane).editor
        assert isinstance(editor, CodeEditor)
        assert editor.is_syntax_aware
        app.action_theme()
        await until(pilot, lambda: editor.theme == f"nnlab-{app.theme_name}")

    walk(script)


# --- the learner's own editor -----------------------------------------------------------------------------------------


def script_editor(folder, body):
    """An editor that is a shell script."""
    path = folder / "my editor"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return shlex.quote(str(path))


@pytest.mark.parametrize(
    ("environment", "found"),
    [({"EDITOR": "sh -c"}, ["sh", "-c"]), ({"VISUAL": "sh", "EDITOR": "cat"}, ["sh"]), ({"EDITOR": "'"}, None)],
)
def test_the_editor_is_the_one_that_the_environment_names(environment, found, monkeypatch):
    monkeypatch.setattr(external_editor, "FALLBACKS", ("no-such-editor",))
    assert external_editor.editor_command(environment) == (found or [])


def test_the_own_editor_gets_the_file_and_what_it_saves_is_checked(walk, app, tmp_path, monkeypatch):
    (tmp_path / "answer.py").write_text(SOLUTION)
    monkeypatch.setenv("VISUAL", script_editor(tmp_path, f'cp "{tmp_path}/answer.py" "$1"'))
    monkeypatch.setattr(type(app), "suspend", lambda self: contextlib.nullcontext())

    async def script(pilot, screen):
        screen.action_external()
        await until(pilot, lambda: screen.work.passes)
        assert screen.work.text == SOLUTION

    walk(script)


def test_a_terminal_that_cannot_be_handed_over_names_the_file_instead(walk, app, shown, monkeypatch):
    monkeypatch.setenv("VISUAL", "sh")

    async def script(pilot, screen):
        screen.action_external()
        await until(pilot, lambda: "cannot be handed over" in shown(app))
        assert screen.work.path.read_text() == START

    walk(script)


def test_without_any_editor_it_is_said_how_to_name_one(walk, app, shown, monkeypatch):
    monkeypatch.setattr(code_actions.external_editor, "editor_command", lambda environment: [])

    async def script(pilot, screen):
        screen.action_external()
        await until(pilot, lambda: "Set $EDITOR" in shown(app))

    walk(script)


def test_the_catalogue_says_faults_as_the_command_line_does():
    assert {key.removeprefix("fault."): text for key, text in texts("en").items() if key.startswith("fault.")} == dict(
        SENTENCES
    )
