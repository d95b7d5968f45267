"""The help page: every key that works, by place, with what it does."""

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget

from nnlab.lab.paths import all_paths
from nnlab.tui import actions
from nnlab.tui.screens.lab_screen import LabScreen
from nnlab.tui.speech import speech_of
from nnlab.tui.typesetting import wrap
from nnlab.tui.widgets.footer import Footer

MARGINS = 6
"""Columns beside the lines: padding and the scroll bar."""


class HelpPage(Widget):
    """The list of keys."""

    DEFAULT_CSS = "HelpPage { height: auto; width: 1fr; }"

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._below = below

    def render(self) -> Content:
        """List the keys of the screen below first, then those that work everywhere, then the mouse."""
        speech = speech_of(self)
        place = getattr(self._below, "PLACE", "")
        lines = [
            speech.content((speech.say("help.title"), "bold $strong")),
            speech.content((speech.say("help.note"), "$muted")),
        ]
        inner = getattr(self._below.focused, "PLACE", "")
        for group in dict.fromkeys((*([inner] if inner else []), place, "app")):
            listed = [a for a in actions.ACTIONS if a.is_of(group) and a.keys and actions.owner(a, self._below)]
            if listed:
                lines += [Content(""), speech.content((speech.say(f"help.{group}"), "$accent"))]
                lines += [
                    self._line(actions.key_label(a, self._below), speech.say(f"action.{a.id}.help")) for a in listed
                ]
        lines += [Content(""), speech.content((speech.say("help.mouse"), "$accent"))]
        lines += [self._line("", speech.say(f"help.mouse-{kind}")) for kind in ("rows", "panes", "footer")]
        lines += [Content(""), speech.content((speech.say("help.files", path=str(all_paths()["progress"])), "$muted"))]
        return Content("\n").join(lines)

    def _line(self, key: str, words: str) -> Content:
        """Return a key and what it does; what has no room on its row goes on below the words."""
        speech = speech_of(self)
        head = speech.content((f"  {key:<10} " if key else "  ", "bold $strong"))
        rows = wrap(speech.content((words, "$text")), max(8, self.app.size.width - MARGINS - head.cell_length))
        indent = Content(" " * head.cell_length)
        return Content("\n").join(Content.assemble(indent if row else head, line) for row, line in enumerate(rows))


class HelpScreen(LabScreen):
    """Help over the screen it was called from."""

    PLACE = "layer"
    BINDINGS = actions.bindings("layer")
    CSS = """
    HelpScreen VerticalScroll { padding: 1 2; background: $background; }
    """

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._below = below

    def compose(self) -> ComposeResult:
        """The page and the last row."""
        with VerticalScroll() as page:
            page.can_focus = True
            yield HelpPage(self._below)
        yield Footer()

    def on_mount(self) -> None:
        """Let the arrows scroll."""
        self.query_one(VerticalScroll).focus()

    def on_key(self, event: events.Key) -> None:
        """The key that opened the page closes it as well."""
        if event.key in ("question_mark", "f1"):
            event.stop()
            event.prevent_default()
            self.action_close()

    def action_close(self) -> None:
        """Go back."""
        self.close_once()
