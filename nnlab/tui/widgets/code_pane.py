"""The code pane: the editor beside the live stage, and below it what the checks say."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import TextArea

from nnlab.tui.cleaning import clean
from nnlab.tui.code_work import CodeWork
from nnlab.tui.speech import speech_of
from nnlab.tui.terminal import ThemeName
from nnlab.tui.typesetting import wrap
from nnlab.tui.widgets.cards import CardText
from nnlab.tui.widgets.code_card import heading_with, hint_lines, outcome_lines, state_note
from nnlab.tui.widgets.code_editor import CodeEditor


class CodePane(Vertical):
    """Editor, outcome and hints of the page's code exercise; shows nothing until it is given one."""

    DEFAULT_CSS = """
    CodePane { background: $surface; }
    CodePane CodeEditor { height: 1fr; }
    CodePane #outcome { height: auto; max-height: 50%; scrollbar-size-vertical: 1; }
    CodePane #answer { display: none; }
    CodePane.answer #answer { display: block; }
    CodePane.answer #own { display: none; }
    """

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._work: CodeWork | None = None

    def compose(self) -> ComposeResult:
        """Yield the heading, the learner's text and the solution (one of them hidden), and the outcome."""
        yield CardText(self._title, classes="title")
        yield CodeEditor(id="own")
        yield CodeEditor(is_read_only=True, id="answer")
        with VerticalScroll(id="outcome", can_focus=False):
            yield CardText(self._outcome)

    @property
    def editor(self) -> CodeEditor:
        """The learner's text."""
        return self.query_one("#own", CodeEditor)

    @property
    def shown_editor(self) -> CodeEditor:
        """The text that is seen: the learner's, or the solution."""
        return self.query_one("#answer" if self.has_class("answer") else "#own", CodeEditor)

    def open(self, work: CodeWork, theme: ThemeName) -> None:
        """Show an exercise."""
        if work is not self._work:
            self._work = work
            self.editor.load_text(clean(work.text))
            self.editor.go_to_last_line()
            self.query_one("#answer", CodeEditor).load_text(work.solution())
        self.take_theme(theme)
        self.show()

    def take_theme(self, theme: ThemeName) -> None:
        """Take up another theme."""
        for editor in self.query(CodeEditor):
            editor.take_theme(theme)

    def show(self) -> None:
        """Show the work as it is now."""
        work = self._work
        if work is None:
            return
        self.set_class(work.shows_solution, "answer")
        self.editor.show(work.text)
        self.editor.mark(work.fault.line if work.fault is not None else 0)
        for text in self.query(CardText):
            text.refresh(layout=True)

    def show_end(self, is_end: bool) -> None:
        """Scroll the outcome: to the last hint, or to the first check."""
        outcome = self.query_one("#outcome", VerticalScroll)
        outcome.anchor(is_end)  # what was asked for may not have its rows yet
        if not is_end:
            self.call_after_refresh(outcome.scroll_home, animate=False)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        """Take up what was typed."""
        if self._work is None or event.text_area.id != "own":
            return
        if event.text_area.text != clean(self._work.text):
            self._work.text = event.text_area.text
            self.query_one(".title", CardText).refresh()

    def _title(self, width: int) -> Sequence[Content]:
        speech, work = speech_of(self), self._work
        if work is None:
            return [Content("")]
        name = f"{work.id}.py"
        if work.shows_solution:
            return [
                heading_with(speech, speech.content((speech.say("code.solution"), "bold $accent")), Content(""), width)
            ]
        note = state_note(work, speech) if work.is_current or work.fault else speech.content(("·", "$warning"))
        return [heading_with(speech, speech.content((name, "bold $strong")), note, width)]

    def _outcome(self, width: int) -> Sequence[Content]:
        speech, work = speech_of(self), self._work
        if work is None:
            return [Content("")]
        if work.shows_solution:
            return [Content(""), *wrap(speech.content((speech.say("code.solution-note"), "$muted")), width)]
        lines = [*outcome_lines(work, speech, width, with_code=False), *hint_lines(work, speech, width)]
        return [Content(""), *(lines or wrap(speech.content((speech.say("code.prompt"), "$muted")), width))]
