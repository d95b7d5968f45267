"""The app: settings, theme, language and the stack of screens. What a screen needs to know:

- A screen is a subclass of `screens.lab_screen.LabScreen` with a `PLACE`; its keys come from `actions.bindings(PLACE)`,
  its stylesheet stands beside it (`CSS_PATH = "lesson.tcss"`). Screens are imported when they are opened.
- Words: `self.say("home.pages")` gives a catalogue text; `self.speech.content(("● ", "$accent"), name)` makes the
  cleaned Content that any widget may show. Never hand a `str` to Static or Label. Widgets use `speech_of(self)`.
- Colours: in TCSS and in content styles only theme variables: $background $surface $panel $line $faint $muted $text
  $strong $accent $accent-dim $warning $error $neg $pos $s1 ... $s5. Plots take `self.lab.plot_palette()`.
- Messages: `self.tell("...")` shows one sentence in the last row. Motion: at most `app.frames_per_second` redraws.
- Breakpoints are classes on the screen: -huge (150 columns or more) -wide (120) -medium (80) -narrow (40), and
  -tall (44 rows) -middle (36) -short (20) -low (12). Below 40x12 the app shows one sentence instead.
- `app.open_lesson(slug, page=..., experiment=...)` pushes `screens.lesson.LessonScreen(lesson, page, experiment)`.
"""

import asyncio
import gc
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import App
from textual.binding import BindingType

from nnlab.lab.course import Course
from nnlab.lab.progress import Progress
from nnlab.tui import actions, preferences
from nnlab.tui.options import HEIGHTS, SMALLEST, WIDTHS, AppOptions
from nnlab.tui.screens.home import HomeScreen
from nnlab.tui.screens.lab_screen import LabScreen
from nnlab.tui.speech import Speech
from nnlab.tui.terminal import Glyphs, ThemeName
from nnlab.tui.theme import filter_for, make_theme, theme_id

if TYPE_CHECKING:
    from nnlab.plots.palette import Palette


class LabApp(App[int]):
    """nnlab on a terminal."""

    CSS_PATH = "app.tcss"
    TITLE = "nnlab"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False  # Textual fails on a press on a widget that is just leaving; terminals select with shift
    ESCAPE_TO_MINIMIZE = False
    BINDINGS: ClassVar[list[BindingType]] = actions.bindings("app")
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(self, course: Course, options: AppOptions | None = None) -> None:
        super().__init__()
        self.course = course
        self.options = options or AppOptions()
        self.progress = Progress(self.options.progress, course=course.key)
        self.preferences, self.notice = preferences.read(self.options.settings)
        self.animation_level = "none"
        self._filters = [line_filter for line_filter in self._filters if type(line_filter).__name__ != "Monochrome"]
        if self.options.terminal.depth != "truecolor":
            self._filters.append(filter_for(self.options.terminal.depth))
        for name in ("dark", "light"):
            self.register_theme(make_theme(name))
        self.theme = theme_id(self.theme_name)

    @property
    def theme_name(self) -> ThemeName:
        """Which of the two themes is on."""
        return self.preferences.theme or self.options.theme

    @property
    def glyphs(self) -> Glyphs:
        """The glyph set of plots and symbols; a terminal that shows ASCII only decides first."""
        terminal = self.options.terminal
        return terminal.glyphs if terminal.glyphs == "ascii" else self.preferences.glyphs or terminal.glyphs

    @property
    def speech(self) -> Speech:
        """How the interface talks now."""
        language = self.preferences.language or self.options.language
        return Speech(language if self.options.terminal.is_unicode else "en", self.glyphs == "ascii")

    @property
    def frames_per_second(self) -> float:
        """How often what moves is redrawn at most."""
        return 2.0 if self.preferences.reduced_motion else 20.0

    def plot_palette(self) -> "Palette":
        """Return the palette that plots are drawn with now."""
        from nnlab.plots.palette import Palette  # NumPy is heavy and not needed for the first paint

        return Palette(theme=self.theme_name, depth=self.options.terminal.depth, glyphs=self.glyphs)

    def on_mount(self) -> None:
        """Open home; signals of the system end the app as a key would."""
        loop = asyncio.get_running_loop()
        for number in () if self.is_headless or sys.platform == "win32" else (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, partial(self.exit, 128 + number, 128 + number))
        self.push_screen(HomeScreen())
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        gc.freeze()
        gc.enable()
        if (notice := self.notice or self.progress.notice) and isinstance(self.screen, LabScreen):
            self.screen.tell(notice)

    def on_resize(self, event: events.Resize) -> None:
        """Ask for room, or take the question away."""
        from nnlab.tui.screens.room import RoomScreen

        is_small = event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1]
        if is_small != isinstance(self.screen, RoomScreen):
            self.push_screen(RoomScreen()) if is_small else self.pop_screen()

    def open_lesson(self, slug: str, *, page: str = "", experiment: str = "") -> None:
        """Open a lesson at a page (default: where it was left), or an experiment of it; a mistake in it is told."""
        from nnlab.tui.lesson_opening import open_lesson

        open_lesson(self, slug, page, experiment)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what this terminal cannot do."""
        terminal = self.options.terminal
        if action == "glyphs":
            return terminal.glyphs != "ascii"
        return terminal.is_unicode or action != "language"

    def action_language(self) -> None:
        """Switch between English and Chinese."""
        self.preferences.language = "en" if self.speech.language == "zh" else "zh"
        self._retell()

    def action_glyphs(self) -> None:
        """Switch between ASCII and Unicode."""
        self.preferences.glyphs = "braille" if self.glyphs == "ascii" else "ascii"
        self._retell()

    def action_theme(self) -> None:
        """Switch between dark and light."""
        self.preferences.theme = "light" if self.theme_name == "dark" else "dark"
        self.theme = theme_id(self.theme_name)
        self._relook()

    def action_motion(self) -> None:
        """Switch reduced motion."""
        self.preferences.reduced_motion = not self.preferences.reduced_motion
        self._relook()

    def action_repaint(self) -> None:
        """Paint everything anew, whatever another program wrote over it."""
        self.screen.refresh(layout=True)

    def action_help(self) -> None:
        """Show the keys of the screen below."""
        from nnlab.tui.screens.help import HelpScreen

        self._lay_over(HelpScreen(self.screen))

    def action_palette(self) -> None:
        """Open the palette over the screen."""
        from nnlab.tui.screens.palette import PaletteScreen

        self._lay_over(PaletteScreen(self.screen))

    def _lay_over(self, layer: LabScreen) -> None:
        if getattr(self.screen, "PLACE", "") not in actions.LAYERS:  # a key pressed twice comes before the first layer
            self.push_screen(layer)

    def action_leave(self) -> None:
        """Leave the lab, with exit code 0."""
        self.exit(0)

    def action_interrupt(self) -> None:
        """Copy what is marked in a text, stop the run, or leave: the first that applies."""
        if isinstance(self.screen, LabScreen) and (message := self.screen.interrupt()):
            self.screen.tell(message)
        else:
            self.exit(0)

    def _retell(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, LabScreen):
                screen.speech_changed()
            for widget in screen.query("*"):
                widget.refresh(layout=True)
        self._relook()

    def _relook(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, LabScreen):
                screen.look_changed()
        preferences.write(self.options.settings, self.preferences)

    def _print_error_renderables(self) -> None:
        """Print no traceback over the shell: `run_app` writes it to a report and says so in one line."""
