"""Typesetting: lines of prose broken by the rules of English and of Chinese, widths counted in cells.

Latin breaks at spaces; between hanzi a line may break anywhere, but none starts with closing punctuation and none
ends with an opening one. A number stays with its % sign; an address that is longer than a line breaks after a / or -.
"""

from collections.abc import Iterator

from rich.cells import cell_len
from textual.content import Content

NO_LINE_START = "\u00a0。，、；：？！）》」』】”’…·%‰℃)]},.;:!?"
NO_LINE_END = "（《「『【“‘([{"
UNITS = "%‰℃"
"""Signs that stay with the number before them, across the space between the two."""
SEAMS = "/-"
"""Where a word that is longer than a line is cut, behind one of them, if there is one."""


def wrap(text: Content, width: int) -> list[Content]:
    """Break `text` into lines of at most `width` cells; newlines in it are kept, spaces at a break vanish."""
    return [line for paragraph in text.split("\n", allow_blank=True) for line in _wrap_line(paragraph, max(1, width))]


def _wrap_line(text: Content, width: int) -> Iterator[Content]:
    plain = text.plain
    start = end = used = 0
    for stop in _break_places(plain):
        piece = cell_len(plain[end:stop])
        if used + cell_len(plain[end:stop].rstrip()) > width and end > start:
            yield text[start:end].rstrip()
            start = end
            used = 0
        while used + cell_len(plain[end:stop].rstrip()) > width:
            fit = _fitting(plain, end, width)
            yield text[end:fit]
            start = end = fit
            piece, used = cell_len(plain[end:stop]), 0
        end, used = stop, used + piece
    yield text[start:].rstrip()


def _break_places(plain: str) -> Iterator[int]:
    """Yield the indices where a line may end, the text's own end included."""
    for index in range(1, len(plain)):
        before, after = plain[index - 1], plain[index]
        if before == " " or after == " ":
            if after != " " and after not in UNITS:
                yield index
        elif (_is_wide(before) or _is_wide(after)) and after not in NO_LINE_START and before not in NO_LINE_END:
            yield index
    if plain:
        yield len(plain)


def _is_wide(character: str) -> bool:
    return cell_len(character) == 2


def _fitting(plain: str, start: int, width: int) -> int:
    """Return where a word that is longer than a whole line must be cut: behind the last seam that fits, if any does."""
    used, index = 0, start
    while index < len(plain) and (used + cell_len(plain[index]) <= width or index == start):
        used += cell_len(plain[index])
        index += 1
    seams = [place for place in range(start + 1, index + 1) if plain[place - 1] in SEAMS]
    return seams[-1] if seams else index
