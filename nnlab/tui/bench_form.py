"""The workbench's form as data: what stands in it, in sections; what was set, undone and done again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from nnlab.lab.experiment import ExperimentCard
from nnlab.lab.knobs import Knob, KnobValue
from nnlab.lab.settings import Settings

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "data": (
        "file", "data", "source", "unit", "vocabulary", "formula", "gate", "arms", "turns", "noise", "samples",
        "features", "scaling", "target", "task", "missing", "classes", "split", "size", "length", "corpus",
    ),
    "network": (
        "layers", "hidden", "width", "depth", "activation", "kernel", "filters", "init", "loss", "l1", "l2",
        "weight_decay", "dropout",
    ),
    "training": (),
    "runs": ("steps", "until_goal", "max_seconds", "seed", "seeds", "device"),
}  # fmt: skip
"""Section -> the names that stand in it, in this order; what is named nowhere stands in "training"."""
RUN_KNOBS = (
    Knob("steps", 1000, low=0, slider=(0, 10_000)),
    Knob("until_goal", False),
    Knob("max_seconds", 0.0, low=0.0, slider=(0.0, 600.0)),
    Knob("seed", 1, low=0),
    Knob("seeds", 1, low=1, high=10_000, slider=(1, 100)),
    Knob("device", "auto", choices=("auto", "cpu", "cuda")),
)
"""What a run has beside its knobs, as knobs."""
FILE = Knob("file", "")
"""A file of the user's, or the content hash of one; empty for what the experiment has."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """What the form said before a change."""

    why: str
    """What was changed."""
    experiment: str
    values: Mapping[str, KnobValue]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the form."""

    knob: Knob
    label: str
    section: str


def section_of(name: str) -> str:
    """Return the section that a knob stands in."""
    return next((section for section, names in SECTIONS.items() if name in names), "training")


class BenchForm:
    """What the next run shall be. Values are checked by the knobs themselves; nothing is ever reset by an error."""

    def __init__(self) -> None:
        self.rows: tuple[Row, ...] = ()
        self.values: dict[str, KnobValue] = {}
        self.experiment = ""
        """The one that the values are for; data of another kind are learned from by another one."""
        self.restored: Mapping[str, KnobValue] = {}
        """What was said at the moment that `undo` or `redo` came back to."""
        self._done: list[_Moment] = []
        self._undone: list[_Moment] = []

    def show(self, card: ExperimentCard, label: Callable[[str], str]) -> None:
        """Take the rows of an experiment; values that its knobs do not take become their defaults."""
        run_knobs = [replace(knob, default=card.steps) if knob.name == "steps" else knob for knob in RUN_KNOBS]
        own = (FILE,) if card.data_kinds else ()
        knobs = [*own, *card.knobs, *run_knobs]
        rows = [Row(knob, label(knob.name), section_of(knob.name)) for knob in knobs]
        order = list(SECTIONS)
        self.rows = tuple(sorted(rows, key=lambda row: (order.index(row.section), _place(row))))
        self.values = {row.knob.name: self.values.get(row.knob.name, row.knob.default) for row in self.rows}

    def row(self, name: str) -> Row | None:
        """Return the row of that name."""
        return next((row for row in self.rows if row.knob.name == name), None)

    def set(self, name: str, value: KnobValue) -> bool:
        """Set a value as it was typed. Returns whether it is another one. Raises UsageError."""
        row = self.row(name)
        assert row is not None
        parsed = row.knob.parse(value)
        if parsed == self.values[name]:
            return False
        self._remember(name)
        self.values[name] = parsed
        return True

    def take(self, values: Mapping[str, KnobValue]) -> None:
        """Take the values of the run on the stage, where the experiment has become another one."""
        self.values |= {name: value for name, value in values.items() if self.row(name) is not None}

    def load(self, values: Mapping[str, KnobValue], why: str = "") -> None:
        """Set many values at once, such as those of an earlier run; one undo takes all of them back."""
        self._remember(why)
        self.values |= {name: value for name, value in values.items() if self.row(name) is not None}

    def undo(self) -> str | None:
        """Take the last change back; return what it was of, None when there is none.

        Where the file is another one then, `restored` may be of knobs that the present experiment lacks.
        """
        return self._swap(self._done, self._undone)

    def redo(self) -> str | None:
        """Make the change again that was taken back last."""
        return self._swap(self._undone, self._done)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to make again."""
        return bool(self._undone)

    def knobs(self, card: ExperimentCard) -> dict[str, KnobValue]:
        """Return the values of the experiment's own knobs."""
        return {knob.name: self.values[knob.name] for knob in card.knobs if knob.name in self.values}

    def differing(self, settings: Settings, asked_device: str) -> tuple[str, ...]:
        """Return the names whose values are not those of a run. asked_device: what its device was asked for as."""
        values = values_of(settings, asked_device)
        return tuple(name for name, value in self.values.items() if name in values and values[name] != value)

    def _remember(self, why: str) -> None:
        self._done.append(self._now(why))
        self._undone.clear()

    def _now(self, why: str) -> _Moment:
        return _Moment(why, self.experiment, {row.knob.name: self.values[row.knob.name] for row in self.rows})

    def _swap(self, taken: list[_Moment], given: list[_Moment]) -> str | None:
        if not taken:
            return None
        moment = taken.pop()
        given.append(self._now(moment.why))
        self.experiment, self.restored = moment.experiment, moment.values
        self.values |= moment.values
        return moment.why


def values_of(settings: Settings, device: str = "") -> dict[str, KnobValue]:
    """Return a run's settings as the form names them, live changes included."""
    live = {change.knob: change.value for _, change in settings.changes}
    return {
        **settings.knobs,
        **live,
        "file": settings.data,
        "steps": settings.steps,
        "until_goal": settings.until_goal,
        "seed": settings.seed,
        "seeds": settings.seeds,
        "device": device or settings.device,
    }


def _place(row: Row) -> int:
    names: Sequence[str] = SECTIONS[row.section]
    return names.index(row.knob.name) if row.knob.name in names else len(names)
