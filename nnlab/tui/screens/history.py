"""The history: every run that was kept, to find, compare, name, pin, delete, and open on the workbench."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Vertical

from nnlab.lab.errors import NnlabError, UsageError
from nnlab.lab.history import MOST, History
from nnlab.lab.history_entry import HistoryEntry
from nnlab.lab.record_reading import read_run
from nnlab.lab.run import Run
from nnlab.tui import actions
from nnlab.tui.bench_runs import BenchRuns
from nnlab.tui.history_list import HistoryList
from nnlab.tui.line_edit import LineEdit
from nnlab.tui.screens.compare_actions import CompareActions
from nnlab.tui.screens.history_drawing import HistoryDrawing
from nnlab.tui.value_words import RunWords
from nnlab.tui.widgets.footer import Footer
from nnlab.tui.widgets.header import Header
from nnlab.tui.widgets.plot_pane import PlotPane, is_backed_up
from nnlab.tui.widgets.run_facts import RunDetails, TypedLine

Open = Callable[[HistoryEntry, Sequence[HistoryEntry]], None]
"""open(entry, marked): take a run up, and the marked ones into the comparison."""
MOST_CURVES = 8


class HistoryScreen(CompareActions, HistoryDrawing):
    """The list of runs beside what the chosen one was, and the curves of the marked ones."""

    PLACE = "history"
    BINDINGS = actions.bindings("history")
    CSS_PATH = "history.tcss"

    def __init__(self, filter_text: str = "", open_run: Open | None = None) -> None:
        """filter_text: what is looked for at first. open_run: what enter does; a workbench of its own by default."""
        super().__init__()
        self.history = History()
        self.listing = HistoryList(filter_text)
        self.runs = BenchRuns()
        self._lessons = {}
        self._open_run = open_run
        self._read: dict[str, Run] = {}
        self._doomed: tuple[str, ...] = ()
        """Runs that the next press of the key deletes."""
        self._asks = ""
        """What is being typed: "filter", "label", or nothing."""

    def compose(self) -> ComposeResult:
        """Yield the filter, the list, the details and the curves."""
        yield Header()
        with Container(id="body"):
            with Vertical(id="list-side"):
                yield TypedLine(id="filter")
                yield PlotPane(self.draw_list, id="runs", can_focus=True)
            with Vertical(id="about"):
                yield RunDetails(id="details")
                yield PlotPane(self.draw_curves, id="curves", can_focus=True)
        yield Footer()

    async def on_mount(self) -> None:
        """Read the history without holding up the screen."""
        self.query_one(Header).trail = (self.say("history.title"),)
        self.set_interval(1 / self.lab.frames_per_second, self._paint)
        self.set_focus(self.query_one("#runs"))
        self._show_filter()
        await self.read_again()

    async def read_again(self) -> None:
        """Take up the history as it is now."""
        try:
            entries = await asyncio.to_thread(self.history.entries)
        except OSError as error:
            entries = ()
            self.tell(self.say("history.unreadable", reason=str(error.strerror)))
        else:
            if removed := await asyncio.to_thread(self.history.take_removed):
                self.tell(self.say("history.removed", count=f"{removed:,}", most=f"{MOST:,}"))
        self.listing.take(entries)
        self.is_read = True
        self._changed()

    def _changed(self) -> None:
        self._is_dirty = True
        self._show_filter()
        chosen = self.listing.chosen
        self.query_one(RunDetails).show(chosen, self.words_of(chosen) if chosen is not None else RunWords())
        self.begin(self._read_curves, group="curves")
        self.refresh_bindings()

    async def _read_curves(self) -> None:
        """Read the curves of the marked runs and of the chosen one, one after the other, in a thread."""
        chosen = self.listing.chosen
        wanted = self.listing.marked_entries or ([chosen] if chosen is not None else [])
        runs = BenchRuns()
        runs.axis, runs.metric, runs.is_log = self.runs.axis, self.runs.metric, self.runs.is_log
        runs.is_smooth = self.runs.is_smooth
        if chosen is not None:
            runs.tell = self.words_of(chosen).tell
        for entry in wanted[:MOST_CURVES]:
            if entry.id not in self._read:
                await asyncio.sleep(0.05)  # the cursor passes many rows on its way
                try:
                    self._read[entry.id] = await asyncio.to_thread(read_run, self.history.folder / entry.id)
                except UsageError as error:
                    self.tell(str(error))
                    continue
            runs.add_kept(self._read[entry.id], entry)
        self.runs = runs
        self._is_dirty = True

    def _paint(self) -> None:
        if self._is_dirty and not is_backed_up(self.app) and self.app.screen is self:
            self._is_dirty = False
            for pane in self.query(PlotPane):
                pane.redraw()

    # --- what can be done -------------------------------------------------------------------------------------------

    @property
    def is_typing(self) -> bool:
        """Whether keys go into a text now."""
        return bool(self._asks)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what cannot be done now."""
        if action in ("enter", "mark", "pin", "rename", "delete", "copy"):
            return self.listing.chosen is not None
        if action in ("metric", "axis", "log", "smooth"):
            return bool(self.runs.runs)
        if action == "beside":
            return self.cursor is not None
        return True

    def wording(self, action_id: str) -> str | None:
        """Enter opens, and applies what is typed."""
        if self.is_typing and action_id in ("enter", "home"):
            return f"action.{action_id}.typing"
        return {"enter": "action.enter.bench", "home": "action.close.verb"}.get(action_id)

    def action_enter(self) -> None:
        """Take the chosen run to the workbench, the marked ones into its comparison."""
        chosen = self.listing.chosen
        if chosen is None:
            return
        marked = self.listing.marked_entries
        if self._open_run is not None:
            app, open_run = self.app, self._open_run
            if self.close_once():
                app.call_later(open_run, chosen, marked)
            return
        from nnlab.tui.screens.workbench import WorkbenchScreen

        try:
            bench = WorkbenchScreen.of_run(self.lab.course, chosen, marked or [chosen])
        except NnlabError as error:
            self.tell(str(error))
            return
        self.app.push_screen(bench)

    def action_mark(self) -> None:
        """Compare the chosen run, or do not any more."""
        self.listing.mark()
        self._changed()

    async def action_pin(self) -> None:
        """Pin the chosen run: it stays for ever, and is the ghost of its experiment's runs."""
        if (chosen := self.listing.chosen) is not None:
            await self._change(lambda: self.history.pin(chosen.id, not chosen.pinned))

    async def action_delete(self) -> None:
        """Ask, then delete the marked runs, or the chosen one."""
        chosen = self.listing.chosen
        if chosen is None:
            return
        doomed = tuple(self.listing.marked) or (chosen.id,)
        if self._doomed != doomed:
            self._doomed = doomed
            self.tell(self.say("history.sure", count=len(doomed), key=actions.BY_ID["delete"].key_label))
            return
        self._doomed = ()
        await self._change(lambda: self.history.delete(doomed))
        self.tell(self.say("history.deleted", count=len(doomed)))

    async def _change(self, work: Callable[[], object]) -> None:
        try:
            await asyncio.to_thread(work)
        except (UsageError, OSError) as error:
            self.tell(str(error))
        await self.read_again()

    def action_filter(self) -> None:
        """Type words that a run must have."""
        self._ask("filter", self.listing.filter_text)

    def action_rename(self) -> None:
        """Give the chosen run a name."""
        if (chosen := self.listing.chosen) is not None:
            self._ask("label", chosen.label)

    def _ask(self, what: str, text: str) -> None:
        self._asks = what
        self.query_one(TypedLine).ask(self.say(f"history.ask-{what}"), LineEdit.at_end(text))
        self.refresh_bindings()

    def action_copy(self) -> None:
        """Copy the shell line that repeats the chosen run, with every setting."""
        chosen = self.listing.chosen
        if chosen is not None:
            self.copy(full_line(chosen))

    def forget_cursor(self) -> None:
        """Take the cursor off the curves."""
        self.cursor = None

    def action_home(self) -> None:
        """Leave the cursor, the filter, the history."""
        if self.cursor is not None:
            self.cursor = None
            self._is_dirty = True
        elif self.listing.filter_text:
            self.listing.filter("")
            self._changed()
        else:
            self.close_once()

    def action_next_part(self) -> None:
        """Go to the curves, or back to the list."""
        is_list = self.focused is not None and self.focused.id == "runs"
        self.set_focus(self.query_one("#curves" if is_list and self.query_one("#curves").size.height else "#runs"))
        self._is_dirty = True

    # --- keys and mouse ---------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Arrows move; while something is asked, keys type."""
        if self._asks:
            self._type(event)
            event.stop()
            event.prevent_default()
            return
        by = {"up": -1, "down": 1, "pageup": -20, "pagedown": 20, "home": -(10**6), "end": 10**6}.get(event.key, 0)
        if self.focused is not None and self.focused.id == "curves" and event.key in ("left", "right"):
            self.move_cursor(1 if event.key == "right" else -1)
            self._is_dirty = True
        elif by:
            self._doomed = ()
            self.listing.move(by)
            self._changed()
        elif event.key != actions.BY_ID["delete"].keys[0]:
            self._doomed = ()

    def _type(self, event: events.Key) -> None:
        line = self.query_one(TypedLine)
        edit = line.edit
        if edit is None:
            return
        if event.key == "escape":
            if self._asks == "filter":
                self.listing.filter("")
            self._stop_asking()
        elif event.key in ("enter", "tab"):
            asked, text = self._asks, edit.text
            self._stop_asking()
            chosen = self.listing.chosen
            if asked == "label" and chosen is not None:
                self.begin(partial(self._change, partial(self.history.label, chosen.id, text)), "change")
        elif edit.press(event.key, event.character) and self._asks == "filter":
            self.listing.filter(edit.text)
            self._changed()
        line.refresh()

    def on_paste(self, event: events.Paste) -> None:
        """Put what is pasted into what is typed."""
        edit = self.query_one(TypedLine).edit
        if edit is not None:
            edit.insert(event.text)
            self.query_one(TypedLine).refresh()

    def _stop_asking(self) -> None:
        self._asks = ""
        self.query_one(TypedLine).edit = None
        self._changed()

    def _show_filter(self) -> None:
        if not self._asks:
            text = self.listing.filter_text
            words = self.say("history.filtered" if text else "history.hint")
            self.query_one(TypedLine).say(self.speech.content((words, "$muted"), (text, "$strong")))

    @on(PlotPane.Pressed)
    def press(self, event: PlotPane.Pressed) -> None:
        """A click chooses a row, once more marks it; in the curves it reads values."""
        if event.pane.id == "curves":
            self.read_at(event.column)
            self._is_dirty = True
            return
        row = event.row - 2 + self.first_row
        if event.row >= 2 and row < len(self.listing.shown):
            if row == self.listing.selected:
                self.listing.mark()
            self.listing.selected = row
            self._changed()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Choose the next run."""
        self.listing.move(1)
        self._changed()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Choose the run before."""
        self.listing.move(-1)
        self._changed()

    def on_screen_resume(self) -> None:
        """Runs were made meanwhile."""
        if self.is_read:
            self.begin(self.read_again)

    def on_resize(self) -> None:
        """Draw in the new size."""
        self._is_dirty = True

    def speech_changed(self) -> None:
        """Take up a new language."""
        self.query_one(Header).trail = (self.say("history.title"),)
        self._changed()

    def look_changed(self) -> None:
        """Take up another theme."""
        self._is_dirty = True


def full_line(entry: HistoryEntry) -> str:
    """Return the shell line that repeats a run; every knob is in it, since defaults may change."""
    nothing = replace(entry.settings, knobs={})
    return entry.settings.shell_line(nothing, entry.course or None)
