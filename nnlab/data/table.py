"""A table: columns of numbers and columns of texts, with their names."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nnlab.data.dataset import Array
from nnlab.data.errors import DataError, DataFileError
from nnlab.reasons import because, unknown_word


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of equal length."""

    path: Path
    names: tuple[str, ...]
    columns: tuple[Array, ...]
    """(n,) float64 with NaN where a value is missing, or (n,) str with "" where one is missing."""
    lines: Array
    """(n,) int64: the line of the file, from 1, in which each row stands; for arrays the row's number, from 1."""
    label_names: tuple[str, ...] = ()
    """What the classes 0, 1, ... of the last column are called, where the file says so."""

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.lines)

    def is_text(self, name: str) -> bool:
        """Whether a column holds texts."""
        return self.column(name).dtype.kind == "U"

    def column(self, name: str) -> Array:
        """Return a column (rows,) by its name, or by its number from 1. Raises DataError with the nearest name."""
        return self.columns[self.index(name)]

    def index(self, name: str) -> int:
        """Return a column's place from 0. Raises DataError with the nearest name."""
        if name in self.names:
            return self.names.index(name)
        if name.isdecimal() and 1 <= int(name) <= len(self.names):
            return int(name) - 1
        raise DataError(unknown_word("table-column", name, self.names, most=12, file=self.path.name))

    def place(self, name: str, row: int) -> str:
        """Return where a value stands, for a message: file, line and column."""
        return f"{self.path.name}: line {self.lines[row]}, column {name!r}"


def unique_names(path: Path, names: Sequence[str]) -> tuple[str, ...]:
    """Return column names once they are sure to be different; an empty one becomes x1, x2, ... Raises DataFileError."""
    found = tuple(name.strip() or f"x{number}" for number, name in enumerate(names, start=1))
    twice = next((name for number, name in enumerate(found) if name in found[:number]), None)
    if twice is not None:
        raise DataFileError(because("table-twice", file=path.name, name=twice))
    return found


def as_labels(table: Table, name: str) -> tuple[Array, tuple[str, ...]]:
    """Return a column as classes: (n,) int64 in order of number or alphabet, and what each class is called."""
    values, numbers = np.unique(table.column(name), return_inverse=True)
    if values.dtype.kind == "U":
        return numbers.astype(np.int64), tuple(str(value) for value in values)
    is_last = table.index(name) == len(table.names) - 1
    if is_last and len(table.label_names) == len(values) and np.array_equal(values, np.arange(len(values))):
        return numbers.astype(np.int64), table.label_names
    return numbers.astype(np.int64), tuple(f"{value:g}" for value in values)
