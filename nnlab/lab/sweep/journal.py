"""The journal of a sweep: a line for each finished cell, on disk before anybody is told. A kill loses none of them.

<folder>/sweep.json      the plan
<folder>/journal.jsonl   one CellResult a line, in the order in which they came
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import msgspec

from nnlab.lab import files
from nnlab.lab.errors import UsageError
from nnlab.lab.sweep.cell_results import CellResult
from nnlab.lab.sweep.plan import Plan

PLAN_FILE = "sweep.json"
JOURNAL_FILE = "journal.jsonl"


class Journal:
    """The results of one sweep, which only this process adds to."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        """Take up the sweep in `folder`, or begin it there. Raises UsageError when another one is kept there."""
        self.folder = folder
        if (folder / PLAN_FILE).is_file():
            kept = read_plan(folder)
            if kept != plan:
                raise UsageError(
                    f"{folder} holds another sweep ({_difference(kept, plan)}); repeat its own line to go on with it, "
                    "or give another folder with -o."
                )
        elif any(not file.name.startswith(".") for file in folder.iterdir()):
            raise UsageError(f"{folder} holds other files and no sweep; give an empty or a new folder with -o.")
        else:
            files.write_atomically(folder / PLAN_FILE, msgspec.json.format(msgspec.json.encode(plan), indent=1))
        self.results = read_results(folder)
        """Finished cells by index."""
        self._file = open(folder / JOURNAL_FILE, "r+b" if (folder / JOURNAL_FILE).exists() else "x+b")  # noqa: SIM115 (closed in __exit__)
        self._cut_torn_line()

    def add(self, result: CellResult) -> None:
        """Write a finished cell down; it is on the disk when this returns."""
        self._file.write(msgspec.json.encode(result) + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.results[result.cell] = result

    def __enter__(self) -> "Journal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def _cut_torn_line(self) -> None:
        """Remove what a kill left of the line under way, and stand at the end."""
        content = self._file.read()
        whole = content.rfind(b"\n") + 1
        self._file.truncate(whole)
        self._file.seek(whole)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other processes off this sweep meanwhile. Raises UsageError when one is at it."""
    try:
        with files.locked(folder / PLAN_FILE, wait=False):
            yield
    except BlockingIOError:
        raise UsageError(f"another process is running the sweep in {folder}; wait for it, or end it.") from None


def read_plan(folder: Path) -> Plan:
    """Return the plan of a sweep's folder. Raises UsageError when it is none."""
    path = folder / PLAN_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Plan)
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); give the folder of a sweep.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise UsageError(f"{path} is no plan of a sweep that this nnlab can read; give another folder.") from None


def read_results(folder: Path) -> dict[int, CellResult]:
    """Return the finished cells by index; a line that a kill has cut off is left out."""
    try:
        content = (folder / JOURNAL_FILE).read_bytes()
    except FileNotFoundError:
        return {}
    results: dict[int, CellResult] = {}
    for line in content.splitlines():
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            result = msgspec.json.decode(line, type=CellResult)
            results[result.cell] = result
    return results


def _difference(kept: Plan, asked: Plan) -> str:
    names = [name for name in Plan.__struct_fields__ if getattr(kept, name) != getattr(asked, name)]
    return "its " + ", ".join(names) + (" differs" if len(names) == 1 else " differ")
