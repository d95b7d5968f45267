"""Verdicts: what the functions of claims, goals and code exercises return."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a claim's function returns."""

    holds: bool
    value: float | str
    """The measured value."""
    expected: str
    """What was expected of it, in words: "between 35 and 90 of 100"."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a goal or a code exercise: what is asked, what was measured, whether it holds."""

    text: str
    measured: float | str
    holds: bool
    expected: float | str = ""
    """What should have been measured, where that can be said by itself; shown when the check does not hold."""
