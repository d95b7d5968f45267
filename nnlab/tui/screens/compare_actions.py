"""How runs are compared: the metric, the axis and the scale of their curves over one another."""

from nnlab.tui.bench_runs import AXES, BenchRuns
from nnlab.tui.screens.lab_screen import LabScreen


class CompareActions(LabScreen):
    """The part of a screen that answers the keys of a comparison."""

    runs: BenchRuns
    """The runs that are compared."""

    def forget_cursor(self) -> None:
        """Take the cursor off the curves: the axis is another one."""

    def action_metric(self) -> None:
        """Compare another metric."""
        self.runs.next_metric()
        self._is_dirty = True

    def action_axis(self) -> None:
        """Align the curves by steps, samples or time."""
        self.runs.axis = AXES[(AXES.index(self.runs.axis) + 1) % len(AXES)]
        self.forget_cursor()
        self._is_dirty = True

    def action_log(self) -> None:
        """Logarithmic or linear."""
        self.runs.is_log = not self.runs.is_log
        self._is_dirty = True

    def action_smooth(self) -> None:
        """Smooth the curves, or show them as they are."""
        self.runs.is_smooth = not self.runs.is_smooth
        self._is_dirty = True
