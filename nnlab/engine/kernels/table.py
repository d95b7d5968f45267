"""How a kernel enters the table that every operation looks into."""

from nnlab.engine.backend import Array
from nnlab.engine.primitive import KERNELS, Primitive


def kernel(function: Primitive) -> Primitive:
    """Enter a function into the table."""
    KERNELS[function.__name__] = function
    return function


def are_alike(first: Array, *others: Array | None) -> bool:
    """Whether the arrays that are there have one dtype."""
    dtype = first.dtype
    return all(other is None or other.dtype == dtype for other in others)
