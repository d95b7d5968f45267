"""Files in the IDX format of MNIST and Fashion-MNIST, packed with gzip or not.

A header (two zero bytes, a byte for the kind of number, one for how many axes, then each axis as a big-endian u32) and
the numbers behind it. Nothing is allocated before the sizes that the header claims fit the file.
Source: http://yann.lecun.com/exdb/mnist/, "The IDX file format".
"""

import gzip
import math
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import numpy as np

from nnlab.data.dataset import Array, Dataset, Samples
from nnlab.data.errors import DataFileError
from nnlab.reasons import because

KINDS = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
"""Code in the header -> NumPy's name of the big-endian number."""
MAX_AXES = 4
DEFLATE_RATIO = 1032
"""A byte of a gzip file unpacks to 1,032 bytes at most: https://www.zlib.net/zlib_tech.html."""
STEMS = {"x": "train-images", "y": "train-labels", "x_test": "t10k-images", "y_test": "t10k-labels"}
"""Part of a data set -> how its file's name begins, in MNIST and all that follow it."""


def read_idx(path: Path, *, limit: int | None = None) -> Array:
    """Read an IDX file into an array of the header's shape, or the first `limit` entries of its first axis.

    The numbers keep their kind (uint8 for MNIST), in native byte order. Raises DataFileError for a file that is
    missing, is no IDX file, or holds fewer or more bytes than its header says.
    """
    try:
        packed = path.stat().st_size
        with open(path, "rb") as raw:
            is_gzip = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if not is_gzip:
                return _read(path, raw, limit, room=packed, is_exact=True)
            with gzip.open(raw, "rb") as unpacked:
                return _read(path, unpacked, limit, room=packed * DEFLATE_RATIO, is_exact=False)  # type: ignore[arg-type]  # GzipFile reads like any binary file
    except FileNotFoundError:
        raise DataFileError(because("file-missing", file=path)) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataFileError(because("file-packing", file=path, error=error)) from None
    except OSError as error:
        raise DataFileError(because("file-unreadable", file=path, error=error.strerror)) from None


def read_idx_samples(images: Path, labels: Path, *, limit: int | None = None) -> Samples:
    """Read one pair of files: images (n, 1, h, w) float64 in [0, 1] and labels (n,) int64.

    Raises DataFileError when a file is damaged, holds other axes than images and labels have, or both differ in length.
    """
    x, y = read_idx(images, limit=limit), read_idx(labels, limit=limit)
    if x.ndim != 3 or x.dtype != np.uint8:
        raise DataFileError(because("idx-images", file=images, shape=_dimensions(x.shape), kind=x.dtype.name))
    if y.ndim != 1 or y.dtype != np.uint8:
        raise DataFileError(because("idx-labels", file=labels, shape=_dimensions(y.shape), kind=y.dtype.name))
    if len(x) != len(y):
        raise DataFileError(because("images-pair", file=images, count=len(x), labels=labels.name, wanted=len(y)))
    return x[:, None] / 255.0, y.astype(np.int64)


def read_idx_folder(folder: Path, *, limit: int | None = None) -> Dataset:
    """Read the four files of MNIST or one of its kind, up to `limit` samples of each part; names as published.

    60,000 images of 28x28 are 376 MB as float64: give a limit where that is too much. Raises DataFileError.
    """
    found = {part: path for part, stem in STEMS.items() if (path := _find(folder, stem)) is not None}
    missing = [f"{STEMS[part]}-idx{3 if 'x' in part else 1}-ubyte" for part in STEMS if part not in found]
    if missing:
        raise DataFileError(because("images-folder", file=folder, wanted=", ".join(missing)))
    return read_idx_parts(found, limit=limit)


def images_in(folder: Path) -> Path:
    """Return the file of training images in a folder as published. Raises DataFileError when there is none."""
    found = _find(folder, STEMS["x"])
    if found is None:
        raise DataFileError(because("images-folder", file=folder, wanted=f"{STEMS['x']}-idx3-ubyte"))
    return found


def parts(images: Path) -> dict[str, Path]:
    """Return the files that belong to a file of images: its labels, and test images and labels where they lie beside.

    Their names are those of the images with `labels` for `images` and `t10k` for `train`. Raises DataFileError when
    the labels are missing.
    """
    stem = images.name.removesuffix(".gz").split("-idx")[0].split(".idx")[0]
    labels = None if "images" not in stem else _find(images.parent, stem.replace("images", "labels"))
    if labels is None:
        if "images" not in stem:
            raise DataFileError(because("images-names", file=images))
        wanted = images.name.replace("images", "labels").replace("idx3", "idx1")
        raise DataFileError(because("images-no-labels", file=images, wanted=wanted))
    found = {"x": images, "y": labels}
    if stem == STEMS["x"]:
        test = {part: _find(images.parent, STEMS[part]) for part in ("x_test", "y_test")}
        found |= {part: path for part, path in test.items() if path is not None}
    return found


def read_idx_parts(found: Mapping[str, Path], *, limit: int | None = None) -> Dataset:
    """Read what `parts` found, up to `limit` samples of each; without test files nothing is held back."""
    x, y = read_idx_samples(found["x"], found["y"], limit=limit)
    x_test, y_test = x[:0], y[:0]
    if "x_test" in found and "y_test" in found:
        x_test, y_test = read_idx_samples(found["x_test"], found["y_test"], limit=limit)
    if x.shape[1:] != x_test.shape[1:]:
        size, other = ("x".join(map(str, part.shape[2:])) for part in (x, x_test))
        raise DataFileError(because("idx-sizes", file=found["x"].parent, size=size, other=other))
    return Dataset(x, y, x_test, y_test, ("ink",), int(max(y.max(initial=0), y_test.max(initial=0))) + 1)


def write_idx(path: Path, array: Array) -> None:
    """Write an array as an IDX file, packed when the name ends in .gz; the same array gives the same bytes.

    Raises DataFileError for a dtype or a number of axes that the format has no place for.
    """
    code = next((code for code, kind in KINDS.items() if np.dtype(kind) == array.dtype.newbyteorder(">")), None)
    if code is None or array.ndim > MAX_AXES:
        kinds = ", ".join(np.dtype(kind).name for kind in KINDS.values())
        raise DataFileError(f"{path}: cannot hold {_described(array)}; IDX has up to {MAX_AXES} axes of {kinds}.")
    header = bytes([0, 0, code, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    content = header + array.astype(KINDS[code]).tobytes()
    path.write_bytes(gzip.compress(content, 9, mtime=0) if path.suffix == ".gz" else content)


def _read(path: Path, file: IO[bytes], limit: int | None, *, room: int, is_exact: bool) -> Array:
    head = file.read(4)
    if len(head) < 4 or head[:2] != b"\0\0":
        if not head:
            raise DataFileError(because("idx-nothing", file=path))
        raise DataFileError(because("idx-begins", file=path, bytes=head.hex(" ")))
    code, axes = head[2], head[3]
    if code not in KINDS:
        raise DataFileError(because("idx-kind", file=path, code=code, known=", ".join(map(str, KINDS))))
    if not 1 <= axes <= MAX_AXES:
        raise DataFileError(because("idx-axes", file=path, count=axes, most=MAX_AXES))
    sizes = file.read(4 * axes)
    if len(sizes) < 4 * axes:
        raise DataFileError(because("idx-header", file=path, end=4 + len(sizes), size=4 + 4 * axes))
    shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
    kind = np.dtype(KINDS[code])
    claimed = math.prod(shape) * kind.itemsize
    start = 4 + 4 * axes
    if start + claimed > room or (is_exact and start + claimed < room):
        raise DataFileError(
            because(
                "idx-claims" if is_exact else "idx-claims-most",
                file=path,
                shape=_dimensions(shape),
                wanted=start + claimed,
                size=room,
            )
        )
    wanted = shape if limit is None else (min(max(limit, 0), shape[0]), *shape[1:])
    data = file.read(math.prod(wanted) * kind.itemsize)
    if len(data) < math.prod(wanted) * kind.itemsize:
        raise DataFileError(because("idx-ends", file=path, end=start + len(data), wanted=start + claimed))
    if wanted == shape and file.read(1):
        raise DataFileError(because("idx-goes-on", file=path, wanted=start + claimed))
    return np.frombuffer(data, kind).reshape(wanted).astype(kind.newbyteorder("="))


def _find(folder: Path, stem: str) -> Path | None:
    axes = 3 if stem.endswith("images") else 1
    names = (f"{stem}-idx{axes}-ubyte", f"{stem}.idx{axes}-ubyte", stem)
    return next((path for name in names for end in ("", ".gz") if (path := folder / f"{name}{end}").is_file()), None)


def _described(array: Array) -> str:
    return f"{_dimensions(array.shape)} of {array.dtype.name}"


def _dimensions(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
