"""What can be done where a view takes a drawing: open the drawing pane beside the stage, hand on what is drawn.

A view says so by its option `draws`: the name of a text knob takes a digit with every stroke, and the view named by
`answer` says what the network makes of it; "data" takes points when they are done, as data of the user's own. `paper`
and `pens` then say where points lie (x from, to, y from, to) and of how many kinds they are. A screen says which views
it asks (`drawable_views`), what it learns from now (`data_name`), and what becomes of points (`learn_drawn`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from textual import on

from nnlab.data import DataError
from nnlab.lab import data_files
from nnlab.lab.data_files import UserData
from nnlab.lab.drawings import Drawing, InkDrawing, PointDrawing
from nnlab.lab.errors import UsageError
from nnlab.lab.knobs import KnobValue
from nnlab.lab.views import View
from nnlab.tui import actions
from nnlab.tui.refusals import told
from nnlab.tui.screens.run_actions import RunActions
from nnlab.tui.widgets.drawing_pane import DrawingPane
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.stage_view import StageView, Tabs

DATA = "data"
"""What `draws` says where the drawing becomes data of the user's own."""
MOST_BYTES = 2**20
"""A larger table was not drawn by hand, and is not looked into."""


class DrawingActions(RunActions):
    """The part of a screen with a stage that knows drawings."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._view: View | None = None
        """The view that is drawn for; None while nothing is drawn."""
        self._drawings: dict[str, Drawing] = {}
        """Knob or data -> the drawing so far: its strokes say more than the knob's text."""
        self._known_data = ""
        """The data that the points so far were drawn upon."""

    # --- what a screen says -----------------------------------------------------------------------------------------

    def drawable_views(self) -> Sequence[View]:
        """Return the views that may be drawn for now."""
        return ()

    @property
    def data_name(self) -> str:
        """Hash of the user's data that is learned from now; empty for the lab's own."""
        return self.session.settings.data if self.session.settings is not None else ""

    def hand_on(self, drawing: Drawing) -> None:
        """Give the network what is drawn, with every stroke."""

    def learn_drawn(self, data: UserData) -> None:
        """Learn from points that were drawn and are kept."""
        chosen = self._view.options.get("drawn", {}) if self._view is not None else {}
        self.session.use_data(data.hash, cast("Mapping[str, KnobValue]", chosen))

    # --- the pane ---------------------------------------------------------------------------------------------------

    @property
    def is_drawing(self) -> bool:
        """Whether the drawing pane is open."""
        return self._view is not None

    def _drawable(self) -> View | None:
        """Return the view that a drawing would be for: the focused one, else the first that takes one."""
        focused = self.focused.id if isinstance(self.focused, PlotPane) else None
        views = [view for view in self.drawable_views() if "draws" in view.options]
        chosen = [view for view in views if f"view-{view.id}" == focused]
        return next(iter((*chosen, *views)), None) if self.session.card is not None else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is something to draw where a view takes it."""
        if action == "draw":
            is_there = hasattr(self, "session") and bool(self.query(StageView))
            return is_there and not isinstance(self.focused, DrawingPane) and self._drawable() is not None
        return super().check_action(action, parameters)

    def action_draw(self) -> None:
        """Open the drawing pane, or go back to it."""
        view = self._drawable()
        if view is None:
            return
        if not self.is_drawing:
            self._view = view
            drawing = self._drawing(str(view.options["draws"]), view)
            self.add_class("drawing", "watching")
            self.remove_class("reading")
            kind = "" if isinstance(drawing, InkDrawing) else "-distribution" if drawing.classes == 1 else "-points"
            self.query_one(DrawingPane).open(drawing, self.say(f"draw.title{kind}"))
            self._show_answer()
            if isinstance(drawing, InkDrawing) and drawing.text:
                self.hand_on(drawing)
        self._is_dirty = True
        self.set_focus(self.query_one(DrawingPane))
        self.refresh_bindings()
        self.call_after_refresh(self.place_stage)

    def _drawing(self, target: str, view: View) -> Drawing:
        """Return the drawing that was begun, or a new one; of a knob that holds another one, that one."""
        drawing = self._drawings.get(target)
        if target == DATA:
            drawing = drawing if isinstance(drawing, PointDrawing) else self._new_points(view)
            self._take_points(drawing)
        else:
            text = str(self.session.knobs[target])
            if drawing is None or (isinstance(drawing, InkDrawing) and text not in ("", drawing.text)):
                drawing = InkDrawing(text)
        self._drawings[target] = drawing
        return drawing

    def _new_points(self, view: View) -> PointDrawing:
        paper, pens = view.options.get("paper", (-1.0, 1.0, -1.0, 1.0)), view.options.get("pens", 1)
        assert isinstance(paper, Sequence)
        assert isinstance(pens, int)
        low_x, high_x, low_y, high_y = (float(edge) for edge in paper)
        return PointDrawing((low_x, high_x, low_y, high_y), pens)

    def _take_points(self, drawing: PointDrawing) -> None:
        """Draw on upon points that were drawn before and are learned from now; undo brings back what lay there."""
        name = self.data_name
        if name in ("", self._known_data):
            return
        self._known_data = name
        try:
            path = data_files.find(name).path
            if path.stat().st_size <= MOST_BYTES:
                drawing.take_table(path.read_bytes())
        except (UsageError, DataError, OSError):  # what is learned from was not drawn: the paper stays as it was left
            return

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
        pane.answer = best_bar(answer, run, self.seed_index) if has_ink and answer is not None and run else ""
        pane.palette = self.lab.plot_palette()
        pane.redraw()

    def action_zoom(self) -> None:
        """Let the paper have the whole stage, or a part of it again; else show the focused pane alone."""
        if self.is_drawing and isinstance(self.focused, DrawingPane):
            self.toggle_class("drawing-alone")
            self.call_after_refresh(self.place_stage)
        else:
            super().action_zoom()

    def close_drawing(self) -> None:
        """Take the drawing pane away; what was drawn stays."""
        if self.is_drawing:
            self._view = None
            self.remove_class("drawing", "drawing-alone")
            self.set_focus(None)
            self.refresh_bindings()
            self.call_after_refresh(self.place_stage)

    def action_home(self) -> None:
        """Take the drawing pane away; else what else escape does."""
        if self.is_drawing and (self.focused is None or isinstance(self.focused, DrawingPane)):
            self._leave(self.query_one(DrawingPane).drawing)
        else:
            super().action_home()

    def _leave(self, drawing: Drawing) -> None:
        """Close the pane and say that points which nothing learns from yet are not lost."""
        if isinstance(drawing, PointDrawing) and len(drawing.points):
            self.tell(self.say("draw.stays", count=len(drawing.points), key=actions.BY_ID["draw"].key_label))
        self.close_drawing()

    # --- messages ---------------------------------------------------------------------------------------------------

    @on(DrawingPane.Changed)
    def take_stroke(self, event: DrawingPane.Changed) -> None:
        """Something was drawn."""
        self.hand_on(event.drawing)
        self._is_dirty = True

    @on(DrawingPane.Finished)
    def finish_drawing(self, event: DrawingPane.Finished) -> None:
        """Let a run begin with the points that were drawn; a digit was handed on with its strokes."""
        drawing = event.drawing
        if not event.is_kept or not isinstance(drawing, PointDrawing):
            self._leave(drawing)
            return
        if not len(drawing.points):
            self.tell(self.say("draw.nothing"))
            return
        if drawing.classes > 1 and len(np.unique(drawing.labels)) < 2:
            self.tell(self.say("draw.one-class", last=drawing.classes))
            return
        try:
            kept = data_files.keep_drawn(drawing.table, "points.csv" if drawing.classes > 1 else "distribution.csv")
            self._known_data = kept.hash
            self.learn_drawn(kept)
        except UsageError as error:
            self.tell(told(error, self.speech))
            return
        self.close_drawing()
