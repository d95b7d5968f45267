"""`nnlab list`: the lessons and the progress in them; runs none of their code."""

from pathlib import Path
from typing import Any

import click

from nnlab.commands.output import notice, print_json
from nnlab.lab.course import WORKBENCH, Course, find_course
from nnlab.lab.progress import Progress


def list_lessons(folder: Path | None, *, experiments: bool, language: str, as_json: bool) -> int:
    """Print the lessons and the progress in them."""
    course, progress = find_course(folder), Progress()
    notice(progress.notice)
    if as_json:
        print_json(
            {
                "title": dict(course.file.title),
                "lessons": [_lesson_dict(course, slug, progress) for slug in course.slugs],
            }
        )
        return 0
    if experiments:
        for lesson in (*course.lessons(), course.lesson(WORKBENCH)):
            for experiment in lesson.experiments:
                click.echo(f"{lesson.slug}/{experiment}")
        return 0
    for number, lesson in enumerate(course.lessons(), start=1):
        kept = progress.lesson(lesson.slug)
        pages = f"{kept.pages_read(lesson)} of {len(lesson.pages)} pages"
        exercises = f"{kept.done(lesson)} of {len(lesson.exercises)} exercises"
        click.echo(
            f"{number:2}  {lesson.slug:14}{pages:16}{exercises:20}{lesson.title(language)}: {lesson.summary(language)}"
        )
    return 0


def _lesson_dict(course: Course, slug: str, progress: Progress) -> dict[str, Any]:
    lesson, kept = course.lesson(slug), progress.lesson(slug)
    return {
        "slug": slug,
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
        },
    }
