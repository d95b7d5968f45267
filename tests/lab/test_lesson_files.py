"""A lesson whose code stands in several files."""

from nnlab.lab.course import find_course
from nnlab.lab.lesson import load


def test_a_lesson_may_import_the_files_beside_it_and_sees_them_as_they_are_now(tmp_path):
    folder = tmp_path / "split"
    folder.mkdir()
    (tmp_path / "course.toml").write_text('format_version = 1\norder = ["split"]\n[title]\nen = "c"\n')
    (folder / "lesson.toml").write_text(
        'format_version = 1\npages = []\nexperiments = ["one"]\n[title]\nen = "s"\n[summary]\nen = "s"\n'
    )
    (folder / "lesson.py").write_text("from .part import one\n\n__all__ = ['one']\n")
    for answer in (41, 42):
        (folder / "part.py").write_text(
            "from nnlab.lab.authoring import Experiment, experiment\n\n"
            "@experiment('one')\ndef one():\n"
            f"    return Experiment(knobs=(), setup=dict, step=dict, steps={answer})  # version {'x' * answer}\n"
        )
        assert load(find_course(tmp_path).lesson("split")).experiment("one").steps == answer
