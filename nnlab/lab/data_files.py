"""Data of the user's own: a file, or what was drawn in the lab, named by its content so that a run can be repeated.

    <data>/own/<content hash>/about.json     kind, name, where the files are
    <data>/own/<content hash>/<file>         a copy of each file, unless they are too large together

Nothing here runs or unpickles anything. Drawn things are small tables as CSV: points `x0,x1,class`, a distribution's
points `x,y`, a picture as its rows of numbers without a header.
"""

import contextlib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from nnlab.data import PUBLISHED, DataError, kinds
from nnlab.data.idx import images_in, parts
from nnlab.lab import files, paths, published_sets
from nnlab.lab.errors import UsageError
from nnlab.reasons import because

COPIED_BYTES = 64 * 2**20
"""Files up to so many bytes are copied, so that the run repeats whatever becomes of the original."""
MAX_BYTES = 2**30
"""More is refused: nothing in the lab reads data piece by piece."""
CHUNK = 2**20
ABOUT = "about.json"
_HASH = re.compile(r"[0-9a-f]{4,12}")


@dataclass(frozen=True, slots=True)
class UserData:
    """Data that the user gave. What is in it, the readers of nnlab.data say."""

    kind: kinds.Kind
    """table, images or text."""
    hash: str
    """What it is called in a shell line and a record: 12 hexadecimal digits of a SHA-256 of its kind and content."""
    name: str
    """The file's name, for the user's eye; foreign text, not cleaned."""
    path: Path
    """The file to read; for IDX images the images, the other parts lie beside it."""


class _Part(msgspec.Struct, frozen=True):
    """A file as it was when its hash was taken."""

    name: str
    size: int
    modified: int
    """Nanoseconds since 1970."""


class _About(msgspec.Struct, frozen=True):
    kind: kinds.Kind
    name: str
    main: str
    """Name of the file to read."""
    folder: str
    """Where the files are; empty for the folder of this very file, which holds copies."""
    parts: tuple[_Part, ...]


def find(name: str) -> UserData:
    """Return the data of a file or folder, of a published set, or of a content hash (its first digits will do).

    A file is kept, so that its hash finds it from now on. Raises UsageError.
    """
    path = Path(name).expanduser()
    if not name.strip():
        raise UsageError(because("data-empty"))
    if path.exists():
        return keep(path)
    if name in PUBLISHED:
        return _published(name)
    matches = [known for known in _known() if known.startswith(name)] if _HASH.fullmatch(name) else []
    if len(matches) == 1:
        return _kept(matches[0])
    if matches:
        raise UsageError(because("data-many", name=name, count=len(matches), known=", ".join(matches)))
    if _HASH.fullmatch(name):
        raise UsageError(because("data-unkept", name=name))
    raise UsageError(because("data-none", name=name, count=len(_known()), folder=_folder()))


def keep(path: Path) -> UserData:
    """Keep a file, or a folder of IDX files, under its content hash. Raises UsageError for what cannot be data."""
    with data_errors():
        main = images_in(path) if path.is_dir() else path
        _check_size([main])
        kind = kinds.kind_of(main)
        is_idx = kind == "images" and not kinds.is_archive(main)
        together = list(parts(main).values()) if is_idx else [main]
    size = _check_size(together)
    name = _digest(kind, together)
    try:
        return _kept(name)
    except UsageError:  # not kept yet, or what was kept is damaged, or no longer where it was
        _write(_folder() / name, kind, path.name or str(path), main, together, is_copy=size <= COPIED_BYTES)
    return _kept(name)


def keep_drawn(content: bytes, name: str) -> UserData:
    """Keep what was drawn in the lab. name: what a file of it would be called, such as "points.csv"."""
    folder = _folder() / "drawn"
    path = folder / name
    files.write_atomically(path, content)
    try:
        return keep(path)
    finally:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def data_errors() -> Iterator[None]:
    """Say what is wrong with data as a UsageError: it came from the user."""
    try:
        yield
    except DataError as error:
        raise UsageError(error.reason or str(error)) from None


def _published(name: str) -> UserData:
    """Keep a published set that was downloaded. Raises UsageError where it was not: only the user may ask for that."""
    if not published_sets.is_downloaded(name):
        size = f"{PUBLISHED[name].size / 1e6:.1f}"
        raise UsageError(because("data-published", title=PUBLISHED[name].title, name=name, size=size))
    return keep(published_sets.folder_of(name))


def _check_size(together: list[Path]) -> int:
    """Return the bytes of the files together. Raises UsageError when they are too many, or a file cannot be read."""
    try:
        size = sum(path.stat().st_size for path in together)
    except OSError as error:
        raise UsageError(because("file-unreadable", file=together[0], error=error.strerror)) from None
    if size > MAX_BYTES:
        raise UsageError(because("data-large", file=together[0], size=f"{size:,}", most=f"{MAX_BYTES:,}"))
    return size


def _digest(kind: str, together: list[Path]) -> str:
    digest = hashlib.sha256(kind.encode())
    try:
        for path in together:
            with open(path, "rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    except OSError as error:
        raise UsageError(because("file-unreadable", file=path, error=error.strerror)) from None
    return digest.hexdigest()[:12]


def _write(folder: Path, kind: kinds.Kind, name: str, main: Path, together: list[Path], *, is_copy: bool) -> None:
    """Write about.json last, so that a folder with one is whole."""
    known = []
    for path in together:
        status = path.stat()
        known.append(_Part(path.name, status.st_size, status.st_mtime_ns))
        if is_copy:
            files.write_atomically(folder / path.name, path.read_bytes())
    about = _About(kind, name, main.name, "" if is_copy else str(main.parent.resolve()), tuple(known))
    files.write_atomically(folder / ABOUT, msgspec.json.format(msgspec.json.encode(about), indent=1))


def _kept(name: str) -> UserData:
    """Return kept data once its files are sure to hold what they held. Raises UsageError."""
    folder = _folder() / name
    try:
        about = msgspec.json.decode((folder / ABOUT).read_bytes(), type=_About)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        raise UsageError(because("data-damaged", file=folder / ABOUT)) from None
    place = Path(about.folder) if about.folder else folder
    data = UserData(about.kind, name, about.name, place / about.main)
    together = [place / part.name for part in about.parts]
    is_as_it_was = all(
        path.is_file() and (not about.folder or _Part(path.name, path.stat().st_size, path.stat().st_mtime_ns) == part)
        for path, part in zip(together, about.parts, strict=True)
    )
    if not is_as_it_was and not (all(path.is_file() for path in together) and _digest(data.kind, together) == name):
        raise UsageError(because("data-changed" if data.path.is_file() else "data-gone", file=data.path, name=name))
    return data


def _known() -> list[str]:
    return sorted(path.parent.name for path in _folder().glob(f"*/{ABOUT}")) if _folder().is_dir() else []


def _folder() -> Path:
    return paths.all_paths()["own"]
