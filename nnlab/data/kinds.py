"""What kind of data a file holds, seen from its first bytes and its name; nothing is run, nothing unpickled."""

import gzip
import zipfile
import zlib
from pathlib import Path
from typing import Literal

import numpy as np

from nnlab.data.errors import DataFileError
from nnlab.data.idx import images_in

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
        raise DataFileError(f"{path}: is empty; give a table, a text, an NPZ or an IDX file.")
    if b"\0" in head:
        raise DataFileError(
            f"{path}: is no text, and neither NPZ nor IDX; give a table (CSV, TSV), a text, an NPZ or an IDX file."
        )
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
                    raise DataFileError(
                        f"{path}: the array {name!r} holds Python objects, which only running code could read; "
                        "save numbers or text."
                    )
                shapes[name] = tuple(int(size) for size in shape)
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, DataFileError):
            raise
        raise DataFileError(f"{path}: is no NPZ file that can be read ({error}); save it again.") from None
    if not shapes:
        raise DataFileError(f"{path}: is a zip file without arrays; give an NPZ file with arrays x and y.")
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
        raise DataFileError(f"{path}: there is no such file; give the path of a file with data.") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataFileError(f"{path}: the gzip packing is damaged ({error}); fetch the file again.") from None
    except OSError as error:
        raise DataFileError(f"{path}: cannot be read ({error.strerror}); check the path and its permissions.") from None


def _is_idx(head: bytes) -> bool:
    return len(head) >= 4 and head[:2] == b"\0\0" and 8 <= head[2] <= 14 and 1 <= head[3] <= 4
