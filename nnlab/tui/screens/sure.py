"""A question before something is lost for good: one sentence, a key for yes, another for no."""

from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from nnlab.tui import actions
from nnlab.tui.screens.lab_screen import LabScreen
from nnlab.tui.speech import speech_of
from nnlab.tui.typesetting import wrap
from nnlab.tui.widgets.footer import Footer
from nnlab.tui.widgets.paragraph import Typeset


class Question(Typeset):
    """The sentence."""

    def __init__(self, words: Callable[[], str]) -> None:
        super().__init__()
        self._words = words

    def lines(self, width: int) -> Sequence[Content]:
        """Ask in the language of now."""
        return wrap(speech_of(self).content((self._words(), "$strong")), width)


class SureScreen(LabScreen, ModalScreen[None]):
    """Asks, and does `work` when the answer is yes."""

    PLACE = "sure"
    CSS = """
    SureScreen { background: $background 60%; align: center middle; }
    SureScreen #box { width: 64; max-width: 100%; height: auto; padding: 1 2; background: $surface; }
    """
    BINDINGS = actions.layer_bindings("sure")

    def __init__(self, words: Callable[[], str], work: Callable[[], None]) -> None:
        super().__init__()
        self._words, self._work = words, work

    def compose(self) -> ComposeResult:
        """Yield the question, and the keys in the last row."""
        with Vertical(id="box"):
            yield Question(self._words)
        yield Footer()

    def action_agree(self) -> None:
        """Yes: close, then do it."""
        app = self.app
        if self.close_once():
            app.call_later(self._work)

    def action_close(self) -> None:
        """No: go back."""
        self.close_once()

    def on_click(self, event: events.Click) -> None:
        """A click beside the box means no."""
        if event.widget is self:
            self.action_close()
