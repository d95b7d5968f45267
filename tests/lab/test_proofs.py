"""Stored proofs: they hold for the code that they proved, and for no other."""

import shutil

import pytest

from nnlab.lab import proofs
from nnlab.lab.checks import Proof
from nnlab.lab.code_digest import code_digests
from nnlab.lab.course import find_course
from tests.lab.trainer_course import write_course

CLAIM = "small-rate-arrives"
PROVED = Proof(CLAIM, "toy", "proved", 1.0, "all of them", 0.1)
FAILED = Proof(CLAIM, "toy", "failed", 0.2, "all of them", 0.1)


def toy(folder):
    return find_course(folder).lesson("toy")


def edit(folder, name, before, after):
    path = folder / "toy" / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def keep(lesson, *made):
    proofs.keep(lesson, made, code_digests(lesson))


def ship(lesson, *made):
    proofs.ship(lesson, made, code_digests(lesson))


@pytest.mark.parametrize("store", [keep, ship])
def test_a_proof_does_not_vouch_for_a_lesson_that_was_edited_after_it(course_folder, store):
    """A copied proofs.json, and a proof made before, marked whatever the lesson's code had become as proved."""
    store(toy(course_folder), PROVED)
    assert proofs.read(toy(course_folder))[CLAIM].value == 1.0
    edit(course_folder, "lesson.py", "normal(3.0, 1.0", "normal(30.0, 1.0")
    assert proofs.read(toy(course_folder)) == {}
    store(toy(course_folder), PROVED)
    assert CLAIM in proofs.read(toy(course_folder))


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("en.md", "A ball rolls", "A marble rolls"),
        ("lesson.toml", 'en = "a small rate arrives"', 'en = "a small rate gets there"'),
        ("lesson.py", '"""A ball that rolls down x^2."""', '"""A marble."""'),
        ("lesson.py", "def setup(knobs, streams, xp):", "def setup(knobs, streams, xp):  # from afar"),
        ("lesson.py", "x: np.ndarray\n", 'x: np.ndarray\n    """Where it is: (S, 1)."""\n'),
        ("lesson.py", "\n", "\r\n"),
    ],
)
def test_an_edit_of_prose_keeps_the_proof(course_folder, name, before, after):
    ship(toy(course_folder), PROVED)
    edit(course_folder, name, before, after)
    assert CLAIM in proofs.read(toy(course_folder))


def test_a_file_that_the_lesson_imports_counts(course_folder):
    (course_folder / "toy" / "rolling.py").write_text("START = 3.0\n")
    ship(toy(course_folder), PROVED)
    (course_folder / "toy" / "rolling.py").write_text("START = 2.0\n")
    assert proofs.read(toy(course_folder)) == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = '#1'\n", "x = '#2'\n"),
        ('x = """a\n#1\n"""\n', 'x = """a\n#2\n"""\n'),
        ('"""Doc."""; x = 1\n', '"""Doc."""; x = 2\n'),
        ("x = f'{1}#' + '1'\n", "x = f'{1}#' + '2'\n"),
        ("'中'; x = 1\n", "'中文'; x = 2\n"),
        ("if 1:\n    x = 1\n    y = 2\n", "if 1:\n    x = 1\ny = 2\n"),
        ("not python, 1\n", "not python, 2\n"),
    ],
)
def test_what_only_looks_like_prose_is_code(course_folder, before, after):
    path = course_folder / "toy" / "part.py"
    path.write_text(before, encoding="utf-8")
    one = code_digests(toy(course_folder))
    path.write_text(after, encoding="utf-8")
    assert code_digests(toy(course_folder)) != one


def test_the_solution_decides_its_exercise_alone(tmp_path):
    folder = write_course(tmp_path / "exercised")
    before = code_digests(toy(folder))
    edit(folder, "solutions/downhill.py", "return", "return 1.0 *")
    after = code_digests(toy(folder))
    assert [name for name in before if before[name] != after[name]] == ["exercise:downhill"]


def test_a_proof_made_here_goes_before_the_shipped_one_of_the_same_code(course_folder):
    ship(toy(course_folder), PROVED)
    keep(toy(course_folder), FAILED)
    assert proofs.read(toy(course_folder))[CLAIM].status == "failed"
    edit(course_folder, "lesson.py", "steps=50", "steps=51")
    ship(toy(course_folder), PROVED)
    read = proofs.read(toy(course_folder))[CLAIM]
    assert (read.status, read.is_here) == ("proved", False)


def test_two_courses_with_a_lesson_of_the_same_name_share_no_proof(course_folder, tmp_path):
    shutil.copytree(course_folder, tmp_path / "other")
    keep(toy(course_folder), PROVED)
    assert proofs.read(toy(tmp_path / "other")) == {}
    keep(toy(tmp_path / "other"), FAILED)
    assert proofs.read(toy(course_folder))[CLAIM].status == "proved"


def test_what_failed_or_is_claimed_no_more_is_not_shipped(course_folder):
    lesson = toy(course_folder)
    ship(lesson, PROVED)
    ship(lesson, FAILED)
    assert proofs.read(lesson) == {}
    ship(lesson, PROVED)
    edit(course_folder, "lesson.toml", "[claims.small-rate-arrives]", "[claims.other]")
    ship(toy(course_folder))
    assert (course_folder / "toy" / proofs.SHIPPED).read_bytes() == b"{}\n"
