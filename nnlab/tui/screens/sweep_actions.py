"""Sweeps on the workbench: set up, started, stopped, taken up again; a cell of the heat map loaded into the form."""

import math
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from nnlab.lab.knobs import KnobValue
from nnlab.lab.paths import all_paths
from nnlab.lab.settings import format_value
from nnlab.lab.views import View
from nnlab.tui import actions
from nnlab.tui.bench_runs import BenchRuns
from nnlab.tui.screens.bench_drawing import OUTCOMES, BenchDrawing
from nnlab.tui.screens.sweep_setup import SweepPlan, SweepSetup
from nnlab.tui.sweep_process import Sweep, SweepProcess, arguments_of

if TYPE_CHECKING:
    from nnlab.lab.sweep.plan import Plan
    from nnlab.plots.grid import Grid
    from nnlab.stage import Form as DrawnForm

SWEEP = View("bench-sweep", "matrix")


class SweepActions(BenchDrawing):
    """The part of the workbench that knows sweeps."""

    sweep: Sweep | None = None
    """The sweep on the stage."""
    runs: BenchRuns
    _process: SweepProcess | None = None
    _plan: SweepPlan | None = None
    _cell = 0
    """Index of the cell under the cursor."""
    _follows_best = True
    """The cursor stays on the best cell until it is moved."""

    def show_sweep(self) -> None:
        """Give the sweep a place on the stage."""

    @property
    def is_sweeping(self) -> bool:
        """Whether a sweep is under way."""
        return self.sweep is not None and self.sweep.state == "running"

    # --- starting and stopping --------------------------------------------------------------------------------------

    def action_sweep(self) -> None:
        """Set a sweep up, or stop the one that is under way."""
        from nnlab.lab.sweep.unfinished import last_if_unfinished

        card = self.card
        if self.is_sweeping and self._process is not None:
            self._process.stop()
            self.tell(self.say("sweep.stopped", key=actions.BY_ID["sweep"].key_label))
            return
        if card is None or not self.bench.apply():
            return
        row = self.bench.row
        run = self.session.run
        known = run.metrics if run is not None else {}
        metrics = [name for name in ("test_accuracy", "test_loss", *OUTCOMES) if name in known]
        unfinished = last_if_unfinished(all_paths()["sweeps"], f"{self.lesson.slug}/{self.experiment}")
        self.app.push_screen(
            SweepSetup(
                card.knobs,
                self.bench.form.values,
                {knob.name: self.label(knob.name) for knob in card.knobs},
                list(dict.fromkeys(metrics)),
                chosen=row.knob.name if row is not None else "",
                before=self._plan,
                begin=self.begin_sweep,
                unfinished=unfinished,
                take_up=self.take_up_sweep,
            )
        )

    def begin_sweep(self, plan: SweepPlan) -> None:
        """Start the sweep; the same plan goes on where it was stopped or killed."""
        card, values = self.card, self.bench.form.values
        if card is None:
            return
        self._plan = plan
        varied = [name for name, _ in plan.varied]
        fixed = {
            knob.name: format_value(values[knob.name])
            for knob in card.knobs
            if knob.name not in varied and values[knob.name] != knob.default
        }
        run = {
            "seed": values["seed"],
            "seeds": plan.seeds,
            "steps": plan.steps,
            "until_goal": values["until_goal"],
            "device": values["device"],
            "file": values.get("file", ""),
            "samples": plan.samples,
        }
        course = self.lab.course
        arguments = arguments_of(
            f"{self.lesson.slug}/{self.experiment}",
            plan.varied,
            fixed=fixed,
            run=run,
            metric=plan.metric,
            lessons=course.key,
        )
        self._start_sweep(arguments, plan.metric, {**values, "seeds": plan.seeds, "steps": plan.steps})

    def take_up_sweep(self, plan: "Plan") -> None:
        """Go on with a sweep of earlier, with what held in all its cells in the form."""
        course = self.lab.course
        values: dict[str, KnobValue] = {**plan.fixed, "file": plan.data, "until_goal": plan.until_goal}
        values |= {"seed": plan.seed, "seeds": plan.seeds, "steps": plan.steps}
        self._load_whole(values, "")
        self.tell(self.say("sweep.taken-up"))
        words = ["--lessons", course.key, "--trust"] if course.key else []
        words += [*shlex.split(plan.shell_line())[2:], "--device", plan.device]
        self._start_sweep(words, plan.metric, values)

    def _start_sweep(self, arguments: Sequence[str], metric: str, base: Mapping[str, KnobValue]) -> None:
        self.sweep = Sweep(metric=metric, base=base)
        self._cell, self._follows_best = 0, True
        self.session.pause()
        self.end_sweep()
        self._process = SweepProcess(self.sweep, arguments, self._sweep_news)
        self.show_sweep()

    def _sweep_news(self) -> None:
        sweep = self.sweep
        if sweep is None or not self.is_mounted:
            return
        if self._follows_best and sweep.ranked:
            self._cell = sweep.ranked[0]
        if sweep.state == "failed":
            self.tell(self.say("sweep.failed", reason=sweep.message, key=actions.BY_ID["sweep"].key_label))
        self._is_dirty = True
        self.refresh_bindings()

    def end_sweep(self) -> None:
        """End the process of a sweep; what is finished is kept."""
        if self._process is not None:
            self._process.close()

    # --- its cells --------------------------------------------------------------------------------------------------

    def move_cell(self, rows: int, columns: int) -> None:
        """Move the cursor over the cells."""
        from nnlab.tui.sweep_drawing import neighbour

        if self.sweep is not None and self.sweep.cells:
            self._follows_best = False
            self._cell = neighbour(self.sweep, self._cell, rows, columns)
            self._is_dirty = True
            self.refresh_bindings()

    def load_cell(self) -> None:
        """Take the cell's settings into the form; they stand ready on the stage."""
        from nnlab.tui.sweep_drawing import describe

        sweep = self.sweep
        if sweep is not None and self._cell < len(sweep.cells):
            name = describe(sweep, self._cell, self._knob_labels(), self.said())
            self._load_whole({**sweep.base, **sweep.cells[self._cell].knobs}, name)

    def _load_whole(self, values: Mapping[str, KnobValue], name: str) -> None:
        """Take settings into the form; what they leave out has its default."""
        card = self.card
        is_same_data = values.get("file", "") == self.bench.form.values.get("file", "")
        defaults = {knob.name: knob.default for knob in card.knobs} if card is not None and is_same_data else {}
        self.load({**defaults, **values}, name)

    def _knob_labels(self) -> list[str]:
        return [self.label(name) for name in self.sweep.knobs] if self.sweep is not None else []

    def wording(self, action_id: str) -> str | None:
        """Enter loads a cell; the key that sets up stops what is under way."""
        if action_id == "sweep" and self.is_sweeping:
            return "action.sweep.stop"
        if action_id == "enter" and self.is_on(SWEEP.id) and not self.is_typing:
            return "action.enter.load"
        return super().wording(action_id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A cell can be loaded."""
        if action == "enter" and hasattr(self, "session") and self.is_on(SWEEP.id):
            return self.sweep is not None and bool(self.sweep.cells)
        return super().check_action(action, parameters)

    def action_enter(self) -> None:
        """Edit, or load what is under the cursor."""
        if self.is_on(SWEEP.id):
            self.load_cell()
        else:
            super().action_enter()

    def action_copy(self) -> None:
        """Copy the line of the cell under the cursor, else that of the run."""
        cells = self.sweep.cells if self.sweep is not None and self.is_on(SWEEP.id) else []
        if self._cell < len(cells) and (line := cells[self._cell].line):
            self.copy(line)
        else:
            super().action_copy()

    def action_turn_view(self, key: str) -> None:
        """In the sweep's pane the arrows move over its cells."""
        if self.is_on(SWEEP.id):
            self.move_cell(0, 1 if key == "right" else -1)
        else:
            super().action_turn_view(key)

    def _go_up_down(self, by: int) -> None:
        if self.is_on(SWEEP.id):
            self.move_cell(-by, 0)
        else:
            super()._go_up_down(by)

    # --- drawing ----------------------------------------------------------------------------------------------------

    def draw(self, view: View, size: tuple[int, int], is_focused: bool, form: "DrawnForm") -> "Grid":
        """Draw one view of the stage."""
        if view.id != SWEEP.id or self.sweep is None:
            return super().draw(view, size, is_focused, form)
        from nnlab.plots import pane
        from nnlab.plots.grid import Grid
        from nnlab.plots.width import wrap
        from nnlab.tui.sweep_drawing import describe, draw_sweep, write_result

        sweep, palette, said = self.sweep, self.lab.plot_palette(), self.said()
        labels, best, hint = self._knob_labels(), "", ""
        if sweep.cells:
            chosen = sweep.cells[self._cell]
            words = describe(sweep, self._cell, labels, said)
            is_best = bool(sweep.ranked) and self._cell == sweep.ranked[0]
            value = write_result(sweep, chosen.value) if chosen.is_done else self.say("sweep.waits")
            best = f"{self.say('sweep.best')} {value}  {words}" if is_best else f"{value}  {words}"
            hint = self.say("sweep.loads") if is_focused else ""
            if form == "bare" and sweep.state != "done":
                hint = self._progress(sweep)[0]  # there is no header that says it
        rows = size[1] if form == "bare" else size[1] - 1
        if sweep.cells:
            body = draw_sweep(
                sweep,
                (size[0], rows),
                palette,
                current=self._cell,
                labels=labels,
                said=said,
                metric=self._metric_name(sweep.metric),
                best=best,
                hint=hint,
            )
        else:
            body = Grid.blank((size[0], max(0, rows)))
            message = sweep.message.removeprefix("nnlab: ") or self.say("sweep.starting")
            for row, line in enumerate(wrap(message, max(8, size[0] - 4)), 1):
                body.put(row, 2, line, palette.muted)
        if form == "bare":
            return body
        note = self._metric_name(sweep.metric) if sweep.metric else ""
        seeds = int(sweep.base.get("seeds", 1))
        note += self.say("bench.comma") + self.say("sweep.median", seeds=seeds) if seeds > 1 else ""
        return pane(self.say("bench.sweep"), note, [self._progress(sweep)], body, size, palette, is_focused)

    def _progress(self, sweep: Sweep) -> tuple[str, str]:
        """Return how far the sweep is, with the role of its colour."""
        from nnlab.plots import numbers

        words = self.say("sweep.progress", done=sweep.done, total=len(sweep.cells))
        if sweep.state == "running" and math.isfinite(sweep.seconds_left):
            words += self.say("bench.comma") + self.say("sweep.left", time=numbers.seconds(sweep.seconds_left))
        if sweep.state in ("stopped", "failed"):
            words = self.say(f"sweep.is-{sweep.state}") + self.say("bench.comma") + words
        return words, {"stopped": "warning", "failed": "error"}.get(sweep.state, "accent")
