"""What was copied, in full: where the last row has no room for it, or the terminal does not take what is copied."""

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from nnlab.tui import actions
from nnlab.tui.screens.lab_screen import LabScreen
from nnlab.tui.shell_rows import shell_rows
from nnlab.tui.speech import speech_of
from nnlab.tui.typesetting import wrap
from nnlab.tui.widgets.footer import Footer
from nnlab.tui.widgets.paragraph import Typeset


class CopiedLine(Typeset):
    """The line in rows that can be pasted as they are, and a word on clipboards."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self._line = line

    def lines(self, width: int) -> Sequence[Content]:
        """Return title, line and note."""
        speech = speech_of(self)
        return [
            speech.content((speech.say("copied.title"), "bold $accent")),
            Content(""),
            *(row for text in shell_rows(self._line, width) for row in wrap(speech.content((text, "$strong")), width)),
            Content(""),
            *wrap(speech.content((speech.say("copied.note"), "$muted")), width),
        ]


class CopiedScreen(LabScreen, ModalScreen[None]):
    """A long line over the screen that it was copied from."""

    PLACE = "copied"
    CSS = """
    CopiedScreen { background: $background 60%; align: center middle; }
    CopiedScreen #box { width: 100; max-width: 100%; height: auto; max-height: 100%; padding: 1 2; }
    CopiedScreen #box { background: $surface; }
    CopiedScreen.-flat #box { padding: 0 2; }
    """
    BINDINGS = actions.layer_bindings("copied")

    def __init__(self, line: str) -> None:
        super().__init__()
        self._line = line

    def compose(self) -> ComposeResult:
        """Yield the line, and the keys in the last row."""
        with VerticalScroll(id="box"):
            yield CopiedLine(self._line)
        yield Footer()

    def action_copy(self) -> None:
        """Copy it once more."""
        self.app.copy_to_clipboard(self._line)
        self.tell(self.say("app.copied-again"))

    def action_close(self) -> None:
        """Go back."""
        self.close_once()

    def on_click(self, event: events.Click) -> None:
        """A click beside the box closes it."""
        if event.widget is self:
            self.action_close()
