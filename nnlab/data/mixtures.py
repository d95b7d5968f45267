"""Mixtures of small round clouds in the plane, as GANs are tried on, and how much of one a generator covers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from nnlab.data.dataset import Array
from nnlab.data.errors import DataError

HIGH_QUALITY = 3.0
"""A sample within so many standard deviations of a mode counts as one of high quality."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """Gaussians of one size, each equally likely."""

    centres: Array
    """The modes (k, 2) float64."""
    sigma: float
    """Standard deviation of each mode along both axes."""

    def __post_init__(self) -> None:
        """Raise DataError when there is no mode, or a deviation that is not positive."""
        if self.centres.ndim != 2 or self.centres.shape[1] != 2 or not len(self.centres):
            raise DataError(f"Mixture: centres are {self.centres.shape}, but modes are (k, 2) with k at least 1.")
        if not 0 < self.sigma < float("inf"):
            raise DataError(f"Mixture: sigma is {self.sigma:g}, but a standard deviation is above 0 and finite.")

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw n points (n, 2) float64, the mode of each by chance."""
        mode = rng.integers(0, len(self.centres), n)
        points: Array = self.centres[mode] + self.sigma * rng.standard_normal((n, 2))
        return points

    def density(self, points: Array) -> Array:
        """Return the probability density (...) at points (..., 2)."""
        distance2 = ((points[..., None, :] - self.centres) ** 2).sum(axis=-1)
        each = np.exp(-distance2 / (2 * self.sigma**2)) / (2 * np.pi * self.sigma**2)
        total: Array = each.mean(axis=-1)
        return total


def ring(*, modes: int = 8, radius: float = 2.0, sigma: float = 0.02) -> Mixture:
    """Return modes evenly on a circle, the first at (radius, 0)."""
    angle = 2 * np.pi * np.arange(modes) / max(modes, 1)
    return Mixture(radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1), sigma)


def grid(*, side: int = 5, spacing: float = 2.0, sigma: float = 0.05) -> Mixture:
    """Return side x side modes around the origin; 25 from -4 to 4 as in PacGAN (arXiv 1712.04086)."""
    line = spacing * (np.arange(side) - (side - 1) / 2)
    return Mixture(np.stack(np.meshgrid(line, line), axis=-1).reshape(-1, 2), sigma)


def pair(*, distance: float = 2.0, sigma: float = 0.1) -> Mixture:
    """Return two modes, `distance` from the origin each."""
    return Mixture(np.array([[-distance, 0.0], [distance, 0.0]]), sigma)


def line(*, modes: int = 12, length: float = 5.0, sigma: float = 0.1) -> Mixture:
    """Return modes along a slope, so close that with a sigma of 0.1 and more they are one ridge."""
    along = length * (np.arange(modes) / max(modes - 1, 1) - 0.5)
    return Mixture(np.stack([along, 0.5 * along], axis=-1), sigma)


def spiral(*, modes: int = 24, turns: float = 1.5, radius: float = 2.2, sigma: float = 0.1) -> Mixture:
    """Return modes along one arm that winds outwards, evenly spaced in angle and distance from the middle."""
    share = (np.arange(modes) + 1) / modes
    angle = 2 * np.pi * turns * share
    return Mixture((radius * share)[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1), sigma)


MIXTURES: Mapping[str, Callable[..., Mixture]] = {
    "pair": pair,
    "line": line,
    "ring": ring,
    "spiral": spiral,
    "grid": grid,
}
"""Mixtures by name, each with a keyword sigma."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a generator's samples cover of a mixture."""

    counts: Array
    """Samples of high quality at each mode (k,) int64."""
    shares: Array
    """Share of the finite samples whose nearest mode is each (k,) float64."""
    modes: int
    """Modes with at least one sample of high quality."""
    high_quality: float
    """Share of the samples within 3 standard deviations of a mode."""
    reverse_kl: float
    """KL(generated || real) in nats over the modes, each sample given to its nearest one: 0 is even, ln k one mode."""


def coverage(points: Array, mixture: Mixture) -> Coverage:
    """Measure generated points (n, 2) against the mixture that they imitate (arXiv 1705.07761, 1712.04086).

    A point that is not finite is at no mode; with none that is, reverse_kl is NaN. Raises DataError for no points.
    """
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise DataError(f"coverage: points are {points.shape}, but samples are (n, 2) with n at least 1.")
    modes = len(mixture.centres)
    finite = points[np.isfinite(points).all(axis=1)]
    distance2 = ((finite[:, None] - mixture.centres) ** 2).sum(axis=-1)
    nearest = distance2.argmin(axis=1)
    is_near = distance2.min(axis=1, initial=np.inf) <= (HIGH_QUALITY * mixture.sigma) ** 2
    counts = np.bincount(nearest[is_near], minlength=modes)
    share = np.bincount(nearest, minlength=modes) / max(len(finite), 1)
    held = share[share > 0]
    return Coverage(
        counts=counts,
        shares=share,
        modes=int((counts > 0).sum()),
        high_quality=float(is_near.sum() / len(points)),
        reverse_kl=float((held * np.log(held * modes)).sum()) if len(finite) else float("nan"),
    )
