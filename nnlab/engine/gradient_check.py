"""The gradient check: backward against central differences, along random directions."""

from collections.abc import Callable
from typing import Any

import numpy as np  # np.random is named in quotes below: touching it would cost the import 40 ms

from nnlab.engine.backend import namespace_of, to_host
from nnlab.engine.errors import EngineError
from nnlab.engine.tensor import Tensor, values


class GradientMismatch(EngineError, AssertionError):  # noqa: N818 (it is a finding, shown to learners)
    """Backward and differences disagree."""


def check_gradients(
    function: Callable[..., Any],
    *inputs: Any,
    rng: "np.random.Generator",
    eps: float = 1e-6,
    rtol: float = 1e-3,
    atol: float = 1e-5,
    directions: int = 2,
) -> None:
    """Raise GradientMismatch unless the vjp of `function` at `inputs` agrees with central differences.

    inputs: arrays of one backend, float64 (others are held constant). The output may have any shape; for a random
    cotangent g and direction v per input, Σ vjp(g) v must equal Σ g (f(x + eps v) - f(x - eps v)) / (2 eps).
    """
    for index, x in enumerate(inputs):
        if not _is_float64(x):
            continue
        for _ in range(directions):
            _check_one(function, inputs, index, rng, eps, rtol, atol)


def _is_float64(x: Any) -> bool:
    return hasattr(x, "dtype") and x.dtype == namespace_of(x).float64


def _check_one(
    function: Callable[..., Any],
    inputs: tuple[Any, ...],
    index: int,
    rng: "np.random.Generator",
    eps: float,
    rtol: float,
    atol: float,
) -> None:
    x = inputs[index]
    xp = namespace_of(x)
    v = xp.asarray(rng.standard_normal(x.shape))
    tensors = [Tensor(one, requires_grad=True) if _is_float64(one) else one for one in inputs]
    output = function(*tensors)
    g = xp.asarray(rng.standard_normal(output.shape))
    output.backward(g)
    gradient = tensors[index].grad
    if gradient is None or gradient.shape != x.shape:
        got = None if gradient is None else gradient.shape
        raise GradientMismatch(f"input {index} has shape {x.shape} but its gradient has {got}.")
    by_backward = float(np.sum(to_host(gradient) * to_host(v)))

    def at(offset: float) -> np.ndarray:
        moved = [one + offset * v if i == index else one for i, one in enumerate(inputs)]
        return to_host(values(function(*moved)))

    by_difference = float(np.sum(to_host(g) * (at(eps) - at(-eps)))) / (2 * eps)
    if not abs(by_backward - by_difference) <= atol + rtol * abs(by_difference):
        raise GradientMismatch(
            f"input {index}: backward gives {by_backward:.9g} along a random direction, "
            f"central differences give {by_difference:.9g} (shape {x.shape})."
        )
