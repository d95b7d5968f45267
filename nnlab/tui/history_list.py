"""The history as a list on the screen: what a filter lets through, what tells runs apart, how long ago they were."""

from collections import Counter
from collections.abc import Iterable, Sequence

from nnlab.lab.history_entry import HistoryEntry
from nnlab.lab.knobs import KnobValue
from nnlab.tui.bench_form import values_of
from nnlab.tui.speech import Speech
from nnlab.tui.value_words import ValueWords, tell_setting

MINUTE, HOUR, DAY = 60, 3600, 86400


class HistoryList:
    """The entries, those that the filter lets through, and the marked ones."""

    def __init__(self, filter_text: str = "") -> None:
        self.entries: tuple[HistoryEntry, ...] = ()
        self.shown: tuple[HistoryEntry, ...] = ()
        self.filter_text = filter_text
        self.marked: list[str] = []
        """Ids, in the order in which they were marked."""
        self.selected = 0
        self._usual: dict[str, dict[str, KnobValue]] = {}
        self._words: dict[str, str] = {}

    def take(self, entries: Iterable[HistoryEntry]) -> None:
        """Take up the history as it is now; pinned runs come first. The chosen run stays chosen."""
        chosen = self.chosen
        self.entries = tuple(sorted(entries, key=lambda entry: not entry.pinned))
        self._usual = _usual_values(self.entries)
        self._words = {entry.id: self._searched(entry) for entry in self.entries}
        self.marked = [run for run in self.marked if run in self._words]
        self.filter(self.filter_text)
        if chosen is not None:
            ids = [entry.id for entry in self.shown]
            self.selected = ids.index(chosen.id) if chosen.id in ids else min(self.selected, max(0, len(ids) - 1))

    def filter(self, text: str) -> None:
        """Show the entries in which every word of `text` is found."""
        self.filter_text = text
        words = text.lower().split()
        self.shown = tuple(entry for entry in self.entries if all(word in self._words[entry.id] for word in words))
        self.selected = max(0, min(self.selected, len(self.shown) - 1))

    @property
    def chosen(self) -> HistoryEntry | None:
        """The entry under the cursor."""
        return self.shown[self.selected] if 0 <= self.selected < len(self.shown) else None

    @property
    def marked_entries(self) -> list[HistoryEntry]:
        """The marked entries, in the order in which they were marked."""
        by_id = {entry.id: entry for entry in self.entries}
        return [by_id[run] for run in self.marked if run in by_id]

    def move(self, by: int) -> None:
        """Choose another row."""
        self.selected = max(0, min(len(self.shown) - 1, self.selected + by))

    def mark(self) -> None:
        """Mark the chosen run, or take its mark away."""
        if (chosen := self.chosen) is None:
            return
        if chosen.id in self.marked:
            self.marked.remove(chosen.id)
        else:
            self.marked.append(chosen.id)

    def unusual(self, entry: HistoryEntry, tell: ValueWords = tell_setting) -> str:
        """Return the settings of a run that are not those of most runs of its experiment. tell(name, value)."""
        usual = self._usual.get(entry.name, {})
        parts = [
            tell(name, value)
            for name, value in values_of(entry.settings).items()
            if name not in ("device", "file", "steps") and value != usual.get(name)
        ]
        return ", ".join(parts)

    def _searched(self, entry: HistoryEntry) -> str:
        settings = " ".join(f"{name}={value}" for name, value in values_of(entry.settings).items())
        return f"{entry.id} {entry.name} {entry.label} {entry.status} {settings}".lower()


def _usual_values(entries: Sequence[HistoryEntry]) -> dict[str, dict[str, KnobValue]]:
    """Return experiment -> setting -> its most frequent value."""
    counted: dict[str, dict[str, Counter[KnobValue]]] = {}
    for entry in entries:
        known = counted.setdefault(entry.name, {})
        for name, value in values_of(entry.settings).items():
            known.setdefault(name, Counter())[value] += 1
    return {
        name: {setting: counts.most_common(1)[0][0] for setting, counts in settings.items()}
        for name, settings in counted.items()
    }


def ago(seconds: float, speech: Speech) -> str:
    """Return how long ago something was: now, 5 min, 3 h, 12 days."""
    if seconds < MINUTE:
        return speech.say("history.now")
    unit, size = ("minutes", MINUTE) if seconds < HOUR else ("hours", HOUR) if seconds < DAY else ("days", DAY)
    return speech.say(f"history.{unit}", count=int(seconds // size))
