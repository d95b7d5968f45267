"""A pointer of a view names number knobs along x or y; a wrong one is refused in one sentence."""

from dataclasses import replace
from pathlib import Path

import pytest

from nnlab.lab.course import find_course
from nnlab.lab.errors import LessonError
from nnlab.lab.lesson import load
from nnlab.lab.pointers import check_pointers
from nnlab.lab.views import View

LESSON = load(find_course().lesson("losses"))
OUTLIER = LESSON.experiment("outlier")
PATH = Path("lesson.py")


def pointing(pointer):
    return replace(OUTLIER, views=(View("fit", "curve", "fit", {"pointer": pointer}),))


@pytest.mark.parametrize("pointer", [{}, {"x": "outlier"}, {"x": "outlier", "y": "delta", "x_through": "logit"}])
def test_pointers_at_number_knobs_are_taken(pointer):
    check_pointers(pointing(pointer), "outlier", PATH)


@pytest.mark.parametrize(
    ("pointer", "said"),
    [
        ({"x": "outlyer"}, "points along x at 'outlyer'; its number knobs are outlier, delta."),
        ({"z": "outlier"}, "has a pointer along 'z'; a pointer knows x, y, x_through, y_through."),
        ({"x_through": "log"}, "points x_through 'log'; there is logit."),
        ("outlier", "has the pointer 'outlier'; give a table such as"),
    ],
)
def test_a_wrong_pointer_is_one_sentence_that_names_file_experiment_and_view(pointer, said):
    with pytest.raises(LessonError) as caught:
        check_pointers(pointing(pointer), "outlier", PATH)
    assert str(caught.value).startswith("lesson.py: the view 'fit' of the experiment 'outlier' ")
    assert said in str(caught.value)


def test_a_choice_is_no_place_on_an_axis():
    slope = LESSON.experiment("slope")
    with pytest.raises(LessonError, match="points along x at 'loss'"):
        check_pointers(replace(slope, views=(View("v", "curve", "", {"pointer": {"x": "loss"}}),)), "slope", PATH)


def test_an_experiment_with_a_wrong_pointer_is_not_made():
    bound = LESSON.experiments["outlier"]
    wrong = replace(bound, function=lambda: pointing({"y": "nowhere"}))
    lesson = replace(LESSON, experiments={**LESSON.experiments, "outlier": wrong})
    with pytest.raises(LessonError, match=r"losses/lesson.py: the view 'fit' .* at 'nowhere'"):
        lesson.experiment("outlier")
