"""Samples divided into those that are learned from and those held back; what fills and scales comes from the first."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from nnlab.data import DataError, Dataset, split
from nnlab.data.dataset import Array
from nnlab.lab.experiment import Knobs
from nnlab.lab.workbench.features import features_of
from nnlab.reasons import because


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


def divide(prepared: Prepared, knobs: Knobs, rng: np.random.Generator) -> Divided:
    """Hold back test samples; fill what is missing, and scale all, by the training ones."""
    made = _split(prepared, float(knobs["split"]), rng, is_by_class=knobs.get("source") != "formula")
    rows, columns, x = made.x[:, 0], prepared.columns, prepared.x
    if prepared.gaps:
        columns = filled(columns, prepared.gaps, rows, prepared.file)
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


def filled(columns: Mapping[str, Array], gaps: Mapping[str, Array], rows: Array, file: str) -> dict[str, Array]:
    """Return the columns with the mean that the others of these rows have where a value is missing."""
    filled = dict(columns)
    for name, lacks in gaps.items():
        known = columns[name][rows[~lacks[rows]]]
        if not len(known):
            raise DataError(because("table-no-mean", file=file, name=name))
        filled[name] = np.where(lacks, known.mean(), columns[name])
    return filled


def _scaling(x: Array, kind: str) -> tuple[Array, Array]:
    if kind == "none":
        return np.zeros(x.shape[1]), np.ones(x.shape[1])
    if kind == "min-max":
        low, high = x.min(axis=0), x.max(axis=0)
        return (low + high) / 2, np.where(high > low, (high - low) / 2, 1.0)
    spread = x.std(axis=0)
    return x.mean(axis=0), np.where(spread > 1e-12, spread, 1.0)
