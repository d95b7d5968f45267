"""Tables as text (CSV, TSV): delimiter, header and kinds of columns are found; a wrong row is named by its line.

Whole blocks of lines go through NumPy's parser where they are plain numbers and texts; quotes, missing values and
what is wrong go through Python's csv module, value by value.
"""

import csv
import gzip
import io
import itertools
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

import numpy as np

from nnlab.data.dataset import Array
from nnlab.data.errors import DataFileError
from nnlab.data.table import Table, unique_names
from nnlab.reasons import because

Progress = Callable[[int, int], None]
"""Told bytes read and bytes in all; an exception from it ends the reading."""

BLOCK = 2**21
"""Characters that are parsed at once."""
DELIMITERS = (",", "\t", ";", "|", " ")
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "-", "."})
"""What stands for a missing value, in small letters."""
MOSTLY = 0.5
"""A column is of texts when so large a share of its first values are no numbers."""
SAMPLE = 1000
"""Rows from which the kinds of columns are told."""
MAX_COLUMNS = 10_000
MAX_PACKED = 2**30
"""Bytes at most that a packed file may unpack to."""
DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}:\d{2}(:\d{2})?")


def read_delimited(path: Path, *, progress: Progress | None = None) -> Table:
    """Read a CSV or TSV file, packed with gzip or not. Raises DataFileError with the line and the column."""
    try:
        return _read(path, progress)
    except UnicodeDecodeError as error:
        raise DataFileError(because("file-encoding", file=path.name, byte=error.start)) from None
    except csv.Error as error:
        raise DataFileError(because("table-csv", file=path.name, error=error)) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataFileError(because("file-packing", file=path, error=error)) from None
    except OSError as error:
        raise DataFileError(because("file-unreadable", file=path, error=error.strerror)) from None


def _read(path: Path, progress: Progress | None) -> Table:
    size = path.stat().st_size
    with open(path, "rb") as raw:
        is_packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        source: IO[bytes] = gzip.GzipFile(fileobj=raw) if is_packed else raw  # type: ignore[assignment]  # GzipFile reads like any
        text = io.TextIOWrapper(source, encoding="utf-8-sig", newline=None)
        blocks = _blocks(path, text, is_packed)
        first = next(blocks, "")
        if progress is not None:
            progress(0, size)
        head, start, label_names, reader = _open(path, first)
        first = first.split("\n", start)[start] if start else first
        line = start + 1
        for block in itertools.chain([first], blocks):
            reader.add(block, line)
            line += block.count("\n")
            if progress is not None:
                progress(raw.tell(), size)
        return reader.table(head, label_names)


def _blocks(path: Path, text: IO[str], is_packed: bool) -> Iterator[str]:
    """Yield the file in blocks of whole lines; a quoted line break may be cut off, which `add` mends."""
    rest, seen = "", 0
    while chunk := text.read(BLOCK):
        seen += len(chunk)
        if is_packed and seen > MAX_PACKED:
            raise DataFileError(because("file-large-unpacked", file=path.name, most=f"{MAX_PACKED:,}"))
        rest += chunk
        end = rest.rfind("\n") + 1
        if end and rest.count('"', 0, end) % 2 == 0:
            yield rest[:end]
            rest = rest[end:]
    if rest:
        yield rest if rest.endswith("\n") else rest + "\n"


def _open(path: Path, block: str) -> tuple[tuple[str, ...], int, tuple[str, ...], "_Columns"]:
    """Look at the first block; return (column names, lines of the header, names of classes, the columns to fill)."""
    if not block.strip():
        raise DataFileError(because("table-empty", file=path.name))
    delimiter = _delimiter(block)
    rows = [row for row in _rows(block, delimiter, SAMPLE + 1) if row]
    width = len(rows[min(1, len(rows) - 1)])
    if width > MAX_COLUMNS:
        most = f"{MAX_COLUMNS:,}"
        raise DataFileError(because("table-columns", file=path.name, count=f"{width:,}", most=most))
    label_names = _counted_classes(rows, width)
    if label_names:
        names: tuple[str, ...] = (*(f"x{number}" for number in range(1, width)), "class")
        start = 1
    elif _is_row(rows[0], width):
        names, start = tuple(f"x{number}" for number in range(1, width + 1)), 0
    else:
        names, start = unique_names(path, rows[0]), 1
        width = len(names)
    body = rows[start:]
    if not body:
        raise DataFileError(because("table-header", file=path.name))
    is_text = [_is_of_texts([row[place] for row in body if place < len(row)]) for place in range(width)]
    return names, start, label_names, _Columns(path, names, is_text, delimiter)


def _delimiter(block: str) -> str:
    """Return what separates values: the mark that comes equally often in each of the first lines, most often."""
    lines = [re.sub(r'"[^"]*"', "", line).strip() for line in block.split("\n", 21)[:20] if line.strip()]

    def fitness(mark: str) -> tuple[int, int, int]:
        counts = [line.count(mark) for line in lines]
        alike = counts.count(max(set(counts), key=counts.count)) if max(counts) else 0
        return (int(min(counts[1:] or counts) > 0), alike, max(counts) if mark != " " else 0)

    return max(DELIMITERS, key=fitness)


def _is_row(first: Sequence[str], width: int) -> bool:
    """Whether the first line holds values and not names: it has a number, and as many values as the second line."""
    return len(first) == width and any(_is_number(value) for value in first)


def _counted_classes(rows: Sequence[Sequence[str]], width: int) -> tuple[str, ...]:
    """Return the class names of a first line that counts rows and inputs and names classes, as scikit-learn's do."""
    head = rows[0]
    is_counted = len(head) > 2 and all(value.strip().isdecimal() for value in head[:2])
    if not is_counted or int(head[1]) != width - 1 or any(map(_is_number, head[2:])) or len(rows) < 2:
        return ()
    return tuple(value.strip() for value in head[2:])


class _Columns:
    """Columns that grow block by block."""

    def __init__(self, path: Path, names: tuple[str, ...], is_text: list[bool], delimiter: str) -> None:
        self.path, self.names, self.is_text, self.delimiter = path, names, is_text, delimiter
        self._numbers = [place for place, text in enumerate(is_text) if not text]
        self._texts = [place for place, text in enumerate(is_text) if text]
        self._parts: list[list[Array]] = [[] for _ in names]
        self._lines: list[Array] = []

    def add(self, block: str, line: int) -> None:
        """Take up whole lines, the first of which is line number `line`."""
        if not block.strip():
            return
        if '"' not in block and self.delimiter != " " and self._add_plain(block, line):
            return
        self._add_slowly(block, line)

    def _add_plain(self, block: str, line: int) -> bool:
        """Parse a block of plain values; False when something in it is missing, wrong or ragged."""
        raw = np.frombuffer(block.encode(), dtype=np.uint8)
        ends = np.flatnonzero(raw == ord("\n"))
        marks = np.searchsorted(np.flatnonzero(raw == ord(self.delimiter)), ends)
        if np.any(np.diff(marks, prepend=0) != len(self.names) - 1):
            return False
        found: dict[int, Array] = {}
        try:
            if self._numbers:
                table = self._load(block, self._numbers, np.float64)
                found |= {place: table[:, column] for column, place in enumerate(self._numbers)}
            if self._texts:
                table = self._load(block, self._texts, np.str_)
                found |= {place: np.char.strip(table[:, column]) for column, place in enumerate(self._texts)}
        except ValueError:
            return False
        if any(len(column) != len(ends) for column in found.values()):
            return False
        for place, column in found.items():
            self._parts[place].append(np.where(_is_missing(column), "", column) if place in self._texts else column)
        self._lines.append(np.arange(line, line + len(ends)))
        return True

    def _load(self, block: str, places: list[int], kind: type) -> Array:
        return np.loadtxt(
            io.StringIO(block), delimiter=self.delimiter, dtype=kind, usecols=places, comments=None, ndmin=2
        )

    def _add_slowly(self, block: str, line: int) -> None:
        reader = csv.reader(io.StringIO(block), delimiter=self.delimiter, skipinitialspace=True)
        rows, lines, before = [], [], 0
        for row in reader:
            at, before = line + before, reader.line_num
            if not any(value.strip() for value in row):
                continue
            if before == block.count("\n") and before > at - line + 1 and block.count('"') % 2:
                raise DataFileError(because("table-quote", file=self.path.name, line=at))
            if self.delimiter == " ":
                row = [value for value in row if value]
            if len(row) != len(self.names):
                raise DataFileError(
                    because(
                        "table-ragged",
                        file=self.path.name,
                        line=at,
                        count=len(row),
                        wanted=len(self.names),
                        first=self.names[0],
                        last=self.names[-1],
                    )
                )
            rows.append(row)
            lines.append(at)
        if not rows:
            return
        for place, values in enumerate(zip(*rows, strict=True)):
            self._parts[place].append(self._column(place, values, lines))
        self._lines.append(np.array(lines))

    def _column(self, place: int, values: Sequence[str], lines: list[int]) -> Array:
        if self.is_text[place]:
            return np.array([_text(value) for value in values], dtype=np.str_)
        column = np.empty(len(values))
        for row, value in enumerate(values):
            try:
                column[row] = float(value)
            except ValueError:
                if value.strip().lower() not in MISSING:
                    word, name = value.strip()[:40], self.names[place]
                    raise DataFileError(
                        because("table-number", file=self.path.name, line=lines[row], name=name, word=word)
                    ) from None
                column[row] = np.nan
        return column

    def table(self, names: tuple[str, ...], label_names: tuple[str, ...]) -> Table:
        """Return what was read."""
        columns = tuple(np.concatenate(parts) for parts in self._parts)
        return Table(self.path, names, columns, np.concatenate(self._lines), label_names)


def _rows(block: str, delimiter: str, count: int) -> Iterator[list[str]]:
    for number, row in enumerate(csv.reader(io.StringIO(block), delimiter=delimiter, skipinitialspace=True)):
        if number >= count:
            return
        yield [value for value in row if value] if delimiter == " " else row


def _is_of_texts(values: Sequence[str]) -> bool:
    given = [value for value in values if value.strip().lower() not in MISSING]
    return bool(given) and sum(not _is_number(value) for value in given) > MOSTLY * len(given)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _text(value: str) -> str:
    stripped = value.strip()
    return "" if stripped.lower() in MISSING else stripped


def _is_missing(column: Array) -> Array:
    return np.isin(np.char.lower(column), sorted(MISSING))
