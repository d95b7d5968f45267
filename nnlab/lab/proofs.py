"""Stored proofs: what the last check of each claim measured, so that a page can say it.

A proof holds for the code that it proved, by its digest: one of other code counts as none. It may have been made on
this machine, or shipped with the lesson; one made here goes first.
"""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from nnlab import __version__
from nnlab.lab import files, paths
from nnlab.lab.checks import Proof
from nnlab.lab.code_digest import code_digests
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
    code: str = ""
    """Digest of the lesson's code that was proved."""


Stored = dict[str, StoredProof]


def read(lesson: Lesson) -> Stored:
    """Return claim id -> its proof, of those that were proved with the code as it is: made here, or else shipped."""
    prefix = _prefix(lesson)
    here = _read(paths.all_paths()["proofs"])
    own = {name.removeprefix(prefix): proof for name, proof in here.items() if name.startswith(prefix)}
    digests = code_digests(lesson)
    both = (shipped(lesson), own)
    return {name: proof for proofs in both for name, proof in proofs.items() if proof.code == digests.get(name)}


def shipped(lesson: Lesson) -> Stored:
    """Return claim id -> the proof that came with the lesson, whether or not it is of the code as it is."""
    return _read(lesson.folder / SHIPPED)


def keep(lesson: Lesson, proofs: Iterable[Proof], digests: Mapping[str, str]) -> None:
    """Store proofs of a lesson that were made on this machine. digests: claim id -> of the code before it was run."""
    path = paths.all_paths()["proofs"]
    with files.locked(path):
        own = {_prefix(lesson) + proof.id: _stored(proof, digests, is_here=True) for proof in proofs}
        _write(path, _read(path) | own)


def ship(lesson: Lesson, proofs: Iterable[Proof], digests: Mapping[str, str]) -> None:
    """Write proofs into the lesson's folder, to be shipped with it; what failed or is claimed no more goes from it."""
    known = shipped(lesson)
    for proof in proofs:
        known.pop(proof.id, None)
        if proof.status == "proved":
            known[proof.id] = _stored(proof, digests, is_here=False)
    _write(lesson.folder / SHIPPED, {name: proof for name, proof in known.items() if name in digests})


def _prefix(lesson: Lesson) -> str:
    return f"{lesson.course}/{lesson.slug}/" if lesson.course else f"{lesson.slug}/"


def _stored(proof: Proof, digests: Mapping[str, str], *, is_here: bool) -> StoredProof:
    today, code = time.strftime("%Y-%m-%d"), digests[proof.id]
    return StoredProof(proof.status, proof.value, proof.expected, today, __version__, is_here, code)


def _read(path: Path) -> Stored:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Stored)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def _write(path: Path, proofs: Stored) -> None:
    files.write_atomically(
        path, msgspec.json.format(msgspec.json.encode(dict(sorted(proofs.items()))), indent=1) + b"\n"
    )
