"""The theme: the two palettes as Textual themes, and the filter that takes all colour away."""

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from nnlab.tui.terminal import ThemeName

ROLES: dict[str, tuple[str, str]] = {
    "background": ("#0f1217", "#fbfaf7"),
    "surface": ("#141820", "#f3f1ec"),
    "panel": ("#1c222c", "#e8e5de"),
    "line": ("#262d38", "#dcd8cf"),
    "faint": ("#4a5464", "#aaa596"),
    "muted": ("#8b96a6", "#6a675f"),
    "text": ("#cfd6e0", "#33322e"),
    "strong": ("#f4f6fa", "#11110f"),
    "accent": ("#63d2b4", "#0b7d66"),
    "accent-dim": ("#24493f", "#cfe6df"),
    "warning": ("#e3b341", "#8a6100"),
    "error": ("#f0716b", "#b3261e"),
    "neg": ("#6db3f2", "#1b68ae"),
    "pos": ("#f5a04c", "#a35200"),
    "s1": ("#63d2b4", "#0b7d66"),
    "s2": ("#f5a04c", "#a35200"),
    "s3": ("#6db3f2", "#1b68ae"),
    "s4": ("#d68fc4", "#9c3f86"),
    "s5": ("#d9cf6b", "#7a6f00"),
}
"""Role -> (dark, light): the theme variables `$line`, `$faint`, ... of every stylesheet and content style."""


def colours(name: ThemeName) -> dict[str, str]:
    """Return role -> hexadecimal colour of a theme."""
    return {role: pair[name == "light"] for role, pair in ROLES.items()}


def theme_id(name: ThemeName) -> str:
    """The name that Textual knows a theme by."""
    return f"nnlab-{name}"


def make_theme(name: ThemeName) -> Theme:
    """Build one of the two themes."""
    role = colours(name)
    return Theme(
        name=theme_id(name),
        primary=role["accent"],
        secondary=role["neg"],
        warning=role["warning"],
        error=role["error"],
        success=role["accent"],
        accent=role["accent"],
        foreground=role["text"],
        background=role["background"],
        surface=role["surface"],
        panel=role["panel"],
        dark=name == "dark",
        variables={
            **role,
            "text-muted": role["muted"],
            "text-disabled": role["faint"],
            "block-cursor-foreground": role["strong"],
            "block-cursor-background": role["panel"],
            "block-cursor-text-style": "bold",
            "input-cursor-background": role["accent"],
            "input-cursor-foreground": role["background"],
            "input-selection-background": role["accent-dim"],
            "scrollbar": role["line"],
            "scrollbar-hover": role["faint"],
            "scrollbar-active": role["faint"],
            "scrollbar-background": role["background"],
            "scrollbar-background-hover": role["background"],
            "scrollbar-background-active": role["background"],
            "scrollbar-corner-color": role["background"],
            "screen-selection-background": role["accent-dim"],
            "screen-selection-foreground": role["strong"],
            "link-color": role["accent"],
            "link-style": "none",
            "link-background-hover": role["accent-dim"],
            "link-color-hover": role["accent"],
        },
    )


class NoColour(LineFilter):
    """Takes every colour away and keeps bold, underline and reverse.

    Textual's own filter for NO_COLOR still sends greys, and fails on a segment without a style.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without colours."""
        return [
            Segment(text, _colourless(style) if style else Style.null(), control) for text, style, control in segments
        ]


@lru_cache(1024)
def _colourless(style: Style) -> Style:
    return Style(bold=style.bold, underline=style.underline, reverse=style.reverse, meta=style.meta or None)
