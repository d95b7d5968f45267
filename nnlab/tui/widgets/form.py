"""The form: labelled values in sections, edited in place, with what may stand there and what is wrong below the row."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from nnlab.lab.errors import UsageError
from nnlab.lab.knobs import KnobValue
from nnlab.tui.bench_form import BenchForm, Row
from nnlab.tui.form_advice import Advice, Advise, Candidate, Complete, plain
from nnlab.tui.form_lines import FormLines
from nnlab.tui.line_edit import LineEdit
from nnlab.tui.refusals import refusal
from nnlab.tui.speech import speech_of

TURNS = {"right": 1, "left": -1, "shift+right": 0.2, "shift+left": -0.2, "ctrl+right": 10, "ctrl+left": -10}


class Form(Widget, can_focus=True):
    """The rows of a BenchForm, one of them chosen."""

    DEFAULT_CSS = "Form { height: 1fr; }"

    selected: reactive[str] = reactive("")
    """Name of the chosen row."""

    class Changed(Message):
        """A value was set."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Editing(Message):
        """Typing began or ended."""

    def __init__(
        self,
        complete: Complete = lambda name, edit: (),
        advise: Advise = lambda name, text: Advice(),
        id: str | None = None,  # noqa: A002  (Textual's name)
    ) -> None:
        super().__init__(id=id)
        self.form = BenchForm()
        self._complete, self._advise = complete, advise
        self._edit: LineEdit | None = None
        self._is_fresh = False
        """The value stands there as it was: what is typed replaces it."""
        self._candidates: Sequence[Candidate] = ()
        self._marked = -1
        self._refusal = ""
        self._lines: list[str | int] = []
        """Of each line shown: the name of its row, or the index of its candidate."""
        self._first = 0

    @property
    def is_typing(self) -> bool:
        """Whether keys go into a text now."""
        return self._edit is not None

    @property
    def row(self) -> Row | None:
        """The chosen row."""
        return self.form.row(self.selected) or next(iter(self.form.rows), None)

    def show(self) -> None:
        """Show the form as it is now."""
        self.refresh(layout=True)

    def select(self, name: str) -> None:
        """Choose a row; what was typed elsewhere and not applied is given up."""
        self._stop_editing()
        self.selected = name

    def move(self, by: int) -> bool:
        """Choose another row; False at the ends."""
        names = [row.knob.name for row in self.form.rows]
        if self.row is None:
            return False
        place = names.index(self.row.knob.name) + by
        if not 0 <= place < len(names):
            return False
        self.select(names[place])
        return True

    # --- editing ----------------------------------------------------------------------------------------------------

    def edit(self, text: str | None = None) -> None:
        """Type in the chosen row, from its value on or from `text`; a yes or no is turned over at once."""
        row = self.row
        if row is None:
            return
        self.selected = row.knob.name
        if row.knob.kind == "bool":
            self.put(not self.form.values[row.knob.name])
            return
        value = self.form.values[row.knob.name]
        is_list = bool(row.knob.choices)
        self._edit = LineEdit.at_end("" if is_list and text is None else plain(value) if text is None else text)
        self._is_fresh = text is None and row.knob.kind in ("int", "float")
        self._refusal = ""
        self._look_up()
        if is_list:
            self._marked = next((i for i, one in enumerate(self._candidates) if one.text == value), 0)
        self.post_message(self.Editing())
        self.refresh(layout=True)

    def apply(self) -> bool:
        """Take what was typed; False when it does not fit: then it stays as typed and the reason stands below it."""
        row = self.row
        if self._edit is None or row is None:
            return True
        if row.knob.choices and 0 <= self._marked < len(self._candidates):
            text = self._candidates[self._marked].text
        else:
            text = self._edit.text.strip()
        error = self._advise(row.knob.name, text).error
        if error:
            self._refuse(error)
            return False
        return self.put(text)

    def put(self, value: KnobValue) -> bool:
        """Set the chosen row; False when the value does not fit."""
        row = self.row
        if row is None:
            return False
        try:
            is_other = self.form.set(row.knob.name, value)
        except UsageError as error:
            self._refuse(refusal(error, row.label, speech_of(self)))
            return False
        self._stop_editing()
        if is_other:
            self.post_message(self.Changed(row.knob.name))
        self.refresh()
        return True

    def refuse(self, name: str, sentence: str) -> None:
        """Say below a row why its value does not do."""
        self.selected = name
        self._refuse(sentence)

    def _refuse(self, sentence: str) -> None:
        self._refusal = sentence
        self.refresh(layout=True)

    def _stop_editing(self) -> None:
        was_typing, self._edit = self._edit is not None, None
        self._candidates, self._marked, self._refusal = (), -1, ""
        if was_typing:
            self.post_message(self.Editing())
        self.refresh(layout=True)

    def _look_up(self) -> None:
        row = self.row
        if self._edit is None or row is None:
            return
        if row.knob.choices:
            typed = self._edit.text.lower()
            fitting = [c for c in row.knob.choices if typed in c.lower()]
            fitting.sort(key=lambda choice: not choice.lower().startswith(typed))
            self._candidates = [Candidate(choice, choice, len(choice)) for choice in fitting]
            self._marked = 0 if self._candidates else -1
        else:
            self._candidates = self._complete(row.knob.name, self._edit)
            self._marked = -1

    def _take_candidate(self) -> None:
        if self._edit is not None and self._candidates:
            taken = self._candidates[max(0, self._marked)]
            self._edit = LineEdit(taken.text, taken.cursor)
            self._look_up()

    # --- keys and mouse ---------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Arrows choose and turn, enter edits, digits type, backspace is the default."""
        if self._type(event) if self._edit is not None else self._steer(event):
            event.stop()
            event.prevent_default()
            self.refresh(layout=True)

    def _steer(self, event: events.Key) -> bool:
        row = self.row
        if row is None:
            return False
        kind, value = row.knob.kind, self.form.values[row.knob.name]
        if event.key in ("up", "down"):
            return self.move(1 if event.key == "down" else -1) or True
        if event.key == "enter":
            self.edit()
        elif event.key in TURNS:
            if kind in ("int", "float", "bool") or row.knob.choices:
                self.put(row.knob.stepped(value, TURNS[event.key]))
            else:
                self.edit()
        elif event.key in ("backspace", "delete"):
            self.put(row.knob.default)
        elif event.character is not None and event.character in "0123456789.-" and kind in ("int", "float"):
            self.edit(event.character)
        else:
            return False
        return True

    def _type(self, event: events.Key) -> bool:
        assert self._edit is not None
        if event.key == "escape":
            self._stop_editing()
        elif event.key == "enter":
            if self._marked >= 0 and self.row is not None and not self.row.knob.choices:
                self._take_candidate()
            else:
                self.apply()
        elif event.key == "tab":
            if self._candidates and not (self.row is not None and self.row.knob.choices):
                self._take_candidate()
            elif self.apply():
                self.move(1)
        elif event.key in ("up", "down"):
            by = 1 if event.key == "down" else -1
            if self._candidates:
                self._marked = max(-1, min(len(self._candidates) - 1, self._marked + by))
            elif self.apply():
                self.move(by)
        elif self._press(self._edit, event):
            self._refusal = ""
            self._look_up()
        else:
            return False
        return True

    def _press(self, edit: LineEdit, event: events.Key) -> bool:
        if self._is_fresh and event.is_printable:
            edit.text, edit.cursor = "", 0
        self._is_fresh = False
        return edit.press(event.key, event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Put what is pasted at the cursor."""
        if self._edit is None:
            self.edit()
        if self._edit is not None:
            self._edit.insert(event.text)
            self._look_up()
            event.stop()
            self.refresh()

    def on_focus(self) -> None:
        """What is said of the chosen row comes with the focus."""
        self.refresh(layout=True)

    def on_blur(self) -> None:
        """Apply what was typed; what does not fit is given up."""
        if self._edit is not None and not self.apply():
            self._stop_editing()

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the pointer, edit the chosen one, take a candidate."""
        target = self._lines[event.y] if event.y < len(self._lines) else ""
        if isinstance(target, int):
            self._marked = target
            if self.row is not None and self.row.knob.choices:
                self.apply()
            else:
                self._take_candidate()
                self.refresh()
        elif target and target == self.selected and self._edit is None:
            self.edit()
        elif target and target != self.selected:
            self.select(target)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Choose the next row."""
        event.stop()
        self.move(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Choose the row before."""
        event.stop()
        self.move(-1)

    # --- drawing ----------------------------------------------------------------------------------------------------

    def render(self) -> Content:
        """Return the lines that fit, the chosen row among them."""
        written, speech = self._written(), speech_of(self)
        width, height = self.size.width, max(1, self.size.height)
        lines = written.lines(width, is_airy=True)
        if len(lines) > height:
            lines = written.lines(width, is_airy=False)
        name = self.row.knob.name if self.row is not None else ""
        own = [index for index, (_, target) in enumerate(lines) if target == name or isinstance(target, int)]
        if own:
            self._first = max(min(self._first, own[0] - 1), own[-1] - height + 1, 0)
        self._first = max(0, min(self._first, len(lines) - height))
        shown = lines[self._first : self._first + height]
        self._lines = [target for _, target in shown]
        drawn = [line for line, _ in shown]
        if self._first and drawn:
            drawn[0] = drawn[0].truncate(width - 1, pad=True) + speech.content(("↑", "$accent"))
        if self._first + height < len(lines) and drawn:
            drawn[-1] = drawn[-1].truncate(width - 1, pad=True) + speech.content(("↓", "$accent"))
        return Content("\n").join(drawn)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are lines."""
        return len(self._written().lines(width, is_airy=True))

    def _written(self) -> FormLines:
        return FormLines(
            form=self.form,
            speech=speech_of(self),
            advise=self._advise,
            chosen=self.row,
            has_focus=self.has_focus,
            edit=self._edit,
            candidates=self._candidates,
            marked=self._marked,
            refusal=self._refusal,
        )
