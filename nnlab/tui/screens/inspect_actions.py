"""What can be read off a stage: a cursor tells exact values of fields, a chosen neuron its arithmetic.

The curves of metrics share one cursor: a step, which every pane with an axis of steps reads.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual import events

from nnlab.lab.views import View
from nnlab.tui.screens.lab_screen import LabScreen
from nnlab.tui.session import Session
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.stage_view import StageView

if TYPE_CHECKING:
    from nnlab.lab.events import HostArray
    from nnlab.plots import Ruler

FIRST_NEURON = (1, 0)
"""(layer, node) that is chosen first; layer 0 are the inputs."""


class InspectActions(LabScreen):
    """A screen with a session and a stage."""

    session: Session
    seed_index: int
    """With several seeds, the one on show."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._cursor: dict[str, tuple[int, int]] = {}
        """View id -> (column, row) of its inspection cursor."""
        self._chosen: dict[str, tuple[int, int]] = {}
        """View id of a network -> (layer, node) of the neuron whose numbers are told."""
        self._sample = 0
        """On which of the observed samples neurons tell their numbers."""
        self._step: float | None = None
        """The x at which all curves of metrics are read."""
        self._is_inspecting = False
        self._is_dirty = True
        """Something changed: paint with the next frame."""

    def inspection(self, view: View) -> dict[str, object]:
        """Return the options by which a view shows what is read off it now."""
        if view.id in self._chosen:
            return {"chosen": self._chosen[view.id], **self._sample_options(view)}
        if self._step is not None and self.has_steps(view):
            return {"cursor": self._step}
        return {"cursor": self._cursor[view.id]} if view.id in self._cursor else {}

    def words(self) -> Mapping[str, str]:
        """Return what names in plots are called; a long name takes room beside the axes."""
        return {}

    def has_steps(self, view: View) -> bool:
        """Whether a view has curves of metrics, so that it shows the cursor of all of them."""
        return view.kind == "curve" and not view.probe

    def steps_of(self, view: View) -> "HostArray":
        """Return every x (n,) at which a curve of such a view was measured, rising."""
        from nnlab.stage import steps_of

        assert self.session.run is not None
        return steps_of(view, self.session.run, ghost=self.session.ghost, seed=self.seed_index)

    def axes_of(self, pane: PlotPane, view: View) -> "Ruler | None":
        """Return the axes of a pane's plot; None while there are none."""
        from nnlab.stage import ruler_of

        run = self.session.run
        if run is None:
            return None
        size = pane.size.width, pane.size.height - self.query_one(StageView).header_rows
        palette, ghost, seed = self.lab.plot_palette(), self.session.ghost, self.seed_index
        return ruler_of(view, run, size=size, palette=palette, words=self.words(), ghost=ghost, seed=seed)

    def _sample_options(self, view: View) -> dict[str, object]:
        total = self._samples(view)
        if not total:
            return {}
        at = self._sample % total
        return {"sample": at, "sample_name": self.say("inspect.sample", number=at + 1, total=total)}

    @property
    def can_choose_sample(self) -> bool:
        """Whether a neuron tells its numbers on one of several samples."""
        view = self._focused_view()
        return view is not None and view.id in self._chosen and self._samples(view) > 1

    @property
    def preferred(self) -> tuple[str, ...]:
        """In a pane that can be read, its own keys come before those of the run."""
        pane = self.focused
        is_there = hasattr(self, "session") and isinstance(pane, PlotPane) and self._is_readable(pane)
        return ("sample", "inspect", "zoom") if is_there else ()

    def action_inspect(self) -> None:
        """Read exact values in the focused pane with a cursor."""
        self._is_inspecting = not self._is_inspecting
        if not self._is_inspecting:
            self._cursor.clear()
            self._chosen.clear()
            self._step = None
        else:
            panes = [pane for pane in self._panes() if self._is_readable(pane)]
            if not panes:
                self._is_inspecting = False
                self.tell(self.say("inspect.none"))
            elif self.focused not in panes:
                self.set_focus(panes[0])
            self._move_cursor(0, 0)
        self._is_dirty = True
        self.refresh_bindings()

    @property
    def can_read_beside(self) -> bool:
        """Whether the cursor of the curves can go to the next measurement."""
        return self._step is not None

    def action_beside(self, key: str) -> None:
        """Read the curves of the focused pane at the next measurement, or the one before, however near."""
        from nnlab.plots.ruler import beside

        view = self._focused_view()
        if self._step is not None and view is not None and self.has_steps(view):
            self._step = beside(self._step, 1 if key.endswith("right") else -1, self.steps_of(view))
            self._is_dirty = True

    def action_sample(self, key: str) -> None:
        """Let the chosen neuron tell its numbers on the next sample, or the one before."""
        view = self._focused_view()
        if view is not None and self._samples(view):
            self._sample = (self._sample + (1 if key == "full_stop" else -1)) % self._samples(view)
            self._is_dirty = True

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """While values are read, the pane that gets the focus shows its own."""
        if self._is_inspecting and isinstance(event.widget, PlotPane) and self._is_readable(event.widget):
            self._move_cursor(0, 0)
            self.refresh_bindings()

    def read_at(self, pane: PlotPane, column: int, row: int) -> None:
        """Read what a click on a cell asks for: a neuron's numbers at any time, else where a cursor stands already."""
        view, at = self._view_of(pane), (column, max(0, row - self.query_one(StageView).header_rows))
        node = self._node_at(pane, view, at) if view is not None else None
        if view is not None and node is not None:
            is_same = self._chosen.get(view.id) == node
            self._chosen[view.id] = node
            if is_same or not self._is_inspecting:
                self.set_focus(pane)
                self.action_inspect()
        elif view is not None and self.has_steps(view) and self._is_readable(pane):
            self._read_step_at(pane, view, at[0])
        elif view is not None and self._is_inspecting and self._is_readable(pane) and view.id not in self._chosen:
            self._cursor[view.id] = at
        self._is_dirty = True

    def _read_step_at(self, pane: PlotPane, view: View, column: int) -> None:
        from nnlab.plots.ruler import nearest

        axes = self.axes_of(pane, view)
        if axes is not None:
            self._step = nearest(axes.at(column, 0)[0], self.steps_of(view))
            if not self._is_inspecting:
                self.set_focus(pane)
                self.action_inspect()

    def _node_at(self, pane: PlotPane, view: View, cell: tuple[int, int]) -> tuple[int, int] | None:
        from nnlab.stage import node_at

        run = self.session.run
        if run is None:
            return None
        size = pane.size.width, pane.size.height - self.query_one(StageView).header_rows
        extra, palette = self.inspection(view), self.lab.plot_palette()
        return node_at(view, run, cell, size=size, palette=palette, seed=self.seed_index, extra=extra)

    def _panes(self) -> list[PlotPane]:
        """The panes that stand on the stage now, without those of one line."""
        return [pane for pane in self.query(PlotPane) if pane.display and pane.size.height > 1]

    def _view_of(self, pane: PlotPane) -> View | None:
        name = (pane.id or "").removeprefix("view-")
        return next((view for view in self.query_one(StageView).views if view.id == name), None)

    def _focused_view(self) -> View | None:
        return self._view_of(self.focused) if isinstance(self.focused, PlotPane) else None

    def _is_readable(self, pane: PlotPane) -> bool:
        from nnlab.stage import READABLE_KINDS

        view = self._view_of(pane)
        if view is None or (self.has_steps(view) and not len(self.steps_of(view))):
            return False
        return view.kind in READABLE_KINDS or bool(self._layers_of(view))

    def _layers_of(self, view: View) -> list[int]:
        from nnlab.stage import nodes_of

        run = self.session.run
        return nodes_of(view, run, self.seed_index) if run is not None else []

    def _samples(self, view: View) -> int:
        from nnlab.stage import samples_of

        run = self.session.run
        return samples_of(view, run, self.seed_index) if run is not None else 0

    def _move_cursor(self, columns: int, rows: int) -> None:
        pane = self.focused
        if not isinstance(pane, PlotPane) or pane.id is None or not self._is_inspecting:
            return
        name, view = pane.id.removeprefix("view-"), self._view_of(pane)
        layers = self._layers_of(view) if view is not None else []
        if layers:
            self._move_choice(name, layers, columns, rows)
        elif view is not None and self.has_steps(view):
            if (axes := self.axes_of(pane, view)) is not None:
                self._step = axes.moved(self._step, columns, self.steps_of(view))
        else:
            height = pane.size.height - self.query_one(StageView).header_rows
            column, row = self._cursor.get(name, (pane.size.width // 2, height // 2))
            self._cursor[name] = (
                max(0, min(pane.size.width - 1, column + columns)),
                max(0, min(height - 1, row + rows)),
            )
        self._is_dirty = True

    def _move_choice(self, name: str, layers: list[int], columns: int, rows: int) -> None:
        """Choose the neuron so many layers to the right and nodes below; what lies beyond the ends is the last one."""
        layer, node = self._chosen.get(name, FIRST_NEURON)
        now = min(layer, len(layers) - 1)
        layer = max(0, min(len(layers) - 1, now + columns))
        if layer != now and layers[now] > 1:  # go on at the same height
            node = round(node * (layers[layer] - 1) / (layers[now] - 1))
        self._chosen[name] = layer, max(0, min(layers[layer] - 1, node + rows))
