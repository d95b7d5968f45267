"""Cleaning: the one place where text becomes something that a widget may show.

A `str` handed to a Textual widget is markup, and escape sequences inside it reach the terminal. So every widget gets
`Content` made here: control sequences, C1 bytes and bidirectional overrides are taken out, and nothing is markup.
"""

import re
from collections.abc import Callable, Iterable

from textual.content import Content

Part = str | tuple[str, str] | Content
"""Plain text, (text, style such as "bold $accent"), or finished content."""

_SEQUENCES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor, modes
    r"|\x9b[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f]).*?(?:\x07|\x1b\\|\x9c|\Z)"  # OSC, DCS, SOS, PM, APC with their payload
    r"|\x1b[ -/]*[0-~]",
    re.DOTALL,
)
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional controls can show text in another order than it is
    r"\u2028\u2029\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


def clean(text: str) -> str:
    """Return `text` without escape sequences and control characters; tabs become spaces, newlines stay."""
    if text.isprintable():
        return text
    text = _SEQUENCES.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROLS.sub("", text.expandtabs(4))


def clean_line(text: str) -> str:
    """Return `text` cleaned and on one line."""
    return " ".join(clean(text).split("\n"))


def content(parts: Iterable[Part], spell: Callable[[str], str] = lambda text: text) -> Content:
    """Join parts into one Content. Text is cleaned and spelled; styles are ours and are never taken from text."""
    return Content("").join(_piece(part, spell) for part in parts)


def _piece(part: Part, spell: Callable[[str], str]) -> Content:
    if isinstance(part, Content):
        return part
    if isinstance(part, str):
        return Content(spell(clean(part)))
    text, style = part
    return Content.styled(spell(clean(text)), style)
