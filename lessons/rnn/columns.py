"""A series out of a table: one column of numbers, oldest value first."""

from pathlib import Path

import numpy as np

from nnlab.data import DataFileError, Table, read_table_file

from .network import Array

LEAST = 40
"""Fewer values leave nothing to learn from."""


def read_series(path: Path, column: int, *, name: str) -> Array:
    """Return a column's numbers (m,) float64. column: counted from 1; 0 is the last one that holds numbers only.

    name: what the user calls the file. Raises DataFileError with line and column for what is no number.
    """
    table = read_table_file(path)
    if len(table) < LEAST:
        raise DataFileError(f"{name}: has {len(table)} rows of data; a series needs at least {LEAST}.")
    if column > len(table.names):
        known = len(table.names)
        raise DataFileError(f"{name}: has {known} columns, but column is {column}; choose 1 to {known}, or 0.")
    place = column - 1 if column else _last_of_numbers(table, name)
    chosen = table.names[place]
    if table.is_text(chosen):
        held = str(table.columns[place][0])
        raise DataFileError(f"{table.place(chosen, 0)} holds {held!r}, which is no number; choose another column.")
    missing = np.flatnonzero(~np.isfinite(table.columns[place]))
    if missing.size:
        raise DataFileError(f"{table.place(chosen, int(missing[0]))} holds no finite number; mend it, or cut the gap.")
    return table.columns[place]


def _last_of_numbers(table: Table, name: str) -> int:
    for place in reversed(range(len(table.names))):
        column = table.columns[place]
        if column.dtype.kind != "U" and np.isfinite(column).all():
            return place
    raise DataFileError(f"{name}: no column holds numbers only; mend it, or choose a column to see what is wrong.")
