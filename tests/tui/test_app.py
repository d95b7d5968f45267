"""The shell: keys, themes, languages, sizes, footer, help and palette."""

import pytest
from textual.app import App
from textual.events import MouseDown
from textual.geometry import Offset
from textual.screen import Screen

from nnlab.tui import actions
from nnlab.tui.screens.help import HelpScreen
from nnlab.tui.screens.home import HomeScreen
from nnlab.tui.screens.palette import ChoiceList, PaletteScreen
from nnlab.tui.screens.room import RoomScreen
from nnlab.tui.terminal import Terminal
from nnlab.tui.widgets.footer import Footer
from nnlab.tui.widgets.lesson_list import LessonList

SIZES = [(160, 48), (120, 36), (80, 24), (60, 24), (40, 24), (40, 12)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("glyphs", ["braille", "ascii"])
def test_home_names_every_lesson_and_keeps_help_in_the_last_row(make_app, drive, shown, size, glyphs) -> None:
    app = make_app(Terminal(glyphs=glyphs))

    async def script(pilot) -> None:
        lines = shown(app).split("\n")
        assert any("perceptrons" in line for line in lines)
        assert any("losses" in line for line in lines)
        assert "? help" in lines[-1]
        if glyphs == "ascii":
            assert shown(app).replace("中文", "").isascii()

    drive(app, script, size)


@pytest.mark.parametrize("size", [(39, 24), (40, 11), (1, 1), (10, 3)])
def test_a_terminal_that_is_too_small_shows_one_sentence_until_it_grows(make_app, drive, shown, size) -> None:
    app = make_app()

    async def script(pilot) -> None:
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert isinstance(app.screen, RoomScreen)
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        assert "perceptrons" in shown(app)

    drive(app, script)


def test_room_sentence_tells_what_came_and_what_is_needed(make_app, drive, shown) -> None:
    app = make_app()

    async def script(pilot) -> None:
        await pilot.resize_terminal(38, 11)
        await pilot.pause()
        words = " ".join(shown(app).split())
        assert "needs 40 columns and 12 rows" in words
        assert "has 38 and 11" in words

    drive(app, script)


def test_l_switches_the_language_at_once_and_keeps_it(make_app, drive, shown) -> None:
    app = make_app()

    async def script(pilot) -> None:
        await pilot.press("l")
        await pilot.pause()
        assert "感知机" in shown(app)
        assert "选择" in shown(app)
        assert "choose" not in shown(app)

    drive(app, script)
    again = make_app()
    assert again.speech.language == "zh"


def test_t_switches_the_theme_and_keeps_it(make_app, drive) -> None:
    app = make_app()

    async def script(pilot) -> None:
        before = app.screen.styles.background.hex
        await pilot.press("t")
        await pilot.pause()
        assert (before.lower(), app.screen.styles.background.hex.lower()) == ("#0f1217", "#fbfaf7")

    drive(app, script)
    assert make_app().theme_name == "light"


def test_a_terminal_without_unicode_offers_no_chinese(make_app, drive, shown) -> None:
    app = make_app(Terminal(glyphs="ascii", is_unicode=False), language="zh")

    async def script(pilot) -> None:
        assert shown(app).isascii()
        await pilot.press("l")
        await pilot.pause()
        assert shown(app).isascii()

    drive(app, script)


def test_no_colour_is_respected_in_every_cell(make_app, drive) -> None:
    app = make_app(Terminal(depth="mono"))

    async def script(pilot) -> None:
        for keys in ([], ["question_mark"], ["escape", "slash"]):
            await pilot.press(*keys)
            await pilot.pause()
            for strip in app.screen._compositor.render_strips(app.size):
                assert all(
                    s.style is not None and not s.style.color and not s.style.bgcolor for s in strip if s.text
                ), keys

    drive(app, script)


def test_up_and_down_choose_and_stay_inside(make_app, drive) -> None:
    app = make_app()

    async def script(pilot) -> None:
        listing = app.screen.query_one(LessonList)
        chosen = []
        for key in ("down", "down", "up", "up", "2"):
            await pilot.press(key)
            chosen.append(listing.chosen)
        assert chosen == [1, 1, 0, 0, 1]

    drive(app, script)


def test_a_click_chooses_a_row_and_a_second_one_opens_it(make_app, drive) -> None:
    app = make_app()
    opened: list[str] = []
    app.open_lesson = lambda slug, **_: opened.append(slug)

    async def script(pilot) -> None:
        listing = app.screen.query_one(LessonList)
        row = listing._lines.index(1)
        await pilot.click(listing, offset=(4, row))
        assert (listing.chosen, opened) == (1, [])
        await pilot.pause()
        await pilot.click(listing, offset=(4, listing._lines.index(1)))
        await pilot.pause()
        assert opened == ["losses"]

    drive(app, script)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [(40, 12), (160, 48)])
def test_every_footer_item_does_what_it_says_when_clicked(make_app, drive, size, language) -> None:
    app = make_app(language=language)
    performed: list[str] = []

    async def script(pilot) -> None:
        footer = app.screen.query_one(Footer)
        spans = list(footer._spans)
        assert spans[-1][2].id == "help"
        for _, end, action in spans:
            performed.clear()
            for node in (app, app.screen):
                if hasattr(node, f"action_{action.id}"):
                    setattr(node, f"action_{action.id}", lambda *_, name=action.id: performed.append(name))
            await pilot.click(footer, offset=(end - 1, 0))
            await pilot.pause()
            assert performed == [action.id]

    drive(app, script, size)


def test_the_footer_shows_a_message_in_place_of_keys(make_app, drive, shown) -> None:
    app = make_app()

    async def script(pilot) -> None:
        app.screen.tell("no lesson 'x' [/] here")
        await pilot.pause()
        assert shown(app).split("\n")[-1] == "  no lesson 'x' [/] here"

    drive(app, script)


def test_help_lists_every_key_of_the_screen_below_and_closes_with_its_own_key(make_app, drive, shown) -> None:
    app = make_app()

    async def script(pilot) -> None:
        below = app.screen
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpScreen)
        text = shown(app)
        missing = [
            a.id for a in actions.available(below) if a.keys and app.speech.say(f"action.{a.id}.help") not in text
        ]
        assert missing == []
        await pilot.press("question_mark")
        await pilot.pause()
        assert app.screen is below

    drive(app, script, (120, 48))


@pytest.mark.parametrize("key", ["slash", "ctrl+p"])
def test_the_palette_offers_every_action_and_every_lesson(make_app, drive, key) -> None:
    app = make_app()

    async def script(pilot) -> None:
        below = app.screen
        await pilot.press(key)
        await pilot.pause()
        assert isinstance(app.screen, PaletteScreen)
        names = {choice.name for choice in app.screen.query_one(ChoiceList).choices}
        wanted = {app.speech.say(actions.verb_key(a, below)) for a in actions.available(below) if a.id != "palette"}
        assert wanted <= names
        assert {"perceptrons", "losses"} <= names

    drive(app, script)


def test_the_palette_finds_by_english_name_in_chinese_and_does_it(make_app, drive) -> None:
    app = make_app(language="zh")

    async def script(pilot) -> None:
        await pilot.press("slash", *"theme", "enter")
        await pilot.pause()
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)
        assert app.theme_name == "light"

    drive(app, script)


@pytest.mark.parametrize("size", [(40, 12), (80, 24)])
def test_paging_in_the_palette_never_fails(make_app, drive, size) -> None:
    app = make_app()

    async def script(pilot) -> None:
        await pilot.press(
            "slash", "pageup", "pagedown", "pagedown", "up", *"zzz", "pageup", "pagedown", "enter", "escape"
        )
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)

    drive(app, script, size)


@pytest.mark.parametrize("keys", [("q",), ("ctrl+q",), ("ctrl+c",), ("question_mark", "ctrl+q"), ("slash", "ctrl+q")])
def test_leaving_works_from_everywhere(make_app, drive, keys) -> None:
    app = make_app()

    async def script(pilot) -> None:
        await pilot.press(*keys)
        await pilot.pause()

    drive(app, script)
    assert app._exit
    assert app.return_value == 0


def test_ctrl_c_stops_the_run_first_and_leaves_then(make_app, drive, shown) -> None:
    app = make_app()
    running = [True]

    async def script(pilot) -> None:
        app.screen.stop_run = lambda: running and running.pop()
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert not app._exit
        assert "ctrl+c again" in shown(app)
        await pilot.press("ctrl+c")
        await pilot.pause()

    drive(app, script)
    assert app._exit


def test_every_action_can_be_reached_without_a_keyboard() -> None:
    clicked = ("answer", "move_pen")  # an answer is a row to click, and the mouse draws
    unreachable = [a.id for a in actions.ACTIONS if a.passes_key and not a.click and a.id not in clicked]
    assert unreachable == []


def test_no_two_actions_of_a_place_share_a_key() -> None:
    for place in {place for action in actions.ACTIONS for place in action.place.split()}:
        keys = [key for action in actions.ACTIONS if action.is_of(place) for key in action.keys]
        assert len(keys) == len(set(keys)), place


def test_no_action_is_one_of_textual_itself() -> None:
    """Textual's own `action_toggle` would make an action seem to exist on every screen."""
    taken = [a.id for a in actions.ACTIONS if hasattr(App if a.place == "app" else Screen, f"action_{a.id}")]
    assert taken == []


@pytest.mark.parametrize("key", ["question_mark", "slash"])
def test_closing_twice_at_once_does_not_close_what_lies_below(make_app, drive, key) -> None:
    app = make_app()

    async def script(pilot) -> None:
        await pilot.press(key)
        await pilot.pause()
        layer = app.screen
        layer.action_close()
        layer.action_close()
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)

    drive(app, script)


@pytest.mark.parametrize("name", ["help", "palette"])
def test_opening_a_layer_twice_at_once_opens_it_once(make_app, drive, name) -> None:
    app = make_app()

    async def script(pilot) -> None:
        for _ in range(2):
            getattr(app, f"action_{name}")()
        await pilot.pause()
        app.screen.action_close()
        await pilot.pause()
        assert isinstance(app.screen, HomeScreen)

    drive(app, script)


def test_a_press_on_a_widget_that_is_just_leaving_does_not_end_the_app(make_app, drive, monkeypatch) -> None:
    app = make_app()

    async def script(pilot) -> None:
        orphan = LessonList()
        orphan.styles.width = 1
        found = (orphan, Offset(0, 0))
        monkeypatch.setattr(app.screen, "get_widget_and_offset_at", lambda x, y: found)
        footer = app.screen.query_one(Footer)
        app.screen._forward_event(MouseDown(footer, 3, 23, 0, 0, 1, False, False, False, 3, 23))
        await pilot.pause()

    drive(app, script)


def test_a_message_longer_than_a_row_is_whole_and_gives_its_rows_back(make_app, drive, shown) -> None:
    app = make_app()

    async def script(pilot) -> None:
        footer = app.screen.query_one(Footer)
        words = " ".join(f"word{number}" for number in range(20))
        app.screen.tell(words)
        await pilot.pause()
        assert footer.size.height == 2
        assert " ".join(shown(app).split()).endswith(words)
        footer._forget(footer._message)
        await pilot.pause()
        assert footer.size.height == 1

    drive(app, script, (80, 24))
