"""The card of a code exercise: what to write, where it fails, what the checks measured, hints; on the page and below
the editor."""

from collections.abc import Iterator, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from nnlab.lab.faults import Fault
from nnlab.lab.verdicts import Check
from nnlab.tui.cleaning import clean_line
from nnlab.tui.code_work import CodeWork
from nnlab.tui.speech import Speech, speech_of
from nnlab.tui.typesetting import wrap
from nnlab.tui.widgets.cards import CardText
from nnlab.tui.widgets.paragraph import Typeset, heading, spread

PRINTED_LINES = 4


def fault_sentence(speech: Speech, fault: Fault) -> str:
    """Return what a fault says, in the language of the interface."""
    values = {name: clean_line(value) for name, value in fault.values.items()}
    return speech.say(f"fault.{fault.kind}", **values)


def outcome_lines(work: CodeWork, speech: Speech, width: int, *, with_code: bool) -> Iterator[Content]:
    """Yield the fault (with its line of code), or the checks, failed ones first, and what the code printed."""
    fault = work.fault
    if work.notice:
        yield from wrap(speech.content((work.notice, "$error")), width)
    if fault is not None:
        if with_code:
            yield from _excerpt(work, fault, speech, width)
        yield from wrap(speech.content((fault_sentence(speech, fault), "$strong")), width)
    elif work.checks:
        for check in sorted(work.checks, key=lambda check: check.holds):
            yield from _check(check, speech, width)
    if work.printed:
        lines = work.printed.rstrip("\n").split("\n")
        yield speech.content((speech.say("code.printed"), "$muted"))
        for line in lines[:PRINTED_LINES]:
            yield speech.content("  ", (clean_line(line), "$text")).truncate(width)


def hint_lines(work: CodeWork, speech: Speech, width: int) -> Iterator[Content]:
    """Yield the hints that were taken."""
    hints = work.exercise.hints
    for number, hint in enumerate(hints[: work.hints_shown], start=1):
        words = speech.say("goal.hint", number=number, total=len(hints))
        yield Content("")
        yield from wrap(speech.content((words + " ", "$muted"), (hint, "$text")), width)


def _excerpt(work: CodeWork, fault: Fault, speech: Speech, width: int) -> Iterator[Content]:
    lines = work.text.split("\n")
    if not 0 < fault.line <= len(lines):
        return
    for number in range(max(1, fault.line - 1), fault.line + 1):
        is_it = number == fault.line
        row = speech.content((f"{number:>3}  ", "$error" if is_it else "$faint"), (lines[number - 1], "$text"))
        yield row.truncate(width, ellipsis=not speech.is_ascii)
    yield Content("")


def _check(check: Check, speech: Speech, width: int) -> Iterator[Content]:
    sign = speech.content(("✓ ", "$accent") if check.holds else ("✗ ", "$error"))
    value = speech.content((_number(check.measured), "bold $strong" if check.holds else "$text"))
    text = speech.content((clean_line(check.text), "$text"))
    if sign.cell_length + text.cell_length + 1 + value.cell_length <= width:
        yield spread(Content.assemble(sign, text), value, width)
    else:
        yield from (Content.assemble(sign if not i else "  ", row) for i, row in enumerate(wrap(text, width - 2)))
        yield from _right(value, width)
    if not check.holds and check.expected != "":
        yield from _right(speech.content((speech.say("code.expected", value=_number(check.expected)), "$muted")), width)


def _right(value: Content, width: int) -> Iterator[Content]:
    for row in wrap(value, width - 4):
        yield Content.assemble(" " * max(0, width - row.cell_length), row)


def _number(value: float | str) -> str:
    return f"{value:.6g}" if isinstance(value, float) else clean_line(str(value))


class KeyRow(Typeset):
    """A key and what it does; a click does it."""

    class Pressed(Message):
        """The row was clicked."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self, action: str, key: str, words: str) -> None:
        super().__init__()
        self._action = action
        self._key = key
        self._words = words

    def lines(self, width: int) -> Sequence[Content]:
        """Return the key strong, the words muted."""
        speech = speech_of(self)
        return wrap(speech.content((f"{self._key} ", "bold $strong"), (self._words, "$muted")), width)

    def on_click(self, event: events.Click) -> None:
        """Do it."""
        event.stop()
        self.post_message(self.Pressed(self._action))


class CodeCard(Widget):
    """A code exercise on its page."""

    DEFAULT_CSS = "CodeCard { height: auto; }"

    def __init__(self, work: CodeWork) -> None:
        super().__init__()
        self.work = work
        self._shows_end = False

    def compose(self) -> ComposeResult:
        """Yield the task, the outcome, and the keys that go on from here."""
        speech, work = speech_of(self), self.work
        yield CardText(self._assignment)
        yield CardText(self._standing)
        yield KeyRow("edit", "o", speech.say("code.edits"))
        if work.hints_shown < len(work.exercise.hints):
            yield KeyRow("hint", "h", speech.say("goal.more"))
        yield KeyRow("solution", "f4", speech.say("code.shows-solution"))
        if work.can_run:
            yield KeyRow("own", "u", speech.say("code.ours-again" if work.in_run else "code.yours-again"))

    def show(self) -> None:
        """Show the work as it is now."""
        self.refresh(recompose=True)

    def show_end(self) -> None:
        """Scroll the page to the end of the card, once it has its new height: the newest hint stands there."""
        self._shows_end = True

    def on_resize(self) -> None:
        """Scroll to the end when that was asked for."""
        page = self.parent
        if self._shows_end and isinstance(page, VerticalScroll):
            self._shows_end = False
            page.scroll_to(y=max(0, self.virtual_region.bottom + 1 - page.size.height), animate=False)

    def _assignment(self, width: int) -> Sequence[Content]:
        speech, work = speech_of(self), self.work
        mark = ("✓ " if work.is_passed else "", "bold $accent")
        title = speech.content(mark, (speech.say("code.title"), "bold $accent"))
        return [
            heading_with(speech, title, state_note(work, speech), width),
            *wrap(speech.content((work.exercise.text, "$strong")), width),
        ]

    def _standing(self, width: int) -> Sequence[Content]:
        speech, work = speech_of(self), self.work
        lines = [*outcome_lines(work, speech, width, with_code=True)]
        return [*([Content("")] if lines else []), *lines, *hint_lines(work, speech, width), Content("")]


def state_note(work: CodeWork, speech: Speech) -> Content:
    """Return in a word or two where the work stands: checking, line 3, 2 of 5 checks pass, passed."""
    if work.is_checking:
        return speech.content((speech.say("code.checking"), "$muted"))
    if work.fault is not None:
        words = speech.say("code.line", line=work.fault.line) if work.fault.line else speech.say("code.not-run")
        return speech.content((words, "$error"))
    if not work.checks:
        return Content("")
    if work.passes:
        return speech.content((speech.say("code.passes"), "$accent"))
    held = sum(check.holds for check in work.checks)
    return speech.content((speech.say("code.some-pass", held=held, total=len(work.checks)), "$warning"))


def heading_with(speech: Speech, title: Content, note: Content, width: int) -> Content:
    """Return `title`, a hair line, and `note` at the right end."""
    if not note.plain:
        return heading(speech, title, width)
    rest = width - note.cell_length - 1
    return Content.assemble(heading(speech, title, rest), " ", note).truncate(width)
