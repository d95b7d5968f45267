"""The way of a user's data: from the shell line into the experiment, the record, and back by its hash."""

import json
import os
import subprocess
import sys

import pytest

from nnlab.lab import data_files, record, wire
from nnlab.lab.course import find_course
from nnlab.lab.errors import LessonError, UsageError
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.lesson import load
from tests.lab.test_trainer import Trainer, whole_run
from tests.lab.trainer_course import write_course


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path / "taking")


@pytest.fixture
def loaded(course):
    return load(find_course(course).lesson("toy"))


@pytest.fixture
def points(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("x0,x1\n3,4\n")
    return path


def nnlab(course, *words):
    """Run a line in a process of its own, which keeps things where this test does."""
    return subprocess.run(
        [sys.executable, "-m", "nnlab.cli", *words, "--lessons", str(course), "--trust"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        check=False,
    )


def test_an_experiment_learns_from_the_data_it_is_given(loaded, points):
    data = data_files.keep(points)
    experiment, settings = make_settings(loaded, "drawn", {}, data=data, steps=0)
    result = execute(experiment, settings, probes=("x",))
    assert result.probes["x"]["x"].tolist() == [3.0, 4.0]
    assert settings.data == data.hash
    assert experiment.card({}).data_kinds == ("table",)


def test_data_for_an_experiment_that_takes_none_lists_those_that_do(loaded, points):
    with pytest.raises(UsageError, match=r"toy/walk takes no data; experiments that take data: toy/drawn \(table\)"):
        loaded.experiment("walk", data=data_files.keep(points))


def test_data_of_another_kind_is_refused(loaded, tmp_path):
    (tmp_path / "story.txt").write_text("once upon a time")
    with pytest.raises(UsageError, match=r"story\.txt holds text, but toy/drawn takes table"):
        loaded.experiment("drawn", data=data_files.keep(tmp_path / "story.txt"))


def test_the_experiment_follows_from_the_kind_of_data(loaded, points, tmp_path):
    assert loaded.experiment_for(data_files.keep(points)) == "drawn"
    (tmp_path / "story.txt").write_text("once upon a time")
    with pytest.raises(UsageError, match="holds text, but toy takes no data"):
        loaded.experiment_for(data_files.keep(tmp_path / "story.txt"))


def test_a_lesson_that_takes_an_unknown_kind_is_refused(course):
    code = course / "toy" / "lesson.py"
    code.write_text(code.read_text().replace('data=("table",)', 'data=("sound",)'))
    with pytest.raises(LessonError, match="takes 'sound', but kinds of data are table, images, text"):
        load(find_course(course).lesson("toy"))


def test_a_lesson_whose_function_takes_no_data_is_refused(course):
    code = course / "toy" / "lesson.py"
    code.write_text(code.read_text().replace("def drawn(data=None):", "def drawn():\n    data = None"))
    with pytest.raises(LessonError, match="give its function an argument data=None"):
        load(find_course(course).lesson("toy"))


def test_a_line_with_data_repeats_when_the_file_is_gone(course, points, tmp_path):
    made = nnlab(course, "run", "toy", "--data", str(points), "--steps", "20", "-o", str(tmp_path / "run"))
    assert made.returncode == 0, made.stderr
    settings = record.read_settings(tmp_path / "run")
    assert (settings.experiment, len(settings.data)) == ("drawn", 12)
    assert f"--data {settings.data}" in made.stdout
    points.unlink()
    again = nnlab(course, "run", "toy/drawn", "--data", settings.data, "--steps", "20", "--jsonl")
    kept = (tmp_path / "run" / "metrics.jsonl").read_text()
    assert again.stdout.endswith(kept)  # after what the toy lesson prints
    assert json.loads(kept.splitlines()[0])["data"] == settings.data
    repeated = nnlab(course, "replay", str(tmp_path / "run"))
    assert (repeated.returncode, "every byte the same" in repeated.stdout) == (0, True)


def test_bad_data_on_the_line_is_one_sentence_and_exit_2(course):
    answer = nnlab(course, "run", "toy/drawn", "--data", "nothing.csv")
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)


def test_the_trainer_takes_a_file_says_its_hash_and_refuses_what_is_none(course, points):
    trainer = Trainer(course)
    try:
        trainer.start(experiment="drawn", data=str(points), steps=20)
        run = whole_run(trainer)
        assert run.settings.data == data_files.keep(points).hash
        trainer.start(run=2, experiment="drawn", data="nothing.csv")
        refused = trainer.next(wire.Refused)
        assert (refused.command, "neither a file nor the hash" in refused.message) == ("start", True)
    finally:
        trainer.close()
