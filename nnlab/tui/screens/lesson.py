"""The lesson screen: a page beside a live stage."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content

from nnlab.lab.course import Lesson
from nnlab.lab.errors import LessonError
from nnlab.lab.prose import Goal
from nnlab.lab.run import Run
from nnlab.lab.verdicts import Check, scored
from nnlab.lab.views import View
from nnlab.tui import actions, arrangement
from nnlab.tui.lesson_desk import LessonDesk
from nnlab.tui.page_knobs import in_page_order
from nnlab.tui.refusals import answer
from nnlab.tui.run_notes import run_note
from nnlab.tui.screens.lesson_drawing import LessonDrawing
from nnlab.tui.session import Session
from nnlab.tui.shown_runs import FINISHED
from nnlab.tui.value_words import value_words
from nnlab.tui.widgets.code_card import fault_sentence
from nnlab.tui.widgets.code_pane import CodePane
from nnlab.tui.widgets.drawing_pane import DrawingPane
from nnlab.tui.widgets.footer import Footer
from nnlab.tui.widgets.header import Header
from nnlab.tui.widgets.knob_bar import KnobBar
from nnlab.tui.widgets.page_view import PageView
from nnlab.tui.widgets.plot_pane import is_backed_up
from nnlab.tui.widgets.run_bar import RunBar, RunFacts
from nnlab.tui.widgets.stage_view import StageView, Tabs

if TYPE_CHECKING:
    from nnlab.plots.grid import Grid
    from nnlab.stage import Form


BEST_SECONDS = 1.0
"""While a run trains, its best score is written so often at most."""


class LessonScreen(LessonDrawing):
    """One lesson: its pages, its stage, its run."""

    PLACE = "lesson"
    BINDINGS = actions.bindings("lesson")
    CSS_PATH = "lesson.tcss"

    def __init__(self, lesson: Lesson, page: str = "", experiment: str = "") -> None:
        super().__init__(classes="watching" if experiment else "reading")
        self._lesson = lesson
        self._first_page = page
        self._experiment = experiment
        self._shown_run: object = None
        self._drawn: dict[str, tuple[object, tuple[object, ...], Grid]] = {}
        """View id -> the observation and all else that its last drawing was made from, and the drawing."""
        self._last_state = ""
        self._best_kept = -BEST_SECONDS
        """When a best score was written last, in seconds of the monotonic clock."""

    def compose(self) -> ComposeResult:
        """Yield header, page, stage, bars and footer."""
        yield Header()
        with Container(id="body"):
            yield PageView(number=self._number, mark=self._mark, line=self._line, id="page")
            yield CodePane(id="code")
            with Vertical(id="stage-side"):
                with Horizontal(id="stage-row"):
                    yield DrawingPane(id="canvas")
                    yield StageView(self._draw, id="stage", can_point=True)
                yield KnobBar(id="knobs")
                yield RunBar(id="run")
        yield Footer()

    async def on_mount(self) -> None:
        """Open the page; the trainer starts meanwhile."""
        self.desk = LessonDesk(self.lab.course, self._lesson, self.speech.language)
        self.desk.experiment = self._experiment
        self.session = Session(self._news, lessons=self.lab.course.key)
        self.watch_code()
        self.set_interval(1 / self.lab.frames_per_second, self._paint)
        self.set_class(self.app.size.width < 150 or self.app.size.height < 44, "compact")
        ids = list(self._lesson.pages)
        await self.open_page(ids.index(self._first_page) if self._first_page in ids else 0)

    def on_unmount(self) -> None:
        """End the trainer; what was typed is kept."""
        self._keep()
        if hasattr(self, "session"):
            self.session.close()

    # --- pages ----------------------------------------------------------------------------------------------------

    async def open_page(self, index: int) -> None:
        """Show a page; its stage starts anew unless the run on it is the one that the page asks for."""
        await super().open_page(index)
        desk = self.desk
        before = (desk.preset, desk.page.find(Goal)) if self.session.run is not None else None
        desk.here = max(0, min(index, len(desk.pages) - 1))
        self.lab.progress.read_page(self._lesson.slug, desk.page.id)
        await self._show_page()
        self._shown_run = None
        stage = self.query_one(StageView)
        stage.zoomed, stage.shown = None, 0
        self.remove_class("zoomed")
        preset = desk.preset
        if preset is not None and (preset, desk.page.find(Goal)) != before:
            self.session.forget_ghost()
            desk.start(self.session, is_paused=not (preset.autostart or self._experiment))
        self.call_after_refresh(self._paint_now)

    async def _show_page(self) -> None:
        desk, header = self.desk, self.query_one(Header)
        self.open_code()
        progress = self.lab.progress.lesson(self._lesson.slug)
        header.trail = (self._lesson.title(self.speech.language), desk.page.title)
        slugs = self.lab.course.slugs
        header.note = self.say("lesson.number", number=slugs.index(self._lesson.slug) + 1, total=len(slugs))
        await self.query_one(PageView).show(desk.page, desk.here, progress, self._lesson.pages, self.work)
        self.refresh_bindings()

    def _number(self, kind: str, name: str) -> str:
        return self.desk.number(self.session.run, kind, name)

    def _line(self, formula: str) -> str:
        return self._lesson.line(formula, self.speech.language)

    def _mark(self, claim: str) -> Content:
        proof = self.desk.proofs.get(claim)
        if proof is None or proof.status != "proved":
            return self.speech.content(("\u00a0○", "$muted"))
        return self.speech.content(("\u00a0✓", "$accent" if proof.is_here else "$muted"))

    async def speech_changed_now(self) -> None:
        """Show the page in the new language; a course of one's own may have a mistake in one of them."""
        try:
            self.desk.read(self.speech.language)
        except LessonError as error:
            self.tell(str(error))
        await self._show_page()
        self._is_dirty = True

    def speech_changed(self) -> None:
        """Take up a new language."""
        self._shown_run = None
        self.run_worker(self.speech_changed_now(), exclusive=True)

    def look_changed(self) -> None:
        """Take up another theme or glyph set."""
        self.query_one(CodePane).take_theme(self.lab.theme_name)
        self._is_dirty = True

    # --- the run --------------------------------------------------------------------------------------------------

    def _news(self) -> None:
        """Something came from the trainer: paint with the next frame."""
        self._is_dirty = True
        self.take_code_news()
        state = self.session.state
        if state != self._last_state:
            self._last_state = state
            self.refresh_bindings()
            if state in ("dead", "failed"):
                key = actions.BY_ID["run"].key_label
                fault = self.session.fault
                reason = (
                    fault_sentence(self.speech, fault)
                    if fault is not None
                    else answer(self.session.message, self.session.reason, self.speech)
                )
                self.tell(self.say(f"trainer.{state}", reason=reason.rstrip(".。"), key=key))
            elif self.session.message:
                self.tell(answer(self.session.message, self.session.reason, self.speech))
            if state == "diverged":
                self._say_why()
            if state in FINISHED:
                self.answer_with_run()

    def _say_why(self) -> None:
        """See that the plot that says why the run diverged and what to try is on the stage; else the footer says it."""
        run, stage = self.session.run, self.query_one(StageView)
        if run is None:
            return
        curves = [index for index, view in enumerate(stage.views) if view.kind == "curve" and not view.probe]
        if stage.query_one(Tabs).display and curves and stage.shown not in curves:
            stage.show_tab(curves[0])
        if not stage.shows({stage.views[index].id for index in curves}):
            self.tell(self._note(run))

    def _note(self, run: Run) -> str:
        language = self.speech.language
        return run_note(run, self.desk.seed_index, self.speech, lambda knob: self._lesson.knob_label(knob, language))

    def answer_with_run(self, *, is_scored: bool = True) -> None:
        run = self.session.run
        if run is None:
            return
        page = self.query_one(PageView)
        if not self.desk.is_as_asked(self.session):
            if page.predict is not None and page.predict.given is None and page.predict.choice is not None:
                self.tell(self.say("predict.other"))
            return
        for question, given in page.reveal(lambda metric: self.desk.measure(run, metric)):
            if not is_scored:
                self.tell(self.say("predict.late"))
                continue
            self.lab.progress.answer(self._lesson.slug, question, given)

    async def _paint(self) -> None:
        if self._is_dirty and not is_backed_up(self.app) and self.app.screen is self:
            self._is_dirty = False
            self.follow_pointer()
            await self._paint_now()
            self.session.painted()

    async def _paint_now(self) -> None:
        if not self.query(RunBar):
            return  # a paint that was asked for and comes when the screen is being taken down
        session, desk = self.session, self.desk
        if session.run is not None and session.card is not None and session.run is not self._shown_run:
            self._shown_run = session.run
            self.query_one(PageView).show_stillness(session.run.settings.steps == 0)
            views = desk.views(session)
            titles = {view.id: self._lesson.view_title(view.id, self.speech.language) for view in views}
            await self.query_one(StageView).show(views, titles)
            self.place_stage()
        self._show_knobs()
        self.query_one(RunBar).show(self._facts())
        if session.run is not None:
            for goal_id, checks in session.checks.items():
                if self.query_one(PageView).show_checks(goal_id, checks):
                    self.lab.progress.reach_goal(self._lesson.slug, goal_id, desk.goal_line(session))
                    self.tell(self.say("goal.reached"))
                self._keep_best(goal_id, checks)
            await self.query_one(StageView).redraw()
        self.paint_drawing()

    def _keep_best(self, goal_id: str, checks: Sequence[Check]) -> None:
        """Keep and show a goal's best score; while the run trains it may improve with every paint, so not each time."""
        check, now = scored(checks), time.monotonic()
        if check is None or (self.session.state == "training" and now < self._best_kept + BEST_SECONDS):
            return
        progress, slug = self.lab.progress, self._lesson.slug
        if progress.keep_best(slug, goal_id, check, self.desk.goal_line(self.session)):
            self._best_kept = now
            self.query_one(PageView).show_best(goal_id, progress.lesson(slug).best[goal_id])

    def _show_knobs(self) -> None:
        card = self.session.card
        if card is not None:
            labels = {knob.name: self._lesson.knob_label(knob.name, self.speech.language) for knob in card.knobs}
            said = value_words(self._lesson, self.speech)
            knobs, spoken = in_page_order(self.desk.page, card.knobs, labels)
            self.query_one(KnobBar).show(knobs, self.session.knobs, labels, said, spoken)

    def _facts(self) -> RunFacts:
        run = self.session.run
        outcome = remark = ""
        if run is not None and run.ended is not None and "solved" in run.metrics and run.settings.seeds > 1:
            outcome = self.say("run.solved", solved=int(self.desk.measure(run, "solved")), seeds=run.settings.seeds)
        if run is not None and run.settings.code:
            remark = self.say("code.yours")
        return self.run_facts(outcome, remark, self._phases())

    def _phases(self) -> tuple[str, ...]:
        card, language = self.session.card, self.speech.language
        return tuple(self._lesson.phase_name(phase, language) for phase in card.phases) if card is not None else ()

    def _draw(self, view: View, size: tuple[int, int], is_focused: bool, form: "Form") -> "Grid":
        from nnlab.stage import draw_view, readout

        run = self.session.run
        assert run is not None
        extra = self.inspection(view)
        if view.kind == "curve" and not view.probe:
            extra["message"] = self._note(run)
        if view.kind == "strip" and self._is_question_open():
            extra["hidden"] = True
        title, palette = self._lesson.view_title(view.id, self.speech.language), self.lab.plot_palette()
        said, seed = readout(view, run, self.desk.seed_index), self.desk.seed_index
        # Fields come ten times a second and paints twenty: what is drawn from the same observation is drawn once.
        observed = run.probes.get(view.probe)
        key = (title, self.speech.language, palette, said, seed, size, is_focused, form, str(extra))
        drawn = self._drawn.get(view.id)
        if drawn is not None and observed is not None and drawn[0] is observed and drawn[1] == key:
            return drawn[2]
        grid = draw_view(
            view,
            run,
            title=title,
            size=size,
            palette=palette,
            words=self.words(),
            ghost=self.session.ghost,
            seed=seed,
            is_focused=is_focused,
            form=form,
            extra=extra,
            can_point=True,
        )
        self._drawn[view.id] = (observed, key, grid)
        return grid

    def _is_question_open(self) -> bool:
        card = self.query_one(PageView).predict
        return card is not None and card.given is None and card.choice is None and not self._has_ended()

    # --- layout -----------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Arrange the stage for the new size."""
        self.place_stage()

    def place_stage(self) -> None:
        """Arrange the stage for the room that it has."""
        size = self.app.size
        kind = arrangement.width_class(size.width, size.height)
        knobs = self.query_one(KnobBar)
        knobs.set_class(kind != "wide", "compact")
        knobs.fit()
        stage = self.query_one(StageView)
        stage.place_views("medium" if kind == "wide" and self.is_drawing else kind)
        self.set_class(stage.zoomed is not None, "zoomed")
        self._is_dirty = True
