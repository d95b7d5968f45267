"""`nnlab progress`: forget what was done in a lesson, or in all lessons of a course."""

import sys
from pathlib import Path

import click

from nnlab.commands.output import notice
from nnlab.lab.course import course_key, find_course
from nnlab.lab.errors import UsageError, unknown
from nnlab.lab.progress import Progress


def reset(slug: str | None, folder: Path | None, *, is_sure: bool) -> int:
    """Forget the progress in a lesson, or in all lessons of a course, after asking; the course may be gone by now."""
    progress = Progress(course=course_key(folder))
    notice(progress.notice)
    if slug not in progress.slugs and (slug is not None or not progress.slugs):
        slugs = find_course(folder).slugs
        if slug is not None and slug not in slugs:
            raise unknown("lesson", slug, slugs)
    doomed = progress.slugs if slug is None else tuple(known for known in progress.slugs if known == slug)
    if not doomed:
        notice(f"nothing was done in {slug or 'any lesson'} yet, so there is nothing to forget.")
        return 0
    question = f"Forget the pages read, answers, goals, exercises and best scores of {', '.join(doomed)} for good?"
    if not is_sure:
        if not sys.stdin.isatty():
            raise UsageError(f"{question} Without a terminal nobody can be asked; repeat with --yes.")
        if not click.confirm(question, err=True):
            return 1
    progress.reset(slug)
    click.echo(f"forgot {', '.join(doomed)}", err=True)
    return 0
