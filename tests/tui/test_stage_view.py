"""The stage keeps one pane a view, however pages are turned."""

import asyncio

from textual.app import App, ComposeResult

from nnlab.lab.views import View
from nnlab.plots.grid import Grid
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
