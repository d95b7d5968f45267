"""The plot pane: shows a Grid of nnlab.plots, sending only the rows that changed.

The screen gives it a drawer, `(columns, rows) -> Grid`, and calls `redraw()` when the data is new. The grid holds the
whole pane, header row included. `pane.redraw()` costs one drawing and one comparison; equal frames cost no output.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import App
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from nnlab.tui.catalogue import spell_cells
from nnlab.tui.cleaning import clean_line
from nnlab.tui.speech import speech_of

if TYPE_CHECKING:
    from nnlab.plots.grid import Grid

Drawer = Callable[[tuple[int, int]], "Grid"]
BACKLOG = 6
"""Writes waiting for the terminal from which on new frames are skipped; Textual's queue blocks the app at 30."""
CATCH_UP_SECONDS = 0.1
"""How long a frame that was skipped waits."""
INDEXED = 0x1000000
"""From here on a colour is an index into the terminal's palette."""


def is_backed_up(app: App[object]) -> bool:
    """Whether the terminal is slower than what is sent to it (a slow line): skip frames until it has caught up."""
    queue = getattr(getattr(app._driver, "_writer_thread", None), "_queue", None)
    return queue is not None and queue.qsize() >= BACKLOG


@lru_cache(4096)
def cell_style(fg: int, bg: int, bold: bool, default_fg: Color | None, default_bg: Color | None) -> Style:
    """Return the style of a run of cells; -1 is the default colour."""
    return Style(
        color=_colour(fg) if fg >= 0 else default_fg,
        bgcolor=_colour(bg) if bg >= 0 else default_bg,
        bold=bold,
    )


@lru_cache(4096)
def _colour(value: int) -> Color:
    if value >= INDEXED:
        return Color.from_ansi(value - INDEXED)
    return Color.from_rgb(value >> 16, value >> 8 & 255, value & 255)


class OnCell(Message):
    """Something happened on a cell of a pane."""

    def __init__(self, pane: "PlotPane", column: int, row: int) -> None:
        super().__init__()
        self.pane = pane
        self.column = column
        self.row = row

    @property
    def control(self) -> "PlotPane":
        """The pane."""
        return self.pane


class PlotPane(Widget, can_focus=False):
    """One pane of the stage."""

    DEFAULT_CSS = """
    PlotPane { background: $background; color: $text; }
    """

    class Pressed(OnCell):
        """A cell of the pane was clicked."""

    class Pointed(OnCell):
        """The pointer was pressed on a cell of the plot, or dragged there; it may have left the pane meanwhile."""

    def __init__(
        self,
        drawer: Drawer | None = None,
        *,
        id: str | None = None,  # noqa: A002  (Textual's name)
        classes: str | None = None,
        can_focus: bool = False,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.can_focus = can_focus
        self.drawer = drawer
        self.points_from: int | None = None
        """Row of the plot's first cells, where a press points at something; None: it never does."""
        self.grid: Grid | None = None
        self.frames = 0
        """Frames that changed something."""
        self._waits = False
        """Whether it will be drawn when the terminal has caught up."""
        self._strips: dict[int, Strip] = {}
        self._defaults: tuple[Color | None, Color | None] = (None, None)

    def redraw(self) -> bool:
        """Draw again and send the rows that changed. Returns whether any did."""
        width, height = self.size
        if self.drawer is None or not width or not height or not self.is_attached:
            return False
        if is_backed_up(self.app):
            self._draw_later()
            return False
        try:
            grid = self.drawer((width, height))
        except (ValueError, LookupError, TypeError, ArithmeticError) as error:
            # A lesson's view may name a plot or hand over arrays that do not exist: that costs a pane, not the session.
            grid = self._complaint(error, (width, height))
        return self.show(grid)

    def _draw_later(self) -> None:
        """Draw when the terminal has caught up: a run that has ended gives no other occasion."""
        if not self._waits:
            self._waits = True
            self.set_timer(CATCH_UP_SECONDS, self._draw_at_last)

    def _draw_at_last(self) -> None:
        self._waits = False
        self.redraw()

    def _complaint(self, error: Exception, size: tuple[int, int]) -> "Grid":
        """Return a grid that says what could not be drawn."""
        from nnlab.plots.grid import Grid
        from nnlab.plots.width import wrap

        grid = Grid.blank(size)
        for row, line in enumerate(wrap(clean_line(f"✗ {error}"), size[0])):
            grid.put(row, 0, line)
        return grid

    def show(self, grid: "Grid") -> bool:
        """Take up a grid of the pane's size; refresh the rows that differ from the last one."""
        before, self.grid = self.grid, grid
        if before is None or before.chars.shape != grid.chars.shape:
            self._strips.clear()
            self.refresh()
            self.frames += 1
            return True
        rows = [int(row) for row in grid.changed_rows(before)]
        for row in rows:
            self._strips.pop(row, None)
        for first, count in _stretches(rows):
            self.refresh(Region(0, first, self.size.width, count))
        self.frames += bool(rows)
        return bool(rows)

    def render_line(self, y: int) -> Strip:
        """Return one row of cells, from the cache when it did not change."""
        base = self.rich_style
        defaults = (base.color, base.bgcolor)
        if defaults != self._defaults:
            self._defaults = defaults
            self._strips.clear()
        strip = self._strips.get(y)
        if strip is None:
            strip = self._strip(y, base)
            self._strips[y] = strip
        return strip

    def _strip(self, y: int, base: Style) -> Strip:
        width = self.size.width
        if self.grid is None or y >= self.grid.chars.shape[0]:
            return Strip.blank(width, base)
        spell = spell_cells if speech_of(self).is_ascii else str
        segments = [
            Segment(spell(clean_line(text)), cell_style(int(fg), int(bg), bool(bold), *self._defaults))
            for text, fg, bg, bold in self.grid.runs(y)
        ]
        return Strip(segments).adjust_cell_length(width, base)

    def on_resize(self) -> None:
        """Draw in the new size."""
        self._strips.clear()
        self.redraw()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The title of the focused pane looks different."""
        super().watch_has_focus(has_focus)
        self.redraw()

    def on_click(self, event: events.Click) -> None:
        """Tell the screen which cell was clicked."""
        self.post_message(self.Pressed(self, event.x, event.y))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Point at a cell of the plot."""
        if self.points_from is not None and event.y >= self.points_from:
            self.capture_mouse()
            self._point(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag while the button is held."""
        if self.points_from is not None and self.app.mouse_captured is self:
            self._point(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go."""
        if self.points_from is not None:
            self.release_mouse()

    def _point(self, event: events.MouseEvent) -> None:
        self.post_message(self.Pointed(self, event.x, event.y - (self.points_from or 0)))


def _stretches(rows: list[int]) -> list[tuple[int, int]]:
    """Join neighbouring rows: (first row, how many)."""
    stretches: list[tuple[int, int]] = []
    for row in rows:
        if stretches and row == sum(stretches[-1]):
            stretches[-1] = (stretches[-1][0], stretches[-1][1] + 1)
        else:
            stretches.append((row, 1))
    return stretches
