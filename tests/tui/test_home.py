"""Home tells where you were, truly, and names the page to go on with."""

from pathlib import Path

import pytest

from nnlab.lab.progress import AnswerGiven
from nnlab.tui import actions
from nnlab.tui.screens.home import HomeScreen
from nnlab.tui.widgets.lesson_list import LessonList, LessonRow

PAGES = {"neuron": "One neuron", "rule": "A rule that learns", "line": "One line is not enough"}


@pytest.fixture
def prose(course_folder: Path) -> None:
    """Write the pages of both lessons."""
    text = "".join(f"# {title} {{#{page}}}\n\nWords.\n\n" for page, title in PAGES.items())
    for slug in ("perceptrons", "losses"):
        for language in ("en", "zh"):
            (course_folder / slug / f"{language}.md").write_text(text)


def test_a_new_lesson_starts_at_its_first_page(make_app, drive, shown, prose) -> None:
    app = make_app()

    async def script(pilot) -> None:
        assert "start with page 1, “One neuron”" in shown(app)
        assert "●" not in shown(app)

    drive(app, script, (120, 36))


def test_the_chosen_lesson_offers_the_page_where_it_was_left(make_app, drive, shown, prose) -> None:
    app = make_app()
    app.progress.read_page("perceptrons", "neuron")
    app.progress.read_page("perceptrons", "line")

    async def script(pilot) -> None:
        text = shown(app)
        assert "continue at page 3, “One line is not enough”" in text
        assert "● ○ ●" in text

    drive(app, script, (120, 36))


def test_progress_made_in_a_lesson_shows_when_home_comes_back(make_app, drive, shown, prose) -> None:
    app = make_app()

    async def script(pilot) -> None:
        assert "0 of 1" in shown(app)
        await pilot.press("question_mark")
        for page in PAGES:
            app.progress.read_page("perceptrons", page)
        app.progress.answer("perceptrons", "guess", AnswerGiven(0, True, 1.0))
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        assert "● ● ●" in shown(app)
        assert "✓ 1 of 1" in shown(app)

    drive(app, script, (120, 36))


def test_a_lesson_without_prose_is_named_by_its_page_id(make_app, drive, shown) -> None:
    app = make_app()

    async def script(pilot) -> None:
        assert "start with page 1, “neuron”" in shown(app)

    drive(app, script, (120, 36))


def test_a_broken_lesson_is_told_in_its_row_and_the_others_stay(make_app, course_folder: Path, drive, shown) -> None:
    (course_folder / "perceptrons" / "lesson.toml").write_text("pages = 3")
    app = make_app()

    async def script(pilot) -> None:
        assert "does not fit the lesson format" in shown(app)
        assert "losses" in shown(app)

    drive(app, script, (120, 36))


def test_a_lesson_whose_pages_have_a_mistake_is_told_and_home_stays(
    make_app, course_folder: Path, drive, shown
) -> None:
    page = "# Neuron {#neuron}\n\n```nnlab predikt\n```\n"
    (course_folder / "perceptrons" / "en.md").write_text(page, encoding="utf-8")
    app = make_app()

    async def script(pilot) -> None:
        app.open_lesson("perceptrons")
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        assert "en.md, line 3: unknown directive 'predikt'" in " ".join(shown(app).split())

    drive(app, script, (160, 48))


def test_the_chosen_row_stays_in_sight_in_a_long_course(make_app, course_folder: Path, drive, shown) -> None:
    slugs = [f"lesson{number}" for number in range(30)]
    source = (course_folder / "losses" / "lesson.toml").read_text(encoding="utf-8")
    for slug in slugs:
        (course_folder / slug).mkdir()
        (course_folder / slug / "lesson.toml").write_text(source.replace('"losses"', f'"{slug}"'), encoding="utf-8")
    order = ", ".join(f'"{slug}"' for slug in slugs)
    (course_folder / "course.toml").write_text(f'format_version = 1\norder = [{order}]\ntitle = {{en = "Test"}}\n')
    app = make_app()

    async def script(pilot) -> None:
        for number in (29, 0, 15):
            app.screen.query_one(LessonList).chosen = number
            await pilot.pause()
            assert f"lesson{number} " in shown(app)

    from nnlab.lab.course import find_course

    app.course = find_course(course_folder)
    drive(app, script, (80, 24))


def test_rows_that_do_not_fit_are_marked(make_app, drive, shown) -> None:
    app = make_app()

    async def script(pilot) -> None:
        listing = app.screen.query_one(LessonList)
        listing.styles.height = 2
        await pilot.pause()
        assert "↓" in shown(app).split("\n")[listing.region.bottom - 1]
        listing.chosen = 1
        await pilot.pause()
        assert "↑" in shown(app).split("\n")[listing.region.y]

    drive(app, script)


@pytest.mark.parametrize(("read", "dots"), [(0, "·····"), (3, "●····"), (10, "●●●●●")])
def test_pages_that_do_not_fit_are_shown_as_a_share(make_app, drive, read, dots) -> None:
    """Ten pages in five dots, three of them read, once looked like three of five."""
    row = LessonRow("a", "a", "", (True,) * read + (False,) * (10 - read), 0, 9, 1, "p", "start")
    listing = LessonList([row])
    app = make_app()

    async def script(pilot) -> None:
        await app.screen.mount(listing)
        listing.styles.width, listing.styles.height = 22, 3
        await pilot.pause()
        line = str(listing.render()).splitlines()[0]
        assert f" {dots} 0 of 9" in line

    drive(app, script)


def test_a_title_that_does_not_fit_keeps_away_from_its_count(make_app, drive, shown) -> None:
    app = make_app()

    async def script(pilot) -> None:
        lessons = app.screen.query_one(LessonList)
        lessons.rows = (
            LessonRow("a", "a title longer than its row is wide here", "", (False,) * 3, 0, 7, 1, "p", "start"),
        )
        await pilot.pause()
        assert " 0 of 7" in shown(app)
        assert "…" in shown(app)

    drive(app, script, (80, 24))


async def find_in_palette(pilot, words: str) -> None:
    await pilot.press("slash")
    pilot.app.screen.query_one("Input").value = words
    await pilot.pause()
    await pilot.press("enter")
    await pilot.pause()


@pytest.mark.parametrize(
    ("words", "left"), [("reset this lesson", ("losses",)), ("reset all progress", ())], ids=["lesson", "all"]
)
def test_progress_is_forgotten_only_after_a_yes(make_app, drive, shown, prose, words, left) -> None:
    app = make_app()
    for slug in ("perceptrons", "losses"):
        app.progress.read_page(slug, "neuron")
        app.progress.answer(slug, "guess", AnswerGiven(0, True, 1.0))

    async def script(pilot) -> None:
        await find_in_palette(pilot, words)
        assert "Forget what you did in" in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert app.progress.slugs == ("perceptrons", "losses")
        await find_in_palette(pilot, words)
        await pilot.press("y")
        await pilot.pause()
        assert app.progress.slugs == left
        assert isinstance(app.screen, HomeScreen)
        assert shown(app).count("0 of 1") == 2 - len(left)
        assert "start with page 1" in shown(app)

    drive(app, script, (120, 36))


def test_where_nothing_was_done_the_palette_offers_no_reset(make_app, drive, shown, prose) -> None:
    app = make_app()
    app.progress.read_page("losses", "neuron")

    async def script(pilot) -> None:
        offered = {action.id for action in actions.available(app.screen)}
        assert "forget" not in offered
        assert "forget_all" in offered
        app.screen.query_one(LessonList).chosen = 1
        assert "forget" in {action.id for action in actions.available(app.screen)}

    drive(app, script, (120, 36))


def test_the_question_is_asked_in_the_language_and_the_characters_of_the_lab(make_app, drive, shown, prose) -> None:
    app = make_app()
    app.progress.read_page("perceptrons", "neuron")

    async def script(pilot) -> None:
        app.screen.action_forget()
        await pilot.pause()
        await pilot.press("l")
        await pilot.pause()
        assert "清除“感知机”一课的进度" in shown(app)
        await pilot.press("l")
        app.action_glyphs()
        await pilot.pause()
        assert 'Forget what you did in "perceptrons"' in shown(app)

    drive(app, script, (80, 24))


def test_where_titles_leave_no_room_the_chosen_row_shows_its_pages_below(make_app, drive, shown) -> None:
    title = "as long as a title can be here"
    app = make_app()

    async def script(pilot) -> None:
        lessons = app.screen.query_one(LessonList)
        lessons.rows = (LessonRow("a", title, "", (True,) * 3 + (False,) * 7, 0, 7, 4, "p", "continue"),)
        await pilot.pause()
        first, second = str(lessons.render()).splitlines()[:2]
        assert "●" not in first
        assert second.rstrip().endswith("●●●·······")

    drive(app, script, (80, 24))
