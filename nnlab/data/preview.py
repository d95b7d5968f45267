"""The first rows of a table, however large its file is: what a screen offers before anything is learned from it."""

import contextlib
import tempfile
from pathlib import Path

import numpy as np

from nnlab.data import kinds
from nnlab.data.delimited import read_delimited
from nnlab.data.errors import DataError
from nnlab.data.table import Table

HEAD_BYTES = 65_536


def first_rows(path: Path) -> Table | None:
    """Return a table of the rows that stand in a file's first bytes; None where it has no columns to tell of.

    What is wrong further down is not seen. Raises nothing for a file that cannot be read: then there is no preview.
    """
    with contextlib.suppress(DataError, OSError):
        if kinds.is_archive(path):
            return None
        with open(path, "rb") as file:
            head = file.read(HEAD_BYTES)
        if head[:2] == b"\x1f\x8b":
            return None
        if len(head) == HEAD_BYTES:
            head = head[: head.rfind(b"\n") + 1]
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / path.name
            place.write_bytes(head)
            return read_delimited(place)
    return None


def column_note(table: Table, name: str) -> str:
    """Return what a column holds, in a few characters: its range, or how many different texts."""
    column = table.column(name)
    if column.dtype.kind == "U":
        return ", ".join(str(value) for value in np.unique(column)[:3])
    known = column[np.isfinite(column)]
    return f"{known.min():.3g} … {known.max():.3g}" if known.size else "–"
