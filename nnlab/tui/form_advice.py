"""What a form is told of its rows: what a text may become, notes, and what is wrong; and how a value is typed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nnlab.lab.course import Lesson
from nnlab.lab.knobs import KnobValue
from nnlab.tui import catalogue
from nnlab.tui.line_edit import LineEdit
from nnlab.tui.speech import Speech


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that a text may become."""

    shown: str
    text: str
    cursor: int


@dataclass(frozen=True, slots=True)
class Advice:
    """What is said of a row: one short note at its end, lines below it, and what is wrong with it."""

    note: str = ""
    lines: tuple[str, ...] = ()
    error: str = ""
    shown: str = ""
    """How the value is shown, where not as it is."""


Complete = Callable[[str, LineEdit], Sequence[Candidate]]
"""complete(name, edit): what the text of that row may become."""
Advise = Callable[[str, str | None], Advice]
"""advise(name, text): what is to be said; text is what is being typed, None while nothing is."""


def metric_name(speech: Speech, metric: str, lesson: Lesson | None = None) -> str:
    """Return what a metric is called: everywhere, else in its lesson."""
    key = f"bench.metric.{metric}"
    if catalogue.has(key, speech.language):
        return speech.say(key)
    words = lesson.words(speech.language) if lesson is not None else {}
    return words.get(f"metric.{metric}") or words.get(metric) or metric.replace("_", " ")


def plain(value: KnobValue) -> str:
    """Return a value as one would type it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) and float(f"{value:g}") == value else str(value)
