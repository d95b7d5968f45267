"""The one error of the plots: a request that names no kind, option or colour that exists."""

from collections.abc import Iterable
from difflib import get_close_matches


class PlotError(ValueError):
    """A plot was asked for in a way that cannot be drawn; the message says what to ask for instead."""


def unknown(what: str, name: str, known: Iterable[str]) -> PlotError:
    """Build the error for a name that is not among the known ones: the nearest first, then the list."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    guess = f" did you mean {near[0]!r}?" if near else ""
    return PlotError(f"no {what} {name!r};{guess} {what}s: {', '.join(names)}.")
