"""The proof of a lesson's pages: what they and its views name is there, and both languages are alike."""

import time
from typing import Literal

from nnlab.lab import page_checks
from nnlab.lab.checks import Proof
from nnlab.lab.course import Lesson
from nnlab.lab.errors import NnlabError
from nnlab.lab.experiment import Experiment
from nnlab.lab.lesson import load
from nnlab.lab.lesson_places import told
from nnlab.stage import view_checks

PAGES = "pages"
EXPECTED = "what they name is there, both languages alike"


def prove_pages(lesson: Lesson) -> Proof:
    """Hold a lesson's pages and views against its code. Raises LessonError when that cannot be loaded."""
    start = time.perf_counter()
    loaded = load(lesson)
    said: list[str] = []
    experiments: dict[str, Experiment] = {}
    for name in lesson.experiments:
        try:
            experiments[name] = loaded.experiment(name)
        except Exception as error:  # a border: a lesson's code may raise anything, and the rest must still be checked
            said.append(str(error) if isinstance(error, NnlabError) else f"{told(error)}.")
    said += view_checks.objections(loaded, experiments)
    said += page_checks.objections(loaded, experiments)
    status: Literal["failed", "proved"] = "failed" if said else "proved"
    seconds = time.perf_counter() - start
    value = f"{len(lesson.pages)} pages"
    return Proof(PAGES, lesson.slug, status, value, EXPECTED, seconds, "\n".join(said))
