"""Errors that a user can cause or meet, each one sentence: what came, what was expected, what to do.

NnlabError                 exit code
├── UsageError             2   unknown lesson, knob or value; a file that cannot be read
│   └── LessonError        2   a course or lesson folder that breaks the format; names the file
├── DeviceMissingError     3   a device was asked for and is not there
└── LimitError             4   the time or memory limit was reached
"""

from collections.abc import Iterable
from difflib import get_close_matches

from nnlab.reasons import Reason


class NnlabError(Exception):
    """Base of all errors that are shown to the user as one sentence."""

    exit_code = 70

    def __init__(self, message: str | Reason = "") -> None:
        """message: the sentence in English, or the reason that says it in every language."""
        super().__init__(str(message))
        self.reason = message if isinstance(message, Reason) else None


class UsageError(NnlabError):
    """Something named or given by the user does not exist or does not fit."""

    exit_code = 2


class LessonError(UsageError):
    """A course or lesson folder breaks the format."""


class DeviceMissingError(NnlabError):
    """A device was asked for that this machine cannot offer."""

    exit_code = 3


class LimitError(NnlabError):
    """A time or memory limit ended the work."""

    exit_code = 4


def unknown(kind: str, name: str, known: Iterable[str]) -> UsageError:
    """Say that `name` is no known `kind`, offer the nearest name, and list them all."""
    names = list(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    listing = ", ".join(names) if names else "none"
    return UsageError(f"no {kind} {name!r}{hint} There are: {listing}.")
