"""Devices: turn "auto", "cpu" or "cuda" into the backend that a run computes with."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from nnlab.lab.errors import DeviceMissingError, UsageError, unknown

DEVICES = ("auto", "cpu", "cuda")


def resolve(device: str) -> str:
    """Return "cpu" or "cuda"; "auto" takes the GPU when one answers.

    Raises DeviceMissingError when cuda is asked for and not there, with the next command to type.
    """
    if device not in DEVICES:
        raise unknown("device", device, DEVICES)
    if device == "cpu":
        return device
    reason = missing_reason()
    if reason is None:
        return "cuda"
    if device == "auto":
        return "cpu"
    raise DeviceMissingError(
        f"cuda asked for, but {reason} Run `nnlab doctor` to see what is missing, or leave out --device to use the CPU."
    )


def missing_reason() -> str | None:
    """Return None when a GPU answers, otherwise why not, as a sentence."""
    from nnlab.engine import available

    return available("cupy")


def limit_memory(device: str, megabytes: int) -> None:
    """Let a run on "cpu" or "cuda" take so much memory, this process's or the device's; more raises a MemoryError.

    A process that uses CUDA has no limit of its own: the driver reserves addresses for the memory of all devices.
    Raises UsageError where the system cannot limit a process.
    """
    if device == "cuda":
        from nnlab.engine.backend import limit_memory as limit_device_memory

        limit_device_memory(megabytes)
        return
    try:
        import resource
    except ImportError:
        raise UsageError("--max-memory needs a system that can limit a process; this one cannot.") from None
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))


def on_device(device: str) -> Callable[[], AbstractContextManager[Any]]:
    """Return a context maker: inside it arrays are made on `device`; it yields the array namespace."""
    backend = {"cpu": "numpy", "cuda": "cupy"}[device]

    @contextmanager
    def context() -> Iterator[Any]:
        from nnlab.engine import use

        with use(backend) as xp:
            yield xp

    return context
