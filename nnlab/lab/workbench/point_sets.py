"""Points of the plane that the lab draws: its sets by name, and those whose classes or values a formula tells."""

import numpy as np

from nnlab.data import Samples, dataset
from nnlab.lab.errors import UsageError
from nnlab.lab.experiment import Knobs
from nnlab.lab.workbench.dividing import Prepared
from nnlab.lab.workbench.expressions import check_columns, evaluate, read_formula
from nnlab.lab.workbench.features import make_features
from nnlab.reasons import because

SETS = ("planes", "gaussians", "xor", "circles", "moons", "spirals")


def draw_set(knobs: Knobs, rng: np.random.Generator) -> Samples:
    """Return samples x (n, 2) and y (n,) of a set of the lab, or of the formula."""
    count, noise = int(knobs["samples"]), float(knobs["noise"])
    if knobs["source"] != "formula":
        made = dataset(str(knobs["source"]), count, noise=noise, rng=rng)
        return made.x, made.y
    line = str(knobs["formula"])
    formula = read_formula(line)
    x = rng.uniform(-1.0, 1.0, (count, 2))
    columns = {"x1": x[:, 0], "x2": x[:, 1]}
    check_columns(formula, "formula", line, columns)
    y = np.broadcast_to(np.asarray(evaluate(formula, columns)), (count,))
    seen = x + noise * rng.standard_normal(x.shape) if y.dtype == bool else x
    if y.dtype == bool:
        if y.all() or not y.any():
            raise UsageError(because("formula-true", line=line) if y.all() else because("formula-false", line=line))
        return seen, y.astype(np.int64)
    if not np.isfinite(y).all():
        raise UsageError(because("formula-infinite", line=line))
    return seen, y + noise * rng.standard_normal(count)


def classes_of(knobs: Knobs) -> tuple[str, ...]:
    """Return the names of the classes of a set of the lab; none for one with numbers to predict."""
    if knobs["source"] == "formula":
        line = str(knobs["formula"])
        formula, two = read_formula(line), {"x1": np.zeros(1), "x2": np.zeros(1)}
        check_columns(formula, "formula", line, two)
        return ("0", "1") if np.asarray(evaluate(formula, two)).dtype == bool else ()
    return () if knobs["source"] == "planes" else ("0", "1")


def feature_names(line: str) -> tuple[str, ...]:
    """Return the names of the features that a line makes of x1 and x2."""
    return make_features(line, {"x1": np.ones(1), "x2": np.ones(1)}, "")[0]


def prepare_set(knobs: Knobs, rng: np.random.Generator) -> Prepared:
    """Draw points and make the features of them."""
    x, y = draw_set(knobs, rng)
    columns = {"x1": x[:, 0], "x2": x[:, 1]}
    names, features = make_features(str(knobs["features"]), columns, "")
    classes = () if y.dtype.kind == "f" else ("0", "1")
    return Prepared(columns, names, features, y, classes, "y")
