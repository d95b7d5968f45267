"""The tensor: an array, its gradient, and the way back to what it was made from.

A tensor that an operation made holds one edge (parent, vjp) per input that wants a gradient. The vjp of an input maps
the cotangent g = dL/d(output) to dL/d(input). Nothing points from a parent to its children, so a graph that nobody
holds is gone at once.
"""

from collections.abc import Callable, Iterator
from typing import Any, ClassVar, Self

from nnlab.engine.backend import Array, Namespace, current, is_array, namespace_of, to_host
from nnlab.engine.errors import GradientError, ShapeError
from nnlab.engine.modes import MODE, check_finite

Vjp = Callable[[Any], Any]
Edge = tuple["Tensor", Vjp]
Operator = Callable[..., "Tensor"]


class Tensor:
    """An array that gradients can flow through.

    data: anything that the backend in use takes as an array; Python numbers become float32.
    requires_grad: whether `backward` shall leave dL/d(data) in `.grad`.
    """

    __slots__ = ("__weakref__", "data", "edges", "grad", "layer", "operation", "requires_grad")

    data: Array
    grad: Array | None
    requires_grad: bool
    edges: tuple[Edge, ...] | None
    """(parent, vjp) per input with a gradient; () for a leaf, None once a backward pass has used them up."""
    operation: str
    """The name of the primitive that made it, "" for a leaf."""
    layer: str
    """The module it was made in, known while checking() and else ""."""

    def __init__(self, data: Any, requires_grad: bool = False) -> None:
        if isinstance(data, Tensor):
            data = data.data
        elif not is_array(data):
            data = as_array(data)
        self.data = data
        self.grad = None
        self.requires_grad = requires_grad
        self.edges = ()
        self.operation = self.layer = ""

    @classmethod
    def made_by(cls, operation: str, data: Array, edges: tuple[Edge, ...], layer: str = "") -> Self:
        """Return the result of an operation; without edges it is a constant."""
        tensor = cls.__new__(cls)
        tensor.data = data
        tensor.grad = None
        tensor.requires_grad = bool(edges)
        tensor.edges = edges
        tensor.operation = operation
        tensor.layer = layer
        return tensor

    @property
    def shape(self) -> tuple[int, ...]:
        """The array's shape."""
        return self.data.shape  # type: ignore[no-any-return]  # an array of any namespace

    @property
    def dtype(self) -> Any:
        """The array's dtype."""
        return self.data.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.data.ndim  # type: ignore[no-any-return]  # an array of any namespace

    @property
    def size(self) -> int:
        """The number of elements."""
        return self.data.size  # type: ignore[no-any-return]  # an array of any namespace

    def detach(self) -> "Tensor":
        """Return a tensor of the same values that no gradient flows through."""
        return Tensor(self.data)

    def item(self) -> float:
        """Return the one value as a Python number (this waits for the device)."""
        return to_host(self.data).item()  # type: ignore[no-any-return]  # an array of any namespace

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator["Tensor"]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        made = f", made by {self.operation}" if self.operation else ", requires_grad=True" if self.requires_grad else ""
        return f"Tensor({to_host(self.data)!r}{made})"

    def backward(self, cotangent: Array | None = None, *, keep: bool = False) -> None:
        """Leave in `.grad` of every leaf that requires it the gradient of this tensor.

        cotangent: dL/d(this), of this shape; ones when left out, for a loss () or one loss per network (S,).
        keep: hold on to the graph, so that another backward pass can go through it.
        Gradients add up over backward passes until they are set to None.
        """
        if self.edges is None:
            raise GradientError("backward: this graph was used up by an earlier backward; pass keep=True to that one.")
        if not self.requires_grad:
            raise GradientError("backward: nothing that made this tensor requires a gradient (requires_grad=True).")
        xp = namespace_of(self.data)
        if cotangent is None:
            if self.ndim > 1:
                raise ShapeError(
                    f"backward: expected a loss of shape () or (S,), got {self.shape}; reduce it, or pass a cotangent."
                )
            cotangent = xp.ones(self.data.shape, dtype=self.data.dtype, device=self.data.device)
        elif tuple(cotangent.shape) != self.shape:
            raise ShapeError(f"backward: the cotangent is {tuple(cotangent.shape)} but the tensor is {self.shape}.")
        _propagate(self, cotangent, keep)

    # The operators are the primitives of arithmetic.py, matmul.py and shapes.py, which attach themselves here.
    __add__: ClassVar[Operator]
    __radd__: ClassVar[Operator]
    __sub__: ClassVar[Operator]
    __rsub__: ClassVar[Operator]
    __mul__: ClassVar[Operator]
    __rmul__: ClassVar[Operator]
    __truediv__: ClassVar[Operator]
    __rtruediv__: ClassVar[Operator]
    __pow__: ClassVar[Operator]
    __rpow__: ClassVar[Operator]
    __neg__: ClassVar[Operator]
    __matmul__: ClassVar[Operator]
    __rmatmul__: ClassVar[Operator]
    __getitem__: ClassVar[Operator]
    __lt__: ClassVar[Callable[..., Array]]
    __le__: ClassVar[Callable[..., Array]]
    __gt__: ClassVar[Callable[..., Array]]
    __ge__: ClassVar[Callable[..., Array]]

    # NumPy would otherwise take `array * tensor` apart element by element.
    __array_ufunc__ = None


def as_array(data: Any) -> Array:
    """Return `data` as an array of the backend in use; Python numbers become float32, whole numbers int64."""
    xp = current()
    array = xp.asarray(data)
    is_float = xp.isdtype(array.dtype, "real floating")
    return xp.asarray(data, dtype=xp.float32) if is_float else array


def values(x: Any) -> Array:
    """Return the array of a tensor; anything else as it is."""
    return x.data if isinstance(x, Tensor) else x


class Parts(tuple[Any, ...]):
    """Cotangents of a primitive with several outputs, None where a backward pass did not reach one."""

    __slots__ = ()
    shape = None

    def __add__(self, other: object) -> "Parts":
        if not isinstance(other, Parts):
            return NotImplemented
        return Parts(b if a is None else a if b is None else a + b for a, b in zip(self, other, strict=True))


def sum_to_shape(xp: Namespace, g: Array, shape: tuple[int, ...]) -> Array:
    """Undo broadcasting: sum the cotangent `g` over the axes along which an input of `shape` was repeated."""
    extra = g.ndim - len(shape)
    axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1))
    return xp.reshape(xp.sum(g, axis=axes), shape)


def _propagate(root: Tensor, cotangent: Array, keep: bool) -> None:
    """Walk from `root` to the leaves; a tensor passes its cotangent on when all that used it have contributed."""
    uses: dict[Tensor, int] = {}
    stack = [root]
    while stack:
        tensor = stack.pop()
        if tensor.edges is None:
            raise GradientError(
                f"backward: it passes through a result of {tensor.operation} whose graph an earlier backward used up; "
                "pass keep=True to that one, or compute it again."
            )
        for parent, _ in tensor.edges:
            if parent in uses:
                uses[parent] += 1
            else:
                uses[parent] = 1
                if parent.edges != ():
                    stack.append(parent)

    mode = MODE.get()
    waiting: dict[Tensor, Any] = {}
    ready = [(root, cotangent)]
    while ready:
        tensor, g = ready.pop()
        edges = tensor.edges
        if not edges:
            tensor.grad = g if tensor.grad is None else tensor.grad + g
            continue
        for parent, vjp in edges:
            part = vjp(g)
            if part.shape != parent.data.shape and type(part) is not Parts:
                part = sum_to_shape(namespace_of(part), part, parent.data.shape)
            if mode is not None and mode.is_checked and type(part) is not Parts:
                check_finite(part, f"gradient of {tensor.operation}", tensor.layer)
            if parent in waiting:
                part = waiting.pop(parent) + part
            left = uses[parent] - 1
            if left:
                uses[parent] = left
                waiting[parent] = part
            else:
                ready.append((parent, part))
        if not keep:
            tensor.edges = None
