"""Stored proofs: what the last check of each claim measured, so that a page can say it. The newest one is shown."""

import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from nnlab import __version__
from nnlab.lab import files, paths
from nnlab.lab.checks import Proof
from nnlab.lab.course import Lesson

SHIPPED = "proofs.json"
"""In a lesson's folder: the proofs that came with it."""


class StoredProof(msgspec.Struct, frozen=True):
    """The outcome of one check, with its date."""

    status: str
    value: int | float | str | None
    expected: str
    date: str
    """ISO date of the check."""
    nnlab: str
    """Version that checked it."""
    is_here: bool = False
    """Whether it was proved on this machine."""


Stored = dict[str, StoredProof]


def read(lesson: Lesson) -> Stored:
    """Return claim id -> its newest proof: made here, or else shipped with the lesson."""
    here = _read(paths.all_paths()["proofs"])
    own = {name.partition("/")[2]: proof for name, proof in here.items() if name.startswith(f"{lesson.slug}/")}
    return {**_read(lesson.folder / SHIPPED), **own}


def keep(proofs: Iterable[Proof]) -> None:
    """Store proofs made on this machine."""
    path = paths.all_paths()["proofs"]
    with files.locked(path):
        known = _read(path) | {f"{proof.lesson}/{proof.id}": _stored(proof, is_here=True) for proof in proofs}
        _write(path, known)


def ship(lesson: Lesson, proofs: Iterable[Proof]) -> None:
    """Write proofs into the lesson's folder, to be shipped with it."""
    path = lesson.folder / SHIPPED
    _write(
        path, _read(path) | {proof.id: _stored(proof, is_here=False) for proof in proofs if proof.status == "proved"}
    )


def _stored(proof: Proof, *, is_here: bool) -> StoredProof:
    return StoredProof(proof.status, proof.value, proof.expected, time.strftime("%Y-%m-%d"), __version__, is_here)


def _read(path: Path) -> Stored:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Stored)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def _write(path: Path, proofs: Stored) -> None:
    files.write_atomically(
        path, msgspec.json.format(msgspec.json.encode(dict(sorted(proofs.items()))), indent=1) + b"\n"
    )
