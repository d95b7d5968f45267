"""A sweep as the screen's loop sees it: `nnlab sweep ... --jsonl` is started, its stream is read, its end is noticed.

Only that process owns workers. It can be ended at any time: the same plan started again goes on where it was.
"""

import asyncio
import contextlib
import math
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from nnlab.lab.knobs import KnobValue

LINE_BYTES = 4 * 2**20
"""A sweep's first line names all of its cells."""
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
        """arguments: of `nnlab sweep`, without the format."""
        self.sweep = sweep
        self._arguments = list(arguments)
        self._on_news = on_news
        self._process: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        """Start it and read it to its end."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "nnlab.cli",
            "sweep",
            *self._arguments,
            "--jsonl",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=LINE_BYTES,
            start_new_session=True,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        said = asyncio.create_task(self._process.stderr.read())
        try:
            while line := await self._process.stdout.readline():
                self.sweep.take(msgspec.json.decode(line))
                self._on_news()
            code = await self._process.wait()
            self._end(code, (await said).decode("utf-8", "replace"))
        except (msgspec.DecodeError, ValueError, KeyError, IndexError, TypeError) as error:
            self.stop()
            self.sweep.state, self.sweep.message = "failed", str(error)
        finally:
            said.cancel()
            self._on_news()

    def _end(self, code: int, said: str) -> None:
        sweep = self.sweep
        if code == 0:
            sweep.state = "done"
        elif sweep.state != "stopped":
            lines = [line for line in said.strip().splitlines() if line.strip()]
            sweep.state = "failed"
            sweep.message = signal.Signals(-code).name if code < 0 else lines[-1] if lines else f"code {code}"

    def stop(self) -> None:
        """End it and its workers; finished cells are kept."""
        self.sweep.state = "stopped"
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)


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

    varied: knob and its values as they were typed: "0.1, 0.3" is a grid, "0.001..0.1:log" is drawn.
    fixed: knobs that are not at their defaults. run: seed, seeds, steps, device, file, and samples.
    """
    words = ["--lessons", lessons, "--trust", name] if lessons else [name]
    for knob, text in varied:
        values = text.replace(" ", "")
        words += ["--random" if ".." in values else "--grid", f"{knob}={values}"]
    if any(".." in text for _, text in varied):
        words += ["--samples", str(run.get("samples", 20))]
    for knob, value in fixed.items():
        words += ["--set", f"{knob}={value}"]
    words += ["--seed", str(run["seed"]), "--seeds", str(run["seeds"]), "--steps", str(run["steps"])]
    words += ["--device", str(run["device"])]
    words += ["--data", str(run["file"])] if run.get("file") else []
    return words + (["--metric", metric] if metric else [])
