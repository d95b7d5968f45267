"""What every screen of the lab shares: its place in the registry of actions, its words, its one-row messages."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.content import Content
from textual.screen import Screen

from nnlab.tui.speech import Speech, speech_of
from nnlab.tui.widgets.footer import Footer

if TYPE_CHECKING:
    from nnlab.tui.app import LabApp


class LabScreen(Screen[None]):
    """Base of the screens. A subclass sets PLACE and `BINDINGS = actions.bindings(PLACE)`, and yields a Footer last."""

    PLACE: ClassVar[str] = ""
    AUTO_FOCUS = ""

    @property
    def lab(self) -> "LabApp":
        """The app, as what it is."""
        return cast("LabApp", self.app)

    @property
    def speech(self) -> Speech:
        """How the interface talks now."""
        return speech_of(self)

    def say(self, key: str, /, **values: object) -> str:
        """Return a catalogue text in the language of the interface."""
        return self.speech.say(key, **values)

    def wording(self, action_id: str) -> str | None:
        """Return the catalogue key of an action's verb where it depends on the state, else None."""
        return None

    def stop_run(self) -> bool:
        """Stop what is running, for ctrl+c. Returns whether there was something to stop."""
        return False

    def interrupt(self) -> str:
        """Do what ctrl+c asks for and return what to say of it; nothing when it shall leave the lab."""
        return self.say("app.stopped") if self.stop_run() else ""

    def speech_changed(self) -> None:
        """Take up a new language or other glyphs. Widgets that read `speech_of` in `render` need nothing here."""

    def look_changed(self) -> None:
        """Take up another theme, depth or glyph set in what is drawn with `lab.plot_palette()`."""

    def close_once(self) -> bool:
        """Take this screen away; False when it is gone already. A second click must not close what lies below."""
        is_open = self.app.screen is self
        if is_open:
            self.dismiss()
        return is_open

    def begin(self, work: Callable[[], Coroutine[Any, Any, None]], group: str = "screen") -> None:
        """Do `work` beside the screen; what of the same group is still under way is given up."""
        self.run_worker(work, exclusive=True, group=group)  # type: ignore[arg-type]  # Textual's union asks for Never

    def copy(self, line: str) -> None:
        """Copy a line and show it in full: in the last row, or over the screen where it is too long for that."""
        self.app.copy_to_clipboard(line)
        said = self.speech.content(self.say("app.copied", text=line))
        if all(footer.takes(said) for footer in self.query(Footer)):
            self.tell(said)
        else:
            from nnlab.tui.screens.copied import CopiedScreen

            self.app.push_screen(CopiedScreen(line))

    def tell(self, message: str | Content) -> None:
        """Show one sentence in the last row for a few seconds."""
        for footer in self.query(Footer):
            footer.tell(self.speech.content(message))

    def take_back(self) -> None:
        """Show the keys in the last row again: what it asked for is done."""
        for footer in self.query(Footer):
            footer.take_back()
