"""What goes wrong in a lesson's own code is said with the file and line of the lesson."""

import subprocess
import sys

import pytest

from nnlab.lab import checks
from nnlab.lab.course import find_course
from nnlab.lab.errors import LessonError
from nnlab.lab.lesson import load

TOML = """format_version = 1
pages = []
experiments = ["one"]
[title]
en = "toy"
[summary]
en = "toy"
[claims.holds]
tier = "fast"
en = "it holds"
zh = "成立"
"""
CODE = """from nnlab.lab.authoring import Experiment, View, claim, experiment


@experiment("one")
def one():
    return Experiment(
        knobs=(),
        setup=lambda knobs, streams, xp: {},
        step=lambda state: {},
        probes={"seen": lambda state: state["nothing"]},
        views=(View("seen", "bars", "seen"),),
        steps=0,
    )


@claim("holds", broken={"wanted": 0})
def holds(run, wanted=1):
    return undefined
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))
    folder = tmp_path / "course"
    (folder / "toy").mkdir(parents=True)
    (folder / "course.toml").write_text('format_version = 1\norder = ["toy"]\n[title]\nen = "c"\n', "utf-8")
    (folder / "toy" / "lesson.toml").write_text(TOML, "utf-8")
    (folder / "toy" / "lesson.py").write_text(CODE, "utf-8")
    return folder


def edited(course, old, new, file="lesson.py"):
    path = course / "toy" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return find_course(course).lesson("toy")


def test_a_syntax_error_is_said_once_with_its_line(course):
    lesson = edited(course, "def one():", "def one()")
    with pytest.raises(LessonError) as caught:
        load(lesson)
    assert str(caught.value) == f"{lesson.folder}/lesson.py, line 5 failed while loading: SyntaxError: expected ':'."


def test_an_error_while_loading_names_its_line(course):
    lesson = edited(course, '@claim("holds"', "1 / 0\n\n\n@claim('holds'")
    with pytest.raises(LessonError, match=r"lesson\.py, line 16 failed while loading: ZeroDivisionError"):
        load(lesson)


def test_a_claim_that_raises_names_its_line(course):
    proof = checks.prove(load(find_course(course).lesson("toy")), "holds")
    assert proof.status == "error"
    assert proof.message.endswith("lesson.py, line 18: NameError: name 'undefined' is not defined")


def test_a_probe_that_raises_is_the_lessons_error_and_not_an_internal_one(course):
    line = [sys.executable, "-m", "nnlab.cli", "run", "toy/one", "--plot", "--trust", "--lessons", str(course)]
    done = subprocess.run(line, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"nnlab: {course}/toy/lesson.py, line 10: KeyError: 'nothing'. Report: " in done.stderr


def test_a_long_slug_is_listed_apart_from_its_pages(course):
    (course / "toy").rename(course / "regularization")
    (course / "course.toml").write_text('format_version = 1\norder = ["regularization"]\n[title]\nen = "c"\n', "utf-8")
    line = [sys.executable, "-m", "nnlab.cli", "list", "--lessons", str(course)]
    assert "regularization  0 of 0 pages" in subprocess.run(line, capture_output=True, text=True).stdout


def test_an_experiment_that_returns_nothing_is_refused_with_its_line(course):
    lesson = edited(course, "return Experiment(", "made = Experiment(")
    with pytest.raises(LessonError, match=r"lesson\.py, line 4: the experiment 'one' returned NoneType; return an Exp"):
        load(lesson).experiment("one")


def test_a_view_of_an_unknown_kind_is_the_lessons_error_too(course):
    edited(course, 'state["nothing"]', '{"values": [1.0]}')
    edited(course, '"seen", "bars"', '"seen", "bar"')
    line = [sys.executable, "-m", "nnlab.cli", "run", "toy/one", "--plot", "--trust", "--lessons", str(course)]
    done = subprocess.run(line, capture_output=True, text=True)
    assert done.returncode == 2
    assert "lesson.py: a view cannot be drawn: no plot kind 'bar'; did you mean 'bars'?" in done.stderr


def test_a_claim_without_a_broken_form_is_refused_with_its_line(course):
    lesson = edited(course, ', broken={"wanted": 0}', "")
    with pytest.raises(LessonError, match=r"lesson\.py, line 16: the claim 'holds' has no broken form; give @claim"):
        load(lesson)


def test_an_id_that_is_bound_twice_is_refused_with_its_line(course):
    lesson = edited(course, '@claim("holds"', '@experiment("one")\ndef two():\n    return one()\n\n\n@claim("holds"')
    with pytest.raises(LessonError, match=r"lesson\.py, line 16: the experiment 'one' is bound twice"):
        load(lesson)


def test_a_claim_that_does_not_fit_is_named(course):
    with pytest.raises(LessonError, match=r"lesson\.toml, \[claims\.holds\] does not fit the lesson format: .*`zh`"):
        edited(course, 'zh = "成立"\n', "", "lesson.toml")
