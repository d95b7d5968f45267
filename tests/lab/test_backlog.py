import numpy as np

from nnlab.lab.backlog import Backlog
from nnlab.lab.events import Block, Change


def block(first, count, measured_at=(), applied=()):
    steps = np.array(measured_at, dtype=np.int64)
    measured = {"accuracy": (steps, steps / 100)} if measured_at else {}
    return Block(
        first, count, {"loss": np.arange(first, first + count, dtype=float)} if count else {}, measured, applied
    )


def test_blocks_come_out_joined_in_order():
    backlog = Backlog()
    for part in (block(1, 0, [0]), block(1, 3, [2]), block(4, 2, applied=((4, Change("rate", 0.1)),))):
        backlog.add(part)
    joined = backlog.take(10_000)
    assert (joined.first, joined.count) == (1, 5)
    assert joined.metrics["loss"].tolist() == [1, 2, 3, 4, 5]
    assert joined.measured["accuracy"][0].tolist() == [0, 2]
    assert joined.applied == ((4, Change("rate", 0.1)),)
    assert not backlog
    assert backlog.take(10_000) is None


def test_a_long_backlog_comes_out_in_parts_and_loses_nothing():
    backlog = Backlog()
    for first in range(1, 101, 10):
        backlog.add(block(first, 10))
    parts = []
    while backlog:
        parts.append(backlog.take(200))
    assert len(parts) == 5
    assert np.concatenate([part.metrics["loss"] for part in parts]).tolist() == list(range(1, 101))


def test_a_block_larger_than_the_limit_still_comes_out():
    backlog = Backlog()
    backlog.add(block(1, 1000))
    assert backlog.take(1).count == 1000


def test_cutting_forgets_what_came_after_a_step():
    backlog = Backlog()
    backlog.add(block(1, 10, [0, 5, 10], applied=((3, Change("rate", 0.1)), (9, Change("rate", 0.2)))))
    backlog.add(block(11, 10, [15]))
    backlog.cut(7)
    kept = backlog.take(10_000)
    assert (kept.first, kept.count) == (1, 7)
    assert kept.metrics["loss"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert kept.measured["accuracy"][0].tolist() == [0, 5]
    assert kept.applied == ((3, Change("rate", 0.1)),)
    assert not backlog


def test_cutting_back_to_the_start_forgets_everything():
    backlog = Backlog()
    backlog.add(block(1, 0, [0]))
    backlog.add(block(1, 5, [5]))
    backlog.cut(0)
    assert not backlog
