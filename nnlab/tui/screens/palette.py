"""The palette: find an action or a lesson by name, and do it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult, RenderResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.fuzzy import Matcher
from textual.message import Message
from textual.reactive import reactive
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Input

from nnlab.lab.errors import NnlabError
from nnlab.tui import actions
from nnlab.tui.screens.lab_screen import LabScreen
from nnlab.tui.speech import Speech, chosen_mark, speech_of

MOST = 12
"""Rows shown at once."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be found."""

    name: str
    note: str
    key: str
    work: Callable[[], Any]
    also: str = ""
    """Found by these words too: the English name, a lesson's slug."""


class ChoiceList(Widget):
    """The choices that match, one of them marked."""

    DEFAULT_CSS = """
    ChoiceList { height: auto; max-height: 12; min-height: 1; }
    """

    choices: reactive[tuple[Choice, ...]] = reactive((), layout=True)
    marked: reactive[int] = reactive(0)

    @dataclass
    class Picked(Message):
        """A row was clicked."""

        index: int

    @property
    def first(self) -> int:
        """The topmost row shown."""
        rows = max(1, self.size.height or MOST)
        return max(0, min(self.marked - rows + 1, len(self.choices) - rows)) if self.marked >= rows else 0

    def render(self) -> RenderResult:
        """One row a choice: name, what it does, key."""
        speech = speech_of(self)
        if not self.choices:
            return speech.content("  ", (speech.say("palette.nothing"), "$muted"))
        width = self.size.width
        names = max(speech.content(choice.name).cell_length for choice in self.choices)
        lines = []
        for index, choice in enumerate(self.choices[self.first : self.first + MOST], self.first):
            is_marked = index == self.marked
            name = speech.content(
                (chosen_mark(speech) if is_marked else " ", "$accent"),
                " ",
                (choice.name, "bold $strong" if is_marked else "$text"),
            )
            left = name.pad_right(max(0, names + 4 - name.cell_length)) + speech.content((choice.note, "$muted"))
            key = speech.content((choice.key, "$muted"), " ")
            left = left.truncate(max(0, width - key.cell_length - 1), ellipsis=not speech.is_ascii, pad=True)
            line = Content.assemble(left, " ", key)
            lines.append(line.stylize_before("on $panel") if is_marked else line)
        return Content("\n").join(lines)

    def get_content_height(self, container: Any, viewport: Any, width: int) -> int:
        """As many rows as there are choices."""
        return min(MOST, max(1, len(self.choices)))

    def on_click(self, event: events.Click) -> None:
        """Pick the row under the pointer."""
        if (index := self.first + event.y) < len(self.choices):
            self.post_message(self.Picked(index))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Mark the next row."""
        self.move(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Mark the row before."""
        self.move(-1)

    def move(self, step: int) -> None:
        """Mark another row, staying inside."""
        self.marked = min(max(self.marked + step, 0), max(0, len(self.choices) - 1))


class PaletteScreen(LabScreen, ModalScreen[None]):
    """A search field over the list of everything that can be done."""

    PLACE = "palette"
    CSS = """
    PaletteScreen { background: $background 60%; align-horizontal: center; }
    PaletteScreen #box { width: 84; max-width: 100%; height: auto; margin-top: 3; padding: 1 2; background: $surface; }
    PaletteScreen Input { margin-bottom: 1; color: $strong; background: $surface; }
    PaletteScreen.-low #box, PaletteScreen.-flat #box { margin-top: 0; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", show=False),
        Binding("up", "move(-1)", show=False, priority=True),
        Binding("down", "move(1)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("ctrl+q,ctrl+c", "app.leave", show=False, priority=True),
    ]

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._below = below
        self._all: tuple[Choice, ...] = ()

    def compose(self) -> ComposeResult:
        """The field and the list."""
        with Vertical(id="box"):
            yield Input(placeholder=self.speech.content(self.say("palette.prompt")).plain, compact=True)
            yield ChoiceList()

    def on_mount(self) -> None:
        """List everything and take the keys."""
        self._all = (*self._actions(), *self._lessons())
        self.query_one(ChoiceList).choices = self._all
        self.query_one(Input).focus()

    def _actions(self) -> list[Choice]:
        english = Speech()
        found = []
        for action in actions.available(self._below):
            if (action.passes_key and not action.click) or action.id == "palette":
                continue
            verb = actions.verb_key(action, self._below)
            help_key = f"action.{action.id}.help"
            work = partial(actions.perform, self.app, action, self._below)
            also = f"{english.say(verb)} {english.say(help_key)}"
            found.append(Choice(self.say(verb), self.say(help_key), actions.key_label(action, self._below), work, also))
        return found

    def _lessons(self) -> list[Choice]:
        found = []
        for number, slug in enumerate(self.lab.course.slugs, 1):
            try:
                lesson = self.lab.course.lesson(slug)
            except NnlabError:
                continue
            language = self.speech.language
            note = self.say("palette.lesson", number=number)
            also = f"{slug} {lesson.title('en')}"
            found.append(
                Choice(
                    lesson.title(language), f"{note}  {lesson.summary(language)}", "", partial(self._open, slug), also
                )
            )
        return found

    def _open(self, slug: str) -> None:
        self.lab.open_lesson(slug)

    @on(Input.Changed)
    def filter(self, event: Input.Changed) -> None:
        """Show what matches, the best first."""
        query = event.value.strip()
        listing = self.query_one(ChoiceList)
        if query:
            matcher = Matcher(query)
            scored = [
                (max(matcher.match(choice.name), 0.8 * matcher.match(choice.also)), choice) for choice in self._all
            ]
            matches = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])
            listing.choices = tuple(choice for _, choice in matches)
        else:
            listing.choices = self._all
        listing.marked = 0

    @on(Input.Submitted)
    def do_marked(self) -> None:
        """Do what is marked."""
        self._do(self.query_one(ChoiceList).marked)

    @on(ChoiceList.Picked)
    def do_picked(self, event: ChoiceList.Picked) -> None:
        """Do what was clicked."""
        self._do(event.index)

    def _do(self, index: int) -> None:
        choices = self.query_one(ChoiceList).choices
        if index < len(choices):
            app = self.app
            if self.close_once():
                app.call_later(choices[index].work)

    def on_click(self, event: events.Click) -> None:
        """A click beside the box closes it."""
        if event.widget is self:
            self.action_close()

    def action_move(self, step: int) -> None:
        """Mark another row."""
        self.query_one(ChoiceList).move(step)

    def action_close(self) -> None:
        """Go back."""
        self.close_once()
