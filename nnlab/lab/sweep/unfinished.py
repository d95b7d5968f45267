"""The sweep of an experiment that was stopped or killed before its last cell, to be gone on with."""

from dataclasses import dataclass
from pathlib import Path

from nnlab import __version__
from nnlab.lab.errors import UsageError
from nnlab.lab.sweep.journal import PLAN_FILE, read_plan, read_results
from nnlab.lab.sweep.plan import Plan


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A plan, and how many of its cells are finished."""

    plan: Plan
    done: int


def last_if_unfinished(folder: Path, name: str) -> Unfinished | None:
    """Return the sweep of an experiment that was worked on last, where it lacks cells; else None.

    folder: of all sweeps. name: lesson/experiment. What another version planned, or nobody can read, is passed over:
    its line would start afresh.
    """
    plans = [path for path in folder.glob(f"*/{PLAN_FILE}") if path.is_file()]
    for path in sorted(plans, key=lambda path: _last_written(path.parent), reverse=True):
        try:
            plan = read_plan(path.parent)
        except UsageError:
            continue
        if plan.name == name and plan.nnlab == __version__:
            done = len(read_results(path.parent))
            return Unfinished(plan, done) if done < plan.cell_count else None
    return None


def _last_written(folder: Path) -> float:
    return max((path.stat().st_mtime for path in folder.iterdir() if path.is_file()), default=0.0)
