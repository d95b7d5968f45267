"""Small changes to images (..., h, w): a frame around them, a shift by whole pixels."""

import numpy as np

from nnlab.data.dataset import Array
from nnlab.data.errors import DataError


def pad(images: Array, size: int) -> Array:
    """Centre images (..., h, w) on black squares (..., size, size); an odd rest goes to the right and below.

    Raises DataError when the images are larger than that.
    """
    height, width = images.shape[-2:]
    if size < max(height, width):
        raise DataError(
            f"pad: size is {size}, but the images have {height}x{width} pixels; ask for at least {max(height, width)}."
        )
    top, left = (size - height) // 2, (size - width) // 2
    padded = np.zeros((*images.shape[:-2], size, size), images.dtype)
    padded[..., top : top + height, left : left + width] = images
    return padded


def shift(images: Array, *, right: int = 0, down: int = 0) -> Array:
    """Move images (..., h, w) by whole pixels; negative is left and up. What leaves is lost, what enters is 0."""
    height, width = images.shape[-2:]
    moved = np.zeros_like(images)
    to_rows, from_rows = _overlap(down, height)
    to_columns, from_columns = _overlap(right, width)
    moved[..., to_rows, to_columns] = images[..., from_rows, from_columns]
    return moved


def shift_randomly(images: Array, pixels: int, *, rng: np.random.Generator) -> Array:
    """Move every image of (n, ..., h, w) by its own whole steps from -pixels to pixels along both axes."""
    if pixels < 0:
        raise DataError(f"shift_randomly: pixels is {pixels}, but it is the farthest shift; give 0 or more.")
    steps = rng.integers(-pixels, pixels, (len(images), 2), endpoint=True)
    moved = np.zeros_like(images)
    for down, right in np.unique(steps, axis=0):
        chosen = (steps == (down, right)).all(axis=1)
        moved[chosen] = shift(images[chosen], right=int(right), down=int(down))
    return moved


def _overlap(step: int, size: int) -> tuple[slice, slice]:
    step = max(-size, min(size, step))
    return slice(max(step, 0), size + min(step, 0)), slice(max(-step, 0), size - max(step, 0))
