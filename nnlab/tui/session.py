"""The session: what a screen asks of the run in its trainer process.

The screen reads the session's attributes at each `on_update`, paints, and calls `painted()`.
"""

from collections.abc import Iterable, Mapping

import msgspec

from nnlab.lab import wire
from nnlab.lab.events import Change
from nnlab.lab.knobs import KnobValue
from nnlab.tui.hosted_run import HostedRun


class Session(HostedRun):
    """Starts a run and steers it; every call returns at once, and the trainer's answers come as updates."""

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

    def use_data(self, name: str, knobs: Mapping[str, KnobValue] | None = None) -> None:
        """Start the run again with a file (or data used before, by its hash), or without own data when it is empty.

        knobs: what is set with it.
        """
        self._restart_with(knobs, data=name, is_paused=False)

    def restart(self) -> None:
        """Start the run again from its first step with the knobs as they are, in a new process if the old is gone."""
        self._restart_with(is_paused=False)

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
            is_waiting = self.state == "starting" and not self._is_running  # as a second knob of one press finds it
            self._restart_with({name: parsed}, is_paused=is_waiting or self.state in ("paused", "ready"))
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
