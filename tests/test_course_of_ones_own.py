"""A lesson folder copied elsewhere, renamed and edited, works through `--lessons` with no change to nnlab."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from nnlab.lab.course import find_course
from nnlab.tui.app import LabApp
from nnlab.tui.options import AppOptions
from nnlab.tui.screens.lesson import LessonScreen
from nnlab.tui.widgets.page_view import PageView

BUNDLED = find_course()
DEADLINE = 60.0


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, f"{path.name} has no {old!r} any more: edit something else"
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A course of one lesson: `losses`, copied as `my-losses`, with another title, heading and default."""
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))
    course = tmp_path / "my course"
    shutil.copytree(BUNDLED.folder / "losses", course / "my-losses", ignore=shutil.ignore_patterns("__pycache__"))
    (course / "course.toml").write_text('format_version = 1\norder = ["my-losses"]\n[title]\nen = "Mine"\n', "utf-8")
    edit(course / "my-losses" / "lesson.toml", 'en = "losses"', 'en = "my own losses"')
    edit(course / "my-losses" / "en.md", "# One number for all errors {#one-number}", "# My first page {#one-number}")
    edit(course / "my-losses" / "pairs.py", "PREDICTIONS = (2.5, 0.0, 2.0, 8.0)", "PREDICTIONS = (2.5, 0.0, 2.0, 9.0)")
    return course


@pytest.fixture
def nnlab(folder, tmp_path):
    """Run `nnlab ARGUMENTS --lessons FOLDER` somewhere else, in a fresh process; return what it wrote to stdout."""

    def run(*arguments):
        command = [sys.executable, "-m", "nnlab.cli", *arguments, "--lessons", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, env={**os.environ}, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_it_is_listed(nnlab):
    course = json.loads(nnlab("list", "--json"))
    assert [lesson["slug"] for lesson in course["lessons"]] == ["my-losses"]
    assert "my own losses" in nnlab("list")
    names = [name for name in nnlab("list", "--experiments").splitlines() if not name.startswith("workbench/")]
    assert names == [f"my-losses/{name}" for name in BUNDLED.lesson("losses").experiments]


def test_its_edited_experiment_runs(nnlab):
    pairs = json.loads(nnlab("run", "my-losses/pairs", "--trust", "--json"))
    assert pairs["knobs"]["p4"] == 9.0
    assert pairs["metrics"]["mae"] == pytest.approx((0.5 + 0.5 + 0.0 + 2.0) / 4)
    assert "again" in nnlab("run", "my-losses/classes", "--steps", "3", "--plot", "--trust")


def test_its_claims_and_code_exercises_are_proved(nnlab):
    names = ("worked-example", "mean-ignores-size", "exercise:cross-entropy")
    proofs = json.loads(nnlab("test", *names, "--trust", "--json"))["claims"]
    assert [(proof["lesson"], proof["status"]) for proof in proofs] == [("my-losses", "proved")] * len(names)


@pytest.mark.parametrize("slug", BUNDLED.slugs)
def test_every_lesson_runs_under_another_name_elsewhere(nnlab, folder, slug):
    name = f"own-{slug}"
    shutil.copytree(BUNDLED.folder / slug, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    edit(folder / "course.toml", '["my-losses"]', f'["my-losses", "{name}"]')
    experiment = BUNDLED.lesson(slug).experiments[0]
    run = json.loads(nnlab("run", f"{name}/{experiment}", "--steps", "2", "--trust", "--json"))
    assert (run["lesson"], run["experiment"]) == (name, experiment)


def test_it_opens_in_the_lab_and_its_goal_is_reached(folder, tmp_path):
    options = AppOptions(settings=tmp_path / "settings.toml", progress=tmp_path / "progress.json")
    app = LabApp(find_course(folder), options)

    def shown() -> str:
        return "\n".join(strip.text for strip in app.screen._compositor.render_strips(app.size))

    async def walk() -> None:
        async with app.run_test(size=(160, 48)) as pilot, asyncio.timeout(DEADLINE):
            await pilot.pause()
            assert "my own losses" in shown()
            await pilot.press("enter")
            while not isinstance(app.screen, LessonScreen) or app.screen.session.state not in ("ready", "done"):
                await pilot.pause(0.02)
            screen = app.screen
            while "My first page" not in shown():
                await pilot.pause(0.02)
            assert screen.session.knobs["p4"] == 9.0
            for knob, value in {"p1": 3.0, "p2": -0.5, "p3": 2.0}.items():
                screen.session.set_knob(knob, value)
            goal = screen.query_one(PageView).goal
            while not goal.is_reached:
                await pilot.pause(0.02)
            for _ in range(len(BUNDLED.lesson("losses").pages) - 1):
                await pilot.press("right")
            while screen.desk.page.id != BUNDLED.lesson("losses").pages[-1]:
                await pilot.pause(0.02)

    asyncio.run(walk())
    kept = app.progress.lesson("my-losses")
    assert list(kept.goals) == ["same-mae"]
    assert f"--lessons '{folder}'" in kept.goals["same-mae"]
    assert kept.pages_read(BUNDLED.lesson("losses")) == len(BUNDLED.lesson("losses").pages)
