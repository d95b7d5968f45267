"""Files of code exercises: starting point, solution, the learner's own file, and every version that was tried.

    <lesson>/exercises/<id>.py, <id>.zh.py, <lesson>/solutions/<id>.py   with the lesson
    <data>/code/<lesson>/<id>.py                                         the learner's, in the bundled course
    <data>/code/courses/<hash of its folder>/<lesson>/<id>.py            the learner's, in another course
    <data>/code/kept/<content hash>.py                                   for `nnlab run --code HASH`

Nothing here runs any of them.
"""

import hashlib
import re
from pathlib import Path

from nnlab.lab import files, paths
from nnlab.lab.course import Lesson
from nnlab.lab.errors import LessonError, UsageError
from nnlab.lab.learner_code import MAX_CODE_BYTES, content_hash, normal

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_HASH = re.compile(r"[0-9a-f]{4,12}")


def starting_point(lesson: Lesson, exercise: str, language: str = "en") -> str:
    """Return what the learner finds: a docstring that says the task, and a function that is not right yet."""
    translated = lesson.folder / "exercises" / f"{_checked(exercise)}.{language}.py"
    if translated.is_file():
        return _read(translated)
    return _read(lesson.folder / "exercises" / f"{_checked(exercise)}.py")


def solution(lesson: Lesson, exercise: str) -> str:
    """Return a right answer."""
    return _read(lesson.folder / "solutions" / f"{_checked(exercise)}.py")


def learner_file(lesson: Lesson, exercise: str) -> Path:
    """Return where the learner's own file is, written or not."""
    folder = paths.all_paths()["code"]
    if lesson.course:
        folder = folder / "courses" / hashlib.sha256(lesson.course.encode()).hexdigest()[:10]
    return folder / _checked(lesson.slug) / f"{_checked(exercise)}.py"


def learner_code(lesson: Lesson, exercise: str, language: str = "en") -> str:
    """Return the learner's code; the starting point while there is none. Raises UsageError for an unreadable file."""
    path = learner_file(lesson, exercise)
    return _read(path) if path.is_file() else starting_point(lesson, exercise, language)


def write_learner_code(lesson: Lesson, exercise: str, text: str) -> Path:
    """Write the learner's file and return its path."""
    path = learner_file(lesson, exercise)
    files.write_atomically(path, text.encode("utf-8", "replace"))
    return path


def keep(text: str) -> str:
    """Keep a version of the code under its content hash, and return that."""
    name = content_hash(text)
    path = _kept_folder() / f"{name}.py"
    if not path.is_file():
        files.write_atomically(path, normal(text).encode("utf-8", "replace"))
    return name


def is_kept(name: str) -> bool:
    """Whether code of that content hash was kept here."""
    return (_kept_folder() / f"{name}.py").is_file()


def find(name: str) -> str:
    """Return the code of a file, or of a content hash (its first digits will do). Raises UsageError."""
    if Path(name).is_file():
        return _read(Path(name))
    known = sorted(path.stem for path in _kept_folder().glob("*.py")) if _kept_folder().is_dir() else []
    matches = [kept for kept in known if kept.startswith(name)] if _HASH.fullmatch(name) else []
    if len(matches) == 1:
        return _read(_kept_folder() / f"{matches[0]}.py")
    if matches:
        raise UsageError(f"--code {name} fits {len(matches)} kept versions: {', '.join(matches)}; give more digits.")
    raise UsageError(
        f"--code {name} is neither a file nor the hash of code that was tried here; give a Python file, or the hash "
        f"from a line that the lab copied. {len(known)} versions are kept in {_kept_folder()}."
    )


def _kept_folder() -> Path:
    return paths.all_paths()["code"] / "kept"


def _checked(name: str) -> str:
    """Return the name of a lesson or exercise once it is sure to be the name of one file in one folder."""
    if not _NAME.fullmatch(name):
        raise LessonError(f"{name!r} cannot name a code exercise or its lesson; use a-z, 0-9 and hyphens.")
    return name


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_CODE_BYTES:
            raise UsageError(f"{path} has more than {MAX_CODE_BYTES:,} bytes; an exercise needs a few lines.")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}); give a Python file.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no UTF-8 text; save it as UTF-8.") from None
