"""Limits of time and memory on a learner's code, in the process that runs it.

Two guards stand behind each other. Every TICK a signal looks whether a call has taken too long, and raises OverTime in
it. Code that catches that, or hangs inside C where no signal handler runs, is ended with its process by faulthandler,
whose own thread needs no interpreter; it writes the line that hung to stderr.
"""

import contextlib
import faulthandler
import math
import re
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from types import FrameType

try:
    import resource
except ImportError:  # Windows cannot limit a process's memory
    resource = None  # type: ignore[assignment]  # a module that this system lacks

SECONDS = 2.0
"""A call of the learner's function must return within this."""
MEGABYTES = 1024
"""What the process may take on top of what it has."""
TICK = 0.25
LAST_SECONDS = 5.0
"""After so long without a sign of life the process ends."""
FILE = "<your code>"
"""What tracebacks call a learner's file."""
_HUNG_LINE = re.compile(r'File "' + FILE + r'", line (\d+)')


class OverTime(BaseException):
    """Raised inside a learner's call that takes too long; no Exception, for `except Exception` must not catch it."""


class _Call:
    """The call that is under way, for the signal handler."""

    started = math.inf


@contextlib.contextmanager
def call() -> Iterator[None]:
    """Mark what happens inside as one call of the learner's code: after SECONDS OverTime is raised in it."""
    _Call.started = time.perf_counter()
    try:
        yield
    finally:
        _Call.started = math.inf


@contextlib.contextmanager
def enforced() -> Iterator[None]:
    """Hold time and memory limits while something runs that may call a learner's code. Main thread only."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not hasattr(signal, "setitimer") or signal.getsignal(signal.SIGALRM) is _look:
        yield  # outside the main thread signals cannot be used; inside another `enforced` they are in use already
        return
    previous = signal.signal(signal.SIGALRM, _look)
    memory = _limit_memory()
    _arm()
    signal.setitimer(signal.ITIMER_REAL, TICK, TICK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        faulthandler.cancel_dump_traceback_later()
        signal.signal(signal.SIGALRM, previous)
        if memory is not None:
            resource.setrlimit(resource.RLIMIT_AS, memory)


def _arm() -> None:
    with contextlib.suppress(RuntimeError):  # at the memory limit no thread can start; the one before still counts
        faulthandler.dump_traceback_later(LAST_SECONDS, exit=True, file=2)


def _look(number: int, frame: FrameType | None) -> None:
    if time.perf_counter() - _Call.started > SECONDS:
        raise OverTime
    _arm()  # not when over time: code that swallows OverTime must not live for ever


def _limit_memory() -> tuple[int, int] | None:
    """Limit the address space; return the limits before, None where nothing was done."""
    pages = _pages()
    if resource is None or not pages:
        return None
    before = resource.getrlimit(resource.RLIMIT_AS)
    wanted = pages * resource.getpagesize() + MEGABYTES * 2**20
    if before[0] == resource.RLIM_INFINITY or wanted < before[0]:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, before[1]))
        return before
    return None


def _pages() -> int:
    """Return the size of this process's address space in pages; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0])
    except OSError:
        return 0


def hung_line(stderr: Iterable[str]) -> int | None:
    """Return the line at which a process was ended for lack of a sign of life; None when it ended otherwise."""
    lines = list(stderr)
    ends = [at for at, line in enumerate(lines) if line.startswith("Timeout (")]
    if not ends:
        return None
    found = _HUNG_LINE.search("\n".join(lines[ends[-1] :]))
    return int(found.group(1)) if found else 0
