"""A distribution of the user's own: the points of a table, each of them a mode."""

from pathlib import Path

import numpy as np

from nnlab.data import DataError, Mixture, Table, read_table_file

MOST = 400
"""Modes at most; of more points every n-th is taken, since each is compared with every generated one."""
REACH = 2.0
"""The points are moved and scaled so that the farthest coordinate is that far from 0."""


def modes_of(path: Path, *, sigma: float, name: str) -> Mixture:
    """Return the points of the first two columns of numbers, moved and scaled into the plane, as modes.

    Raises DataError when the table has no two such columns, or not two different points.
    """
    table = read_table_file(path)
    points = np.stack(_two_columns(table, name), axis=-1)
    points = np.unique(points[np.isfinite(points).all(axis=1)], axis=0)
    low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2), np.zeros(2))
    reach = float(np.max(high - low)) / 2
    if len(points) < 2 or reach <= 0:
        raise DataError(f"{name} holds {len(points)} different points, but a distribution needs two or more.")
    points = points[:: -(-len(points) // MOST)]
    return Mixture((points - (low + high) / 2) * (REACH / reach), sigma)


def _two_columns(table: Table, name: str) -> list[np.ndarray]:
    numeric = [column for column in table.columns if column.dtype.kind != "U"]
    if len(numeric) < 2:
        raise DataError(
            f"{name} has {len(numeric)} columns of numbers, but points of the plane need two: give a table x,y."
        )
    return numeric[:2]
