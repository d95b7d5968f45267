"""Images moved by a pixel, and images whose pixels stand in another order."""

import numpy as np

from nnlab.data import shift

from .alike import Array

STEPS = ((1, 0), (-1, 0), (0, 1), (0, -1))
"""Right, left, down, up by a pixel."""
SIGNS = ("→", "←", "↓", "↑")
ORDER = 0
"""Seed of the one order that all shuffled images share."""


def moved_each_way(images: Array, *, is_shuffled: bool = False) -> list[Array]:
    """Return the images (..., H, W) moved by a pixel in each of the four ways; shuffled ones are moved as they were."""
    if is_shuffled:
        return [shuffled(moved) for moved in moved_each_way(unshuffled(images))]
    return [shift(images, right=right, down=down) for right, down in STEPS]


def shuffled(images: Array) -> Array:
    """Return the pixels of images (..., H, W) in another order, the same for all images of this size."""
    pixels = images.reshape(*images.shape[:-2], -1)
    return pixels[..., _order(pixels)].reshape(images.shape)


def unshuffled(images: Array) -> Array:
    """Return the images that became these by `shuffled`."""
    pixels = images.reshape(*images.shape[:-2], -1)
    return pixels[..., np.argsort(_order(pixels))].reshape(images.shape)


def _order(pixels: Array) -> Array:
    return np.random.default_rng(ORDER).permutation(pixels.shape[-1])
