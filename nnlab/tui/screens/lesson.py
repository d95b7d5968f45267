"""The lesson screen: a page beside a live stage."""

from collections.abc import Mapping
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widget import Widget

from nnlab.lab.course import Lesson
from nnlab.lab.errors import UsageError
from nnlab.lab.knobs import KnobValue
from nnlab.lab.views import View
from nnlab.tui import actions, arrangement
from nnlab.tui.lesson_desk import FINISHED, SPEEDS, LessonDesk
from nnlab.tui.screens.lab_screen import LabScreen
from nnlab.tui.session import Session
from nnlab.tui.widgets.cards import AnswerRow, TryRow
from nnlab.tui.widgets.footer import Footer
from nnlab.tui.widgets.header import Header
from nnlab.tui.widgets.knob_bar import KnobBar
from nnlab.tui.widgets.page_view import PageDots, PageView
from nnlab.tui.widgets.plot_pane import PlotPane, is_backed_up
from nnlab.tui.widgets.run_bar import RunBar, RunFacts
from nnlab.tui.widgets.stage_view import StageView, Tabs


class LessonScreen(LabScreen):
    """One lesson: its pages, its stage, its run."""

    PLACE = "lesson"
    BINDINGS = actions.bindings("lesson")
    CSS_PATH = "lesson.tcss"

    def __init__(self, lesson: Lesson, page: str = "", experiment: str = "") -> None:
        super().__init__(classes="watching" if experiment else "reading")
        self._lesson = lesson
        self._first_page = page
        self._experiment = experiment
        self._memory: dict[str, Any] = {}
        self._cursor: dict[str, tuple[int, int]] = {}
        self._is_inspecting = False
        self._is_dirty = True
        self._shown_run: object = None
        self._last_state = ""

    def compose(self) -> ComposeResult:
        """Yield header, page, stage, bars and footer."""
        yield Header()
        with Container(id="body"):
            yield PageView(number=self._number, mark=self._mark, id="page")
            with Vertical(id="stage-side"):
                yield StageView(self._draw, id="stage")
                yield KnobBar(id="knobs")
                yield RunBar(id="run")
        yield Footer()

    async def on_mount(self) -> None:
        """Open the page; the trainer starts meanwhile."""
        self.desk = LessonDesk(self.lab.course, self._lesson, self.speech.language)
        self.desk.experiment = self._experiment
        lessons = "" if self.lab.course.is_bundled else str(self.lab.course.folder)
        self.session = Session(self._news, lessons=lessons)
        self.set_interval(1 / self.lab.frames_per_second, self._paint)
        self.set_class(self.app.size.width < 150 or self.app.size.height < 44, "compact")
        ids = list(self._lesson.pages)
        await self._open(ids.index(self._first_page) if self._first_page in ids else 0)

    def on_unmount(self) -> None:
        """End the trainer."""
        if hasattr(self, "session"):
            self.session.close()

    # --- pages ----------------------------------------------------------------------------------------------------

    async def _open(self, index: int) -> None:
        """Show a page; its stage starts anew unless the run on it is the one that the page asks for."""
        desk = self.desk
        before = desk.preset if self.session.card is not None or self.session.run is not None else None
        desk.here = max(0, min(index, len(desk.pages) - 1))
        self.lab.progress.read_page(self._lesson.slug, desk.page.id)
        await self._show_page()
        preset = desk.preset
        if preset is not None and preset != before:
            desk.start(self.session, is_paused=not (preset.autostart or self._experiment))
        self.call_after_refresh(self._paint_now)

    async def _show_page(self) -> None:
        desk, header = self.desk, self.query_one(Header)
        progress = self.lab.progress.lesson(self._lesson.slug)
        header.trail = (self._lesson.title(self.speech.language), desk.page.title)
        slugs = self.lab.course.slugs
        header.note = self.say("lesson.number", number=slugs.index(self._lesson.slug) + 1, total=len(slugs))
        await self.query_one(PageView).show(desk.page, desk.here, progress, self._lesson.pages)
        self.refresh_bindings()

    def _number(self, kind: str, name: str) -> str:
        return self.desk.number(self.session.run, kind, name)

    def _mark(self, claim: str) -> Content:
        proof = self.desk.proofs.get(claim)
        if proof is None or proof.status != "proved":
            return self.speech.content((" ○", "$muted"))
        return self.speech.content((" ✓", "$accent" if proof.is_here else "$muted"))

    async def speech_changed_now(self) -> None:
        """Show the page in the new language."""
        self.desk.read(self.speech.language)
        await self._show_page()
        self._is_dirty = True

    def speech_changed(self) -> None:
        """Take up a new language."""
        self._shown_run = None
        self.run_worker(self.speech_changed_now(), exclusive=True)

    def look_changed(self) -> None:
        """Take up another theme or glyph set."""
        self._is_dirty = True

    # --- the run --------------------------------------------------------------------------------------------------

    def _news(self) -> None:
        """Something came from the trainer: paint with the next frame."""
        self._is_dirty = True
        state = self.session.state
        if state != self._last_state:
            self._last_state = state
            self.refresh_bindings()
            if self.session.message:
                self.tell(self.session.message)
            if state in FINISHED:
                self._run_ended()

    def _run_ended(self) -> None:
        run = self.session.run
        if run is None:
            return
        page = self.query_one(PageView)
        if not self.desk.is_as_asked(self.session):
            if page.predict is not None and page.predict.given is None and page.predict.choice is not None:
                self.tell(self.say("predict.other"))
            return
        for question, given in page.reveal(lambda metric: self.desk.measure(run, metric)):
            self.lab.progress.answer(self._lesson.slug, question, given)

    async def _paint(self) -> None:
        if self._is_dirty and not is_backed_up(self.app) and self.app.screen is self:
            self._is_dirty = False
            await self._paint_now()
            self.session.painted()

    async def _paint_now(self) -> None:
        session, desk = self.session, self.desk
        if session.run is not None and session.card is not None and session.run is not self._shown_run:
            self._shown_run = session.run
            self._memory.clear()
            views = desk.views(session)
            titles = {view.id: self._lesson.view_title(view.id, self.speech.language) for view in views}
            await self.query_one(StageView).show(views, titles)
            self._place()
        self._show_knobs()
        self.query_one(RunBar).show(self._facts())
        if session.run is not None:
            for goal_id, checks in session.checks.items():
                if self.query_one(PageView).show_checks(goal_id, checks):
                    self.lab.progress.reach_goal(self._lesson.slug, goal_id, desk.shell_line(session))
                    self.tell(self.say("goal.reached"))
            self.query_one(StageView).redraw()

    def _show_knobs(self) -> None:
        card = self.session.card
        if card is not None:
            labels = {knob.name: self._lesson.knob_label(knob.name, self.speech.language) for knob in card.knobs}
            self.query_one(KnobBar).show(card.knobs, self.session.knobs, labels)

    def _facts(self) -> RunFacts:
        session, run = self.session, self.session.run
        if run is None:
            return RunFacts(state=session.state)
        seeds = run.settings.seeds
        outcome = ""
        if run.ended is not None and "solved" in run.metrics and seeds > 1:
            outcome = self.say("run.solved", solved=int(self.desk.measure(run, "solved")), seeds=seeds)
        seed = run.settings.seed + self.desk.seed_index
        words = self.say("run.seed-of" if seeds > 1 else "run.seed", seed=seed, seeds=seeds)
        return RunFacts(
            state=session.state,
            step=run.step,
            steps=run.settings.steps,
            rate=session.steps_per_second,
            speed=session.speed,
            device=run.settings.device,
            seed=words,
            outcome=outcome,
        )

    def _draw(self, view: View, size: tuple[int, int], is_focused: bool, is_compact: bool) -> Any:
        from nnlab.stage import draw_view

        assert self.session.run is not None
        extra: dict[str, object] = {"cursor": self._cursor[view.id]} if view.id in self._cursor else {}
        if view.kind == "strip" and self._is_question_open():
            extra["hide_marks"] = True
        return draw_view(
            view,
            self.session.run,
            title=self._lesson.view_title(view.id, self.speech.language),
            size=size,
            palette=self.lab.plot_palette(),
            ghost=self.session.ghost,
            seed=self.desk.seed_index,
            memory=self._memory,
            is_focused=is_focused,
            is_compact=is_compact,
            extra=extra,
        )

    def _is_question_open(self) -> bool:
        card = self.query_one(PageView).predict
        return card is not None and card.given is None and card.choice is None and not self._has_ended()

    def _has_ended(self) -> bool:
        return self.session.state in FINISHED

    # --- layout and focus -----------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Arrange the stage for the new size."""
        self._place()

    def _place(self) -> None:
        size = self.app.size
        kind = arrangement.width_class(size.width, size.height)
        self.query_one(KnobBar).set_class(kind != "wide", "compact")
        self.query_one(StageView).place_views(kind)
        self._is_dirty = True

    def _stops(self) -> list[Widget]:
        """What tab goes through: the panes, the knobs, the things to try."""
        panes = [pane for pane in self.query(PlotPane) if pane.display and pane.size.height > 1]
        return [*panes, self.query_one(KnobBar), *self.query(TryRow)]

    def _move_focus(self, by: int) -> None:
        knobs = self.query_one(KnobBar)
        if self.focused is knobs and knobs.move(by):
            return
        stops = self._stops()
        place = stops.index(self.focused) + by if self.focused in stops else (0 if by > 0 else len(stops) - 1)
        if 0 <= place < len(stops):
            stops[place].focus()
            if stops[place] is knobs:
                knobs.selected = 0 if by > 0 else max(0, len(self.session.knobs) - 1)
        else:
            self.set_focus(None)
        self.refresh_bindings()

    # --- actions --------------------------------------------------------------------------------------------------

    def wording(self, action_id: str) -> str | None:
        """The verb of space depends on the state."""
        if action_id != "toggle":
            return None
        state = self.session.state if hasattr(self, "session") else "starting"
        if state == "training":
            return "action.toggle.pause"
        if state == "paused":
            return "action.toggle.resume"
        return "action.toggle.restart" if state in (*FINISHED, "dead", "failed") else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what cannot be done now."""
        if not hasattr(self, "session") or not self.is_mounted:
            return True
        page = self.query_one(PageView)
        run = self.session.run
        if action == "answer":
            return page.predict is not None and page.predict.given is None and self.focused is None
        if action == "hint":
            return page.goal is not None and page.goal.hints_shown < len(page.goal.goal.hints)
        if action == "read_stage":
            return self.app.size.width < 80
        if action in ("step", "faster", "slower"):
            return run is not None and run.settings.steps > 0 and run.ended is None
        if action in ("back", "rewind"):
            return run is not None and run.step > 0
        return True

    def action_toggle(self) -> None:
        """Run, pause or continue."""
        if self.session.state == "diverged" and self.session.run is not None and self.session.run.ended is not None:
            for change in self.session.run.ended.advice:
                self.session.set_knob(change.knob, change.value)
        self.session.toggle()

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
            self.desk.seed_index = (self.desk.seed_index + 1) % run.settings.seeds
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
            await self._open(self.desk.here + by)

    def action_answer(self, key: str) -> None:
        """Lock an answer in; a run that has ended already with the page's settings answers at once."""
        card = self.query_one(PageView).predict
        if card is not None and card.choose(int(key) - 1):
            self.refresh_bindings()
            if self._has_ended():
                self._run_ended()

    def action_next_part(self) -> None:
        """Go to the next pane or knob."""
        self._move_focus(1)

    def action_previous_part(self) -> None:
        """Go to the previous pane or knob."""
        self._move_focus(-1)

    def action_zoom(self) -> None:
        """Show the focused pane alone, or all again."""
        stage = self.query_one(StageView)
        focused = self.focused
        pane = focused if isinstance(focused, PlotPane) else next(iter(stage.query(PlotPane)), None)
        if stage.zoomed is not None:
            stage.zoom(None)
        elif pane is not None and pane.id is not None:
            stage.zoom(pane.id.removeprefix("view-"))

    def action_inspect(self) -> None:
        """Read exact values in the focused pane with a cursor."""
        self._is_inspecting = not self._is_inspecting
        if not self._is_inspecting:
            self._cursor.clear()
        else:
            pane = self.focused if isinstance(self.focused, PlotPane) else next(iter(self.query(PlotPane)), None)
            if pane is not None and pane.id is not None:
                pane.focus()
                self._cursor[pane.id.removeprefix("view-")] = (pane.size.width // 2, pane.size.height // 2 - 1)
        self._is_dirty = True

    def _move_cursor(self, columns: int, rows: int) -> None:
        pane = self.focused
        if isinstance(pane, PlotPane) and pane.id is not None:
            view = pane.id.removeprefix("view-")
            column, row = self._cursor.get(view, (pane.size.width // 2, pane.size.height // 2))
            self._cursor[view] = (
                max(0, min(pane.size.width - 1, column + columns)),
                max(0, min(pane.size.height - 2, row + rows)),
            )
            self._is_dirty = True

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
            self.app.copy_to_clipboard(line)
            self.tell(self.say("app.copied", text=line))

    def action_hint(self) -> None:
        """Show one hint more."""
        goal = self.query_one(PageView).goal
        if goal is not None:
            goal.hint()
            self.refresh_bindings()

    def action_read_stage(self) -> None:
        """Flip between prose and stage."""
        self.toggle_class("reading", "watching")
        self._is_dirty = True

    def action_home(self) -> None:
        """Leave the focus, then the zoom, then the lesson."""
        stage = self.query_one(StageView)
        if self._is_inspecting:
            self.action_inspect()
        elif self.focused is not None:
            self.set_focus(None)
            self.refresh_bindings()
        elif stage.zoomed is not None:
            stage.zoom(None)
        else:
            self.app.pop_screen()

    def stop_run(self) -> bool:
        """Stop what is running, for ctrl+c."""
        if not self.session.is_running:
            return False
        self.session.pause()
        return True

    # --- messages -------------------------------------------------------------------------------------------------

    @on(KnobBar.Turned)
    def turn_knob(self, event: KnobBar.Turned) -> None:
        """Set the knob; one that restarts keeps the old run as ghost."""
        self._set_knobs({event.knob: event.value})

    @on(KnobBar.Refused)
    def refuse_value(self, event: KnobBar.Refused) -> None:
        """Say why a typed value does not fit."""
        self.tell(event.sentence)

    @on(TryRow.Chosen)
    def try_settings(self, event: TryRow.Chosen) -> None:
        """Set the knobs of a thing to try, and run."""
        self._set_knobs(event.settings)
        self.session.resume()

    def _set_knobs(self, settings: Mapping[str, KnobValue]) -> None:
        try:
            for name, value in settings.items():
                self.session.set_knob(name, value)
        except UsageError as error:
            self.tell(str(error))

    @on(AnswerRow.Chosen)
    def choose_answer(self, event: AnswerRow.Chosen) -> None:
        """A click on an answer."""
        self.action_answer(str(event.index + 1))

    @on(PageDots.Chosen)
    async def turn_to(self, event: PageDots.Chosen) -> None:
        """A click on a page's dot."""
        await self._open(event.index)

    @on(Tabs.Chosen)
    def choose_tab(self, event: Tabs.Chosen) -> None:
        """A click on a tab."""
        self.query_one(StageView).show_tab(event.index)

    @on(PlotPane.Pressed)
    def press_pane(self, event: PlotPane.Pressed) -> None:
        """A click in a strip chooses a seed, elsewhere it moves the cursor while inspecting."""
        view_id = (event.pane.id or "").removeprefix("view-")
        view = self.session.card.view(view_id) if self.session.card is not None else None
        run = self.session.run
        if view is not None and view.kind == "strip" and run is not None and run.settings.seeds > 1:
            self.desk.seed_index = min(
                run.settings.seeds - 1, event.column * run.settings.seeds // event.pane.size.width
            )
            self._is_dirty = True
        elif self._is_inspecting:
            self._cursor[view_id] = (event.column, max(0, event.row - 1))
            self._is_dirty = True
