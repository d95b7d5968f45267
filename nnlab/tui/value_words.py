"""Values as the screen says them: choices, yes and no in the reader's language; numbers as the knob bar writes them."""

from collections.abc import Callable

from nnlab.lab.course import Lesson
from nnlab.lab.knobs import KnobValue
from nnlab.tui import catalogue
from nnlab.tui.speech import Speech

MOST_CELLS = 14
"""Of a text's value."""
ValueWords = Callable[[str, KnobValue], str]
"""said(knob, value): what is shown of a value."""


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
