"""A series out of a table: one column of numbers of a CSV or TSV file, oldest value first."""

import csv
import math
from pathlib import Path

import numpy as np

from nnlab.data import DataFileError, read_text

from .network import Array

LEAST = 40
"""Fewer values leave nothing to learn from."""


def read_series(path: Path, column: int, *, name: str) -> Array:
    """Return a column's numbers (m,) float64. column: counted from 1; 0 is the last one that holds numbers only.

    A first row without any number is a header. name: what the user calls the file. Raises DataFileError with row and
    column for what is no number.
    """
    rows = [row for row in csv.reader(read_text(path).splitlines(), delimiter=_delimiter(path)) if any(row)]
    has_header = bool(rows) and all(_number(cell) is None for cell in rows[0])
    body = rows[1:] if has_header else rows
    if len(body) < LEAST:
        raise DataFileError(f"{name}: has {len(body)} rows of data; a series needs at least {LEAST}.")
    width = min(map(len, body))
    if column > width:
        raise DataFileError(f"{name}: has {width} columns, but column is {column}; choose 1 to {width}, or 0.")
    place = column - 1 if column else _last_of_numbers(body, width, name)
    values = np.empty(len(body))
    for number, row in enumerate(body, start=1 + has_header):
        value = _number(row[place])
        if value is None:
            raise DataFileError(
                f"{name}: row {number}, column {place + 1} holds {row[place][:20]!r}, which is no finite number; mend"
                " it or choose another column."
            )
        values[number - 1 - has_header] = value
    return values


def _delimiter(path: Path) -> str:
    lines = read_text(path).split("\n", 1)
    return max(",;\t", key=lines[0].count)


def _number(cell: str) -> float | None:
    try:
        value = float(cell.strip())
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _last_of_numbers(rows: list[list[str]], width: int, name: str) -> int:
    for place in reversed(range(width)):
        if all(_number(row[place]) is not None for row in rows):
            return place
    raise DataFileError(f"{name}: no column holds numbers only; mend it, or choose a column to see what is wrong.")
