"""The data sets by name, in order of growing complexity."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Protocol

import numpy as np

from nnlab.data.clouds import circles, gaussians, moons, planes, spirals
from nnlab.data.dataset import Dataset, Samples, split
from nnlab.data.errors import DataError
from nnlab.data.gates import xor


class Generator(Protocol):
    """Draws n samples."""

    def __call__(self, n: int, *, noise: float, rng: np.random.Generator) -> Samples:
        """Return x (n, 2) float64 and y (n,)."""


DATASETS: Mapping[str, Generator] = {
    "planes": planes,
    "gaussians": gaussians,
    "xor": xor,
    "circles": circles,
    "moons": moons,
    "spirals": spirals,
}


def dataset(name: str, n: int, *, noise: float, rng: np.random.Generator, test: float = 0.0) -> Dataset:
    """Draw n samples of the named set and hold the share `test` of them back.

    Raises DataError for an unknown name (with the nearest one), a negative n or noise, or a share outside [0, 1).
    """
    if name not in DATASETS:
        near = get_close_matches(name.lower(), DATASETS, n=1, cutoff=0.4)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise DataError(f"no data set {name!r}{hint} There are: {', '.join(DATASETS)}.")
    x, y = DATASETS[name](n, noise=noise, rng=rng)
    return split(x, y, test=test, rng=rng)
