"""The code editor, and the learner's own in its place."""

import contextlib
import shlex
import stat

import pytest
from textual import events

from nnlab.lab import code_files
from nnlab.tui import external_editor
from nnlab.tui.screens import code_actions
from nnlab.tui.widgets.code_editor import CodeEditor
from nnlab.tui.widgets.code_pane import CodePane
from tests.lab.trainer_course import SOLUTION, START
from tests.tui.exercise_page import write
from tests.tui.waiting import until

# --- the editor itself ------------------------------------------------------------------------------------------------


def test_pasted_control_sequences_never_stand_in_the_editor(exercise, exercise_lab):
    async def script(pilot, screen):
        await write(pilot, screen, START)
        editor = screen.query_one(CodePane).editor
        editor.post_message(events.Paste("x = 1 \x1b]0;title\x07\x1b[31m# red\x9b1m\n"))
        await until(pilot, lambda: "x = 1" in editor.text)
        assert not {"\x1b", "\x9b", "\x07"} & set(editor.text)

    exercise(script)


def test_a_file_with_control_sequences_is_shown_clean(exercise):
    async def script(pilot, screen):
        code_files.write_learner_code(screen.work.lesson, "downhill", SOLUTION + "# \x1b]52;c;x\x07 \x1b[2J\n")
        screen.action_edit()
        await until(pilot, lambda: "#" in screen.query_one(CodePane).editor.text)
        assert "\x1b" not in screen.query_one(CodePane).editor.text

    exercise(script)


@pytest.mark.parametrize(
    ("text", "after"), [("def f(x):", "def f(x):\n    "), ("    y = 1", "    y = 1\n    "), ("", "\n")]
)
def test_enter_indents_as_the_code_does(exercise, text, after):
    async def script(pilot, screen):
        await write(pilot, screen, text)
        editor = screen.query_one(CodePane).editor
        editor.move_cursor((0, len(text)))
        await pilot.press("enter")
        assert editor.text == after

    exercise(script)


def test_python_is_highlighted_in_the_colours_of_the_theme(exercise, exercise_lab):
    async def script(pilot, screen):
        await write(pilot, screen, SOLUTION)
        editor = screen.query_one(CodePane).editor
        assert isinstance(editor, CodeEditor)
        assert editor.is_syntax_aware
        exercise_lab.action_theme()
        await until(pilot, lambda: editor.theme == f"nnlab-{exercise_lab.theme_name}")

    exercise(script)


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


def test_the_own_editor_gets_the_file_and_what_it_saves_is_checked(exercise, exercise_lab, tmp_path, monkeypatch):
    (tmp_path / "answer.py").write_text(SOLUTION)
    monkeypatch.setenv("VISUAL", script_editor(tmp_path, f'cp "{tmp_path}/answer.py" "$1"'))
    monkeypatch.setattr(type(exercise_lab), "suspend", lambda self: contextlib.nullcontext())

    async def script(pilot, screen):
        screen.action_external()
        await until(pilot, lambda: screen.work.passes)
        assert screen.work.text == SOLUTION

    exercise(script)


def test_a_terminal_that_cannot_be_handed_over_names_the_file_instead(exercise, exercise_lab, shown, monkeypatch):
    monkeypatch.setenv("VISUAL", "sh")

    async def script(pilot, screen):
        screen.action_external()
        await until(pilot, lambda: "cannot be handed over" in shown(exercise_lab))
        assert screen.work.path.read_text() == START

    exercise(script)


def test_without_any_editor_it_is_said_how_to_name_one(exercise, exercise_lab, shown, monkeypatch):
    monkeypatch.setattr(code_actions.external_editor, "editor_command", lambda environment: [])

    async def script(pilot, screen):
        screen.action_external()
        await until(pilot, lambda: "Set $EDITOR" in shown(exercise_lab))

    exercise(script)
