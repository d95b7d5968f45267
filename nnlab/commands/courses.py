"""Opening the lab and its courses, and asking before a foreign course runs its code."""

import sys
from pathlib import Path

import click

from nnlab.lab.course import Course, find_course
from nnlab.lab.errors import UsageError
from nnlab.lab.trust import is_trusted as course_is_trusted
from nnlab.lab.trust import trust as trust_course


def open_lab(lessons: Path | None, *, is_trusted: bool, is_ascii: bool) -> int:
    """Open the screen; without a terminal, say what to do instead."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            "the lab needs a terminal on stdin and stdout; without one use `nnlab run perceptrons/xor --plot`."
        )
    course = open_course(lessons, is_trusted=is_trusted)
    from nnlab.tui.guardian import guard

    words = [sys.executable, "-m", "nnlab.tui"]
    if not course.is_bundled:
        words += ["--lessons", str(course.folder)]
    return guard(words + (["--ascii"] if is_ascii else []))


def open_course(folder: Path | None, *, is_trusted: bool) -> Course:
    """Open a course whose code may run: the bundled one, or another after asking once per content."""
    course = find_course(folder)
    if is_trusted or course_is_trusted(course):
        return course
    question = (
        f"The course in {course.folder} is not part of nnlab. Its lessons are Python code that runs on this machine."
    )
    if not sys.stdin.isatty():
        raise UsageError(f"{question} Read it, then repeat with --trust.")
    click.echo(question, err=True)
    if not click.confirm("Run it, now and whenever its content is the same?", err=True):
        raise UsageError("the course was not trusted, so nothing ran.")
    trust_course(course)
    return course
