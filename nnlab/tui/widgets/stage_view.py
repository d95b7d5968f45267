"""The stage: the panes of a run, arranged by the size of the terminal; one can be zoomed, a narrow stage has tabs."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from nnlab.lab.views import View
from nnlab.tui.arrangement import Class, Place, arrange
from nnlab.tui.speech import speech_of
from nnlab.tui.widgets.plot_pane import PlotPane

if TYPE_CHECKING:
    from nnlab.plots.grid import Grid
    from nnlab.stage import Form

Draw = Callable[[View, tuple[int, int], bool, "Form"], "Grid"]
"""draw(view, (columns, rows), is_focused, form) -> Grid."""
Arrange = Callable[[Sequence[View], int, int, Class, int], list[Place]]
"""arrange(views, width, height, class, shown) -> where each stands."""


class Tabs(Widget):
    """The names of the views, the shown one marked; a click shows another."""

    DEFAULT_CSS = "Tabs { height: 2; dock: top; }"

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self) -> None:
        super().__init__()
        self._names: Sequence[str] = ()
        self._shown = 0
        self._first = 0

    def show(self, names: Sequence[str], shown: int) -> None:
        """Show these names."""
        self._names, self._shown = names, shown
        self.refresh()

    def render(self) -> Content:
        """Return the names and a rule that is thick under the shown one."""
        speech = speech_of(self)
        self._first = self._first_that_fits()
        row, rule = Content(""), Content("")
        for index, name in list(enumerate(self._names))[self._first :]:
            is_shown = index == self._shown
            gap = "  " if row.plain else ""
            row += speech.content(gap, (name, "bold $accent" if is_shown else "$muted"))
            width = row.cell_length - rule.cell_length - len(gap)
            rule += speech.content(
                ("─" * len(gap), "$line"), ("━" * width, "$accent") if is_shown else ("─" * width, "$line")
            )
        rest = max(0, self.size.width - rule.cell_length)
        rule += speech.content(("─" * rest, "$line"))
        mark = not speech.is_ascii
        return Content("\n").join([row.truncate(self.size.width, ellipsis=mark), rule.truncate(self.size.width)])

    def _first_that_fits(self) -> int:
        """Return the first name to show so that the shown one is whole."""
        first = 0
        while first < self._shown and self._width(first, self._shown) > self.size.width:
            first += 1
        return first

    def _width(self, first: int, last: int) -> int:
        names = self._names[first : last + 1]
        return sum(Content(name).cell_length for name in names) + 2 * (len(names) - 1)

    def on_click(self, event: events.Click) -> None:
        """Show the view whose name is under the pointer."""
        for index in range(self._first, len(self._names)):
            if event.x < self._width(self._first, index) + 1:
                self.post_message(self.Chosen(index))
                return


def _name(view: View) -> str:
    """Return the id of a view's pane."""
    return f"view-{view.id}"


class StageView(Container):
    """Panes for the views of an experiment."""

    DEFAULT_CSS = """
    StageView { layers: stage; }
    StageView PlotPane { position: absolute; }
    """

    def __init__(
        self,
        draw: Draw,
        id: str | None = None,  # noqa: A002  (Textual's name)
        arrange: Arrange = arrange,
        *,
        can_point: bool = False,
    ) -> None:
        """can_point: panes tell where somebody points at the plot of a view that has a pointer."""
        super().__init__(id=id)
        self._tabs = Tabs()
        self._can_point = can_point
        self._draw = draw
        self._arrange = arrange
        self._views: tuple[View, ...] = ()
        self._titles: Mapping[str, str] = {}
        self._places: dict[str, Place] = {}
        self._class: Class = "wide"
        self._top = 0
        """Rows that the tabs take."""
        self.shown = 0
        """Index of the view that a narrow stage shows."""
        self.zoomed: str | None = None
        self._changing = asyncio.Lock()
        """Held while panes come and go: a second page turned meanwhile would mount the same view again."""

    def compose(self) -> ComposeResult:
        """Yield the tabs; panes are mounted when there are views."""
        yield self._tabs

    async def show(self, views: Sequence[View], titles: Mapping[str, str]) -> None:
        """Show these views; the panes of views that stay are kept."""
        async with self._changing:
            self._titles = titles
            # Whoever asked may have been given up halfway: what counts is which panes there are.
            if tuple(views) != self._views or [pane.id for pane in self.query(PlotPane)] != [_name(v) for v in views]:
                kept = {view.id for view in views}
                self._views = tuple(views)
                self.shown = min(self.shown, max(0, len(views) - 1))
                self.zoomed = self.zoomed if self.zoomed in kept else None
                await self.query(PlotPane).remove()
                if not self.is_attached:
                    return  # the screen was closed meanwhile
                self.place_views(self._class)
                await self.mount_all([self._pane(view) for view in views])
            self.place_views(self._class)

    def _pane(self, view: View) -> PlotPane:
        pane = PlotPane(None, id=_name(view), can_focus=True)
        pane.drawer = lambda size: self._draw(view, size, pane.has_focus, self._form(view))
        self._place_pane(pane)
        return pane

    def _form(self, view: View) -> "Form":
        place = self._places.get(view.id)  # none once a resize took it, until the pane is hidden
        if place is not None and place.is_compact:
            return "line"
        return "bare" if self._tabs.display else "pane"

    @property
    def header_rows(self) -> int:
        """Rows of a pane above its plot: none where the tabs name it."""
        return 0 if self._top else 1

    @property
    def views(self) -> tuple[View, ...]:
        """What the stage shows, in order."""
        return self._views

    @property
    def placed(self) -> list[View]:
        """The views that have a place now."""
        return [view for view in self._views if view.id in self._places]

    def shows(self, views: Collection[str]) -> bool:
        """Whether one of these views stands on the stage in more than one line."""
        return any(place.view in views and not place.is_compact for place in self._places.values())

    def place_views(self, kind: Class) -> None:
        """Give every view its place for this breakpoint."""
        self._class = kind
        has_tabs = kind in ("narrow", "single") and self.zoomed is None and len(self._views) > 1
        self._tabs.display = has_tabs
        top = 2 if has_tabs else 0
        width, height = self.size.width, self.size.height - top
        views = [view for view in self._views if view.id == self.zoomed] if self.zoomed else list(self._views)
        self._places = {place.view: place for place in self._arrange(views, width, height, kind, self.shown)}
        self._top = top
        for pane in self.query(PlotPane):  # fewer than views while the screen closes
            self._place_pane(pane)
        if has_tabs:
            self._tabs.show([self._titles.get(view.id, view.id) for view in self._views], self.shown)

    def _place_pane(self, pane: PlotPane) -> None:
        view_id = (pane.id or "").removeprefix("view-")
        place = self._places.get(view_id)
        pane.display = place is not None
        if place is not None:
            has_pointer = any(view.id == view_id and view.options.get("pointer") for view in self._views)
            pane.points_from = self.header_rows if self._can_point and has_pointer and not place.is_compact else None
            pane.styles.offset = (place.x, place.y + self._top)
            pane.styles.width = place.width
            pane.styles.height = place.height

    def on_resize(self) -> None:
        """Arrange anew."""
        if self._views:
            self.place_views(self._class)

    async def redraw(self) -> None:
        """Draw every pane that has a place; between two panes a key may be answered."""
        for pane in self.query(PlotPane):
            if pane.display:
                pane.redraw()
                await asyncio.sleep(0)

    def show_tab(self, index: int) -> None:
        """Let a narrow stage show the view of that index."""
        self.shown = index % max(1, len(self._views))
        self.place_views(self._class)
        self.call_after_refresh(self.redraw)

    def zoom(self, view_id: str | None) -> None:
        """Show one view alone, or all again."""
        self.zoomed = view_id
        self.place_views(self._class)
        self.call_after_refresh(self.redraw)
