"""The bundled lessons, opened once for all tests of a process, and their experiments in training."""

from functools import cache

from nnlab.lab import checks, prose
from nnlab.lab.course import find_course
from nnlab.lab.headless import make_settings
from nnlab.lab.lesson import load
from nnlab.lab.training import Training

SLUGS = find_course().slugs


@cache
def lesson(slug):
    return load(find_course().lesson(slug))


@cache
def pages(slug):
    return prose.read_pages(lesson(slug).lesson, "en")


@cache
def runner(slug):
    """Runs a lesson's experiments; a run that was made before is not made again."""
    return checks.Runner(lesson(slug))


def training(slug, experiment, *, knobs=None, **options):
    """An experiment at its start. options: of make_settings."""
    return Training(*make_settings(lesson(slug), experiment, knobs or {}, **options))
