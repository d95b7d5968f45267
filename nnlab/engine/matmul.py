"""Matrix products: matmul and linear. Leading axes are networks or batches, and broadcast."""

from typing import Any

from nnlab.engine.backend import Array, Namespace
from nnlab.engine.errors import ShapeError
from nnlab.engine.primitive import primitive
from nnlab.engine.tensor import Tensor


@primitive
def matmul(xp: Namespace, x: Array, y: Array) -> Any:
    """x @ y.  x (..., N, D), y (..., D, H) -> (..., N, H).  dx = g yᵀ, dy = xᵀ g."""
    if x.ndim < 2 or y.ndim < 2 or x.shape[-1] != y.shape[-2]:
        raise ShapeError(
            f"matmul: expected x (..., N, D) and y (..., D, H), got x {x.shape} and y {y.shape}; reshape one of them."
        )
    return x @ y, (lambda g: g @ y.mT, lambda g: x.mT @ g)


@primitive
def linear(xp: Namespace, x: Array, w: Array, b: Array | None = None) -> Any:
    """x @ w + b.  x (..., N, D), w (..., D, H), b (..., H) or None -> (..., N, H).

    dx = g wᵀ, dw = xᵀ g, db = Σ_n g.
    """
    if x.ndim < 2 or w.ndim < 2 or x.shape[-1] != w.shape[-2]:
        raise ShapeError(_misfit(x, w))
    y = x @ w
    if b is not None:
        if b.shape[-1] not in (1, w.shape[-1]):
            raise ShapeError(f"linear: b has {b.shape[-1]} entries but w {w.shape} gives {w.shape[-1]} columns.")
        y = y + (b if b.ndim == 1 else b[..., None, :])
    return y, (lambda g: g @ w.mT, lambda g: x.mT @ g, lambda g: column_sums(xp, g))


def column_sums(xp: Namespace, g: Array) -> Array:
    """Σ_n g of (..., N, H) as a matrix product with ones: 41 us where a sum takes 692 at (50176, 8)."""
    ones = xp.ones((1, g.shape[-2]), dtype=g.dtype, device=g.device)
    return (ones @ g)[..., 0, :]


def _misfit(x: Array, w: Array) -> str:
    if x.ndim < 2 or w.ndim < 2:
        return f"linear: expected x (..., N, D) and w (..., D, H), got x {x.shape} and w {w.shape}; add a batch axis."
    hint = " Did you forget to flatten?" if x.ndim > 2 and w.ndim == 2 else ""
    return f"linear: x has {x.shape[-1]} columns but w expects {w.shape[-2]} (x {x.shape}, w {w.shape}).{hint}"


Tensor.__matmul__ = matmul
Tensor.__rmatmul__ = lambda x, y: matmul(y, x)
