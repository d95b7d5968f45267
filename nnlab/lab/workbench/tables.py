"""From a table to what a network learns: target, features, missing values."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from nnlab.data import DataError
from nnlab.data.dataset import Array
from nnlab.data.delimited import DATE
from nnlab.data.table import Table, as_labels
from nnlab.data.table_file import read_table_file
from nnlab.lab import loading
from nnlab.lab.data_files import UserData, data_errors
from nnlab.lab.experiment import Knobs
from nnlab.lab.workbench.dividing import Prepared, filled
from nnlab.lab.workbench.features import chosen_columns, make_features
from nnlab.reasons import because, listed

TARGETS = ("class", "target", "label", "y", "species", "outcome")
"""A column of such a name is the target unless another is named; else the last one is."""
CLASS_NAMES = ("class", "label", "species")
"""Whole numbers in a column of such a name are classes however few rows there are."""
MOST_CLASSES = 50
"""Whole numbers of so many kinds at most count as classes; texts as classes or features too."""


@lru_cache(maxsize=2)
def _read(path: Path, stamp: int) -> Table:
    return read_table_file(path, progress=loading.report)


def read_table(data: UserData) -> Table:
    """Return the user's table; what was read last is remembered."""
    return _read(data.path, data.path.stat().st_mtime_ns)


def prepare_table(data: UserData, knobs: Knobs) -> Prepared:
    """Choose the target and make the features. Raises UsageError or DataError with file, line and column."""
    asked = (str(knobs[name]) for name in ("target", "features", "missing", "task"))
    return _prepare(data.path, data.path.stat().st_mtime_ns, *asked)


@lru_cache(maxsize=4)
def _prepare(path: Path, stamp: int, target: str, wanted: str, missing: str, task: str) -> Prepared:
    table = _read(path, stamp)
    target = target or default_target(table)
    target = table.names[table.index(target)]
    if len(table.names) < 2:
        raise DataError(because("table-one-column", file=table.path.name, name=target))
    used = chosen_columns(wanted, target, table)
    kept = _complete_rows(table, [*used, target], missing, target)
    table = replace(table, columns=tuple(column[kept] for column in table.columns), lines=table.lines[kept])
    gaps = {
        name: lacks for name in used if not table.is_text(name) and (lacks := ~np.isfinite(table.column(name))).any()
    }
    columns: dict[str, Array] = {}
    for name in used:
        columns |= _numbers(table, name)
    columns = filled(columns, gaps, np.arange(len(table)), table.path.name)
    names, x = make_features(wanted, columns, target)
    y, classes = _target(table, target, task)
    return Prepared(columns, names, x, y, classes, target, gaps, table.path.name)


def features_in_head(head: Table, line: str, target: str) -> tuple[tuple[str, ...], bool]:
    """Return (the features that a line makes, whether these are all) of a table whose first rows alone are known.

    Of a column of texts each text is a feature, and more may stand further down. Raises UsageError.
    """
    with data_errors():
        target = head.names[head.index(target or default_target(head))]
        used = chosen_columns(line, target, head)
        columns: dict[str, Array] = {}
        for name in used:
            columns |= _numbers(head, name)
        gaps = {name: lacks for name, column in columns.items() if (lacks := ~np.isfinite(column)).any()}
        known = filled(columns, gaps, np.arange(len(head)), head.path.name)
        return make_features(line, known, target)[0], not any(head.is_text(name) for name in used)


def default_target(table: Table) -> str:
    """Return the column that is most likely to be learned: one of a telling name, else the last."""
    telling = [name for name in table.names if name.lower() in TARGETS]
    return telling[-1] if telling else table.names[-1]


def _complete_rows(table: Table, names: Sequence[str], missing: str, target: str) -> Array:
    """Return which rows (n,) stay. Raises DataError for the first missing value where that is not allowed."""
    kept = np.ones(len(table), dtype=bool)
    for name in names:
        column = table.column(name)
        lacks = column == "" if table.is_text(name) else ~np.isfinite(column)
        if not lacks.any():
            continue
        if missing == "refuse" or (missing == "mean" and name == target):
            row, rows = int(np.argmax(lacks)), int(lacks.sum())
            is_infinite = not table.is_text(name) and np.isinf(column[row])
            is_target = name == target
            raise DataError(
                because(
                    ("table-infinite-target" if is_target else "table-infinite")
                    if is_infinite
                    else ("table-gap-target" if is_target else "table-gap"),
                    file=table.path.name,
                    line=table.lines[row],
                    name=name,
                    count=f"{rows:,}",
                    total=f"{len(table):,}",
                )
            )
        if missing == "drop" or table.is_text(name):
            kept &= ~lacks
    if kept.sum() < 2:
        raise DataError(
            because(
                "table-few-dropped" if missing == "drop" else "table-few",
                file=table.path.name,
                count=int(kept.sum()),
                total=f"{len(table):,}",
            )
        )
    return kept


def _numbers(table: Table, name: str) -> dict[str, Array]:
    """Return a column as numbers: itself, or one column of 0 and 1 for each text in it."""
    column = table.column(name)
    if not table.is_text(name):
        return {name: column}
    values = np.unique(column)
    _refuse_dates(table, name, column)
    if len(values) > MOST_CLASSES:
        others, first = f"{len(values) - 1:,}", table.lines[0]
        raise DataError(
            because("table-texts", file=table.path.name, line=first, name=name, word=column[0], count=others)
        )
    if len(values) == 2:
        return {f"{name}={values[1]}": (column == values[1]).astype(np.float64)}
    return {f"{name}={value}": (column == value).astype(np.float64) for value in values}


def _refuse_dates(table: Table, name: str, column: Array) -> None:
    if len(column) and DATE.fullmatch(str(column[0])):
        first = table.lines[0]
        raise DataError(because("table-dates", file=table.path.name, line=first, name=name, word=column[0]))


def _target(table: Table, name: str, task: str) -> tuple[Array, tuple[str, ...]]:
    """Return (targets (n,), names of the classes)."""
    column = table.column(name)
    is_text = table.is_text(name)
    if task == "regression" and is_text:
        first = table.lines[0]
        raise DataError(because("table-regression", file=table.path.name, line=first, name=name, word=column[0]))
    if is_text:
        _refuse_dates(table, name, column)
    values = np.unique(column)
    is_whole = is_text or bool(np.all(values == np.round(values)))
    is_called_so = is_text or name.lower() in CLASS_NAMES
    are_few = len(values) <= (MOST_CLASSES if is_called_so else min(20, max(2, len(column) // 5)))
    if task == "classification" or is_text or (task == "auto" and is_whole and are_few):
        if len(values) == 1:
            word, known = f"{values[0]!s:.40}", listed(table.names)
            raise DataError(because("table-one-class", file=table.path.name, name=name, word=word, known=known))
        if len(values) > MOST_CLASSES:
            count = f"{len(values):,}"
            raise DataError(because("table-classes", file=table.path.name, name=name, count=count, most=MOST_CLASSES))
        return as_labels(table, name)
    if len(values) == 1:
        raise DataError(because("table-constant", file=table.path.name, name=name, value=f"{values[0]:g}"))
    return column, ()
