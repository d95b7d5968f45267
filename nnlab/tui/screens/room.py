"""What a terminal that is too small shows: one sentence."""

from textual.app import ComposeResult, RenderResult
from textual.widget import Widget

from nnlab.tui.screens.lab_screen import LabScreen
from nnlab.tui.speech import speech_of


class Request(Widget):
    """The sentence."""

    def render(self) -> RenderResult:
        """Say what came and what is needed."""
        speech = speech_of(self)
        return speech.content(speech.say("app.room", columns=self.app.size.width, rows=self.app.size.height))


class RoomScreen(LabScreen):
    """Asks for more room; the app takes it away as soon as there is enough."""

    PLACE = "room"
    CSS = "RoomScreen { background: $background; color: $text; padding: 0 1; }"

    def compose(self) -> ComposeResult:
        """Say what came and what is needed."""
        yield Request()
