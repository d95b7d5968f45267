"""The backlog: blocks of steps that were made and not yet sent to the screen. Nothing in it is ever dropped."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from nnlab.lab.events import Block, HostArray

Measured = Mapping[str, tuple[HostArray, HostArray]]


class Backlog:
    """Blocks in order, joined into one when they are taken."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []

    def __bool__(self) -> bool:
        return bool(self._blocks)

    def add(self, block: Block) -> None:
        """Put a block at the end; one without steps and measurements is left out."""
        if block.count or block.measured:
            self._blocks.append(block)

    def take(self, max_bytes: int) -> Block | None:
        """Remove blocks from the front, up to about `max_bytes` and one at least, and return them as one block."""
        size, count = 0, 0
        for block in self._blocks:
            size += _bytes(block)
            if count and size > max_bytes:
                break
            count += 1
        taken, self._blocks = self._blocks[:count], self._blocks[count:]
        return _join(taken) if taken else None

    def joined(self) -> Block:
        """Return all blocks as one, and keep them so. There must be one."""
        self._blocks = [_join(self._blocks)]
        return self._blocks[0]

    def cut(self, step: int) -> None:
        """Forget what came after `step`."""
        self._blocks = [block.until(step) for block in self._blocks if block.first <= step]


def _bytes(block: Block) -> int:
    own = sum(values.nbytes for values in (*block.metrics.values(), *block.effort.values()))
    return own + sum(steps.nbytes + values.nbytes for steps, values in block.measured.values())


def _join(blocks: list[Block]) -> Block:
    if len(blocks) == 1:
        return blocks[0]
    with_steps = [block for block in blocks if block.count]
    return Block(
        first=blocks[0].first,
        count=sum(block.count for block in blocks),
        metrics=_join_steps([block.metrics for block in with_steps]),
        measured=_join_measured(block.measured for block in blocks),
        applied=tuple(item for block in blocks for item in block.applied),
        effort=_join_steps([block.effort for block in with_steps]),
    )


def _join_steps(parts: Sequence[Mapping[str, HostArray]]) -> dict[str, HostArray]:
    return {name: np.concatenate([part[name] for part in parts]) for name in (parts[0] if parts else {})}


def _join_measured(
    parts: Iterable[Mapping[str, tuple[HostArray, HostArray]]],
) -> dict[str, tuple[HostArray, HostArray]]:
    columns: dict[str, list[tuple[HostArray, HostArray]]] = {}
    for measured in parts:
        for name, column in measured.items():
            columns.setdefault(name, []).append(column)
    return {
        name: (np.concatenate([steps for steps, _ in pairs]), np.concatenate([values for _, values in pairs]))
        for name, pairs in columns.items()
    }
