"""Pointing at a plot: a press, a drag or the inspection cursor sets the knobs that the view's pointer names."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual import on

from nnlab.lab.errors import UsageError
from nnlab.lab.knobs import KnobValue
from nnlab.lab.views import View
from nnlab.tui.refusals import told
from nnlab.tui.screens.run_actions import RunActions
from nnlab.tui.widgets.plot_pane import PlotPane

if TYPE_CHECKING:
    from nnlab.plots import Ruler


class PointingActions(RunActions):
    """A screen on whose plots one can point; it calls `follow_pointer` before it paints."""

    _pointed: tuple[PlotPane, int, int] | None = None
    """The newest place that nothing followed yet: pane, column and row of its plot."""

    @on(PlotPane.Pointed)
    def point(self, event: PlotPane.Pointed) -> None:
        """Remember where: of all places since the last paint only the newest counts."""
        self._pointed = event.pane, event.column, event.row
        self._is_dirty = True

    def follow_pointer(self) -> None:
        """Set the knobs to what the axes say where somebody points; while a run starts, after it has started."""
        run, state = self.session.run, self.session.state
        if self._pointed is None or run is None or state == "starting":
            return
        if run.settings.steps == 0 and state == "ready":
            return  # what the last place shows is on its way: another start now would drop it
        (pane, column, row), self._pointed = self._pointed, None
        measured = self._measure(pane)
        if measured is None:
            return
        view, ruler = measured
        values = _pointed_values(view, ruler.at(column, row))
        wanted = {name: self._value_at(name, value) for name, value in values.items()}
        self.set_knobs({name: value for name, value in wanted.items() if value != self.session.knobs[name]})

    def set_knobs(self, settings: Mapping[str, KnobValue]) -> None:
        """Set knobs; what does not fit is told."""
        try:
            for name, value in settings.items():
                self.session.set_knob(name, value)
        except UsageError as error:
            self.tell(told(error, self.speech))

    def _value_at(self, name: str, place: float) -> KnobValue:
        knob = self.session.card.knob(name) if self.session.card is not None else None
        assert knob is not None  # opening the experiment has checked it
        return knob.nearest(place)

    def _measure(self, pane: PlotPane) -> "tuple[View, Ruler] | None":
        """Return a pane's view and the axes of its plot; None while there are none."""
        view = self._view_of(pane)
        axes = self.axes_of(pane, view) if view is not None else None
        return (view, axes) if view is not None and axes is not None else None

    def _move_cursor(self, columns: int, rows: int) -> None:
        pane = self.focused
        if not isinstance(pane, PlotPane) or pane.points_from is None or not self._is_inspecting:
            super()._move_cursor(columns, rows)
            return
        view_id = (pane.id or "").removeprefix("view-")
        measured = self._measure(pane)
        if view_id not in self._cursor and measured is not None:
            self._cursor[view_id] = self._start(pane, *measured)
        super()._move_cursor(columns, rows)
        if columns or rows:
            self._pointed = pane, *self._cursor[view_id]

    def _start(self, pane: PlotPane, view: View, ruler: "Ruler") -> tuple[int, int]:
        """Return the cell at which the cursor says what the knobs are already; the middle where none is pointed at."""
        cell = [pane.size.width // 2, pane.size.height // 2]
        for axis, name in _knobs(view).items():
            which, value = "xy".index(axis), self.session.knobs.get(name)
            if isinstance(value, int | float):
                cells = range((pane.size.width, pane.size.height)[which])
                apart = [abs(_pointed_values(view, ruler.at(at, at))[name] - value) for at in cells]
                cell[which] = cells[apart.index(min(apart))]
        return cell[0], cell[1]


def _pointed_values(view: View, place: tuple[float, float]) -> dict[str, float]:
    from nnlab.stage import pointed_values

    return pointed_values(view, place)


def _knobs(view: View) -> dict[str, str]:
    from nnlab.stage import pointer_knobs  # the plots come with NumPy, after the first paint

    return pointer_knobs(view)
