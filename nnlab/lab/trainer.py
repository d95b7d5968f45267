"""The trainer process, started by the screen: `python -m nnlab.lab.trainer [--blas-threads N]`.

It talks over its stdin and stdout (nnlab.lab.wire). Before anything else of nnlab is imported it makes the process
ready: BLAS threads, priority, memory, and descriptors that the lesson's prints and reads cannot reach.
"""

import os
import select
import signal
import sys
import threading
import time

from nnlab.lab.allocation import keep_large_temporaries
from nnlab.lab.threads import limit_blas_threads

NICENESS = 5
LAST_SECONDS = 5.0
"""So long after the screen has gone the process may live: enough to put its run into the history."""


def main(arguments: list[str]) -> int:
    """Serve the screen until it closes its end, or dies."""
    blas_threads = int(arguments[arguments.index("--blas-threads") + 1]) if "--blas-threads" in arguments else 1
    limit_blas_threads(blas_threads)
    incoming, outgoing = take_pipes()
    for name in ("SIGINT", "SIGTTOU", "SIGTTIN", "SIGTSTP"):
        if hasattr(signal, name):  # the keyboard means the screen; a trainer that is left alone ends by its pipe
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    keep_large_temporaries()
    threading.Thread(target=die_with_the_screen, args=(incoming,), name="screen-watch", daemon=True).start()

    from nnlab.lab.framing import WireError
    from nnlab.lab.serving import Serving  # imports NumPy, so not before the threads are limited

    try:
        Serving(incoming, outgoing, blas_threads=blas_threads).run()
    except WireError as error:
        sys.stderr.write(f"nnlab: the trainer stopped, since it cannot understand the screen: {error}\n")
        return 70
    return 0


def take_pipes() -> tuple[int, int]:
    """Move stdin and stdout to private descriptors and return these.

    Descriptor 0 becomes empty and descriptor 1 a second stderr: what a lesson reads or prints, in Python or in C,
    cannot take a command away or damage a frame.
    """
    sys.stdout.flush()
    incoming, outgoing = os.dup(0), os.dup(1)
    with open(os.devnull) as empty:
        os.dup2(empty.fileno(), 0)
    os.dup2(2, 1)
    return incoming, outgoing


def die_with_the_screen(incoming: int) -> None:
    """See to it that this process ends soon after the other end of the pipe is gone, even amid an endless step."""
    poll = select.poll()
    poll.register(incoming, 0)  # 0: only that the other end was closed
    poll.poll()
    time.sleep(LAST_SECONDS)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
