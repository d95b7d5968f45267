"""Sets of images from files: IDX with the labels beside, or NPZ."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from nnlab.data.arrays_file import read_arrays_images
from nnlab.data.dataset import Dataset
from nnlab.data.errors import DataError
from nnlab.data.idx import parts, read_idx_parts
from nnlab.data.kinds import is_archive
from nnlab.reasons import because

MOST_CLASSES = 1000


def read_images(path: Path) -> Dataset:
    """Read all images, and the test ones where these lie beside: x (n, channels, h, w) float32 in [0, 1], y (n,) int64.

    float32, since MNIST is 376 MB as float64. Raises DataError for a damaged file, one class only, or wrong classes.
    """
    if is_archive(path):
        x, y = read_arrays_images(path)
        names = ("ink",) if x.shape[1] == 1 else tuple(f"channel {number + 1}" for number in range(x.shape[1]))
        made = Dataset(x, y, x[:0], y[:0], names, int(y.max(initial=0)) + 1)
    else:
        made = read_idx_parts(parts(path))
    if len(np.unique(made.y)) < 2:
        raise DataError(because("images-one-class", file=path.name, count=f"{len(made.y):,}"))
    if int(made.y.min()) < 0 or made.classes > MOST_CLASSES:
        low, high = made.y.min(), made.y.max()
        raise DataError(because("images-classes", file=path.name, low=low, high=high, last=MOST_CLASSES - 1))
    return replace(made, x=made.x.astype(np.float32), x_test=made.x_test.astype(np.float32))
