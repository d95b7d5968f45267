"""The shell line of the workbench: the line that repeats the run on the stage, always in view."""

from collections.abc import Sequence

from textual import events
from textual.content import Content

from nnlab.tui import actions
from nnlab.tui.shell_rows import MORE, shell_rows
from nnlab.tui.speech import speech_of
from nnlab.tui.widgets.paragraph import Typeset, heading

MOST = 5
"""Rows that the line takes at most; a click copies all of it."""
ROOMY = 36
"""Rows of the terminal from which the line stands in full."""
KEYS = ("copy", "python", "export")


class ShellLine(Typeset):
    """A heading, the line broken at its words, and the keys that take it along."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._line = ""
        self._spans: list[tuple[int, int, str]] = []

    def show(self, line: str) -> None:
        """Show this line."""
        if line != self._line:
            self._line = line
            self.refresh(layout=True)

    def lines(self, width: int) -> Sequence[Content]:
        """Return heading, line and keys."""
        speech = speech_of(self)
        if self.app.size.height < ROOMY:
            key = speech.content("  ", (actions.BY_ID["copy"].key_label, "bold $strong"), " ", (self._line, "$muted"))
            return [key.truncate(width - 1, ellipsis=not speech.is_ascii)]
        title = speech.content("  ", (speech.say("bench.line"), "$strong"))
        rows = shell_rows(self._line, max(8, width - 4))
        shown = [*rows[: MOST - 1], rows[MOST - 1].removesuffix(MORE) + " …"] if len(rows) > MOST else rows
        broken = [
            speech.content("  ", (row.removesuffix(MORE), "$muted"), (MORE if row.endswith(MORE) else "", "$faint"))
            for row in shown
        ]
        lines = [heading(speech, title, width - 1), *broken, self._keys()]
        return [line.truncate(width) for line in lines]

    def _keys(self) -> Content:
        speech, row = speech_of(self), Content("  ")
        self._spans = []
        for name in KEYS:
            action = actions.BY_ID.get(name)
            if action is None or actions.owner(action, self.screen) is None:
                continue
            start = row.cell_length
            row += speech.content((action.key_label, "bold $strong"), " ", (speech.say(f"bench.{name}"), "$muted"))
            self._spans.append((start, row.cell_length, name))
            row += Content("   ")
        return row

    async def on_click(self, event: events.Click) -> None:
        """Press the key under the pointer; anywhere else copies the line."""
        name = next((name for start, end, name in self._spans if start <= event.x < end), "")
        is_keys = event.y == self.size.height - 1
        await actions.perform(self.app, actions.BY_ID[name if name and is_keys else "copy"], self.screen)
