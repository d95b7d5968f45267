"""The runs on the workbench: each with its letter, which are compared, and their curves over one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from nnlab.lab.comparison import SMOOTHING, smooth
from nnlab.lab.effort import reached
from nnlab.lab.history_entry import HistoryEntry
from nnlab.lab.run import Run
from nnlab.plots.spans import thin
from nnlab.tui.bench_form import values_of
from nnlab.tui.value_words import ValueWords, tell_setting

Axis = Literal["steps", "samples", "time"]
AXES: tuple[Axis, ...] = ("steps", "samples", "time")
SERIES = 5
"""Colours that curves can be told apart by."""
ROOMY = 70
"""Columns from which the curves' ends have room for words."""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
UNTOLD = ("file",)
"""What does not tell runs apart in a few words, or is told elsewhere."""


@dataclass(slots=True)
class BenchRun:
    """One run on the workbench."""

    letter: str
    run: Run
    seconds: float = 0.0
    """Wall-clock seconds of the training so far."""
    parameters: int = 0
    """Learned numbers; 0 while not known."""
    is_shown: bool = True
    """Whether its curve lies in the overlay."""
    is_pinned: bool = False
    """Its curve lies dimmed behind the others, whatever is run."""
    id: str = ""
    """What the history calls it."""

    def take_entry(self, entry: HistoryEntry) -> None:
        """Take what the history counted."""
        self.id, self.seconds, self.parameters = entry.id, entry.seconds, entry.parameters or self.parameters

    @property
    def role(self) -> str:
        """The role of its colour."""
        return f"s{_number(self.letter) % SERIES + 1}"


class BenchRuns:
    """The runs of this sitting and those that were taken from the history, in the order in which they came."""

    def __init__(self) -> None:
        self.runs: list[BenchRun] = []
        self.selected = 0
        """Index of the row that the cursor is on."""
        self.axis: Axis = "steps"
        self.metric = ""
        """What the overlay shows; empty for the unseen loss where there is one, else the loss."""
        self.is_log = True
        self.is_smooth = False
        self.tell: ValueWords = tell_setting
        """tell(name, value): a setting in a few words."""
        self._drawn: dict[tuple[str, int, str, Axis, bool, float, bool], tuple[Any, Any]] = {}
        self._count = 0

    @property
    def shown(self) -> list[BenchRun]:
        """The runs whose curves are compared."""
        return [one for one in self.runs if one.is_shown]

    @property
    def chosen(self) -> BenchRun | None:
        """The run under the cursor."""
        return self.runs[self.selected] if 0 <= self.selected < len(self.runs) else None

    def of(self, run: Run | None) -> BenchRun | None:
        """Return the row of a run."""
        return next((one for one in self.runs if one.run is run), None)

    def take(self, run: Run, seconds: float = 0.0) -> BenchRun:
        """Give a run a row unless it has one; the same settings once more (after a rewind) keep their letter."""
        known = self.of(run)
        if known is not None:
            return known
        same = next((one for one in self.runs if _same(one.run, run)), None)
        if same is not None:
            same.run, same.seconds = run, seconds
            return same
        taken = BenchRun(letter(self._count), run, seconds)
        self._count += 1
        self.runs.append(taken)
        self.selected = len(self.runs) - 1
        return taken

    def add_kept(self, run: Run, entry: HistoryEntry) -> BenchRun:
        """Take a run of the history into the comparison."""
        run_id = entry.id
        known = next((one for one in self.runs if one.id == run_id), None)
        if known is None:
            known = BenchRun(letter(self._count), run)
            self._count += 1
            self.runs.append(known)
        known.is_shown = True
        known.take_entry(entry)
        return known

    def drop(self, one: BenchRun) -> None:
        """Take a run off the table."""
        self.runs.remove(one)
        self.selected = max(0, min(self.selected, len(self.runs) - 1))

    def metrics(self) -> list[str]:
        """Return the metrics that the compared runs have, the overlay's default first."""
        names = dict.fromkeys(name for one in self.shown for name in one.run.metrics)
        return sorted(names, key=lambda name: (name != "test_loss", name != "loss"))

    def shown_metric(self) -> str:
        """Return the metric of the overlay."""
        names = self.metrics()
        return self.metric if self.metric in names else (names[0] if names else "loss")

    def next_metric(self) -> str:
        """Let the overlay show the next metric; return its name."""
        names = self.metrics() or ["loss"]
        place = names.index(self.shown_metric()) if self.shown_metric() in names else -1
        self.metric = names[(place + 1) % len(names)]
        return self.metric

    # --- what differs -----------------------------------------------------------------------------------------------

    def differing(self, runs: Sequence[BenchRun] | None = None) -> list[str]:
        """Return the names of the settings in which the runs differ, in the form's order."""
        values = [values_of(one.run.settings) for one in (self.runs if runs is None else runs)]
        names = dict.fromkeys(name for one in values for name in one)
        return [name for name in names if len({str(one.get(name, "")) for one in values}) > 1]

    def title(self, one: BenchRun, names: Sequence[str]) -> str:
        """Return a few words for a run: the settings that tell it apart."""
        values = values_of(one.run.settings)
        told = [name for name in names if name not in UNTOLD]
        return " ".join(self.tell(name, values[name]) for name in told[:3] if name in values)

    # --- curves -----------------------------------------------------------------------------------------------------

    def curves(self, *, width: int = 200, has_cursor: bool = False) -> tuple[dict[str, Any], dict[str, object]]:
        """Return arrays and options of the overlay for the plot "curve".

        Where it is narrow, letters stand for the settings; at a cursor as well, so that every run's value has room.
        """
        metric, names = self.shown_metric(), self.differing(self.shown)
        arrays: dict[str, Any] = {}
        told: dict[str, str] = {}
        shown = [one for one in self.shown if metric in one.run.metrics]
        for one in shown:
            arrays[f"{one.letter}/x"], arrays[f"{one.letter}/y"] = self._points(one, metric, is_whole=has_cursor)
            told[one.letter] = one.letter if has_cursor else self.title(one, names) if width >= ROOMY else ""
        is_share = metric.endswith("accuracy") or metric == "solved"
        options: dict[str, object] = {
            "words": told,
            "colours": {one.letter: one.role for one in shown if not one.is_pinned},
            "markers": {one.letter: one.letter for one in shown},
            "scale": "log" if self.is_log and not is_share else "linear",
            "format": "percent" if metric.endswith("accuracy") else "loss",
            "legend": "none" if has_cursor else "end",
            "ghosts": [one.letter for one in shown if one.is_pinned],
        }
        if self.axis == "steps" and shown:
            options["x_range"] = (0, max(one.run.settings.steps for one in shown))
        return arrays, options

    def _points(self, one: BenchRun, metric: str, *, is_whole: bool) -> tuple[Any, Any]:
        series = one.run.metrics[metric]
        pace = one.seconds if self.axis == "time" else 0.0
        key = (one.letter, len(series), metric, self.axis, self.is_smooth, pace, is_whole)
        known = self._drawn.get(key)
        if known is None:
            for old in [old for old in self._drawn if (old[0], *old[2:5]) == (key[0], *key[2:5])]:
                del self._drawn[old]
            x, y = self._x(one, series.steps), self._y(series.values)
            may_thin = y.ndim == 1 and one.run.ended is not None and not is_whole
            known = self._drawn[key] = thin(x, y) if may_thin else (x, y)
        return known

    def _x(self, one: BenchRun, steps: Any) -> Any:
        name = "seconds" if self.axis == "time" else self.axis
        return reached(one.run.effort, name, steps) if name in one.run.effort else steps.astype(np.float64)

    def step_at(self, one: BenchRun, x: float) -> float:
        """Return the step that a run had reached at an x of the axis; one beyond its last where it ended before."""
        steps = np.arange(one.run.step + 1)
        return float(np.interp(x, self._x(one, steps), steps, right=one.run.step + 1))

    def _y(self, values: Any) -> Any:
        smoothed = smooth(values, SMOOTHING) if self.is_smooth else values
        return np.array(smoothed.T, dtype=np.float64)


def letter(number: int) -> str:
    """Return the letter of the run of that number: A, B, ... Z, A1, B1, ..."""
    turn, place = divmod(number, len(LETTERS))
    return LETTERS[place] + (str(turn) if turn else "")


def _number(name: str) -> int:
    return LETTERS.index(name[0]) + len(LETTERS) * int(name[1:] or 0)


def _same(one: Run, other: Run) -> bool:
    return values_of(one.settings) == values_of(other.settings) and one.changes == other.changes
