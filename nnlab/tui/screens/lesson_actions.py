"""What can be done in a lesson: the actions behind its keys, its footer and its mouse."""

from collections.abc import Mapping

from textual import on
from textual.widget import Widget

from nnlab.tui.bench_form import values_of
from nnlab.tui.lesson_desk import LessonDesk
from nnlab.tui.screens.pointing_actions import PointingActions
from nnlab.tui.shown_runs import FINISHED
from nnlab.tui.widgets.cards import AnswerRow, TryRow
from nnlab.tui.widgets.knob_bar import KnobBar
from nnlab.tui.widgets.page_view import PageDots, PageView
from nnlab.tui.widgets.plot_pane import PlotPane
from nnlab.tui.widgets.stage_view import StageView, Tabs

TURN = "turn"
"""The live knob that says what a step of an experiment with phases is."""
TURNS = {"next_phase": "phase", "d_step": "D", "g_step": "G"}
"""Action -> the turn that it makes."""


class LessonActions(PointingActions):
    """The part of the lesson screen that answers keys and clicks; `LessonScreen` lays out and paints."""

    desk: LessonDesk

    @property
    def seed_index(self) -> int:
        """With several seeds, the one on show."""
        return self.desk.seed_index

    @seed_index.setter
    def seed_index(self, index: int) -> None:
        self.desk.seed_index = index

    def words(self) -> Mapping[str, str]:
        """Return what names in plots are called in the reader's language."""
        return {**self.desk.lesson.words(self.speech.language), **self.speech.plot_words()}

    async def open_page(self, index: int) -> None:
        """Show the page of that index."""

    def answer_with_run(self, *, is_scored: bool = True) -> None:
        """Let the ended run answer the page's question; one answered after the run has shown it is not scored."""

    def _has_ended(self) -> bool:
        return self.session.state in FINISHED

    def _stops(self) -> list[Widget]:
        """What tab goes through: the panes, the knobs, the things to try."""
        return [*self._panes(), self.query_one(KnobBar), *self.query(TryRow)]

    def _go_to_stop(self, by: int) -> None:
        knobs = self.query_one(KnobBar)
        if self.focused is knobs and knobs.move(by):
            return
        stops = self._stops()
        place = stops.index(self.focused) + by if self.focused in stops else (0 if by > 0 else len(stops) - 1)
        if 0 <= place < len(stops):
            self.set_focus(stops[place])
            if stops[place] is knobs:
                knobs.selected = 0 if by > 0 else max(0, len(self.session.knobs) - 1)
        else:
            self.set_focus(None)
        self.refresh_bindings()

    # --- actions --------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what cannot be done now."""
        if not hasattr(self, "session") or not self.query(PageView):
            return action == "home"
        page = self.query_one(PageView)
        if action == "answer":
            return page.predict is not None and page.predict.given is None and self.focused is None
        if action == "page":
            return not isinstance(self.focused, KnobBar)  # there the arrows turn the knob
        if action == "hint":
            return page.goal is not None and page.goal.hints_shown < len(page.goal.goal.hints)
        if action == "read_stage":
            return self.app.size.width < 80
        if action in TURNS and not self._has_turn(TURNS[action]):
            return False
        return self.can_run("step" if action in TURNS else action)

    def action_next_phase(self) -> None:
        """Make the next phase of a step."""
        self.session.step(knobs={TURN: TURNS["next_phase"]})

    def action_d_step(self) -> None:
        """Make a step in which D alone learns."""
        self.session.step(knobs={TURN: TURNS["d_step"]})

    def action_g_step(self) -> None:
        """Make a step in which G alone learns."""
        self.session.step(knobs={TURN: TURNS["g_step"]})

    def _has_turn(self, turn: str) -> bool:
        knob = self.session.card.knob(TURN) if self.session.card is not None and self.session.card.phases else None
        return knob is not None and knob.live and turn in knob.choices

    async def action_page(self, key: str) -> None:
        """Turn the page; in a focused pane of a narrow stage, show the next view."""
        by = 1 if key == "right" else -1
        stage = self.query_one(StageView)
        if isinstance(self.focused, PlotPane) and self._is_inspecting:
            self._move_cursor(by, 0)
        elif isinstance(self.focused, PlotPane) and stage.query_one(Tabs).display:
            stage.show_tab(stage.shown + by)
        elif 0 <= self.desk.here + by < len(self.desk.pages):
            self.set_focus(None)
            await self.open_page(self.desk.here + by)

    def action_answer(self, key: str) -> None:
        """Lock an answer in; a run that has ended already with the page's settings answers at once.

        It is scored only where there was nothing to train: what a run has shown in the meantime is no prediction.
        """
        card = self.query_one(PageView).predict
        if card is not None and card.choose(int(key) - 1):
            self.refresh_bindings()
            run = self.session.run
            if run is not None and self._has_ended():
                self.answer_with_run(is_scored=run.settings.steps == 0)

    def action_next_part(self) -> None:
        """Go to the next pane or knob."""
        self._go_to_stop(1)

    def action_previous_part(self) -> None:
        """Go to the previous pane or knob."""
        self._go_to_stop(-1)

    def key_enter(self) -> None:
        """After a divergence, set what was advised and run; space runs again as it was."""
        ended = self.session.run.ended if self.session.run is not None else None
        if self.session.state == "diverged" and ended is not None and not isinstance(self.focused, TryRow):
            self.set_knobs({change.knob: change.value for change in ended.advice})
            self.session.resume()

    def key_up(self) -> None:
        """Move the inspection cursor up, or scroll the page."""
        self._move_cursor(0, -1) if self._is_inspecting else self.query_one(PageView).scroll_up(animate=False)

    def key_down(self) -> None:
        """Move the inspection cursor down, or scroll the page."""
        self._move_cursor(0, 1) if self._is_inspecting else self.query_one(PageView).scroll_down(animate=False)

    def key_pagedown(self) -> None:
        """Scroll the page."""
        self.query_one(PageView).scroll_page_down(animate=False)

    def key_pageup(self) -> None:
        """Scroll the page."""
        self.query_one(PageView).scroll_page_up(animate=False)

    def action_copy(self) -> None:
        """Copy the shell line that repeats the run."""
        line = self.desk.shell_line(self.session)
        if line:
            self.copy(line)

    def action_hint(self) -> None:
        """Show one hint more."""
        goal = self.query_one(PageView).goal
        if goal is not None:
            goal.hint()
            self.refresh_bindings()

    def action_history_of(self) -> None:
        """Open the history of the experiment on the stage."""
        from nnlab.tui.screens.history import HistoryScreen

        settings = self.session.settings
        self.app.push_screen(HistoryScreen(settings.name if settings is not None else self.desk.lesson.slug))

    def action_workbench(self) -> None:
        """Open the experiment on the stage, as it is set, on the workbench."""
        from nnlab.tui.screens.workbench import WorkbenchScreen

        settings = self.session.settings
        if settings is not None:
            self.session.pause()
            self.app.push_screen(WorkbenchScreen(self.desk.lesson, settings.experiment, values_of(settings)))

    def action_home(self) -> None:
        """Leave the focus, then the zoom, then the lesson."""
        stage = self.query_one(StageView)
        if self._is_inspecting:
            self.action_inspect()
        elif self.focused is not None:
            self.set_focus(None)
            self.refresh_bindings()
        elif stage.zoomed is not None:
            self.action_zoom()
        else:
            super().action_home()

    # --- messages -------------------------------------------------------------------------------------------------

    @on(KnobBar.Turned)
    def turn_knob(self, event: KnobBar.Turned) -> None:
        """Set the knob; one that restarts keeps the old run as ghost."""
        self.set_knobs({event.knob: event.value})
        self.query_one(KnobBar).settle(event.knob, event.value)

    @on(KnobBar.Refused)
    def refuse_value(self, event: KnobBar.Refused) -> None:
        """Say why a typed value does not fit."""
        self.tell(event.sentence)

    @on(TryRow.Chosen)
    def try_settings(self, event: TryRow.Chosen) -> None:
        """Set the knobs of a thing to try, and run."""
        self.set_knobs(event.settings)
        self.session.resume()

    @on(AnswerRow.Chosen)
    def choose_answer(self, event: AnswerRow.Chosen) -> None:
        """A click on an answer."""
        self.action_answer(str(event.index + 1))

    @on(PageDots.Chosen)
    async def turn_to(self, event: PageDots.Chosen) -> None:
        """A click on a page's dot."""
        await self.open_page(event.index)

    @on(Tabs.Chosen)
    def choose_tab(self, event: Tabs.Chosen) -> None:
        """A click on a tab."""
        self.query_one(StageView).show_tab(event.index)

    @on(PlotPane.Pressed)
    def press_pane(self, event: PlotPane.Pressed) -> None:
        """A click in a strip chooses a seed, elsewhere it reads what is there."""
        view_id = (event.pane.id or "").removeprefix("view-")
        view = self.session.card.view(view_id) if self.session.card is not None else None
        run = self.session.run
        if view is not None and view.kind == "strip" and run is not None and run.settings.seeds > 1:
            self.desk.seed_index = min(
                run.settings.seeds - 1, event.column * run.settings.seeds // event.pane.size.width
            )
            self._is_dirty = True
        else:
            self.read_at(event.pane, event.column, event.row)
