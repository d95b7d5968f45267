"""The workbench: a form beside a live stage, and the runs that were made compared below it."""

import asyncio
import math
import time
from collections.abc import Mapping, Sequence
from functools import partial

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical

from nnlab.lab.course import Course, Lesson
from nnlab.lab.errors import UsageError
from nnlab.lab.experiment import ExperimentCard
from nnlab.lab.history import History
from nnlab.lab.history_entry import HistoryEntry
from nnlab.lab.knobs import KnobValue
from nnlab.lab.run import Run
from nnlab.reasons import Reason
from nnlab.tui import actions, arrangement
from nnlab.tui.bench_adviser import BenchAdviser
from nnlab.tui.bench_form import values_of
from nnlab.tui.bench_runs import BenchRuns
from nnlab.tui.refusals import answer
from nnlab.tui.screens.bench_drawing import RUN_NAMES
from nnlab.tui.screens.bench_stage import BenchStage
from nnlab.tui.screens.kept_actions import MOST_PINNED
from nnlab.tui.session import Session
from nnlab.tui.widgets.drawing_pane import DrawingPane
from nnlab.tui.widgets.footer import Footer
from nnlab.tui.widgets.form import Form
from nnlab.tui.widgets.header import Header
from nnlab.tui.widgets.plot_pane import is_backed_up
from nnlab.tui.widgets.run_bar import RunBar, RunFacts
from nnlab.tui.widgets.shell_line import ShellLine
from nnlab.tui.widgets.stage_view import StageView


class WorkbenchScreen(BenchStage):
    """One experiment under the user's hands."""

    PLACE = "workbench"
    BINDINGS = actions.bindings("workbench")
    CSS_PATH = "workbench.tcss"

    def __init__(self, lesson: Lesson, experiment: str, values: Mapping[str, KnobValue] | None = None) -> None:
        """values: settings to begin with, as `values_of` gives them; the experiment's own where they say nothing."""
        super().__init__(classes="reading")
        self.lesson = lesson
        self.experiment = experiment
        self.runs = BenchRuns()
        self.runs.tell = self.tell_setting
        self.adviser = BenchAdviser()
        self.file_names = {}
        self._drawn = {}
        self.seed_index = 0
        self._values = dict(values or {})
        self._kept: tuple[HistoryEntry, ...] = ()
        """Runs of the history that are compared from the beginning."""
        self._shown_card: ExperimentCard | None = None
        self._seen_run: Run | None = None
        """The run whose first observation was looked at for empty views."""
        self._trained_since = math.nan
        self._last: tuple[str, str] = ("", "")
        self._last_kept = ""

    @classmethod
    def of_run(cls, course: Course, entry: HistoryEntry, marked: Sequence[HistoryEntry]) -> "WorkbenchScreen":
        """Return a workbench with a kept run's settings in its form, and others compared. Raises UsageError."""
        if entry.course != course.key:
            there = f"--lessons {entry.course}" if entry.course else "without --lessons"
            raise UsageError(f"{entry.name} is of another course; open nnlab {there} to load it.")
        screen = cls(course.lesson(entry.settings.lesson), entry.settings.experiment, values_of(entry.settings))
        screen._kept = tuple(marked)
        return screen

    def compose(self) -> ComposeResult:
        """Yield header, form, stage and footer."""
        yield Header()
        with Container(id="body"):
            with Vertical(id="form-side"):
                yield Form(self.complete, self.advise, id="form")
                yield ShellLine(id="line")
            with Vertical(id="stage-side"):
                with Horizontal(id="stage-row"):
                    yield DrawingPane(id="canvas")
                    yield StageView(self.draw, id="stage", arrange=arrangement.arrange_bench)
                yield RunBar(id="run")
        yield Footer()

    def on_mount(self) -> None:
        """Start the trainer; what the form says stands ready on the stage."""
        self.session = Session(self._news, lessons=self.lab.course.key)
        self.set_interval(1 / self.lab.frames_per_second, self._paint)
        self._name_place()
        values = self._values
        own = {name: value for name, value in values.items() if name not in RUN_NAMES}
        self.asked_device = str(values.get("device", "auto"))
        self.session.start(
            self.lesson.slug,
            self.experiment,
            own,
            seed=int(values.get("seed", 1)),
            seeds=int(values.get("seeds", 1)),
            steps=int(values["steps"]) if "steps" in values else None,
            until_goal=bool(values.get("until_goal", False)),
            max_seconds=float(values.get("max_seconds", 0.0)) or None,
            device=self.asked_device,
            data=str(values.get("file", "")),
            is_paused=True,
            keep=True,
        )
        self.set_focus(self.bench)
        self.begin(self._take_history, "kept")
        if file := str(values.get("file", "")):
            self.begin(partial(self.name_file, file), "file")

    async def _take_history(self) -> None:
        """Compare the runs that were marked, and those of this experiment that are pinned."""
        name = f"{self.lesson.slug}/{self.experiment}"
        await self.compare_kept(self._kept)
        entries = await asyncio.to_thread(History().entries)
        pinned = [entry for entry in entries if entry.pinned and entry.name == name]
        await self.compare_kept(pinned[:MOST_PINNED], is_pinned=True)

    def on_unmount(self) -> None:
        """End the trainer, and a sweep under way."""
        self.end_sweep()
        if hasattr(self, "session"):
            self.session.close()

    def _name_place(self) -> None:
        name = self.lesson.view_title(self.experiment, self.speech.language)
        self.query_one(Header).trail = (self.say("bench.title"), name)

    # --- news and painting ------------------------------------------------------------------------------------------

    def _news(self) -> None:
        """Something came from the trainer: paint with the next frame."""
        self._is_dirty = True
        session = self.session
        self._count_seconds()
        run = session.run
        if run is not None and run.probes and run is not self._seen_run:
            self._seen_run = run
            self.begin(self._show_views)
            self.adviser.take_network(run.probes.get("network", {}))
            self._replace_empty(run)
        if (one := self.runs.of(run)) is not None and run is self._seen_run:
            one.parameters = self.adviser.parameters
        if self.card is not None and self.card is not self._shown_card:
            self._take_card(self.card)
        if session.kept != self._last_kept:
            self._last_kept = session.kept
            self.begin(partial(self.take_kept_id, session.kept), "kept-id")
        now = (session.state, session.message)
        if now == self._last:
            return
        self._last = now
        self.refresh_bindings()
        if session.state in ("dead", "failed") and session.run is not None:
            key = actions.BY_ID["run"].key_label
            why = answer(session.message, session.reason, self.speech).rstrip(".。")
            self.tell(self.say(f"trainer.{session.state}", reason=why, key=key))
        elif session.message:
            self._say_refusal(session.message, session.reason)

    def _say_refusal(self, message: str, reason: Reason | None) -> None:
        """Say a refusal at the row that it names, else at the one that was set last."""
        names = [row.knob.name for row in self.bench.form.rows]
        about = "file" if message.startswith("--data ") else message.partition(" ")[0].strip(",:")
        name = about if about in names else self.set_last
        if name in names:
            self.bench.refuse(name, answer(message, reason, self.speech).removeprefix("--data "))
        else:
            self.tell(answer(message, reason, self.speech))

    def _take_card(self, card: ExperimentCard) -> None:
        """The experiment on the stage is another one: its knobs stand in the form."""
        is_same = self._shown_card is not None and self._shown_card.knobs == card.knobs
        self._shown_card = card
        refused = self.session.refused
        settings = refused.settings if refused is not None else self.session.settings
        if settings is not None:
            self.adviser.take_run(self.experiment, card, settings)
        self.bench.form.experiment = self.experiment
        self.bench.form.show(card, self.label)
        if not is_same and settings is not None:
            self.bench.form.take(values_of(settings, self.asked_device))
        self.bench.show()
        self.begin(self._show_views)

    def _count_seconds(self) -> None:
        """Count the wall-clock seconds that the run on the stage has been training."""
        now, run = time.monotonic(), self.session.run
        one = self.runs.of(run)
        if run is not None and run.step > 0 and one is None:
            one = self.runs.take(run)
            self.query_one(ShellLine).refresh()  # its keys work now
            self.refresh_bindings()
        if one is not None and not math.isnan(self._trained_since):
            one.seconds += now - self._trained_since
        self._trained_since = now if self.session.is_running else math.nan

    async def _paint(self) -> None:
        if self._is_dirty and not is_backed_up(self.app) and self.app.screen is self:
            self._is_dirty = False
            await self._paint_now()
            self.session.painted()

    async def _paint_now(self) -> None:
        if not self.query(RunBar):
            return  # a paint that was asked for and comes when the screen is being taken down
        self.query_one(RunBar).show(self._facts())
        self.query_one(ShellLine).show(self.shell_line())
        if self.session.run is not None:
            await self.query_one(StageView).redraw()
        self.paint_drawing()

    def _facts(self) -> RunFacts:
        loading = self.session.loading
        if loading is not None:
            share = round(100 * loading[0] / max(1, loading[1]))
            return RunFacts(state="loading", step=share, steps=100, device="")
        changed = self.changed if self.bench.form.rows else ()
        key = actions.BY_ID["run_form"].key_label
        return self.run_facts(remark=self.say("bench.changed", count=len(changed), key=key) if changed else "")

    # --- layout -----------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Arrange the stage for the new size."""
        if self._shown_card is not None:
            self.begin(self._show_views)

    def speech_changed(self) -> None:
        """Take up a new language."""
        self._name_place()
        if self._shown_card is not None:
            values = self.bench.form.values
            self.bench.form.show(self._shown_card, self.label)
            self.bench.form.values = values
            self._shown_views = []
            self.begin(self._show_views)
        self._is_dirty = True

    def look_changed(self) -> None:
        """Take up another theme or glyph set."""
        self._is_dirty = True
