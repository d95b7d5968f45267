"""Opening a lesson on the screen, or telling what is wrong with it: a teacher's course is shown while it is written."""

from typing import TYPE_CHECKING

from nnlab.lab.errors import NnlabError
from nnlab.lab.prose import read_pages
from nnlab.tui.screens.lab_screen import LabScreen
from nnlab.tui.screens.lesson import LessonScreen

if TYPE_CHECKING:
    from nnlab.tui.app import LabApp


def open_lesson(app: "LabApp", slug: str, page: str, experiment: str) -> None:
    """Lay a lesson over the screen; a mistake in its files or pages is told by the screen that is there."""
    try:
        lesson = app.course.lesson(slug)
        read_pages(lesson, app.speech.language)
    except NnlabError as error:
        if isinstance(app.screen, LabScreen):
            app.screen.tell(str(error))
        return
    app.push_screen(LessonScreen(lesson, page or app.progress.lesson(slug).page, experiment))
