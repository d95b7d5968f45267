"""The code exercise on cross-correlation: what the learner's feature map must be, and the map that we make."""

from collections.abc import Callable
from typing import Any

import numpy as np

from nnlab import engine
from nnlab.lab.authoring import Check, code, returned

from .alike import Array

LearnerCorrelate = Callable[[Array, Array, int], Any]
"""correlate(image (H, W), kernel (k, l), stride) -> the map of every full place of the window."""
TOLERANCE = 1e-6


def correlate(image: Array, kernel: Array, *, stride: int) -> Array:
    """The feature map of one kernel without bias, by the engine: conv2d is cross-correlation."""
    made = engine.conv2d(image[None, None], kernel[None, None], stride=stride)
    values: Array = engine.to_host(made.data)[0, 0]
    return values


def map_of(learner: LearnerCorrelate | None, image: Array, kernel: Array, *, stride: int) -> Array:
    """The map by the learner's function, or by ours for None. Raises CodeError for anything but a map of its size."""
    if learner is None:
        return correlate(image, kernel, stride=stride)
    size = tuple((n - k) // stride + 1 for n, k in zip(image.shape, kernel.shape, strict=True))
    result = learner(image.copy(), kernel.copy(), stride)
    try:
        values = np.asarray(result, dtype=np.float64)
    except (TypeError, ValueError):
        raise returned("correlate", result, f"z {size}") from None
    if values.shape != size:
        raise returned("correlate", values if values.ndim else float(values), f"z {size}")
    if not np.isfinite(values).all():
        raise returned("correlate", float(values[~np.isfinite(values)][0]), f"z {size}, |z| < ∞")
    return values


def _convolve(image: Array, kernel: Array, stride: int) -> Array:
    return correlate(image, kernel[::-1, ::-1].copy(), stride=stride)


@code("slide-and-sum", experiment="window", name="correlate", wrong=_convolve)
def slide_and_sum(learner: LearnerCorrelate) -> list[Check]:
    """A picture of 3 x 4 that can be done by hand, stride 2, then kernels and pictures of any size."""
    small, kernel = np.arange(12.0).reshape(3, 4), np.array([[1.0, 2.0], [3.0, 4.0]])
    checks = []
    for stride in (1, 2):
        got, right = map_of(learner, small, kernel, stride=stride), correlate(small, kernel, stride=stride)
        is_right = bool(np.allclose(got, right, rtol=0.0, atol=TOLERANCE))
        checks.append(Check(f"I = 0..11 (3, 4), K = 1..4 (2, 2), stride {stride}", _text(got), is_right, _text(right)))
    rng = np.random.default_rng(1989)
    for high, wide, stride in ((3, 3, 1), (3, 3, 3), (1, 1, 1), (2, 5, 2)):
        image, kernel = rng.normal(size=(9, 12)), rng.normal(size=(high, wide))
        got, right = map_of(learner, image, kernel, stride=stride), correlate(image, kernel, stride=stride)
        farthest = float(np.max(np.abs(got - right)))
        text = f"I (9, 12), K ({high}, {wide}), stride {stride}: max Δ"
        checks.append(Check(text, farthest, farthest < TOLERANCE, f"< {TOLERANCE:g}"))
    return checks


def _text(values: Array) -> str:
    return "; ".join(" ".join(f"{value:.4g}" for value in row) for row in values).replace("-", "−")
