"""Labs for tests: no network that trains at home, and files below the test's own folder."""

from pathlib import Path
from typing import Any

from nnlab.lab.course import Course, find_course
from nnlab.tui.app import LabApp
from nnlab.tui.options import AppOptions
from nnlab.tui.screens.workbench import WorkbenchScreen
from nnlab.tui.terminal import Terminal
from tests.tui.waiting import until


def quiet_lab(folder: Path, course: Course | None = None, terminal: Terminal | None = None, **options: Any) -> LabApp:
    """A lab over a course, or over the bundled one. folder: where settings and progress go."""
    own = {"is_live": False, "settings": folder / "settings.toml", "progress": folder / "progress.json", **options}
    return LabApp(course or find_course(), AppOptions(terminal or Terminal(), **own))


async def bench_is_ready(pilot: Any, app: LabApp) -> None:
    """Wait until the workbench stands there with its form filled and its trainer ready."""
    await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen) and app.screen.is_mounted)
    await until(pilot, lambda: app.screen.session.state == "ready" and app.screen.bench.form.rows)
