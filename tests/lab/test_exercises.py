"""Code exercises: bound to their experiment, checked, put into a run, proved, and repeated from a record."""

import dataclasses

import numpy as np
import pytest

from nnlab.commands import replay, run
from nnlab.lab import code_files, exercise_proofs, exercises, record
from nnlab.lab.course import find_course
from nnlab.lab.errors import LessonError, UsageError
from nnlab.lab.faults import CodeError
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.lesson import load
from tests.lab.trainer_course import SOLUTION, START, write_course


@pytest.fixture
def folder(tmp_path):
    return write_course(tmp_path / "exercised")


@pytest.fixture
def loaded(folder):
    return load(find_course(folder).lesson("toy"))


def losses(loaded, code=""):
    recipe, settings = make_settings(loaded, "walk", {}, code=code)
    return execute(recipe, settings).series("loss")[1]


def test_the_learners_function_replaces_ours_in_the_run(loaded):
    assert np.array_equal(losses(loaded), losses(loaded, SOLUTION))
    assert losses(loaded, START)[-1] > losses(loaded)[-1]


def test_the_run_is_named_by_the_hash_of_its_code(loaded):
    _, settings = make_settings(loaded, "walk", {}, code=SOLUTION)
    _, ours = make_settings(loaded, "walk", {})
    assert settings.shell_line(ours).endswith(f"--code {code_files.keep(SOLUTION)}")
    assert record.settings_from(record.settings_dict(settings)) == settings
    assert "code" not in record.settings_dict(ours), "records of runs without own code stay as they were"


def test_code_for_an_experiment_that_takes_none_is_refused_with_those_that_do(loaded):
    with pytest.raises(UsageError, match="toy/print takes no code; experiments that do: walk"):
        make_settings(loaded, "print", {}, code=SOLUTION)


def test_an_unknown_exercise_is_refused_with_the_nearest(loaded):
    with pytest.raises(UsageError, match="did you mean 'downhill'"):
        exercises.check(loaded, "downhil", SOLUTION)


def test_a_fault_amid_the_run_ends_it_with_the_line(loaded):
    fails_late = (
        "calls = []\ndef move(x, rate):\n    calls.append(1)\n    return x if len(calls) < 9 else x + nothing\n"
    )
    with pytest.raises(CodeError, match="line 4: nothing is not defined"):
        losses(loaded, fails_late)


def test_a_function_that_breaks_the_checks_themselves_is_a_fault_not_a_crash(loaded):
    result = exercises.check(loaded, "downhill", "def move(x, rate):\n    return 'far'\n")
    assert result.fault.kind == "raised"
    assert not result.passes


def test_the_proof_holds_for_a_sound_exercise(loaded):
    proof = exercise_proofs.prove(loaded, "downhill")
    assert (proof.id, proof.status, proof.message) == ("exercise:downhill", "proved", "")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda folder, bound: (folder / "exercises" / "downhill.py").write_text(SOLUTION), "already passes"),
        (lambda folder, bound: (folder / "solutions" / "downhill.py").write_text(START), "does not pass (move(1"),
        (lambda folder, bound: {"wrong": lambda x, rate: x - rate * 2 * x}, "its wrong function passes; its wrong"),
    ],
)
def test_the_proof_fails_for_an_unsound_one_and_says_why(loaded, folder, change, said):
    changes = change(folder / "toy", loaded.codes["downhill"])
    if isinstance(changes, dict):
        bound = dataclasses.replace(loaded.codes["downhill"], **changes)
        loaded = dataclasses.replace(loaded, codes={"downhill": bound})
    proof = exercise_proofs.prove(loaded, "downhill")
    assert proof.status == "failed"
    assert said in proof.message


def test_a_lesson_without_the_files_of_an_exercise_is_refused(folder):
    (folder / "toy" / "solutions" / "downhill.py").unlink()
    with pytest.raises(LessonError, match=r"solutions.downhill\.py is missing"):
        load(find_course(folder).lesson("toy"))


def test_an_experiment_that_does_not_take_the_function_is_refused(folder):
    code = folder / "toy" / "lesson.py"
    code.write_text(code.read_text().replace('name="move"', 'name="stroll"'))
    with pytest.raises(LessonError, match="takes no 'stroll'"):
        load(find_course(folder).lesson("toy"))


@pytest.fixture
def kept_run(folder, tmp_path):
    """A run with the learner's code, kept in a folder."""
    (tmp_path / "mine.py").write_text(START)
    options = dict.fromkeys(("steps", "max_seconds", "max_memory"))
    options |= dict.fromkeys(("until_goal", "plot", "as_json", "as_jsonl", "is_ascii"), False)
    code = run.run(
        "toy/walk",
        folder=folder,
        is_trusted=True,
        blas_threads=1,
        assignments=(),
        changes=(),
        seed=1,
        seeds=1,
        device="cpu",
        output=tmp_path / "run",
        data=None,
        keep=False,
        target=None,
        layers=None,
        code=str(tmp_path / "mine.py"),
        **options,
    )
    assert code == 0
    return tmp_path / "run"


def test_a_kept_run_repeats_with_the_code_that_it_was_made_with(kept_run, folder):
    assert code_files.find(record.read_settings(kept_run).code) == START
    assert replay.replay(str(kept_run), folder, is_trusted=True) == 0


def test_a_record_whose_code_was_changed_is_refused(kept_run, folder):
    (kept_run / "code.py").write_text(SOLUTION)
    with pytest.raises(UsageError, match="has changed since the run"):
        replay.replay(str(kept_run), folder, is_trusted=True)


def test_a_record_of_somebody_elses_code_asks_for_trust(kept_run, folder, home, monkeypatch, tmp_path):
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "elsewhere"))
    with pytest.raises(UsageError, match="never tried here"):
        replay.replay(str(kept_run), folder, is_trusted=False)
