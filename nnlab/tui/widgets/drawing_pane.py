"""The drawing pane: somebody draws on it with the mouse or with keys; it tells what changed and when it is done.

Give it a drawing of nnlab.lab.drawings with `open(drawing, title)`: an InkDrawing is a digit, a PointDrawing points in
classes or a distribution. It sends `Changed` after every mark, for what follows live (a network that reads the digit),
and `Finished` once, for what starts anew with the drawing (a run that learns the points: hand `drawing.table` to
data_files.keep_drawn, and the hash to the session). The screen keeps and hands on what was drawn, and sets `palette`
and `answer`; while the pane has the focus its keys come first (the place "canvas" of nnlab.tui.actions).
"""

from textual import events
from textual.geometry import Offset
from textual.message import Message

from nnlab.lab.drawings import Drawing, InkDrawing, PointDrawing
from nnlab.plots import canvas, pane
from nnlab.plots.canvas import Sheet
from nnlab.plots.grid import Grid
from nnlab.plots.palette import Palette
from nnlab.tui import actions
from nnlab.tui.speech import speech_of
from nnlab.tui.widgets.plot_pane import PlotPane

MOVES = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
STEP = 1 / 16
"""How far a key moves the cursor, in widths of the paper."""
MIDDLE = (0.5 + STEP / 2, 0.5 + STEP / 2)
RIGHT_BUTTON = 3


class DrawingPane(PlotPane, can_focus=True):
    """A sheet of paper, a cursor, and what the pen does."""

    PLACE = "canvas"
    BINDINGS = actions.bindings("canvas")

    class Changed(Message):
        """Something was drawn or taken away."""

        def __init__(self, drawing: Drawing) -> None:
            super().__init__()
            self.drawing = drawing

    class Finished(Message):
        """The user is done with the drawing; is_kept: or leaves it."""

        def __init__(self, drawing: Drawing, *, is_kept: bool) -> None:
            super().__init__()
            self.drawing = drawing
            self.is_kept = is_kept

    def __init__(self, palette: Palette | None = None, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(self._draw, id=id, can_focus=True)
        self.palette = palette or Palette()
        """Colours to draw in."""
        self.drawing: Drawing = InkDrawing()
        self.title = ""
        self.answer = ""
        """What is made of the drawing, at the right of the title."""
        self.is_down = False
        """Whether moving the cursor draws."""
        self.is_erasing = False
        self._held: int | None = None
        """The point that follows the cursor."""
        self._cursor = MIDDLE
        self._sheet = Sheet(0, 0, 1, 1)

    def open(self, drawing: Drawing, title: str) -> None:
        """Show a drawing and let it be drawn on."""
        self.drawing, self.title, self.answer = drawing, title, ""
        self.is_down = self.is_erasing = False
        self._held = None
        self._cursor = MIDDLE
        self.redraw()

    # --- drawing the pane -----------------------------------------------------------------------------------------

    def _draw(self, size: tuple[int, int]) -> Grid:
        room = (size[0], max(0, size[1] - 2))
        drawing = self.drawing
        if isinstance(drawing, PointDrawing):
            self._sheet = canvas.point_sheet(room)
            body = canvas.draw_points(drawing.places, drawing.labels, drawing.extent, room, self.palette)
        elif isinstance(drawing, InkDrawing):
            self._sheet = canvas.ink_sheet(room)
            body = canvas.draw_ink(drawing.ink, room, self.palette)
        else:
            body = Grid.blank(room)
        if self.has_focus:
            glyph = "×" if self.is_erasing else "●" if self.is_down or self._held is not None else "+"
            canvas.put_cursor(body, self._sheet, self._cursor, glyph, self.palette)
        whole = Grid.blank((size[0], max(0, size[1] - 1)))
        whole.paste(body, 0, 0)
        self._write_state(whole)
        return pane(self.title, "", self.answer, whole, size, self.palette, focused=self.has_focus)

    def _write_state(self, out: Grid) -> None:
        """Write what the pen does on the last row."""
        speech, drawing, palette = speech_of(self), self.drawing, self.palette
        if self.is_erasing:
            words = speech.say("draw.eraser")
        elif self._held is not None:
            words = speech.say("draw.held")
        elif isinstance(drawing, PointDrawing):
            words = speech.say("draw.points", count=len(drawing.places))
        else:
            words = speech.say("draw.pen-down" if self.is_down else "draw.pen-up")
        is_busy = self.is_down or self.is_erasing or self._held is not None
        column = out.put(out.rows - 1, 0, words, palette.accent if is_busy else palette.muted)
        if isinstance(drawing, PointDrawing) and drawing.classes > 1:
            mark = canvas.class_marker(drawing.chosen), canvas.class_colour(drawing.chosen, palette)
            column = out.put(out.rows - 1, column + 2, mark[0], mark[1], bold=True)
            column = out.put(out.rows - 1, column, f" {drawing.chosen + 1}", palette.muted)
        brush = speech.say("draw.brush", number=drawing.brush + 1, total=len(drawing.BRUSHES))
        column = out.put(out.rows - 1, column + 2, brush, palette.muted)
        if isinstance(drawing, InkDrawing):
            out.put(
                out.rows - 1,
                column + 2,
                speech.say("draw.fitted" if drawing.is_fitted else "draw.as-is"),
                palette.muted,
            )

    # --- the pen --------------------------------------------------------------------------------------------------

    def _mark(self, end: tuple[float, float], *, erase: bool | None = None) -> None:
        """Draw from the cursor to a place, and go there."""
        self.drawing.draw(self._cursor, end, erase=self.is_erasing if erase is None else erase)
        self._cursor = end
        self._tell()

    def _tell(self) -> None:
        self.redraw()
        self.post_message(self.Changed(self.drawing))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what this kind of drawing does not have."""
        if action == "fit":
            return isinstance(self.drawing, InkDrawing)
        if action == "choose_class":
            return self.drawing.classes > 1
        if action == "grab":
            return isinstance(self.drawing, PointDrawing) and len(self.drawing.points) > 0
        return True

    def action_grab(self) -> None:
        """Take the point under the cursor, so that it moves with it, or let it go."""
        drawing = self.drawing
        if self._held is None and isinstance(drawing, PointDrawing):
            self._held = drawing.nearest(self._cursor)
            if self._held is not None:
                drawing.begin()
                self._cursor = self._place_of(drawing, self._held)
        else:
            self._held = None
        self.is_down = self.is_erasing = False
        self.redraw()

    def _place_of(self, drawing: PointDrawing, index: int) -> tuple[float, float]:
        x, y = drawing.places[index].tolist()
        return x, y

    def _carry(self, to: tuple[float, float]) -> None:
        """Go to a place with the point that is held."""
        assert self._held is not None
        assert isinstance(self.drawing, PointDrawing)
        self.drawing.move(self._held, to)
        self._cursor = to
        self._tell()

    def action_pen(self) -> None:
        """Set the pen down on the paper or lift it; for points, leave one, or let go of the one that is held."""
        if self._held is not None:
            self.action_grab()
            return
        if not self.is_down:
            self.drawing.begin()
            self._mark(self._cursor)
        self.is_down = not self.is_down and isinstance(self.drawing, InkDrawing)
        self.redraw()

    def action_move_pen(self, key: str) -> None:
        """Move the cursor by a step; with shift, or with the pen down, it draws on its way."""
        ways = zip(self._cursor, MOVES[key.removeprefix("shift+")], strict=True)
        x, y = (min(1 - STEP / 2, max(STEP / 2, at + way * STEP)) for at, way in ways)
        to = (x, y)
        if self._held is not None:
            self._carry(to)
        elif self.is_down:
            self._mark(to)
        elif key.startswith("shift+"):
            self.drawing.begin()
            self._mark(to)
        else:
            self._cursor = to
            self.redraw()

    def action_erase(self) -> None:
        """Take the eraser, or the pen again."""
        self.is_erasing = not self.is_erasing
        self.is_down, self._held = False, None
        self.redraw()

    def action_undo_stroke(self) -> None:
        """Take the last stroke back."""
        self.is_down, self._held = False, None
        if self.drawing.undo():
            self._tell()
        else:
            self.redraw()

    def action_clear_drawing(self) -> None:
        """Take everything away; undo brings it back."""
        self.is_down, self._held = False, None
        self.drawing.clear()
        self._tell()

    def action_brush(self, key: str) -> None:
        """Take a finer or a wider brush."""
        self.drawing.change_brush(-1 if key == "minus" else 1)
        self.redraw()

    def action_choose_class(self, key: str) -> None:
        """Draw points of this class."""
        self.drawing.chosen = min(int(key), self.drawing.classes) - 1
        self.is_erasing = False
        self.redraw()

    def action_fit(self) -> None:
        """Make the digit as large as the paper before it is read, or leave it as it is."""
        if isinstance(self.drawing, InkDrawing):
            self.drawing.is_fitted = not self.drawing.is_fitted
            self._tell()

    def action_finish(self, key: str = "enter") -> None:
        """Be done; escape lifts the pen first, and leaves what was not handed on yet."""
        if key == "escape" and (self.is_down or self.is_erasing or self._held is not None):
            self.is_down = self.is_erasing = False
            self._held = None
            self.redraw()
            return
        self.post_message(self.Finished(self.drawing, is_kept=key != "escape"))

    # --- mouse ----------------------------------------------------------------------------------------------------

    def _place_at(self, offset: Offset) -> tuple[float, float]:
        return self._sheet.place(offset.x, offset.y - 1)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Start a stroke, or take the point that lies there; the right button erases."""
        self.focus()
        self.capture_mouse()
        self.is_down, self._held = False, None
        self.drawing.begin()
        self._cursor = self._place_at(event.offset)
        erases = self.is_erasing or event.button == RIGHT_BUTTON
        if not erases:
            self._held = self._point_at(event.offset)
        if self._held is None:
            self._mark(self._cursor, erase=erases)
        else:
            self.redraw()
        event.stop()

    def _point_at(self, offset: Offset) -> int | None:
        """Return the newest point that is drawn in a cell of the pane."""
        drawing, cell = self.drawing, (offset.x, offset.y - 1)
        places = drawing.places.tolist() if isinstance(drawing, PointDrawing) else []
        return next((at for at in reversed(range(len(places))) if self._sheet.cell(*places[at]) == cell), None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Draw on, or carry the point on, while the button is held."""
        if self.app.mouse_captured is self and self._held is not None:
            self._carry(self._place_at(event.offset))
            event.stop()
        elif self.app.mouse_captured is self:
            self._mark(self._place_at(event.offset), erase=self.is_erasing or event.button == RIGHT_BUTTON)
            event.stop()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End the stroke, or let go of the point."""
        self.release_mouse()
        if self._held is not None:
            self._held = None
            self.redraw()
        event.stop()

    def on_click(self, event: events.Click) -> None:
        """Say nothing of a click: the stroke was all."""
        event.stop()
