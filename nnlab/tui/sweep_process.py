"""A sweep as the screen's loop sees it: `nnlab sweep ... --jsonl` is started, its stream is read, its end is noticed.

Only that process owns workers. It can be ended at any time: the same plan started again goes on where it was.
"""

import asyncio
import contextlib
import math
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from nnlab.lab.knobs import KnobValue

CHUNK = 1 << 20
State = Literal["running", "done", "stopped", "failed"]


@dataclass(slots=True)
class SweepCell:
    """One cell as the stream tells of it."""

    knobs: Mapping[str, KnobValue]
    value: float = math.nan
    """Median over seeds of the metric; NaN while it is not known, and where the run diverged."""
    is_done: bool = False
    status: str = ""
    line: str = ""
    """The shell line that repeats the cell."""
    summary: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Sweep:
    """What is known of one sweep."""

    knobs: tuple[str, ...] = ()
    """The knobs that vary."""
    cells: list[SweepCell] = field(default_factory=list)
    metric: str = ""
    line: str = ""
    """The shell line that starts it, or takes it up again."""
    state: State = "running"
    seconds_left: float = math.nan
    taken_up: int = 0
    """Cells that were finished already when it began."""
    message: str = ""
    """Why it failed; foreign text, not cleaned."""
    base: Mapping[str, KnobValue] = field(default_factory=dict)
    """The form's values when it was started: what holds in every cell beside its knobs."""

    @property
    def done(self) -> int:
        """Finished cells."""
        return sum(cell.is_done for cell in self.cells)

    @property
    def high_is_best(self) -> bool:
        """Whether a large value is a good one."""
        return any(word in self.metric for word in ("accuracy", "solved", "r2", "coverage", "modes"))

    @property
    def ranked(self) -> list[int]:
        """Indices of the cells with a value, the best first."""
        known = [index for index, cell in enumerate(self.cells) if math.isfinite(cell.value)]
        return sorted(known, key=lambda index: self.cells[index].value, reverse=self.high_is_best)

    def take(self, event: Mapping[str, Any]) -> None:
        """Take up one line of the stream."""
        if event["event"] == "start":
            self.knobs, self.line = tuple(event["knobs"]), event["line"]
            self.cells = [SweepCell(dict(knobs)) for knobs in event["cells"]]
        elif event["event"] == "cell":
            value = event["value"]
            self.cells[event["cell"]] = SweepCell(
                dict(event["knobs"]),
                math.nan if value is None else float(value),
                True,
                str(event["summary"].get("status", "")),
                event["line"],
                event["summary"],
            )
            self.taken_up += bool(event["is_old"])
        elif event["event"] == "progress":
            left = event["seconds_left"]
            self.seconds_left = math.nan if left is None else float(left)
        elif event["event"] == "end":
            self.metric = event["metric"]


class SweepProcess:
    """Runs one sweep; `on_news` is called after each batch of lines, and when it has ended."""

    def __init__(self, sweep: Sweep, arguments: Sequence[str], on_news: Callable[[], None]) -> None:
        """Start it. arguments: of `nnlab sweep`, without the format."""
        self.sweep = sweep
        self._on_news = on_news
        self._loop = asyncio.get_running_loop()
        self._rest = b""
        self._said: deque[bytes] = deque(maxlen=20)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "nnlab.cli", "sweep", *arguments, "--jsonl"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        pipes = (self._process.stdout, self._process.stderr)
        self._stdout, self._stderr = (pipe.fileno() for pipe in pipes if pipe is not None)
        for descriptor, read in ((self._stdout, self._read), (self._stderr, self._read_said)):
            os.set_blocking(descriptor, False)
            self._loop.add_reader(descriptor, read)
        self._is_open = True

    @property
    def pid(self) -> int:
        """Its process id, which is that of its group as well."""
        return self._process.pid

    def stop(self) -> None:
        """End it and its workers; finished cells are kept."""
        if self.sweep.state == "running":
            self.sweep.state = "stopped"
            self._kill(signal.SIGTERM)

    def close(self) -> None:
        """End it at once and forget it; nothing is called back any more. Its journal loses no finished cell."""
        if self._is_open:
            self._kill(signal.SIGKILL)
            self._process.wait()
            self._release()

    def _kill(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)

    def _read(self) -> None:
        try:
            data = os.read(self._stdout, CHUNK)
        except BlockingIOError:
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        try:
            for line in lines:
                self.sweep.take(msgspec.json.decode(line))
        except (msgspec.DecodeError, KeyError, IndexError, TypeError, ValueError) as error:
            self.sweep.state, self.sweep.message = "failed", f"its stream cannot be read: {error}"
            self._kill(signal.SIGKILL)
        if not data:
            self._end()
        if lines or not data:
            self._on_news()

    def _read_said(self) -> None:
        try:
            data = os.read(self._stderr, CHUNK)
        except BlockingIOError:
            return
        self._said.extend(line for line in data.split(b"\n") if line.strip())
        if not data:
            self._loop.remove_reader(self._stderr)

    def _end(self) -> None:
        self._loop.remove_reader(self._stdout)
        try:
            code = self._process.wait(timeout=2.0)  # its stdout is closed, so it is ending
        except subprocess.TimeoutExpired:
            self._kill(signal.SIGKILL)
            code = self._process.wait()
        with contextlib.suppress(BlockingIOError):
            self._said.extend(line for line in os.read(self._stderr, CHUNK).split(b"\n") if line.strip())
        self._release()
        sweep = self.sweep
        if sweep.state == "running" and code == 0:
            sweep.state = "done"
        elif sweep.state == "running":
            words = self._said[-1].decode("utf-8", "replace") if self._said else f"code {code}"
            sweep.state, sweep.message = "failed", signal.Signals(-code).name if code < 0 else words

    def _release(self) -> None:
        self._is_open = False
        for descriptor in (self._stdout, self._stderr):
            self._loop.remove_reader(descriptor)
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()


def arguments_of(
    name: str,
    varied: Sequence[tuple[str, str]],
    *,
    fixed: Mapping[str, str],
    run: Mapping[str, KnobValue],
    metric: str = "",
    lessons: str = "",
) -> list[str]:
    """Return the arguments of `nnlab sweep`.

    varied: knob and its values as they were typed: "0.1, 0.3" or "a, b | c" is a grid, "0.001..0.1:log" is drawn.
    fixed: knobs that are not at their defaults. run: seed, seeds, steps, device, file, and samples.
    """
    words = ["--lessons", lessons, "--trust", name] if lessons else [name]
    for knob, text in varied:
        values = text.strip() if "|" in text else ",".join(part.strip() for part in text.split(","))
        words += ["--random" if ".." in values else "--grid", f"{knob}={values}"]
    if any(".." in text for _, text in varied):
        words += ["--samples", str(run.get("samples", 20))]
    for knob, value in fixed.items():
        words += ["--set", f"{knob}={value}"]
    words += ["--seed", str(run["seed"]), "--seeds", str(run["seeds"]), "--steps", str(run["steps"])]
    words += ["--until-goal"] if run["until_goal"] else []
    words += ["--device", str(run["device"])]
    words += ["--data", str(run["file"])] if run.get("file") else []
    return words + (["--metric", metric] if metric else [])
