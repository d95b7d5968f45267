"""The trainer's end of two pipes: whole commands in, answers out. It waits for commands, never for the pipe."""

import math
import os
import select

from nnlab.lab import framing, wire

CHUNK = 65536
"""Bytes of one read or write."""


class Connection:
    """Both pipes, what came in halves, and what did not go out yet."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        """incoming, outgoing: descriptors of pipes; both are made non-blocking."""
        os.set_blocking(incoming, False)
        os.set_blocking(outgoing, False)
        self.is_open = True
        """False once the screen has closed its end, or `close` was called."""
        self._incoming, self._outgoing = incoming, outgoing
        self._reader = framing.Reader(wire.Command)
        self._unsent = bytearray()
        self._poll_in = select.poll()
        self._poll_in.register(incoming, select.POLLIN)
        self._poll_both = select.poll()
        self._poll_both.register(incoming, select.POLLIN)
        self._poll_both.register(outgoing, select.POLLOUT)

    def exchange(self, seconds: float) -> list[wire.Command]:
        """Wait at most so long (infinity: for ever) for commands, write what the pipe takes, and return the commands.

        Raises WireError when what came in is no command.
        """
        milliseconds = None if seconds == math.inf else math.ceil(seconds * 1000)
        events = dict((self._poll_both if self._unsent else self._poll_in).poll(milliseconds))
        if self._outgoing in events:
            self._write()
        if self._incoming not in events:
            return []
        try:
            data = os.read(self._incoming, CHUNK)
        except BlockingIOError:
            return []
        if not data:
            self.is_open = False
        return self._reader.feed(data)

    def send(self, answer: wire.Answer) -> None:
        """Send an answer; what the pipe does not take now goes with a later `exchange`."""
        self._unsent += framing.encode(answer)
        self._write()

    def close(self) -> None:
        """Send all that is left, and be closed."""
        os.set_blocking(self._outgoing, True)
        self._write()
        self.is_open = False

    def _write(self) -> None:
        try:
            while self._unsent:
                del self._unsent[: os.write(self._outgoing, self._unsent[:CHUNK])]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self.is_open = False
