"""Which knobs a page speaks of: those that its things to try set, those that it names. They come first in the bar."""

import re
from collections.abc import Iterator, Mapping, Sequence

from nnlab.lab.knobs import Knob
from nnlab.lab.prose import Code, Goal, Page, Predict, Prose, Try


def in_page_order(page: Page, knobs: Sequence[Knob], labels: Mapping[str, str]) -> tuple[list[Knob], int]:
    """Return the knobs, those of the page first, and how many the page speaks of. labels: knob -> what it is called."""
    tried = {name for tries in page.find(Try) for item in tries.items for name in item.set}
    text = "\n".join(_texts(page)).lower()
    named = {knob.name for knob in knobs if _names(text, labels.get(knob.name, knob.name).lower())}
    ordered = sorted(knobs, key=lambda knob: (knob.name not in tried, knob.name not in named))
    return ordered, len(tried | named)


def _names(text: str, label: str) -> bool:
    """Whether a text names a label: whole words where it is Latin. It is asked at every paint: first the cheap half."""
    return label in text and re.search(rf"(?<![a-z]){re.escape(label)}(?![a-z])", text) is not None


def _texts(page: Page) -> Iterator[str]:
    for block in page.blocks:
        match block:
            case Prose(markdown=markdown):
                yield markdown
            case Predict(question=question, after=after):
                yield from (question, after)
            case Goal(text=text, hints=hints) | Code(text=text, hints=hints):
                yield from (text, *hints)
            case Try(items=items):
                yield from (item.text for item in items)
