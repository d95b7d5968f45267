"""The stage keeps one pane a view, however pages are turned."""

import asyncio

import pytest
from textual.app import App, ComposeResult

from nnlab.lab.views import View
from nnlab.plots.grid import Grid
from nnlab.tui.arrangement import Place, arrange
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.stage_view import StageView

BEFORE = [View("surface", "field"), View("loss", "curve")]
AFTER = [View("field", "field"), View("loss", "curve")]


class OneStage(App[None]):
    def compose(self) -> ComposeResult:
        yield StageView(lambda view, size, is_focused, form: Grid.blank(size))


def test_a_page_turned_while_the_panes_of_the_last_one_are_mounted_does_not_mount_a_view_twice(drive) -> None:
    app = OneStage()

    async def script(pilot) -> None:
        stage = app.query_one(StageView)
        await asyncio.gather(stage.show(BEFORE, {}), stage.show(AFTER, {}))
        assert [pane.id for pane in stage.query(PlotPane)] == ["view-field", "view-loss"]

    drive(app, script)


@pytest.mark.parametrize("turns", range(6))
def test_views_that_were_given_up_halfway_come_when_they_are_asked_for_again(drive, turns) -> None:
    app = OneStage()

    async def script(pilot) -> None:
        stage = app.query_one(StageView)
        await stage.show(BEFORE, {})
        given_up = asyncio.create_task(stage.show(AFTER, {}))
        for _ in range(turns):
            await asyncio.sleep(0)
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        await stage.show(AFTER, {})
        assert [pane.id for pane in stage.query(PlotPane)] == ["view-field", "view-loss"]

    drive(app, script)


@pytest.mark.parametrize("turns", range(6))
def test_a_screen_that_closes_while_its_views_change_raises_nothing(drive, turns) -> None:
    """Leaving the workbench while a file was opened ended the lab with "no nodes match Tabs"."""
    app = OneStage()

    async def script(pilot) -> None:
        stage = app.query_one(StageView)
        await stage.show(BEFORE, {})
        changing = asyncio.create_task(stage.show(AFTER, {}))
        for _ in range(turns):
            await asyncio.sleep(0)
        await stage.remove()
        await changing

    drive(app, script)


def test_a_lone_strip_of_seeds_takes_the_whole_stage() -> None:
    seeds = [View("seeds", "strip")]
    for kind, size in (("wide", (100, 40)), ("medium", (72, 28)), ("narrow", (40, 18))):
        assert arrange(seeds, *size, kind) == [Place("seeds", 0, 0, *size)]


def test_two_strips_without_another_view_have_a_place_each() -> None:
    strips = [View("seeds", "strip"), View("more", "strip")]
    assert [place.view for place in arrange(strips, 100, 40, "wide")] == ["seeds", "more"]


@pytest.mark.parametrize("order", [("time", "a", "b"), ("a", "time", "b"), ("a", "b", "time")])
def test_a_time_axis_has_a_row_of_its_own(order) -> None:
    views = [View(name, "timeline" if name == "time" else "curve") for name in order]
    places = {place.view: place for place in arrange(views, 100, 40, "wide")}
    assert places["time"].width == 100
    alone = [place for place in places.values() if place.width == 100]
    assert len(alone) == (3 if order == ("a", "time", "b") else 1)
    assert len({place.y for place in places.values()}) == len(alone) + (len(alone) == 1)


def test_the_line_below_a_narrow_view_is_a_curve_over_steps_where_there_is_one() -> None:
    views = [View("map", "field", "map"), View("fit", "curve", "fit"), View("loss", "curve"), View("seeds", "strip")]
    lines = [place.view for place in arrange(views, 40, 20, "narrow") if place.is_compact]
    assert sorted(lines) == ["loss", "seeds"]
    assert [place.view for place in arrange(views[:2], 40, 20, "narrow") if place.is_compact] == ["fit"]


@pytest.mark.parametrize("height", [36, 24, 12])
def test_a_row_of_nothing_but_tables_and_bars_has_the_few_lines_that_it_needs(height) -> None:
    def heights(*kinds: str) -> list[int]:
        views = [View(f"{kind}{i}", kind) for i, kind in enumerate(kinds)]
        rows = {place.y: place.height for place in arrange(views, 100, height, "wide")}
        assert sum(rows.values()) + len(rows) - 1 == height
        return [rows[y] for y in sorted(rows)]

    assert heights("table", "bars", "curve", "curve")[0] == min(11, (height - 1) // 2)
    assert heights("curve", "curve", "table")[1] == min(11, (height - 1) // 2)
    assert heights("table", "bars", "table")[0] >= heights("table", "bars", "table")[1]
    first, second = heights("graph", "curve", "table", "curve")
    assert first > second, "a curve beside a table needs its height"


def test_panes_that_come_during_a_resize_are_drawn_in_their_own_place(drive) -> None:
    """A pane that is mounted before it has a place would complain where its plot should stand."""
    app = OneStage()

    async def script(pilot) -> None:
        stage = app.query_one(StageView)
        wrong: list[tuple[str, str]] = []

        def remember(pane: PlotPane, error: Exception, size: tuple[int, int]) -> Grid:
            wrong.append((str(pane.id), str(error)))
            return Grid.blank(size)

        PlotPane._complaint, original = remember, PlotPane._complaint
        try:
            for size in ((60, 20), (160, 48), (40, 12)):
                shown = asyncio.gather(stage.show(BEFORE, {}), stage.show(AFTER, {}))
                await pilot.resize_terminal(*size)
                await shown
                await pilot.pause()
            assert wrong == []
            assert all(
                pane.size == (pane.styles.width.value, pane.styles.height.value) for pane in stage.query(PlotPane)
            )
        finally:
            PlotPane._complaint = original

    drive(app, script)
