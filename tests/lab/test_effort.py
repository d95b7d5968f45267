"""Effort: the samples and the time of every step, beside what a run measured."""

import numpy as np
import pytest

from nnlab.lab import effort, framing, record, wire
from nnlab.lab.backlog import Backlog
from nnlab.lab.course import find_course
from nnlab.lab.errors import UsageError
from nnlab.lab.events import Block, Change
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.lesson import load
from nnlab.lab.run import Run
from nnlab.lab.training import Training

LOADED = load(find_course().lesson("workbench"))


def training(steps=20, **knobs):
    return Training(*make_settings(LOADED, "table", {"samples": 100, "split": 0.3, **knobs}, steps=steps))


def samples_of(block):
    return block.effort["samples"].tolist()


@pytest.mark.parametrize(
    ("batch", "samples"), [(0, [70] * 7), (70, [70] * 7), (32, [32, 32, 6, 32, 32, 6, 32]), (500, [70] * 7)]
)
def test_samples_are_counted_step_by_step_with_the_short_rest_of_an_epoch(batch, samples):
    assert samples_of(training(batch=batch).advance(7)) == samples


def test_a_batch_that_changes_under_way_is_counted_as_it_is():
    run = training(batch=32)
    first = run.advance(1)
    run.change(Change("batch", 10))
    assert samples_of(first) + samples_of(run.advance(5)) == [32, 10, 10, 10, 8, 10]


def test_seeds_side_by_side_count_the_samples_of_one_network():
    recipe, settings = make_settings(LOADED, "table", {"samples": 100, "split": 0.3, "batch": 32}, steps=3, seeds=4)
    assert samples_of(Training(recipe, settings).advance(3)) == [32, 32, 6]


def test_every_step_takes_some_time_and_all_together_the_runs():
    recipe, settings = make_settings(LOADED, "table", {}, steps=150)
    result = execute(recipe, settings)
    spent = result.run.effort["seconds"].values
    assert len(spent) == 150
    assert (spent > 0).all()
    assert spent.sum() <= result.seconds


def test_effort_goes_back_with_the_run():
    run = training(steps=50, batch=32)
    backlog, seen = Backlog(), Run(run.settings)
    for _ in range(3):
        block = run.advance(5)
        backlog.add(block)
        seen.fold(block)
    backlog.cut(7)
    seen.rewind_to(7)
    assert samples_of(backlog.joined()) == seen.effort["samples"].values.tolist() == [32, 32, 6, 32, 32, 6, 32]


def test_effort_travels_to_the_screen():
    block = training(batch=32).advance(5)
    (frame,) = framing.Reader(wire.Answer).feed(framing.encode(wire.Frame(1, 5, block, {}, 1.0)))
    assert samples_of(frame.block) == [32, 32, 6, 32, 32]
    np.testing.assert_array_equal(frame.block.effort["seconds"], block.effort["seconds"])


def test_a_record_keeps_every_step_and_its_lines_stay_the_same(tmp_path):
    recipe, settings = make_settings(LOADED, "table", {"samples": 100, "split": 0.3, "batch": 32}, steps=300)
    for name in ("one", "two"):
        writer = record.RecordWriter(tmp_path / name, settings)
        result = execute(recipe, settings, on_block=lambda block, _, writer=writer: writer.add(block))
        writer.finish(result)
    read = effort.read(tmp_path / "two")
    for name, series in result.run.effort.items():
        np.testing.assert_array_equal(series.values, read[name].values)
        np.testing.assert_array_equal(series.steps, read[name].steps)
    assert record.read_summary(tmp_path / "two")["samples"] == 7_000
    assert record.metrics_digest(tmp_path / "one") == record.metrics_digest(tmp_path / "two")
    assert (tmp_path / "one" / effort.EFFORT_FILE).stat().st_size < 12_000


def test_steps_without_effort_write_nothing_and_what_is_damaged_is_said(tmp_path):
    effort.write(tmp_path, [Block(1, 3, {"loss": np.zeros(3)})])
    assert effort.read(tmp_path) == {}
    (tmp_path / effort.EFFORT_FILE).write_bytes(b"nothing of the kind")
    with pytest.raises(UsageError, match="cannot be read"):
        effort.read(tmp_path)


def test_what_was_reached_lies_between_steps_on_a_line():
    run = Run(training().settings)
    run.fold(Block(1, 3, {}, effort={"samples": np.array([10, 10, 4])}))
    assert effort.reached(run.effort, "samples", np.array([0, 1, 2, 3])).tolist() == [0, 10, 20, 24]
