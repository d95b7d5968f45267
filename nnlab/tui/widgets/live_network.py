"""The live network: an experiment of the course that trains while nobody does anything, in a real trainer process."""

import asyncio
import importlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from nnlab.tui import actions
from nnlab.tui.cleaning import Part
from nnlab.tui.screens.home import LIVE_EXPERIMENT, LIVE_LESSON
from nnlab.tui.speech import speech_of
from nnlab.tui.widgets.plot_pane import INDEXED, PlotPane
from nnlab.tui.widgets.run_bar import STATES

if TYPE_CHECKING:
    from nnlab.lab.views import View
    from nnlab.plots.grid import Grid
    from nnlab.tui.app import LabApp
    from nnlab.tui.session import Session

STEPS_PER_SECOND = 300.0
"""Slow enough to be watched and to leave the machine alone."""
UNSEEN_WIDTH = 44
"""Columns from which the header says which data and what the readout counts."""
PATIENCE = 0.3
"""Seconds of starting that pass without a word."""
GONE = ("dead", "failed")
PAUSE_AT_THE_END = 8.0
"""Seconds that a trained network is shown before the next seed starts."""


class LiveLine(Widget):
    """State, step and speed of the live run, and the key that opens it."""

    def __init__(self) -> None:
        super().__init__()
        self._facts: tuple[str, int, float] = ("starting", 0, float("nan"))
        self._is_late = False

    def on_mount(self) -> None:
        """Say that the trainer is starting once that has taken a while."""
        self.set_timer(PATIENCE, self.show_start)

    def show_start(self) -> None:
        """Name the wait."""
        self._is_late = True
        self.refresh()

    def show(self, state: str, step: int, rate: float) -> None:
        """Show these facts; nothing is painted when they are the same."""
        if (state, step, rate) != self._facts:
            self._facts = (state, step, rate)
            self.refresh()

    def render(self) -> Content:
        """Lay out one row."""
        state, step, rate = self._facts
        speech, width = speech_of(self), self.size.width
        if state == "starting" and not self._is_late:
            return Content("")
        mark, style = STATES.get(state, STATES["starting"])
        left: list[Part] = [(f"{mark} ", style), (speech.say(f"state.{state}"), f"bold {style}")]
        if step:
            word = speech.say("home.step") + " " if width >= 50 else ""
            left += ["  ", (word, "$muted"), (f"{step:,}", "bold $strong")]
        if rate == rate and state == "training" and width >= 50:
            left += [("   " + speech.say("run.speed", rate=f"{rate:,.0f}"), "$muted")]
        line = speech.content(*left)
        key, verb = ("space", "home.revives") if state in GONE else ("o", "home.opens")
        right = speech.content((key, "bold $strong"), (" " + speech.say(verb), "$muted"))
        gap = width - line.cell_length - right.cell_length
        return Content.assemble(line, " " * gap, right) if gap >= 2 else line.truncate(width)


class LiveNetwork(Vertical):
    """Field, loss and one line about a run that goes on by itself."""

    def __init__(self, app: "LabApp", *, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._lab = app
        self.session: Session | None = None
        self._last_paint = 0.0
        self._is_painting = False
        self._is_held = False
        self._is_told = False
        """The trainer knows which probe is looked at."""
        self._last_state = "starting"
        self._ended_at: float | None = None

    def compose(self) -> ComposeResult:
        """Two panes and a line; all empty until the trainer answers."""
        yield PlotPane(lambda size: self._draw("field", size), id="field")
        yield PlotPane(lambda size: self._draw("curve", size), id="loss")
        yield LiveLine()

    async def on_mount(self) -> None:
        """Start the trainer; keys go on working meanwhile, since the imports run in a thread."""
        for module in ("nnlab.stage", "nnlab.tui.session"):
            await asyncio.to_thread(importlib.import_module, module)
        from nnlab.tui.session import Session

        if not self.is_attached:
            return
        course = self._lab.course
        self.session = Session(self._changed, lessons=course.key)
        self.session.set_speed(STEPS_PER_SECOND)
        self.session.start(LIVE_LESSON, LIVE_EXPERIMENT)
        self.set_interval(1.0, self._go_on)

    def on_unmount(self) -> None:
        """End the trainer."""
        if self.session is not None:
            self.session.close()

    def hold(self) -> None:
        """Stop training while another screen is shown."""
        if self.session is not None and self.session.state == "training":
            self.session.pause()
            self._is_held = True

    def release(self) -> None:
        """Train again if `hold` stopped it."""
        if self.session is not None and self._is_held:
            self.session.resume()
        self._is_held = False

    async def on_click(self) -> None:
        """Open what is learning."""
        await actions.perform(self.app, actions.BY_ID["live"], self.screen)

    def stop(self) -> bool:
        """Pause for ctrl+c. Returns whether anything was running."""
        is_running = self.session is not None and self.session.state == "training"
        if self.session is not None and is_running:
            self.session.pause()
        return is_running

    @property
    def state(self) -> str:
        """State of the session; "starting" before there is one."""
        return self.session.state if self.session is not None else "starting"

    def toggle(self) -> None:
        """Pause, go on, or start a trainer that is gone again."""
        if self.session is not None:
            self._is_held = False
            self.session.toggle()

    def relook(self) -> None:
        """Draw everything anew: another theme, glyph set or language."""
        for pane in self.query(PlotPane):
            pane.redraw()

    def _changed(self) -> None:
        if not self._is_painting:
            self._is_painting = True
            wait = self._last_paint + 1 / self._lab.frames_per_second - time.monotonic()
            if wait > 0:
                self.set_timer(wait, self._paint)
            else:
                self.call_later(self._paint)

    def _paint(self) -> None:
        self._is_painting = False
        self._last_paint = time.monotonic()
        session = self.session
        if session is None or not self.is_attached:
            return
        if session.card is not None and not self._is_told:
            self._is_told = True
            field = self._view("field")
            session.want((field.probe,) if field is not None else ())
        for pane in self.query(PlotPane):
            pane.redraw()
        run = session.run
        rate = run.steps_per_second if run is not None else float("nan")
        self.query_one(LiveLine).show(session.state, run.step if run is not None else 0, round(rate, -1))
        session.painted()
        if session.state != self._last_state:
            self._last_state = session.state
            self.screen.refresh_bindings()

    def _go_on(self) -> None:
        """Start the next seed when a trained network was shown for a while, or when the trainer is gone."""
        if self.session is None or self.session.state not in ("done", "goal", "diverged", "stopped"):
            self._ended_at = None
        elif self._ended_at is None:
            self._ended_at = time.monotonic()
        elif time.monotonic() - self._ended_at > PAUSE_AT_THE_END and not self._lab.preferences.reduced_motion:
            self._ended_at = None
            self.session.next_seed()

    def _view(self, kind: str) -> "View | None":
        card = self.session.card if self.session is not None else None
        return next((view for view in card.views if view.kind == kind), None) if card is not None else None

    def _draw(self, kind: str, size: tuple[int, int]) -> "Grid":
        from nnlab.plots.grid import Grid

        session, view = self.session, self._view(kind)
        if session is None or session.run is None or view is None:
            return Grid.blank(size)
        from nnlab.plots.pane import header
        from nnlab.stage import draw_view, write_metric

        say, palette, run = speech_of(self).say, self._lab.plot_palette(), session.run
        is_field = kind == "field"
        title, note = (
            say("home.learning" if is_field else "home.loss"),
            say("home.spirals" if is_field else "home.loss-note") if size[0] >= UNSEEN_WIDTH else "",
        )
        own = view.options if is_field else {"series": ("loss",)}
        grid = draw_view(
            replace(view, options={**own, "note": note, "readout": None if is_field else "loss"}),
            run,
            title=title,
            size=size,
            palette=palette,
            words=speech_of(self).plot_words(),
            form="line" if size[1] < 3 else "pane",
            extra={"labels": False} if is_field else {"scale": "log"},
        )
        if is_field:
            subdue(grid, palette.background)
            percent = write_metric("test_accuracy", run)
            grid.put(0, 0, " " * size[0])
            readout = say("home.unseen", percent=percent) if size[0] >= UNSEEN_WIDTH else percent
            header(grid, 0, title, note, readout, palette)
        return grid


def subdue(grid: "Grid", paper: int, share: float = 0.35) -> None:
    """Mix a field's pixels with the paper, in place: beside the lessons it must not shout. Points stay as they are.

    Only colours that are numbers (truecolor) can be mixed; a palette's entries are left alone.
    """
    import numpy as np

    body = slice(1, None)
    is_pixel = np.isin(grid.chars[body], ("▀", "▄", "█", " "))
    for plane, where in ((grid.fg[body], is_pixel), (grid.bg[body], np.ones_like(is_pixel))):
        where = where & (plane >= 0) & (plane < INDEXED)
        mixed = np.zeros_like(plane)
        for shift in (16, 8, 0):
            channel = (plane >> shift & 255) * (1 - share) + (paper >> shift & 255) * share
            mixed |= channel.round().astype(np.int32) << shift
        plane[where] = mixed[where]
