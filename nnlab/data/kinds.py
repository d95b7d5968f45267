"""What kind of data a file holds, seen from its first bytes and its name; nothing is run, nothing unpickled."""

import gzip
import zipfile
import zlib
from pathlib import Path
from typing import Literal

import numpy as np

from nnlab.data.errors import DataFileError
from nnlab.data.idx import images_in
from nnlab.reasons import because

Kind = Literal["table", "images", "text"]
KINDS: tuple[Kind, ...] = ("table", "images", "text")
"""table: rows and columns (CSV, TSV, NPZ). images: IDX files, or an NPZ with images. text: any other UTF-8 file."""

TABLE_SUFFIXES = (".csv", ".tsv", ".tab", ".data", ".dat")
PEEK = 4096
ARCHIVE = b"PK"
"""First bytes of a zip file, and so of an NPZ file."""


def kind_of(path: Path) -> Kind:
    """Return the kind of data in a file, or in a folder of IDX files. Raises DataFileError when it is none of them."""
    if path.is_dir():
        images_in(path)
        return "images"
    head = _head(path)
    if head[:2] == ARCHIVE:
        return "images" if any(len(shape) > 2 for shape in array_shapes(path).values()) else "table"
    if _is_idx(head):
        return "images"
    if not head.strip():
        raise DataFileError(because("file-empty", file=path))
    if b"\0" in head:
        raise DataFileError(because("file-kind", file=path))
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    return "table" if suffixes and suffixes[-1] in TABLE_SUFFIXES else "text"


def is_archive(path: Path) -> bool:
    """Whether a file is an NPZ file, by its first bytes."""
    return _head(path)[:2] == ARCHIVE


def array_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """Return the arrays of an NPZ file by name, each with the shape that its header says; no data is read.

    Raises DataFileError for a file that is damaged or holds Python objects, which only running code could read.
    """
    shapes = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if not entry.filename.endswith(".npy"):
                    continue
                with archive.open(entry) as file:
                    major, _ = np.lib.format.read_magic(file)
                    read = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
                    shape, _, dtype = read(file)
                name = entry.filename.removesuffix(".npy")
                if dtype.hasobject:
                    raise DataFileError(because("arrays-objects", file=path, name=name))
                shapes[name] = tuple(int(size) for size in shape)
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, DataFileError):
            raise
        raise DataFileError(because("arrays-damaged", file=path, error=error)) from None
    if not shapes:
        raise DataFileError(because("arrays-none", file=path))
    return shapes


def _head(path: Path) -> bytes:
    """Return the first bytes, of what is packed where it is packed."""
    try:
        with open(path, "rb") as file:
            head = file.read(PEEK)
        if head[:2] != b"\x1f\x8b":
            return head
        with gzip.open(path) as unpacked:
            return unpacked.read(PEEK)
    except FileNotFoundError:
        raise DataFileError(because("file-missing", file=path)) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataFileError(because("file-packing", file=path, error=error)) from None
    except OSError as error:
        raise DataFileError(because("file-unreadable", file=path, error=error.strerror)) from None


def _is_idx(head: bytes) -> bool:
    return len(head) >= 4 and head[:2] == b"\0\0" and 8 <= head[2] <= 14 and 1 <= head[3] <= 4
