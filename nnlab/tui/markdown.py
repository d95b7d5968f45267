"""Markdown of a lesson page as lines of Content: a page is a few widgets, not one per paragraph."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token
from textual.content import Content

from nnlab.tui.speech import Speech

_PARSER = MarkdownIt("commonmark")


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, item or heading before it is wrapped."""

    content: Content
    indent: int = 0
    marker: str = ""
    """Stands in the indent of the first line: "·" or "1."."""
    is_close: bool = False
    """No blank line above it (items of one list)."""


def read(markdown: str, speech: Speech, mark: Callable[[str], Content]) -> list[Line]:
    """Return the lines of `markdown`; mark(claim id) gives what stands for `[claim:ID]`."""
    lines: list[Line] = []
    markers: list[str] = []
    number = 0
    is_first_of_item = False
    for token in _PARSER.parse(markdown):
        if token.type == "bullet_list_open":
            markers.append("·")
        elif token.type == "ordered_list_open":
            markers.append("#")
            number = 0
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            markers.pop()
        elif token.type == "list_item_open":
            number += 1
            is_first_of_item = True
        elif token.type in ("fence", "code_block"):
            lines += [
                Line(speech.content((row, "$text")), indent=2, is_close=index > 0)
                for index, row in enumerate(token.content.rstrip("\n").split("\n"))
            ]
        elif token.type == "inline":
            content = Content("").join(list(_inline(token, speech, mark)))
            marker = "" if not markers else markers[-1] if markers[-1] == "·" else f"{number}."
            is_item = bool(markers) and is_first_of_item
            close = is_item and bool(lines) and bool(lines[-1].marker)
            lines.append(Line(content, indent=3 * len(markers), marker=marker if is_item else "", is_close=close))
            is_first_of_item = False
    return lines


def _inline(token: Token, speech: Speech, mark: Callable[[str], Content]) -> Iterator[Content]:
    from nnlab.lab.prose import MARK

    styles: list[str] = []
    for child in token.children or []:
        if child.type in ("strong_open", "em_open", "link_open"):
            styles.append({"strong_open": "bold $strong", "em_open": "italic", "link_open": "underline"}[child.type])
        elif child.type in ("strong_close", "em_close", "link_close"):
            styles.pop()
        elif child.type in ("softbreak", "hardbreak"):
            yield speech.content("\n" if child.type == "hardbreak" else " ")
        elif child.type == "code_inline":
            yield speech.content((child.content, "$strong"))
        elif child.type == "text":
            position = 0
            for match in MARK.finditer(child.content):
                # The mark brings its own space, one that no line breaks at: it belongs to the sentence before it.
                yield speech.content((child.content[position : match.start()].rstrip(" "), " ".join(styles)))
                yield mark(match.group(1))
                position = match.end()
            yield speech.content((child.content[position:], " ".join(styles)))
