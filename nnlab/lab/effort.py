"""Effort: what a run's steps took, the samples that one network saw and the wall-clock seconds, step by step.

Seconds never repeat, so effort stands beside what a run measured: in a file of its own, which no replay compares and
no id is made of. Steps with equal effort are kept as one stretch.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from nnlab.lab import files
from nnlab.lab.errors import UsageError
from nnlab.lab.events import Block, HostArray
from nnlab.lab.run import Series

EFFORT_FILE = "effort.safetensors"
"""In a run folder: `until` (k,) int64, the last step of each stretch, and what each of its steps took."""


def write(folder: Path, blocks: Sequence[Block]) -> None:
    """Write the effort of all the steps of a run, from the first on; nothing where none was counted."""
    made = [block for block in blocks if block.count and block.effort]
    if not made:
        return
    columns = {name: np.concatenate([block.effort[name] for block in made]) for name in made[0].effort}
    count = len(next(iter(columns.values())))
    is_last = np.ones(count, dtype=bool)
    is_last[:-1] = np.any([values[1:] != values[:-1] for values in columns.values()], axis=0)
    stretches = {name: np.ascontiguousarray(values[is_last]) for name, values in columns.items()}
    files.write_atomically(folder / EFFORT_FILE, save({"until": np.flatnonzero(is_last) + 1, **stretches}))


def read(folder: Path) -> dict[str, Series]:
    """Return the effort of a run folder step by step; nothing for a record that has none. Raises UsageError."""
    path = folder / EFFORT_FILE
    if not path.is_file():
        return {}
    try:
        stretches = load_file(path)
        until = stretches.pop("until")
        steps = np.arange(1, until[-1] + 1)
        lengths = np.diff(until, prepend=0)
        effort = {name: Series() for name in stretches}
        for name, values in stretches.items():
            effort[name].append(steps, np.repeat(values, lengths))
    except (SafetensorError, OSError, KeyError, IndexError, ValueError):
        raise UsageError(f"{path} cannot be read; replay the run with `nnlab replay`.") from None
    return effort


def reached(effort: Mapping[str, Series], name: str, steps: HostArray) -> HostArray:
    """Return how many samples or seconds a run had taken when it had made so many steps (k,): float64 (k,)."""
    spent = effort[name]
    totals = np.concatenate(([0.0], np.cumsum(spent.values)))
    return np.interp(steps, np.concatenate(([0], spent.steps)), totals)
