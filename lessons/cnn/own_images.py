"""The user's own images in place of the digits: one channel, square, ten classes at most."""

from functools import lru_cache
from pathlib import Path

import numpy as np

from nnlab.data import DataError, Dataset, pad, read_images, split
from nnlab.lab.authoring import UserData

MOST = 5000
"""Images that are learned from, and a fifth as many that are held back: a lesson must stay quick."""
CLASSES = 10


def own_images(data: UserData) -> Dataset:
    """Return the user's images, mixed, the test files held back where there are any, else a fifth of each class.

    Colours become their mean; images that are no squares stand in the middle of one. Raises DataError for more than ten
    classes.
    """
    return _read(data.path, data.path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _read(path: Path, stamp: int) -> Dataset:
    made = read_images(path)
    if made.classes > CLASSES:
        raise DataError(
            f"{path.name}: holds {made.classes} classes, but this network names {CLASSES}; workbench/images takes more."
        )
    rng = np.random.default_rng(0)
    x, y = _some(made.x, made.y, MOST, rng)
    if not len(made.x_test):
        return split(x, y, test=0.2, rng=rng, names=("ink",))
    x_test, y_test = _some(made.x_test, made.y_test, MOST // 5, rng)
    return Dataset(x, y, x_test, y_test, ("ink",), made.classes)


def _some(x: np.ndarray, y: np.ndarray, most: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    chosen = rng.permutation(len(x))[:most]
    return pad(x[chosen].mean(axis=1, keepdims=True), max(x.shape[-2:])), y[chosen]
