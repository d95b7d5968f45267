"""What can be done on the workbench: the actions behind its keys, its footer and its mouse."""

from collections.abc import Mapping
from typing import Any

from textual import on
from textual.widget import Widget

from nnlab.lab.course import Lesson
from nnlab.lab.experiment import ExperimentCard
from nnlab.lab.knobs import KnobValue
from nnlab.tui.bench_form import values_of
from nnlab.tui.screens.compare_actions import CompareActions
from nnlab.tui.screens.run_actions import RunActions
from nnlab.tui.widgets.form import Form
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.stage_view import StageView, Tabs

OVERLAY, RESULTS = "bench-overlay", "bench-results"
"""Ids of the views that the workbench has beside the experiment's own."""
MANY_SEEDS = 20


class BenchActions(CompareActions, RunActions):
    """The part of the workbench that answers keys and clicks; `WorkbenchScreen` lays out and paints."""

    lesson: Lesson
    experiment: str
    asked_device = "auto"
    """What the run on the stage was asked to run on."""
    set_last = ""
    """The row that was set last: what a refusal is about that names no other."""

    @property
    def bench(self) -> Form:
        """The form."""
        return self.query_one(Form)

    @property
    def card(self) -> ExperimentCard | None:
        """What the form can set: of the run on the stage, or of one whose data were refused, until they are taken."""
        refused = self.session.refused
        return self.session.card if refused is None else refused.card

    @property
    def data(self) -> str:
        """Hash of the data that the form is for; empty for the experiment's own."""
        refused, run = self.session.refused, self.session.run
        settings = refused.settings if refused is not None else run.settings if run is not None else None
        return settings.data if settings is not None else ""

    @property
    def is_typing(self) -> bool:
        """Whether keys go into a text now."""
        return bool(self.query(Form)) and self.bench.is_typing

    @property
    def changed(self) -> tuple[str, ...]:
        """Names of what the form has otherwise than the run on the stage."""
        settings = self.session.settings
        return self.bench.form.differing(settings, self.asked_device) if settings is not None else ()

    def turn_slot(self, view_id: str, by: int) -> None:
        """Let a pane show the next of the views that stand nowhere."""

    # --- running ----------------------------------------------------------------------------------------------------

    def start(self, *, is_paused: bool, knobs: Mapping[str, KnobValue] | None = None) -> None:
        """Start what the form says. knobs: these instead of the form's, where the experiment is another one."""
        form, card = self.bench.form, self.card
        if card is None:
            return
        values: dict[str, Any] = form.values
        self.seed_index = 0
        self.asked_device = str(values["device"])
        self.session.start(
            self.lesson.slug,
            self.experiment,
            form.knobs(card) if knobs is None else knobs,
            seed=values["seed"],
            seeds=values["seeds"],
            steps=values["steps"],
            until_goal=bool(values["until_goal"]),
            max_seconds=values["max_seconds"] or None,
            device=self.asked_device,
            data=str(values.get("file", "")),
            is_paused=is_paused,
            keep=True,
        )

    def form_changed(self, names: tuple[str, ...]) -> None:
        """Take up what was set: a live knob at once, all of it before the first step; else the next run has it."""
        card, run = self.card, self.session.run
        if card is not None and self.session.state in ("ready", "failed"):
            self.start(is_paused=True)
        elif card is not None and run is not None and self.session.state in ("training", "paused"):
            for name in names:
                knob = card.knob(name)
                if knob is not None and knob.live:
                    self.session.set_knob(name, self.bench.form.values[name])
        self._is_dirty = True
        self.refresh_bindings()

    @on(Form.Changed)
    def take_form(self, event: Form.Changed) -> None:
        """A value was set."""
        self.set_last = event.name
        self.form_changed((event.name,))

    @on(Form.Editing)
    def take_editing(self) -> None:
        """Typing began or ended: other keys work."""
        self.refresh_bindings()

    def wording(self, action_id: str) -> str | None:
        """Some verbs depend on what is focused and on the state."""
        if action_id == "run" and hasattr(self, "session") and self.session.state != "training" and self.changed:
            return "action.run.verb"
        if self.is_typing and action_id in ("enter", "home"):
            return f"action.{action_id}.typing"
        if action_id == "enter" and self.is_on(RESULTS):
            return "action.enter.load"
        if action_id == "read_stage":
            return "action.read_stage.bench"
        return super().wording(action_id)

    def is_on(self, view_id: str) -> bool:
        """Whether the pane of that view has the focus."""
        return self.focused is not None and self.focused.id == f"view-{view_id}"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what cannot be done now."""
        if not hasattr(self, "session") or not self.query(Form):
            return action == "home"
        form = self.bench.form
        if action in ("python", "export"):
            return self.session.run is not None and self.session.run.step > 0
        if action in ("undo", "redo"):
            return form.can_undo if action == "undo" else form.can_redo
        if action == "open_data":
            return form.row("file") is not None
        if action == "turn_view":
            has_tabs = bool(self.query(Tabs)) and self.query_one(Tabs).display and self.focused is None
            return isinstance(self.focused, PlotPane) or has_tabs
        if action == "read_stage":
            return self.app.size.width < 80
        if action == "enter":
            return self.focused is None or self.focused is self.bench or self.is_on(RESULTS)
        return self.can_run(action)

    # --- actions ----------------------------------------------------------------------------------------------------

    def action_run_form(self) -> None:
        """Apply what is typed and run what the form says."""
        if self.bench.apply():
            self.start(is_paused=False)

    def action_run(self) -> None:
        """Pause or continue; what the form has otherwise is run anew."""
        if self.session.state != "training" and self.changed:
            self.start(is_paused=False)
        else:
            self.session.toggle()

    def action_next_seed(self) -> None:
        """Show the next seed of the batch, or run the form with the next one."""
        run = self.session.run
        if run is not None and run.settings.seeds > 1:
            self.seed_index = (self.seed_index + 1) % run.settings.seeds
            self._is_dirty = True
        elif run is not None:
            self.bench.form.set("seed", run.settings.seed + 1)
            self.bench.show()
            self.start(is_paused=self.session.state in ("ready", "paused"))

    def action_seeds(self) -> None:
        """Run twenty seeds of the same at once."""
        form = self.bench.form
        form.set("seeds", 1 if int(form.values["seeds"]) > 1 else MANY_SEEDS)
        self.bench.show()
        self.start(is_paused=False)

    def action_enter(self) -> None:
        """Edit the form, or load the run under the cursor into it."""
        chosen = self.runs.chosen
        if self.is_on(RESULTS) and chosen is not None:
            self.load(values_of(chosen.run.settings), chosen.letter)
        else:
            self.add_class("reading")
            self.remove_class("watching")
            self.set_focus(self.bench)
            self.bench.edit()

    def load(self, values: Mapping[str, KnobValue], name: str) -> None:
        """Take settings into the form."""
        kept = {knob: value for knob, value in values.items() if knob != "device"}
        self.bench.form.load(kept, name)
        self.bench.show()
        self.tell(self.say("bench.loaded", name=name))
        if self.session.state == "training":
            self.form_changed(self.changed)
        else:
            self.start(is_paused=True)
        self.refresh_bindings()

    def action_undo(self) -> None:
        """Take the last change of the form back."""
        self.step_through(self.bench.form.undo())

    def action_redo(self) -> None:
        """Make it again."""
        self.step_through(self.bench.form.redo())

    def step_through(self, name: str | None) -> None:
        """Show what undo or redo came back to. name: of the row that it was about; None where there was nothing."""
        if name is None:
            return
        if self.bench.form.row(name) is not None:
            self.bench.select(name)
        self.bench.show()
        self.form_changed(self.changed)

    def forget_cursor(self) -> None:
        """Take the cursor off all axes of steps."""
        self._step = None

    def action_open_data(self) -> None:
        """Type the path of a file to learn from."""
        self.add_class("reading")
        self.remove_class("watching")
        self.set_focus(self.bench)
        self.bench.select("file")
        self.bench.edit()

    def action_turn_view(self, key: str) -> None:
        """In a focused pane: the next view; on a narrow stage the next tab."""
        stage, by = self.query_one(StageView), 1 if key == "right" else -1
        if self._is_inspecting:
            self._move_cursor(by, 0)
        elif stage.query_one(Tabs).display:
            stage.show_tab(stage.shown + by)
        elif isinstance(self.focused, PlotPane):
            self.turn_slot((self.focused.id or "").removeprefix("view-"), by)

    def action_copy(self) -> None:
        """Copy the shell line that repeats the run."""
        if line := self.shell_line():
            self.copy(line)

    def shell_line(self) -> str:
        """Return the line that repeats the run on the stage."""
        settings, defaults = self.session.settings, self.session.defaults
        if settings is None or defaults is None:
            return ""
        return settings.shell_line(defaults, self.lab.course.key)

    def action_home(self) -> None:
        """Leave the focus, then the zoom, then the workbench."""
        stage = self.query_one(StageView)
        if self._is_inspecting:
            self.action_inspect()
        elif stage.zoomed is not None:
            self.action_zoom()
        elif self.focused is not None:
            self.set_focus(None)
            self.refresh_bindings()
        else:
            super().action_home()

    # --- going through ----------------------------------------------------------------------------------------------

    def action_next_part(self) -> None:
        """Go to the form, then the panes."""
        self._go_to_stop(1)

    def action_previous_part(self) -> None:
        """Go back."""
        self._go_to_stop(-1)

    def _go_to_stop(self, by: int) -> None:
        stops: list[Widget] = [self.bench, *self._panes()]
        place = stops.index(self.focused) + by if self.focused in stops else (0 if by > 0 else len(stops) - 1)
        self.set_focus(stops[place] if 0 <= place < len(stops) else None)
        self.refresh_bindings()
        self._is_dirty = True

    def key_up(self) -> None:
        """Move the cursor up."""
        self._go_up_down(-1)

    def key_down(self) -> None:
        """Move the cursor down."""
        self._go_up_down(1)

    def _go_up_down(self, by: int) -> None:
        if self._is_inspecting:
            self._move_cursor(0, by)
        elif self.is_on(RESULTS):
            self.runs.selected = max(0, min(len(self.runs.runs) - 1, self.runs.selected + by))
        elif self.focused is None:
            self.set_focus(self.bench)
        self._is_dirty = True

    @on(Tabs.Chosen)
    def choose_tab(self, event: Tabs.Chosen) -> None:
        """A click on a tab."""
        self.query_one(StageView).show_tab(event.index)

    @on(PlotPane.Pressed)
    def press_pane(self, event: PlotPane.Pressed) -> None:
        """A click reads what is there."""
        self.read_at(event.pane, event.column, event.row)
