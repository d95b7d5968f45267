"""Knobs that a page speaks of: first in the bar, and seen at 80 columns, on every page in both languages."""

import pytest
from textual.app import App, ComposeResult

from nnlab.lab.course import LANGUAGES, find_course
from nnlab.lab.knobs import Knob, resolve
from nnlab.lab.lesson import load
from nnlab.lab.prose import Page, Prose, Try, TryItem, read_pages
from nnlab.tui.page_knobs import in_page_order
from nnlab.tui.speech import Speech
from nnlab.tui.value_words import value_words
from nnlab.tui.widgets.knob_bar import KnobBar

COURSE = find_course()
WIDTH = 40
"""Cells of the bar beside the prose at 80 columns."""
KNOBS = tuple(Knob(name, 1.0) for name in ("rate", "lag", "radius", "decay"))


class OneBar(App[None]):
    AUTO_FOCUS = None
    CSS = f"KnobBar {{ width: {WIDTH}; }}"

    def compose(self) -> ComposeResult:
        bar = KnobBar()
        bar.add_class("compact")
        yield bar


def test_what_is_to_be_tried_comes_before_what_is_named_and_that_before_the_rest() -> None:
    page = Page("p", "", (Prose("The Lag matters; de-cay and radiuses do not."), Try((TryItem("x", {"decay": 1.0}),))))
    ordered, spoken = in_page_order(page, KNOBS, {})
    assert [knob.name for knob in ordered] == ["decay", "lag", "rate", "radius"]
    assert spoken == 2


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_every_knob_that_a_page_asks_to_turn_is_seen_at_80_columns(slug, drive) -> None:
    lesson, app = COURSE.lesson(slug), OneBar()
    loaded = load(lesson)

    async def script(pilot) -> None:
        bar = app.query_one(KnobBar)
        for language in LANGUAGES:
            stage = None
            for page in read_pages(lesson, language).values():
                stage = page.stage or stage
                assert stage is not None
                knobs = loaded.experiment(stage.experiment).knobs
                labels = {knob.name: lesson.knob_label(knob.name, language) for knob in knobs}
                ordered, spoken = in_page_order(page, knobs, labels)
                bar.show(ordered, resolve(knobs, stage.set), labels, value_words(lesson, Speech(language)), spoken)
                await pilot.pause()
                shown = bar.render().plain
                assert bar.size.height <= 2
                tried = {name for tries in page.find(Try) for item in tries.items for name in item.set}
                assert [name for name in tried if labels[name] not in shown] == [], (page.id, language, shown)
                unseen = [knob.name for knob in ordered if labels[knob.name] not in shown]
                assert not unseen or f"+{len(unseen)}" in shown, (page.id, language, shown)

    drive(app, script)
