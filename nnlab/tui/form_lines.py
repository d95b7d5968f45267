"""The form's lines: every row with its value, and below the chosen one what may stand there and what is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from nnlab.tui.bench_form import BenchForm, Row
from nnlab.tui.form_advice import Advise, Candidate
from nnlab.tui.line_edit import LineEdit
from nnlab.tui.speech import Speech, chosen_mark
from nnlab.tui.typesetting import wrap
from nnlab.tui.value_words import write_value
from nnlab.tui.widgets.paragraph import heading, spread

LABEL = 15
"""Cells of the labels' column."""
MOST_CANDIDATES = 8


@dataclass(frozen=True, slots=True)
class FormLines:
    """A form as it stands, ready to be written into any width."""

    form: BenchForm
    speech: Speech
    advise: Advise
    chosen: Row | None
    has_focus: bool
    edit: LineEdit | None
    """What is being typed in the chosen row; None while nothing is."""
    candidates: Sequence[Candidate]
    marked: int
    """Index of the candidate that enter takes; -1 for none."""
    refusal: str
    """Why the chosen row's value does not do."""

    def lines(self, width: int, *, is_airy: bool) -> list[tuple[Content, str | int]]:
        """Return every line with the name of its row or the index of its candidate. is_airy: sections stand apart."""
        lines: list[tuple[Content, str | int]] = []
        for section in dict.fromkeys(row.section for row in self.form.rows):
            if lines and is_airy:
                lines.append((Content(""), ""))
            title = self.speech.content("  ", (self.speech.say(f"bench.{section}"), "$strong"))
            lines.append((heading(self.speech, title, width - 1), ""))
            for row in self.form.rows:
                lines += self._row_lines(row, width) if row.section == section else []
        return lines

    def _row_lines(self, row: Row, width: int) -> list[tuple[Content, str | int]]:
        name = row.knob.name
        is_chosen = self.chosen is row
        is_lit = is_chosen and self.has_focus
        typed = self.edit.text if is_chosen and self.edit is not None else None
        advice = self.advise(name, typed)
        bar = self.speech.content((chosen_mark(self.speech) if is_lit else " ", "$accent"), " ")
        label = self.speech.content((row.label, "bold $accent" if is_lit else "$muted"))
        dot = self.speech.content(("·", "$accent")) if self.form.values[name] != row.knob.default else Content("")
        label = (label + dot).truncate(LABEL - 1).pad_right(max(0, LABEL - 1 - label.cell_length - dot.cell_length))
        label = label.truncate(LABEL - 1, pad=True)
        room = width - LABEL - 4
        value = self._value(row, room, is_lit=is_lit, shown=advice.shown)
        note = self.speech.content((advice.note, "$muted"))
        if note.plain and value.cell_length + 2 + note.cell_length <= room:
            value = spread(value, note, room)
        first = Content.assemble(bar, label, " ", value).truncate(width, pad=True)
        lines: list[tuple[Content, str | int]] = [(first.stylize_before("on $panel") if is_lit else first, name)]
        if not is_chosen:
            return lines
        for index, one in self._listed():
            is_marked = index == self.marked
            mark = self.speech.content((chosen_mark(self.speech) if is_marked else " ", "$accent"))
            words = self.speech.content((one.shown, "bold $strong" if is_marked else "$text"))
            lines.append((Content.assemble(" " * (LABEL + 1), mark, words).truncate(width, pad=True), index))
        error = self.refusal or (advice.error if not self.candidates else "")
        said = [(error, "$error")] if error else [(line, "$muted") for line in advice.lines] if is_lit else []
        for text, style in said:
            for line in wrap(self.speech.content((text, style)), max(8, width - 5)):
                lines.append((Content.assemble("    ", line), name))
        return lines

    def _listed(self) -> list[tuple[int, Candidate]]:
        """Return the candidates to show, the marked one among them."""
        first = max(0, min(self.marked - MOST_CANDIDATES // 2, len(self.candidates) - MOST_CANDIDATES))
        return list(enumerate(self.candidates))[first : first + MOST_CANDIDATES]

    def _value(self, row: Row, room: int, *, is_lit: bool, shown: str = "") -> Content:
        value = self.form.values[row.knob.name]
        if self.edit is not None and self.chosen is row:
            text, at = self.edit.text, self.edit.cursor
            start = max(0, at - room + 2)
            before, after = text[start:at], text[at : start + room - 1]
            return self.speech.content((before, "bold $strong"), ("▏", "$accent"), (after, "bold $strong"))
        words = shown or (value if isinstance(value, str) else write_value(value)) or self.speech.say("bench.empty")
        said = self.speech.content((words, "bold $strong" if is_lit else "$text" if value != "" else "$muted"))
        said = said.truncate(room - 4 * is_lit, ellipsis=not self.speech.is_ascii)
        can_turn = row.knob.kind in ("int", "float", "bool") or row.knob.choices
        if is_lit and can_turn:
            return Content.assemble(
                self.speech.content(("‹ ", "$accent")), said, self.speech.content((" ›", "$accent"))
            )
        return said
