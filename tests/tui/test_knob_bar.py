"""The knob bar in one row: what it shows, and what a click does there."""

import pytest
from textual.app import App, ComposeResult

from nnlab.lab.knobs import Knob
from nnlab.tui.value_words import write_value
from nnlab.tui.widgets.knob_bar import KnobBar

KNOBS = (
    Knob("hidden", 2, low=0, high=9),
    Knob("activation", "tanh", choices=("tanh", "relu")),
    Knob("learning_rate", 0.3, above=0.0),
    Knob("noise", 0.1, low=0.0),
)


class OneBar(App[None]):
    AUTO_FOCUS = None
    CSS = "KnobBar { width: 40; height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.turned: list[tuple[str, object]] = []
        self.values = {knob.name: knob.default for knob in KNOBS}

    def compose(self) -> ComposeResult:
        bar = KnobBar()
        bar.add_class("compact")
        yield bar

    def on_mount(self) -> None:
        self.query_one(KnobBar).show(KNOBS, self.values, {})

    def on_knob_bar_turned(self, event: KnobBar.Turned) -> None:
        self.turned.append((event.knob, event.value))


def test_a_row_that_is_too_short_says_how_many_knobs_it_leaves_out(drive) -> None:
    app = OneBar()

    async def script(pilot) -> None:
        row = app.query_one(KnobBar).render().plain
        assert row.startswith("hidden 2   activation tanh")
        assert row.endswith("+2")
        assert len(row) <= 40

    drive(app, script)


@pytest.mark.parametrize(("width", "rest"), [(62, ""), (61, "+1"), (40, "+2")])
def test_three_rows_too_say_how_many_knobs_have_no_room(drive, width, rest) -> None:
    app = OneBar()

    async def script(pilot) -> None:
        bar = app.query_one(KnobBar)
        bar.remove_class("compact")
        bar.styles.width, bar.styles.height = width, 3
        await pilot.pause()
        rows = bar.render().plain.split("\n")
        assert rows[0].split()[-1] == (rest or "noise")
        assert all(len(row) <= width for row in rows)

    drive(app, script)


def test_a_frame_that_knows_nothing_of_a_turn_does_not_take_it_back(drive) -> None:
    """Six presses on a busy machine turned a knob by five: a frame came between a press and its setting."""
    app = OneBar()

    async def script(pilot) -> None:
        bar = app.query_one(KnobBar)
        bar.turn(1)
        bar.show(KNOBS, app.values, {})
        bar.turn(1)
        await pilot.pause()
        assert app.turned == [("hidden", 3), ("hidden", 4)]
        bar.settle("hidden", 3)
        bar.show(KNOBS, app.values, {})
        assert bar.current.value == 4
        bar.settle("hidden", 4)
        bar.show(KNOBS, app.values, {})
        assert bar.current.value == 2

    drive(app, script)


def test_a_click_in_the_row_takes_the_next_choice_and_types_a_number(drive) -> None:
    app = OneBar()

    async def script(pilot) -> None:
        await pilot.click(KnobBar, offset=(14, 0))
        await pilot.pause()
        assert app.turned == [("activation", "relu")]
        app.set_focus(None)
        await pilot.pause()
        await pilot.click(KnobBar, offset=(3, 0))
        await pilot.press("7", "enter")
        await pilot.pause()
        assert app.turned[1:] == [("hidden", 7)]

    drive(app, script)


def test_a_changed_value_is_marked_in_the_row(drive) -> None:
    app = OneBar()

    async def script(pilot) -> None:
        app.query_one(KnobBar).show(KNOBS, app.values | {"hidden": 4}, {})
        assert app.query_one(KnobBar).render().plain.startswith("hidden· 4")

    drive(app, script)


def test_large_and_small_values_are_written_short() -> None:
    assert [write_value(value) for value in (1e9, 1e-6, 0.3, 3000)] == ["1e9", "1e−6", "0.30", "3,000"]


def test_a_text_is_opened_with_enter_and_typed_in_place(drive) -> None:
    app = OneBar()
    layers = Knob("layers", "8 tanh", check="layers")

    async def script(pilot) -> None:
        bar = app.query_one(KnobBar)
        bar.show((layers,), {"layers": "8 tanh"}, {})
        app.set_focus(bar)
        await pilot.press("right", "0")
        await pilot.press("enter", *["backspace"] * 4, "r", "e", "l", "u", "enter")
        await pilot.pause()
        assert app.turned == [("layers", "8 relu")]

    drive(app, script)


def test_a_click_on_a_text_opens_it(drive) -> None:
    """A branch for texts that only selected them stood before the one that opens them."""
    app = OneBar()

    async def script(pilot) -> None:
        bar = app.query_one(KnobBar)
        bar.show((Knob("layers", "8 tanh", check="layers"),), {"layers": "8 tanh"}, {})
        await pilot.pause()
        await pilot.click(KnobBar, offset=(2, 0))
        await pilot.press(*["backspace"] * 4, "r", "e", "l", "u", "enter")
        await pilot.pause()
        assert app.turned == [("layers", "8 relu")]

    drive(app, script)
