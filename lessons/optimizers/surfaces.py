"""The surfaces of the races: height and slope at points of a plane, and where a race on them starts."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
CELLS = 64
"""Rows and columns of a surface's picture."""
BANDS = 1e-5
"""The picture shows heights down to this share of the highest one; everything below is the valley's floor."""


@dataclass(frozen=True, slots=True)
class Surface:
    """A height f >= 0 over the plane whose lowest points have height 0."""

    height: Callable[[Array], Array]
    """f at points (..., 2) -> (...)."""
    slope: Callable[[Array], Array]
    """Gradient of f at points (..., 2) -> (..., 2)."""
    start: tuple[float, float]
    minima: tuple[tuple[float, float], ...]
    extent: tuple[float, float, float, float]
    """What the picture shows: x low, x high, y low, y high."""

    def picture(self) -> Array:
        """Heights at the centres of CELLS x CELLS squares, lowest row first, cut off below BANDS of the highest."""
        return banded(self.height(grid(self.extent)))


def banded(heights: Array) -> Array:
    """Heights (..., H, W), cut off below BANDS of the highest, so that a logarithmic picture has a floor."""
    return np.asarray(np.maximum(heights, BANDS * heights.max(axis=(-2, -1), keepdims=True)))


def grid(extent: tuple[float, float, float, float]) -> Array:
    """Centres of CELLS x CELLS squares (CELLS, CELLS, 2), lowest row first."""
    share = (np.arange(CELLS) + 0.5) / CELLS
    x, y = np.meshgrid(extent[0] + share * (extent[1] - extent[0]), extent[2] + share * (extent[3] - extent[2]))
    return np.stack([x, y], axis=-1)


def ravine(kappa: float = 40.0, tilt: float = 20.0) -> Surface:
    """f = (u² + kappa v²) / 2, its floor along u turned by `tilt` degrees: steep across, nearly flat along.

    The start turns with it, so that only who looks at x and y one by one can tell the tilts apart.
    """
    c, s = math.cos(math.radians(tilt)), math.sin(math.radians(tilt))
    turn = np.array([[c, -s], [s, c]])
    curvature = turn @ np.diag([1.0, kappa]) @ turn.T

    def height(p: Array) -> Array:
        return np.asarray(0.5 * np.sum(p * (p @ curvature), axis=-1))

    x, y = turn @ np.array([-1.86, 1.32])
    start, extent = (float(x), float(y)), (-2.9, 1.1, -2.4, 1.3)
    return Surface(height, lambda p: np.asarray(p @ curvature), start, ((0.0, 0.0),), extent)


def _rosenbrock_height(p: Array) -> Array:
    x, y = p[..., 0], p[..., 1]
    return np.asarray((1 - x) ** 2 + 100 * (y - x * x) ** 2)


def _rosenbrock_slope(p: Array) -> Array:
    x, y = p[..., 0], p[..., 1]
    return np.stack([-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)], axis=-1)


def rosenbrock() -> Surface:
    """f = (1 - x)² + 100 (y - x²)²: a valley bent like a banana (Rosenbrock 1960)."""
    return Surface(_rosenbrock_height, _rosenbrock_slope, (-1.2, 1.0), ((1.0, 1.0),), (-2.0, 2.0, -1.0, 2.2))


_BEALE = (1.5, 2.25, 2.625)


def _beale_height(p: Array) -> Array:
    x, y = p[..., 0], p[..., 1]
    return np.asarray(sum((c - x + x * y**k) ** 2 for k, c in enumerate(_BEALE, start=1)))


def _beale_slope(p: Array) -> Array:
    x, y = p[..., 0], p[..., 1]
    rests = [c - x + x * y**k for k, c in enumerate(_BEALE, start=1)]
    along_x = sum(2 * rest * (y**k - 1) for k, rest in enumerate(rests, start=1))
    along_y = sum(2 * rest * k * x * y ** (k - 1) for k, rest in enumerate(rests, start=1))
    return np.stack([along_x, along_y], axis=-1)


def beale() -> Surface:
    """f = (1.5 - x + xy)² + (2.25 - x + xy²)² + (2.625 - x + xy³)²: a plain between cliffs (Beale 1958)."""
    return Surface(_beale_height, _beale_slope, (1.0, 1.4), ((3.0, 0.5),), (-1.2, 4.0, -1.6, 1.9))


def saddle() -> Surface:
    """f = x² + (y² - 1)² / 4: down in x, to a pass at (0, 0), and from there to either of two valleys."""

    def height(p: Array) -> Array:
        return np.asarray(p[..., 0] ** 2 + (p[..., 1] ** 2 - 1) ** 2 / 4)

    def slope(p: Array) -> Array:
        return np.stack([2 * p[..., 0], p[..., 1] * (p[..., 1] ** 2 - 1)], axis=-1)

    return Surface(height, slope, (1.5, 0.001), ((0.0, 1.0), (0.0, -1.0)), (-2.0, 2.0, -1.6, 1.6))


SURFACES = ("ravine", "rosenbrock", "beale", "saddle")


def surface(name: str, kappa: float = 40.0, tilt: float = 20.0) -> Surface:
    """Return a surface by name; kappa and tilt are the ravine's."""
    return (
        ravine(kappa, tilt)
        if name == "ravine"
        else {"rosenbrock": rosenbrock, "beale": beale, "saddle": saddle}[name]()
    )
