"""Drawing in a lesson: a digit goes to the network with every stroke, points start the run anew."""

from collections.abc import Sequence

from textual import on

from nnlab.lab.drawings import Drawing, InkDrawing
from nnlab.lab.views import View
from nnlab.tui.screens.code_actions import CodeActions
from nnlab.tui.screens.drawing_actions import DATA, DrawingActions
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.stage_view import StageView


class LessonDrawing(DrawingActions, CodeActions):
    """The part of the lesson screen that knows drawings."""

    def drawable_views(self) -> Sequence[View]:
        """The views on the stage, unless code is written."""
        return () if self.is_editing else self.query_one(StageView).views

    def hand_on(self, drawing: Drawing) -> None:
        """Hand a digit on."""
        target = str(self._view.options["draws"]) if self._view is not None else DATA
        if isinstance(drawing, InkDrawing) and target != DATA and self.session.card is not None:
            text = drawing.text
            if text != self.session.knobs.get(target):
                self.set_knobs({target: text})

    async def open_page(self, index: int) -> None:
        """A page is opened without a drawing pane."""
        self.close_drawing()
        await super().open_page(index)

    @on(PlotPane.Pressed)
    def draw_where_pressed(self, event: PlotPane.Pressed) -> None:
        """A click on a view that takes a drawing opens the pane."""
        view = self.session.card.view((event.pane.id or "").removeprefix("view-")) if self.session.card else None
        if view is not None and "draws" in view.options and not self._is_inspecting:
            self.action_draw()
