"""What can be read off a stage: a cursor that tells the exact values of the pane that has the focus."""

from typing import Any

from nnlab.tui.screens.lab_screen import LabScreen
from nnlab.tui.session import Session
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.stage_view import StageView


class InspectActions(LabScreen):
    """A screen with a session and a stage."""

    session: Session
    seed_index: int
    """With several seeds, the one on show."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._cursor: dict[str, tuple[int, int]] = {}
        """View id -> (column, row) of its inspection cursor."""
        self._is_inspecting = False
        self._is_dirty = True
        """Something changed: paint with the next frame."""

    def action_inspect(self) -> None:
        """Read exact values in the focused pane with a cursor."""
        self._is_inspecting = not self._is_inspecting
        if not self._is_inspecting:
            self._cursor.clear()
        else:
            panes = [pane for pane in self._panes() if self._is_readable(pane)]
            if not panes:
                self._is_inspecting = False
                self.tell(self.say("inspect.none"))
            elif self.focused not in panes:
                self.set_focus(panes[0])
            self._move_cursor(0, 0)
        self._is_dirty = True

    def _panes(self) -> list[PlotPane]:
        """The panes that stand on the stage now, without those of one line."""
        return [pane for pane in self.query(PlotPane) if pane.display and pane.size.height > 1]

    def _is_readable(self, pane: PlotPane) -> bool:
        from nnlab.stage import READABLE_KINDS

        view = self.session.card.view((pane.id or "").removeprefix("view-")) if self.session.card is not None else None
        return view is not None and view.kind in READABLE_KINDS

    def _move_cursor(self, columns: int, rows: int) -> None:
        pane = self.focused
        if isinstance(pane, PlotPane) and pane.id is not None and self._is_inspecting:
            view = pane.id.removeprefix("view-")
            height = pane.size.height - self.query_one(StageView).header_rows
            column, row = self._cursor.get(view, (pane.size.width // 2, height // 2))
            self._cursor[view] = (
                max(0, min(pane.size.width - 1, column + columns)),
                max(0, min(height - 1, row + rows)),
            )
            self._is_dirty = True
