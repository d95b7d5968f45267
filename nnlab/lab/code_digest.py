"""The digest of a lesson's code: what a proof is tied to. Prose, titles, comments and docstrings are no part of it."""

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from nnlab.lab.course import Lesson

EXERCISE = "exercise:"
"""In front of a code exercise's id where it stands among claims."""
DIGITS = 16
_APART = {"exercises", "solutions", "__pycache__"}
"""Folders whose files are no part of what the claims run."""
_STRING_OR_COMMENT = re.compile(
    r"""(?sx) (\"{3}|'{3}) (?:\\.|(?!\1).)* \1 | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | \#[^\n]*"""
)


def code_digests(lesson: Lesson) -> Mapping[str, str]:
    """Return claim id -> digest of the code that decides it, and the same for each code exercise as exercise:ID.

    A claim is decided by every Python file of the lesson's folder; an exercise by its starting point and its solution,
    too. The digest is the same under every Python and with any line ends.
    """
    folder = lesson.folder
    paths = [path for path in folder.rglob("*.py") if not _APART & set(path.relative_to(folder).parts)]
    own = {path.relative_to(folder).as_posix(): _bare(path) for path in paths}
    digests = dict.fromkeys(lesson.claims, _digest(own))
    for exercise, entry in lesson.exercises.items():
        if entry.kind == "code":
            names = [f"{part}/{exercise}.py" for part in ("exercises", "solutions")]
            digests[EXERCISE + exercise] = _digest(own | {name: _bare(folder / name) for name in names})
    return digests


def _digest(code: Mapping[str, str]) -> str:
    text = "".join(f"{name}\0{code[name]}\0" for name in sorted(code))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:DIGITS]


def _bare(path: Path) -> str:
    """Return the code of a file without comments, docstrings and blank lines; what is no Python as it stands."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
        lines = [line.encode() for line in text.split("\n")]
        for note in _strings_alone(ast.parse(text).body):
            _cut(lines, note)
    except OSError:
        return ""
    except (SyntaxError, ValueError, RecursionError):
        return text
    code = _STRING_OR_COMMENT.sub(lambda match: "" if match[0][0] == "#" else match[0], b"\n".join(lines).decode())
    return "\n".join(line.rstrip() for line in code.split("\n") if line.strip())


def _strings_alone(body: Iterable[ast.AST]) -> Iterator[ast.Expr]:
    """Yield the strings that are statements: docstrings of modules, classes, functions and fields."""
    for statement in body:
        if isinstance(statement, ast.Expr):
            if isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str):
                yield statement
            continue
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from _strings_alone(getattr(statement, part, ()))


def _cut(lines: list[bytes], statement: ast.Expr) -> None:
    """Take a statement out of the lines (UTF-8, as its columns count)."""
    first, last = statement.lineno - 1, (statement.end_lineno or statement.lineno) - 1
    rest = lines[last][statement.end_col_offset or 0 :]
    lines[first] = lines[first][: statement.col_offset] + (rest if first == last else b"")
    for index in range(first + 1, last + 1):
        lines[index] = rest if index == last else b""
