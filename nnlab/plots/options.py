"""Options of a plot kind, read with their types; a wrong one is an error that says what was expected."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from nnlab.plots.errors import PlotError, unknown

Options = Mapping[str, object]
Arrays = Mapping[str, NDArray[np.generic]]
Pair = tuple[float, float]


def text_option(options: Options, name: str, default: str = "") -> str:
    """A text; None counts as absent."""
    value = options.get(name)
    return default if value is None else str(value)


def flag_option(options: Options, name: str, default: bool = False) -> bool:
    """True or false."""
    value = options.get(name)
    return default if value is None else bool(value)


def choice_option(options: Options, name: str, known: Sequence[str], default: str) -> str:
    """One of the known texts; PlotError with the nearest otherwise."""
    value = text_option(options, name, default)
    if value not in known:
        raise unknown(f"{name} option", value, known)
    return value


def number_option(options: Options, name: str) -> float | None:
    """A finite number, or None where it is absent or not finite."""
    value = options.get(name)
    if value is None:
        return None
    try:
        number = float(cast(float, value))
    except (TypeError, ValueError):
        raise PlotError(f"option {name} is {value!r}; give a number.") from None
    return number if np.isfinite(number) else None


def pair_option(options: Options, name: str) -> Pair | None:
    """Two finite numbers in order, low then high; None where it is absent or empty."""
    value = options.get(name)
    if value is None:
        return None
    try:
        low, high = (float(part) for part in cast(Sequence[float], value))
    except (TypeError, ValueError):
        raise PlotError(f"option {name} is {value!r}; give two numbers, low and high.") from None
    if not (np.isfinite(low) and np.isfinite(high)) or low == high:
        return None
    return (low, high) if low < high else (high, low)


def names_option(options: Options, name: str) -> list[str]:
    """A list of texts; one text counts as a list of one."""
    value = options.get(name)
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    return [str(part) for part in cast(Sequence[object], value)]


def mapping_option(options: Options, name: str) -> dict[str, object]:
    """A table, or pairs of name and value."""
    value = options.get(name)
    if value is None:
        return {}
    try:
        return {str(key): item for key, item in dict(cast(Mapping[str, object], value)).items()}
    except (TypeError, ValueError):
        raise PlotError(f"option {name} is {value!r}; give a table of names and values.") from None


def floats(values: object) -> NDArray[np.float64]:
    """Return a plain float64 array; what is no number becomes NaN."""
    try:
        return np.asarray(cast(Any, values), dtype=np.float64)
    except (TypeError, ValueError):
        return np.full(np.shape(cast(Any, values)), np.nan)


def seed_rows(values: NDArray[np.float64], kept: int = 1) -> NDArray[np.float64]:
    """Merge all axes before the last `kept` into one, the seeds; works on empty arrays, where reshape(-1) cannot."""
    lead = values.shape[: values.ndim - kept]
    return values.reshape(int(np.prod(lead, dtype=np.int64)), *values.shape[values.ndim - kept :])
