"""The list of lessons: pages as dots, exercises done, the chosen row opened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from nnlab.tui.speech import chosen_mark, speech_of

FEWEST_DOTS = 5
"""With room for fewer, the chosen row alone shows its pages, in its second line."""
ROOMY_WIDTH = 62
"""Columns from which summaries and wide dots fit."""


@dataclass(frozen=True, slots=True)
class LessonRow:
    """What the list shows of one lesson."""

    slug: str
    title: str
    summary: str
    pages: tuple[bool, ...]
    """Per page: was it read."""
    done: int
    exercises: int
    next_page: int
    """1 for the first page: where enter goes."""
    next_page_id: str
    state: Literal["start", "continue", "again", "broken"]


class LessonList(Widget, can_focus=True):
    """Rows of lessons, one of them chosen."""

    DEFAULT_CSS = """
    LessonList { height: 1fr; }
    """

    rows: reactive[tuple[LessonRow, ...]] = reactive(())
    chosen: reactive[int] = reactive(0)

    @dataclass
    class Opened(Message):
        """A row was opened with the mouse."""

        slug: str

    def __init__(
        self,
        rows: Sequence[LessonRow] = (),
        *,
        page_title: Callable[[LessonRow], str] = lambda row: row.next_page_id,
        id: str | None = None,  # noqa: A002  (Textual's name)
    ) -> None:
        """page_title: names the page where enter goes; called for the chosen row only, since it may read a file."""
        super().__init__(id=id)
        self._page_title = page_title
        self._lines: list[int | None] = []
        self.set_reactive(LessonList.rows, tuple(rows))

    def choose(self, step: int) -> None:
        """Move the choice by `step` rows, staying inside."""
        if self.rows:
            self.chosen = min(max(self.chosen + step, 0), len(self.rows) - 1)

    def render(self) -> RenderResult:
        """Lay out as many rows as fit, with the chosen one among them."""
        width, height = self.size
        is_roomy = width >= ROOMY_WIDTH and height >= 3 * len(self.rows) + 2
        blocks = [self._row(index, width, is_roomy=is_roomy) for index in range(len(self.rows))]
        heading = [self._heading(width)] if is_roomy else []
        first = 0
        while sum(map(len, blocks[first : self.chosen + 1])) > height - len(heading) and first < self.chosen:
            first += 1
        lines: list[Content] = list(heading)
        self._lines = [None] * len(heading)
        for index, block in enumerate(blocks[first:], first):
            lines += block
            self._lines += [index] * len(block)
        shown = lines[:height]
        if len(lines) > height > 0 and any(line.plain.strip() for line in lines[height:]):
            shown[-1] = self._marked(shown[-1], "↓", width)
        if first and shown:
            shown[0] = self._marked(shown[0], "↑", width)
        return Content("\n").join(shown)

    def _marked(self, line: Content, mark: str, width: int) -> Content:
        """Say at the end of a row that more rows lie beyond it."""
        return line.truncate(width - 1, pad=True) + speech_of(self).content((mark, "$accent"))

    def _heading(self, width: int) -> Content:
        speech = speech_of(self)
        pages = speech.content((speech.say("home.pages"), "$muted"))
        exercises = speech.content((speech.say("home.exercises"), "$muted"))
        start = self._dots_at(width)
        return Content.assemble(
            " " * start, pages, " " * max(1, width - 2 - start - pages.cell_length - exercises.cell_length), exercises
        )

    def _dots_at(self, width: int) -> int:
        names = max((speech_of(self).content(row.title).cell_length for row in self.rows), default=0)
        return max(8 + names, width - 32) if width >= ROOMY_WIDTH else 5 + names + 2

    def _row(self, index: int, width: int, *, is_roomy: bool) -> list[Content]:
        speech, row = speech_of(self), self.rows[index]
        is_chosen = index == self.chosen
        is_complete = row.exercises > 0 and row.done == row.exercises and all(row.pages)
        indent = 6 if is_roomy else 5
        bar = speech.content((chosen_mark(speech) if is_chosen else " ", "$accent"), " ")
        number = f"{index + 1:<{indent - 2}}"
        head = bar + speech.content((number, "bold $accent" if is_chosen else "$muted"))
        head += speech.content((row.title, "bold $strong" if is_chosen else "$strong" if any(row.pages) else "$text"))
        count = speech.say("home.count", done=row.done, total=row.exercises)
        if is_complete:
            tail = speech.content(("✓" if not is_roomy else f"✓ {count}", "$accent"))
        elif row.exercises:
            tail = speech.content((count, "$strong" if is_chosen else "$muted"))
        else:
            tail = Content("")
        head = head.truncate(max(1, width - 3 - tail.cell_length), ellipsis=not speech.is_ascii)
        head = head.pad_right(max(0, self._dots_at(width) - head.cell_length))
        room = width - 3 - head.cell_length - tail.cell_length
        has_dots = is_roomy or room >= FEWEST_DOTS
        if has_dots:
            head += self._dots(row, room, is_roomy=is_roomy)
        lines = [self._flush(head, tail, width)]
        if is_roomy and row.summary:
            lines.append(
                speech.content(bar, " " * (indent - 2), (row.summary, "$error" if row.state == "broken" else "$muted"))
            )
        if is_chosen:
            line = bar + speech.content(" " * (indent - 2), *self._invitation(row, is_roomy=is_roomy))
            if not has_dots:
                line = self._flush(line, self._dots(row, width - 3 - line.cell_length, is_roomy=is_roomy), width)
            lines.append(line)
        lines = [line.truncate(width, ellipsis=not speech.is_ascii, pad=True) for line in lines]
        if is_chosen:
            lines = [line.stylize_before("on $panel") for line in lines]
        return [*lines, Content("")] if is_roomy else lines

    def _dots(self, row: LessonRow, room: int, *, is_roomy: bool) -> Content:
        """Return a dot a page; where they do not all fit, the share that was read in as many dots as there is room."""
        gap, unread = (" ", "○") if is_roomy else ("", "·")
        read, fitting = row.pages, max(0, room // len(gap + "●"))
        if len(read) > fitting:
            share = sum(read) * fitting // len(read)
            filled = max(share, 1) if any(read) else 0
            read = tuple(place < filled for place in range(fitting))
        dots = [(("●" if is_read else unread) + gap, "$accent" if is_read else "$faint") for is_read in read]
        return speech_of(self).content(*dots)

    def _invitation(self, row: LessonRow, *, is_roomy: bool) -> list[str | tuple[str, str]]:
        speech = speech_of(self)
        if not is_roomy:
            return [(speech.say(f"home.{row.state}-short", page=row.next_page), "$muted")]
        words = speech.say(f"home.{row.state}", page=row.next_page, title=self._page_title(row))
        return [("enter", "bold $accent"), " ", (words, "$text")]

    @staticmethod
    def _flush(left: Content, right: Content, width: int) -> Content:
        room = max(1, width - 2 - right.cell_length)
        left = left.truncate(room - 1)
        return Content.assemble(left.pad_right(room - left.cell_length), right)

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the pointer; open it when it is the chosen one."""
        index = self._lines[event.y] if event.y < len(self._lines) else None
        if index is None:
            return
        if index == self.chosen:
            self.post_message(self.Opened(self.rows[index].slug))
        self.chosen = index

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Choose the next row."""
        event.stop()
        self.choose(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Choose the row before."""
        event.stop()
        self.choose(-1)
