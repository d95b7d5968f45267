"""The drawing pane in the cnn lesson: a digit drawn with keys or mouse is read by the network on the stage."""

import shlex

import pytest
from textual.events import MouseDown, MouseMove, MouseUp

from nnlab.data import read_digit
from nnlab.lab import data_files
from nnlab.lab.course import find_course
from nnlab.tui import actions
from nnlab.tui.app import LabApp
from nnlab.tui.options import AppOptions
from nnlab.tui.screens.lesson import LessonScreen
from nnlab.tui.terminal import Terminal
from nnlab.tui.widgets.drawing_pane import DrawingPane
from tests.tui.waiting import until

SEVEN = "up up up up up up left left left space right right right right right down left down down left down down left"
SEVEN += " down down down down space"


@pytest.fixture
def walk(tmp_path, drive):
    """Open the page with the digit and run a script against it: walk(script, size=, language=, **terminal)."""

    def run(script, size=(80, 24), lesson="cnn", page="looks", **terminal):
        options = AppOptions(
            Terminal(**terminal),
            is_live=False,
            settings=tmp_path / "settings.toml",
            progress=tmp_path / "progress.json",
        )
        app = LabApp(find_course(), options)

        async def opened(pilot):
            app.open_lesson(lesson, page=page)
            await until(pilot, lambda: isinstance(app.screen, LessonScreen) and app.screen.is_mounted)
            await until(pilot, lambda: app.screen.session.state == "ready" and app.screen.session.run.probes)
            await pilot.pause(0.1)
            await script(pilot, app.screen)

        drive(app, opened, size)

    return run


def levels_seen(screen):
    """The digit that the trainer observed last, in the middle of its 12x12."""
    return (16 * screen.session.run.probes["digit"]["values"][2:10, 2:10]).round().astype(int).tolist()


@pytest.mark.parametrize("size", [(40, 24), (80, 24), (120, 40), (160, 48)])
def test_a_digit_drawn_with_keys_reaches_the_network_and_the_copied_line(walk, size):
    async def script(pilot, screen):
        await pilot.press("p")
        pane = screen.query_one(DrawingPane)
        assert screen.focused is pane
        await pilot.press(*SEVEN.split())
        text = pane.drawing.text
        assert screen.session.knobs["drawing"] == text
        await until(pilot, lambda: levels_seen(screen) == read_digit(text).tolist())
        words = shlex.split(screen.desk.shell_line(screen.session))
        assert f"drawing={text}" in words
        assert screen.session.run.step == 0, "what is looked at starts nothing"
        await pilot.press("enter")
        assert not screen.is_drawing
        assert screen.session.knobs["drawing"] == text

    walk(script, size)


def test_the_network_answers_a_drawing_after_the_run_has_ended_without_a_new_run(walk):
    async def script(pilot, screen):
        screen.session.toggle()
        await until(pilot, lambda: screen.session.state == "done")
        run = screen.session.run
        await pilot.press("p", *SEVEN.split())
        pane = screen.query_one(DrawingPane)
        await until(pilot, lambda: levels_seen(screen) == read_digit(pane.drawing.text).tolist())
        await until(pilot, lambda: pane.answer.startswith("7"))
        assert screen.session.run is run
        assert screen.session.state == "done"

    walk(script)


def test_erase_undo_clear_and_fit_are_keys(walk):
    async def script(pilot, screen):
        await pilot.press("p", *SEVEN.split())
        drawing = screen.query_one(DrawingPane).drawing
        seven = drawing.text
        await pilot.press("f")
        assert drawing.text != seven
        await pilot.press("f", "x", "space", "up", "up", "x")
        assert drawing.text != seven
        await pilot.press("u")
        assert drawing.text == seven
        await pilot.press("c")
        assert drawing.text == screen.session.knobs["drawing"] == ""
        await pilot.press("u", "escape")
        assert screen.session.knobs["drawing"] == seven

    walk(script)


def test_the_mouse_draws_while_its_button_is_down_and_the_right_one_erases(walk):
    async def script(pilot, screen):
        await pilot.press("p")
        await pilot.pause(0.1)
        pane = screen.query_one(DrawingPane)

        def mouse(kind, column, button=1):
            x, y = pane.region.x + column, pane.region.y + 6
            pilot.app.screen._forward_event(kind(None, x, y, 0, 0, button, False, False, False, x, y))

        for button in (1, 3):
            mouse(MouseDown, 8, button)
            mouse(MouseMove, 20, button)
            mouse(MouseUp, 20, button)
            mouse(MouseMove, 30, button)
            await pilot.pause(0.1)
            assert pane.drawing.ink.any() == (button == 1)
        pane.drawing.undo()
        assert pane.drawing.ink.any(axis=0).sum() < 20, "after the button is up nothing is drawn"

    walk(script)


def test_the_last_row_and_the_help_name_the_keys_that_draw_and_none_that_they_take(walk):
    async def script(pilot, screen):
        assert "draw" in {action.id for action in actions.available(screen)}
        await pilot.press("p")
        named = {action.id for action in actions.available(screen)}
        assert {"pen", "erase", "undo_stroke", "clear_drawing", "brush", "fit", "finish"} <= named
        assert not {"run", "page", "answer", "own", "home", "draw", "choose_class"} & named
        await pilot.press("escape")
        assert "run" in {action.id for action in actions.available(screen)}

    walk(script)


@pytest.mark.parametrize("terminal", [{"glyphs": "ascii"}, {"depth": "mono"}, {"depth": "16"}])
def test_ink_and_pen_are_seen_without_shades_and_in_ascii(walk, shown, terminal):
    async def script(pilot, screen):
        await pilot.press("p", *SEVEN.split())
        await until(pilot, lambda: levels_seen(screen) != [])
        text = shown(pilot.app)
        assert "brush 2/3" in text
        if terminal.get("glyphs") == "ascii":
            assert text.isascii()
        assert text.count("@") > 20 or text.count("█") > 20

    walk(script, **terminal)


def test_a_page_turned_closes_the_pane_and_the_drawing_stays_for_later(walk):
    async def script(pilot, screen):
        await pilot.press("p", *SEVEN.split())
        text = screen.query_one(DrawingPane).drawing.text
        await screen.open_page(screen.desk.here + 1)
        assert not screen.is_drawing
        await screen.open_page(screen.desk.here - 1)
        await until(pilot, lambda: screen.session.state == "ready")
        await pilot.pause(0.2)
        await pilot.press("p")
        assert screen.query_one(DrawingPane).drawing.text == text
        await until(pilot, lambda: levels_seen(screen) == read_digit(text).tolist())

    walk(script)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)])
def test_a_distribution_that_was_drawn_becomes_the_data_of_the_gan_s_run(walk, size, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    async def script(pilot, screen):
        screen.session.set_knob("data", "spiral")
        await until(pilot, lambda: screen.session.run.settings.knobs["data"] == "spiral")
        await pilot.press("p", "enter")
        assert screen.is_drawing, "without points there is nothing to learn"
        await pilot.press("shift+right", "shift+right", "down", "down", "space", "plus", "x", "x", "space")
        drawing = screen.query_one(DrawingPane).drawing
        assert len(drawing.points) > 4
        await pilot.press("enter")
        await until(pilot, lambda: screen.session.run.settings.data)
        kept = data_files.find(screen.session.run.settings.data)
        assert kept.path.read_bytes() == drawing.table
        assert f"--data {kept.hash}" in screen.desk.shell_line(screen.session)
        await until(pilot, lambda: screen.session.run.step > 0)
        assert not screen.is_drawing
        assert screen.session.run.settings.knobs["data"] == "own", "not the kind that was chosen before"

    walk(script, size, "gan", "players")
