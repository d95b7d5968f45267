"""The screen's process on a real terminal: it paints, ends with the right code, and a crash is told in one line."""

import os
import pty
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

DEADLINE = 30.0
CRASH = """
import sys
from nnlab.tui.screens.home import HomeScreen
def broken(self):
    raise RuntimeError("broken [/] on purpose")
HomeScreen._after_first_paint = broken
from nnlab.tui.__main__ import main
sys.exit(main(sys.argv[1:]))
"""
HOLD = CRASH.replace('raise RuntimeError("broken [/] on purpose")', "import time; time.sleep(3600)")


class Screen:
    """A child on a pseudo-terminal of 80x24."""

    def __init__(self, arguments: list[str], **environ: str) -> None:
        self.output = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24", "LANG": "C.UTF-8", **environ})
            os.execv(sys.executable, [sys.executable, *arguments])

    def until(self, is_reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + DEADLINE
        while not is_reached():
            assert time.monotonic() < deadline, self.output[-3000:]
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    self.output += os.read(self.terminal, 65536)
                except OSError:
                    return

    def end(self) -> int:
        """Read until the child has ended, and return its exit code."""
        code: list[int] = []

        def has_ended() -> bool:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                code.append(os.waitstatus_to_exitcode(status))
            return bool(pid)

        self.until(has_ended)
        if not code:
            code.append(os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1]))
        os.close(self.terminal)
        return code[0]


@pytest.fixture
def arguments(course_folder: Path) -> list[str]:
    return ["-m", "nnlab.tui", "--lessons", str(course_folder)]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_screen_cleanly_with_its_code(arguments, tmp_path: Path, number: int, code: int) -> None:
    screen = Screen(arguments, NNLAB_HOME=str(tmp_path))
    screen.until(lambda: b"perceptrons" in screen.output)
    os.kill(screen.pid, number)
    assert screen.end() == code
    assert b"\x1b[?1049l" in screen.output


def test_the_lessons_are_on_the_screen_before_what_is_heavy_is_loaded(course_folder, tmp_path: Path) -> None:
    screen = Screen(["-c", HOLD, "--lessons", str(course_folder)], NNLAB_HOME=str(tmp_path))
    screen.until(lambda: b"perceptrons" in screen.output)
    os.kill(screen.pid, signal.SIGKILL)
    assert screen.end() == -signal.SIGKILL


def test_q_ends_the_screen_with_code_0(arguments, tmp_path: Path) -> None:
    screen = Screen(arguments, NNLAB_HOME=str(tmp_path))
    screen.until(lambda: b"perceptrons" in screen.output)
    os.write(screen.terminal, b"q")
    assert screen.end() == 0


def test_a_crash_exits_70_and_names_its_report_in_one_line(arguments, tmp_path: Path) -> None:
    screen = Screen(["-c", CRASH, *arguments[2:]], NNLAB_HOME=str(tmp_path))
    assert screen.end() == 70
    told = screen.output.rpartition(b"\x1b[?1049l")[2].decode()
    line = next(line for line in told.splitlines() if "nnlab: internal error" in line)
    assert "RuntimeError: broken [/] on purpose" in line
    report = Path(line.rpartition("Report: ")[2].strip())
    assert "broken" in report.read_text()
    assert "Traceback" not in told


def test_no_color_sends_no_colour(arguments, tmp_path: Path) -> None:
    screen = Screen(arguments, NNLAB_HOME=str(tmp_path), NO_COLOR="1", COLORTERM="truecolor")
    screen.until(lambda: b"perceptrons" in screen.output)
    os.write(screen.terminal, b"q")
    assert screen.end() == 0
    for code in (b"38;", b"48;", b"[3", b"[4"):
        found = [
            part
            for part in screen.output.split(b"\x1b[")[1:]
            if part.startswith(code.lstrip(b"[")) and b"m" in part[:20]
        ]
        assert not [part for part in found if part[: part.find(b"m") + 1].rstrip(b"m").replace(b";", b"").isdigit()], (
            code
        )


def test_an_ascii_locale_gets_ascii_only(arguments, tmp_path: Path) -> None:
    screen = Screen(arguments, NNLAB_HOME=str(tmp_path), LC_ALL="C", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    screen.until(lambda: b"perceptrons" in screen.output)
    os.write(screen.terminal, b"q")
    assert screen.end() == 0
    assert screen.output.isascii()
    assert b"\\u" not in screen.output
