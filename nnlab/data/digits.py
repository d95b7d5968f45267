"""1,797 real handwritten digits of 8x8 pixels, which come with nnlab.

E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998,
https://doi.org/10.24432/C50P49 (its test part, 13 writers). Licence and making: assets/README.md.
"""

import numpy as np

from nnlab.data.assets import asset
from nnlab.data.dataset import Dataset, Samples, split
from nnlab.data.idx import read_idx
from nnlab.data.images import pad

LEVELS = 16
"""A pixel counts how many of a 4x4 block were ink: 0 to 16."""


def digit_images() -> Samples:
    """Return all digits in the order of the source: images (1797, 8, 8) float64 in [0, 1], labels (1797,) int64."""
    images = read_idx(asset("digits-images-idx3-ubyte.gz"))
    labels = read_idx(asset("digits-labels-idx1-ubyte.gz"))
    return images / LEVELS, labels.astype(np.int64)


def digits(*, rng: np.random.Generator, size: int = 8, test: float = 0.2) -> Dataset:
    """Return the digits as x (n, 1, size, size), centred on black, the share `test` of every class held back.

    The lessons pad to 12, so that a shift loses no ink. Raises DataError for a size below 8 or a share outside [0, 1).
    """
    images, labels = digit_images()
    return split(pad(images[:, None], size), labels, test=test, rng=rng, names=("ink",))
