"""How far the reading of a user's data is: readers report, and whoever waits listens."""

import contextlib
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar

Listener = Callable[[int, int], None]
"""Told bytes read and bytes in all."""
SECONDS = 1 / 20
"""Between two reports at least; the last one always comes."""

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)
_last: ContextVar[float] = ContextVar("last", default=0.0)


@contextlib.contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Let `listener` hear what is reported inside."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def report(done: int, total: int) -> None:
    """Tell the listener, if there is one, how far the reading is."""
    listener = _listener.get()
    now = time.perf_counter()
    if listener is not None and (done >= total or now - _last.get() >= SECONDS):
        _last.set(now)
        listener(done, total)
