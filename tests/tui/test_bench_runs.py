"""The runs on the workbench: letters, comparison, what tells them apart."""

import numpy as np

from nnlab.lab import comparison
from nnlab.lab.events import Block
from nnlab.lab.run import Run, Series
from nnlab.lab.settings import Settings
from nnlab.plots.palette import Palette
from nnlab.tui.bench_runs import BenchRuns, letter
from nnlab.tui.run_table import Column, TableRow, draw_table, first_row


def run(hidden: int = 2, steps: int = 10, values: np.ndarray | None = None) -> Run:
    made = Run(Settings("l", "e", {"hidden": hidden, "batch": 4}, steps=steps))
    loss = np.linspace(1.0, 0.1, steps) if values is None else values
    made.fold(Block(1, len(loss), {"loss": loss}))
    return made


def test_runs_get_letters_and_the_same_settings_keep_theirs() -> None:
    runs = BenchRuns()
    first = run()
    assert runs.take(first).letter == "A"
    assert runs.take(first).letter == "A"
    assert runs.take(run(hidden=3)).letter == "B"
    assert runs.take(run()).letter == "A"
    assert len(runs.runs) == 2
    assert letter(26) == "A1"


def test_only_what_differs_is_told() -> None:
    runs = BenchRuns()
    one, other = runs.take(run()), runs.take(run(hidden=5))
    assert runs.differing() == ["hidden"]
    assert runs.title(other, runs.differing()) == "hidden 5"
    runs.drop(one)
    assert runs.differing() == []


def test_curves_are_aligned_by_steps_samples_or_time() -> None:
    runs = BenchRuns()
    one = runs.take(run())
    assert runs.curves()[0]["A/x"].tolist() == list(range(1, 11))
    for name, values in (("samples", [4, 4, 2, 4, 4, 2, 4, 4, 2, 4]), ("seconds", [0.5] * 9 + [3.0])):
        one.run.effort[name] = Series()
        one.run.effort[name].append(np.arange(1, 11), np.array(values))
    runs.axis = "samples"
    assert runs.curves()[0]["A/x"].tolist() == [4, 8, 10, 14, 18, 20, 24, 28, 30, 34]
    runs.axis = "time"
    assert runs.curves()[0]["A/x"].tolist() == [*(0.5 * step for step in range(1, 10)), 7.5]


def test_smoothing_is_the_one_of_nnlab_compare() -> None:
    runs, values = BenchRuns(), np.tile([0.0, 2.0], 200)
    runs.take(run(steps=400, values=values))
    runs.is_smooth = True
    smoothed = runs.curves()[0]["A/y"]
    assert np.array_equal(smoothed, comparison.smooth(values, comparison.SMOOTHING))
    assert np.allclose(smoothed[30:], 1.0, atol=0.2)


def test_a_run_that_is_not_marked_lies_in_no_overlay() -> None:
    runs = BenchRuns()
    runs.take(run())
    runs.take(run(hidden=3)).is_shown = False
    arrays, options = runs.curves()
    assert set(arrays) == {"A/x", "A/y"}
    assert options["colours"] == {"A": "s1"}


def test_several_seeds_are_drawn_as_rows() -> None:
    runs = BenchRuns()
    runs.take(run(values=np.ones((10, 20))))
    assert runs.curves()[0]["A/y"].shape == (20, 10)


def test_a_table_keeps_its_firm_columns_where_room_is_short() -> None:
    columns = [Column("first long column"), Column("loss", True, is_firm=True)]
    rows = [TableRow("A", "s1", ("some long setting", "0.123"))]
    text = "\n".join(draw_table(columns, rows, (20, 3), Palette()).lines())
    assert "0.123" in text
    assert "some long" not in text
    wide = "\n".join(draw_table(columns, rows, (60, 3), Palette()).lines())
    assert "some long setting" in wide


def test_the_selected_row_is_always_among_those_shown() -> None:
    assert first_row(selected=9, first=0, shown=4) == 6
    assert first_row(selected=2, first=6, shown=4) == 2
    assert first_row(selected=7, first=6, shown=4) == 6
