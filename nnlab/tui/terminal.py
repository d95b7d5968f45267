"""The terminal: how many colours it shows, and whether it shows more than ASCII."""

import codecs
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Depth = Literal["truecolor", "256", "16", "mono"]
Glyphs = Literal["braille", "block", "ascii"]
ThemeName = Literal["dark", "light"]

_TRUECOLOUR_TERMS = ("kitty", "ghostty", "alacritty", "wezterm", "foot", "direct", "iterm")


@dataclass(frozen=True, slots=True)
class Terminal:
    """What can be shown."""

    depth: Depth = "truecolor"
    glyphs: Glyphs = "braille"
    is_unicode: bool = True
    """The locale can encode hanzi and symbols; without it only ASCII may be sent."""


def detect(environ: Mapping[str, str], encoding: str, *, is_ascii: bool = False) -> Terminal:
    """Read what the terminal shows from its environment.

    encoding: that of stdout. NO_COLOR (any non-empty value) and TERM=dumb mean no colour at all.
    """
    try:
        is_unicode = codecs.lookup(encoding).name.startswith("utf")
    except LookupError:
        is_unicode = False
    return Terminal(_depth(environ), "ascii" if is_ascii or not is_unicode else "braille", is_unicode)


def textual_color_system(depth: Depth) -> str:
    """Return the value of TEXTUAL_COLOR_SYSTEM for a depth; without colours the app's filter removes them."""
    return {"truecolor": "truecolor", "256": "256", "16": "standard", "mono": "standard"}[depth]


def locale_language(environ: Mapping[str, str]) -> str:
    """Return "zh" for a Chinese locale, otherwise "en"."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def locale_theme(environ: Mapping[str, str]) -> ThemeName:
    """Return "light" when the terminal says that its background is light (COLORFGBG), otherwise "dark"."""
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    return "light" if background in ("7", "15") else "dark"


def current(*, is_ascii: bool = False) -> Terminal:
    """Detect the terminal that this process was started in."""
    import sys

    return detect(os.environ, getattr(sys.__stdout__, "encoding", "") or "ascii", is_ascii=is_ascii)


def _depth(environ: Mapping[str, str]) -> Depth:
    term = environ.get("TERM", "").lower()
    if environ.get("NO_COLOR") or term in ("dumb", "unknown"):
        return "mono"
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "truecolor"
    if any(name in term for name in _TRUECOLOUR_TERMS):
        return "truecolor"
    return "256" if "256" in term else "16"
