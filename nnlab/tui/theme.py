"""The theme: the two palettes as Textual themes, and the filter that takes all colour away."""

from functools import lru_cache
from typing import Literal

from rich.color import Color as RichColor
from rich.color import parse_rgb_hex
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

from nnlab.tui.terminal import Depth, ThemeName

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


FEW: dict[str, tuple[int, int, int | None, int | None]] = {
    # role: of 256 dark, light; of 16 dark, light; None is the terminal's own colour
    "background": (233, 231, None, None),
    "surface": (234, 255, None, None),
    "panel": (235, 254, None, None),
    "line": (236, 253, 8, 7),
    "faint": (240, 248, 8, 7),
    "muted": (246, 242, 7, 8),
    "text": (253, 236, None, None),
    "strong": (231, 232, 15, 0),
    "accent": (79, 29, 14, 6),
    "accent-dim": (238, 194, None, None),
    "warning": (179, 94, 11, 3),
    "error": (203, 124, 9, 1),
    "neg": (75, 25, 12, 4),
    "pos": (215, 130, 11, 3),
    "s4": (176, 90, 13, 5),
    "s5": (185, 58, 10, 2),
}
"""The roles where colours are few, picked by eye: the nearest colour would drown the panel in the background."""


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


class FewColours(LineFilter):
    """Gives the roles their picked colours on a terminal of 256 or 16; other colours are left to the nearest."""

    def __init__(self, depth: Literal["256", "16"]) -> None:
        super().__init__()
        column = 0 if depth == "256" else 2
        self._picked: dict[RichColor, RichColor] = {}
        for role, numbers in FEW.items():
            for hexadecimal, number in zip(ROLES[role], numbers[column : column + 2], strict=True):
                picked = RichColor.default() if number is None else RichColor.from_ansi(number)
                self._picked[RichColor.from_triplet(parse_rgb_hex(hexadecimal[1:]))] = picked
        self._styles: dict[Style, Style] = {}

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments in colours that the terminal has."""
        return [Segment(text, self._style(style or Style.null()), control) for text, style, control in segments]

    def _style(self, style: Style) -> Style:
        known = self._styles.get(style)
        if known is None:
            picked = Style.from_color(self._pick(style.color), self._pick(style.bgcolor))
            known = self._styles[style] = style + picked
        return known

    def _pick(self, color: RichColor | None) -> RichColor | None:
        if color is None or color.triplet is None:
            return color
        return self._picked.get(RichColor.from_triplet(color.triplet), color)


class NoColour(LineFilter):
    """Takes every colour away and keeps bold, underline and reverse.

    Textual's own filter for NO_COLOR still sends greys, and fails on a segment without a style.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without colours."""
        return [
            Segment(text, _colourless(style) if style else Style.null(), control) for text, style, control in segments
        ]


def filter_for(depth: Depth) -> LineFilter:
    """Return the filter of a depth below truecolor."""
    return FewColours(depth) if depth == "256" or depth == "16" else NoColour()


@lru_cache(1024)
def _colourless(style: Style) -> Style:
    return Style(bold=style.bold, underline=style.underline, reverse=style.reverse, meta=style.meta or None)
