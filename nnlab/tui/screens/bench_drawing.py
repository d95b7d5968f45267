"""What the workbench draws: the experiment's views, the curves of the compared runs, and the table of results."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.lab.knobs import KnobValue
from nnlab.lab.views import View
from nnlab.tui import catalogue
from nnlab.tui.bench_form import values_of
from nnlab.tui.bench_runs import BenchRun
from nnlab.tui.form_advice import metric_name
from nnlab.tui.run_notes import run_note
from nnlab.tui.run_table import Column, TableRow, draw_table, first_row
from nnlab.tui.screens.bench_actions import OVERLAY, RESULTS
from nnlab.tui.screens.kept_actions import KeptActions
from nnlab.tui.value_words import ValueWords, value_words
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.stage_view import StageView

if TYPE_CHECKING:
    from nnlab.lab.events import HostArray
    from nnlab.plots import Ruler
    from nnlab.plots.grid import Grid
    from nnlab.stage import Form as DrawnForm

RUN_NAMES = ("file", "steps", "until_goal", "max_seconds", "seed", "seeds", "device")
"""Names of the form that are no knobs of the experiment."""
OUTCOMES = ("loss", "test_loss", "test_accuracy", "test_r2", "test_rmse", "accuracy", "r2", "rmse", "solved")
"""Metrics that the table of results tells, in this order, where the runs have them."""

ROWS_WITH_HEADER = 10
"""Rows from which on the curves have a header where tabs name the views."""
PAUSES = {OVERLAY: 0.1, RESULTS: 0.25}
"""Seconds between two drawings of what is costly and need not follow every frame, while a network trains."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A drawing, and what it was made from."""

    key: tuple[object, ...]
    source: object
    at: float
    grid: "Grid"


class BenchDrawing(KeptActions):
    """The part of the workbench that draws the panes of its stage."""

    _drawn: dict[str, _Drawn]
    """View id -> its last drawing."""

    def label(self, name: str) -> str:
        """Return what a setting is called."""
        language, key = self.speech.language, f"bench.label.{name}"
        if name in RUN_NAMES:
            return self.say(key)
        is_named = name in self.lesson.file.knobs
        return (
            self.say(key) if not is_named and catalogue.has(key, language) else self.lesson.knob_label(name, language)
        )

    def said(self) -> ValueWords:
        """Return how the values of the experiment's knobs are said."""
        return value_words(self.lesson, self.speech)

    def tell_setting(self, name: str, value: KnobValue) -> str:
        """Say a setting in a few words: its label and value, or a text alone."""
        said = self.said()(name, value)
        return said if isinstance(value, str) else f"{self.label(name)} {said}"

    def draw(self, view: View, size: tuple[int, int], is_focused: bool, form: "DrawnForm") -> "Grid":
        """Draw one view of the stage; what would look the same, or was drawn a moment ago, is not drawn again."""
        run, now = self.session.run, time.monotonic()
        step = (id(run), run.step, self.session.state) if run is not None else ()
        source: object = run.probes.get(view.probe) if run is not None and view.probe else step
        compared = tuple((one.letter, one.is_shown, one.is_pinned) for one in self.runs.runs)
        look = (
            self.lab.plot_palette(),
            self.speech,
            size,
            is_focused,
            form,
            tuple(self.inspection(view).items()),
            self._step,
            self.seed_index,
        )
        chosen = (self.runs.axis, self.runs.metric, self.runs.is_log, self.runs.is_smooth, self.runs.selected, compared)
        key = (*look, *(chosen if view.id in PAUSES else (self._readout(view),)))
        drawn = self._drawn.get(view.id)
        if drawn is not None and drawn.key == key:
            is_fresh = self.session.is_running and now - drawn.at < PAUSES.get(view.id, 0.0)
            if is_fresh or drawn.source is source or (view.id in PAUSES and drawn.source == source):
                return drawn.grid
        grid = self._draw_anew(view, size, is_focused, form)
        self._drawn[view.id] = _Drawn(key, source, now, grid)
        return grid

    def steps_of(self, view: View) -> "HostArray":
        """Return every x at which a curve was measured, of those that lie over one another too."""
        from nnlab.stage import known_x

        return known_x(self.runs.curves(has_cursor=True)[0]) if view.id == OVERLAY else super().steps_of(view)

    def axes_of(self, pane: PlotPane, view: View) -> "Ruler | None":
        """Return the axes of a pane's plot, of the curves that lie over one another too."""
        from nnlab.plots import ruler

        if view.id != OVERLAY:
            return super().axes_of(pane, view)
        size = pane.size.width, pane.size.height - self.query_one(StageView).header_rows
        return ruler("curve", *self.runs.curves(width=size[0], has_cursor=True), size, self.lab.plot_palette())

    def _readout(self, view: View) -> str:
        from nnlab.stage import readout

        run = self.session.run
        return readout(view, run, self.seed_index) if run is not None else ""

    def _draw_anew(self, view: View, size: tuple[int, int], is_focused: bool, form: "DrawnForm") -> "Grid":
        if view.id == RESULTS:
            return self._draw_results(size, is_focused, form)
        if view.id == OVERLAY:
            return self._draw_overlay(view, size, is_focused, form)
        from nnlab.stage import draw_view

        run = self.session.run
        assert run is not None
        title = self.lesson.view_title(view.id, self.speech.language)
        extra = self.inspection(view)
        return draw_view(
            view,
            run,
            title=title,
            size=size,
            palette=self.lab.plot_palette(),
            words={**self.lesson.words(self.speech.language), **self.speech.plot_words()},
            ghost=self.session.ghost,
            seed=self.seed_index,
            is_focused=is_focused,
            form=form,
            extra=extra,
        )

    def _draw_overlay(self, view: View, size: tuple[int, int], is_focused: bool, form: "DrawnForm") -> "Grid":
        from nnlab.plots import draw, pane

        read = self.inspection(view)
        arrays, options = self.runs.curves(width=size[0], has_cursor=bool(read))
        palette = self.lab.plot_palette()
        if form == "line":
            one = self.runs.of(self.session.run) or self.runs.chosen
            name = one.letter if one is not None else ""
            present = {part: arrays[f"{name}/{part}"] for part in ("x", "y") if f"{name}/{part}" in arrays}
            title = self._metric_name(self.runs.shown_metric())
            row = {"name": title, "scale": options["scale"], "words": self.speech.plot_words()}
            return draw("spark", present, row, size, palette)
        run = self.session.run
        if run is not None:
            note = run_note(run, self.seed_index, self.speech, self.label)
            options |= {"message": note} if note else {}
        options |= {**read, "empty": self.say("bench.no-runs")}
        # A tab says "curves"; of what and by what, only a header can.
        has_header = form == "pane" or size[1] >= ROWS_WITH_HEADER
        body = draw("curve", arrays, options, (size[0], max(0, size[1] - has_header)), palette)
        if not has_header:
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
        return metric_name(self.speech, metric, self.lesson)

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
        note = self.say("bench.results-note" if self._step is None else "bench.at-cursor")
        return pane(self.say("bench.results"), note, [(shown, "muted")], body, size, palette, is_focused)

    def _results(self) -> tuple[list[Column], list[TableRow]]:
        """Return columns and rows: the settings that differ, what came of them, parameters, speed and time."""
        from nnlab.plots import numbers
        from nnlab.stage import write_metric

        runs = self.runs.runs
        names, said = self.runs.differing(), self.said()
        metrics = [name for name in OUTCOMES if any(name in one.run.metrics for one in runs)]
        best = {name: self._best(name) for name in metrics}
        columns = [Column(self.label(name), not self._is_text(name), is_firm=not at) for at, name in enumerate(names)]
        present = self.session.run
        telling = _telling([name for name in metrics if present is None or name in present.metrics] or metrics)
        columns += [Column(self._metric_name(name), True, is_firm=name in telling) for name in metrics]
        columns += [Column(self.say(f"bench.{name}"), True) for name in ("weights", "made", "speed", "took")]
        rows = []
        for one in runs:
            values = values_of(one.run.settings)
            cells = [said(name, values[name]) if name in values else "" for name in names]
            near = self.runs.step_at(one, self._step) if self._step is not None else None
            seed = self.seed_index if one.run.settings.seeds == 1 else None
            cells += [write_metric(name, one.run, seed, near=near) for name in metrics]
            rate = one.run.step / one.seconds if one.seconds > 0 else math.nan
            cells += [
                numbers.count(one.parameters) if one.parameters else "–",
                numbers.count(one.run.step),
                numbers.count(rate),
                numbers.seconds(one.seconds),
            ]
            strong = [False] * len(names) + [best[name] is one for name in metrics]
            rows.append(TableRow(one.letter, one.role, tuple(cells), tuple(strong), is_faint=not one.is_shown))
        return columns, rows

    def _is_text(self, name: str) -> bool:
        row = self.bench.form.row(name)
        return row is not None and row.knob.kind not in ("int", "float")

    def _best(self, metric: str) -> BenchRun | None:
        """Return the run that is best at a metric; none where there is one alone, or all are alike."""
        known = [one for one in self.runs.runs if math.isfinite(one.run.last(metric))]
        if len({one.run.last(metric) for one in known}) < 2:
            return None
        is_low_best = metric.endswith(("loss", "rmse"))
        return (min if is_low_best else max)(known, key=lambda one: one.run.last(metric))


def _telling(metrics: Sequence[str]) -> tuple[str, ...]:
    """Return the loss and the score that a narrow table keeps: on unseen samples, where there are such."""
    losses = [name for name in ("test_loss", "loss") if name in metrics]
    scores = [name for name in metrics if "loss" not in name]
    return (*losses[:1], *scores[:1])
