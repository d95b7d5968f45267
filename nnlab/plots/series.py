"""Series of a curve plot: what the arrays say, made ready to draw."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nnlab.plots.options import Arrays, Options, floats, mapping_option, names_option, seed_rows
from nnlab.plots.palette import MARKERS, Palette
from nnlab.plots.spans import thin

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Series:
    """One curve, ready to draw."""

    name: str
    x: Floats
    """(n,)."""
    y: Floats
    """(n,)."""
    low: Floats | None
    high: Floats | None
    colour: int
    marker: str
    is_ghost: bool
    is_points: bool = False
    """Single places with a marker each instead of a line through them."""
    key: str = ""
    """The name in the arrays, where `name` is the one that is shown."""
    whole: tuple[Floats, Floats] | None = None
    """All of x and y, where what is drawn is a part of a long curve."""

    def value_at(self, x: float) -> tuple[float, float]:
        """Return (value, its x) at the measured x that is nearest; NaN beyond the ends of the curve."""
        xs, ys = self.whole or (self.x, self.y)
        fine = np.flatnonzero(np.isfinite(xs))
        if not fine.size or not xs[fine].min() <= x <= xs[fine].max():
            return float("nan"), x
        nearest = fine[np.argmin(np.abs(xs[fine] - x))]
        return float(ys[nearest]), float(xs[nearest])

    @property
    def last(self) -> float:
        """The last finite value; NaN when there is none."""
        kept = self.y[np.isfinite(self.y)]
        return float(kept[-1]) if kept.size else float("nan")

    @property
    def has_died(self) -> bool:
        """Whether the curve ends in a value that is not finite."""
        return bool(self.y.size and not np.isfinite(self.y[-1]) and np.isfinite(self.y).any())


def read_series(arrays: Arrays, options: Options, palette: Palette) -> list[Series]:
    """Return the curves and places that the arrays hold, in their order, named, coloured and marked by the options.

    arrays, options: as nnlab.plots.curve.draw has them.
    """
    ghosts, shown = names_option(options, "ghosts"), mapping_option(options, "words")
    roles = {name: str(role) for name, role in mapping_option(options, "colours").items()}
    markers = mapping_option(options, "markers")
    found: list[Series] = []
    places: list[Series] = []
    lead = 0
    for key in arrays:
        if key != "y" and not key.endswith("/y"):
            continue
        prefix = key[:-1]
        name = prefix.rstrip("/") or "y"
        y = floats(arrays[key])
        low, high = arrays.get(prefix + "low"), arrays.get(prefix + "high")
        if y.ndim > 1:
            y, low, high = _over_seeds(seed_rows(y))
        y = np.atleast_1d(y)
        x = floats(arrays[prefix + "x"]).reshape(-1) if prefix + "x" in arrays else np.arange(len(y), dtype=np.float64)
        n = min(len(x), len(y))
        whole = (x[:n], y[:n])
        if low is None:
            x, y = thin(*whole)
            n = len(y)
        is_ghost = name in ghosts
        colour = palette.faint if is_ghost else palette.series(lead)
        if name in roles:
            colour = palette.role(roles[name])
        found.append(
            Series(
                str(shown.get(name, name)),
                x[:n],
                y[:n],
                None if low is None else floats(low).reshape(-1)[:n],
                None if high is None else floats(high).reshape(-1)[:n],
                colour,
                str(markers.get(name, MARKERS[lead % len(MARKERS)])),
                is_ghost,
                key=name,
                whole=whole,
            )
        )
        lead += not is_ghost
    for key in arrays:
        if key.endswith("/points"):
            name = key.removesuffix("/points")
            place = _places(name, floats(arrays[key]), found + places, roles, palette)
            shown_name = str(shown.get(name, name))
            places.append(replace(place, name=shown_name, marker=str(markers.get(name, place.marker))))
    return found + places


def _places(name: str, points: Floats, others: Sequence[Series], roles: dict[str, str], palette: Palette) -> Series:
    """Make a series of single places; those named as a curve wear its colour and marker."""
    points = points if points.ndim == 2 and points.shape[1] >= 2 else np.zeros((0, 2))
    colour, marker = palette.series(len(others)), MARKERS[len(others) % len(MARKERS)]
    for other in others:
        if other.key == name:
            colour, marker = other.colour, other.marker
    if name in roles:
        colour = palette.role(roles[name])
    return Series(name, points[:, 0], points[:, 1], None, None, colour, marker, False, is_points=True, key=name)


def _over_seeds(y: Floats) -> tuple[Floats, Floats | None, Floats | None]:
    if not y.size:
        return np.zeros(0), None, None
    kept = np.where(np.isfinite(y), y, np.nan)
    is_empty = np.isnan(kept).all(axis=0)
    quantiles = np.nanquantile(np.where(is_empty, 0.0, kept), (0.1, 0.5, 0.9), axis=0)
    quantiles[:, is_empty] = np.nan
    return quantiles[1], (quantiles[0] if len(y) > 1 else None), (quantiles[2] if len(y) > 1 else None)


def drawn_values(series: Sequence[Series]) -> list[Floats]:
    """Return all y values that are drawn, bands included, each (n,)."""
    return [part for s in series for part in (s.y, s.low, s.high) if part is not None]
