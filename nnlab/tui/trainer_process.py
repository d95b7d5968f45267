"""A trainer process as the screen's loop sees it: commands go in, answers come out, and its end is noticed at once."""

import asyncio
import contextlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence

from nnlab.lab import framing, wire

CHUNK = 1 << 20
LOG_BYTES = 65536
LOG_PAUSE = 0.05
"""Seconds between two reads of the trainer's stderr: a lesson that prints without end must not occupy the screen."""


class TrainerProcess:
    """Starts a trainer with subprocess.Popen and reads it in the running asyncio loop; nothing here ever waits for it.

    take(answers) is called with every batch of answers, died(cause) once when the process is gone without `close`.
    """

    def __init__(
        self,
        command: Sequence[str],
        take: Callable[[list[wire.Answer]], None],
        died: Callable[[str], None],
        log: deque[str],
    ) -> None:
        """log: gets the lines on stderr, and so what the lesson prints; foreign text, not cleaned."""
        self._log = log
        self._take, self._tell_death = take, died
        self._loop = asyncio.get_running_loop()
        self._reader = framing.Reader(wire.Answer)
        self._unsent = bytearray()
        self._log_rest = b""
        self._is_open = True
        self._process = subprocess.Popen(
            list(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        )
        pipes = (self._process.stdin, self._process.stdout, self._process.stderr)
        self._stdin, self._stdout, self._stderr = (pipe.fileno() for pipe in pipes if pipe is not None)
        for descriptor in (self._stdin, self._stdout, self._stderr):
            os.set_blocking(descriptor, False)
        self._loop.add_reader(self._stdout, self._read)
        self._loop.add_reader(self._stderr, self._read_log)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def send(self, command: wire.Command) -> None:
        """Hand a command over; what the pipe does not take now goes later."""
        if self._is_open:
            self._unsent += framing.encode(command)
            self._write()

    def kill(self) -> None:
        """End it, whatever it does; `died` tells when it is gone."""
        self._process.kill()

    def close(self, *, at_once: bool = True) -> None:
        """End it and forget it; nothing is called back any more.

        at_once: False lets it put its run into the history first, while nobody waits for it.
        """
        if self._is_open:
            if at_once:
                self._process.kill()
                self._process.wait()
            else:
                threading.Thread(target=self._process.wait, name="trainer-end", daemon=True).start()
            self._release()

    def _write(self) -> None:
        try:
            while self._unsent:
                del self._unsent[: os.write(self._stdin, self._unsent[:4096])]
        except BlockingIOError:
            self._loop.add_writer(self._stdin, self._write)
            return
        except BrokenPipeError:
            self._unsent.clear()  # it is dead; the end of its stdout says so in a moment
        self._loop.remove_writer(self._stdin)

    def _read(self) -> None:
        try:
            data = os.read(self._stdout, CHUNK)
        except BlockingIOError:
            return
        try:
            answers = self._reader.feed(data)
        except framing.WireError as error:
            self._process.kill()
            self._end(f"the trainer was ended, since it sent what is no message: {error}")
            return
        if answers:
            self._take(answers)
        if not data and self._is_open:
            self._end()

    def _end(self, cause: str = "") -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1.0)  # its stdout is closed, so it is ending; this only fetches the code
        self._take_log()
        self._release()
        self._tell_death(cause or _cause_of_death(self._process.returncode))

    def _release(self) -> None:
        self._is_open = False
        for descriptor in (self._stdin, self._stdout, self._stderr):
            self._loop.remove_reader(descriptor)
            self._loop.remove_writer(descriptor)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    # --- stderr -----------------------------------------------------------------------------------------------------

    def _read_log(self) -> None:
        self._loop.remove_reader(self._stderr)
        if self._take_log():
            self._loop.call_later(LOG_PAUSE, self._watch_log)

    def _watch_log(self) -> None:
        if self._is_open:
            self._loop.add_reader(self._stderr, self._read_log)

    def _take_log(self) -> bool:
        """Take up what is on stderr now; return whether more may come."""
        try:
            data = os.read(self._stderr, LOG_BYTES)
        except BlockingIOError:
            return True
        *lines, rest = (self._log_rest + data).split(b"\n")
        self._log_rest = rest[-LOG_BYTES:]
        self._log.extend(line.decode("utf-8", "replace") for line in lines)
        return bool(data)


def _cause_of_death(code: int | None) -> str:
    if code is None:
        return "the trainer closed its output and does not end."
    if code < 0:
        return f"the trainer was ended by {signal.Signals(-code).name}."
    return f"the trainer ended by itself with code {code}."
