"""What could stand at the cursor of a line of layers."""

from dataclasses import dataclass

from nnlab.data.kinds import Kind
from nnlab.lab.workbench.layer_line import ACTIVATIONS, FORMS, canonical

OFFERED = tuple(name for name in ACTIVATIONS if name not in ("identity", "softmax"))
"""Activations worth an offer between layers."""


@dataclass(frozen=True, slots=True)
class Completion:
    """Words that may replace the one at the cursor."""

    start: int
    """First character of the word, from 0."""
    end: int
    words: tuple[str, ...]
    """In order of growing complexity; empty where only a number can stand."""
    hint: str = ""
    """What is due there: "units", "share", "dense 8 tanh"."""


def complete(line: str, cursor: int, kind: Kind) -> Completion:
    """Return what may stand at the cursor (0 to len(line)) of a line for data of that kind."""
    start = max(line.rfind(mark, 0, cursor) for mark in (",", " ")) + 1
    ends = [place for mark in (",", " ") if (place := line.find(mark, cursor)) >= 0]
    end = min(ends, default=len(line))
    typed = line[start:cursor].lower()
    before = line[line.rfind(",", 0, start) + 1 : start].split()
    words, hint = _due(before, kind)
    return Completion(start, end, tuple(word for word in words if word.startswith(typed)), hint)


def insert(line: str, completion: Completion, word: str) -> tuple[str, int]:
    """Return the line with `word` in place, and where the cursor stands then."""
    changed = line[: completion.start] + word + line[completion.end :]
    return changed, completion.start + len(word)


def _due(before: list[str], kind: Kind) -> tuple[tuple[str, ...], str]:
    """Return the words that may follow those of the item so far, and a hint."""
    if not before:
        names = tuple(name for name, form in FORMS.items() if kind in form.kinds)
        return (*names, *OFFERED), "a layer, or units"
    first = canonical(before[0])
    name = first if first in FORMS else ("dense" if first[0].isdigit() else "")
    if not name:
        return (), ""
    form = FORMS[name]
    given = before if name != first else before[1:]
    if form.count and not given:
        return (), form.count
    if form.takes_size and len(given) == 1:
        return ("3x3", "5x5"), "size of the kernel"
    if given and given[-1] in ("stride", "pad"):
        return (), given[-1]
    activations = OFFERED if form.takes_activation and not any(map(_is_activation, given)) else ()
    options = tuple(option for option in form.options if option not in given)
    return (*activations, *options), form.example


def _is_activation(word: str) -> bool:
    return canonical(word) in ACTIVATIONS
