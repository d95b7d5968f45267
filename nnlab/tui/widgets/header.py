"""The first row of a lesson: where you are, and the language."""

from collections.abc import Sequence

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from nnlab.tui import actions
from nnlab.tui.speech import speech_of


class Header(Widget):
    """`nnlab  lesson › page` on the left, a note and the language on the right; the ends can be clicked."""

    DEFAULT_CSS = """
    Header { dock: top; height: 1; background: $surface; color: $muted; }
    """

    trail: reactive[tuple[str, ...]] = reactive(())
    """Where you are, from the lesson down; the last one is strong."""
    note: reactive[str] = reactive("")
    """Said on the right ("lesson 1 of 8"); the first to go when room is short."""

    def render(self) -> RenderResult:
        """Lay out one row. Where it is too short the note goes, then all of the trail but its end, then that is cut."""
        speech = speech_of(self)
        width = self.size.width
        margin = 2 if width >= 80 else 1
        room = width - 2 * margin
        language = speech.say("app.language") if width >= 80 else ""
        left = right = Content("")
        for trail, note in ((self.trail, self.note), (self.trail, ""), (self.trail[-1:], "")):
            left = self._left(trail)
            right = speech.content("   ".join(part for part in (note, language) if part))
            if left.cell_length + (2 if right.plain else 0) + right.cell_length <= room:
                break
        left = left.truncate(max(0, room - right.cell_length - (2 if right.plain else 0)), ellipsis=not speech.is_ascii)
        gap = max(0, room - left.cell_length - right.cell_length)
        return Content.assemble(" " * margin, left, " " * gap, right)

    def _left(self, trail: Sequence[str]) -> Content:
        speech = speech_of(self)
        left = speech.content((speech.say("app.name"), "bold $accent"), "   " if self.size.width >= 80 else "  ")
        for depth, name in enumerate(trail):
            is_last = depth == len(trail) - 1
            left += speech.content("  ›  " if depth else "", (name, "$strong" if is_last else "$muted"))
        return left

    async def on_click(self, event: events.Click) -> None:
        """The name goes home, the language switches."""
        if event.x < 9:
            await actions.perform(self.app, actions.BY_ID["home"], self.screen)
        elif event.x >= self.size.width - 5 and self.size.width >= 80:
            await actions.perform(self.app, actions.BY_ID["language"], self.screen)
