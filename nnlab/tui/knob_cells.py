"""One knob of the bar in cells: its label, its value, its track; and which knobs find room in rows. Knows no widget."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from nnlab.lab.knobs import Knob, KnobValue
from nnlab.tui.speech import Speech

COLUMN = 16
"""Cells that one knob takes at least, gap included."""
GAP = 3
"""Cells between two knobs of the short form."""


@dataclass(frozen=True, slots=True)
class KnobState:
    """One knob as the bar shows it."""

    knob: Knob
    label: str
    value: KnobValue
    said: str
    """What is shown of the value."""

    @property
    def is_changed(self) -> bool:
        """Whether the value is not the default."""
        return self.value != self.knob.default


@dataclass(frozen=True, slots=True)
class KnobFocus:
    """Whether a knob is lit, and what is being typed into it; None while nothing is."""

    is_lit: bool = False
    typed: str | None = None


def three_cells(state: KnobState, width: int, focus: KnobFocus, speech: Speech) -> tuple[Content, Content, Content]:
    """Return label, value and track, to stand below one another in `width` cells."""
    style = "bold $accent" if focus.is_lit else "$muted"
    dot = "·" if state.is_changed else ""
    label = speech.content(("▸ " if focus.is_lit else "", style), (state.label, style), (dot, "$accent"))
    return label, _value(state, focus, speech), _track(state, min(width, 13), focus, speech)


def short_cell(state: KnobState, focus: KnobFocus, speech: Speech) -> Content:
    """Return label and value beside one another."""
    dot = "·" if state.is_changed else ""
    label = (state.label, "bold $accent" if focus.is_lit else "$muted")
    return Content.assemble(speech.content(label, (dot, "$accent"), " "), _value(state, focus, speech))


def laid_out(widths: Sequence[int], rows: int, columns: int) -> list[tuple[int, int, int]]:
    """Return row, first column and column after it of each cell that finds room in so many rows; the last ones may not.

    widths: of the short cells, in their order. In the last row stands how many have no room, too.
    """
    spans: list[tuple[int, int, int]] = []
    row = column = 0
    for place, width in enumerate(widths):
        rest = len(widths) - place - 1
        is_last = row == rows - 1
        if column and column + width + (len(f"  +{rest}") if rest and is_last else 0) > columns:
            if is_last:
                return spans
            row, column = row + 1, 0
        spans.append((row, column, column + width))
        column += width + GAP
    return spans


def _value(state: KnobState, focus: KnobFocus, speech: Speech) -> Content:
    if focus.is_lit and focus.typed is not None:
        return speech.content((focus.typed[-(COLUMN - 4) :], "bold $strong"), ("▏", "$accent"))
    if focus.is_lit:
        return speech.content(("‹ ", "$accent"), (state.said, "bold $strong"), (" ›", "$accent"))
    return speech.content((state.said, "$text"))


def _track(state: KnobState, width: int, focus: KnobFocus, speech: Speech) -> Content:
    if state.knob.kind in ("choice", "bool", "text"):
        return speech.content(("─" * width, "$line"))
    at = round(state.knob.fraction(state.value) * (width - 1))
    style = "$accent" if focus.is_lit else "$muted"
    return speech.content(("━" * at, style), ("●", style), ("─" * (width - 1 - at), "$line"))
