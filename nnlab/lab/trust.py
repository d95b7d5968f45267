"""Trust: a course that is not ours runs its code only after its content was agreed to, once per content."""

import hashlib
from pathlib import Path

import msgspec

from nnlab.lab import files, paths
from nnlab.lab.course import Course


def fingerprint(course: Course) -> str:
    """Return the SHA-256 of every code and data file of the course, names included."""
    digest = hashlib.sha256()
    for path in sorted(course.folder.rglob("*")):
        if path.suffix in (".py", ".toml") and path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(course.folder)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_trusted(course: Course) -> bool:
    """Whether the course is the bundled one, or was agreed to with exactly this content."""
    return course.is_bundled or fingerprint(course) in _read(_path())


def trust(course: Course) -> None:
    """Remember that this content may run."""
    path = _path()
    with files.locked(path):
        known = {**_read(path), fingerprint(course): str(course.folder)}
        files.write_atomically(path, msgspec.json.encode(known))


def _path() -> Path:
    return paths.all_paths()["trust"]


def _read(path: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        return {}
    except (msgspec.DecodeError, UnicodeDecodeError):
        files.move_aside(path)
        return {}
