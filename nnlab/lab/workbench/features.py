"""Features by a typed line: which columns of a table it needs, and what it makes of them."""

from collections.abc import Mapping, Sequence

import numpy as np

from nnlab.data.dataset import Array
from nnlab.data.table import Table
from nnlab.lab.errors import UsageError
from nnlab.lab.workbench.expressions import check_columns, columns_of, evaluate, read_features
from nnlab.reasons import because


def chosen_columns(line: str, target: str, table: Table) -> list[str]:
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
        raise UsageError(because("feature-target", name=target))
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
                raise UsageError(because("feature-infinite", name=feature.text))
            named[feature.text] = value
    named = named if asked else dict(columns)
    if not named:
        raise UsageError(because("feature-none", line=line, target=target))
    return tuple(named), np.stack(list(named.values()), axis=1)


def features_of(columns: Mapping[str, Array], line: str) -> Array:
    """Return the features (n, d) of a line for other values of the same columns."""
    return make_features(line, columns, "")[1]
