"""What can be done with a code exercise: edit, check and run, hints, solution, the learner's own editor."""

from textual import on
from textual.widgets import TextArea

from nnlab.lab.exercises import CodeResult
from nnlab.lab.faults import Fault
from nnlab.lab.prose import Code
from nnlab.tui import actions, external_editor
from nnlab.tui.code_work import CodeWork
from nnlab.tui.screens.lesson_actions import LessonActions
from nnlab.tui.widgets.code_card import CodeCard, KeyRow, fault_sentence
from nnlab.tui.widgets.code_pane import CodePane

WATCH_SECONDS = 0.5
"""Between two looks at the learner's file, which another program may have open."""
KEEP_SECONDS = 1.0
"""After the last key until the text is written."""
CODE_ACTIONS = ("edit", "check", "solution", "external", "start_over")


class CodeActions(LessonActions):
    """The part of the lesson screen that knows code exercises."""

    work: CodeWork | None = None
    """The open page's exercise."""
    _works: dict[str, CodeWork]
    _taken: CodeResult | None = None
    """The answer of the checks that was shown last."""
    _taken_fault: Fault | None = None
    """The fault of a run that was shown last."""
    _keeping = False

    def watch_code(self) -> None:
        """Look at the learner's file now and then; call it once."""
        self._works = {}
        self.set_interval(WATCH_SECONDS, self._look_at_file)

    def open_code(self) -> None:
        """Take up the exercise of the page that was opened, or that there is none."""
        exercise: Code | None = next(iter(self.desk.page.find(Code)), None)
        self._leave_editor()
        self.work = self._work_of(exercise) if exercise is not None else None

    def _work_of(self, exercise: Code) -> CodeWork:
        language = self.desk.language
        work = self._works.get(exercise.id)
        if work is None or work.language != language:
            is_passed = exercise.id in self.lab.progress.lesson(self.desk.lesson.slug).exercises
            self._works[exercise.id] = CodeWork(self.desk.lesson, exercise, language, is_passed=is_passed)
            if work is not None:
                self._works[exercise.id].hints_shown = work.hints_shown
        return self._works[exercise.id]

    def show_code(self) -> None:
        """Show the work on the card and in the pane."""
        for card in self.query(CodeCard):
            card.show()
        self.query_one(CodePane).show()
        self.refresh_bindings()

    # --- what is under way ----------------------------------------------------------------------------------------

    @property
    def is_editing(self) -> bool:
        """Whether the editor is open."""
        return self.has_class("editing")

    @property
    def is_typing(self) -> bool:
        """Whether keys go into the editor."""
        return self.is_editing and isinstance(self.focused, TextArea)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what cannot be done with the page's code now."""
        if self.is_typing and action in actions.BY_ID and not actions.BY_ID[action].typing:
            return False
        work = self.work
        if action in CODE_ACTIONS:
            return (
                work is not None
                and (action != "edit" or not self.is_typing)
                and (action != "start_over" or (self.is_editing and not work.shows_solution))
            )
        if action == "own":
            return work is not None and work.can_run
        if action == "hint" and work is not None and work.hints_shown < len(work.exercise.hints):
            return True
        return super().check_action(action, parameters)

    def wording(self, action_id: str) -> str | None:
        """The verbs of what is switched to and fro."""
        if self.work is not None and action_id == "own":
            return "action.own.ours" if self.work.in_run else None
        if self.is_editing and action_id == "home":
            return "action.home.page"
        return super().wording(action_id)

    def take_code_news(self) -> None:
        """Take up what the trainer said about the code."""
        session, work = self.session, self.work
        is_news = self._take_answer()
        if work is None:
            return
        in_run = session.run.settings.code if session.run is not None else ""
        if in_run != work.in_run:
            work.in_run, is_news = in_run, True
        if session.fault is not self._taken_fault:
            self._taken_fault = session.fault
            if session.fault is not None:
                work.take_run_fault(session.fault)
                is_news = True
        if work.is_checking and session.state in ("dead", "failed"):
            work.is_checking, is_news = False, True
        if is_news:
            self.show_code()

    def _take_answer(self) -> bool:
        """Hand a new answer of the checks to the work it is about; return whether there was one."""
        result = self.session.checked
        if result is None or result is self._taken:
            return False
        self._taken = result
        asked = self._works.get(result.exercise)
        if asked is not None:
            asked.take(result)
            if asked is self.work:
                self._go_on(asked, result)
        return True

    def _go_on(self, work: CodeWork, result: CodeResult) -> None:
        """Run what was checked, unless it cannot run, and keep that it passed."""
        self.query_one(CodePane).show_end(False)
        if result.fault is not None:
            if not self.is_editing:  # the pane says it already
                self.tell(fault_sentence(self.speech, result.fault))
            return
        self._run_code(work)
        if result.passes:
            self.lab.progress.pass_exercise(self.desk.lesson.slug, work.id)
            self.tell(self.say("code.passed"))
        else:
            held = sum(check.holds for check in result.checks)
            self.tell(self.say("code.runs-anyway", held=held, total=len(result.checks)))

    def _run_code(self, work: CodeWork) -> None:
        """Let the learner's function replace ours in the run on the stage."""
        preset, settings = self.desk.preset, self.session.settings
        if preset is not None and (settings is None or settings.experiment != preset.experiment):
            self.desk.start(self.session, is_paused=False, code=work.text)
        else:
            self.session.use_code(work.text)

    def _look_at_file(self) -> None:
        work = self.work
        if work is not None and self.app.screen is self and not self._keeping and work.reload():
            self.show_code()
            self._check(work)

    def _check(self, work: CodeWork) -> None:
        text = work.begin_check()
        self.session.check_code(self.desk.lesson.slug, work.id, text)
        self.show_code()

    # --- actions --------------------------------------------------------------------------------------------------

    def action_edit(self) -> None:
        """Open the editor, or go back into it."""
        if self.work is None:
            return
        pane = self.query_one(CodePane)
        self.add_class("editing")
        pane.open(self.work, self.lab.theme_name)
        self.call_after_refresh(self._enter_editor)

    def _enter_editor(self) -> None:
        if self.is_editing:
            self.set_focus(self.query_one(CodePane).shown_editor)
            self.refresh_bindings()
            self.place_stage()

    def _leave_editor(self) -> None:
        if self.is_editing:
            self._keep()
            self.remove_class("editing")
            self.set_focus(None)
            self.call_after_refresh(self.place_stage)
            self.show_code()

    def place_stage(self) -> None:
        """Arrange the stage for the room that it has."""

    def action_check(self) -> None:
        """Check what is written, and run with it."""
        if self.work is not None:
            self.work.shows_solution = False
            self._check(self.work)

    def action_solution(self) -> None:
        """Show a right answer, or one's own text again; before it is passed, only when asked twice."""
        work = self.work
        if work is None:
            return
        if not (work.is_passed or work.shows_solution or work.asked_for_solution):
            work.asked_for_solution = True
            left = len(work.exercise.hints) - work.hints_shown
            self.tell(self.say("code.ask-again", hints=left))
            return
        self.take_back()
        work.shows_solution = not work.shows_solution
        if work.shows_solution or self.is_editing:
            self.action_edit()

    def action_own(self) -> None:
        """Run with the learner's function, or with ours again."""
        work = self.work
        if work is not None and work.in_run:
            self.session.use_code("")
        elif work is not None:
            self._run_code(work)

    def action_start_over(self) -> None:
        """Bring the starting point back; undo brings back what was there."""
        work = self.work
        if work is not None and self.is_editing:
            work.text = work.starting_point()
            self.show_code()

    def action_external(self) -> None:
        """Open the file in the learner's own editor; what it writes is checked and run."""
        work = self.work
        if work is None:
            return
        path = work.ensure_file()
        trouble = external_editor.edit(self.app, path)
        if trouble:
            known = {"none": "code.no-editor", "suspend": "code.no-suspend"}
            self.tell(self.say(known.get(trouble, "code.editor-failed"), path=str(path), reason=trouble))
        else:
            self.tell(self.say("code.watched", path=str(path)))
        self._look_at_file()

    def action_hint(self) -> None:
        """Show one hint more: of the goal while there is one open, else of the code."""
        work = self.work
        if work is not None and (self.is_editing or not super().check_action("hint", ())) and work.hint():
            self.show_code()
            self.query_one(CodePane).show_end(True)
            for card in self.query(CodeCard):
                card.show_end()
        else:
            super().action_hint()

    def interrupt(self) -> str:
        """In the editor, copy what is marked; never leave the lab from there."""
        if self.is_typing and (marked := self.query_one(CodePane).shown_editor.selected_text):
            self.app.copy_to_clipboard(marked)
            return self.say("code.copied")
        return super().interrupt() or (self.say("code.nothing-marked") if self.is_typing else "")

    def action_home(self) -> None:
        """Leave the editor; else what else escape does."""
        if self.is_editing and (self.focused is None or self.is_typing):
            self._leave_editor()
        else:
            super().action_home()

    # --- messages -------------------------------------------------------------------------------------------------

    @on(TextArea.Changed)
    def keep_soon(self) -> None:
        """Write the text a moment after the last key."""
        if self.work is not None and not self._keeping:
            self._keeping = True
            self.set_timer(KEEP_SECONDS, self._keep)

    def _keep(self) -> None:
        self._keeping = False
        if self.work is not None:
            self.work.write(self.work.text)

    @on(KeyRow.Pressed)
    async def press_row(self, event: KeyRow.Pressed) -> None:
        """A click on a row that names a key."""
        await self.run_action(actions.BY_ID[event.action].call())
