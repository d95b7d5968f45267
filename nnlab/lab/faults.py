"""Faults: what is wrong with a learner's code, as data with a line number, so that every language can say it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from nnlab.lab.errors import NnlabError

FaultKind = Literal["syntax", "missing", "missing-near", "arguments", "name", "name-near", "raised", "returned"]
LimitKind = Literal["time", "hung", "memory", "leave"]

SENTENCES: Mapping[str, str] = {
    "syntax": "Python cannot read this: {detail}.",
    "missing": "There is no function {function}. Write def {function}({arguments}).",
    "missing-near": "There is no function {function}; {near} is close. Write def {function}({arguments}).",
    "arguments": "{function} takes ({given}), but it is called with ({arguments}). Write these arguments.",
    "name": "{name} is not defined. The arguments are {arguments}.",
    "name-near": "{name} is not defined; did you mean {near}? The arguments are {arguments}.",
    "raised": "Python stopped here with {error}.",
    "returned": "{function} returned {given}; return {expected}.",
    "time": "{function} did not return within {seconds} s. Look for a loop that never ends.",
    "hung": "The code did not return and could not be interrupted, so its process was ended.",
    "memory": "{function} asked for more than {megabytes} MB of memory. Take smaller arrays.",
    "leave": "The code tried to end Python itself. Return a value instead.",
}
"""What each kind of fault says in English, for shell and screen; other languages' catalogues have the same keys."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a learner's code."""

    kind: FaultKind | LimitKind
    line: int = 0
    """Line of the code, from 1; 0 when no single line is to blame."""
    values: Mapping[str, str] = field(default_factory=dict)
    """What is filled into the sentence of the kind."""

    def __str__(self) -> str:
        sentence = SENTENCES[self.kind].format_map(self.values)
        return f"your code, line {self.line}: {sentence}" if self.line else f"your code: {sentence}"


class CodeError(NnlabError):
    """A learner's code is at fault."""

    exit_code = 2

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault
        if fault.kind in ("time", "memory"):
            self.exit_code = 4


def returned(function: str, value: object, expected: str) -> CodeError:
    """Say that a learner's function returned something of the wrong form; `expected` is code, not words."""
    return CodeError(Fault("returned", 0, {"function": function, "given": describe(value), "expected": expected}))


def describe(value: object) -> str:
    """Return a value of a learner's code in a few characters."""
    shape = getattr(value, "shape", None)
    if shape:
        return f"array {tuple(shape)}"
    try:
        text = repr(value)
    except Exception:  # a border: __repr__ is the learner's
        text = type(value).__name__
    return text if len(text) <= 60 else f"{text[:57]}..."


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that is most like `name`, or nothing."""
    return next(iter(get_close_matches(name, sorted(set(known)), n=1, cutoff=0.6)), "")
