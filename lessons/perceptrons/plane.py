"""The square of the plane around the four corners, as this lesson's hand-made fields show it."""

from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

LOW, HIGH = -0.5, 1.5
CELLS = 48
EXTENT = (LOW, HIGH, LOW, HIGH)


def points() -> Array:
    """Return the centres of the cells, (CELLS * CELLS, 2), row by row from the bottom (smallest x2) up."""
    centres = LOW + (np.arange(CELLS) + 0.5) * (HIGH - LOW) / CELLS
    x2, x1 = np.meshgrid(centres, centres, indexing="ij")
    return np.stack([x1.ravel(), x2.ravel()], axis=-1)


def field(function: Callable[[Array], Array]) -> Array:
    """Return function(points (N, 2)) -> (..., N) as pictures (..., CELLS, CELLS), first row at the bottom."""
    values = function(points())
    return values.reshape(*values.shape[:-1], CELLS, CELLS)


def seam(z: Array, w: Array) -> Array:
    """Show a hard step as a field in [-1, 1] whose dark seam is the line z = 0, as wide as a cell or two.

    z (..., N) sums, w (..., 2) the weights they came from: z / |w| is the distance to the line.
    """
    steepness = np.linalg.norm(w, axis=-1)[..., None]
    return np.clip(12.0 * z / np.where(steepness > 0, steepness, 1.0), -1.0, 1.0)
