"""The trainer's loop: commands in, slices of training, frames out. One thread, and nothing in it waits for the screen.

The screen says `ready` when it has painted; then one frame may go, with all metrics since the last one and, ten times
a second at most, the newest observations. A run that ends sends its last frame at once, asked for or not.
"""

import contextlib
import math
import os
import platform
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from nnlab import __version__
from nnlab.lab import exercises, lesson_places, limits, loading, wire
from nnlab.lab.backlog import Backlog
from nnlab.lab.connection import Connection
from nnlab.lab.course import find_course
from nnlab.lab.errors import NnlabError
from nnlab.lab.events import Block, Change
from nnlab.lab.faults import CodeError
from nnlab.lab.goals import GoalWatch
from nnlab.lab.history import History
from nnlab.lab.lesson import LoadedLesson, load
from nnlab.lab.pace import Pace
from nnlab.lab.recording import Recording
from nnlab.lab.request import check_probes, requested_run
from nnlab.lab.training import Training

FRAME_SECONDS = 1 / 30
FIELD_SECONDS = 1 / 10
FRAME_BYTES = 8 * 2**20
"""A frame's metrics; what is left of a long wait goes with the next frames."""


class Serving:
    """One trainer process's conversation with its screen."""

    def __init__(self, incoming: int, outgoing: int, *, blas_threads: int = 1) -> None:
        """incoming, outgoing: descriptors of pipes; both are made non-blocking."""
        self._screen = Connection(incoming, outgoing)
        self._blas_threads = blas_threads
        self._lessons: dict[tuple[str, str], LoadedLesson] = {}
        self._training: Training | None = None
        self._recording: Recording | None = None
        self._max_seconds: float | None = None
        self._seconds = 0.0
        """Spent on the steps of the present run."""
        self._goals = GoalWatch(None, (), None)
        self._run = 0
        self._is_running = False
        self._owed = 0
        self._pace = Pace()
        self._backlog = Backlog()
        self._probes: tuple[str, ...] = ()
        self._has_credit = False
        self._fields_are_stale = False
        self._index_is_stale = False
        self._last_frame = self._last_fields = -math.inf

    def run(self) -> None:
        """Serve until the screen closes its end."""
        self._screen.send(wire.Hello(wire.PROTOCOL, os.getpid(), _versions()))
        while self._screen.is_open:
            for command in self._screen.exchange(self._seconds_to_wait()):
                self._obey(command)
            if self._is_active:
                self._guarded(self._train, self._run)
            if self._training is not None and self._frame_is_due():
                self._guarded(self._send_frame, self._run)
        self._guarded(self._keep, self._run)

    # --- waiting ----------------------------------------------------------------------------------------------------

    @property
    def _is_active(self) -> bool:
        return self._training is not None and self._training.ended is None and (self._is_running or self._owed > 0)

    def _seconds_to_wait(self) -> float:
        """Return how long nothing needs to be done unless a command comes; infinity when nothing ever."""
        waits = [math.inf]
        if self._is_active:
            waits.append(0.0 if self._owed else self._pace.wait_seconds())
        if self._has_credit and self._has_news:
            due = self._last_frame + FRAME_SECONDS
            if not (self._backlog or self._index_is_stale):
                due = max(due, self._fields_due_at())
            waits.append(max(0.0, due - time.perf_counter()))
        return min(waits)

    # --- training ---------------------------------------------------------------------------------------------------

    def _train(self) -> None:
        assert self._training is not None
        count = min(self._owed, self._pace.slice) if self._owed else self._pace.next_count()
        if count == 0:
            return
        start = time.perf_counter()
        block = self._training.advance(count)
        seconds = time.perf_counter() - start
        self._pace.made(block.count, seconds, self._training.index)
        self._seconds += seconds
        if self._max_seconds is not None and self._seconds > self._max_seconds:
            self._training.reach_limit(self._max_seconds)
        if self._recording is not None:
            self._recording.add(block, seconds)
        self._owed = max(0, self._owed - count)
        self._took(block)

    def _train_with(self, training: Training, changes: tuple[Change, ...], count: int) -> None:
        """Make some steps at once with knobs that go back after them; what is owed comes first."""
        while self._owed and self._is_active:
            self._train()
        if training.ended is None:
            self._took(training.advance_with(count, changes))

    def _took(self, block: Block) -> None:
        self._backlog.add(block)
        self._fields_are_stale = True
        if self._training is not None and self._training.ended is not None:
            self._finish()

    def _finish(self) -> None:
        """Send all that is left, and how the run ended."""
        assert self._training is not None
        assert self._training.ended is not None
        self._is_running, self._owed = False, 0
        self._send_frame()
        while self._backlog:
            self._send_frame()
        self._screen.send(wire.RunEnded(self._run, self._training.ended))
        self._keep()

    def _keep(self) -> None:
        """Put the run into the history as it stands, if it shall be kept and is not in it yet."""
        if self._training is not None and self._recording is not None:
            self._write_record(self._training, self._recording, self._run)

    def _write_record(self, training: Training, recording: Recording, run: int) -> None:
        try:
            entry = recording.keep(training, History())
        except OSError as error:
            self._screen.send(wire.Refused(run, "keep", f"the run could not be kept ({error.strerror}); it goes on."))
            return
        if entry is not None:
            self._screen.send(wire.Kept(run, entry.id))

    # --- frames -----------------------------------------------------------------------------------------------------

    @property
    def _has_news(self) -> bool:
        return bool(self._backlog) or self._index_is_stale or (self._fields_are_stale and bool(self._probes))

    def _fields_due_at(self) -> float:
        return self._last_fields + FIELD_SECONDS if self._is_active else -math.inf

    def _frame_is_due(self) -> bool:
        if not (self._has_credit and self._has_news):
            return False
        now = time.perf_counter()
        if now < self._last_frame + FRAME_SECONDS:
            return False
        return bool(self._backlog) or self._index_is_stale or now >= self._fields_due_at()

    def _send_frame(self) -> None:
        training = self._training
        assert training is not None
        now = time.perf_counter()
        block = self._backlog.take(FRAME_BYTES) or Block(training.index + 1, 0, {})
        speed = self._pace.measured() if self._is_active else math.nan
        self._goals.fold(block, training)
        observations, checks = {}, {}
        if self._fields_are_stale and now >= self._fields_due_at():
            observations, checks = training.observe(self._probes), self._goals.checks(training)
            self._fields_are_stale, self._last_fields = False, now
        self._screen.send(wire.Frame(self._run, training.index, block, observations, speed, checks))
        self._has_credit = self._index_is_stale = False
        self._last_frame = now

    # --- commands ---------------------------------------------------------------------------------------------------

    def _obey(self, command: wire.Command) -> None:
        run = command.run if isinstance(command, wire.Start) else self._run
        self._guarded(lambda: self._do(command), run, str(type(command).__struct_config__.tag))

    def _guarded(self, work: Callable[[], None], run: int, command: str = "") -> None:
        """Do `work`; what it raises becomes an answer: the lesson's code is foreign, and may raise anything."""
        try:
            with self._limits():
                work()
        except CodeError as error:
            self._drop_run()
            self._screen.send(wire.Failed(run, str(error), "", error.fault))
        except NnlabError as error:
            self._screen.send(wire.Refused(run, command, str(error), error.reason))
        except (Exception, SystemExit) as error:  # the border between foreign code and the screen
            self._drop_run()
            said = lesson_places.told(error)
            self._screen.send(wire.Failed(run, said, "".join(traceback.format_exception(error))))
            if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
                self._screen.close()  # the traceback and the device's pool hold arrays; a new process is free of them

    def _limits(self) -> contextlib.AbstractContextManager[None]:
        """Hold a learner's code in the run to its time and memory; lessons are trusted with both."""
        has_code = self._training is not None and self._training.settings.code
        return limits.enforced() if has_code else contextlib.nullcontext()

    def _drop_run(self) -> None:
        self._training = self._recording = None
        self._is_running, self._owed = False, 0

    def _do(self, command: wire.Command) -> None:
        match command:
            case wire.Ready():
                self._has_credit = True
            case wire.Start():
                limited = limits.enforced() if command.code else contextlib.nullcontext()
                told = loading.heard_by(lambda done, total: self._screen.send(wire.Loading(command.run, done, total)))
                with limited, told:
                    self._start(command)
            case wire.CheckCode():
                loaded = self._loaded(command.lessons, command.lesson)
                self._screen.send(wire.CodeChecked(exercises.check(loaded, command.exercise, command.text)))
            case wire.SetSpeed():
                self._pace.set_speed(command.steps_per_second)
            case wire.Want():
                if self._training is not None:
                    check_probes(self._training.experiment, command.probes)
                self._probes = command.probes
                self._refresh_fields()
            case _:
                if self._training is not None:
                    self._steer(self._training, command)

    def _steer(self, training: Training, command: wire.Command) -> None:
        match command:
            case wire.Pause():
                self._is_running, self._owed, self._index_is_stale = False, 0, True
            case wire.Resume():
                self._is_running = True
                self._pace.resume()
            case wire.StepForward(changes=changes) if changes:
                self._is_running = False
                self._train_with(training, changes, command.count)
            case wire.StepForward():
                self._is_running, self._owed = False, self._owed + max(0, command.count)
            case wire.SetKnob():
                training.change(command.change)
                if training.index == 0:
                    self._take_measured(training)
                self._refresh_fields()
            case wire.StepBack():
                self._is_running, self._owed = False, 0
                if training.index > 0:
                    training.back()
                    self._went_back(training)
            case wire.Rewind():
                self._keep()
                training.rewind()
                self._pace.resume()
                self._went_back(training)
                if training.ended is not None:  # nothing to train: it is over at its start
                    self._finish()
            case wire.Stop():
                training.stop()
                self._finish()

    def _refresh_fields(self) -> None:
        self._fields_are_stale, self._last_fields = True, -math.inf

    def _take_measured(self, training: Training) -> None:
        """Take up what was measured again before the first step."""
        block = training.advance(0)
        if not block.measured:
            return
        self._backlog.cut(0)
        self._goals.go_back(0)
        self._backlog.add(block)
        if self._recording is not None:
            self._recording.cut(0)
            self._recording.add(block)

    def _went_back(self, training: Training) -> None:
        self._backlog.cut(training.index)
        self._goals.go_back(training.index)
        self._refresh_fields()
        self._index_is_stale = True
        self._screen.send(wire.Rewound(self._run, training.index))
        block = training.advance(0)
        self._backlog.add(block)
        if self._recording is not None:
            self._recording.cut(training.index)
            self._recording.add(block)

    def _start(self, start: wire.Start) -> None:
        loaded = self._loaded(start.lessons, start.lesson)
        asked = requested_run(start, loaded, blas_threads=self._blas_threads)
        experiment, settings = asked.experiment, asked.settings
        try:
            training = Training(experiment, settings)
        except NnlabError as error:
            if isinstance(error, CodeError) or not settings.data:
                raise
            card = replace(experiment, sizes=None).card(settings.knobs)  # of data that are refused nobody knows them
            self._screen.send(wire.Refused(start.run, "start", str(error), error.reason, card, settings))
            return
        replaced, replaced_recording, replaced_run = self._training, self._recording, self._run
        self._recording = Recording(settings, code=start.code, course=start.lessons) if start.keep else None
        self._goals = GoalWatch(loaded, () if start.code else start.goals, settings)
        self._training, self._backlog, self._probes, self._run = training, Backlog(), asked.probes, start.run
        self._is_running, self._owed, self._index_is_stale = not start.is_paused, 0, True
        self._refresh_fields()
        self._max_seconds, self._seconds = start.max_seconds, 0.0
        self._pace.resume()
        self._screen.send(wire.Started(start.run, experiment.card(settings.knobs), settings, asked.notice))
        block = training.advance(0)
        self._backlog.add(block)
        if self._recording is not None:
            self._recording.add(block)
        if replaced is not None and replaced_recording is not None:
            self._write_record(replaced, replaced_recording, replaced_run)
        if training.ended is not None:
            self._finish()

    def _loaded(self, folder: str, slug: str) -> LoadedLesson:
        key = (folder, slug)
        if key not in self._lessons:
            self._lessons[key] = load(find_course(Path(folder) if folder else None).lesson(slug))
        return self._lessons[key]


def _versions() -> dict[str, str]:
    return {"nnlab": __version__, "python": platform.python_version(), "numpy": np.__version__}
