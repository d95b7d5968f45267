"""Verdicts: what the functions of claims and goals return."""

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
    """One line of a goal: what is asked, what was measured, whether it holds."""

    text: str
    measured: float | str
    holds: bool
