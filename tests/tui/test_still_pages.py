"""A page whose stage has nothing to train: a question is answered by what is measured, and that counts."""

import pytest

from nnlab.tui.screens.lesson import LessonScreen
from nnlab.tui.widgets.cards import PredictCard
from tests.tui.labs import quiet_lab
from tests.tui.waiting import until


@pytest.mark.parametrize(("key", "is_right"), [("3", True), ("1", False)])
def test_a_question_about_what_is_only_measured_is_answered_at_once_and_scored(tmp_path, drive, shown, key, is_right):
    app = quiet_lab(tmp_path)

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
