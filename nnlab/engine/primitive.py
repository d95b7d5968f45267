"""The one form of every differentiable operation: a function that returns its output and one vjp per input."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from nnlab.engine.backend import NAMESPACES, Namespace, current, is_array, namespace_of
from nnlab.engine.errors import BackendError, DTypeError, EngineError, ShapeError
from nnlab.engine.modes import MODE, check_finite
from nnlab.engine.tensor import Parts, Tensor

Primitive = Callable[..., Any]

KERNELS: dict[str, Primitive] = {}
"""Faster forms by name of the primitive (kernels.py fills it); one returns None for what it leaves to the primitive."""
VALUE_CHECKS: dict[str, Callable[..., None]] = {}
"""By name of the primitive: what refuses values of its inputs, after an error and while checking(): looking waits."""
WITH_OUT = {"numpy", "array_api_compat.cupy"}
"""Names of the namespaces that the kernels run on: their functions take `out=`."""


def kernel_for(name: str, xp: Namespace) -> Primitive | None:
    """Return the faster form of an operation on this namespace, or None where there is none."""
    return KERNELS.get(name) if xp.__name__ in WITH_OUT else None


def primitive(function: Primitive) -> Callable[..., Tensor]:
    """Turn `function(xp, *arrays, **options) -> (output, vjps)` into an operation on tensors.

    The positional inputs may be tensors, arrays, Python numbers or None; options are keyword-only and never
    differentiated. `vjps` has one function per input, cotangent of the output -> cotangent of that input (it may keep
    axes along which the input was broadcast: the tape sums them). An output may be a tuple of arrays; each vjp then
    takes a tuple of cotangents, with None where nothing came back.
    What the backward needs are the function's local variables.
    """
    name = function.__name__
    shown = name.lstrip("_")

    @wraps(function)
    def operation(*inputs: Any, **options: Any) -> Any:
        arrays = [value.data if type(value) is Tensor else value for value in inputs]
        xp = NAMESPACES.get(type(arrays[0])) or _namespace(arrays)
        kernel = kernel_for(name, xp)
        try:
            result = None if kernel is None else kernel(xp, *arrays, **options)
            output, vjps = function(xp, *arrays, **options) if result is None else result
        except EngineError:
            raise
        except (ValueError, TypeError, IndexError, RuntimeError, ZeroDivisionError) as error:
            _check_values(name, arrays)
            raise _explain(shown, arrays, error) from error
        mode = MODE.get()
        layer = ""
        if mode is not None:
            layer = ".".join(mode.layers)
            if mode.is_checked:
                _check_values(name, arrays)
                _check(output, shown)
            if not mode.is_recorded:
                vjps = ()
        edges = tuple(
            [
                (value, vjp)
                for value, vjp in zip(inputs, vjps)  # noqa: B905 (strict= costs as much as the whole loop)
                if type(value) is Tensor and value.requires_grad
            ]
        )
        if type(output) is tuple:
            return _several(shown, output, edges, layer)
        return Tensor.made_by(shown, output, edges, layer)

    return operation


def _check_values(name: str, arrays: list[Any]) -> None:
    if name in VALUE_CHECKS:
        VALUE_CHECKS[name](*arrays)


def _namespace(arrays: list[Any]) -> Namespace:
    for array in arrays:
        if array is not None and type(array) not in (float, int, bool):
            return namespace_of(array)
    return current()


def _check(output: Any, name: str) -> None:
    for array in output if type(output) is tuple else (output,):
        check_finite(array, name, "")  # the modules on the way out add their names


def _several(name: str, outputs: tuple[Any, ...], edges: tuple[Any, ...], layer: str) -> tuple[Tensor, ...]:
    """Return one tensor per output; all of them lead back through one joint tensor that gathers their cotangents."""
    if not edges:
        return tuple(Tensor.made_by(name, output, ()) for output in outputs)
    joint = Tensor.made_by(name, Parts([None] * len(outputs)), edges, layer)

    def place(index: int) -> Callable[[Any], Parts]:
        return lambda g: Parts(g if i == index else None for i in range(len(outputs)))

    return tuple(Tensor.made_by(name, output, ((joint, place(index)),), layer) for index, output in enumerate(outputs))


def _explain(name: str, arrays: list[Any], error: Exception) -> EngineError:
    """Return the error that says what the operation was given."""
    given = [array for array in arrays if is_array(array)]
    namespaces = {namespace_of(array).__name__.rpartition(".")[2] for array in given}
    if len(namespaces) > 1:
        return BackendError(
            f"{name}: its inputs live on different backends ({', '.join(sorted(namespaces))}); "
            "move all of them to one with to_device under use(...)."
        )
    came = ", ".join(f"{tuple(array.shape)} {array.dtype}" for array in given)
    kind = DTypeError if isinstance(error, TypeError) else ShapeError
    return kind(f"{name}: cannot take {came or 'these inputs'}: {error}")
