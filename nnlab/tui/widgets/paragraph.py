"""Text that is set by our own rules: prose, formulas, and lines with something at their right end."""

from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from nnlab.tui.speech import Speech, speech_of
from nnlab.tui.typesetting import wrap


def heading(speech: Speech, title: Content, width: int) -> Content:
    """Return `title` followed by a hair line up to `width` cells."""
    rest = width - title.cell_length - 1
    return speech.content(title, " ", ("─" * rest, "$line")) if rest > 0 else title


def spread(left: Content, right: Content, width: int) -> Content:
    """Return one line with `left` at its left end and `right` at its right end."""
    gap = width - left.cell_length - right.cell_length
    return Content.assemble(left, " " * gap, right) if gap > 0 else Content.assemble(left, " ", right).truncate(width)


class Typeset(Widget):
    """A widget whose text depends on its width: a subclass says what stands in `width` cells."""

    DEFAULT_CSS = "Typeset { height: auto; width: 1fr; }"

    def lines(self, width: int) -> Sequence[Content]:
        """Return the lines, each at most `width` cells."""
        return [Content(" " * width)]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines at that width."""
        return len(self.lines(width))

    def render(self) -> Content:
        """Return the lines at the present width."""
        return Content("\n").join(list(self.lines(self.size.width or 40)))


class Paragraph(Typeset):
    """One piece of text, wrapped."""

    def __init__(self, content: Content, *, indent: int = 0, marker: Content | None = None, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._content = content
        self._indent = indent
        self._marker = marker

    def lines(self, width: int) -> Sequence[Content]:
        """Return the wrapped text, indented, its marker before the first line."""
        wrapped = wrap(self._content, width - self._indent)
        pad = " " * self._indent
        if self._marker is None:
            return [Content.assemble(pad, line) for line in wrapped]
        first = Content.assemble(self._marker.pad_right(max(0, self._indent - self._marker.cell_length)), wrapped[0])
        return [first, *(Content.assemble(pad, line) for line in wrapped[1:])]


class FormulaBlock(Typeset):
    """Hand-set lines beside a bar; they are never wrapped."""

    def __init__(self, formula: Sequence[Content]) -> None:
        super().__init__()
        self._formula = formula

    def lines(self, width: int) -> Sequence[Content]:
        """Return the formula's lines beside the bar."""
        bar = speech_of(self).content(("▎ ", "$faint"))
        return [Content.assemble(bar, line).truncate(width) for line in self._formula]
