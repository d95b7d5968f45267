"""Initial weights, drawn on the host. Each is a function (rng, shape) -> float64 array (..., *shape).

rng: a numpy.random.Generator, or a stream for several networks whose draws have a leading axis. A shape is (in, out)
for linear weights and (out, in / groups, kh, kw) for kernels; fans come from the shape, never from what was drawn.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab.engine.errors import ShapeError, unknown_name

Shape = tuple[int, ...]
Initializer = Callable[[Any, Shape], np.ndarray]


def fans(shape: Shape) -> tuple[int, int]:
    """Return (fan in, fan out): how many values come into one output, and go out of one input."""
    if len(shape) < 2:
        raise ShapeError(f"fans: expected weights of 2 or more axes, got {shape}; use zeros or normal for a bias.")
    if min(shape) < 1:
        raise ShapeError(f"fans: weights of shape {shape} hold nothing; every size must be at least 1.")
    if len(shape) == 2:
        return shape[0], shape[1]
    field = math.prod(shape[2:])
    return shape[1] * field, shape[0] * field


def zeros(rng: Any, shape: Shape) -> np.ndarray:
    """All 0. Hidden units then stay equal: right for a bias, wrong for weights."""
    return np.zeros((*leading_shape(rng), *shape))


def ones(rng: Any, shape: Shape) -> np.ndarray:
    """All 1 (the scale of a normalization)."""
    return np.ones((*leading_shape(rng), *shape))


def normal(rng: Any, shape: Shape, *, std: float = 0.01) -> np.ndarray:
    """N(0, std²)."""
    return np.asarray(rng.normal(0.0, std, shape))


def uniform(rng: Any, shape: Shape, *, limit: float = 0.1) -> np.ndarray:
    """U(-limit, limit)."""
    return np.asarray(rng.uniform(-limit, limit, shape))


def xavier_uniform(rng: Any, shape: Shape, *, gain: float = 1.0) -> np.ndarray:
    """U(-a, a), a = gain √(6 / (fan in + fan out)): variance kept forward and backward (Glorot, Bengio 2010)."""
    return uniform(rng, shape, limit=gain * math.sqrt(6 / sum(fans(shape))))


def xavier_normal(rng: Any, shape: Shape, *, gain: float = 1.0) -> np.ndarray:
    """N(0, 2 gain² / (fan in + fan out))."""
    return normal(rng, shape, std=gain * math.sqrt(2 / sum(fans(shape))))


def he_uniform(rng: Any, shape: Shape) -> np.ndarray:
    """U(-a, a), a = √(6 / fan in): variance kept through ReLU (arXiv 1502.01852)."""
    return uniform(rng, shape, limit=math.sqrt(6 / fans(shape)[0]))


def he_normal(rng: Any, shape: Shape) -> np.ndarray:
    """N(0, 2 / fan in)."""
    return normal(rng, shape, std=math.sqrt(2 / fans(shape)[0]))


def lecun_uniform(rng: Any, shape: Shape) -> np.ndarray:
    """U(-a, a), a = √(3 / fan in) (LeCun et al., Efficient BackProp, 1998)."""
    return uniform(rng, shape, limit=math.sqrt(3 / fans(shape)[0]))


def lecun_normal(rng: Any, shape: Shape) -> np.ndarray:
    """N(0, 1 / fan in)."""
    return normal(rng, shape, std=math.sqrt(1 / fans(shape)[0]))


def orthogonal(rng: Any, shape: Shape) -> np.ndarray:
    """Rows or columns of length 1 at right angles, uniform over such matrices (arXiv 1312.6120)."""
    fans(shape)
    rows, columns = shape[0], math.prod(shape[1:])
    drawn = np.asarray(rng.normal(0.0, 1.0, (max(rows, columns), min(rows, columns))))
    q, r = np.linalg.qr(drawn)
    q = q * np.sign(np.diagonal(r, axis1=-2, axis2=-1))[..., None, :]  # without the signs QR prefers some matrices
    return np.reshape(np.swapaxes(q, -1, -2) if rows < columns else q, (*q.shape[:-2], *shape))


def leading_shape(rng: Any) -> Shape:
    """Return the shape that this stream puts in front of a draw: () or (S,). Draws nothing."""
    return tuple(rng.random((0,)).shape[:-1])


INITIALIZERS: dict[str, Initializer] = {
    "zeros": zeros,
    "ones": ones,
    "normal": normal,
    "uniform": uniform,
    "xavier_uniform": xavier_uniform,
    "xavier_normal": xavier_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "lecun_uniform": lecun_uniform,
    "lecun_normal": lecun_normal,
    "orthogonal": orthogonal,
}
"""By name, in order of growing thought."""


def initializer(name: str | Initializer) -> Initializer:
    """Return the initializer of that name (a function is its own). ValueRangeError lists the names."""
    if callable(name):
        return name
    if name not in INITIALIZERS:
        raise unknown_name("initializer", name, INITIALIZERS)
    return INITIALIZERS[name]
