"""Speech: the interface's words in the chosen language, spelled for the terminal and cleaned for a widget."""

from dataclasses import dataclass

from textual.content import Content
from textual.dom import DOMNode

from nnlab.tui import catalogue, cleaning
from nnlab.tui.cleaning import Part


@dataclass(frozen=True, slots=True)
class Speech:
    """How the interface talks now: the app makes it anew when the language or the glyphs change."""

    language: str = "en"
    is_ascii: bool = False

    def say(self, key: str, /, **values: object) -> str:
        """Return the catalogue's text of `key`."""
        return catalogue.text(key, self.language, **values)

    def plot_words(self) -> dict[str, str]:
        """Return what plots write by themselves, as `nnlab.plots.words` looks it up."""
        return {key: said for key, said in catalogue.texts(self.language).items() if key.startswith("plot.")}

    def spell(self, text: str) -> str:
        """Return `text` cleaned, and in ASCII where only that can be shown."""
        text = cleaning.clean(text)
        return catalogue.spell_ascii(text) if self.is_ascii else text

    def content(self, *parts: Part) -> Content:
        """Join parts (text, (text, style), content) into what a widget may show: cleaned, spelled, never markup."""
        return cleaning.content(parts, catalogue.spell_ascii if self.is_ascii else str)


def chosen_mark(speech: Speech) -> str:
    """The mark of a chosen row: a bar, or an arrow where only ASCII can be shown."""
    return "▸" if speech.is_ascii else "▎"


def speech_of(node: DOMNode) -> Speech:
    """Return how the app of a widget or screen talks."""
    speech = getattr(node.app, "speech", None)
    return speech if isinstance(speech, Speech) else Speech()
