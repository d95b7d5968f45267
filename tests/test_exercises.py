"""Every code exercise of every lesson: unsolved it fails, solved it passes, and a wrong function changes the run."""

import ast
from functools import lru_cache

import pytest

from nnlab.lab import code_files, exercise_proofs, learner_code
from nnlab.lab import prose as prose_of
from nnlab.lab.course import LANGUAGES, find_course
from nnlab.lab.lesson import load
from nnlab.plots.width import text_width

LESSONS = {lesson.slug: lesson for lesson in find_course().lessons()}
EXERCISES = [
    f"{slug}/{exercise}"
    for slug, lesson in LESSONS.items()
    for exercise, entry in lesson.exercises.items()
    if entry.kind == "code"
]
loaded = lru_cache(lambda slug: load(LESSONS[slug]))


@pytest.fixture(params=EXERCISES)
def named(request):
    """A loaded lesson and the id of one of its code exercises."""
    slug, exercise = request.param.split("/")
    return loaded(slug), exercise


def test_the_course_has_code_exercises():
    assert "perceptrons/rule-update" in EXERCISES


def test_unsolved_it_fails(named):
    assert not exercise_proofs.unsolved(*named).passes


def test_its_solution_passes(named):
    result = exercise_proofs.solved(*named)
    assert result.fault is None
    assert [check for check in result.checks if not check.holds] == []
    assert result.checks


def test_its_wrong_function_is_refused(named):
    assert not exercise_proofs.wrong_passes(*named)


def test_its_wrong_function_changes_the_recorded_metrics(named):
    assert exercise_proofs.changed_metrics(*named) != []


def test_a_check_that_fails_says_what_was_expected(named):
    result = exercise_proofs.unsolved(*named)
    assert all(check.expected != "" for check in result.checks if not check.holds)


def test_every_language_starts_from_the_same_function_and_says_the_task(named):
    lesson, exercise = named[0].lesson, named[1]
    starts = [code_files.starting_point(lesson, exercise, language) for language in LANGUAGES]
    assert len({str(learner_code.functions_in(start)) for start in starts}) == 1
    assert all(ast.get_docstring(ast.parse(start)) for start in starts)
    shown = [*starts, code_files.solution(lesson, exercise)]
    width = max(text_width(line) for text in shown for line in text.splitlines())
    assert width <= 58, "the editor beside the stage has so much room at 120 columns"


def test_it_has_three_hints_and_its_page_stages_the_experiment_that_takes_it(named):
    lesson, exercise = named
    pages = prose_of.read_pages(lesson.lesson, "en").values()
    page, block = next((page, block) for page in pages for block in page.find(prose_of.Code) if block.id == exercise)
    assert len(block.hints) == 3
    assert page.stage.experiment == lesson.codes[exercise].experiment
