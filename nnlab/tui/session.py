"""The session: the screen's side of one trainer process. Starts it, tells it what to do, folds what it answers.

Everything happens in the asyncio loop that is running when the session is made. `on_update` is called once for each
batch of news, never once a step; the screen reads the session's attributes then, paints, and calls `painted()`.
"""

import math
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import msgspec

from nnlab.lab import limits, wire
from nnlab.lab.events import Change
from nnlab.lab.exercises import CodeResult
from nnlab.lab.faults import Fault
from nnlab.lab.knobs import KnobValue
from nnlab.tui.shown_runs import RunsOnShow, State
from nnlab.tui.trainer_process import TrainerProcess


class Session(RunsOnShow):
    """One trainer process and the run in it."""

    def __init__(
        self,
        on_update: Callable[[], None],
        *,
        lessons: str = "",
        blas_threads: int = 1,
        command: Iterable[str] = (sys.executable, "-m", "nnlab.lab.trainer"),
    ) -> None:
        """lessons: folder of the course, empty for the bundled one. command: how a trainer is started."""
        self.speed: float | None = None
        """Wanted steps per second; None: full speed."""
        self.message = ""
        """The last refusal, failure, notice or cause of death, as a sentence; foreign text, not cleaned."""
        self.traceback = ""
        """Of the last failure; foreign text, not cleaned."""
        self.log: deque[str] = deque(maxlen=100)
        """The trainer's last lines on stderr, and so the lesson's prints; foreign text, not cleaned."""
        self.fault: Fault | None = None
        """What is wrong with the learner's code in the run, when that ended it."""
        self.checked: CodeResult | None = None
        """The newest answer to `check_code`; its texts are foreign, not cleaned."""
        self.kept = ""
        """Id of the run that went into the history last."""
        self.loading: tuple[int, int] | None = None
        """Bytes read and bytes in all while a start reads the user's data; None else."""
        self.versions: Mapping[str, str] = {}
        super().__init__()
        self._on_update = on_update
        self._lessons = lessons
        self._command = [*command, "--blas-threads", str(blas_threads)]
        self._process: TrainerProcess | None = None
        self._plan: wire.Start | None = None
        """What the present or coming run was asked to be."""
        self._earlier: tuple[wire.Start | None, bool] = (None, False)
        """Plan before, and whether it was running: what holds again when a start is refused."""
        self._next_plan: wire.Start | None = None
        """The newest request made while a start is under way; earlier ones are dropped."""
        self._runs = 0
        self._is_starting = False
        self._is_hosted = False
        """Whether the process holds the run that is shown."""
        self._is_running = False
        self._owes_credit = False
        self._cause: Literal["", "dead", "failed"] = ""

    # --- what the screen reads --------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """What the run bar says."""
        if self._cause:
            return self._cause
        if self._is_starting or self.run is None:
            return "starting"
        if self.run.ended is not None:
            return self.run.ended.status
        if self._is_running:
            return "training"
        return "paused" if self.run.step else "ready"

    @property
    def is_running(self) -> bool:
        """Whether steps are being made."""
        return self.state == "training"

    @property
    def steps_per_second(self) -> float:
        """Measured speed; NaN while no steps are made."""
        return self.run.steps_per_second if self.run is not None and self.is_running else math.nan

    @property
    def pid(self) -> int | None:
        """The trainer's process id while it lives."""
        return self._process.pid if self._process is not None else None

    # --- what the screen asks for -----------------------------------------------------------------------------------

    def start(
        self,
        lesson: str,
        experiment: str,
        knobs: Mapping[str, KnobValue] | None = None,
        *,
        seed: int = 1,
        seeds: int = 1,
        steps: int | None = None,
        device: str = "cpu",
        changes: tuple[tuple[int, Change], ...] = (),
        until_goal: bool = False,
        max_seconds: float | None = None,
        probes: tuple[str, ...] | None = None,
        is_paused: bool = False,
        goals: tuple[str, ...] = (),
        code: str = "",
        data: str = "",
        keep: bool = False,
    ) -> None:
        """Train an experiment; the run so far becomes the ghost when it is of the same one.

        knobs: what differs from the defaults; a value that does not fit is answered by `message`, and the run so far
        stays. probes: None observes what the experiment's views draw.
        goals: ids of the lesson's goals whose checks shall be made.
        code: text of the learner's code that replaces ours.
        data: a file, or the hash of data used before, to learn from; restarts go on with the very same content.
        keep: put the run into the history when it is over.
        """
        plan = wire.Start(
            run=0,
            lessons=self._lessons,
            lesson=lesson,
            experiment=experiment,
            knobs=dict(knobs or {}),
            seed=seed,
            seeds=seeds,
            steps=steps,
            device=device,
            changes=changes,
            until_goal=until_goal,
            max_seconds=max_seconds,
            probes=probes,
            is_paused=is_paused,
            goals=goals,
            code=code,
            data=data,
            keep=keep,
        )
        self._begin(plan)

    def check_code(self, lesson: str, exercise: str, text: str) -> None:
        """Check a learner's code in the trainer; `checked` tells what came of it. The run goes on meanwhile."""
        self._open()
        self._send(wire.CheckCode(self._lessons, lesson, exercise, text))

    def use_code(self, text: str) -> None:
        """Start the run again with this code in the place of ours, or with ours when it is empty."""
        self._restart_with(code=text, is_paused=False)

    def use_data(self, name: str) -> None:
        """Start the run again with a file (or data used before, by its hash), or without own data when it is empty."""
        self._restart_with(data=name, is_paused=False)

    def restart(self) -> None:
        """Start the run again from its first step with the knobs as they are, in a new process if the old is gone."""
        self._restart_with(is_paused=False)

    def kill(self) -> None:
        """End the process at once, whatever it does; the state becomes "dead"."""
        if self._process is not None:
            self._process.kill()

    def resume(self) -> None:
        """Make steps; a dead, failed or finished run is started again."""
        if self.state in ("ready", "paused", "starting"):
            self._set_running(True)
            self._send(wire.Resume())
            self._on_update()
        elif self.state != "training":
            self.restart()

    def pause(self) -> None:
        """Make no more steps until told."""
        self._set_running(False)
        self._send(wire.Pause())
        self._on_update()

    def toggle(self) -> None:
        """Pause or go on."""
        if self._is_running and self.state in ("training", "starting"):
            self.pause()
        else:
            self.resume()

    def _set_running(self, is_running: bool) -> None:
        self._is_running = is_running
        if self._next_plan is not None:
            self._next_plan = msgspec.structs.replace(self._next_plan, is_paused=not is_running)

    def stop(self) -> None:
        """End the run as it stands."""
        self._send(wire.Stop())

    def step(self, count: int = 1, knobs: Mapping[str, KnobValue] | None = None) -> None:
        """Pause, and make `count` steps; with `knobs`, these hold for these steps alone."""
        self._set_running(False)
        self._shown.hold(knobs or {})
        self._send(wire.StepForward(count, tuple(Change(*item) for item in (knobs or {}).items())))

    def back(self) -> None:
        """Pause, and undo one step."""
        self._set_running(False)
        self._send(wire.StepBack())

    def rewind(self) -> None:
        """Go to the very same initial weights; live changes stay in force, and what was so far becomes the ghost."""
        if self._shown.live or self._cause:
            self._restart_with(is_paused=not self._is_running)
        else:
            self._send(wire.Rewind())

    def next_seed(self) -> None:
        """Start again with seeds that were not seen yet; goes on running unless it was paused."""
        if self._plan is not None:
            is_paused = self.state in ("paused", "ready")
            self._restart_with(seed=self._plan.seed + self._plan.seeds, is_paused=is_paused)

    def set_knob(self, name: str, value: KnobValue) -> None:
        """Set a knob: a live one between two steps, one for looking at once, another by a restart from the same seed.

        Raises UsageError for an unknown name or a value that does not fit.
        """
        knob = self._shown.knob(name)
        parsed = knob.parse(value)
        is_under_way = self.state in ("training", "paused") and self.run is not None and self.run.step > 0
        if knob.look and self._plan is not None and self._is_hosted and not self._is_starting:
            self._shown.look(name, parsed)
            self._plan = msgspec.structs.replace(self._plan, knobs={**self._plan.knobs, name: parsed})
        elif knob.live and is_under_way:
            self._shown.pending[name] = parsed
        else:
            self._restart_with({name: parsed}, is_paused=self.state in ("paused", "ready"))
            return
        self._send(wire.SetKnob(Change(name, parsed)))
        self._on_update()

    def set_speed(self, steps_per_second: float | None) -> None:
        """Make so many steps a second; None is full speed."""
        self.speed = steps_per_second
        self._send(wire.SetSpeed(steps_per_second))

    def want(self, probes: Iterable[str]) -> None:
        """Observe these probes from now on."""
        wanted = tuple(probes)
        if self._plan is not None:
            self._plan = msgspec.structs.replace(self._plan, probes=wanted)
        self._send(wire.Want(wanted))

    def painted(self) -> None:
        """Ask for the next frame; call it after painting. Without it no more frames come, and training goes on."""
        if self._owes_credit:
            self._owes_credit = False
            self._send(wire.Ready())

    def close(self) -> None:
        """End the process; nothing is called back any more."""
        if self._process is not None:
            keeps = self._is_hosted and self._plan is not None and self._plan.keep
            self._process.close(at_once=not keeps)
            self._process = None

    # --- starting ---------------------------------------------------------------------------------------------------

    def _restart_with(self, knobs: Mapping[str, KnobValue] | None = None, **changed: Any) -> None:
        if self._plan is None:
            return
        base = self._next_plan or self._plan
        merged = {**base.knobs, **self._shown.live, **(knobs or {})}
        self._begin(msgspec.structs.replace(base, knobs=merged, changes=(), **changed))

    def _open(self) -> None:
        """Start a process unless there is one."""
        if self._process is None:
            self.log.clear()
            self._process = TrainerProcess(self._command, self._take_all, self._died, self.log)
            self._is_hosted = False
            self._send(wire.SetSpeed(self.speed))

    def _begin(self, plan: wire.Start) -> None:
        if self._is_starting and self._process is not None:
            self._next_plan = plan
            return
        self._open()
        self._runs += 1
        self._earlier = (self._plan, self._is_running)
        self._plan, self._next_plan = msgspec.structs.replace(plan, run=self._runs), None
        self._is_starting, self._is_running, self._cause = True, not plan.is_paused, ""
        self.message, self.traceback, self.fault = "", "", None
        self._send(self._plan)
        self._send(wire.Ready())
        self._on_update()

    def _begin_next(self) -> None:
        if self._next_plan is not None:
            self._begin(self._next_plan)

    def _send(self, command: wire.Command) -> None:
        if self._process is not None:
            self._process.send(command)

    def _died(self, cause: str) -> None:
        self._process = None
        self._is_starting = self._is_running = self._is_hosted = False
        if self._cause != "failed":
            self._cause, self.message = "dead", cause
        line = limits.hung_line(self.log)
        if line is not None:
            self.fault = Fault("hung", line)
            self.message = str(self.fault)
        self._on_update()

    # --- answers ----------------------------------------------------------------------------------------------------

    def _take_all(self, answers: list[wire.Answer]) -> None:
        for answer in answers:
            if not isinstance(answer, wire.Loading):
                self.loading = None
            self._take(answer)
        self._on_update()

    def _take(self, answer: wire.Answer) -> None:
        match answer:
            case wire.Hello():
                self._greet(answer)
            case wire.Loading():
                self.loading = (answer.done, answer.total)
            case wire.Started():
                self._take_started(answer)
            case wire.Refused():
                self._take_refused(answer)
            case wire.Failed():
                self._take_failed(answer)
            case wire.CodeChecked():
                self.checked = answer.result
            case wire.Kept():
                self.kept = answer.id
            case wire.Frame() | wire.Rewound() | wire.RunEnded():
                self._take_news(answer)

    def _greet(self, hello: wire.Hello) -> None:
        self.versions = hello.versions
        if hello.protocol != wire.PROTOCOL:
            self.message = (
                f"the trainer speaks protocol {hello.protocol}, the screen {wire.PROTOCOL}; install nnlab again."
            )
            self._cause = "failed"
            self.kill()

    def _take_started(self, started: wire.Started) -> None:
        self._shown.begin(started)
        if self._plan is not None:
            self._plan = msgspec.structs.replace(self._plan, data=started.settings.data)
        self.message = started.notice
        self._is_starting, self._is_hosted = False, True
        self._begin_next()

    def _take_refused(self, refused: wire.Refused) -> None:
        self.message = refused.message
        if refused.command == "change":
            self._shown.pending.clear()
        if refused.command == "start":
            self._is_starting = False
            if self._is_hosted:
                self._plan, self._is_running = self._earlier
            else:
                self._is_running, self._cause = False, "failed"
            self._begin_next()

    def _take_failed(self, failed: wire.Failed) -> None:
        self.message, self.traceback, self.fault = failed.message, failed.traceback, failed.fault
        self._is_starting = self._is_running = self._is_hosted = False
        self._cause = "failed"
        self._begin_next()

    def _take_news(self, answer: wire.Frame | wire.Rewound | wire.RunEnded) -> None:
        is_of_old_run = self.run is None or self._plan is None or answer.run != self._plan.run
        if isinstance(answer, wire.Frame):
            self._owes_credit = True
            if is_of_old_run:
                self.painted()
        if is_of_old_run:
            return
        self._shown.fold(answer)
        if isinstance(answer, wire.RunEnded):
            self._is_running = False
