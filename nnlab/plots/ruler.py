"""A ruler: which values of a plot's axes lie under one of its cells, for whoever points at the plot."""

from dataclasses import dataclass, replace

from nnlab.plots.axes import Axis
from nnlab.plots.options import Pair


@dataclass(frozen=True, slots=True)
class Ruler:
    """Where a plot's axes run through its cells; the centres of the outer cells are the axes' ends."""

    left: int
    """Column of the x axis's low end."""
    columns: int
    rows: int
    """The y axis's high end lies in row 0, its low end in row rows - 1."""
    x: Axis
    y: Axis

    def at(self, column: float, row: float) -> Pair:
        """Return x and y under a cell of the plot, labels included; outside of the axes, those of their ends."""
        across = (column - self.left) / max(1, self.columns - 1)
        up = 1 - row / max(1, self.rows - 1)
        return self.x.at(min(1.0, max(0.0, across))), self.y.at(min(1.0, max(0.0, up)))

    def seen_from(self, x: float, y: float) -> "Ruler":
        """Return the ruler of linear axes that tells how far a cell is from the place (x, y)."""
        moved = [replace(axis, low=axis.low - at, high=axis.high - at) for axis, at in ((self.x, x), (self.y, y))]
        return replace(self, x=moved[0], y=moved[1])
