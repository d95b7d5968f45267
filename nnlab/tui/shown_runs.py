"""The runs that a screen shows: the present one and its ghost, folded from a trainer's answers."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from nnlab.lab import wire
from nnlab.lab.errors import UsageError, unknown
from nnlab.lab.experiment import ExperimentCard
from nnlab.lab.knobs import Knob, KnobValue
from nnlab.lab.run import Run
from nnlab.lab.settings import Settings
from nnlab.lab.verdicts import Check

State = Literal[
    "starting", "ready", "training", "paused", "done", "goal", "diverged", "stopped", "limit", "dead", "failed"
]
"""starting: no run yet. ready: at step 0, not running. dead: the process is gone. failed: the lesson's code raised."""
FINISHED: tuple[State, ...] = ("done", "goal", "diverged", "stopped", "limit")
"""States of a run that has ended."""


class ShownRuns:
    """Present run, ghost, and the live changes that are on their way."""

    def __init__(self) -> None:
        self.run: Run | None = None
        """After a death or a failure it stays as it was."""
        self.ghost: Run | None = None
        """The run before, of the same experiment."""
        self.is_fresh = False
        """The next run has no ghost."""
        self.card: ExperimentCard | None = None
        self.checks: Mapping[str, tuple[Check, ...]] = {}
        """Goal id -> its checks on the present run."""
        self.checked_at = 0
        """Steps that the run had made when its checks were."""
        self.pending: dict[str, KnobValue] = {}
        """Live changes that were asked for and did not come back applied yet."""

    @property
    def settings(self) -> Settings | None:
        """The settings of the run as it stands, live changes included."""
        if self.run is None:
            return None
        coming = [scheduled for scheduled in self.run.settings.changes if scheduled[0] > self.run.step]
        return replace(self.run.settings, changes=(*self.run.changes, *coming))

    @property
    def at_checks(self) -> Settings | None:
        """The settings of the run as far as it had come when its checks were made: what a goal's line repeats."""
        if self.run is None:
            return None
        changes = tuple(applied for applied in self.run.changes if applied[0] <= self.checked_at)
        return replace(self.run.settings, steps=self.checked_at, changes=changes)

    @property
    def defaults(self) -> Settings | None:
        """The settings that the experiment has when nothing is said."""
        if self.run is None or self.card is None:
            return None
        knobs = {knob.name: knob.default for knob in self.card.knobs}
        return Settings(self.run.settings.lesson, self.run.settings.experiment, knobs, steps=self.card.steps)

    @property
    def knobs(self) -> Mapping[str, KnobValue]:
        """Every knob's present value, live changes included."""
        return {**self.run.settings.knobs, **self.live} if self.run is not None else {}

    @property
    def live(self) -> dict[str, KnobValue]:
        """Knobs that were changed while the run went on."""
        changes = self.run.changes if self.run is not None else []
        return {**{change.knob: change.value for _, change in changes}, **self.pending}

    def hold(self, knobs: Iterable[str]) -> None:
        """Go on showing the present values of these knobs, while steps are made with others."""
        if self.run is not None and self.run.ended is None:
            self.pending.update({knob: self.knobs[knob] for knob in knobs})

    def knob(self, name: str) -> Knob:
        """Return a knob of the present run. Raises UsageError where there is none of that name, or no run yet."""
        if self.card is None:
            raise UsageError(f"{name} cannot be set before the trainer has started; wait until a curve shows.")
        knob = self.card.knob(name)
        if knob is None:
            raise unknown("knob", name, [knob.name for knob in self.card.knobs])
        return knob

    def look(self, knob: str, value: KnobValue) -> None:
        """Take up a knob that only changes what is looked at: the run is the same with it from the start."""
        if self.run is not None:
            self.run.settings = replace(self.run.settings, knobs={**self.run.settings.knobs, knob: value})

    def begin(self, started: wire.Started) -> None:
        """Show a new run; the one so far becomes its ghost when it is of the same experiment and made a step."""
        old = self.run
        self.run, self.card = Run(started.settings), started.card
        is_still = started.settings.steps == 0 and old is not None and old.settings.name == started.settings.name
        if old is not None and is_still and old.settings.seeds == started.settings.seeds:
            # What has nothing to train is there at once: a blank between two places of a drag would only flicker.
            self.run.probes.update(old.probes)
        if self.is_fresh or (old is not None and old.settings.name != started.settings.name):
            self.ghost, self.is_fresh = None, False
        elif old is not None and old.step > 0:
            self.ghost = old
        self.pending.clear()
        self.checks, self.checked_at = {}, 0

    def fold(self, news: wire.Frame | wire.Rewound | wire.RunEnded) -> None:
        """Take up what the trainer says of the present run."""
        assert self.run is not None
        match news:
            case wire.Frame():
                self.run.fold(news.block)
                self.run.probes.update(news.probes)
                if news.checks:
                    self.checks, self.checked_at = news.checks, news.index
                self.run.steps_per_second = news.steps_per_second
                newest = {change.knob: change.value for _, change in news.block.applied}
                for knob, value in newest.items():
                    if self.pending.get(knob) == value:
                        del self.pending[knob]
            case wire.Rewound():
                self._go_back(self.run, news.step)
            case wire.RunEnded():
                self.run.ended = news.ended

    def _go_back(self, run: Run, step: int) -> None:
        if step == 0 and run.step > 1:
            self.ghost, self.run = run, Run(run.settings, probes=dict(run.probes))
        elif step == 0:
            run.rewind_to(0)
            run.metrics.clear()  # what was measured at step 0 comes again
        else:
            run.rewind_to(step)
        self.pending.clear()


class RunsOnShow:
    """What a screen may read of the runs that a session shows."""

    def __init__(self) -> None:
        self._shown = ShownRuns()

    @property
    def run(self) -> Run | None:
        """The present run; after a death or a failure it stays as it was."""
        return self._shown.run

    @property
    def ghost(self) -> Run | None:
        """The run before, of the same experiment."""
        return self._shown.ghost

    def forget_ghost(self) -> None:
        """Let the next run stand alone: the one so far belongs to another page."""
        self._shown.is_fresh = True

    @property
    def card(self) -> ExperimentCard | None:
        """What the present run's experiment has: knobs, views, phases, steps."""
        return self._shown.card

    @property
    def settings(self) -> Settings | None:
        """The settings of the run as it stands, live changes included: what the copied shell line repeats."""
        return self._shown.settings

    @property
    def defaults(self) -> Settings | None:
        """The settings that the experiment has when nothing is said, for Settings.shell_line."""
        return self._shown.defaults

    @property
    def knobs(self) -> Mapping[str, KnobValue]:
        """Every knob's present value, live changes included."""
        return self._shown.knobs

    @property
    def checks(self) -> Mapping[str, tuple[Check, ...]]:
        """Goal id -> its checks on the present run."""
        return self._shown.checks

    @property
    def at_checks(self) -> Settings | None:
        """The settings of the run as far as it had come when its checks were made: what a goal's line repeats."""
        return self._shown.at_checks
