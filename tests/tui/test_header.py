"""The first row: what goes where room is short, the name of the page last of all."""

import pytest
from textual.app import App, ComposeResult

from nnlab.tui.theme import make_theme, theme_id
from nnlab.tui.widgets.header import Header


class OneHeader(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.register_theme(make_theme("dark"))
        self.theme = theme_id("dark")

    def compose(self) -> ComposeResult:
        header = Header()
        header.trail, header.note = ("a long lesson's name", "the page"), "lesson 7 of 8"
        yield header


@pytest.mark.parametrize(
    ("width", "row"),
    [
        (60, " nnlab  a long lesson's name  ›  the page     lesson 7 of 8"),
        (50, " nnlab  a long lesson's name  ›  the page"),
        (30, " nnlab  the page"),
        (14, " nnlab  the …"),
    ],
)
def test_the_note_goes_first_then_the_lesson_and_the_page_is_cut_last(drive, width, row) -> None:
    app = OneHeader()

    async def script(pilot) -> None:
        assert app.query_one(Header).render().plain.rstrip() == row

    drive(app, script, (width, 12))
