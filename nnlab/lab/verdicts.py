"""Verdicts: what the functions of claims, goals and code exercises return."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a claim's function returns."""

    holds: bool
    value: float | str
    """The measured value."""
    expected: str
    """What was expected of it, in words: "between 35 and 90 of 100"."""


@dataclass(frozen=True, slots=True)
class Score:
    """A number that can still be bettered when the goal holds: the best one is kept."""

    value: float
    better: Literal["smaller", "larger"]

    def beats(self, other: float) -> bool:
        """Whether it is better than another value; one that is NaN is not."""
        return self.value < other if self.better == "smaller" else self.value > other


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a goal or a code exercise: what is asked, what was measured, whether it holds."""

    text: str
    measured: float | str
    holds: bool
    expected: float | str = ""
    """What should have been measured, where that can be said by itself; shown when the check does not hold."""
    score: Score | None = None
    """What counts as the goal's score; of several checks with one, the first counts."""


def scored(checks: Sequence[Check]) -> Check | None:
    """Return the check whose score counts, None unless all of them hold and one has a score."""
    return next((check for check in checks if check.score is not None), None) if all(c.holds for c in checks) else None
