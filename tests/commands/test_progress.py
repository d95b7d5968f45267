"""`nnlab progress reset` forgets what it was told to, and nothing before it was sure."""

import json
import os
import pty
import subprocess
import sys

import pytest

from nnlab.lab.progress import AnswerGiven, Progress
from nnlab.lab.verdicts import Check, Score


@pytest.fixture
def progress_file(tmp_path, monkeypatch, environment):
    """Progress in two bundled lessons, in one that is no more, and in a course that is not here."""
    monkeypatch.setenv("NNLAB_HOME", environment["NNLAB_HOME"])
    progress = Progress()
    progress.read_page("perceptrons", "neuron")
    progress.answer("losses", "guess", AnswerGiven(0, True, 1.0))
    progress.read_page("elsewhere", "first")
    Progress(course="/gone").read_page("perceptrons", "first")
    return progress.path


def lessons_in(path):
    return sorted(json.loads(path.read_bytes())["lessons"])


def answered(environment, answer, *arguments):
    """Run `nnlab ARGUMENTS` with a terminal on stdin that types an answer."""
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{answer}\n".encode())
        command = [sys.executable, "-m", "nnlab.cli", *arguments]
        return subprocess.run(command, stdin=theirs, capture_output=True, text=True, env=environment)
    finally:
        os.close(ours)
        os.close(theirs)


def test_a_lesson_is_forgotten_alone(nnlab, progress_file):
    done = nnlab("progress", "reset", "perceptrons", "--yes")
    assert lessons_in(progress_file) == ["elsewhere", "losses"]
    assert done.stdout == ""
    listed = {lesson["slug"]: lesson["progress"] for lesson in json.loads(nnlab("list", "--json").stdout)["lessons"]}
    assert listed["perceptrons"]["read"] == []
    assert listed["losses"]["answers"] == {"guess": True}


def test_a_lesson_that_is_no_more_can_be_forgotten(nnlab, progress_file):
    nnlab("progress", "reset", "elsewhere", "--yes")
    assert lessons_in(progress_file) == ["losses", "perceptrons"]


def test_every_lesson_of_a_course_is_forgotten_and_of_no_other(nnlab, progress_file):
    nnlab("progress", "reset", "--yes")
    assert lessons_in(progress_file) == []
    assert json.loads(progress_file.read_bytes())["courses"]["/gone"]["perceptrons"]["read"] == ["first"]


def test_a_course_that_is_gone_can_be_forgotten(nnlab, progress_file):
    nnlab("progress", "reset", "--lessons", "/gone", "--yes")
    assert lessons_in(progress_file) == ["elsewhere", "losses", "perceptrons"]
    assert json.loads(progress_file.read_bytes())["courses"] == {}
    assert "holds no course.toml" in nnlab("progress", "reset", "--lessons", "/gone", expect=2).stderr


def test_without_a_terminal_it_is_refused(nnlab, progress_file):
    before = progress_file.read_bytes()
    assert "repeat with --yes" in nnlab("progress", "reset", expect=2).stderr
    assert progress_file.read_bytes() == before


def test_a_terminal_is_asked_and_only_yes_forgets(environment, progress_file):
    done = answered(environment, "n", "progress", "reset", "losses")
    assert (done.returncode, lessons_in(progress_file)) == (1, ["elsewhere", "losses", "perceptrons"])
    assert "Forget the pages read" in done.stderr
    assert answered(environment, "y", "progress", "reset", "losses").returncode == 0
    assert lessons_in(progress_file) == ["elsewhere", "perceptrons"]


def test_an_unknown_lesson_is_named_with_the_nearest_one(nnlab, progress_file):
    done = nnlab("progress", "reset", "perceptron", "--yes", expect=2)
    assert "did you mean 'perceptrons'?" in done.stderr
    assert lessons_in(progress_file) == ["elsewhere", "losses", "perceptrons"]


def test_where_nothing_was_done_nothing_is_asked(nnlab):
    assert "nothing was done in gan yet" in nnlab("progress", "reset", "gan").stderr
    assert "nothing was done in any lesson yet" in nnlab("progress", "reset").stderr


def test_list_shows_a_lessons_pages_answers_goals_and_best_scores(nnlab, progress_file):
    progress, check = Progress(), Check("W + b ≤ 60", 51, True, score=Score(51, "smaller"))
    progress.reach_goal("perceptrons", "small-spirals", "nnlab run one")
    progress.keep_best("perceptrons", "small-spirals", check, "nnlab run best")
    lines = nnlab("list", "perceptrons").stdout.splitlines()
    assert "  ✓ neuron" in lines
    assert "  · perceptron-rule" in lines
    assert "1 of 8 exercises" in lines
    goal = next(line for line in lines if "small-spirals" in line)
    assert goal.split(maxsplit=3) == ["✓", "small-spirals", "goal", "best: 51 (W + b ≤ 60)   nnlab run best"]
    best = json.loads(nnlab("list", "perceptrons", "--json").stdout)["progress"]["best"]
    assert best == {
        "small-spirals": {"check": "W + b ≤ 60", "value": 51, "measured": 51, "run": "nnlab run best"},
    }
    nnlab("progress", "reset", "perceptrons", "--yes")
    assert json.loads(nnlab("list", "perceptrons", "--json").stdout)["progress"]["best"] == {}
    assert "did you mean 'perceptrons'?" in nnlab("list", "perceptron", expect=2).stderr


def test_list_shows_one_lessons_experiments(nnlab):
    lines = nnlab("list", "perceptrons", "--experiments").stdout.splitlines()
    assert "perceptrons/xor" in lines
    assert all(line.startswith("perceptrons/") for line in lines)
