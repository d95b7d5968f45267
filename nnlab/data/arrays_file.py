"""NPZ files as tables and as images: arrays x and y, or named columns. Nothing in them is unpickled."""

import math
import zipfile
import zlib
from pathlib import Path

import numpy as np

from nnlab.data.dataset import Array, Samples
from nnlab.data.errors import DataFileError
from nnlab.data.kinds import array_shapes
from nnlab.data.table import Table
from nnlab.reasons import because

MAX_VALUES = 2**27
"""Numbers at most in all arrays together, 1 GiB as float64: a few kilobytes of zip can hold far more."""


def read_arrays_table(path: Path) -> Table:
    """Read x (n, d) and y (n,), or arrays (n,) that are columns by name; y comes last. Raises DataFileError."""
    arrays = _load(path)
    if "x" in arrays and arrays["x"].ndim == 2:
        x = arrays["x"]
        named = {f"x{number}": x[:, number - 1] for number in range(1, x.shape[1] + 1)}
        named |= {"y": arrays["y"]} if "y" in arrays else {}
    else:
        named = dict(sorted(arrays.items(), key=lambda item: item[0] == "y"))
    rows = len(next(iter(named.values())))
    for name, array in named.items():
        array = np.squeeze(array, axis=1) if array.ndim == 2 and array.shape[1] == 1 else array
        if array.ndim != 1 or len(array) != rows:
            raise DataFileError(because("arrays-column", file=path.name, name=name, shape=array.shape, rows=rows))
        named[name] = array.astype(np.str_ if array.dtype.kind == "U" else np.float64)
    return Table(path, tuple(named), tuple(named.values()), np.arange(1, rows + 1))


def read_arrays_images(path: Path) -> Samples:
    """Read x (n, h, w) or (n, channels, h, w), and y (n,) classes: images float64 in [0, 1], labels int64.

    Whole numbers count from 0 to their kind's largest (255); other numbers are taken as they are.
    """
    arrays = _load(path)
    missing = next((name for name in ("x", "y") if name not in arrays), None)
    if missing is not None:
        raise DataFileError(because("arrays-lack", file=path.name, name=missing))
    x, y = arrays["x"], arrays["y"]
    if x.ndim not in (3, 4) or y.shape != x.shape[:1] or y.dtype.kind not in "iub":
        raise DataFileError(because("arrays-images", file=path.name, x=x.shape, y=y.shape, kind=y.dtype))
    images = x[:, None] if x.ndim == 3 else x
    scale = np.iinfo(x.dtype).max if x.dtype.kind in "iu" else 1.0
    if x.dtype.kind in "iu" and x.dtype.itemsize > 1:
        scale = max(1, int(x.max(initial=1)))
    return images / scale, y.astype(np.int64)


def _load(path: Path) -> dict[str, Array]:
    count = sum(math.prod(shape) for shape in array_shapes(path).values())
    if count > MAX_VALUES:
        raise DataFileError(because("arrays-most", file=path.name, count=f"{count:,}", most=f"{MAX_VALUES:,}"))
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise DataFileError(because("arrays-damaged", file=path.name, error=error)) from None
    wrong = next((name for name, array in arrays.items() if array.dtype.kind not in "biufU" or not array.ndim), None)
    if wrong is not None:
        array = arrays[wrong]
        raise DataFileError(because("arrays-kind", file=path.name, name=wrong, shape=array.shape, kind=array.dtype))
    return arrays
