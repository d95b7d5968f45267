"""What can be done with a run on a stage, in a lesson and on the workbench: run, step, rewind, zoom."""

from nnlab.tui.screens.inspect_actions import InspectActions
from nnlab.tui.shown_runs import FINISHED
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.run_bar import RunFacts
from nnlab.tui.widgets.stage_view import StageView

SPEEDS: tuple[float | None, ...] = (1, 2, 5, 10, 30, 100, 300, 1000, None)
"""Steps a second that can be chosen; None is full speed."""


class RunActions(InspectActions):
    """A screen whose run can be steered."""

    def wording(self, action_id: str) -> str | None:
        """The verb of space depends on the state."""
        if action_id != "run":
            return None
        state = self.session.state if hasattr(self, "session") else "starting"
        if state == "training":
            return "action.run.pause"
        if state == "paused":
            return "action.run.resume"
        return "action.run.restart" if state in (*FINISHED, "dead", "failed") else None

    def can_run(self, action: str) -> bool:
        """Whether the run allows an action of this class now; others are not judged here."""
        run = self.session.run
        if action in ("run", "next_seed") and run is not None and run.settings.steps == 0:
            return self.session.state in ("dead", "failed")
        if action in ("step", "faster", "slower"):
            return run is not None and run.settings.steps > 0 and run.ended is None
        if action in ("back", "rewind"):
            return run is not None and run.step > 0
        if action == "sample":
            return self.can_choose_sample
        if action == "beside":
            return self.can_read_beside
        return True

    def run_facts(self, outcome: str = "", remark: str = "", phases: tuple[str, ...] = ()) -> RunFacts:
        """Return what the run bar says. outcome: of an ended run; remark: what the run is made with."""
        session, run = self.session, self.session.run
        if run is None:
            return RunFacts(state=session.state)
        first, seeds = run.settings.seed, run.settings.seeds
        seed, last = first + self.seed_index, first + seeds - 1
        return RunFacts(
            state=session.state,
            step=run.step,
            steps=run.settings.steps,
            rate=session.steps_per_second,
            speed=session.speed,
            device=run.settings.device,
            seed=self.say("run.seed-of" if seeds > 1 else "run.seed", seed=seed, first=first, last=last),
            outcome=outcome,
            remark=remark,
            phases=phases,
            phase=int(run.last("phase", self.seed_index)) if phases and run.step and "phase" in run.metrics else -1,
            is_still=run.settings.steps == 0 and session.state == "done",
        )

    def action_run(self) -> None:
        """Run, pause or continue."""
        self.session.toggle()

    def action_read_stage(self) -> None:
        """Flip between what is read, prose or form, and the stage."""
        self.toggle_class("reading", "watching")
        self._is_dirty = True

    def action_step(self) -> None:
        """Make one step."""
        self.session.step()

    def action_back(self) -> None:
        """Undo one step."""
        self.session.back()

    def action_rewind(self) -> None:
        """Go to the very same initial weights."""
        self.session.rewind()

    def action_next_seed(self) -> None:
        """Show the next seed of the batch, or start again with the next one."""
        run = self.session.run
        if run is not None and run.settings.seeds > 1:
            self.seed_index = (self.seed_index + 1) % run.settings.seeds
            self._is_dirty = True
        else:
            self.session.next_seed()

    def action_faster(self) -> None:
        """More steps a second."""
        self._change_speed(1)

    def action_slower(self) -> None:
        """Fewer steps a second."""
        self._change_speed(-1)

    def _change_speed(self, by: int) -> None:
        place = SPEEDS.index(self.session.speed) if self.session.speed in SPEEDS else len(SPEEDS) - 1
        speed = SPEEDS[max(0, min(len(SPEEDS) - 1, place + by))]
        self.session.set_speed(speed)
        self.tell(self.say("run.full") if speed is None else self.say("run.slow", rate=f"{speed:g}"))

    def action_zoom(self) -> None:
        """Show the focused pane alone, or all again."""
        stage = self.query_one(StageView)
        focused = self.focused
        pane = focused if isinstance(focused, PlotPane) else next(iter(self._panes()), None)
        if stage.zoomed is not None:
            stage.zoom(None)
        elif pane is not None and pane.id is not None:
            stage.zoom(pane.id.removeprefix("view-"))
        self.set_class(stage.zoomed is not None, "zoomed")

    def place_stage(self) -> None:
        """Arrange the stage for the room that it has."""

    def action_home(self) -> None:
        """Leave the screen."""
        self.app.pop_screen()

    def stop_run(self) -> bool:
        """Stop what is running, for ctrl+c."""
        if not self.session.is_running:
            return False
        self.session.pause()
        return True
