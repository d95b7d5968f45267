"""Which cells may train as one array program: those whose networks have the same shape and take the same steps.

Nothing is declared for this. The functions of a supervised experiment are called with knobs that note what is read:
what the model or the loss reads must be equal in a group; what the data reads may differ as long as the shapes agree;
what the optimizer reads may differ in the settings that optimizers take one by one for each network.
"""

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from nnlab import nn
from nnlab.data import Dataset
from nnlab.lab.experiment import Experiment, Knobs
from nnlab.lab.knobs import KnobValue
from nnlab.lab.streams import Streams
from nnlab.lab.supervised import Recipe, Supervised
from nnlab.lab.sweep.plan import Cell
from nnlab.nn.optimizer_base import PER_NETWORK

MOST_NETWORKS = 64
"""More at once gain nothing more, and a kill would lose more."""
MOST_BYTES = 256 * 2**20
"""Of data in one group, where each network has a copy of its own."""
_RULES = (nn.SGD, nn.Adagrad, nn.RMSprop, nn.Adam, nn.AdamW)
"""Optimizers that are known to take settings per network; a subclass may not."""


class NotedKnobs(Mapping[str, KnobValue]):
    """Knobs that note which of them are read."""

    def __init__(self, knobs: Knobs) -> None:
        self._knobs = knobs
        self.read: dict[str, KnobValue] = {}

    def __getitem__(self, name: str) -> KnobValue:
        value = self._knobs[name]
        self.read[name] = value
        return value

    def __iter__(self) -> Iterator[str]:
        self.read.update(self._knobs)
        return iter(self._knobs)

    def __len__(self) -> int:
        return len(self._knobs)


class DataShelf:
    """Data sets by the seed and the knobs that they were made from, so that equal ones are made once."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe
        self._made: dict[int, list[tuple[dict[str, KnobValue], Dataset]]] = {}

    def get(self, knobs: Knobs, seed: int) -> Dataset:
        """Return the data set that a run with these knobs and this seed learns from."""
        for read, made in self._made.setdefault(seed, []):
            if all(knobs[name] == value for name, value in read.items()):
                return made
        noted = NotedKnobs(knobs)
        made = self._recipe.data(noted, Streams((seed,)).data.generators()[0])
        self._made[seed].append((noted.read, made))
        return made


def recipe_of(experiment: Experiment) -> Recipe | None:
    """Return how the experiment's state is made; None when it is no supervised one, or adds something of its own."""
    owner = getattr(experiment.setup, "__self__", None)
    return owner if isinstance(owner, Recipe) and experiment.setup == owner.setup else None


def make_tasks(experiment: Experiment, cells: Sequence[Cell], workers: int) -> list[tuple[Cell, ...]]:
    """Cut a sweep into tasks, each one array program, large ones first."""
    recipe = recipe_of(experiment)
    if recipe is None:
        return [(cell,) for cell in cells]
    shelf = DataShelf(recipe)
    groups: dict[Hashable, list[Cell]] = {}
    for cell in cells:
        signature = ("alone", cell.index) if _may_end_early(experiment, cell) else _signature(recipe, cell, shelf)
        groups.setdefault(signature, []).append(cell)
    tasks = [task for group in groups.values() for task in _cut(group, shelf, workers)]
    return sorted(tasks, key=len, reverse=True)


def _may_end_early(experiment: Experiment, cell: Cell) -> bool:
    """Whether a cell may stop by itself: the others in a group would have to go on without it."""
    has_goal = cell.settings.until_goal and experiment.goal is not None
    return has_goal or (experiment.stop is not None and bool(cell.settings.knobs.get("patience")))


def _cut(group: list[Cell], shelf: DataShelf, workers: int) -> Iterator[tuple[Cell, ...]]:
    if len(group) == 1:  # its data may not even be made, should its settings not fit
        yield (group[0],)
        return
    settings = group[0].settings
    size = _bytes(shelf.get(settings.knobs, settings.seed)) * settings.seeds
    most = max(1, min(MOST_NETWORKS // settings.seeds, MOST_BYTES // max(1, size)))
    parts = max(math.ceil(len(group) / most), min(workers, len(group) // 8))
    for part in np.array_split(np.arange(len(group)), max(1, parts)):
        yield tuple(group[i] for i in part)


def _signature(recipe: Recipe, cell: Cell, shelf: DataShelf) -> Hashable:
    """Return what two cells must have in common to train together."""
    try:
        return _read_signature(recipe, cell, shelf)
    except Exception:  # settings that do not fit may raise anything in a lesson's code; the cell's own run will say it
        return ("alone", cell.index)


def _read_signature(recipe: Recipe, cell: Cell, shelf: DataShelf) -> Hashable:
    knobs = NotedKnobs(cell.settings.knobs)
    model = recipe.model(knobs, Streams((cell.settings.seed,)).init)
    recipe.loss_of(knobs)
    knobs.get("batch")
    optimizer = recipe.optimizer(cell.settings.knobs, model)
    if type(optimizer) not in _RULES:
        return ("alone", cell.index)
    data = shelf.get(cell.settings.knobs, cell.settings.seed)
    arrays = tuple((np.shape(array), np.asarray(array).dtype.str) for array in _arrays(data))
    return tuple(sorted(knobs.read.items())), type(optimizer), _fixed_settings(optimizer), arrays, data.classes


def _fixed_settings(optimizer: nn.Optimizer) -> Hashable:
    """Return the settings that cannot differ in a group, and which of the others are in use: 0 skips a term."""
    return tuple(
        tuple(
            (name, bool(value)) if name in PER_NETWORK else (name, repr(value))
            for name, value in sorted(group.settings.items())
        )
        for group in optimizer.groups
    )


def build(recipe: Recipe, cells: Sequence[Cell]) -> Supervised:
    """Make one state in which all networks of these cells train, cell after cell, each with its seeds in order."""
    knobs = [cell.settings.knobs for cell in cells for _ in cell.settings.seed_numbers]
    seeds = [seed for cell in cells for seed in cell.settings.seed_numbers]
    shelf = DataShelf(recipe)
    streams = Streams(seeds)
    network = recipe.model(knobs[0], streams.init)
    optimizer = recipe.optimizer(knobs[0], network)
    small = recipe.model(knobs[0], Streams(seeds[:1]).init)
    each = [recipe.optimizer(values, small) for values in knobs]
    for number, group in enumerate(optimizer.groups):
        for name in set(PER_NETWORK) & group.settings.keys():
            values = [float(one.groups[number].settings[name]) for one in each]
            if len(set(values)) > 1:
                group.settings[name] = np.array(values)
    sets = [shelf.get(values, seed) for values, seed in zip(knobs, seeds, strict=True)]
    return recipe.state(knobs[0], streams, sets, network, optimizer)


def _arrays(data: Dataset) -> tuple[Any, ...]:
    return (data.x, data.y, data.x_test, data.y_test)


def _bytes(data: Dataset) -> int:
    return sum(np.asarray(array).nbytes for array in _arrays(data))
