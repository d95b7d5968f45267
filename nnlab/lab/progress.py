"""Progress: pages, answers, goals, exercises, best scores. True, kept, never lost to a damaged file or a second lab."""

import math
from collections.abc import Callable
from pathlib import Path

import msgspec

from nnlab.lab import files, paths
from nnlab.lab.course import Lesson
from nnlab.lab.verdicts import Check


class AnswerGiven(msgspec.Struct):
    """One answered predict question."""

    choice: int
    """Index of the chosen answer."""
    right: bool
    value: float | None
    """What the run measured; JSON knows no NaN and no infinity, so what a diverged run measured is read as None."""
    numbers: dict[str, str] = {}
    """What the sentence about the answer quotes of that run, by metric, as it was written."""


class BestScore(msgspec.Struct):
    """The best that was measured while a goal held."""

    check: str
    """The text of the check that it is the score of."""
    value: float
    measured: float | str
    """The value as the check showed it."""
    run: str
    """The shell line of the run that measured it."""


class LessonProgress(msgspec.Struct):
    """What was done in one lesson."""

    read: list[str] = []
    """Ids of the pages that were opened, in the order of reading."""
    page: str = ""
    """The page to continue at."""
    answers: dict[str, AnswerGiven] = {}
    goals: dict[str, str] = {}
    """Goal id -> the shell line of the run that reached it."""
    best: dict[str, BestScore] = {}
    """Goal id -> its best score, for goals that have one."""
    exercises: list[str] = []
    """Ids of the code exercises passed."""

    def done(self, lesson: Lesson) -> int:
        """Return how many of the lesson's exercises are done; an answered question is done, right or not."""
        return sum(1 for exercise in lesson.exercises if self.is_done(exercise))

    def is_done(self, exercise: str) -> bool:
        """Whether a question was answered, a goal reached or a code exercise passed."""
        return exercise in self.answers or exercise in self.goals or exercise in self.exercises

    def pages_read(self, lesson: Lesson) -> int:
        """Return how many of the lesson's present pages were read."""
        return sum(1 for page in lesson.pages if page in self.read)


Lessons = dict[str, LessonProgress]
"""Slug -> what was done in that lesson."""


class _File(msgspec.Struct):
    format_version: int = 1
    lessons: Lessons = {}
    """Of the bundled course."""
    courses: dict[str, Lessons] = {}
    """Course.key -> lessons, of other courses."""

    def of(self, course: str) -> Lessons:
        return self.courses.get(course, {}) if course else self.lessons

    def of_changed(self, course: str) -> Lessons:
        return self.courses.setdefault(course, {}) if course else self.lessons


class Progress:
    """What was done in one course. Every change reads, changes and writes the file of all courses under a lock."""

    def __init__(self, path: Path | None = None, *, course: str = "") -> None:
        """course: its key; empty for the bundled one."""
        self.path = path or paths.all_paths()["progress"]
        self.course = course
        self.notice = ""
        """Set once when a damaged file was moved aside: a sentence for the user."""
        self._file = self._read()

    @property
    def slugs(self) -> tuple[str, ...]:
        """Slugs of the lessons in which something was done."""
        return tuple(self._file.of(self.course))

    def lesson(self, slug: str) -> LessonProgress:
        """Return what was done in a lesson (empty when nothing was)."""
        return self._file.of(self.course).get(slug) or LessonProgress()

    def read_page(self, slug: str, page: str) -> None:
        """Mark a page as read, and as the one to continue at."""

        def change(lesson: LessonProgress) -> None:
            if page not in lesson.read:
                lesson.read.append(page)
            lesson.page = page

        self._change(slug, change)

    def answer(self, slug: str, question: str, given: AnswerGiven) -> None:
        """Keep the first answer to a question; a later one changes nothing."""

        def change(lesson: LessonProgress) -> None:
            lesson.answers.setdefault(question, given)

        self._change(slug, change)

    def reach_goal(self, slug: str, goal: str, shell_line: str) -> None:
        """Keep that a goal was reached, and by which run."""

        def change(lesson: LessonProgress) -> None:
            lesson.goals.setdefault(goal, shell_line)

        self._change(slug, change)

    def keep_best(self, slug: str, goal: str, check: Check, shell_line: str) -> bool:
        """Keep the score of a goal's check if it beats the best so far; returns whether it does.

        A best that another check measured, as before the lesson was changed, is no match for it.
        """
        score = check.score
        if score is None or not math.isfinite(score.value):
            return False

        def is_better(lesson: LessonProgress) -> bool:
            best = lesson.best.get(goal)
            return best is None or best.check != check.text or score.beats(best.value)

        def change(lesson: LessonProgress) -> None:
            if is_better(lesson):
                lesson.best[goal] = BestScore(check.text, score.value, check.measured, shell_line)

        is_new = is_better(self.lesson(slug))
        if is_new:
            self._change(slug, change)
        return is_new

    def pass_exercise(self, slug: str, exercise: str) -> bool:
        """Keep that a code exercise was passed; returns whether it is the first time."""
        is_new = exercise not in self.lesson(slug).exercises

        def change(lesson: LessonProgress) -> None:
            if exercise not in lesson.exercises:
                lesson.exercises.append(exercise)

        self._change(slug, change)
        return is_new

    def reset(self, slug: str | None = None) -> None:
        """Forget one lesson of the course, or all of them."""
        with files.locked(self.path):
            self._file = self._read()
            lessons = self._file.of_changed(self.course)
            for known in [slug] if slug is not None else list(lessons):
                lessons.pop(known, None)
            if not lessons:
                self._file.courses.pop(self.course, None)
            self._write()

    def _change(self, slug: str, change: Callable[[LessonProgress], None]) -> None:
        with files.locked(self.path):
            self._file = self._read()
            change(self._file.of_changed(self.course).setdefault(slug, LessonProgress()))
            self._write()

    def _read(self) -> _File:
        try:
            return msgspec.json.decode(self.path.read_bytes(), type=_File)
        except FileNotFoundError:
            return _File()
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            aside = files.move_aside(self.path)
            self.notice = f"The progress file was damaged. It is kept as {aside.name}; progress starts anew."
            return _File()

    def _write(self) -> None:
        files.write_atomically(self.path, msgspec.json.format(msgspec.json.encode(self._file), indent=1))
