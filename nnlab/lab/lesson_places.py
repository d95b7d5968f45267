"""Where a lesson's code went wrong: the file and line of it that an error came from."""

import traceback

PACKAGE = "nnlab_lesson_"
"""How the modules of a lesson's code are called, so that their frames are told from ours."""


def told(error: BaseException) -> str:
    """Return an error as a clause, after its place ("/…/lesson.py, line 9: ") if a lesson is to blame."""
    place = place_of(error)
    return f"{place}: {what_of(error)}" if place else what_of(error)


def what_of(error: BaseException) -> str:
    """Return an error's kind and what it says, without the place that Python puts after a syntax error."""
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def place_of(error: BaseException) -> str:
    """Return "FILE, line N" of the innermost line of a lesson's code that an error went through, or nothing.

    A syntax error is placed where Python cannot read on.
    """
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return f"{error.filename}, line {error.lineno}"
    places = [
        f"{frame.f_code.co_filename}, line {line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__", "")).startswith(PACKAGE)
    ]
    return places[-1] if places else ""
