import pytest

from nnlab.lab import prose
from nnlab.lab.course import bundled_folder, find_course
from nnlab.lab.errors import LessonError, UsageError
from nnlab.lab.lesson import load


def edit(folder, name, old, new):
    path = folder / "toy" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_course_is_listed_without_running_its_code(course_folder):
    (course_folder / "toy" / "lesson.py").write_text("raise SystemExit('ran')")
    lesson = find_course(course_folder).lesson("toy")
    assert lesson.pages == ("first", "second")
    assert lesson.title("zh") == "玩具"
    assert lesson.knob_label("learning_rate", "en") == "learning rate"


def test_an_unknown_lesson_offers_the_nearest(course_folder):
    with pytest.raises(UsageError, match=r"no lesson 'toi'; did you mean 'toy'\?"):
        find_course(course_folder).lesson("toi")


def test_a_folder_without_course_toml_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"holds no course\.toml"):
        find_course(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("format_version = 1", "format_version = 9", "format_version 9"),
        ("pages =", "sides =", "does not fit the lesson format"),
        ('tier = "fast"', 'tier = "quick"', "does not fit the lesson format"),
    ],
)
def test_a_broken_lesson_file_is_named(course_folder, old, new, sentence):
    edit(course_folder, "lesson.toml", old, new)
    with pytest.raises(LessonError, match=sentence) as caught:
        find_course(course_folder).lesson("toy")
    assert "lesson.toml" in str(caught.value)


def test_deeply_nested_toml_is_an_error_and_no_crash(course_folder):
    (course_folder / "toy" / "lesson.toml").write_text("a = " + "[" * 5000 + "]" * 5000)
    with pytest.raises(LessonError, match="does not fit"):
        find_course(course_folder).lesson("toy")


def test_prose_is_read_into_blocks(course_folder):
    pages = prose.read_pages(find_course(course_folder).lesson("toy"), "en")
    kinds = [type(block).__name__ for block in pages["first"].blocks]
    assert kinds == ["Prose", "Formula", "Stage", "Predict"]
    assert pages["first"].claims() == ["small-rate-arrives"]
    assert pages["first"].stage.set == {"rate": 0.2}
    assert pages["second"].title == "Second page"


def test_the_right_answer_is_the_one_whose_range_holds_the_measured_value(course_folder):
    page = prose.read_page(find_course(course_folder).lesson("toy"), "first", "en")
    (question,) = page.find(prose.Predict)
    assert question.right_answer(0.3) == 0
    assert question.right_answer(7.0) == 1
    assert question.right_answer(float("nan")) is None


def test_numbers_are_filled_in():
    assert (
        prose.fill("at {metric:loss} of {claim:a-b}", lambda kind, name: f"<{kind} {name}>")
        == "at <metric loss> of <claim a-b>"
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("nnlab stage\n", "nnlab scene\n", "line 9: unknown directive 'scene'"),
        ('metric = "distance"', "metrics = 3", "the predict directive does not fit"),
        ("{#second}", "{#first}", "used twice"),
        ("{#second}", "", "a page starts at"),
        ("{#second}", "{#third}", "lesson.toml lists first, second"),
    ],
)
def test_a_wrong_page_is_named_with_file_and_line(course_folder, old, new, sentence):
    edit(course_folder, "en.md", old, new)
    with pytest.raises(LessonError, match=sentence) as caught:
        prose.read_pages(find_course(course_folder).lesson("toy"), "en")
    assert "en.md" in str(caught.value)


def test_ids_and_code_must_match(course_folder):
    lesson = find_course(course_folder).lesson("toy")
    assert list(load(lesson).experiments) == ["walk"]
    edit(course_folder, "lesson.py", '@experiment("walk")', '@experiment("wolk")')
    with pytest.raises(LessonError, match=r"lesson\.py defines no experiment 'walk'"):
        load(lesson)


def test_an_extra_id_is_an_error_that_names_the_file(course_folder):
    edit(course_folder, "lesson.py", '@goal("arrive")', '@experiment("more")\ndef more(): ...\n\n@goal("arrive")')
    with pytest.raises(LessonError, match=r"lesson\.py defines the experiment 'more'"):
        load(find_course(course_folder).lesson("toy"))


def test_code_that_fails_becomes_one_sentence(course_folder):
    (course_folder / "toy" / "lesson.py").write_text("1 / 0")
    with pytest.raises(LessonError, match=r"lesson\.py, line 1 failed while loading: ZeroDivisionError"):
        load(find_course(course_folder).lesson("toy"))


def test_an_unknown_experiment_offers_the_nearest(course_folder):
    with pytest.raises(UsageError, match="did you mean 'walk'"):
        load(find_course(course_folder).lesson("toy")).experiment("wak")


@pytest.mark.parametrize(("language", "said"), [("en", "φ = step"), ("zh", "φ = 阶跃")])
def test_a_goal_calls_a_choice_by_its_word_or_by_its_own_name(language, said):
    assert find_course(None).lesson("perceptrons").line("φ = step", language) == said


def test_the_bundled_course_is_the_same_wherever_nnlab_lies(course_folder):
    assert find_course().key == find_course(bundled_folder("lessons")).key == ""
    assert find_course(course_folder).key == str(course_folder.resolve())
