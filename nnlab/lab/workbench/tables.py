"""From a table to what a network learns: target, features, missing values, the held-back share, scaling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from nnlab.data import DataError, Dataset, split
from nnlab.data.dataset import Array
from nnlab.data.delimited import DATE
from nnlab.data.table import Table, as_labels, listed
from nnlab.data.table_file import read_table_file
from nnlab.lab import loading
from nnlab.lab.data_files import UserData, data_errors
from nnlab.lab.errors import UsageError
from nnlab.lab.experiment import Knobs
from nnlab.lab.workbench.expressions import check_columns, columns_of, evaluate, read_features

TARGETS = ("class", "target", "label", "y", "species", "outcome")
"""A column of such a name is the target unless another is named; else the last one is."""
CLASS_NAMES = ("class", "label", "species")
"""Whole numbers in a column of such a name are classes however few rows there are."""
MOST_CLASSES = 50
"""Whole numbers of so many kinds at most count as classes; texts as classes or features too."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """All samples, before they are divided into training and test and scaled."""

    columns: Mapping[str, Array]
    """Base columns (n,) float64 by name, from which the features are made."""
    features: tuple[str, ...]
    """The features, in words."""
    x: Array
    """(n, d) float64."""
    y: Array
    """(n,) int64 classes, or float64."""
    classes: tuple[str, ...]
    """Names of the classes; empty for a regression."""
    target: str
    gaps: Mapping[str, Array] = field(default_factory=dict)
    """Columns with missing values -> where (n,) they are missing; the mean of all rows stands there for now."""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Divided(Dataset):
    """A data set whose features and target were scaled by its training samples."""

    columns: Mapping[str, Array]
    """The base columns (n,) of all samples."""
    shift: Array
    """(d,): subtracted from the features."""
    scale: Array
    """What they were divided by then."""
    centre: float
    """Subtracted from a regression's target."""
    unit: float
    """What that was divided by then."""


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
        raise DataError(f"{table.path.name}: has one column, {target!r}, so nothing to learn it from; add columns.")
    used = _chosen(wanted, target, table)
    kept = _complete_rows(table, [*used, target], missing, target)
    table = replace(table, columns=tuple(column[kept] for column in table.columns), lines=table.lines[kept])
    gaps = {
        name: lacks for name in used if not table.is_text(name) and (lacks := ~np.isfinite(table.column(name))).any()
    }
    columns: dict[str, Array] = {}
    for name in used:
        columns |= _numbers(table, name)
    columns = _filled(columns, gaps, np.arange(len(table)), table.path.name)
    names, x = make_features(wanted, columns, target)
    y, classes = _target(table, target, task)
    return Prepared(columns, names, x, y, classes, target, gaps, table.path.name)


def features_in_head(head: Table, line: str, target: str) -> tuple[tuple[str, ...], bool]:
    """Return (the features that a line makes, whether these are all) of a table whose first rows alone are known.

    Of a column of texts each text is a feature, and more may stand further down. Raises UsageError.
    """
    with data_errors():
        target = head.names[head.index(target or default_target(head))]
        used = _chosen(line, target, head)
        columns: dict[str, Array] = {}
        for name in used:
            columns |= _numbers(head, name)
        gaps = {name: lacks for name, column in columns.items() if (lacks := ~np.isfinite(column)).any()}
        known = _filled(columns, gaps, np.arange(len(head)), head.path.name)
        return make_features(line, known, target)[0], not any(head.is_text(name) for name in used)


def default_target(table: Table) -> str:
    """Return the column that is most likely to be learned: one of a telling name, else the last."""
    telling = [name for name in table.names if name.lower() in TARGETS]
    return telling[-1] if telling else table.names[-1]


def divide(prepared: Prepared, knobs: Knobs, rng: np.random.Generator) -> Divided:
    """Hold back test samples; fill what is missing, and scale all, by the training ones."""
    made = _split(prepared, float(knobs["split"]), rng, is_by_class=knobs.get("source") != "formula")
    rows, columns, x = made.x[:, 0], prepared.columns, prepared.x
    if prepared.gaps:
        columns = _filled(columns, prepared.gaps, rows, prepared.file)
        x = features_of(columns, str(knobs["features"]))
    x, x_test = x[rows], x[made.x_test[:, 0]]
    shift, scale = _scaling(x, str(knobs["scaling"]))
    centre, unit = 0.0, 1.0
    if made.is_regression and knobs["scaling"] != "none":
        centre, unit = float(made.y.mean()), float(made.y.std()) or 1.0
    return Divided(
        x=(x - shift) / scale,
        x_test=(x_test - shift) / scale,
        y=(made.y - centre) / unit if made.is_regression else made.y,
        y_test=(made.y_test - centre) / unit if made.is_regression else made.y_test,
        names=prepared.features,
        classes=len(prepared.classes),
        columns=columns,
        shift=shift,
        scale=scale,
        centre=centre,
        unit=unit,
    )


def _split(prepared: Prepared, test: float, rng: np.random.Generator, *, is_by_class: bool) -> Dataset:
    """Hold back a share of the row numbers x (n, 1). A formula's classes differ in size from seed to seed, so the
    parts are then drawn from all rows alike: they must not."""
    rows, y = np.arange(len(prepared.y))[:, None], prepared.y
    if is_by_class:
        return split(rows, y, test=test, rng=rng)
    made = split(rows, y.astype(np.float64), test=test, rng=rng)
    return replace(made, y=made.y.astype(y.dtype), y_test=made.y_test.astype(y.dtype), classes=len(prepared.classes))


def _filled(columns: Mapping[str, Array], gaps: Mapping[str, Array], rows: Array, file: str) -> dict[str, Array]:
    """Return the columns with the mean that the others of these rows have where a value is missing."""
    filled = dict(columns)
    for name, lacks in gaps.items():
        known = columns[name][rows[~lacks[rows]]]
        if not len(known):
            raise DataError(
                f"{file}: column {name!r} has no value in any row that is learned from, so it has no mean; leave it "
                f"out with features=all,-{name}."
            )
        filled[name] = np.where(lacks, known.mean(), columns[name])
    return filled


def features_of(columns: Mapping[str, Array], line: str) -> Array:
    """Return the features (n, d) of a line for other values of the same columns."""
    return make_features(line, columns, "")[1]


def _scaling(x: Array, kind: str) -> tuple[Array, Array]:
    if kind == "none":
        return np.zeros(x.shape[1]), np.ones(x.shape[1])
    if kind == "min-max":
        low, high = x.min(axis=0), x.max(axis=0)
        return (low + high) / 2, np.where(high > low, (high - low) / 2, 1.0)
    spread = x.std(axis=0)
    return x.mean(axis=0), np.where(spread > 1e-12, spread, 1.0)


def _chosen(line: str, target: str, table: Table) -> list[str]:
    """Return the table's columns that the features of a line need. Raises UsageError or DataError."""
    left_out = {feature.text for feature in read_features(line) if feature.is_left_out}
    for name in left_out:
        table.index(name)
    return _used(line, [name for name in table.names if name != target and name not in left_out], target, table)


def _used(line: str, inputs: Sequence[str], target: str, table: Table) -> list[str]:
    """Return the table's columns that the features need."""
    asked = [feature for feature in read_features(line) if not feature.is_left_out]
    if not asked or any(feature.expression is None for feature in asked):
        return list(inputs)
    known = dict.fromkeys(table.names)
    needed: list[str] = []
    for feature in asked:
        assert feature.expression is not None
        if feature.text in known:  # a name such as sepal-length is no subtraction
            needed.append(feature.text)
            continue
        check_columns(feature.expression, "features", line, known)
        needed += [column.name for column in columns_of(feature.expression)]
    if target in needed:
        raise UsageError(f"features name {target!r}, which is the target; a network must not see what it shall tell.")
    return [name for name in inputs if name in needed]


def make_features(line: str, columns: Mapping[str, Array], target: str) -> tuple[tuple[str, ...], Array]:
    """Return (names, features (n, d)) of a line; an empty line asks for all columns. Raises UsageError."""
    named: dict[str, Array] = {}
    asked = [feature for feature in read_features(line) if not feature.is_left_out]
    count = len(next(iter(columns.values()))) if columns else 0
    for feature in asked:
        if feature.expression is None:
            named |= columns
        elif feature.text in columns or feature.text.strip("`") in columns:
            named[feature.text.strip("`")] = columns[feature.text.strip("`")]
        elif group := {name: column for name, column in columns.items() if name.startswith(f"{feature.text}=")}:
            named |= group
        else:
            check_columns(feature.expression, "features", line, columns)
            value = np.broadcast_to(np.asarray(evaluate(feature.expression, columns), dtype=np.float64), (count,))
            if not np.isfinite(value).all():
                raise UsageError(f"features: {feature.text!r} has no finite value in some rows; write it otherwise.")
            named[feature.text] = value
    named = named if asked else dict(columns)
    if not named:
        raise UsageError(f"features {line!r} leave nothing to learn {target!r} from; name a column, or write all.")
    return tuple(named), np.stack(list(named.values()), axis=1)


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
            what = (
                f"the value is {column[row]}, which is no number to learn from"
                if is_infinite
                else "the value is missing"
            )
            more = f"; {rows:,} of {len(table):,} rows lack it" if rows > 1 else ""
            mean = "" if name == target else ", or missing=mean to fill in the column's mean"
            raise DataError(f"{table.place(name, row)}: {what}{more}; set missing=drop to leave such rows out{mean}.")
        if missing == "drop" or table.is_text(name):
            kept &= ~lacks
    if kept.sum() < 2:
        mean = ", or missing=mean to fill in means" if missing == "drop" else ""
        raise DataError(
            f"{table.path.name}: {int(kept.sum())} of {len(table):,} rows are complete, two at least are needed; give "
            f"more rows{mean}."
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
        raise DataError(
            f"{table.place(name, 0)}: holds {str(column[0])!r} and {len(values) - 1:,} other texts where numbers are "
            f"due; leave the column out with features=all,-{name}."
        )
    if len(values) == 2:
        return {f"{name}={values[1]}": (column == values[1]).astype(np.float64)}
    return {f"{name}={value}": (column == value).astype(np.float64) for value in values}


def _refuse_dates(table: Table, name: str, column: Array) -> None:
    if len(column) and DATE.fullmatch(str(column[0])):
        raise DataError(
            f"{table.place(name, 0)}: holds dates such as {str(column[0])!r}, which are no numbers; leave the "
            f"column out with features=all,-{name}, or write numbers in its place."
        )


def _target(table: Table, name: str, task: str) -> tuple[Array, tuple[str, ...]]:
    """Return (targets (n,), names of the classes)."""
    column = table.column(name)
    is_text = table.is_text(name)
    if task == "regression" and is_text:
        raise DataError(
            f"{table.place(name, 0)}: holds {str(column[0])!r}, but a regression needs numbers; set task=auto."
        )
    if is_text:
        _refuse_dates(table, name, column)
    values = np.unique(column)
    is_whole = is_text or bool(np.all(values == np.round(values)))
    is_called_so = is_text or name.lower() in CLASS_NAMES
    are_few = len(values) <= (MOST_CLASSES if is_called_so else min(20, max(2, len(column) // 5)))
    if task == "classification" or is_text or (task == "auto" and is_whole and are_few):
        if len(values) == 1:
            raise DataError(
                f"{table.path.name}: column {name!r} holds one class only, {values[0]!s:.40}; two at least are "
                f"needed. Columns: {listed(table.names)}."
            )
        if len(values) > MOST_CLASSES:
            raise DataError(
                f"{table.path.name}: column {name!r} holds {len(values):,} classes, {MOST_CLASSES} are the most; "
                "choose another target."
            )
        return as_labels(table, name)
    if len(values) == 1:
        raise DataError(f"{table.path.name}: column {name!r} is {values[0]:g} in every row; there is nothing to learn.")
    return column, ()
