"""A ruler: which values of a plot's axes lie under one of its cells, for whoever points at the plot."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

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

    def moved(self, x: float | None, columns: int, known: NDArray[np.float64]) -> float:
        """Return the known x that is nearest so many columns from x, and another than x where there is one that way.

        known: rising. x: None begins in the middle.
        """
        if x is None:
            return nearest(self.x.at(0.5), known)
        share = float(self.x.share(np.array([x]))[0]) + columns / max(1, self.columns - 1)
        reached = nearest(self.x.at(min(1.0, max(0.0, share))), known)
        is_past = (reached - x) * columns > 0
        return reached if is_past or not columns else beside(x, 1 if columns > 0 else -1, known)


def nearest(x: float, known: NDArray[np.float64]) -> float:
    """Return the known value that is nearest to x; x itself where none is known."""
    return float(known[np.argmin(np.abs(known - x))]) if known.size else x


def beside(x: float, by: int, known: NDArray[np.float64]) -> float:
    """Return the known value so many places after x, or before it where `by` is negative; the last one that way.

    known: rising.
    """
    if not known.size:
        return x
    after = int(np.searchsorted(known, x, side="right"))
    before = int(np.searchsorted(known, x, side="left"))
    place = after + by - 1 if by > 0 else before + by
    return float(known[max(0, min(len(known) - 1, place))])
