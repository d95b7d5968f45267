"""Clouds of points in the plane, two classes or a number to predict, all within about [-1, 1] squared.

Every generator has the form `name(n, *, noise, rng) -> (x (n, 2) float64, y (n,))`. Class labels alternate 0, 1, 0,
1 ..., so any n is balanced to within one point, and a prefix is too. `noise` is the standard deviation of the Gaussian
that is added to each coordinate; with noise 0 the points lie exactly on the shape.
"""

import numpy as np

from nnlab.data.dataset import Array, Samples
from nnlab.data.errors import DataError


def check(name: str, n: int, noise: float) -> None:
    """Raise DataError when a cloud of n points with this noise cannot be drawn."""
    if n < 0:
        raise DataError(f"{name}: n is {n}, but a cloud has 0 points or more; ask for at least 0.")
    if not 0 <= noise < float("inf"):
        raise DataError(f"{name}: noise is {noise:g}, but a standard deviation is finite and at least 0.")


def gaussians(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """Two round clouds centred on (-0.5, -0.5) and (0.5, 0.5): one straight line is enough."""
    check("gaussians", n, noise)
    y = _alternating(n)
    centre = np.where(y == 1, 0.5, -0.5)
    return _jitter(np.stack([centre, centre], axis=-1), noise, rng), y


def circles(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """Class 0 on a circle of radius 0.9, class 1 on one of radius 0.4 inside it."""
    check("circles", n, noise)
    y = _alternating(n)
    angle = rng.uniform(0.0, 2.0 * np.pi, n)
    radius = np.where(y == 1, 0.4, 0.9)
    return _jitter(radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1), noise, rng), y


def moons(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """Two half circles of radius 0.6 that hold each other: class 0 opens down, class 1 up."""
    check("moons", n, noise)
    y = _alternating(n)
    angle = rng.uniform(0.0, np.pi, n)
    side = np.where(y == 1, -1.0, 1.0)
    x = np.stack([side * (0.6 * np.cos(angle) - 0.3), side * (0.6 * np.sin(angle) - 0.15)], axis=-1)
    return _jitter(x, noise, rng), y


def spirals(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """Two arms of an Archimedean spiral, one and a half turns each, class 1 turned by half a turn.

    The radius grows from 0.1 to 1 with the angle; places along an arm are drawn evenly in the radius.
    """
    check("spirals", n, noise)
    y = _alternating(n)
    radius = rng.uniform(0.1, 1.0, n)
    angle = 3.0 * np.pi * (radius - 0.1) / 0.9 + np.pi * y
    return _jitter(radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1), noise, rng), y


def planes(n: int, *, noise: float, rng: np.random.Generator) -> Samples:
    """Regression: x uniform in [-1, 1] squared, y = 0.6 x1 - 0.4 x2 + 0.1 float64 with the noise added to y."""
    check("planes", n, noise)
    x = rng.uniform(-1.0, 1.0, (n, 2))
    return x, 0.6 * x[:, 0] - 0.4 * x[:, 1] + 0.1 + noise * rng.standard_normal(n)


def _alternating(n: int) -> Array:
    return np.arange(n) % 2


def _jitter(x: Array, noise: float, rng: np.random.Generator) -> Array:
    return x + noise * rng.standard_normal(x.shape)
