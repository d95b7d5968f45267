"""Clipping: gradients by norm or by value, weights by value (Wasserstein critics)."""

from typing import Any

from nnlab.engine import Array, GradientError, Tensor, ValueRangeError, namespace_of
from nnlab.nn.module import Module


def clip_gradient_norm(parameters: Any, limit: float, *, leading: int = 0) -> Array:
    """Scale all gradients so that their common Euclidean norm is at most `limit`; return the norm before, () or (S,).

    With leading=1 each network (first axis of every parameter) is scaled by its own norm.
    """
    tensors = _tensors(parameters, limit)
    xp = namespace_of(tensors[0].data)
    squares = [xp.sum(g * g, axis=tuple(range(leading, g.ndim))) for g in map(_gradient, tensors)]
    norm = xp.sqrt(sum(squares[1:], start=squares[0]))
    scale = limit / xp.maximum(norm + 1e-6, xp.full_like(norm, limit))
    for tensor in tensors:
        g = _gradient(tensor)
        tensor.grad = g * xp.reshape(scale, (*scale.shape, *(1,) * (g.ndim - leading)))
    return norm


def clip_gradient_value(parameters: Any, limit: float) -> None:
    """Limit every entry of every gradient to [-limit, limit]."""
    for tensor in _tensors(parameters, limit):
        g = _gradient(tensor)
        tensor.grad = namespace_of(g).clip(g, -limit, limit)


def clip_parameters(parameters: Any, limit: float) -> None:
    """Limit every entry of every parameter to [-limit, limit], in place."""
    for tensor in _tensors(parameters, limit):
        tensor.data[...] = namespace_of(tensor.data).clip(tensor.data, -limit, limit)


def _tensors(parameters: Any, limit: float) -> list[Tensor]:
    if not limit > 0:
        raise ValueRangeError(f"clipping: the limit must be above 0, got {limit!r}.")
    tensors = list(parameters.parameters() if isinstance(parameters, Module) else parameters)
    if not tensors:
        raise ValueRangeError("clipping: there are no parameters.")
    return tensors


def _gradient(tensor: Tensor) -> Array:
    if tensor.grad is None:
        raise GradientError(f"clipping: a parameter of shape {tensor.shape} has no gradient; call backward first.")
    return tensor.grad
