"""What the history says of one kept run: to list it, to find it by words, and to keep it in the run's folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from nnlab.lab import files, record
from nnlab.lab.settings import Settings, format_value

ENTRY_FILE = "entry.json"


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One kept run, as a list shows it."""

    id: str
    when: float
    """Seconds since 1970 when the run was kept, the last time if it was made more than once."""
    settings: Settings
    summary: Mapping[str, Any]
    """What `nnlab run --json` says: status, steps, metrics (medians over seeds), seconds."""
    course: str = ""
    """Folder of the course; empty for the bundled one."""
    data: str = ""
    """Name of the user's data; foreign text, not cleaned."""
    pinned: bool = False
    label: str = ""
    """Free text of the user's."""

    @property
    def name(self) -> str:
        """lesson/experiment."""
        return self.settings.name

    @property
    def status(self) -> str:
        """done, goal, diverged, stopped or limit."""
        return str(self.summary["status"])

    @property
    def steps(self) -> int:
        """Steps made."""
        return int(self.summary["steps"])

    @property
    def seconds(self) -> float:
        """Wall-clock seconds of the training alone."""
        return float(self.summary["seconds"])

    @property
    def parameters(self) -> int:
        """Learned numbers of one network; 0 where the experiment shows none."""
        return int(self.summary.get("parameters", 0))

    @property
    def metrics(self) -> Mapping[str, float | None]:
        """Last values, medians over seeds; None where it is no number."""
        metrics: Mapping[str, float | None] = self.summary["metrics"]
        return metrics

    @property
    def line(self) -> dict[str, Any]:
        """The entry as plain data, as the index and entry.json hold it."""
        return {
            "id": self.id,
            "when": self.when,
            "settings": record.settings_dict(self.settings),
            "summary": dict(self.summary),
            "course": self.course,
            "data": self.data,
            "pinned": self.pinned,
            "label": self.label,
        }

    @classmethod
    def of_line(cls, line: Mapping[str, Any]) -> "HistoryEntry":
        """Return the entry that a line holds. Raises KeyError, TypeError or ValueError where it holds none."""
        entry = cls(**{**line, "settings": record.settings_from(line["settings"])})
        _ = (entry.status, entry.steps, entry.seconds, entry.metrics)  # raises here, not in the middle of a list
        return entry

    def fits(self, word: str) -> bool:
        """Whether a word in lower case is part of a name, label, id, status or data's name, or KNOB=VALUE holds."""
        knob, sign, value = word.partition("=")
        if sign:
            named = {name.casefold(): format_value(given).casefold() for name, given in self.settings.knobs.items()}
            named |= {"seed": str(self.settings.seed), "seeds": str(self.settings.seeds)}
            return named.get(knob) == value
        texts = (self.name, self.label, self.id, self.status, self.data, "pinned" if self.pinned else "")
        return any(word in text.casefold() for text in texts)


def read_entry(folder: Path) -> HistoryEntry | None:
    """Return what a run's folder says of it; None when that cannot be read, for then it is no run."""
    try:
        line = msgspec.json.decode((folder / ENTRY_FILE).read_bytes(), type=dict[str, Any])
        return HistoryEntry.of_line({**line, "id": folder.name})
    except (OSError, msgspec.DecodeError, KeyError, TypeError, ValueError, RecursionError):
        return None


def write_entry(folder: Path, entry: HistoryEntry) -> None:
    """Write the entry into a run's folder."""
    files.write_atomically(folder / ENTRY_FILE, msgspec.json.format(msgspec.json.encode(entry.line), indent=1))
