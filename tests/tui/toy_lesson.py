"""The toy lesson with advice and things to try, and how its screen is asked to act."""

from pathlib import Path

from nnlab.tui.widgets.plot_pane import PlotPane
from tests.lab.conftest import CHINESE, CODE, ENGLISH, write_course

TRY = '\n```nnlab try\n[[items]]\ntext = "rate 0.4"\n[items.set]\nrate = 0.4\n```\n'


def write_lesson(folder: Path) -> Path:
    """Write a course of the toy lesson."""
    write_course(folder)
    advised = CODE.replace("steps=50,", "steps=50, advise=lambda knobs: (Change('rate', 0.1),),")
    advised = advised.replace("import numpy", "from nnlab.lab.events import Change\nimport numpy")
    (folder / "toy" / "lesson.py").write_text(advised, encoding="utf-8")
    for name, text in (("en.md", ENGLISH), ("zh.md", CHINESE)):
        (folder / "toy" / name).write_text(text + TRY, encoding="utf-8")
    return folder


def has_panes(screen):
    """Whether the stage, or on a narrow terminal the page instead of it, is laid out."""
    return any(pane.size.height > 1 for pane in screen.query(PlotPane)) or screen.app.size.width < 80


async def perform(screen, action, *arguments):
    result = getattr(screen, f"action_{action}")(*arguments)
    if result is not None:
        await result
