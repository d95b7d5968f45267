"""A learner's code: read, compiled, and called so that whatever it does becomes a value or a fault with a line.

It is called in the trainer process and in headless runs, never in the process of the screen.
"""

import ast
import builtins
import contextlib
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

from nnlab.lab import limits
from nnlab.lab.faults import CodeError, Fault, nearest

MAX_CODE_BYTES = 100_000
PRINTED_CHARACTERS = 2000


def normal(text: str) -> str:
    """Return the text as it is kept and counted: no trailing blanks, one newline at the end."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).rstrip("\n") + "\n"


def content_hash(text: str) -> str:
    """Return the name of a piece of code by its content: 12 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(normal(text).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def functions_in(text: str) -> dict[str, tuple[str, ...]]:
    """Return the functions that a file defines, name -> argument names, without running it. Raises CodeError."""
    return {
        node.name: tuple(argument.arg for argument in (*node.args.posonlyargs, *node.args.args))
        for node in _parse(text).body
        if isinstance(node, ast.FunctionDef)
    }


class LearnerFunction:
    """A learner's function: what it raises, or how long it takes, comes back as a CodeError that names the line."""

    def __init__(self, name: str, arguments: tuple[str, ...], function: Callable[..., Any], names: set[str]) -> None:
        self.name = name
        self._arguments = arguments
        self._function = function
        self._names = names
        """What the file defines at its top level, for "did you mean"."""

    def __call__(self, *values: Any) -> Any:
        """Call it. Raises CodeError."""
        with _faults_of(self.name, self._arguments, self._names), limits.call():
            return self._function(*values)


def load(text: str, name: str, arguments: tuple[str, ...]) -> LearnerFunction:
    """Run the file and return its function `name`, which must take these arguments. Raises CodeError.

    Call it inside `limits.enforced()`.
    """
    found = functions_in(text)
    wanted = {"function": name, "arguments": ", ".join(arguments)}
    if name not in found:
        near = nearest(name, found)
        raise CodeError(Fault("missing-near" if near else "missing", 0, {**wanted, "near": near}))
    if len(found[name]) != len(arguments):
        line = next(
            node.lineno for node in _parse(text).body if isinstance(node, ast.FunctionDef) and node.name == name
        )
        raise CodeError(Fault("arguments", line, {**wanted, "given": ", ".join(found[name])}))
    namespace: dict[str, Any] = {"__name__": "learner"}
    with _faults_of(name, arguments, set()), limits.call():
        exec(compile(text, limits.FILE, "exec"), namespace)
    return LearnerFunction(name, found[name], namespace[name], set(namespace))


@contextlib.contextmanager
def captured_prints() -> Iterator[io.StringIO]:
    """Collect what the learner's code prints; no more than PRINTED_CHARACTERS of it."""
    printed = _Bounded()
    with contextlib.redirect_stdout(printed):
        yield printed


class _Bounded(io.StringIO):
    def write(self, text: str) -> int:
        room = PRINTED_CHARACTERS - self.tell()
        if room > 0:
            super().write(text[:room])
        return len(text)


# --- faults -----------------------------------------------------------------------------------------------------------


def _parse(text: str) -> ast.Module:
    try:
        if len(text.encode("utf-8", "surrogatepass")) > MAX_CODE_BYTES:
            raise ValueError(f"it has more than {MAX_CODE_BYTES:,} bytes")
        if "\0" in text:
            raise ValueError("it holds null bytes")
        return ast.parse(text, limits.FILE)
    except SyntaxError as error:
        raise CodeError(Fault("syntax", error.lineno or 0, {"detail": error.msg})) from None
    except (ValueError, RecursionError, MemoryError) as error:  # surrogates, nesting without end
        raise CodeError(Fault("syntax", 0, {"detail": str(error) or type(error).__name__})) from None


@contextlib.contextmanager
def _faults_of(function: str, arguments: tuple[str, ...], names: set[str]) -> Iterator[None]:
    """Turn what a learner's code raises into a CodeError."""
    try:
        yield
    except (KeyboardInterrupt, CodeError):
        raise
    except BaseException as error:  # the border between a learner's code and ours: it may raise anything at all
        raise CodeError(_fault(error, function, arguments, names)) from None


def _fault(error: BaseException, function: str, arguments: tuple[str, ...], names: set[str]) -> Fault:
    line, here = _place(error)
    values = {"function": function, "arguments": ", ".join(arguments)}
    if isinstance(error, limits.OverTime):
        return Fault("time", line, {**values, "seconds": f"{limits.SECONDS:g}"})
    if isinstance(error, MemoryError):
        return Fault("memory", line, {**values, "megabytes": f"{limits.MEGABYTES:,}"})
    if isinstance(error, SystemExit):
        return Fault("leave", line, values)
    if type(error) is NameError and (name := _missing_name(error)):
        near = nearest(name, {*arguments, *here, *names, *vars(builtins)} - {name})
        return Fault("name-near" if near else "name", line, {**values, "name": name, "near": near})
    said = " ".join(str(error).split())[:200].rstrip(".")
    return Fault(
        "raised", line, {**values, "error": f"{type(error).__name__}: {said}" if said else type(error).__name__}
    )


def _place(error: BaseException) -> tuple[int, set[str]]:
    """Return the last line of the learner's file that led to the error, and the names known there."""
    line, names = 0, set[str]()
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == limits.FILE:
            line, names = trace.tb_lineno, set(trace.tb_frame.f_locals)
        trace = trace.tb_next
    return line, names


def _missing_name(error: NameError) -> str:
    if name := getattr(error, "name", None):
        return str(name)
    quoted = re.search(r"'(\w+)'", str(error))
    return quoted.group(1) if quoted else ""
