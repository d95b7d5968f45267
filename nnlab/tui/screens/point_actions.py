"""Points drawn on the workbench: kept as data of the user's own, set in the form, and learned from."""

from collections.abc import Mapping, Sequence
from functools import partial

from textual import on

from nnlab.lab.data_files import UserData
from nnlab.lab.drawings import PointDrawing
from nnlab.lab.knobs import KnobValue
from nnlab.lab.views import View
from nnlab.tui.bench_form import section_of
from nnlab.tui.screens.data_actions import DataActions
from nnlab.tui.screens.drawing_actions import DrawingActions
from nnlab.tui.widgets.drawing_pane import DrawingPane
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.stage_view import StageView

POINTS = "points.csv"
"""What drawn points are called."""
AS_DRAWN: Mapping[str, KnobValue] = {"scaling": "none"}
"""What is set where points are learned from: the field then shows the paper, and a line drawn at 0.5 lies there."""


class PointActions(DrawingActions, DataActions):
    """The part of the workbench that one draws on."""

    def drawable_views(self) -> Sequence[View]:
        """All views of the experiment, on the stage or not: what is drawn is the data of the whole of it."""
        return () if self.session.card is None or self.is_typing else self.session.card.views

    @property
    def data_name(self) -> str:
        """What the form says, whether it runs yet or not."""
        return str(self.bench.form.values.get("file", ""))

    @property
    def has_drawn(self) -> bool:
        """Whether drawn points are learned from."""
        return bool(self.data_name) and self.file_names.get(self.data_name) == POINTS

    def learn_drawn(self, data: UserData) -> None:
        """Set the points as the form's file, and run; what was set for points drawn before stays."""
        form = self.bench.form
        kept = {name: value for name, value in form.values.items() if section_of(name) == "data" and name != "file"}
        settings = kept if self.has_drawn else AS_DRAWN
        self.bench.select("file")
        form.set("file", data.hash)
        self.bench.show()
        self.begin(partial(self.open_file, data.hash, is_paused=False, settings=settings), "file")

    @on(PlotPane.Pressed)
    def draw_where_pressed(self, event: PlotPane.Pressed) -> None:
        """A click on the plane of the lab's points, or of drawn ones, opens the paper with a point there."""
        view = self._view_of(event.pane)
        has_paper = not self.data_name or self.has_drawn
        if view is None or "draws" not in view.options or self._is_inspecting or not has_paper:
            return
        axes = self.axes_of(event.pane, view)
        self.action_draw()
        drawing = self.query_one(DrawingPane).drawing
        if axes is not None and isinstance(drawing, PointDrawing):
            x, y = axes.at(event.column, event.row - self.query_one(StageView).header_rows)
            low_x, high_x, low_y, high_y = drawing.extent
            place = (x - low_x) / (high_x - low_x), (high_y - y) / (high_y - low_y)
            if all(0 <= at <= 1 for at in place):
                drawing.put(place)
        self._is_dirty = True
