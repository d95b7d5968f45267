"""The guardian on a real terminal (a pty), with a stand-in for the screen and one for the shell."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest

SCREEN = """
import os, signal, sys, termios
from nnlab.tui import guardian
guardian.PATIENCE = 0.05
guardian.child_setup()
before = termios.tcgetattr(0)
def say(text):
    os.write(1, f"<{text}>".encode())
def leave(code):
    try:
        termios.tcsetattr(0, termios.TCSANOW, before)
    except termios.error:
        say("refused")
    os.write(1, b"\\x1b[?1003l\\x1b[?2004l\\x1b[<u\\x1b[?1049l\\x1b[?25h")
    sys.exit(code)
raw = termios.tcgetattr(0)
raw[0] &= ~termios.ICRNL
raw[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
signal.signal(signal.SIGTERM, lambda *_: leave(143))
termios.tcsetattr(0, termios.TCSANOW, raw)
os.write(1, b"\\x1b[?1049h\\x1b[?1003h\\x1b[?2004h\\x1b[>1u\\x1b[?25l")
say("screen")
while True:
    key = os.read(0, 1)
    if key == b"q":
        leave(7)
    elif key == b"x":
        os._exit(3)
    elif key == b"h":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        say("hanging")
    elif key == b"z":
        os.kill(os.getpid(), signal.SIGSTOP)
        say("resumed")
"""

SHELL = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = os.fork()
if job == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    from nnlab.tui import guardian
    guardian.PATIENCE = 2.0
    os.write(1, f"<guardian {os.getpid()}>".encode())
    os._exit(guardian.guard([sys.executable, *sys.argv[1:]]))
while True:
    _, status = os.waitpid(job, os.WUNTRACED)
    os.tcsetpgrp(0, os.getpgrp())
    if not os.WIFSTOPPED(status):
        break
    os.write(1, b"<job stopped>")
    os.tcsetpgrp(0, job)
    os.killpg(job, signal.SIGCONT)
os.write(1, f"<shell {os.waitstatus_to_exitcode(status)}>".encode())
signal.pause()
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds the processes of the lab through /proc")

DEADLINE = 20.0
AT_FIRST = {"7", "25"}
"""Private modes that every terminal starts with: line wrap and the cursor."""


class Terminal:
    """A pty on which the stand-in shell runs the guardian in the foreground, as a shell with job control does."""

    def __init__(self, *words, environment=None):
        """words: what the interpreter of the screen's process is given."""
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 130, 0, 0))
        self.output = b""
        self.shell = subprocess.Popen(
            [sys.executable, "-c", SHELL, *words],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            start_new_session=True,
            env=environment,
        )
        self.guardian = int(self.wait_for(rb"<guardian (\d+)>"))
        self.wait_for(rb"(\x1b\[\?1049h)")
        (self.screen,) = children(self.guardian)

    def wait_for(self, pattern, also=lambda: True):
        end = time.monotonic() + DEADLINE
        while True:
            found = re.search(pattern, self.output)
            if found and also():
                return found.group(found.re.groups)
            assert time.monotonic() < end, f"{pattern!r} did not come: {self.output!r}"
            if select.select([self.master], [], [], 0.02)[0]:
                self.output += os.read(self.master, 65536)

    def press(self, key):
        os.write(self.master, key)

    @property
    def modes(self):
        """Private modes that are on, and "kitty"."""
        on = set(AT_FIRST)
        for private, mode, switch, kitty in re.findall(rb"\x1b\[(?:(\?)(\d+)([hl])|([<>])\d*u)", self.output):
            name, is_on = (mode.decode(), switch == b"h") if private else ("kitty", kitty == b">")
            on = on | {name} if is_on else on - {name}
        return on

    def is_sane(self):
        return self.modes == AT_FIRST and termios.tcgetattr(self.slave) == self.before

    def close(self):
        self.shell.kill()
        self.shell.wait()
        for pid in (self.guardian, self.screen):
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)
        os.close(self.master)
        os.close(self.slave)


def children(pid):
    """Process ids of the children of a process."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == pid:
            found.append(int(folder.name))
    return found


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"


LESSON = Path(__file__).parents[2] / "benchmarks" / "screen_course"
"""A course of one lesson that trains at once and needs a minute or more."""


@pytest.fixture
def terminal():
    opened = Terminal("-c", SCREEN)
    opened.wait_for(rb"<(screen)>")
    yield opened
    opened.close()


def test_the_screen_really_changes_the_terminal(terminal):
    assert terminal.modes == {"7", "1049", "1003", "2004", "kitty"}
    assert termios.tcgetattr(terminal.slave) != terminal.before


def test_a_clean_exit_passes_its_code_on_and_nothing_is_written_over_it(terminal):
    terminal.press(b"q")
    assert terminal.wait_for(rb"<shell (-?\d+)>") == b"7"
    assert terminal.is_sane()
    assert terminal.output.count(b"\x1b[?1049l") == 1


def test_an_exit_that_forgets_the_terminal_is_mended_and_keeps_its_code(terminal):
    terminal.press(b"x")
    assert terminal.wait_for(rb"<shell (-?\d+)>") == b"3"
    assert terminal.is_sane()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_killed_screen_leaves_a_sane_terminal_and_is_named(terminal, number):
    os.kill(terminal.screen, number)
    assert terminal.wait_for(rb"<shell (-?\d+)>") == str(128 + number).encode()
    assert terminal.is_sane()
    assert f"ended by {number.name}".encode() in terminal.output


def test_term_is_handed_on_to_the_screen(terminal):
    os.kill(terminal.guardian, signal.SIGTERM)
    assert terminal.wait_for(rb"<shell (-?\d+)>") == b"143"
    assert terminal.is_sane()
    assert terminal.output.count(b"\x1b[?1049l") == 1


def test_a_killed_guardian_makes_the_screen_leave_and_restore_the_terminal_itself(terminal):
    os.kill(terminal.guardian, signal.SIGKILL)
    assert terminal.wait_for(rb"<shell (-?\d+)>", lambda: not is_alive(terminal.screen)) == b"-9"
    terminal.wait_for(b"()1049l", terminal.is_sane)


def test_a_hanging_screen_without_guardian_is_ended_and_its_modes_are_left(terminal):
    terminal.press(b"h")
    terminal.wait_for(b"<(hanging)>")
    os.kill(terminal.guardian, signal.SIGKILL)
    terminal.wait_for(rb"<shell (-?\d+)>", lambda: not is_alive(terminal.screen))
    terminal.wait_for(b"()1049l", terminal.is_sane)


def test_a_hanging_screen_that_was_asked_to_leave_is_ended(terminal):
    terminal.press(b"h")
    terminal.wait_for(b"<(hanging)>")
    os.kill(terminal.guardian, signal.SIGTERM)
    assert terminal.wait_for(rb"<shell (-?\d+)>") == str(128 + signal.SIGKILL).encode()
    assert terminal.is_sane()


def test_a_stopped_screen_gives_the_shell_its_prompt_and_goes_on_with_it(terminal):
    terminal.press(b"z")
    terminal.wait_for(b"<(job stopped)>")
    terminal.wait_for(b"<(resumed)>")
    terminal.press(b"q")
    assert terminal.wait_for(rb"<shell (-?\d+)>") == b"7"


@pytest.fixture
def lab(tmp_path):
    """The real lab with a lesson open and its network training; `trainer` is the process id of the trainer."""
    environment = {**os.environ, "NNLAB_HOME": str(tmp_path), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    opened = Terminal("-m", "nnlab.tui", "--lessons", str(LESSON), environment=environment)
    opened.wait_for(b"(full speed)")
    opened.press(b"\r")
    opened.wait_for(b"(training)")
    (opened.trainer,) = children(opened.screen)
    yield opened
    opened.close()
    if is_alive(opened.trainer):
        os.kill(opened.trainer, signal.SIGKILL)


def test_kill_9_of_the_lab_leaves_a_sane_terminal_and_no_trainer(lab):
    os.kill(lab.screen, signal.SIGKILL)
    lab.wait_for(rb"<shell (-?\d+)>", lambda: not is_alive(lab.trainer))
    assert lab.is_sane()


def test_kill_9_of_the_labs_guardian_ends_the_lab_and_leaves_a_sane_terminal(lab):
    os.kill(lab.guardian, signal.SIGKILL)
    lab.wait_for(rb"<shell (-?\d+)>", lambda: not is_alive(lab.screen) and not is_alive(lab.trainer))
    lab.wait_for(b"(1049l)", lab.is_sane)


def test_a_closed_window_leaves_no_process_behind(lab):
    """What a closed terminal or a lost SSH line does: the pty is gone, its processes get SIGHUP and SIGCONT."""
    processes = (lab.guardian, lab.screen, lab.trainer)
    os.close(lab.slave)
    os.close(lab.master)
    lab.slave, lab.master = (os.open(os.devnull, os.O_RDWR) for _ in range(2))
    end = time.monotonic() + DEADLINE
    while any(is_alive(process) for process in processes):
        assert time.monotonic() < end, [is_alive(process) for process in processes]
        select.select([], [], [], 0.05)


def test_kill_9_of_the_labs_trainer_is_said_on_the_screen_which_lives_and_leaves_cleanly(lab):
    os.kill(lab.trainer, signal.SIGKILL)
    lab.wait_for(rb"(the trainer ended|ended by SIGKILL)")
    lab.press(b"\x11")
    assert lab.wait_for(rb"<shell (-?\d+)>") == b"0"
    assert lab.is_sane()
