import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from nnlab.lab import files, trust
from nnlab.lab.course import find_course
from nnlab.lab.progress import AnswerGiven, Progress


def test_progress_is_kept_for_the_next_lab(tmp_path):
    path = tmp_path / "progress.json"
    Progress(path).read_page("toy", "first")
    Progress(path).answer("toy", "how-far", AnswerGiven(0, True, 0.3))
    kept = Progress(path).lesson("toy")
    assert kept.read == ["first"]
    assert kept.page == "first"
    assert kept.answers["how-far"].right


def test_the_first_answer_stays(tmp_path):
    progress = Progress(tmp_path / "progress.json")
    progress.answer("toy", "how-far", AnswerGiven(1, False, 0.3))
    progress.answer("toy", "how-far", AnswerGiven(0, True, 0.3))
    assert not progress.lesson("toy").answers["how-far"].right


def test_done_counts_only_exercises_that_the_lesson_has(tmp_path, course_folder):
    lesson = find_course(course_folder).lesson("toy")
    progress = Progress(tmp_path / "progress.json")
    progress.answer("toy", "gone", AnswerGiven(0, True, 0.0))
    progress.reach_goal("toy", "arrive", "nnlab run toy/walk --seed 1")
    assert progress.lesson("toy").done(lesson) == 1


@pytest.mark.parametrize("content", [b"{", b'{"lessons": 3}', b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_progress_file_is_moved_aside_and_the_lab_opens(tmp_path, content):
    path = tmp_path / "progress.json"
    path.write_bytes(content)
    progress = Progress(path)
    assert "damaged" in progress.notice
    assert progress.lesson("toy").read == []
    (aside,) = tmp_path.glob("progress.damaged-*.json")
    assert aside.read_bytes() == content
    progress.read_page("toy", "first")
    assert Progress(path).lesson("toy").read == ["first"]


def test_two_labs_at_once_lose_no_update(tmp_path):
    path = tmp_path / "progress.json"

    def read_pages(lab):
        progress = Progress(path)
        for page in range(20):
            progress.read_page("toy", f"{lab}-{page}")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(read_pages, range(2)))
    assert len(Progress(path).lesson("toy").read) == 40


def test_a_kill_in_the_middle_of_writing_leaves_the_old_file_or_the_new_one(tmp_path):
    path = tmp_path / "kept.json"
    files.write_atomically(path, b'{"n": -1}')
    code = (
        "import sys, itertools\nfrom pathlib import Path\nfrom nnlab.lab.files import write_atomically\n"
        "for n in itertools.count():\n"
        '    write_atomically(Path(sys.argv[1]), b\'{"n": %d, "pad": "%s"}\' % (n, b\'x\' * 100_000))\n'
        "    print(n, flush=True)\n"
    )
    for kills in range(1, 6):
        writer = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
        for _ in range(kills * 3):
            writer.stdout.readline()
        writer.kill()
        writer.wait()
        writer.stdout.close()
        assert json.loads(path.read_bytes())["n"] >= 0


def test_a_foreign_course_is_trusted_once_per_content(course_folder):
    course = find_course(course_folder)
    assert not trust.is_trusted(course)
    trust.trust(course)
    assert trust.is_trusted(course)
    (course_folder / "toy" / "lesson.py").write_text("print('other')")
    assert not trust.is_trusted(course)


def test_the_bundled_course_needs_no_trust():
    assert trust.is_trusted(find_course())


def test_a_failed_write_leaves_no_temporary_file(tmp_path):
    target = tmp_path / "folder"
    target.mkdir()
    with pytest.raises(OSError, match=r".*"):
        files.write_atomically(target, b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_the_progress_file_is_plain_json(tmp_path):
    path = tmp_path / "progress.json"
    Progress(path).read_page("toy", "first")
    assert msgspec.json.decode(path.read_bytes())["lessons"]["toy"]["page"] == "first"
