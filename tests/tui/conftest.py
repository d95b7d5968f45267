"""Fixtures of the screen's tests: a small course of data only, and a way to drive an app without a terminal."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from nnlab.lab.course import Course, find_course
from nnlab.tui.app import LabApp
from nnlab.tui.screens.lesson import LessonScreen
from nnlab.tui.screens.workbench import WorkbenchScreen
from nnlab.tui.terminal import Terminal
from tests.lab.conftest import write_course as write_toy
from tests.lab.trainer_course import write_course
from tests.tui.bare_screen import Screen
from tests.tui.exercise_page import write_exercise
from tests.tui.labs import bench_is_ready, quiet_lab
from tests.tui.toy_lesson import has_panes, write_lesson
from tests.tui.waiting import until

LESSON = """format_version = 1
pages = ["neuron", "rule", "line"]
[title]
en = {en}
zh = {zh}
[summary]
en = "one neuron, one line"
zh = "一个神经元，一条线"
[exercises.guess]
kind = "predict"
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the screen keeps, such as the history of runs, away from the user's own."""
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))


@pytest.fixture
def course_folder(tmp_path: Path) -> Path:
    """A course of two lessons."""
    folder = tmp_path / "course"
    (folder / "perceptrons").mkdir(parents=True)
    (folder / "losses").mkdir()
    (folder / "course.toml").write_text(
        'format_version = 1\norder = ["perceptrons", "losses"]\ntitle = {en = "Test"}\n'
    )
    (folder / "perceptrons" / "lesson.toml").write_text(
        LESSON.format(en='"perceptrons"', zh='"感知机"'), encoding="utf-8"
    )
    (folder / "losses" / "lesson.toml").write_text(LESSON.format(en='"losses"', zh='"损失"'), encoding="utf-8")
    return folder


@pytest.fixture
def course(course_folder: Path) -> Course:
    """The course of two lessons, read."""
    return find_course(course_folder)


@pytest.fixture
def make_app(course: Course, tmp_path: Path) -> Callable[..., LabApp]:
    """Return a function that makes an app: make_app(terminal, **AppOptions)."""

    def make(terminal: Terminal = Terminal(), **options: Any) -> LabApp:  # noqa: B008  (frozen)
        return quiet_lab(tmp_path, course, terminal, **options)

    return make


Script = Callable[[Pilot[Any]], Awaitable[None]]


@pytest.fixture
def drive() -> Callable[..., None]:
    """Return a function that runs an app headless and a script against it: drive(app, script, size)."""

    def run(app: App[Any], script: Script, size: tuple[int, int] = (80, 24)) -> None:
        async def session() -> None:
            async with app.run_test(size=size) as pilot:
                await pilot.pause()
                await script(pilot)

        asyncio.run(session())

    return run


@pytest.fixture
def shown() -> Callable[[App[Any]], str]:
    """Return a function that gives what the screen shows, as plain text."""

    def text(app: App[Any]) -> str:
        return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips(app.size))

    return text


@pytest.fixture
def bench(tmp_path: Path, drive: Callable[..., None]) -> Callable[..., None]:
    """Return a function that runs a script on a workbench that is ready: bench(script, size)."""
    app = quiet_lab(tmp_path)

    def run(script: Callable[..., Awaitable[None]], size: tuple[int, int] = (160, 48)) -> None:
        async def opened(pilot: Pilot[Any]) -> None:
            await pilot.press("w")
            await bench_is_ready(pilot, app)
            await script(pilot, app.screen)

        drive(app, opened, size)

    return run


@pytest.fixture
def toy_lab(tmp_path: Path) -> LabApp:
    """The lab over a course of one toy lesson."""
    write_toy(tmp_path / "toy-course")
    return quiet_lab(tmp_path, find_course(tmp_path / "toy-course"))


@pytest.fixture
def toy_bench(toy_lab: LabApp, drive: Callable[..., None]) -> Callable[..., None]:
    """Return a function that runs a script on a workbench of the toy lesson's experiment: toy_bench(script, size)."""

    def run(script: Callable[..., Awaitable[None]], size: tuple[int, int] = (160, 48)) -> None:
        async def opened(pilot: Pilot[Any]) -> None:
            lesson = toy_lab.course.lesson("toy")
            toy_lab.push_screen(WorkbenchScreen(lesson, lesson.experiments[0]))
            await bench_is_ready(pilot, toy_lab)
            await pilot.pause()
            await script(pilot, toy_lab.screen)

        drive(toy_lab, opened, size)

    return run


@pytest.fixture
def on_screen(tmp_path):
    """Run an async test function, test(screen, session), on a course of toys."""
    course = write_course(tmp_path / "course")

    def run(test):
        async def with_screen():
            screen = Screen(course)
            try:
                await test(screen, screen.session)
            finally:
                screen.session.close()

        asyncio.run(with_screen())

    return run


@pytest.fixture
def exercise_lab(tmp_path: Path) -> LabApp:
    """The lab over a lesson with a code exercise."""
    return quiet_lab(tmp_path, find_course(write_exercise(tmp_path / "exercised")))


@pytest.fixture
def exercise(exercise_lab: LabApp, drive: Callable[..., None]) -> Callable[..., None]:
    """Return a function that opens the exercise's page and runs a script against it: exercise(script, size=)."""

    def run(script: Callable[..., Awaitable[None]], size: tuple[int, int] = (120, 40)) -> None:
        async def opened(pilot: Pilot[Any]) -> None:
            exercise_lab.open_lesson("toy", page="downhill")
            await until(pilot, lambda: isinstance(exercise_lab.screen, LessonScreen) and exercise_lab.screen.is_mounted)
            await until(pilot, lambda: exercise_lab.screen.session.state == "ready")
            await script(pilot, exercise_lab.screen)

        drive(exercise_lab, opened, size)

    return run


@pytest.fixture
def lesson_lab(tmp_path: Path) -> LabApp:
    """The lab over the toy lesson with advice and things to try."""
    return quiet_lab(tmp_path, find_course(write_lesson(tmp_path / "toy-course")))


@pytest.fixture
def on_lesson(lesson_lab: LabApp, drive: Callable[..., None]) -> Callable[..., None]:
    """Return a function that opens the toy lesson and runs a script against it: on_lesson(script, page=, size=)."""

    def run(script: Callable[..., Awaitable[None]], page: str = "", size: tuple[int, int] = (120, 40)) -> None:
        async def opened(pilot: Pilot[Any]) -> None:
            lesson_lab.open_lesson("toy", page=page)
            await until(pilot, lambda: isinstance(lesson_lab.screen, LessonScreen) and lesson_lab.screen.is_mounted)
            await until(pilot, lambda: lesson_lab.screen.session.state == "ready" and has_panes(lesson_lab.screen))
            await script(pilot, lesson_lab.screen)

        drive(lesson_lab, opened, size)

    return run
