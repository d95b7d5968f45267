"""Kept runs on the workbench: opened from the history, compared, pinned."""

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from nnlab.lab.errors import NnlabError, UsageError
from nnlab.lab.history import MOST, History
from nnlab.lab.history_entry import HistoryEntry
from nnlab.lab.record_reading import read_run
from nnlab.lab.settings import Settings
from nnlab.tui.bench_form import values_of
from nnlab.tui.screens.bench_actions import RESULTS
from nnlab.tui.screens.table_actions import TableActions

MOST_PINNED = 5
"""Pinned runs that lie in the comparison by themselves."""


class KeptActions(TableActions):
    """The part of the workbench that knows the history."""

    def action_history_of(self) -> None:
        """Open the history of this experiment; what is opened there comes here."""
        from nnlab.tui.screens.history import HistoryScreen

        self.app.push_screen(HistoryScreen(f"{self.lesson.slug}/{self.experiment}", self.take_kept))

    def take_kept(self, entry: HistoryEntry, marked: Sequence[HistoryEntry]) -> None:
        """Take the settings of a kept run into the form, and the marked ones into the comparison."""
        if entry.name == f"{self.lesson.slug}/{self.experiment}":
            self.load(values_of(entry.settings), entry.label or entry.id)
            self.begin(partial(self.compare_kept, marked or [entry]), group="kept")
            return
        try:
            self.app.switch_screen(type(self).of_run(self.lab.course, entry, marked or [entry]))  # type: ignore[attr-defined]  # WorkbenchScreen has it
        except NnlabError as error:
            self.tell(str(error))

    async def compare_kept(self, entries: Sequence[HistoryEntry], *, is_pinned: bool = False) -> None:
        """Read kept runs, in a thread, into the comparison."""
        for entry in entries:
            try:
                run = await asyncio.to_thread(read_run, History().folder / entry.id)
            except UsageError as error:
                self.tell(str(error))
                continue
            taken = self.runs.add_kept(run, entry)
            taken.is_pinned = is_pinned or entry.pinned
            self._is_dirty = True
        self.refresh_bindings()

    def action_pin(self) -> None:
        """Let the chosen run lie as ghost behind the others; the history keeps it for ever."""
        if (chosen := self.runs.chosen) is not None:
            chosen.is_pinned = not chosen.is_pinned
            self._is_dirty = True
            self.begin(partial(self._pin, chosen.run.settings, chosen.is_pinned), "pin")

    async def _pin(self, settings: Settings, is_pinned: bool) -> None:
        found = await self._entry_of(settings)
        if found is not None:
            await asyncio.to_thread(History().pin, found.id, is_pinned)

    async def take_kept_id(self, run_id: str) -> None:
        """The run of that id is in the history now: take what it counted there."""
        try:
            entry = await asyncio.to_thread(History().find, run_id)
            removed = await asyncio.to_thread(History().take_removed)
        except (UsageError, OSError):
            return
        if removed:
            self.tell(self.say("history.removed", count=f"{removed:,}", most=f"{MOST:,}"))
        for one in self.runs.runs:
            if one.run.settings == entry.settings and one.run.ended is not None:
                one.take_entry(entry)
                self._is_dirty = True

    async def _entry_of(self, settings: Settings) -> HistoryEntry | None:
        """Return the newest kept run with these settings."""
        entries = await asyncio.to_thread(History().entries)
        return next((entry for entry in entries if entry.settings == settings), None)

    def action_python(self) -> None:
        """Write the run as a script that needs NumPy alone."""
        self.begin(partial(self._export, ".py"), "export")

    def action_export(self) -> None:
        """Write the run in every form into a folder."""
        self.begin(partial(self._export, ""), "export")

    async def _export(self, suffix: str) -> None:
        """Let `nnlab export` write the chosen run, or the one on the stage, below the working folder."""
        one = self.runs.chosen if self.is_on(RESULTS) else self.runs.of(self.session.run)
        settings = self.session.settings if one is None or one.run is self.session.run else one.run.settings
        entry = await self._entry_of(settings) if settings is not None else None
        if entry is None:
            self.tell(self.say("bench.not-kept"))
            return
        place = Path.cwd() / f"nnlab-{entry.id}{suffix}"
        self.tell(self.say("bench.exporting", path=str(place)))
        command = [sys.executable, "-m", "nnlab.cli", "export", entry.id, "-o", str(place)]
        command += [] if self.lab.course.is_bundled else ["--lessons", str(self.lab.course.folder), "--trust"]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
        lines = done.stderr.strip().splitlines()
        if done.returncode:
            self.tell(lines[-1].removeprefix("nnlab: ") if lines else str(done.returncode))
        else:
            self.tell(self.say("bench.exported", path=str(place)))
