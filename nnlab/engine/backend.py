"""Backends: which library makes the arrays, and how arrays travel between it and the host.

Every operation takes its namespace from its inputs; only the creation of new arrays asks for the backend in use.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from nnlab.engine.errors import BackendError, unknown_name

Array = Any
"""An array of any array-API namespace."""
Namespace = Any
"""The module with an array library's functions; always called xp."""

BACKENDS = ("numpy", "cupy", "torch")

NAMESPACES: dict[type, Namespace] = {np.ndarray: np}
"""A cache by type of array: resolving anew costs 2 us an operation."""
_in_use: ContextVar[Namespace] = ContextVar("backend", default=np)


@contextmanager
def use(backend: str | Namespace) -> Iterator[Namespace]:
    """Make new arrays with `backend` inside the block: "numpy", "cupy", "torch" or an array-API namespace.

    Yields the namespace. Raises BackendError when the library is not there.
    """
    xp = _load(backend) if isinstance(backend, str) else backend
    token = _in_use.set(xp)
    try:
        yield xp
    finally:
        _in_use.reset(token)


def current() -> Namespace:
    """Return the namespace that makes new arrays here."""
    return _in_use.get()


def namespace_of(x: Array) -> Namespace:
    """Return the namespace of an array (or a tensor); TypeError when `x` is neither."""
    kind = type(x)
    xp = NAMESPACES.get(kind)
    if xp is None:
        if hasattr(x, "requires_grad") and hasattr(x, "data") and kind.__module__.startswith("nnlab."):
            return namespace_of(x.data)
        xp = NAMESPACES[kind] = _resolve(x)
    return xp


def is_array(x: object) -> bool:
    """Whether `x` is an array of some backend (tensors and Python numbers are not)."""
    if type(x) in NAMESPACES:
        return True
    try:
        namespace_of(x)
    except TypeError:
        return False
    return not kind_is_tensor(x)


def kind_is_tensor(x: object) -> bool:
    """Whether `x` is an engine tensor, told without importing it."""
    return type(x).__module__ == "nnlab.engine.tensor"


def to_host(x: Array) -> np.ndarray:
    """Return a NumPy array with the values of `x` (an array of any backend, a tensor or a number)."""
    if kind_is_tensor(x):
        x = x.data
    if hasattr(x, "get") and type(x).__module__.startswith("cupy"):
        return np.asarray(x.get())
    if hasattr(x, "detach"):
        x = x.detach().cpu()
    return np.asarray(x)


def to_device(x: Array) -> Array:
    """Return the host array `x` as an array of the backend in use."""
    return _in_use.get().asarray(x)


def available(backend: str, timeout_s: float = 60.0) -> str | None:
    """Return None when `backend` works, otherwise the reason as a sentence.

    CuPy is tried in a child process: it imports without a driver and fails, or hangs, only when first used.
    """
    if backend == "numpy":
        return None
    if backend not in BACKENDS:
        raise unknown_name("backend", backend, BACKENDS)
    if backend == "torch":
        return None if _has_module("torch") else "PyTorch is not installed; `pip install torch` adds it."
    if not _has_module("cupy"):
        return "CuPy is not installed; `pip install nnlab[cuda12]` or `nnlab[cuda13]` adds it."
    import subprocess  # only this probe needs it, and it costs a third of the engine's import

    try:
        probe = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, text=True, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        return f"CuPy did not answer within {timeout_s:.0f} s."
    if probe.returncode == 0:
        return None
    lines = probe.stderr.strip().splitlines()
    last = lines[-1] if lines else f"exit status {probe.returncode}"
    if "insufficient" in last or "NoDevice" in last or "no CUDA-capable device" in last:
        return "no NVIDIA driver or GPU answers on this machine."
    return f"CuPy is installed but does not work here: {last}."


def limit_memory(megabytes: int) -> None:
    """Let CuPy take at most so much memory of the device in use; what would need more raises a MemoryError."""
    import cupy

    cupy.get_default_memory_pool().set_limit(size=megabytes * 2**20)


_PROBE = """
import importlib.metadata as m
wheels = sorted({d.metadata["Name"] for d in m.distributions() if (d.metadata["Name"] or "").startswith("cupy-")})
if len(wheels) > 1:
    raise SystemExit("two CuPy wheels are installed (" + ", ".join(wheels) + "); uninstall all but one")
import cupy
a = cupy.ones((8, 8), dtype=cupy.float32)
double = cupy.ElementwiseKernel("float32 x", "float32 y", "y = 2 * x", "probe")
assert float((double(a) @ a).sum() + 0 * cupy.random.random(3).sum()) == 1024.0
"""


def _has_module(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


def _load(backend: str) -> Namespace:
    if backend == "numpy":
        return np
    if backend == "cupy":
        if not _has_module("cupy"):
            raise BackendError(f"use('cupy'): {available('cupy')}")
        import array_api_compat.cupy as xp

        return xp
    if backend == "torch":
        if not _has_module("torch"):
            raise BackendError(f"use('torch'): {available('torch')}")
        import array_api_compat.torch as xp

        return xp
    raise unknown_name("backend", backend, BACKENDS)


def _resolve(x: Array) -> Namespace:
    if isinstance(x, np.ndarray | np.generic):  # a full NumPy reduction gives a scalar type, not an array
        return np
    origin = type(x).__module__.partition(".")[0]
    if origin == "cupy":
        return _load("cupy")
    if origin == "torch":
        return _load("torch")
    if hasattr(x, "__array_namespace__"):
        return x.__array_namespace__()
    raise TypeError(f"expected an array or a tensor, got {type(x).__name__}")
