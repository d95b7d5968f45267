"""Values as the screen says them: choices, yes and no in the reader's language; numbers as the knob bar writes them."""

from collections.abc import Callable
from dataclasses import dataclass

from nnlab.lab.course import Lesson
from nnlab.lab.knobs import KnobValue
from nnlab.tui import catalogue
from nnlab.tui.speech import Speech

MOST_CELLS = 14
"""Of a text's value."""
ValueWords = Callable[[str, KnobValue], str]
"""said(knob, value): what is shown of a value."""


@dataclass(frozen=True, slots=True)
class RunWords:
    """How a kept run is told."""

    label: Callable[[str], str] = str
    """label(name): what a setting is called."""
    said: ValueWords = lambda _knob, value: write_value(value)
    """said(name, value): what is shown of its value."""
    metric: Callable[[str], str] = str
    """metric(name): what a metric is called."""

    def tell(self, name: str, value: KnobValue) -> str:
        """Say a setting in a few words: "rate 0.30"."""
        return f"{self.label(name)} {self.said(name, value)}"


def value_words(lesson: Lesson | None, speech: Speech) -> ValueWords:
    """Return how the values of a lesson's knobs are said."""

    def said(knob: str, value: KnobValue) -> str:
        if isinstance(value, bool):
            return speech.say("plot.yes" if value else "plot.no")
        if isinstance(value, str) and lesson is not None:
            key = f"bench.value.{knob}.{value}"
            own = speech.say(key) if catalogue.has(key, speech.language) else value
            return write_value(lesson.value_word(knob, own, speech.language))
        return write_value(value)

    return said


def tell_setting(name: str, value: KnobValue) -> str:
    """Say what a setting is, where no lesson is at hand: "rate 0.30"; a text says itself."""
    return write_value(value) if isinstance(value, str) else f"{name.replace('_', ' ')} {write_value(value)}"


def plain_words(_knob: str, value: KnobValue) -> str:
    """Say a value as it is, where no lesson is at hand."""
    return write_value(value)


def write_value(value: KnobValue) -> str:
    """Return a knob's value as the bar and the readouts write it: 0.30, 3,000, tanh, yes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value if len(value) <= MOST_CELLS else f"{value[: MOST_CELLS - 1]}…"
    text = f"{value:,}" if isinstance(value, int) else f"{value:.3g}"
    if isinstance(value, float) and len(text) < 4 and 0.1 <= abs(value) < 10:
        text = f"{value:.2f}"
    return text.replace("e+0", "e").replace("e+", "e").replace("e-0", "e-").replace("-", "−")
