"""The table of results on the workbench: its rows chosen, marked for the comparison, and taken away."""

from textual import on

from nnlab.tui.screens.bench_actions import RESULTS, BenchActions
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.stage_view import StageView


class TableActions(BenchActions):
    """The part of the workbench that answers where its runs are listed."""

    _first_row = 0
    """Topmost row of the table that is shown."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what cannot be done now."""
        if action in ("mark", "drop", "pin"):
            return self.is_on(RESULTS) and self.runs.chosen is not None
        if action in ("overlay", "metric", "axis", "log", "smooth"):
            return bool(self.runs.runs)
        return super().check_action(action, parameters)

    def action_mark(self) -> None:
        """Put the run's curve into the overlay, or take it out."""
        if (chosen := self.runs.chosen) is not None:
            chosen.is_shown = not chosen.is_shown
            self._is_dirty = True

    def action_overlay(self) -> None:
        """Compare all runs, or the one on the stage alone."""
        if all(one.is_shown for one in self.runs.runs):
            present = self.runs.of(self.session.run)
            for one in self.runs.runs:
                one.is_shown = one is present
        else:
            for one in self.runs.runs:
                one.is_shown = True
        self._is_dirty = True

    def action_drop(self) -> None:
        """Take the run off the table; the history keeps it."""
        chosen = self.runs.chosen
        if chosen is not None and chosen.run is not self.session.run:
            self.runs.drop(chosen)
            self._is_dirty = True
            self.refresh_bindings()

    @on(PlotPane.Pressed)
    def press_table(self, event: PlotPane.Pressed) -> None:
        """A click on a line of the table chooses its run; once more marks it."""
        line = event.row - self.query_one(StageView).header_rows - 1
        row = line + self._first_row
        if event.pane.id == f"view-{RESULTS}" and line >= 0 and row < len(self.runs.runs):
            if row == self.runs.selected:
                self.action_mark()
            self.runs.selected = row
            self._is_dirty = True
