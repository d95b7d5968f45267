"""The cards of a page: predict a result, reach a goal, try something; each posts what was chosen."""

import math
from collections.abc import Callable, Mapping, Sequence

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from nnlab.lab.knobs import KnobValue
from nnlab.lab.progress import AnswerGiven, BestScore
from nnlab.lab.prose import Goal, Predict, Try, fill
from nnlab.lab.verdicts import Check
from nnlab.plots import numbers
from nnlab.tui.speech import Speech, speech_of
from nnlab.tui.typesetting import wrap
from nnlab.tui.widgets.paragraph import Typeset, heading, spread

Number = Callable[[str, str], str]
"""number(kind, name): a measured number as text, for {metric:NAME} and {claim:ID}."""


class AnswerRow(Typeset):
    """One answer of a question; a click chooses it."""

    DEFAULT_CSS = "AnswerRow.chosen { background: $accent-dim; }"

    class Chosen(Message):
        """The learner clicked an answer."""

        def __init__(self, index: int) -> None:
            super().__init__()
            self.index = index

    def __init__(self, index: int, text: str, *, is_chosen: bool) -> None:
        super().__init__(classes="chosen" if is_chosen else "")
        self._index = index
        self._text = text
        self._is_chosen = is_chosen

    def lines(self, width: int) -> Sequence[Content]:
        """Return the number, the answer and, when it is the chosen one, a word at the right."""
        speech = speech_of(self)
        style = "bold $strong" if self._is_chosen else "$text"
        number = speech.content((f"{self._index + 1}  ", "bold $accent" if self._is_chosen else "$muted"))
        note = speech.content((speech.say("predict.yours"), "$accent")) if self._is_chosen else Content("")
        rows = wrap(speech.content((self._text, style)), max(8, width - 3 - note.cell_length - 1))
        first = spread(Content.assemble(number, rows[0]), note, width)
        return [first, *(Content.assemble("   ", row) for row in rows[1:])]

    def on_click(self, event: events.Click) -> None:
        """Choose this answer."""
        event.stop()
        self.post_message(self.Chosen(self._index))


class CardText(Typeset):
    """Lines of a card that are made anew at each width."""

    def __init__(self, make: Callable[[int], Sequence[Content]], classes: str = "") -> None:
        super().__init__(classes=classes)
        self._make = make

    def lines(self, width: int) -> Sequence[Content]:
        """Return the lines at that width."""
        return self._make(width)


class PredictCard(Widget):
    """A question: open, then locked in, then answered by the run's own number."""

    DEFAULT_CSS = "PredictCard { height: auto; }"

    def __init__(self, question: Predict, given: AnswerGiven | None, number: Number) -> None:
        super().__init__()
        self.question = question
        self.choice: int | None = None
        self.given = given
        """The answer that was scored, once the run has measured it."""
        self._is_still = False
        self._number = number

    def choose(self, index: int) -> bool:
        """Lock an answer in; False when there is none of that index or the question is answered already."""
        if self.given is not None or not 0 <= index < len(self.question.answers):
            return False
        self.choice = index
        self.refresh(recompose=True)
        return True

    def show_stillness(self, is_still: bool) -> None:
        """Say that an answer opens at once, since there is nothing to train, or that a run opens it."""
        if is_still != self._is_still:
            self._is_still = is_still
            self.refresh(recompose=True)

    def reveal(self, value: float) -> AnswerGiven | None:
        """Open the answer with the run's value; returns the scored answer, None when nothing was locked in."""
        if self.given is not None or self.choice is None:
            return None
        quoted: dict[str, str] = {}
        fill(self.question.after, lambda kind, name: quoted.setdefault(name, self._number(kind, name)))
        self.given = AnswerGiven(self.choice, self.question.right_answer(value) == self.choice, value, quoted)
        self.refresh(recompose=True)
        return self.given

    def compose(self) -> ComposeResult:
        """Yield the question with its answers, or the answer."""
        if self.given is not None:
            yield CardText(self._answer)
            return
        yield CardText(self._question)
        for index, answer in enumerate(self.question.answers):
            yield AnswerRow(index, answer.text, is_chosen=index == self.choice)
        yield CardText(self._prompt)

    def _question(self, width: int) -> Sequence[Content]:
        speech = speech_of(self)
        title = speech.content((speech.say("predict.title"), "bold $accent"))
        question = wrap(speech.content((self.question.question, "$strong")), width)
        return [heading(speech, title, width), *question, Content("")]

    def _prompt(self, width: int) -> Sequence[Content]:
        speech = speech_of(self)
        at_once = "predict.choose-still" if self._is_still else "predict.choose"
        key = "predict.locked" if self.choice is not None else at_once
        words = speech.say(key, last=len(self.question.answers))
        return [Content(""), *wrap(speech.content((words, "$muted")), width)]

    def _answer(self, width: int) -> Sequence[Content]:
        assert self.given is not None
        speech = speech_of(self)
        answers = self.question.answers
        right = self.question.right_answer(math.nan if self.given.value is None else self.given.value)
        title = speech.content((speech.say("predict.answer"), "bold $accent"))
        question = wrap(speech.content((self.question.question, "$muted")), width)
        lines = [heading(speech, title, width), *question, Content("")]
        if self.given.right:
            verdict = speech.content(("✓ ", "bold $accent"), (answers[self.given.choice].text, "bold $strong"))
            lines += [spread(verdict, speech.content((speech.say("predict.yours"), "$accent")), width)]
        else:
            truth = answers[right].text if right is not None else speech.say("predict.none")
            words = speech.say("predict.wrong", yours=answers[self.given.choice].text, truth=truth)
            lines += wrap(speech.content((words, "$strong")), width)
        if self.question.after:
            lines += [Content(""), *wrap(speech.content((fill(self.question.after, self._quote), "$text")), width)]
        return lines

    def _quote(self, kind: str, name: str) -> str:
        """Return a number of the run that answered: a later run of this page says something else."""
        known = self.given.numbers.get(name) if self.given is not None else None
        return self._number(kind, name) if known is None else known


class GoalCard(Widget):
    """A goal with live checks, the values measured and the best score so far."""

    DEFAULT_CSS = "GoalCard { height: auto; }"

    def __init__(self, goal: Goal, is_reached: bool, best: BestScore | None, line: Callable[[str], str] = str) -> None:
        """line(formula): what a check asks, in the reader's language."""
        super().__init__()
        self._line = line
        self._best = best
        self.goal = goal
        self.is_reached = is_reached
        self.hints_shown = 0
        self._shows_end = False
        """A hint was taken and the card does not have its new height yet."""
        self._checks: tuple[Check, ...] = ()

    def compose(self) -> ComposeResult:
        """Yield one block of lines."""
        yield CardText(self._lines)

    def show_checks(self, checks: Sequence[Check]) -> bool:
        """Show the measured checks; True when they now hold for the first time."""
        if tuple(checks) == self._checks:
            return False
        self._checks = tuple(checks)
        is_new = not self.is_reached and bool(checks) and all(check.holds for check in checks)
        self.is_reached = self.is_reached or is_new
        self._relayout()
        return is_new

    def show_best(self, best: BestScore) -> None:
        """Show the best score so far."""
        self._best = best
        self._relayout()

    def _relayout(self) -> None:
        for text in self.query(CardText):  # none before it is composed, and none when the page is left meanwhile
            text.refresh(layout=True)

    def hint(self) -> bool:
        """Show one hint more; False when there is none left."""
        if self.hints_shown >= len(self.goal.hints):
            return False
        self.hints_shown += 1
        self._shows_end = True
        self._relayout()
        return True

    def on_resize(self) -> None:
        """Scroll the page to the newest hint, once the card has the height that it takes."""
        page = self.parent
        if self._shows_end and isinstance(page, VerticalScroll):
            self._shows_end = False
            page.scroll_to(y=max(0, self.virtual_region.bottom + 1 - page.size.height), animate=False)

    def _lines(self, width: int) -> Sequence[Content]:
        speech = speech_of(self)
        mark = ("✓ " if self.is_reached else "", "bold $accent")
        title = speech.content(mark, (speech.say("goal.title"), "bold $accent"))
        lines = [heading(speech, title, width), *wrap(speech.content((self.goal.text, "$strong")), width)]
        for check in self._checks:
            sign = speech.content(("✓ ", "$accent") if check.holds else ("· ", "$muted"))
            value = speech.content(
                (self._line(numbers.measured(check.measured)), "bold $strong" if check.holds else "$muted")
            )
            lines.append(
                spread(Content.assemble(sign, speech.content((self._line(check.text), "$text"))), value, width)
            )
        if self._best is not None:
            name = speech.content((speech.say("goal.best") + "  ", "$muted"), (self._line(self._best.check), "$text"))
            lines.append(spread(name, speech.content((numbers.measured(self._best.measured), "bold $accent")), width))
        for number, hint in enumerate(self.goal.hints[: self.hints_shown], start=1):
            words = speech.say("goal.hint", number=number, total=len(self.goal.hints))
            lines += [Content(""), *wrap(speech.content((words + " ", "$muted"), (hint, "$text")), width)]
        if not self.is_reached and self.hints_shown < len(self.goal.hints):
            lines += [Content(""), speech.content(("h ", "bold $strong"), (speech.say("goal.more"), "$muted"))]
        return lines


class TryRow(Typeset):
    """One thing to try; a click sets its knobs."""

    class Chosen(Message):
        """The learner wants these knob settings."""

        def __init__(self, settings: Mapping[str, KnobValue]) -> None:
            super().__init__()
            self.settings = settings

    def __init__(self, text: str, settings: Mapping[str, KnobValue]) -> None:
        super().__init__()
        self._text = text
        self._settings = settings
        self.can_focus = bool(settings)

    def lines(self, width: int) -> Sequence[Content]:
        """Return the text, in the colour of what can be pressed."""
        speech = speech_of(self)
        mark = ("▸ " if self.has_focus else "· ", "$accent" if self._settings else "$muted")
        rows = wrap(speech.content((self._text, "$accent" if self._settings else "$text")), width - 2)
        return [Content.assemble(speech.content(mark if not i else "  "), row) for i, row in enumerate(rows)]

    def on_click(self, event: events.Click) -> None:
        """Set the knobs."""
        event.stop()
        self._choose()

    def key_enter(self) -> None:
        """Set the knobs."""
        self._choose()

    def _choose(self) -> None:
        if self._settings:
            self.post_message(self.Chosen(self._settings))


class TryCard(Widget):
    """Things to try."""

    DEFAULT_CSS = "TryCard { height: auto; }"

    def __init__(self, tries: Try) -> None:
        super().__init__()
        self._tries = tries

    def compose(self) -> ComposeResult:
        """Yield the heading and a row per thing."""
        yield CardText(self._heading)
        for item in self._tries.items:
            yield TryRow(item.text, item.set)

    def _heading(self, width: int) -> Sequence[Content]:
        speech: Speech = speech_of(self)
        return [heading(speech, speech.content((speech.say("try.title"), "$text")), width)]
