"""A data set: inputs and targets to learn from, and others that are only looked at."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.data.errors import DataError
from nnlab.reasons import because

Array = np.ndarray[Any, np.dtype[Any]]
LARGEST = float(np.finfo(np.float32).max)
Samples = tuple[Array, Array]
"""Inputs x (n, d) or images (n, channels, h, w), float64, and targets y (n,): int64 classes, or float64 numbers."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Samples to train on and samples held back. With nothing held back x_test is (0, d).

    Images are (n, channels, h, w) in place of (n, d), with one name for each channel.
    """

    x: Array
    """Training inputs (n, d), or images (n, channels, h, w), float64."""
    y: Array
    """Training targets (n,): int64 classes in [0, classes), or float64 for regression."""
    x_test: Array
    y_test: Array
    names: tuple[str, ...]
    """Names of the d inputs, or of the channels."""
    classes: int
    """How many classes there are; 0 for regression."""

    @property
    def is_regression(self) -> bool:
        """Whether the targets are numbers instead of classes."""
        return self.classes == 0

    def check(self) -> None:
        """Look at every value once, before training. Raises DataError for what no network can learn from."""
        if not len(self.x):
            raise DataError(because("data-no-sample"))
        for name, values in (("x", self.x), ("y", self.y), ("x_test", self.x_test), ("y_test", self.y_test)):
            if values.dtype.kind == "f" and not np.isfinite(values).all():
                place = tuple(int(i) for i in np.argwhere(~np.isfinite(values))[0])
                index = list(place)
                raise DataError(because("data-infinite", name=name, value=values[place], row=place[0], index=index))
            if values.dtype.kind == "f" and values.size and np.abs(values).max() > LARGEST:
                place = tuple(int(i) for i in np.argwhere(np.abs(values) > LARGEST)[0])
                value, row, index, most = f"{values[place]:g}", place[0], list(place), f"{LARGEST:.2g}"
                raise DataError(because("data-huge", name=name, value=value, row=row, index=index, most=most))
        for name, labels in (("y", self.y), ("y_test", self.y_test)):
            if labels.dtype.kind in "iu" and labels.size and not (labels.min() >= 0 and labels.max() < self.classes):
                low, high, last = labels.min(), labels.max(), self.classes - 1
                raise DataError(because("data-classes", name=name, low=low, high=high, count=self.classes, last=last))


def split(x: Array, y: Array, *, test: float, rng: np.random.Generator, names: tuple[str, ...] = ()) -> Dataset:
    """Hold back the share `test` of the samples, drawn without replacement, the same share of every class.

    x (n, d, ...), y (n,); test in [0, 1). Every class keeps at least one training sample. Draws from `rng` only when
    something is held back. Raises DataError when the lengths differ or `test` lies outside its range.
    """
    if len(x) != len(y):
        raise DataError(f"split: x has {len(x)} rows but y has {len(y)}; give one target for every row.")
    if not 0 <= test < 1:
        raise DataError(f"split: test is {test:g}, but it must be a share from 0 up to, not including, 1.")
    is_regression = np.asarray(y).dtype.kind == "f"
    groups = np.zeros(len(y), dtype=np.int64) if is_regression else np.asarray(y)
    is_test = np.zeros(len(y), dtype=bool)
    if test > 0:
        for group in np.unique(groups):
            members = np.flatnonzero(groups == group)
            held_back = min(len(members) - 1, math.floor(test * len(members) + 0.5))
            is_test[rng.permutation(members)[:held_back]] = True
    classes = 0 if is_regression or not len(y) else int(y.max()) + 1
    names = names or tuple(f"x{column + 1}" for column in range(x.shape[1]))
    return Dataset(x[~is_test], y[~is_test], x[is_test], y[is_test], names, classes)
