"""The network on the home screen is a real trainer process; it never holds up the keys and ends with the app."""

import os
import signal
from pathlib import Path

import pytest

from nnlab.tui.session import Session
from nnlab.tui.widgets.lesson_list import LessonList
from tests.tui.waiting import until

CODE = """
import numpy as np
from nnlab.lab.experiment import Experiment
from nnlab.lab.lesson import experiment
from nnlab.lab.views import View

@experiment("spirals")
def spirals():
    def step(state):
        state["x"] *= 0.999
        return {"loss": abs(state["x"])}

    def look(state):
        return {"field": np.full((8, 8), float(state["x"]))}

    return Experiment(
        knobs=(),
        setup=lambda knobs, streams, xp: {"x": np.ones(())},
        step=step,
        evaluate=lambda state: {"test_accuracy": np.asarray(0.991)},
        probes={"field": look},
        views=(View("field", "field", "field"), View("loss", "curve")),
        steps=1_000_000,
    )
"""


@pytest.fixture
def spirals(course_folder: Path) -> None:
    """Give the course's first lesson the experiment that home looks for."""
    lesson = course_folder / "perceptrons" / "lesson.toml"
    text = lesson.read_text(encoding="utf-8")
    lesson.write_text(text.replace("[title]", 'experiments = ["spirals"]\n[title]'), encoding="utf-8")
    (course_folder / "perceptrons" / "lesson.py").write_text(CODE)


def live_session(app):
    return app.screen.live.session if getattr(app.screen, "live", None) else None


def is_learning(app) -> bool:
    session = live_session(app)
    return session is not None and session.run is not None and session.run.step > 20


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_network_at_home_is_a_trainer_process_that_ends_with_the_app(make_app, drive, shown, spirals) -> None:
    app = make_app(is_live=True)
    pids: list[int] = []

    async def script(pilot) -> None:
        await until(pilot, lambda: is_learning(app))
        pids.append(live_session(app).pid)
        assert pids[0] != os.getpid()
        assert b"nnlab.lab.trainer" in Path(f"/proc/{pids[0]}/cmdline").read_bytes()
        await until(pilot, lambda: "training" in shown(app))
        text = shown(app)
        assert "learning now" in text
        assert "99.1 % unseen" in text

    drive(app, script, (160, 48))
    assert not is_alive(pids[0])


def test_keys_work_while_the_trainer_does_not_answer(make_app, drive, shown, spirals, monkeypatch) -> None:
    monkeypatch.setattr(Session, "start", lambda *_, **__: None)
    app = make_app(is_live=True)

    async def script(pilot) -> None:
        await until(pilot, lambda: live_session(app) is not None)
        await pilot.press("down")
        assert app.screen.query_one(LessonList).chosen == 1
        await until(pilot, lambda: "starting the trainer" in shown(app))

    drive(app, script, (160, 48))


def test_a_killed_trainer_leaves_home_alive_and_says_so(make_app, drive, shown, spirals) -> None:
    app = make_app(is_live=True)

    async def script(pilot) -> None:
        await until(pilot, lambda: is_learning(app))
        os.kill(live_session(app).pid, signal.SIGKILL)
        await until(pilot, lambda: "the trainer ended" in shown(app))
        await pilot.press("down")
        assert app.screen.query_one(LessonList).chosen == 1
        assert "space starts it again" in shown(app)
        await pilot.press("space")
        await until(pilot, lambda: live_session(app).state == "training" and is_learning(app))

    drive(app, script, (160, 48))


def test_space_pauses_and_continues_the_network_and_the_footer_says_which(make_app, drive, shown, spirals) -> None:
    app = make_app(is_live=True)

    async def script(pilot) -> None:
        await until(pilot, lambda: is_learning(app) and "space pause" in shown(app))
        await pilot.press("space")
        assert live_session(app).state == "paused"
        await until(pilot, lambda: "space continue" in shown(app))
        await pilot.press("space")
        assert live_session(app).state == "training"

    drive(app, script, (160, 48))


def test_ctrl_c_stops_the_network_first(make_app, drive, shown, spirals) -> None:
    app = make_app(is_live=True)

    async def script(pilot) -> None:
        await until(pilot, lambda: is_learning(app))
        await pilot.press("ctrl+c")
        assert live_session(app).state == "paused"
        assert not app._exit
        await pilot.press("ctrl+c")

    drive(app, script, (160, 48))
    assert app._exit


def test_help_does_not_stop_the_network_and_another_screen_does(make_app, drive, spirals) -> None:
    from nnlab.tui.screens.lab_screen import LabScreen

    app = make_app(is_live=True)

    async def script(pilot) -> None:
        await until(pilot, lambda: is_learning(app))
        session = live_session(app)
        await pilot.press("question_mark", "escape")
        assert session.state == "training"
        app.push_screen(LabScreen())
        await pilot.pause()
        assert session.state == "paused"
        app.pop_screen()
        await pilot.pause()
        assert session.state == "training"

    drive(app, script, (160, 48))
