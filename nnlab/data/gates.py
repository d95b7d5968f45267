"""Logic gates of two inputs: their truth tables, and the XOR cloud around its four corners."""

from difflib import get_close_matches

import numpy as np

from nnlab.data.clouds import check
from nnlab.data.dataset import Samples
from nnlab.data.errors import DataError

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float64)
"""The four inputs of every gate, in the order of counting."""

TRUTH = {"and": (0, 0, 0, 1), "or": (0, 1, 1, 1), "nand": (1, 1, 1, 0), "xor": (0, 1, 1, 0)}
"""Gate -> its output at each corner. All but the last can be cut off by one straight line."""


def truth_table(gate: str) -> Samples:
    """Return the gate's four corners x (4, 2) and its outputs y (4,). Raises DataError for an unknown gate."""
    if gate not in TRUTH:
        near = get_close_matches(gate.lower(), TRUTH, n=1, cutoff=0.4)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise DataError(f"no gate {gate!r}{hint} There are: {', '.join(TRUTH)}.")
    return CORNERS.copy(), np.array(TRUTH[gate], dtype=np.int64)


def xor(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """Draw n points around the corners of {0, 1} squared, as many at each; the class is XOR of the corner.

    noise: standard deviation around the corner, 0.17 in the lessons.
    """
    check("xor", n, noise)
    corner = np.arange(n) % 4
    return CORNERS[corner] + noise * rng.standard_normal((n, 2)), np.array(TRUTH["xor"])[corner]
