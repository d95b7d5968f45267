"""What the engine raises: each error names the operation, what came, what was expected, and what to do.

EngineError
├── ShapeError      (ValueError)  shapes that do not fit
├── ValueRangeError (ValueError)  a value or an option outside its range
├── DTypeError      (TypeError)   a dtype that the operation cannot take
├── BackendError    (RuntimeError) a backend that is missing, or two backends mixed
├── GradientError   (RuntimeError) backward where there is nothing to go back through
└── NonFiniteError  (ArithmeticError) the first operation that overflowed, found while checking()
"""

from collections.abc import Iterable


class EngineError(Exception):
    """Base of all errors of the engine. `layer` is the dotted name of the module it happened in, or ""."""

    layer: str = ""

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message} (in layer {self.layer})" if self.layer else message


class ShapeError(EngineError, ValueError):
    """Shapes that do not fit together."""


class ValueRangeError(EngineError, ValueError):
    """An option or a value outside what the operation takes."""


class DTypeError(EngineError, TypeError):
    """A dtype that the operation cannot take."""


class BackendError(EngineError, RuntimeError):
    """A backend that is missing, or arrays of two backends in one operation."""


class GradientError(EngineError, RuntimeError):
    """A backward pass where there is nothing to go back through."""


class NonFiniteError(EngineError, ArithmeticError):
    """The first operation whose result is not finite.

    operation: the primitive's name ("linear", "gradient of linear"); what: "overflow", "log(0)", "0/0", "not a number".
    """

    def __init__(self, operation: str, layer: str, what: str) -> None:
        super().__init__(f"{what} in {operation}")
        self.operation = operation
        self.layer = layer
        self.what = what

    def __str__(self) -> str:
        return f"{self.what} in {self.operation}" + (f" of layer {self.layer}" if self.layer else "")


def unknown_name(kind: str, name: object, names: Iterable[str]) -> ValueRangeError:
    """Return an error for a name that is not in the list, with the nearest one and the list."""
    from difflib import get_close_matches  # only an error needs it, and it costs 1 ms of the engine's import

    known = list(names)
    nearest = get_close_matches(str(name), known, n=1)
    hint = f"; did you mean {nearest[0]!r}" if nearest else ""
    return ValueRangeError(f"no {kind} {name!r}{hint}? One of: {', '.join(known)}.")
