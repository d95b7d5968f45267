"""The last row: which keys work now, each clickable; or, for a moment, one message."""

from textual import events
from textual.content import Content
from textual.widget import Widget

from nnlab import __version__
from nnlab.tui import actions
from nnlab.tui.actions import Action
from nnlab.tui.speech import speech_of
from nnlab.tui.typesetting import wrap

MOST = 9
"""Keys shown at most."""
GAP = 3
MESSAGE_SECONDS = 5.0
MOST_ROWS = 3
"""Of a message that is longer than a row."""


class Footer(Widget):
    """Keys strong, verbs muted, most used first; help comes last and is never dropped."""

    DEFAULT_CSS = """
    Footer { dock: bottom; height: 1; background: $surface; color: $muted; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._spans: list[tuple[int, int, Action]] = []
        self._message: Content | None = None

    def on_mount(self) -> None:
        """Follow what can be done."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def takes(self, message: Content) -> bool:
        """Whether there is room for all of a message."""
        return len(self._lines(message)) <= MOST_ROWS

    def tell(self, message: Content) -> None:
        """Show a message in place of the keys for a few seconds, in as many rows as it needs."""
        self._message = message
        self.styles.height = min(MOST_ROWS, max(1, len(self._lines(message))))
        self.refresh()
        self.set_timer(MESSAGE_SECONDS, lambda: self._forget(message))

    def take_back(self) -> None:
        """Show the keys again at once: what the message asked for is done."""
        if self._message is not None:
            self._forget(self._message)

    def _forget(self, message: Content) -> None:
        if self._message is message:
            self._message = None
            self.styles.height = 1
            self.refresh()

    def _lines(self, message: Content) -> list[Content]:
        return wrap(message, max(8, self.app.size.width - 3))

    def render(self) -> Content:
        """Lay out as many items as fit, and remember where each stands."""
        width, speech = self.size.width, speech_of(self)
        if self._message is not None:
            self._spans = []
            return Content("\n").join(speech.content("  ", line) for line in self._lines(self._message)[:MOST_ROWS])
        chosen = actions.in_last_row(self.screen)
        items = [
            (
                action,
                speech.content(
                    (actions.key_label(action, self.screen), "bold $strong"),
                    " ",
                    speech.say(actions.verb_key(action, self.screen)),
                ),
            )
            for action in chosen
        ]
        gap = GAP if width >= 100 else 2
        margin = 2 if width >= 80 else 1
        last = items.pop() if items and items[-1][0].id == "help" else None
        room = width - 2 * margin - (last[1].cell_length + gap if last else 0)
        kept: list[tuple[Action, Content]] = []
        for item in items[: MOST - 1]:
            if item[1].cell_length > room:
                break
            kept.append(item)
            room -= item[1].cell_length + gap
        kept += [last] if last else []
        self._spans = []
        parts: list[str | Content] = [" " * margin]
        x = margin
        for action, item_content in kept:
            self._spans.append((x, x + item_content.cell_length, action))
            parts += [item_content, " " * gap]
            x += item_content.cell_length + gap
        version = f"v{__version__}"
        if width >= 120 and x + len(version) + margin <= width:
            parts += [" " * (width - x - len(version) - margin), version]
        return speech.content(*parts)

    async def on_click(self, event: events.Click) -> None:
        """Press the key under the pointer."""
        for start, end, action in self._spans:
            if start <= event.x < end:
                await actions.perform(self.app, action, self.screen)
                return
