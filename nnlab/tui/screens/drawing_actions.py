"""What can be done where a view takes a drawing: open the drawing pane beside the stage, hand on what is drawn.

A view says so by its option `draws`: the name of a text knob takes a digit with every stroke, and the view named by
`answer` says what the network makes of it; "data" takes points when they are done, as data of the user's own. `paper`
and `pens` then say where points lie (x from, to, y from, to) and of how many kinds they are.
"""

from collections.abc import Sequence
from typing import Any

from textual import on

from nnlab.lab import data_files
from nnlab.lab.drawings import Drawing, InkDrawing, PointDrawing
from nnlab.lab.errors import UsageError
from nnlab.lab.views import View
from nnlab.tui.screens.code_actions import CodeActions
from nnlab.tui.widgets.drawing_pane import DrawingPane
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.stage_view import StageView, Tabs

DATA = "data"
"""What `draws` says where the drawing becomes data of the user's own."""


class DrawingActions(CodeActions):
    """The part of the lesson screen that knows drawings."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._view: View | None = None
        """The view that is drawn for; None while nothing is drawn."""
        self._drawings: dict[str, Drawing] = {}
        """Knob or data -> the drawing so far: its strokes say more than the knob's text."""

    @property
    def is_drawing(self) -> bool:
        """Whether the drawing pane is open."""
        return self._view is not None

    def _drawable(self) -> View | None:
        """Return the view that a drawing would be for: the focused one, else the first on the stage that takes one."""
        card = self.session.card
        focused = self.focused.id if isinstance(self.focused, PlotPane) else None
        views = [view for view in self.query_one(StageView).views if "draws" in view.options]
        chosen = [view for view in views if f"view-{view.id}" == focused]
        return next(iter((*chosen, *views)), None) if card is not None else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to draw where a view on the stage takes it."""
        if action == "draw":
            can_draw = hasattr(self, "session") and not self.is_editing and not isinstance(self.focused, DrawingPane)
            return can_draw and bool(self.query(StageView)) and self._drawable() is not None
        return super().check_action(action, parameters)

    def action_draw(self) -> None:
        """Open the drawing pane, or go back to it."""
        view = self._drawable()
        if view is None or self.session.card is None:
            return
        if not self.is_drawing:
            self._view = view
            target = str(view.options["draws"])
            drawing = self._drawing(target, view)
            self.add_class("drawing", "watching")
            self.remove_class("reading")
            kind = "" if isinstance(drawing, InkDrawing) else "-distribution" if drawing.classes == 1 else "-points"
            self.query_one(DrawingPane).open(drawing, self.say(f"draw.title{kind}"))
            self._show_answer()
            if isinstance(drawing, InkDrawing) and drawing.text:
                self.hand_on(DrawingPane.Changed(drawing))
        self.set_focus(self.query_one(DrawingPane))
        self.refresh_bindings()
        self.call_after_refresh(self.place_stage)

    def _drawing(self, target: str, view: View) -> Drawing:
        """Return the drawing that was begun, or a new one; of a knob that holds another one, that one."""
        text = "" if target == DATA else str(self.session.knobs[target])
        drawing = self._drawings.get(target)
        if isinstance(drawing, InkDrawing) and text not in ("", drawing.text):
            drawing = None
        if drawing is None and target == DATA:
            paper, pens = view.options.get("paper", (-1.0, 1.0, -1.0, 1.0)), view.options.get("pens", 1)
            assert isinstance(paper, Sequence)
            assert isinstance(pens, int)
            low_x, high_x, low_y, high_y = (float(edge) for edge in paper)
            drawing = PointDrawing((low_x, high_x, low_y, high_y), pens)
        elif drawing is None:
            drawing = InkDrawing(text)
        self._drawings[target] = drawing
        return drawing

    def _show_answer(self) -> None:
        """On a narrow stage, show the view that answers the drawing."""
        stage = self.query_one(StageView)
        answer = self._view.options.get("answer") if self._view is not None else None
        names = [view.id for view in stage.views]
        if stage.query_one(Tabs).display and answer in names:
            stage.show_tab(names.index(str(answer)))

    def paint_drawing(self) -> None:
        """Paint the drawing pane with what the network makes of the drawing now."""
        if not self.is_drawing:
            return
        from nnlab.stage import best_bar

        pane, card, run = self.query_one(DrawingPane), self.session.card, self.session.run
        answer = card.view(str(self._view.options.get("answer", ""))) if self._view is not None and card else None
        has_ink = isinstance(pane.drawing, InkDrawing) and bool(pane.drawing.text)
        pane.answer = best_bar(answer, run, self.desk.seed_index) if has_ink and answer is not None and run else ""
        pane.palette = self.lab.plot_palette()
        pane.redraw()

    def close_drawing(self) -> None:
        """Take the drawing pane away; what was drawn stays."""
        if self.is_drawing:
            self._view = None
            self.remove_class("drawing")
            self.set_focus(None)
            self.refresh_bindings()
            self.call_after_refresh(self.place_stage)

    async def open_page(self, index: int) -> None:
        """A page is opened without a drawing pane."""
        self.close_drawing()
        await super().open_page(index)

    def action_home(self) -> None:
        """Take the drawing pane away; else what else escape does."""
        if self.is_drawing and (self.focused is None or isinstance(self.focused, DrawingPane)):
            self.close_drawing()
        else:
            super().action_home()

    # --- messages -------------------------------------------------------------------------------------------------

    @on(DrawingPane.Changed)
    def hand_on(self, event: DrawingPane.Changed) -> None:
        """Hand a digit on with every stroke."""
        target = str(self._view.options["draws"]) if self._view is not None else DATA
        if isinstance(event.drawing, InkDrawing) and target != DATA and self.session.card is not None:
            text = event.drawing.text
            if text != self.session.knobs.get(target):
                self.set_knobs({target: text})
        self._is_dirty = True

    @on(DrawingPane.Finished)
    def finish_drawing(self, event: DrawingPane.Finished) -> None:
        """Let a run begin with the points that were drawn; a digit was handed on with its strokes."""
        drawing = event.drawing
        if event.is_kept and isinstance(drawing, PointDrawing):
            if not len(drawing.points):
                self.tell(self.say("draw.nothing"))
                return
            try:
                kept = data_files.keep_drawn(drawing.table, "points.csv" if drawing.classes > 1 else "distribution.csv")
                self.session.use_data(kept.hash)
            except UsageError as error:
                self.tell(str(error))
                return
        self.close_drawing()

    @on(PlotPane.Pressed)
    def draw_where_pressed(self, event: PlotPane.Pressed) -> None:
        """A click on a view that takes a drawing opens the pane."""
        view = self.session.card.view((event.pane.id or "").removeprefix("view-")) if self.session.card else None
        if view is not None and "draws" in view.options and not self._is_inspecting:
            self.action_draw()
