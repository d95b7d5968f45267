"""The plot pane sends what changed, and nothing else."""

import pytest
from textual.app import App, ComposeResult

from nnlab.plots.grid import INDEXED, Grid
from nnlab.tui.speech import Speech
from nnlab.tui.widgets import plot_pane
from nnlab.tui.widgets.plot_pane import PlotPane
from tests.tui.waiting import until

SIZE = (20, 6)


class OnePane(App[None]):
    CSS = "PlotPane { width: 20; height: 6; }"

    def __init__(self) -> None:
        super().__init__()
        self.grid = Grid.blank(SIZE)
        self.drawn: list[tuple[int, int]] = []
        self.pane = PlotPane(self.draw)

    def draw(self, size: tuple[int, int]) -> Grid:
        self.drawn.append(size)
        return self.grid

    def compose(self) -> ComposeResult:
        yield self.pane


def with_text(row: int, text: str, fg: int = -1, bg: int | None = None) -> Grid:
    grid = Grid.blank(SIZE)
    grid.put(row, 0, text, fg, bg=bg)
    return grid


def rows_sent(app: OnePane) -> list[int]:
    """Take the regions that wait to be painted, and return the rows in them."""
    rows = [y for region in app.pane._dirty_regions for y in range(region.y, region.bottom)]
    app.pane._dirty_regions.clear()
    return sorted(rows)


def test_only_changed_rows_are_sent(drive) -> None:
    app = OnePane()

    async def script(pilot) -> None:
        app.pane._dirty_regions.clear()
        first = Grid.blank(SIZE)
        first.put(1, 0, "a")
        first.put(2, 0, "b")
        first.put(5, 0, "c")
        app.grid = first
        assert app.pane.redraw()
        assert rows_sent(app) == [1, 2, 5]

    drive(app, script)


def test_an_equal_frame_is_skipped(drive) -> None:
    app = OnePane()

    async def script(pilot) -> None:
        app.grid = with_text(0, "same")
        app.pane.redraw()
        app.pane._dirty_regions.clear()
        frames = app.pane.frames
        app.grid = with_text(0, "same")
        assert not app.pane.redraw()
        assert (rows_sent(app), app.pane.frames) == ([], frames)

    drive(app, script)


def test_a_slow_terminal_skips_frames(drive, monkeypatch) -> None:
    app = OnePane()

    async def script(pilot) -> None:
        drawn = len(app.drawn)
        monkeypatch.setattr(plot_pane, "is_backed_up", lambda _: True)
        app.grid = with_text(0, "late")
        assert not app.pane.redraw()
        assert len(app.drawn) == drawn

    drive(app, script)


def test_the_last_frame_comes_when_a_slow_terminal_has_caught_up(drive, monkeypatch) -> None:
    app = OnePane()

    async def script(pilot) -> None:
        monkeypatch.setattr(plot_pane, "is_backed_up", lambda _: True)
        app.grid = with_text(0, "the end")
        assert not app.pane.redraw()
        await pilot.pause()
        assert app.pane.grid is not app.grid, "it is not drawn before"
        monkeypatch.setattr(plot_pane, "is_backed_up", lambda _: False)
        await until(pilot, lambda: app.pane.grid is app.grid)

    drive(app, script)


def test_colours_and_text_reach_the_cells(drive) -> None:
    app = OnePane()

    async def script(pilot) -> None:
        app.grid = with_text(3, "▀x", 0x6DB3F2, 0x0B7D66)
        app.pane.redraw()
        first, rest = list(app.pane.render_line(3))[:2]
        assert (first.text, rest.text) == ("▀x", " " * 18)
        assert (first.style.color.triplet.hex, first.style.bgcolor.triplet.hex) == ("#6db3f2", "#0b7d66")
        app.grid = with_text(3, "x", INDEXED + 32)
        app.pane.redraw()
        assert next(iter(app.pane.render_line(3))).style.color.number == 32

    drive(app, script)


@pytest.mark.parametrize("text", ["感知机", "ŷ − ●", "\u202ea\x1b[31mb"])
def test_a_row_keeps_its_width_whatever_is_in_it(drive, text) -> None:
    for is_ascii in (False, True):
        app = OnePane()
        app.speech = Speech("en", is_ascii)

        async def script(pilot, app=app) -> None:
            app.grid = with_text(0, text)
            app.pane.redraw()
            assert app.pane.render_line(0).cell_length == 20
            assert all(c.isprintable() for c in app.pane.render_line(0).text)

        drive(app, script)


def test_the_drawer_gets_the_size_of_the_pane(drive) -> None:
    app = OnePane()

    async def script(pilot) -> None:
        assert app.drawn[-1] == SIZE
        app.pane.styles.height = 4
        await pilot.pause()
        assert app.drawn[-1] == (20, 4)

    drive(app, script)


def test_a_view_that_cannot_be_drawn_costs_a_pane_and_not_the_session(drive) -> None:
    app = OnePane()

    def broken(size: tuple[int, int]) -> Grid:
        raise ValueError("no kind 'feild'\x1b[31m;\ndid you mean 'field'?")

    async def script(pilot) -> None:
        app.pane.drawer = broken
        app.pane.redraw()
        text = " ".join(app.pane.render_line(row).text.strip() for row in range(SIZE[1])).strip()
        assert text == "✗ no kind 'feild'; did you mean 'field'?"

    drive(app, script)
