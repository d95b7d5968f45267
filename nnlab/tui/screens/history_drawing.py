"""What the history draws: the table of runs, and the curves of those that are compared."""

import time
from functools import partial
from typing import TYPE_CHECKING

from nnlab.lab.course import Lesson
from nnlab.lab.errors import NnlabError
from nnlab.lab.history_entry import HistoryEntry
from nnlab.tui import catalogue
from nnlab.tui.bench_runs import BenchRuns
from nnlab.tui.form_advice import metric_name
from nnlab.tui.history_list import HistoryList, ago
from nnlab.tui.run_table import Column, TableRow, draw_table, first_row
from nnlab.tui.screens.lab_screen import LabScreen
from nnlab.tui.value_words import RunWords, value_words

if TYPE_CHECKING:
    from nnlab.lab.events import HostArray
    from nnlab.plots import Ruler
    from nnlab.plots.grid import Grid


class HistoryDrawing(LabScreen):
    """The part of the history that draws."""

    listing: HistoryList
    runs: BenchRuns
    is_read = False
    """Whether the history has been read."""
    _lessons: dict[str, Lesson | None]
    """Those that runs were asked about."""
    _is_dirty = True
    """Something changed: paint with the next frame."""
    first_row = 0
    """Topmost row of the list that is shown."""
    cursor: float | None = None
    """The x at which the curves are read."""

    def draw_list(self, size: tuple[int, int]) -> "Grid":
        from nnlab.plots import pane

        listing, palette = self.listing, self.lab.plot_palette()
        rows = max(1, size[1] - 2)
        self.first_row = first_row(listing.selected, self.first_row, rows)
        shown = listing.shown[self.first_row : self.first_row + rows]
        columns = [
            Column("", is_firm=True, widest=1),
            Column(self.say("history.when"), is_firm=size[0] >= 60),
            Column(self.say("history.experiment"), is_firm=True, widest=30),
            Column(self.say("history.outcome"), True, is_firm=True, widest=16),
            Column(self.say("bench.made"), True),
            Column(self.say("bench.took"), True),
            Column(self.say("history.settings"), is_firm=size[0] >= 60, widest=max(24, size[0] - 72)),
        ]
        drawn = [self._row(entry) for entry in shown]
        empty = self.say(f"history.{'none' if listing.entries else 'empty' if self.is_read else 'reading'}")
        at = listing.selected - self.first_row
        is_focused = self.focused is not None and self.focused.id == "runs"
        body = draw_table(
            columns, drawn, (size[0], size[1] - 1), palette, selected=at, is_focused=is_focused, empty=empty
        )
        said = self.say("history.shown", shown=len(listing.shown), total=len(listing.entries)) if self.is_read else ""
        note = self.say("history.marked", count=len(listing.marked)) if listing.marked else ""
        return pane(self.say("history.runs"), note, [(said, "muted")], body, size, palette, is_focused)

    def _row(self, entry: HistoryEntry) -> TableRow:
        from nnlab.plots import numbers

        number = self.listing.marked.index(entry.id) if entry.id in self.listing.marked else None
        one = next((one for one in self.runs.runs if one.id == entry.id), None)
        mark = "·" if number is None else one.letter if one is not None else "x"
        role = one.role if one is not None and number is not None else "muted"
        name = entry.label or entry.name
        cells = (
            "▲" if entry.pinned else "",
            ago(time.time() - entry.when, self.speech),
            name,
            outcome(entry),
            numbers.count(entry.steps),
            numbers.seconds(entry.seconds),
            self.listing.unusual(entry, self.words_of(entry).tell),
        )
        return TableRow(mark, role, cells)

    def words_of(self, entry: HistoryEntry) -> RunWords:
        """Return how a run is told, as its lesson says where that is at hand."""
        language, lesson = self.speech.language, self._lesson(entry.settings.lesson)

        def label(name: str) -> str:
            key = f"bench.label.{name}"
            if catalogue.has(key, language):
                return self.say(key)
            return lesson.knob_label(name, language) if lesson is not None else name.replace("_", " ")

        return RunWords(label, value_words(lesson, self.speech), partial(metric_name, self.speech, lesson=lesson))

    def _lesson(self, slug: str) -> Lesson | None:
        """Return a run's lesson, read once; None where it is not of this course, or broken."""
        if slug not in self._lessons:
            try:
                self._lessons[slug] = self.lab.course.lesson(slug)
            except NnlabError:
                self._lessons[slug] = None
        return self._lessons[slug]

    def _axes(self) -> "tuple[HostArray, Ruler | None]":
        """Return every x at which a compared curve was measured, and the axes that they are drawn on."""
        from nnlab.plots import ruler
        from nnlab.stage import known_x

        size = self.query_one("#curves").size
        arrays, options = self.runs.curves(width=size.width, has_cursor=True)
        return known_x(arrays), ruler("curve", arrays, options, (size.width, size.height - 1), self.lab.plot_palette())

    def move_cursor(self, columns: int) -> None:
        """Move the cursor of the curves by so many columns; it begins in the middle."""
        known, axes = self._axes()
        if axes is not None:
            self.cursor = axes.moved(self.cursor, columns if self.cursor is not None else 0, known)
            self.refresh_bindings()

    def read_at(self, column: int) -> None:
        """Read the curves at a column."""
        from nnlab.plots.ruler import nearest

        known, axes = self._axes()
        if axes is not None:
            self.cursor = nearest(axes.at(column, 0)[0], known)
            self.refresh_bindings()

    def action_beside(self, key: str) -> None:
        """Read the curves at the next measurement, or the one before."""
        from nnlab.plots.ruler import beside

        if self.cursor is not None:
            self.cursor = beside(self.cursor, 1 if key.endswith("right") else -1, self._axes()[0])
            self._is_dirty = True

    def draw_curves(self, size: tuple[int, int]) -> "Grid":
        from nnlab.plots import draw, pane

        palette = self.lab.plot_palette()
        arrays, options = self.runs.curves(width=size[0], has_cursor=self.cursor is not None)
        if self.cursor is not None:
            options["cursor"] = self.cursor
        options["empty"] = self.say("history.no-curves")
        body = draw("curve", arrays, options, (size[0], max(0, size[1] - 1)), palette)
        note = self.say(f"bench.axis.{self.runs.axis}")
        note += self.say("bench.comma") + self.say("bench.log") if options["scale"] == "log" else ""
        is_focused = self.focused is not None and self.focused.id == "curves"
        metric, chosen = self.runs.shown_metric(), self.listing.chosen
        title = self.words_of(chosen).metric(metric) if chosen is not None else metric_name(self.speech, metric)
        return pane(title, note, "", body, size, palette, is_focused)


def outcome(entry: HistoryEntry) -> str:
    """Return what a run came to: the share that it has right of unseen data, or the loss, or how it broke."""
    from nnlab.plots import numbers

    if entry.status == "diverged":
        return "✗"
    for name in ("test_accuracy", "accuracy", "test_loss", "loss"):
        value = entry.metrics.get(name)
        if value is not None:
            return numbers.percent(value) if name.endswith("accuracy") else numbers.loss(value)
    return next((numbers.short(value) for value in entry.metrics.values() if value is not None), "–")
