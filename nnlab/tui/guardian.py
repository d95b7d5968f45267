"""The guardian: the parent of the screen's process, which gives the terminal back whatever happens to its child.

    guard(command)   in `nnlab`: run the screen, wait, restore the terminal when it did not, return the exit code
    child_setup()    in the screen's process, first of all: leave cleanly when the guardian is gone

The guardian holds the write end of a pipe and the screen its read end: when the guardian dies, by whatever means, the
screen reads the end of the pipe. Standard library only, since nothing may fail here.
"""

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any

try:
    import termios
except ImportError:  # Windows has no termios, and needs no guardian
    termios = None  # type: ignore[assignment]  # the functions below ask for None first

LIFELINE = "NNLAB_GUARDIAN_FD"
"""Environment variable with the descriptor of the pipe's read end."""

RESET = (
    b"\x18"  # ends an escape sequence that was cut in the middle
    b"\x1b[?2026l"  # synchronized output
    b"\x1b[<u"  # kitty keyboard; each screen has its own, so before the alternate screen is left
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1005l\x1b[?1006l\x1b[?1015l\x1b[?1016l"  # mouse
    b"\x1b[?1004l\x1b[?2004l\x1b[?2048l"  # focus reports, bracketed paste, resize reports
    b"\x1b[?1049l"  # alternate screen
    b"\x1b[?7h\x1b[?25h\x1b[0m"  # line wrap, cursor, colours
)
"""Leaves every mode that the screen enters."""

PATIENCE = 5.0
"""Seconds that a screen gets to leave by itself when it was asked to, or has no guardian any more."""


def guard(command: Sequence[str]) -> int:
    """Run `command` on this terminal and return its exit code; 128 + signal when a signal ended it.

    stdin must be a terminal. The child stays in this process group, so that job control works.
    """
    if termios is None:
        return subprocess.call(list(command))
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    lifeline, held_end = os.pipe()
    child = subprocess.Popen(list(command), pass_fds=[lifeline], env={**os.environ, LIFELINE: str(lifeline)})
    os.close(lifeline)
    with _signals_handed_on(child.pid):
        status = _wait(child.pid)
    os.close(held_end)
    child.returncode = code = os.waitstatus_to_exitcode(status)
    if code < 0 or _attributes(terminal) != before:
        _give_back(terminal, before)
        if code < 0:
            name = signal.Signals(-code).name
            with contextlib.suppress(OSError):
                sys.stderr.write(f"nnlab: the screen was ended by {name}; the terminal is as it was before.\n")
    return code if code >= 0 else 128 - code


def _attributes(terminal: int) -> list[Any]:
    """Return the terminal's attributes; [] when there is no terminal any more (its window was closed)."""
    try:
        return termios.tcgetattr(terminal)
    except termios.error:
        return []


def _wait(pid: int) -> int:
    """Wait for the child's end. When it is stopped, stop with it, so that the shell gets its prompt back."""
    while True:
        _, status = os.waitpid(pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            return status
        os.kill(os.getpid(), signal.SIGTSTP)  # not SIGSTOP: without a shell that could continue it, this does nothing


@contextlib.contextmanager
def _signals_handed_on(pid: int) -> Iterator[None]:
    def hand_on(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if number != signal.SIGCONT:
            # A screen whose terminal has gone may hang in a write for ever, and cannot leave by itself.
            signal.setitimer(signal.ITIMER_REAL, PATIENCE)

    def end(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def leave_it_to_the_child(number: int, frame: FrameType | None) -> None:
        """The terminal sends these to the child as well. SIG_IGN would be inherited by it, a handler is not."""

    handlers: dict[int, Any] = dict.fromkeys((signal.SIGTERM, signal.SIGHUP, signal.SIGCONT), hand_on)
    handlers |= dict.fromkeys((signal.SIGINT, signal.SIGQUIT), leave_it_to_the_child)
    handlers[signal.SIGALRM] = end
    previous = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in previous.items():
            signal.signal(number, handler)


def _give_back(terminal: int, attributes: list[Any]) -> None:
    """Leave all modes and put the terminal's attributes back; unread input (mouse reports) is thrown away."""
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        os.write(sys.stdout.fileno(), RESET)
    with contextlib.suppress(termios.error):
        termios.tcsetattr(terminal, termios.TCSAFLUSH, attributes)


# --- in the screen's process ----------------------------------------------------------------------------------------


def child_setup() -> None:
    """Watch the guardian from now on; when it dies, this process gets SIGTERM, and is ended if it stays.

    Call it first of all, in the main thread. Without a guardian it does nothing.
    """
    number = os.environ.pop(LIFELINE, "")
    if termios is None or not number.isdigit():
        return
    lifeline = int(number)
    os.set_inheritable(lifeline, False)
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    signal.signal(signal.SIGUSR1, lambda *_: _become_orphan(terminal, before))
    threading.Thread(target=_watch, args=(lifeline, terminal, before), name="guardian-watch", daemon=True).start()


def _watch(lifeline: int, terminal: int, before: list[Any]) -> None:
    while os.read(lifeline, 1):
        pass
    os.kill(os.getpid(), signal.SIGUSR1)
    threading.Event().wait(PATIENCE)
    with contextlib.suppress(OSError):  # the screen hangs, so nobody has left its modes
        os.write(sys.stdout.fileno(), RESET)
    _give_back_as_orphan(terminal, before)
    os._exit(128 + signal.SIGTERM)


def _become_orphan(terminal: int, before: list[Any]) -> None:
    """Leave, without being stopped for touching a terminal that the shell may have taken back by now.

    SIGTTOU gets a handler that does nothing, not SIG_IGN: so the screen's own attempt to set the terminal's
    attributes fails in the background, where it would spoil the line that the shell is editing already.
    """
    signal.signal(signal.SIGTTOU, lambda *_: None)
    signal.signal(signal.SIGTTIN, signal.SIG_IGN)
    atexit.register(_give_back_as_orphan, terminal, before)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:  # the screen is not far enough to handle it
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    os.kill(os.getpid(), signal.SIGTERM)


def _give_back_as_orphan(terminal: int, before: list[Any]) -> None:
    """Restore the terminal unless somebody did; a shell that edits its line has signals on, the screen has them off."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU])  # blocked, the calls below work in the background
    with contextlib.suppress(termios.error):
        if not termios.tcgetattr(terminal)[3] & termios.ISIG:
            _give_back(terminal, before)
