"""Digits that somebody draws: from ink on a fine canvas to the form of the data set, and to a short text and back.

The data set was made so (E. Alpaydin, C. Kaynak, UCI Machine Learning Repository, 1998): each digit was cut out and
brought to the same size, 32x32 points that are ink or paper; then the ink in every block of 4x4 was counted.
"""

import numpy as np

from nnlab.data.dataset import Array
from nnlab.data.digits import LEVELS
from nnlab.data.errors import DataError

CANVAS = 32
"""Points of ink along each side of the canvas."""
SIDE = 8
"""Pixels along each side of a digit."""
BLOCK = CANVAS // SIDE
SIGNS = "0123456789abcdefg"
"""How a text writes 0 to 16."""
_ORDER = np.argsort(np.hypot(*(np.indices((BLOCK, BLOCK)) - (BLOCK - 1) / 2)).reshape(-1), kind="stable")
"""The places of a block from its middle outwards."""


def fitted(ink: Array) -> Array:
    """Return ink (32, 32) bool as large as the canvas and in its middle; proportions stay. No ink stays no ink."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    result = np.zeros_like(ink)
    if not rows.size:
        return result
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = CANVAS / max(box.shape)
    height, width = (max(1, round(side * scale)) for side in box.shape)
    from_rows = ((np.arange(height) + 0.5) * box.shape[0] / height).astype(np.intp)
    from_columns = ((np.arange(width) + 0.5) * box.shape[1] / width).astype(np.intp)
    top, left = (CANVAS - height) // 2, (CANVAS - width) // 2
    result[top : top + height, left : left + width] = box[np.ix_(from_rows, from_columns)]
    return result


def counted(ink: Array) -> Array:
    """Return how many points of each block of 4x4 are ink: (8, 8) int64 from 0 to 16, of ink (32, 32) bool."""
    counts: Array = ink.reshape(SIDE, BLOCK, SIDE, BLOCK).sum(axis=(1, 3), dtype=np.int64)
    return counts


def inked(levels: Array) -> Array:
    """Return ink (32, 32) bool whose counts are `levels` (8, 8), each block filled from its middle outwards."""
    ranks = np.empty(BLOCK * BLOCK, dtype=np.int64)
    ranks[_ORDER] = np.arange(BLOCK * BLOCK)
    blocks = ranks.reshape(BLOCK, BLOCK)[None, :, None, :] < levels[:, None, :, None]
    ink: Array = blocks.reshape(CANVAS, CANVAS)
    return ink


def write_digit(levels: Array) -> str:
    """Write a digit (8, 8) of 0 to 16 as 64 signs, row by row; one without ink is the empty text."""
    return "".join(SIGNS[level] for level in levels.reshape(-1).tolist()) if levels.any() else ""


def read_digit(text: str) -> Array:
    """Read a digit (8, 8) int64 from 64 signs; the empty text is one without ink. Raises DataError for another text."""
    if not text:
        return np.zeros((SIDE, SIDE), dtype=np.int64)
    if len(text) != SIDE * SIDE or not set(text) <= set(SIGNS):
        raise DataError(
            f"a drawn digit is {SIDE * SIDE} signs of {SIGNS[0]} to {SIGNS[-1]}, a pixel each, not "
            f"{text[:20]!r} with {len(text)}; draw it in the lab, or leave the text empty."
        )
    return np.array([SIGNS.index(sign) for sign in text], dtype=np.int64).reshape(SIDE, SIDE)


def as_image(levels: Array) -> Array:
    """Return a digit (8, 8) of 0 to 16 as the data set's images are: float64 in [0, 1]."""
    image: Array = levels / LEVELS
    return image
