"""Progress is true, kept, and each course's own."""

import math
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from nnlab.lab.course import find_course
from nnlab.lab.progress import AnswerGiven, Progress
from nnlab.lab.verdicts import Check, Score, scored


def test_progress_is_kept_for_the_next_lab(tmp_path):
    path = tmp_path / "progress.json"
    Progress(path).read_page("toy", "first")
    Progress(path).answer("toy", "how-far", AnswerGiven(0, True, 0.3))
    kept = Progress(path).lesson("toy")
    assert kept.read == ["first"]
    assert kept.page == "first"
    assert kept.answers["how-far"].right


def test_two_courses_with_a_lesson_of_the_same_name_share_no_progress(tmp_path, course_folder):
    """Progress was kept by the lesson's slug alone: a copied course showed the pages that were read in the bundled."""
    path = tmp_path / "progress.json"
    course = find_course(course_folder)
    Progress(path).read_page("toy", "bundled")
    own = Progress(path, course=course.key)
    assert own.lesson("toy").read == []
    own.read_page("toy", "first")
    own.reset()
    own.read_page("toy", "second")
    assert Progress(path).lesson("toy").read == ["bundled"]
    assert Progress(path, course=find_course(course_folder).key).lesson("toy").read == ["second"]


def test_the_first_answer_stays(tmp_path):
    progress = Progress(tmp_path / "progress.json")
    progress.answer("toy", "how-far", AnswerGiven(1, False, 0.3))
    progress.answer("toy", "how-far", AnswerGiven(0, True, 0.3))
    assert not progress.lesson("toy").answers["how-far"].right


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_an_answer_by_a_diverged_run_does_not_damage_the_file(tmp_path, value):
    """NaN was written as null, which is no number: at the next start all progress was moved aside."""
    path = tmp_path / "progress.json"
    Progress(path).answer("toy", "how-far", AnswerGiven(0, False, value))
    again = Progress(path)
    assert again.notice == ""
    assert again.lesson("toy").answers["how-far"] == AnswerGiven(0, False, None)


def test_done_counts_only_exercises_that_the_lesson_has(tmp_path, course_folder):
    lesson = find_course(course_folder).lesson("toy")
    progress = Progress(tmp_path / "progress.json")
    progress.answer("toy", "gone", AnswerGiven(0, True, 0.0))
    progress.reach_goal("toy", "arrive", "nnlab run toy/walk --seed 1")
    assert progress.lesson("toy").done(lesson) == 1


@pytest.mark.parametrize(
    "content", [b"{", b'{"lessons": 3}', b'{"lessons": {"toy": {"best": {"few": 3}}}}', b"\xff\xfe", b"[" * 100_000]
)
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


def test_the_progress_file_is_plain_json(tmp_path):
    path = tmp_path / "progress.json"
    Progress(path).read_page("toy", "first")
    assert msgspec.json.decode(path.read_bytes())["lessons"]["toy"]["page"] == "first"


def smaller(value, text="W + b ≤ 60"):
    return Check(text, value, True, score=Score(value, "smaller"))


def test_the_best_score_of_a_goal_is_kept_with_its_run(tmp_path):
    path = tmp_path / "progress.json"
    progress = Progress(path)
    kept = [progress.keep_best("toy", "few", smaller(value), f"run {value}") for value in (51, 60, 51, math.nan, 43)]
    assert kept == [True, False, False, False, True]
    best = Progress(path).lesson("toy").best["few"]
    assert (best.value, best.measured, best.run, best.check) == (43, 43, "run 43", "W + b ≤ 60")
    larger = [Check("test", f"{value} %", True, score=Score(value, "larger")) for value in (95, 97, 96)]
    assert [progress.keep_best("toy", "right", check, "") for check in larger] == [True, True, False]
    assert progress.lesson("toy").best["right"].measured == "97 %"


def test_a_score_of_another_check_takes_the_place_of_one_that_cannot_be_compared(tmp_path):
    progress = Progress(tmp_path / "progress.json")
    progress.keep_best("toy", "few", smaller(51), "")
    assert progress.keep_best("toy", "few", smaller(900, "time ≤ 1000"), "")
    assert progress.lesson("toy").best["few"].value == 900


def test_two_labs_at_once_keep_the_better_score(tmp_path):
    path = tmp_path / "progress.json"
    one, other = Progress(path), Progress(path)
    one.keep_best("toy", "few", smaller(43), "")
    other.keep_best("toy", "few", smaller(51), "")
    assert other.lesson("toy").best["few"].value == 43


def test_only_a_goal_that_holds_has_a_score():
    counted = smaller(51)
    assert scored((Check("data", "spirals", True), counted, smaller(3, "later"))) is counted
    assert scored((Check("data", "moons", False), counted)) is None
    assert scored((Check("data", "spirals", True),)) is None


def test_a_progress_file_from_before_best_scores_loads(tmp_path):
    path = tmp_path / "progress.json"
    path.write_text(
        '{"format_version":1,"lessons":{"toy":{"read":["first"],"page":"first","goals":{"arrive":"line"}}}}'
    )
    progress = Progress(path)
    assert progress.notice == ""
    assert progress.lesson("toy").best == {}
    assert progress.keep_best("toy", "arrive", smaller(1), "")
    assert Progress(path).lesson("toy").read == ["first"]
