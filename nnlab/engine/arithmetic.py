"""Elementwise arithmetic, any shapes. g is the cotangent of the output; inputs broadcast, and the tape sums back."""

from typing import Any

from nnlab.engine.backend import Array, Namespace
from nnlab.engine.primitive import primitive
from nnlab.engine.tensor import Tensor, values


@primitive
def add(xp: Namespace, x: Array, y: Array) -> Any:
    """x + y.  dx = g, dy = g."""
    return x + y, (lambda g: g, lambda g: g)


@primitive
def subtract(xp: Namespace, x: Array, y: Array) -> Any:
    """x - y.  dx = g, dy = -g."""
    return x - y, (lambda g: g, lambda g: -g)


@primitive
def multiply(xp: Namespace, x: Array, y: Array) -> Any:
    """x y.  dx = g y, dy = g x."""
    return x * y, (lambda g: g * y, lambda g: g * x)


@primitive
def divide(xp: Namespace, x: Array, y: Array) -> Any:
    """x / y.  dx = g / y, dy = -g x / y²."""
    z = x / y
    return z, (lambda g: g / y, lambda g: -g * z / y)


@primitive
def negative(xp: Namespace, x: Array) -> Any:
    """-x.  dx = -g."""
    return -x, (lambda g: -g,)


@primitive
def pow(xp: Namespace, x: Array, y: Array) -> Any:  # noqa: A001 (torch's name)
    """x ** y.  dx = g y x^(y-1), dy = g x^y log x (0 where x = 0)."""
    z = x**y

    def dx(g: Array) -> Array:
        return g * (2 * x) if isinstance(y, int | float) and y == 2 else g * y * x ** (y - 1)

    def dy(g: Array) -> Array:
        base = x if hasattr(x, "dtype") else xp.asarray(x, dtype=g.dtype)
        return g * z * xp.log(xp.where(base == 0, xp.ones_like(base), base))

    return z, (dx, dy)


@primitive
def square(xp: Namespace, x: Array) -> Any:
    """x².  dx = 2 g x."""
    return x * x, (lambda g: 2 * g * x,)


@primitive
def sqrt(xp: Namespace, x: Array) -> Any:
    """√x.  dx = g / (2 √x)."""
    y = xp.sqrt(x)
    return y, (lambda g: g / (2 * y),)


@primitive
def exp(xp: Namespace, x: Array) -> Any:
    """e^x.  dx = g e^x."""
    y = xp.exp(x)
    return y, (lambda g: g * y,)


@primitive
def log(xp: Namespace, x: Array) -> Any:
    """Natural logarithm.  dx = g / x."""
    return xp.log(x), (lambda g: g / x,)


@primitive
def sin(xp: Namespace, x: Array) -> Any:
    """Sine of radians.  dx = g cos x."""
    return xp.sin(x), (lambda g: g * xp.cos(x),)


@primitive
def cos(xp: Namespace, x: Array) -> Any:
    """Cosine of radians.  dx = -g sin x."""
    return xp.cos(x), (lambda g: -g * xp.sin(x),)


@primitive
def abs(xp: Namespace, x: Array) -> Any:  # noqa: A001 (torch's name)
    """|x|.  dx = g sign x, so 0 at 0."""
    return xp.abs(x), (lambda g: g * xp.sign(x),)


@primitive
def maximum(xp: Namespace, x: Array, y: Array) -> Any:
    """The larger of x and y.  The larger takes g; where they are equal each takes half."""
    return xp.where(x > y, x, y), (lambda g: g * _share(xp, x, y, g), lambda g: g * _share(xp, y, x, g))


@primitive
def minimum(xp: Namespace, x: Array, y: Array) -> Any:
    """The smaller of x and y.  The smaller takes g; where they are equal each takes half."""
    return xp.where(x < y, x, y), (lambda g: g * _share(xp, y, x, g), lambda g: g * _share(xp, x, y, g))


def _share(xp: Namespace, winner: Array, other: Array, g: Array) -> Array:
    """1 where the winner is larger, 1/2 where equal, 0 elsewhere."""
    return (xp.astype(winner > other, g.dtype) + xp.astype(winner >= other, g.dtype)) / 2


@primitive
def clip(xp: Namespace, x: Array, *, min: float | None = None, max: float | None = None) -> Any:  # noqa: A002 (torch's)
    """x limited to [min, max].  dx = g inside and at the limits, 0 outside."""

    def dx(g: Array) -> Array:
        inside = xp.ones(x.shape, dtype=xp.bool, device=x.device)
        if min is not None:
            inside = inside & (x >= min)
        if max is not None:
            inside = inside & (x <= max)
        return g * xp.astype(inside, g.dtype)

    return xp.clip(x, min, max), (dx,)


@primitive
def where(xp: Namespace, condition: Array, x: Array, y: Array) -> Any:
    """x where the condition (bool) holds, else y.  Each takes g where it was chosen."""
    return xp.where(condition, x, y), (
        None,
        lambda g: g * xp.astype(condition, g.dtype),
        lambda g: g * xp.astype(xp.logical_not(condition), g.dtype),
    )


def equal(x: Any, y: Any) -> Array:
    """x == y, elementwise, as a plain bool array."""
    return values(x) == values(y)


def not_equal(x: Any, y: Any) -> Array:
    """x != y, elementwise, as a plain bool array."""
    return values(x) != values(y)


def greater(x: Any, y: Any) -> Array:
    """x > y, elementwise, as a plain bool array."""
    return values(x) > values(y)


def greater_equal(x: Any, y: Any) -> Array:
    """x >= y, elementwise, as a plain bool array."""
    return values(x) >= values(y)


def less(x: Any, y: Any) -> Array:
    """x < y, elementwise, as a plain bool array."""
    return values(x) < values(y)


def less_equal(x: Any, y: Any) -> Array:
    """x <= y, elementwise, as a plain bool array."""
    return values(x) <= values(y)


Tensor.__add__ = add
Tensor.__radd__ = lambda x, y: add(y, x)
Tensor.__sub__ = subtract
Tensor.__rsub__ = lambda x, y: subtract(y, x)
Tensor.__mul__ = multiply
Tensor.__rmul__ = lambda x, y: multiply(y, x)
Tensor.__truediv__ = divide
Tensor.__rtruediv__ = lambda x, y: divide(y, x)
Tensor.__pow__ = pow
Tensor.__rpow__ = lambda x, y: pow(y, x)
Tensor.__neg__ = negative
Tensor.__lt__ = less
Tensor.__le__ = less_equal
Tensor.__gt__ = greater
Tensor.__ge__ = greater_equal
