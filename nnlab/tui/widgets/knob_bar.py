"""The knob bar: every knob with its value and track, turned by keys, digits and mouse."""

from collections.abc import Mapping, Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from nnlab.lab.errors import UsageError
from nnlab.lab.knobs import MAX_TEXT, Knob, KnobValue
from nnlab.tui.knob_cells import COLUMN, KnobFocus, KnobState, laid_out, short_cell, three_cells
from nnlab.tui.refusals import refusal
from nnlab.tui.speech import speech_of
from nnlab.tui.value_words import ValueWords, plain_words

MORE = 5
"""Cells that say how many knobs have no room, gap included."""


class KnobBar(Widget, can_focus=True):
    """Label, value and track of each knob in three rows; where there is little room, label and value in one or two."""

    DEFAULT_CSS = """
    KnobBar { height: 3; }
    KnobBar.compact { height: 1; }
    """

    selected: reactive[int] = reactive(0)

    class Turned(Message):
        """A knob was set to a value that its range allows."""

        def __init__(self, knob: str, value: KnobValue) -> None:
            super().__init__()
            self.knob = knob
            self.value = value

    class Refused(Message):
        """A typed value does not fit; the sentence says why."""

        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._states: list[KnobState] = []
        self._said: ValueWords = plain_words
        self._typed: str | None = None
        self._turned: dict[str, KnobValue] = {}
        """Knob -> its newest value, until whoever set it has settled it."""
        self._first = 0
        self._spoken = 0
        self._spans: list[tuple[int, int, int, int]] = []
        """Of each knob in the short form: row, first column, column after it, index."""

    def show(
        self,
        knobs: Sequence[Knob],
        values: Mapping[str, KnobValue],
        labels: Mapping[str, str],
        said: ValueWords = plain_words,
        spoken: int = 0,
    ) -> None:
        """Show these knobs; the selection stays where it can.

        A knob that was turned stays as it is until that is settled: what comes meanwhile does not know of it yet.
        said: what is shown of a value. spoken: so many of the first must be seen, if a second row can show them.
        """
        self._spoken = spoken
        self._said = said
        values = {**values, **self._turned}
        states = [self._state(knob, labels.get(knob.name, knob.name), values[knob.name]) for knob in knobs]
        if states != self._states:
            self._states = states
            self.selected = min(self.selected, max(0, len(states) - 1))
            self.refresh()
        self.fit()

    def settle(self, name: str, value: KnobValue) -> None:
        """Take note that the knob was set to a value that it was turned to, or refused it."""
        if self._turned.get(name) == value:
            del self._turned[name]

    def fit(self) -> None:
        """Take a second row where there is little room and the page speaks of more knobs than a row shows."""
        if not self.has_class("compact"):
            self.styles.clear_rule("height")
            return
        seen = {index for _, _, _, index in self._laid_out(range(len(self._states)), 1)}
        self.styles.height = 1 if seen >= set(range(self._spoken)) else 2

    def on_resize(self) -> None:
        """Another width shows more knobs in a row, or fewer."""
        self.fit()

    def _state(self, knob: Knob, label: str, value: KnobValue) -> KnobState:
        return KnobState(knob, label, value, self._said(knob.name, value))

    @property
    def current(self) -> KnobState | None:
        """The selected knob."""
        return self._states[self.selected] if self._states else None

    def move(self, by: int) -> bool:
        """Select the next or previous knob; False at the end."""
        if not 0 <= self.selected + by < len(self._states):
            return False
        self._typed = None
        self.selected += by
        return True

    # --- drawing --------------------------------------------------------------------------------------------------

    def render(self) -> Content:
        """Return the bar's rows as one text."""
        return self._short_rows() if self.has_class("compact") else self._three_rows()

    def _three_rows(self) -> Content:
        speech = speech_of(self)
        shown, width = self._columns()
        rows: list[list[Content]] = [[], [], []]
        for index in shown:
            cells = three_cells(self._states[index], width - 2, self._focus_on(index), speech)
            for row, cell in zip(rows, cells, strict=True):
                row.append(cell.truncate(width - 2, pad=True))
        rest = len(self._states) - len(shown)
        if rest:
            rows[0].append(speech.content((f"+{rest}", "$muted")))
        gap = speech.content("  ")
        return Content("\n").join(gap.join(row) for row in rows)

    def _columns(self) -> tuple[Sequence[int], int]:
        """Return the indices of the knobs that fit, the selected one among them, and the cells of each."""
        cells = self.size.width + 2
        if cells // COLUMN < len(self._states):
            cells -= MORE
        count = max(1, min(cells // COLUMN, len(self._states)))
        first = max(0, min(self._first, self.selected, len(self._states) - count))
        self._first = max(first, self.selected - count + 1)
        return range(self._first, min(self._first + count, len(self._states))), max(4, cells // count)

    def _short_rows(self) -> Content:
        """Return the knobs that fit, the chosen one first, and how many more there are; remember where each stands."""
        order = list(range(len(self._states)))
        if self.has_focus:
            order = order[self.selected :] + order[: self.selected]
        self._spans = self._laid_out(order, max(1, self.size.height))
        rows = [Content("")]
        for row, start, _, index in self._spans:
            rows += [Content("")] * (row + 1 - len(rows))
            cell = short_cell(self._states[index], self._focus_on(index), speech_of(self))
            rows[row] = Content.assemble(rows[row].pad_right(start - rows[row].cell_length), cell)
        if rest := len(order) - len(self._spans):
            more = speech_of(self).content((f"  +{rest}", "$muted"))
            rows[-1] += more if rows[-1].cell_length + more.cell_length <= self.size.width else ""
        return Content("\n").join(rows)

    def _laid_out(self, order: Sequence[int], rows: int) -> list[tuple[int, int, int, int]]:
        """Return row, first column, column after it and index of each knob that finds room in so many rows."""
        widths = [
            short_cell(self._states[index], self._focus_on(index), speech_of(self)).cell_length for index in order
        ]
        spans = laid_out(widths, rows, self.size.width)
        return [(*span, index) for span, index in zip(spans, order, strict=False)]

    def _focus_on(self, index: int) -> KnobFocus:
        return KnobFocus(self.has_focus and index == self.selected, self._typed)

    # --- turning --------------------------------------------------------------------------------------------------

    def turn(self, steps: float) -> None:
        """Move the selected knob by notches."""
        if (state := self.current) is not None:
            self._set(state.knob.stepped(state.value, steps))

    def reset(self) -> None:
        """Set the selected knob to its default."""
        if (state := self.current) is not None:
            self._set(state.knob.default)

    def _set(self, value: KnobValue) -> None:
        state = self.current
        self._typed = None
        self.refresh()
        if state is not None and value != state.value:
            self._states[self.selected] = self._state(state.knob, state.label, value)
            self._turned[state.knob.name] = value
            self.post_message(self.Turned(state.knob.name, value))

    def on_key(self, event: events.Key) -> None:
        """Arrows turn, digits type, enter opens a text or applies what is typed, escape restores, 0 is the default."""
        turns = {"right": 1, "left": -1, "shift+right": 0.2, "shift+left": -0.2, "ctrl+right": 10, "ctrl+left": -10}
        if self._typed is not None:
            self._type(event)
        elif event.key in turns:
            self.turn(turns[event.key])
        elif event.key in ("up", "down"):
            self.move(1 if event.key == "down" else -1)
        elif event.key == "0":
            self.reset()
        elif event.character is not None and event.character in "123456789.-" and self._takes_numbers():
            self._typed = event.character
        elif event.key == "enter" and self._takes_text():
            self._open_text()
        else:
            return
        event.stop()
        event.prevent_default()
        self.refresh()

    def _takes_numbers(self) -> bool:
        return self.current is not None and self.current.knob.kind in ("int", "float")

    def _takes_text(self) -> bool:
        return self.current is not None and self.current.knob.kind == "text"

    def _open_text(self) -> None:
        assert self.current is not None
        self._typed = str(self.current.value)

    def _type(self, event: events.Key) -> None:
        assert self._typed is not None
        if event.key == "escape":
            self._typed = None
        elif event.key == "backspace":
            self._typed = self._typed[:-1]
        elif event.key == "enter" and self.current is not None:
            try:
                self._set(self.current.knob.parse(self._typed))
            except UsageError as error:
                self.post_message(self.Refused(refusal(error, self.current.label, speech_of(self))))
        elif event.character is not None and event.is_printable and self._may_add(event.character):
            self._typed += event.character

    def _may_add(self, character: str) -> bool:
        assert self._typed is not None
        if self._takes_text():
            return len(self._typed) < MAX_TEXT
        return character in "0123456789.e+-" and len(self._typed) < 12

    def on_blur(self) -> None:
        """Give up what was typed and not applied."""
        self._typed = None

    # --- mouse ----------------------------------------------------------------------------------------------------

    def _select_at(self, x: int, y: int) -> float | None:
        """Select the knob at column x and row y; return the place on its track, None in the short form."""
        if self.has_class("compact"):
            self.selected = next(iter(self._under(x, y)), self.selected)
            return None
        if not self._states:
            return None
        _, width = self._columns()
        index = min(len(self._states) - 1, self._first + x // width)
        self.selected = index
        return min(1.0, max(0.0, (x % width) / (min(width - 2, 13) - 1)))

    def _under(self, x: int, y: int) -> list[int]:
        return [index for row, start, end, index in self._spans if row == y and start <= x < end]

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Select the knob; on its track, set it; on a choice, take the next one; on a number or a text, type it."""
        fraction = self._select_at(event.x, event.y)
        state = self.current
        if state is None or (fraction is None and not self._under(event.x, event.y)):
            return
        if state.knob.kind in ("choice", "bool"):
            values: Sequence[KnobValue] = state.knob.choices or (False, True)
            self._set(values[(values.index(state.value) + 1) % len(values)])
        elif state.knob.kind == "text":
            self._open_text()
            self.refresh()
        elif fraction is None or event.y == 1:
            self._typed = ""
            self.refresh()
        elif event.y == 2:
            self.capture_mouse()
            self._set(state.knob.at_fraction(fraction))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the handle."""
        if self.app.mouse_captured is self and (state := self.current) is not None:
            _, width = self._columns()
            start = (self.selected - self._first) * width
            self._set(state.knob.at_fraction(min(1.0, max(0.0, (event.x - start) / (min(width - 2, 13) - 1)))))

    def on_mouse_up(self) -> None:
        """Let the handle go."""
        self.release_mouse()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Turn down."""
        self._select_at(event.x, event.y)
        self.turn(-1)
        event.stop()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Turn up."""
        self._select_at(event.x, event.y)
        self.turn(1)
        event.stop()
