"""How many cells a text takes: hanzi take two, combining marks none, controls never get through."""

import unicodedata
from functools import lru_cache


@lru_cache(4096)
def char_width(char: str) -> int:
    """Return 0, 1 or 2 cells; ambiguous characters are narrow."""
    if " " <= char < "\x7f":
        return 1
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Cs", "Mn", "Me", "Zl", "Zp"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def text_width(text: str) -> int:
    """Return the cells that a text takes."""
    return len(text) if text.isascii() and text.isprintable() else sum(map(char_width, text))


def cells(text: str) -> list[str]:
    """Split a text into cells: a wide character is followed by '', a combining mark joins the cell before it.

    Control and format characters are dropped, so that no foreign text can move the cursor or colour the screen.
    """
    if text.isascii() and text.isprintable():
        return list(text)
    out: list[str] = []
    for char in text:
        width = char_width(char)
        if width == 0:
            if out and unicodedata.category(char) in ("Mn", "Me") and len(out[-1]) == 1:
                out[-1] += char
            continue
        out.append(char)
        if width == 2:
            out.append("")
    return out


def fit(text: str, width: int, more: str = "…") -> str:
    """Shorten a text to at most `width` cells; what was cut leaves a mark, or nothing when no room is left for it."""
    if width <= 0:
        return ""
    if text_width(text) <= width:
        return text
    kept, used = "", 0
    for char in text:
        used += char_width(char)
        if used > width - len(more):
            break
        kept += char
    return (kept.rstrip() + more)[:width] if width > len(more) else more[:width]


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` cells: at spaces, or between any two wide characters."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0
        for word in _breakable(paragraph):
            size = text_width(word.rstrip())
            if line and used + size > width:
                lines.append(line.rstrip())
                line, used = "", 0
            while text_width(word) > width > 0 and word.strip():
                head = fit(word, width, "")
                if not head:
                    break
                lines.append(head.rstrip())
                word = word[len(head) :]
            line, used = line + word, used + text_width(word)
        lines.append(line.rstrip())
    return lines


def _breakable(text: str) -> list[str]:
    pieces: list[str] = []
    piece = ""
    for char in text:
        if char_width(char) == 2 and char not in "。，）：；！？、」』”" and piece:
            pieces.append(piece)
            piece = ""
        piece += char
        if char == " ":
            pieces.append(piece)
            piece = ""
    return [*pieces, piece] if piece else pieces
