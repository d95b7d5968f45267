"""The page: where you are in the lesson, and its prose, questions, goals and things to try."""

from collections.abc import Callable, Sequence

from textual import events
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from nnlab.lab.progress import AnswerGiven, BestScore, LessonProgress
from nnlab.lab.prose import Code, Formula, Goal, Page, Predict, Prose, Try, fill
from nnlab.lab.verdicts import Check
from nnlab.tui import markdown
from nnlab.tui.code_work import CodeWork
from nnlab.tui.speech import speech_of
from nnlab.tui.widgets.cards import GoalCard, PredictCard, TryCard
from nnlab.tui.widgets.code_card import CodeCard
from nnlab.tui.widgets.paragraph import FormulaBlock, Paragraph, Typeset, spread

Number = Callable[[str, str], str]
Mark = Callable[[str], Content]


class PageDots(Typeset):
    """A dot per page: read, here, not yet; and the page's number."""

    class Chosen(Message):
        """A dot was clicked."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, read: Sequence[bool], here: int) -> None:
        super().__init__()
        self._read = read
        self._here = here

    def lines(self, width: int) -> Sequence[Content]:
        """Return the dots on the left and the number on the right."""
        speech = speech_of(self)
        dots = [
            ("◉ ", "$accent") if index == self._here else ("● ", "$muted") if is_read else ("○ ", "$faint")
            for index, is_read in enumerate(self._read)
        ]
        key = "lesson.page" if width >= 46 else "lesson.page-short"
        number = speech.say(key, page=self._here + 1, total=len(self._read))
        return [spread(speech.content(*dots), speech.content((number, "$muted")), width)]

    def on_click(self, event: events.Click) -> None:
        """Turn to the page under the pointer."""
        if event.x // 2 < len(self._read):
            self.post_message(self.Chosen(event.x // 2))


class MoreMark(Widget):
    """Says that there is more text below, what it holds, and the keys that go there."""

    DEFAULT_CSS = "MoreMark { height: 1; dock: bottom; color: $muted; text-align: right; }"

    def render(self) -> Content:
        """Return the mark while the page can be scrolled down: what is below, named only where it fits."""
        page = self.parent
        rest = page.max_scroll_y - page.scroll_y if isinstance(page, PageView) else 0
        if not isinstance(page, PageView) or rest <= 0:
            return Content("")
        speech = speech_of(self)
        names = [speech.say(key) for key in page.below()]
        keys = "pgdn"
        for shown in (names, names[:1], []):
            mark = speech.content(
                ("↓ ", "$accent"), (" · ".join([f"{rest:.0f}", *shown]), "$muted"), "  ", (keys, "bold $strong")
            )
            if mark.cell_length <= self.size.width:
                return mark
        return speech.content(f"↓ {rest:.0f}")


class PageView(VerticalScroll, can_focus=True):
    """One page of prose. `show` builds it; its cards post what the learner chooses."""

    def __init__(
        self,
        *,
        number: Number,
        mark: Mark,
        line: Callable[[str], str] = str,
        id: str | None = None,  # noqa: A002  (Textual's name)
    ) -> None:
        """line(formula): what a goal's check asks, in the reader's language."""
        super().__init__(id=id)
        self._line = line
        self._number = number
        self._mark = mark

    async def show(
        self, page: Page, here: int, progress: LessonProgress, pages: Sequence[str], work: CodeWork | None = None
    ) -> None:
        """Replace what is shown by this page; `work` is on its code exercise, if it has one."""
        await self.remove_children()
        dots = PageDots([name in progress.read for name in pages], here)
        title = Paragraph(speech_of(self).content((page.title, "bold $strong")), classes="title")
        await self.mount_all([dots, title, *self._blocks(page, progress, work), MoreMark()])
        self.scroll_home(animate=False)

    def _blocks(self, page: Page, progress: LessonProgress, work: CodeWork | None) -> list[Widget]:
        widgets: list[Widget] = []
        for block in page.blocks:
            if isinstance(block, Prose):
                widgets += self._prose(block)
            elif isinstance(block, Formula):
                speech = speech_of(self)
                widgets.append(FormulaBlock([speech.content((line, "$text")) for line in block.lines]))
            elif isinstance(block, Predict):
                widgets.append(PredictCard(block, progress.answers.get(block.id), self._number))
            elif isinstance(block, Goal):
                widgets.append(GoalCard(block, block.id in progress.goals, progress.best.get(block.id), self._line))
            elif isinstance(block, Code) and work is not None and work.id == block.id:
                widgets.append(CodeCard(work))
            elif isinstance(block, Try):
                widgets.append(TryCard(block))
        return widgets

    def _prose(self, block: Prose) -> list[Widget]:
        speech = speech_of(self)
        lines = markdown.read(fill(block.markdown, self._number), speech, self._mark)
        is_next_close = [*(line.is_close for line in lines[1:]), False]
        return [
            Paragraph(
                line.content,
                indent=line.indent,
                marker=speech.content((line.marker, "$muted")) if line.marker else None,
                classes="close" if is_close else "",
            )
            for line, is_close in zip(lines, is_next_close, strict=True)
        ]

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Keep the mark that says how much is below."""
        super().watch_scroll_y(old, new)
        self._refresh_mark()

    def watch_virtual_size(self) -> None:
        """A card that opens or a new page changes what is below."""
        self.call_after_refresh(self._refresh_mark)

    def _refresh_mark(self) -> None:
        for mark in self.query(MoreMark):
            mark.refresh()

    def below(self) -> list[str]:
        """Catalogue keys of the titles of the cards that begin below what is seen."""
        titles = {PredictCard: "predict.title", GoalCard: "goal.title", CodeCard: "code.title", TryCard: "try.title"}
        end = self.scroll_y + self.size.height - 1
        return [titles[type(card)] for card in self.children if type(card) in titles and card.virtual_region.y >= end]

    @property
    def predict(self) -> PredictCard | None:
        """The page's first question that is not answered yet, else its last one."""
        cards = list(self.query(PredictCard))
        return next((card for card in cards if card.given is None), cards[-1] if cards else None)

    @property
    def goal(self) -> GoalCard | None:
        """The page's goal."""
        return next(iter(self.query(GoalCard)), None)

    def show_stillness(self, is_still: bool) -> None:
        """Let the questions say how they are answered: by a run, or at once where there is nothing to train."""
        for card in self.query(PredictCard):
            card.show_stillness(is_still)

    def reveal(self, measure: Callable[[str], float]) -> list[tuple[str, AnswerGiven]]:
        """Open the locked questions with the ended run's numbers; returns (question id, scored answer)."""
        scored = []
        for card in self.query(PredictCard):
            given = card.reveal(measure(card.question.metric)) if card.choice is not None else None
            if given is not None:
                scored.append((card.question.id, given))
        return scored

    def show_checks(self, goal_id: str, checks: Sequence[Check]) -> bool:
        """Show a goal's live checks; True when it is reached for the first time."""
        return any(card.show_checks(checks) for card in self.query(GoalCard) if card.goal.id == goal_id)

    def show_best(self, goal_id: str, best: BestScore) -> None:
        """Show a goal's best score."""
        for card in self.query(GoalCard):
            if card.goal.id == goal_id:
                card.show_best(best)
