"""Files of code exercises: the learner's own is kept, every version can be found again, and no name leads elsewhere."""

from dataclasses import replace

import pytest

from nnlab.lab import code_files
from nnlab.lab.course import find_course
from nnlab.lab.errors import LessonError, UsageError
from tests.lab.trainer_course import SOLUTION, START, write_course


@pytest.fixture
def lesson(tmp_path):
    return find_course(write_course(tmp_path / "exercised")).lesson("toy")


def test_the_learner_starts_from_the_starting_point_and_keeps_what_is_written(lesson, home):
    assert code_files.learner_code(lesson, "downhill") == START
    path = code_files.write_learner_code(lesson, "downhill", "mine\n")
    assert path.is_relative_to(home / "data" / "code")
    assert code_files.learner_code(lesson, "downhill") == "mine\n"
    assert code_files.solution(lesson, "downhill") == SOLUTION


def test_two_courses_with_an_exercise_of_the_same_name_share_no_code(lesson, tmp_path, home):
    """Code was kept by the names of lesson and exercise alone: a copied course opened what was written in another."""
    bundled = replace(lesson, course="")
    other = find_course(write_course(tmp_path / "other")).lesson("toy")
    for number, one in enumerate((bundled, lesson, other)):
        code_files.write_learner_code(one, "downhill", f"{number}\n")
    written = [code_files.learner_code(one, "downhill") for one in (bundled, lesson, other)]
    assert written == ["0\n", "1\n", "2\n"]
    assert code_files.learner_file(bundled, "downhill") == home / "data" / "code" / "toy" / "downhill.py"


def test_a_starting_point_in_the_learners_language_goes_first(lesson):
    (lesson.folder / "exercises" / "downhill.zh.py").write_text('"""下坡。"""\n', encoding="utf-8")
    assert "下坡" in code_files.starting_point(lesson, "downhill", "zh")
    assert code_files.starting_point(lesson, "downhill", "en") == START


def test_kept_code_is_found_by_its_hash_or_the_first_digits_of_it(home):
    name = code_files.keep(SOLUTION)
    assert code_files.keep(SOLUTION + "\n") == name, "the same content has one name"
    assert code_files.is_kept(name)
    assert code_files.find(name) == code_files.find(name[:5]) == SOLUTION


def test_a_file_is_found_by_its_path(tmp_path):
    (tmp_path / "mine.py").write_text(SOLUTION)
    assert code_files.find(str(tmp_path / "mine.py")) == SOLUTION


@pytest.mark.parametrize("name", ["0123abcd", "../kept/x", "nothing.py", ""])
def test_what_is_neither_is_refused_in_one_sentence(name):
    with pytest.raises(UsageError, match="neither a file nor the hash"):
        code_files.find(name)


def test_a_file_that_is_no_text_or_too_long_is_refused(tmp_path):
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="no UTF-8 text"):
        code_files.find(str(tmp_path / "binary.py"))
    (tmp_path / "long.py").write_text("x = 1\n" * 60_000)
    with pytest.raises(UsageError, match="more than 100,000 bytes"):
        code_files.find(str(tmp_path / "long.py"))


@pytest.mark.parametrize("exercise", ["../../outside", "a/b", "", ".hidden"])
def test_the_name_of_an_exercise_cannot_lead_out_of_its_folder(lesson, exercise):
    with pytest.raises(LessonError, match="cannot name a code exercise"):
        code_files.write_learner_code(lesson, exercise, "x")
    with pytest.raises(LessonError, match="cannot name a code exercise"):
        code_files.learner_file(replace(lesson, slug="../up"), "downhill")
