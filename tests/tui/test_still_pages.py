"""A page whose stage has nothing to train: a question is answered by what is measured, and that counts."""

import asyncio

import pytest

from nnlab.lab.course import find_course
from nnlab.tui.app import LabApp
from nnlab.tui.options import AppOptions
from nnlab.tui.screens.lesson import LessonScreen
from nnlab.tui.terminal import Terminal
from nnlab.tui.widgets.cards import PredictCard

DEADLINE = 60.0


async def until(pilot, is_reached):
    async with asyncio.timeout(DEADLINE):
        while not is_reached():
            await pilot.pause(0.02)


@pytest.mark.parametrize(("key", "is_right"), [("3", True), ("1", False)])
def test_a_question_about_what_is_only_measured_is_answered_at_once_and_scored(tmp_path, drive, shown, key, is_right):
    options = AppOptions(
        Terminal(), is_live=False, settings=tmp_path / "settings.toml", progress=tmp_path / "progress.json"
    )
    app = LabApp(find_course(None), options)

    async def script(pilot):
        app.open_lesson("losses", page="outlier")
        await until(pilot, lambda: isinstance(app.screen, LessonScreen) and app.screen.is_mounted)
        await until(pilot, lambda: app.screen.session.state == "done" and bool(app.screen.query(PredictCard)))
        app.screen.query_one(PredictCard).scroll_visible(animate=False)
        await until(pilot, lambda: "opens at once" in shown(app))
        await pilot.press(key)
        await until(pilot, lambda: "line-miss" in app.progress.lesson("losses").answers)
        assert app.progress.lesson("losses").answers["line-miss"].right is is_right

    drive(app, script, (160, 60))
