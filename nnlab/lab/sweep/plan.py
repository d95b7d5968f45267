"""What a sweep tries: a grid of values, random draws, or both; every cell of it is the settings of one run."""

import hashlib
import math
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import product

import msgspec
import numpy as np

from nnlab import __version__
from nnlab.lab.errors import UsageError, unknown
from nnlab.lab.experiment import Experiment
from nnlab.lab.knobs import Knob, KnobValue
from nnlab.lab.settings import Settings, format_value

MOST_CELLS = 10_000
STEPS = "steps"
"""Ranks the cells of a sweep until the goal: how many steps it took; one that did not get there has no number."""
DIGITS = 4
"""Significant digits of a random value: enough for a rate, and a shell line stays readable."""
_HIGH_IS_BEST = ("accuracy", "solved", "r2", "coverage", "modes", "quality")


class Axis(msgspec.Struct, frozen=True, tag="values"):
    """The values that one knob takes."""

    knob: str
    values: tuple[KnobValue, ...]


class Draw(msgspec.Struct, frozen=True, tag="interval"):
    """A knob whose values are drawn from an interval, evenly or evenly in the logarithm."""

    knob: str
    low: float
    high: float
    log: bool = False


class Plan(msgspec.Struct, frozen=True):
    """Everything that decides what a sweep comes to."""

    lesson: str
    experiment: str
    steps: int
    grid: tuple[Axis, ...] = ()
    random: tuple[Draw | Axis, ...] = ()
    """Drawn anew for every sample; of an Axis one of its values."""
    samples: int = 1
    """Draws for each cell of the grid."""
    fixed: dict[str, KnobValue] = {}
    """What differs from the defaults in every cell."""
    seed: int = 1
    seeds: int = 1
    device: str = "cpu"
    data: str = ""
    """Content hash of the user's data; empty for what the experiment has by itself."""
    metric: str = ""
    """What ranks the cells: a metric, or STEPS; empty for the loss on unseen data, or the loss."""
    until_goal: bool = False
    """Whether a cell stops as soon as the experiment's goal holds."""
    nnlab: str = __version__

    @property
    def knobs(self) -> tuple[str, ...]:
        """The knobs that vary, in the order of the line."""
        return tuple(axis.knob for axis in (*self.grid, *self.random))

    @property
    def name(self) -> str:
        """lesson/experiment."""
        return f"{self.lesson}/{self.experiment}"

    @property
    def cell_count(self) -> int:
        """How many cells it makes."""
        return math.prod(len(axis.values) for axis in self.grid) * (self.samples if self.random else 1)

    @property
    def hash(self) -> str:
        """12 hexadecimal digits that name the plan by its content."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:12]

    def shell_line(self, output: str = "", lessons: str = "") -> str:
        """Return the `nnlab sweep` line of this plan, which starts it or takes it up again."""
        words = ["nnlab", *(["--lessons", lessons] if lessons else []), "sweep", self.name]
        for axis in self.grid:
            words += ["--grid", f"{axis.knob}={_values_text(axis)}"]
        for drawn in self.random:
            text = _values_text(drawn) if isinstance(drawn, Axis) else _interval_text(drawn)
            words += ["--random", f"{drawn.knob}={text}"]
        if self.random:
            words += ["--samples", str(self.samples)]
        for knob, value in self.fixed.items():
            words += ["--set", f"{knob}={format_value(value)}"]
        words += ["--seed", str(self.seed), "--seeds", str(self.seeds), "--steps", str(self.steps)]
        words += ["--until-goal"] if self.until_goal else []
        words += ["--device", self.device] if self.device != "cpu" else []
        words += ["--data", self.data] if self.data else []
        words += ["--metric", self.metric] if self.metric else []
        words += ["-o", output] if output else []
        return shlex.join(words)


@dataclass(frozen=True, slots=True)
class Cell:
    """One point of a sweep: a run."""

    index: int
    varied: Mapping[str, KnobValue]
    """The sweep's knobs with their values here."""
    settings: Settings


def make_cells(plan: Plan, base: Settings, knobs: Iterable[Knob]) -> tuple[Cell, ...]:
    """Return the plan's cells, the last axis of the grid running fastest, samples within.

    base: settings of a run with the plan's fixed knobs. The same plan has the same cells, random ones included.
    """
    by_name = {knob.name: knob for knob in knobs}
    grid = list(product(*(axis.values for axis in plan.grid)))
    if plan.cell_count > MOST_CELLS:
        raise UsageError(
            f"this sweep has {plan.cell_count:,} cells; at most {MOST_CELLS:,} are taken. Give fewer values."
        )
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(plan.seed, spawn_key=(97,))))
    cells: list[Cell] = []
    for values in grid:
        for _ in range(plan.samples if plan.random else 1):
            varied = {axis.knob: value for axis, value in zip(plan.grid, values, strict=True)}
            varied |= {drawn.knob: _draw(drawn, by_name[drawn.knob], rng) for drawn in plan.random}
            settings = replace(base, knobs={**base.knobs, **varied})
            cells.append(Cell(len(cells), varied, settings))
    return tuple(cells)


def parse_grid(text: str, experiment: Experiment) -> Axis:
    """Read "knob=a,b,c"; values that hold commas are separated by "|". Raises UsageError."""
    knob, values = _split("--grid", text, experiment, "learning_rate=0.01,0.1,1")
    return _axis("--grid", text, knob, values)


def parse_random(text: str, experiment: Experiment) -> Draw | Axis:
    """Read "knob=low..high", "knob=low..high:log" or "knob=a,b,c" (one of these). Raises UsageError."""
    knob, values = _split("--random", text, experiment, "learning_rate=0.001..1:log")
    interval, _, mode = values.partition(":")
    low, dots, high = interval.partition("..")
    if not dots:
        return _axis("--random", text, knob, values)
    if mode not in ("", "log") or knob.kind not in ("int", "float"):
        raise UsageError(f"--random {text!r} is no interval of numbers; write KNOB=LOW..HIGH, with :log behind or not.")
    ends = float(knob.parse(low.strip())), float(knob.parse(high.strip()))
    if not ends[0] < ends[1] or (mode and ends[0] <= 0):
        above = " and start above 0" if mode else ""
        raise UsageError(f"--random {text!r}: the interval must go from the smaller value to the larger{above}.")
    return Draw(knob.name, *ends, log=bool(mode))


def best_is_high(metric: str) -> bool:
    """Whether a larger value of the metric is the better one: accuracies are, losses are not."""
    return any(word in metric for word in _HIGH_IS_BEST)


def ranking_metric(asked: str, metrics: Mapping[str, object]) -> str:
    """Return the metric that ranks cells: the one asked for, else that of unseen data. Raises UsageError."""
    if asked:
        if asked not in metrics and asked != STEPS:
            raise unknown("metric", asked, metrics)
        return asked
    return next((name for name in ("test_loss", "loss") if name in metrics), next(iter(metrics), ""))


def _split(option: str, text: str, experiment: Experiment, example: str) -> tuple[Knob, str]:
    name, sign, values = text.partition("=")
    if not (sign and name.strip() and values.strip()):
        raise UsageError(f"{option} {text!r} has no values; write it as {option} KNOB=VALUES, like {option} {example}.")
    knob = experiment.knob(name.strip())
    if knob is None:
        raise unknown("knob", name.strip(), [knob.name for knob in experiment.knobs])
    return knob, values.strip()


def _axis(option: str, text: str, knob: Knob, values: str) -> Axis:
    separator = "|" if "|" in values or knob.kind == "text" else ","
    parsed = tuple(knob.parse(value.strip()) for value in values.split(separator))
    if len(set(parsed)) < len(parsed):
        raise UsageError(f"{option} {text!r} names a value twice; name each once.")
    return Axis(knob.name, parsed)


def _draw(drawn: Draw | Axis, knob: Knob, rng: np.random.Generator) -> KnobValue:
    if isinstance(drawn, Axis):
        return drawn.values[int(rng.integers(len(drawn.values)))]
    if knob.kind == "int" and not drawn.log:
        return int(rng.integers(int(drawn.low), int(drawn.high) + 1))
    if drawn.log:
        value = math.exp(rng.uniform(math.log(drawn.low), math.log(drawn.high)))
    else:
        value = float(rng.uniform(drawn.low, drawn.high))
    value = min(drawn.high, max(drawn.low, float(f"{value:.{DIGITS}g}")))
    return round(value) if knob.kind == "int" else value


def _values_text(axis: Axis) -> str:
    # A knob of free text is split at "|" alone, and only its knob knows that it is one.
    separator = "|" if any(isinstance(value, str) for value in axis.values) else ","
    return separator.join(format_value(value) for value in axis.values)


def _interval_text(drawn: Draw) -> str:
    return f"{drawn.low!r}..{drawn.high!r}{':log' if drawn.log else ''}"
