"""`nnlab list`: the lessons and the progress in them; runs none of their code."""

from pathlib import Path
from typing import Any

import click

from nnlab.commands.output import notice, print_json
from nnlab.lab.course import WORKBENCH, Lesson, find_course
from nnlab.lab.progress import LessonProgress, Progress
from nnlab.plots import numbers


def list_lessons(slug: str | None, folder: Path | None, *, experiments: bool, language: str, as_json: bool) -> int:
    """Print the lessons and the progress in them, or all that is known of one."""
    course = find_course(folder)
    progress = Progress(course=course.key)
    notice(progress.notice)
    if slug is not None:
        _list_lesson(course.lesson(slug), progress.lesson(slug), experiments, language, as_json)
        return 0
    if as_json:
        print_json(
            {
                "title": dict(course.file.title),
                "lessons": [_lesson_dict(lesson, progress.lesson(lesson.slug)) for lesson in course.lessons()],
            }
        )
        return 0
    if experiments:
        for lesson in (*course.lessons(), course.lesson(WORKBENCH)):
            _list_experiments(lesson)
        return 0
    widest = max((len(slug) for slug in course.slugs), default=0)
    for number, lesson in enumerate(course.lessons(), start=1):
        kept = progress.lesson(lesson.slug)
        pages = f"{kept.pages_read(lesson)} of {len(lesson.pages)} pages"
        exercises = f"{kept.done(lesson)} of {len(lesson.exercises)} exercises"
        told = f"{pages:16}{exercises:20}{lesson.title(language)}: {lesson.summary(language)}"
        click.echo(f"{number:2}  {lesson.slug:{max(14, widest + 2)}}{told}")
    return 0


def _list_lesson(lesson: Lesson, kept: LessonProgress, experiments: bool, language: str, as_json: bool) -> None:
    if as_json:
        print_json(_lesson_dict(lesson, kept))
        return
    if experiments:
        _list_experiments(lesson)
        return
    click.echo(f"{lesson.title(language)}: {lesson.summary(language)}")
    click.echo(f"\n{kept.pages_read(lesson)} of {len(lesson.pages)} pages")
    for page in lesson.pages:
        click.echo(f"  {'✓' if page in kept.read else '·'} {page}")
    click.echo(f"\n{kept.done(lesson)} of {len(lesson.exercises)} exercises")
    for exercise, entry in lesson.exercises.items():
        mark = "✓" if kept.is_done(exercise) else "·"
        click.echo(f"  {mark} {exercise:24}{entry.kind:9}{_outcome(exercise, kept)}".rstrip())


def _list_experiments(lesson: Lesson) -> None:
    for experiment in lesson.experiments:
        click.echo(f"{lesson.slug}/{experiment}")


def _outcome(exercise: str, kept: LessonProgress) -> str:
    """Return what came of an exercise: how it was answered, or the best score of a goal and the run that made it."""
    if exercise in kept.answers:
        return "right" if kept.answers[exercise].right else "wrong"
    best = kept.best.get(exercise)
    if best is not None:
        return f"best: {numbers.measured(best.measured)} ({best.check})   {best.run}"
    return kept.goals.get(exercise, "")


def _lesson_dict(lesson: Lesson, kept: LessonProgress) -> dict[str, Any]:
    return {
        "slug": lesson.slug,
        "title": dict(lesson.file.title),
        "summary": dict(lesson.file.summary),
        "pages": list(lesson.pages),
        "experiments": list(lesson.experiments),
        "claims": {name: entry.tier for name, entry in lesson.claims.items()},
        "exercises": {name: entry.kind for name, entry in lesson.exercises.items()},
        "progress": {
            "read": [page for page in lesson.pages if page in kept.read],
            "exercises": kept.done(lesson),
            "answers": {name: given.right for name, given in kept.answers.items()},
            "goals": list(kept.goals),
            "best": kept.best,
        },
    }
