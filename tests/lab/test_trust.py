"""A foreign course runs only after its content was agreed to."""

from nnlab.lab import trust
from nnlab.lab.course import find_course


def test_a_foreign_course_is_trusted_once_per_content(course_folder):
    course = find_course(course_folder)
    assert not trust.is_trusted(course)
    trust.trust(course)
    assert trust.is_trusted(course)
    (course_folder / "toy" / "lesson.py").write_text("print('other')")
    assert not trust.is_trusted(course)


def test_the_bundled_course_needs_no_trust():
    assert trust.is_trusted(find_course())
