"""A run in a trainer process: started, refused, replaced, ended, and what the trainer has said last.

Everything happens in the asyncio loop that is running when it is made. `on_update` is called once for each batch of
news, never once a step.
"""

import math
import sys
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import msgspec

from nnlab.lab import limits, wire
from nnlab.lab.exercises import CodeResult
from nnlab.lab.faults import Fault
from nnlab.lab.knobs import KnobValue
from nnlab.reasons import Reason
from nnlab.tui.shown_runs import RunsOnShow, State
from nnlab.tui.trainer_process import TrainerProcess


class HostedRun(RunsOnShow):
    """One trainer process and the run in it, from the request to the end."""

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
        self.reason: Reason | None = None
        """Why the trainer refused, where every language can say the message."""
        self.traceback = ""
        """Of the last failure; foreign text, not cleaned."""
        self.log: deque[str] = deque(maxlen=100)
        """The trainer's last lines on stderr, and so the lesson's prints; foreign text, not cleaned."""
        self.fault: Fault | None = None
        """What is wrong with the learner's code in the run, when that ended it."""
        self.checked: CodeResult | None = None
        """The newest answer to `check_code`; its texts are foreign, not cleaned."""
        self.refused: wire.Refused | None = None
        """A start whose data were refused, until another one begins: its card is the one to set them by."""
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
    def knobs(self) -> Mapping[str, KnobValue]:
        """Every knob's newest value: of the run that is on its way, where the same experiment starts anew, else of the
        present one, live changes included."""
        shown, coming = super().knobs, self._next_plan or self._plan
        if not self._is_starting or self.run is None or coming is None:
            return shown
        settings = self.run.settings
        is_same = (coming.lesson, coming.experiment) == (settings.lesson, settings.experiment)
        return {**shown, **coming.knobs} if is_same else shown

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

    def painted(self) -> None:
        """Ask for the next frame; call it after painting. Without it no more frames come, and training goes on."""
        if self._owes_credit:
            self._owes_credit = False
            self._send(wire.Ready())

    def kill(self) -> None:
        """End the process at once, whatever it does; the state becomes "dead"."""
        if self._process is not None:
            self._process.kill()

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
        self.message, self.reason, self.traceback, self.fault = "", None, "", None
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
            self._cause, self.message, self.reason = "dead", cause, None
        line = limits.hung_line(self.log)
        if line is not None:
            self.fault = Fault("hung", line)
            self.message = str(self.fault)
        self._on_update()

    def _set_running(self, is_running: bool) -> None:
        self._is_running = is_running
        if self._next_plan is not None:
            self._next_plan = msgspec.structs.replace(self._next_plan, is_paused=not is_running)

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
        self.refused = None
        if self._plan is not None:
            self._plan = msgspec.structs.replace(self._plan, data=started.settings.data)
        self.message, self.reason = started.notice, None
        self._is_starting, self._is_hosted = False, True
        self._begin_next()

    def _take_refused(self, refused: wire.Refused) -> None:
        self.message, self.reason = refused.message, refused.reason
        if refused.command == "change":
            self._shown.pending.clear()
        if refused.command == "start":
            self._is_starting = False
            if refused.card is not None:
                self.refused = refused
            if self._is_hosted:
                self._plan, self._is_running = self._earlier
            else:
                self._is_running, self._cause = False, "failed"
            self._begin_next()

    def _take_failed(self, failed: wire.Failed) -> None:
        self.message, self.reason = failed.message, None
        self.traceback, self.fault = failed.traceback, failed.fault
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
