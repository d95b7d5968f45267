"""Devices: turn "auto", "cpu" or "cuda" into the backend that a run computes with."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from nnlab.lab.errors import DeviceMissingError, unknown

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


def on_device(device: str) -> Callable[[], AbstractContextManager[Any]]:
    """Return a context maker: inside it arrays are made on `device`; it yields the array namespace."""
    backend = {"cpu": "numpy", "cuda": "cupy"}[device]

    @contextmanager
    def context() -> Iterator[Any]:
        from nnlab.engine import use

        with use(backend) as xp:
            yield xp

    return context
