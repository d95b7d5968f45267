"""The history: every run that was kept, as a folder of its own, with one small index in front of them.

    <data>/runs/<id>/         a record (see record.py), and entry.json: what the history says of the run
    <data>/runs/index.jsonl   a line for every change of an entry, so that opening a thousand runs reads one file
    <data>/runs/removed       how many runs gave way to newer ones, until somebody is told

The id is the beginning of the SHA-256 of the metric lines, so the same run once more is the same entry with a new
time. The folders are the truth: an index that lacks one, has one too many or cannot be read is made anew from them.
"""

import contextlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from nnlab.lab import data_files, files, paths, record
from nnlab.lab.errors import UsageError, unknown
from nnlab.lab.history_entry import HistoryEntry, read_entry, write_entry

ID_DIGITS = 10
MOST = 5000
"""Runs that stay; of more, the oldest go that are neither pinned nor labelled."""
_ID = re.compile(rf"[0-9a-f]{{{ID_DIGITS}}}")
_PART_OF_ID = re.compile(rf"[0-9a-f]{{3,{ID_DIGITS}}}")
_LEFT_OVER = 24 * 3600.0
"""Seconds after which a folder that somebody began to write or to delete counts as left behind."""


class History:
    """The runs below one folder. Several processes may use it at once; every call sees what all of them have done."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or paths.all_paths()["runs"]
        self._index = self.folder / "index.jsonl"
        self._removed = self.folder / "removed"
        self._read: tuple[object, dict[str, HistoryEntry]] = (None, {})

    # --- reading ----------------------------------------------------------------------------------------------------

    def entries(self) -> tuple[HistoryEntry, ...]:
        """Return all runs, the newest first."""
        return tuple(sorted(self._entries().values(), key=lambda entry: entry.when, reverse=True))

    def matching(self, words: Iterable[str]) -> tuple[HistoryEntry, ...]:
        """Return the runs that all the words fit, the newest first. A word is part of a name, label, id, status or
        data's name, or KNOB=VALUE as a shell line has it."""
        wanted = [word.casefold() for word in words]
        return tuple(entry for entry in self.entries() if all(entry.fits(word) for word in wanted))

    def find(self, name: str) -> HistoryEntry:
        """Return the run of that id (three digits or more will do) or label. Raises UsageError."""
        entries = self.entries()
        labelled = [entry for entry in entries if entry.label and entry.label == name]
        matches = labelled or [entry for entry in entries if _PART_OF_ID.fullmatch(name) and entry.id.startswith(name)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            listed = ", ".join(entry.id for entry in matches[:8])
            raise UsageError(f"{name} fits {len(matches)} runs: {listed}; give more digits of the id.")
        if not entries:
            raise UsageError(f"no run {name!r}: no run was kept here yet; `nnlab run NAME --keep` keeps one.")
        newest = [entry.id for entry in entries[:8]]
        error = unknown("run", name, newest)
        more = f" And {len(entries) - 8:,} older ones; `nnlab runs` lists them." if len(entries) > 8 else ""
        raise UsageError(f"{error}{more}")

    def path(self, run: str) -> Path:
        """Return the run folder that `run` names: a folder as it is, else an id or label. Raises UsageError."""
        if (Path(run) / record.ABOUT_FILE).is_file() or os.sep in run:
            return Path(run)
        return self.folder / self.find(run).id

    # --- writing ----------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def new_folder(self) -> Any:
        """Give an empty folder to write a record into; `keep` takes it up, and what is left of it goes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=self.folder, prefix=".new-"))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep_copy(self, folder: Path, course: str = "") -> HistoryEntry:
        """Keep a copy of the record in `folder`."""
        with self.new_folder() as place:
            for file in record.FILES:
                if (folder / file).is_file():
                    shutil.copyfile(folder / file, place / file)
            return self.keep(place, course)

    def keep(self, folder: Path, course: str = "") -> HistoryEntry:
        """Move the finished record in `folder`, one of `new_folder`, into the history.

        course: folder of the run's course, empty for the bundled one. A run that is there already gets a new time.
        """
        about = record.read_about(folder)
        settings = record.settings_from(about["settings"])
        entry = HistoryEntry(
            id=record.metrics_digest(folder)[:ID_DIGITS],
            when=time.time(),
            settings=settings,
            summary=about["summary"],
            course=course,
            data=_data_name(settings.data),
        )
        with files.locked(self._index):
            place = self.folder / entry.id
            if place.is_dir():
                entry = replace(read_entry(self.folder / entry.id) or entry, when=entry.when)
                write_entry(place, entry)
            else:
                write_entry(folder, entry)
                os.rename(folder, place)
            self._append(entry.line)
        self._thin_out()
        return entry

    def pin(self, run: str, pinned: bool = True) -> HistoryEntry:
        """Mark a run so that it always stays and lists put it in front, or unmark it."""
        return self._change(run, pinned=pinned)

    def label(self, run: str, label: str) -> HistoryEntry:
        """Give a run a name of the user's own; an empty one takes it away. Raises UsageError when another has it."""
        text = " ".join(label.split())
        other = next((entry for entry in self.entries() if text and entry.label == text), None)
        if other is not None and other.id != self.find(run).id:
            raise UsageError(f"the run {other.id} is called {text!r} already; give this one another label.")
        return self._change(run, label=text)

    def delete(self, ids: Iterable[str]) -> None:
        """Delete runs by their full ids; what is gone already does not matter."""
        self._delete(ids)

    def take_removed(self) -> int:
        """Return how many runs gave way to newer ones since this was last asked: the user is told once."""
        if not self._removed.exists():
            return 0
        with files.locked(self._index):
            count = self._count_removed()
            self._removed.unlink(missing_ok=True)
        return count

    # --- folders and index ------------------------------------------------------------------------------------------

    def _delete(self, ids: Iterable[str], *, gives_way: bool = False) -> None:
        """Delete runs. gives_way: only those that nobody has pinned or labelled by now, and count them."""
        gone = []
        with files.locked(self._index):
            for run in ids:
                entry = read_entry(self.folder / run) if gives_way else None
                if entry is not None and (entry.pinned or entry.label):
                    continue
                aside = self.folder / f".gone-{run}-{os.getpid()}"
                with contextlib.suppress(FileNotFoundError):
                    os.rename(self.folder / run, aside)
                    gone.append(aside)
                self._append({"id": run})
            if gives_way and gone:
                files.write_atomically(self._removed, str(self._count_removed() + len(gone)).encode())
        for aside in gone:
            shutil.rmtree(aside, ignore_errors=True)

    def _count_removed(self) -> int:
        try:
            return int(self._removed.read_bytes())
        except (FileNotFoundError, ValueError):
            return 0

    def _change(self, run: str, **changed: Any) -> HistoryEntry:
        found = self.find(run)
        with files.locked(self._index):
            entry = replace(read_entry(self.folder / found.id) or found, **changed)
            write_entry(self.folder / entry.id, entry)
            self._append(entry.line)
        return entry

    def _entries(self) -> dict[str, HistoryEntry]:
        ids = self._ids()
        known = self._read_index()
        if known.keys() == ids:
            return known
        with files.locked(self._index):
            ids, known = self._ids(), self._read_index()
            if known.keys() != ids:
                found = {run: known.get(run) or read_entry(self.folder / run) for run in ids}
                known = {run: entry for run, entry in found.items() if entry is not None}
                lines = b"".join(record.encode(entry.line) for entry in known.values())
                files.write_atomically(self._index, lines)
        return known

    def _ids(self) -> set[str]:
        try:
            return {name for name in os.listdir(self.folder) if _ID.fullmatch(name)}
        except FileNotFoundError:
            return set()

    def _read_index(self) -> dict[str, HistoryEntry]:
        """Read the index, unless it is as it was at the last time; a line that cannot be read is left out."""
        try:
            with open(self._index, "rb") as file:
                status = os.fstat(file.fileno())
                stamp = (status.st_ino, status.st_size, status.st_mtime_ns)
                if stamp == self._read[0]:
                    return dict(self._read[1])
                content = file.read()
        except FileNotFoundError:
            return {}
        entries: dict[str, HistoryEntry] = {}
        for line in content.splitlines():
            try:
                data = msgspec.json.decode(line, type=dict[str, Any])
                entries.pop(data["id"], None)
                if len(data) > 1:
                    entries[data["id"]] = HistoryEntry.of_line(data)
            except (msgspec.DecodeError, KeyError, TypeError, ValueError, RecursionError):
                continue
        self._read = (stamp, entries)
        return dict(entries)

    def _append(self, data: Mapping[str, Any]) -> None:
        """Append a line to the index, which is locked; one that was cut off by a kill is closed first."""
        with open(self._index, "a+b") as file:
            end = file.seek(0, os.SEEK_END)
            if end:
                file.seek(end - 1)
                if file.read(1) != b"\n":
                    file.write(b"\n")
            file.write(record.encode(data))

    def _thin_out(self) -> None:
        """Delete the oldest runs above MOST, and what kills have left behind."""
        for name in os.listdir(self.folder):
            place = self.folder / name
            with contextlib.suppress(FileNotFoundError):
                if name.startswith((".new-", ".gone-")) and time.time() - place.stat().st_mtime > _LEFT_OVER:
                    shutil.rmtree(place, ignore_errors=True)
        entries = self.entries()
        if len(entries) > MOST:
            loose = [entry.id for entry in entries if not (entry.pinned or entry.label)]
            self._delete(loose[max(0, len(loose) - (len(entries) - MOST)) :], gives_way=True)


def _data_name(content_hash: str) -> str:
    """Return what the user's data was called; its hash when it is gone by now."""
    try:
        return data_files.find(content_hash).name if content_hash else ""
    except UsageError:
        return content_hash
