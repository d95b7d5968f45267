"""The workbench: a form beside a live stage, and the runs that were made compared below it."""

import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container, Vertical

from nnlab.lab.course import Lesson
from nnlab.lab.experiment import ExperimentCard
from nnlab.lab.knobs import KnobValue
from nnlab.lab.views import View
from nnlab.tui import actions, arrangement
from nnlab.tui.bench_form import values_of
from nnlab.tui.bench_runs import BenchRun, BenchRuns
from nnlab.tui.line_edit import LineEdit
from nnlab.tui.run_notes import run_note
from nnlab.tui.run_table import Column, TableRow, draw_table, first_row
from nnlab.tui.screens.bench_actions import OVERLAY, RESULTS, BenchActions
from nnlab.tui.session import Session
from nnlab.tui.widgets.footer import Footer
from nnlab.tui.widgets.form import Advice, Candidate, Form
from nnlab.tui.widgets.header import Header
from nnlab.tui.widgets.knob_bar import write_value
from nnlab.tui.widgets.plot_pane import PlotPane, is_backed_up
from nnlab.tui.widgets.run_bar import RunBar, RunFacts
from nnlab.tui.widgets.shell_line import ShellLine
from nnlab.tui.widgets.stage_view import StageView

if TYPE_CHECKING:
    from nnlab.plots.grid import Grid
    from nnlab.stage import Form as DrawnForm

TABLE = View(RESULTS, "table")
CURVES = View(OVERLAY, "curve")
RUN_NAMES = ("file", "steps", "seed", "seeds", "device")
"""Names of the form that are no knobs of the experiment."""
OUTCOMES = ("loss", "test_loss", "test_accuracy", "test_r2", "accuracy", "r2", "solved")
"""Metrics that the table of results tells, in this order, where the runs have them."""


class WorkbenchScreen(BenchActions):
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
        self.seed_index = 0
        self._values = dict(values or {})
        self._shown_card: ExperimentCard | None = None
        self._slots: list[int] = [0, 1]
        self._shown_views: list[View] = []
        self._first_row = 0
        self._trained_since = math.nan
        self._last: tuple[str, str] = ("", "")

    def compose(self) -> ComposeResult:
        """Yield header, form, stage and footer."""
        yield Header()
        with Container(id="body"):
            with Vertical(id="form-side"):
                yield Form(self._complete, self._advise, id="form")
                yield ShellLine(id="line")
            with Vertical(id="stage-side"):
                yield StageView(self._draw, id="stage", arrange=arrangement.arrange_bench)
                yield RunBar(id="run")
        yield Footer()

    def on_mount(self) -> None:
        """Start the trainer; what the form says stands ready on the stage."""
        lessons = "" if self.lab.course.is_bundled else str(self.lab.course.folder)
        self.session = Session(self._news, lessons=lessons)
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
            device=self.asked_device,
            data=str(values.get("file", "")),
            is_paused=True,
            keep=True,
        )
        self.set_focus(self.bench)

    def on_unmount(self) -> None:
        """End the trainer."""
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
        if session.card is not None and session.card is not self._shown_card:
            self._take_card(session.card)
        now = (session.state, session.message)
        if now == self._last:
            return
        self._last = now
        self.refresh_bindings()
        if session.state in ("dead", "failed") and session.run is not None:
            key = actions.BY_ID["run"].key_label
            self.tell(self.say(f"trainer.{session.state}", reason=session.message.rstrip(".。"), key=key))
        elif session.message:
            self._say_refusal(session.message)

    def _say_refusal(self, message: str) -> None:
        """Say a refusal at the row that it is about."""
        names = [row.knob.name for row in self.bench.form.rows]
        about = "file" if message.startswith("--data ") else message.partition(" ")[0]
        name = about if about in names else ""
        if name:
            self.bench.refuse(name, message)
        else:
            self.tell(message)

    def _take_card(self, card: ExperimentCard) -> None:
        """The experiment on the stage is another one: its knobs stand in the form."""
        is_first = self._shown_card is None
        self._shown_card = card
        self.bench.form.show(card, self._label)
        settings = self.session.settings
        if is_first and settings is not None:
            self.bench.form.values |= values_of(settings, self.asked_device)
            self.bench.form.values = {
                row.knob.name: self.bench.form.values[row.knob.name] for row in self.bench.form.rows
            }
        self.bench.show()
        self.run_worker(self._show_views(), exclusive=True)

    def _label(self, name: str) -> str:
        key = f"bench.label.{name}"
        from nnlab.tui import catalogue

        if name in RUN_NAMES:
            return self.say(key)
        label = self.lesson.knob_label(name, self.speech.language)
        is_named = name in self.lesson.file.knobs
        return self.say(key) if not is_named and catalogue.has(key, self.speech.language) else label

    def _count_seconds(self) -> None:
        """Count the wall-clock seconds that the run on the stage has been training."""
        now, run = time.monotonic(), self.session.run
        one = self.runs.of(run)
        if run is not None and run.step > 0 and one is None:
            one = self.runs.take(run)
            self.refresh_bindings()
        if one is not None and not math.isnan(self._trained_since):
            one.seconds += now - self._trained_since
        self._trained_since = now if self.session.is_running else math.nan

    async def _show_views(self) -> None:
        pool = self._pool()
        kind = arrangement.width_class(self.app.size.width, self.app.size.height)
        if kind in ("narrow", "single"):
            views = [*pool, CURVES, TABLE]
        else:
            views = [*[pool[index % len(pool)] for index in dict.fromkeys(self._slots) if pool][:2], CURVES, TABLE]
        if views != self._shown_views:
            self._shown_views = views
            titles = {view.id: self.lesson.view_title(view.id, self.speech.language) for view in views}
            titles |= {OVERLAY: self.say("bench.overlay"), RESULTS: self.say("bench.results")}
            await self.query_one(StageView).show(views, titles)
        self.place_stage()

    def _pool(self) -> list[View]:
        """Return the experiment's views that are drawn as they are; curves of metrics lie in the overlay."""
        card = self.session.card
        views = [view for view in card.views if not (view.kind == "curve" and not view.probe)] if card else []
        order = {"field": 0, "graph": 1}
        return sorted(views, key=lambda view: order.get(view.kind, 2))

    def turn_slot(self, view_id: str, by: int) -> None:
        """Let a pane show the next of the views that stand nowhere."""
        pool = self._pool()
        ids = [view.id for view in pool]
        if view_id not in ids or len(pool) < 3:
            return
        slot = self._slots.index(ids.index(view_id))
        place = self._slots[slot]
        while (place := (place + by) % len(pool)) in self._slots:
            pass
        self._slots[slot] = place
        self.run_worker(self._turn(pool[place].id), exclusive=True)

    async def _turn(self, view_id: str) -> None:
        await self._show_views()
        for pane in self.query(PlotPane):
            if pane.id == f"view-{view_id}":
                self.set_focus(pane)

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

    def _facts(self) -> RunFacts:
        changed = self.changed if self.bench.form.rows else ()
        key = actions.BY_ID["run_form"].key_label
        return self.run_facts(phase=self.say("bench.changed", count=len(changed), key=key) if changed else "")

    # --- drawing ----------------------------------------------------------------------------------------------------

    def _draw(self, view: View, size: tuple[int, int], is_focused: bool, form: "DrawnForm") -> "Grid":
        if view.id == RESULTS:
            return self._draw_results(size, is_focused, form)
        if view.id == OVERLAY:
            return self._draw_overlay(view, size, is_focused, form)
        from nnlab.stage import draw_view

        run = self.session.run
        assert run is not None
        title = self.lesson.view_title(view.id, self.speech.language)
        extra: dict[str, object] = {"cursor": self._cursor[view.id]} if view.id in self._cursor else {}
        return draw_view(
            view,
            run,
            title=title,
            size=size,
            palette=self.lab.plot_palette(),
            ghost=self.session.ghost,
            seed=self.seed_index,
            is_focused=is_focused,
            form=form,
            extra=extra,
        )

    def _draw_overlay(self, view: View, size: tuple[int, int], is_focused: bool, form: "DrawnForm") -> "Grid":
        from nnlab.plots import draw, pane

        arrays, options = self.runs.curves()
        palette = self.lab.plot_palette()
        if form == "line":
            title = self.say("bench.overlay")
            first = {f"{name[-1]}": array for name, array in list(arrays.items())[:2]}
            return draw("spark", first, {"name": title, "scale": options["scale"]}, size, palette)
        run = self.session.run
        if run is not None:
            note = run_note(run, self.seed_index, self.speech, self._label)
            options |= {"message": note} if note else {}
        if view.id in self._cursor:
            options["cursor_column"], options["cursor_row"] = self._cursor[view.id]
        options["empty"] = self.say("bench.no-runs")
        options.pop("cursor_row", None)
        rows = size[1] if form == "bare" else size[1] - 1
        body = draw("curve", arrays, options, (size[0], max(0, rows)), palette)
        if form == "bare":
            return body
        return pane(
            self._metric_name(self.runs.shown_metric()),
            self._overlay_note(options),
            "",
            body,
            size,
            palette,
            is_focused,
        )

    def _overlay_note(self, options: Mapping[str, object]) -> str:
        words = [self.say(f"bench.axis.{self.runs.axis}")]
        words += [self.say("bench.log")] if options["scale"] == "log" else []
        words += [self.say("bench.smooth")] if self.runs.is_smooth else []
        return self.say("bench.comma").join(words)

    def _metric_name(self, metric: str) -> str:
        from nnlab.tui import catalogue

        key = f"bench.metric.{metric}"
        return self.say(key) if catalogue.has(key, self.speech.language) else metric.replace("_", " ")

    def _draw_results(self, size: tuple[int, int], is_focused: bool, form: "DrawnForm") -> "Grid":
        from nnlab.plots import pane

        palette = self.lab.plot_palette()
        columns, rows = self._results()
        height = max(1, size[1] - (form == "pane"))
        self._first_row = first_row(self.runs.selected, self._first_row, height - 1)
        body = draw_table(
            columns,
            rows,
            (size[0], height),
            palette,
            selected=self.runs.selected,
            first=self._first_row,
            is_focused=is_focused,
            empty=self.say("bench.no-runs"),
        )
        if form != "pane":
            return body
        shown = self.say("bench.shown", shown=len(self.runs.shown), total=len(self.runs.runs)) if self.runs.runs else ""
        note = self.say("bench.results-note")
        return pane(self.say("bench.results"), note, [(shown, "muted")], body, size, palette, is_focused)

    def _results(self) -> tuple[list[Column], list[TableRow]]:
        """Return columns and rows: the settings that differ, what came of them, parameters, speed and time."""
        from nnlab.plots import numbers
        from nnlab.stage import write_metric

        runs = self.runs.runs
        names = [name for name in self.runs.differing() if name not in ("device",)]
        metrics = [name for name in OUTCOMES if any(name in one.run.metrics for one in runs)]
        best = {name: self._best(name) for name in metrics}
        columns = [Column(self._label(name), not self._is_text(name)) for name in names]
        columns += [Column(self._metric_name(name), True, is_firm=True) for name in metrics]
        columns += [Column(self.say(f"bench.{name}"), True) for name in ("made", "speed", "took")]
        rows = []
        for one in runs:
            values = values_of(one.run.settings)
            cells = [write_value(values[name]) if name in values else "" for name in names]
            cells += [
                write_metric(name, one.run, self.seed_index if one.run.settings.seeds == 1 else None)
                for name in metrics
            ]
            rate = one.run.step / one.seconds if one.seconds > 0 else math.nan
            cells += [numbers.count(one.run.step), numbers.count(rate), numbers.seconds(one.seconds)]
            strong = [False] * len(names) + [best[name] is one for name in metrics]
            rows.append(TableRow(one.letter, one.role, tuple(cells), tuple(strong), is_faint=not one.is_shown))
        return columns, rows

    def _is_text(self, name: str) -> bool:
        row = self.bench.form.row(name)
        return row is not None and row.knob.kind not in ("int", "float")

    def _best(self, metric: str) -> BenchRun | None:
        """Return the run that is best at a metric, where there are several."""
        known = [one for one in self.runs.runs if math.isfinite(one.run.last(metric))]
        if len(known) < 2:
            return None
        is_loss = "loss" in metric
        return (min if is_loss else max)(known, key=lambda one: one.run.last(metric))

    def press_table(self, line: int) -> None:
        """A click on a line of the table chooses it; once more marks it."""
        row = line + self._first_row
        if 0 <= row < len(self.runs.runs) and line >= 0:
            if row == self.runs.selected:
                self.action_mark()
            self.runs.selected = row

    # --- help for the form ------------------------------------------------------------------------------------------

    def _complete(self, name: str, edit: LineEdit) -> list[Candidate]:
        return []

    def _advise(self, name: str, text: str | None) -> Advice:
        run = self.session.run if hasattr(self, "session") else None
        if name == "device" and run is not None and self.asked_device == "auto":
            return Advice(note=f"→ {run.settings.device}")
        return Advice()

    # --- layout -----------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Arrange the stage for the new size."""
        if self._shown_card is not None:
            self.run_worker(self._show_views(), exclusive=True)

    def place_stage(self) -> None:
        """Arrange the stage for the room that it has."""
        size = self.app.size
        stage = self.query_one(StageView)
        stage.place_views(arrangement.width_class(size.width, size.height))
        self.set_class(stage.zoomed is not None, "zoomed")
        self._is_dirty = True

    def speech_changed(self) -> None:
        """Take up a new language."""
        self._name_place()
        if self._shown_card is not None:
            values = self.bench.form.values
            self.bench.form.show(self._shown_card, self._label)
            self.bench.form.values = values
            self._shown_views = []
            self.run_worker(self._show_views(), exclusive=True)
        self._is_dirty = True

    def look_changed(self) -> None:
        """Take up another theme or glyph set."""
        self._is_dirty = True
