"""The journal: what is in it stays, whatever is cut off or running beside it."""

import pytest

from nnlab.lab.errors import UsageError
from nnlab.lab.sweep import journal
from nnlab.lab.sweep.cell_results import CellResult
from nnlab.lab.sweep.journal import Journal
from nnlab.lab.sweep.plan import Axis, Plan

PLAN = Plan("toy", "walk", 10, grid=(Axis("rate", (0.1, 0.2)),))


def result(cell):
    return CellResult(cell, f"digest{cell}", {"metrics": {"loss": 0.5}, "status": "done"})


def test_what_was_added_is_there_when_the_sweep_is_taken_up(tmp_path):
    with Journal(tmp_path, PLAN) as first:
        first.add(result(1))
    with Journal(tmp_path, PLAN) as again:
        assert again.results == {1: result(1)}
        again.add(result(0))
    assert journal.read_results(tmp_path) == {0: result(0), 1: result(1)}
    assert journal.read_plan(tmp_path) == PLAN


@pytest.mark.parametrize("kept", range(1, 80, 7))
def test_a_line_that_was_cut_off_is_forgotten_and_the_next_one_whole(tmp_path, kept):
    with Journal(tmp_path, PLAN) as first:
        first.add(result(0))
        first.add(result(1))
    path = tmp_path / journal.JOURNAL_FILE
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2 + min(kept, len(whole) // 2 - 1)])
    with Journal(tmp_path, PLAN) as again:
        assert again.results == {0: result(0)}
        again.add(result(1))
    assert path.read_bytes() == whole


def test_another_plan_or_other_files_in_the_folder_are_left_alone(tmp_path):
    with Journal(tmp_path, PLAN):
        pass
    with pytest.raises(UsageError, match=r"another sweep \(its steps differs\)"):
        Journal(tmp_path, Plan("toy", "walk", 11, grid=PLAN.grid))
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine")
    with pytest.raises(UsageError, match="holds other files"):
        Journal(other, PLAN)
    (tmp_path / journal.PLAN_FILE).write_text("[" * 10_000)
    with pytest.raises(UsageError, match="is no plan of a sweep"):
        Journal(tmp_path, PLAN)


def test_two_processes_cannot_run_one_sweep_at_once(tmp_path):
    with journal.alone(tmp_path), pytest.raises(UsageError, match="another process"), journal.alone(tmp_path):
        pass
    with journal.alone(tmp_path):
        pass
