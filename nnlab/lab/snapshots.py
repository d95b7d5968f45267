"""Snapshots of a training state: taken between two steps, restored bit for bit."""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np


def take(state: Any) -> Any:
    """Copy everything in `state` that training changes: arrays, numbers, random streams, modules, optimizers.

    A leaf with `state_dict` is asked for it; an array is copied; dataclasses, dicts and lists are walked. What a
    frozen dataclass holds (the data set) is constant by contract and is not copied.
    """
    if hasattr(state, "state_dict"):
        return state.state_dict()
    if isinstance(state, np.random.Generator):
        return state.bit_generator.state
    if _is_constant(state):
        return state
    if is_dataclass(state):
        return {field.name: take(getattr(state, field.name)) for field in fields(state)}
    if isinstance(state, dict):
        return {key: take(value) for key, value in state.items()}
    if isinstance(state, list):
        return [take(value) for value in state]
    return state.copy() if hasattr(state, "copy") else state


def restore(state: Any, snapshot: Any) -> Any:
    """Bring `state` back to `snapshot` in place, and return it (a leaf that cannot change in place is replaced)."""
    if hasattr(state, "load_state_dict"):
        state.load_state_dict(snapshot)
        return state
    if isinstance(state, np.random.Generator):
        state.bit_generator.state = snapshot
        return state
    if _is_constant(state):
        return snapshot
    if callable(state):  # it may be bound to what this state holds, as a replay is
        return state
    if is_dataclass(state):
        for field in fields(state):
            setattr(state, field.name, restore(getattr(state, field.name), snapshot[field.name]))
        return state
    if isinstance(state, dict):
        for key in list(state):
            if key not in snapshot:
                del state[key]
        for key, value in snapshot.items():
            state[key] = restore(state[key], value) if key in state else take(value)
        return state
    if isinstance(state, list):
        state[:] = [restore(old, new) for old, new in zip(state, snapshot, strict=False)] + take(snapshot[len(state) :])
        return state
    return snapshot.copy() if hasattr(snapshot, "copy") else snapshot


def _is_constant(state: Any) -> bool:
    parameters = getattr(type(state), "__dataclass_params__", None)
    return parameters is not None and bool(parameters.frozen)


class SnapshotShelf:
    """At most 64 snapshots by step, thinned evenly; the one of step 0 always stays."""

    CAPACITY = 64

    def __init__(self) -> None:
        self._snapshots: dict[int, Any] = {}
        self._spacing = 1

    def put(self, step: int, state: Any) -> None:
        """Keep a snapshot of `state` at `step`; when the shelf is full, every second one goes."""
        self._snapshots[step] = take(state)
        while len(self._snapshots) > self.CAPACITY:
            self._spacing *= 2
            self._snapshots = {at: kept for at, kept in self._snapshots.items() if at % self._spacing == 0}

    def is_due(self, step: int) -> bool:
        """Whether a snapshot at `step` would survive the present spacing."""
        return step % self._spacing == 0

    @property
    def spacing(self) -> int:
        """Steps between two kept snapshots."""
        return self._spacing

    def nearest(self, step: int) -> tuple[int, Any]:
        """Return (its step, the snapshot) of the latest one at or before `step`."""
        at = max(kept for kept in self._snapshots if kept <= step)
        return at, self._snapshots[at]

    def forget_after(self, step: int) -> None:
        """Drop the snapshots later than `step`."""
        self._snapshots = {at: kept for at, kept in self._snapshots.items() if at <= step}
