"""What is said of one run of the history, and the line above the list in which one types."""

import time
from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from nnlab.lab.history_entry import HistoryEntry
from nnlab.tui.bench_form import values_of
from nnlab.tui.line_edit import LineEdit
from nnlab.tui.speech import speech_of
from nnlab.tui.typesetting import wrap
from nnlab.tui.value_words import RunWords
from nnlab.tui.widgets.paragraph import Typeset, heading, spread


class TypedLine(Widget):
    """One row: what the list is filtered by, or a text that is being typed."""

    DEFAULT_CSS = "TypedLine { height: 1; }"

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self.edit: LineEdit | None = None
        self._prompt = ""
        self._said = Content("")

    def say(self, words: Content) -> None:
        """Show these words."""
        self._said, self.edit = words, None
        self.refresh()

    def ask(self, prompt: str, edit: LineEdit) -> None:
        """Show what is typed behind a prompt."""
        self._prompt, self.edit = prompt, edit
        self.refresh()

    def render(self) -> Content:
        """Return the row."""
        speech = speech_of(self)
        if self.edit is None:
            return self._said.truncate(self.size.width, ellipsis=not speech.is_ascii)
        text, at = self.edit.text, self.edit.cursor
        row = speech.content(
            (f"{self._prompt} ", "$accent"), (text[:at], "bold $strong"), ("▏", "$accent"), (text[at:], "bold $strong")
        )
        return row.truncate(self.size.width)


class RunDetails(Typeset):
    """Every setting of a run, its results and when it was."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._entry: HistoryEntry | None = None
        self._words = RunWords()

    def show(self, entry: HistoryEntry | None, words: RunWords) -> None:
        """Show this run, told in these words."""
        self._words = words
        if entry != self._entry:
            self._entry = entry
            self.refresh(layout=True)

    def lines(self, width: int) -> Sequence[Content]:
        """Return a heading, two columns of settings, and the results."""
        from nnlab.plots import numbers

        speech, entry = speech_of(self), self._entry
        if entry is None:
            return [Content("")]
        title = speech.content((entry.label or entry.name, "bold $strong"), (f"  {entry.id}", "$muted"))
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.when))
        settings = [
            (self._words.label(name), self._words.said(name, value))
            for name, value in values_of(entry.settings).items()
        ]
        settings = [(name, value) for name, value in settings if value != ""]
        known = [(name, value) for name, value in entry.metrics.items() if value is not None]
        results = [(self._words.metric(name), _written(name, value)) for name, value in known]
        if entry.parameters:
            results.append((speech.say("history.parameters"), numbers.count(entry.parameters)))
        state = speech.content((f"{speech.say(f'state.{entry.status}')}  {when}", "$muted"))
        rows = [heading(speech, title.truncate(width), width), *wrap(state, width), Content("")]
        rows += self._pairs(settings, width, "$text")
        return [*rows, Content(""), *self._pairs(results, width, "$strong")]

    def _pairs(self, pairs: Sequence[tuple[str, str]], width: int, style: str) -> list[Content]:
        """Return names and values, two a row where there is room."""
        speech = speech_of(self)
        across = 2 if width >= 44 else 1
        cell = (width - 3 * (across - 1)) // across
        cells = [
            spread(speech.content((name, "$muted")), speech.content((value, style)), cell).truncate(cell, pad=True)
            for name, value in pairs
        ]
        return [Content("   ").join(cells[at : at + across]) for at in range(0, len(cells), across)]


def _written(name: str, value: float) -> str:
    """Write a result: a share as percent, a whole number without decimals."""
    from nnlab.plots import numbers

    if name.endswith("accuracy"):
        return numbers.percent(value)
    is_whole = "loss" not in name and value == round(value)
    return numbers.count(value) if is_whole else numbers.loss(value)
