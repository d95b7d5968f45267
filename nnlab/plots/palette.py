"""The palette: roles and colour maps as one terminal can show them, and the set of glyphs it has."""

from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from nnlab.plots.colour import blend, is_light, nearest_xterm, ramp, rgb_of, to_rgb
from nnlab.plots.errors import unknown
from nnlab.plots.grid import DEFAULT, INDEXED

Theme = Literal["dark", "light"]
Depth = Literal["truecolor", "256", "16", "mono"]
Glyphs = Literal["braille", "block", "ascii"]

ROLES = MappingProxyType({
    # role: dark, light, 256 dark, 256 light, 16 dark, 16 light
    "background": (0x0F1217, 0xFBFAF7, 233, 231, None, None),
    "surface": (0x141820, 0xF3F1EC, 234, 255, None, None),
    "panel": (0x1C222C, 0xE8E5DE, 235, 254, None, None),
    "line": (0x262D38, 0xDCD8CF, 236, 253, 8, 7),
    "faint": (0x4A5464, 0xAAA596, 240, 248, 8, 7),
    "muted": (0x8B96A6, 0x6A675F, 246, 242, 7, 8),
    "text": (0xCFD6E0, 0x33322E, 253, 236, None, None),
    "strong": (0xF4F6FA, 0x11110F, 231, 232, 15, 0),
    "accent": (0x63D2B4, 0x0B7D66, 79, 29, 14, 6),
    "accent_dim": (0x24493F, 0xCFE6DF, 238, 194, None, None),
    "warning": (0xE3B341, 0x8A6100, 179, 94, 11, 3),
    "error": (0xF0716B, 0xB3261E, 203, 124, 9, 1),
    "neg": (0x6DB3F2, 0x1B68AE, 75, 25, 12, 4),
    "pos": (0xF5A04C, 0xA35200, 215, 130, 11, 3),
    "s1": (0x63D2B4, 0x0B7D66, 79, 29, 14, 6),
    "s2": (0xF5A04C, 0xA35200, 215, 130, 11, 3),
    "s3": (0x6DB3F2, 0x1B68AE, 75, 25, 12, 4),
    "s4": (0xD68FC4, 0x9C3F86, 176, 90, 13, 5),
    "s5": (0xD9CF6B, 0x7A6F00, 185, 58, 10, 2),
    "point_neg": (0xC4E3FF, 0x0A3460, 195, 18, 15, 4),
    "point_pos": (0xFFDCB0, 0x4F2500, 223, 52, 15, 3),
})  # fmt: skip
SERIES = ("s1", "s2", "s3", "s4", "s5")
MARKERS = "●◆▲■▼"

_MAPS: dict[str, dict[str, tuple[tuple[int, ...], int]]] = {
    "diverging": {
        "dark": ((0x2C6AA3, 0x22517D, 0x193753, 0x141B25, 0x151A21, 0x452E19, 0x7A4B20, 0xAB6A2C), 48),
        "light": ((0x3A86CF, 0x6DA5DC, 0xA3C7E8, 0xF4F3F0, 0xF4F3F0, 0xECC49A, 0xDF9F5F, 0xCF7A20), 48),
    },
    "sequential": {
        "dark": ((0x12161D, 0x1D3350, 0x23607C, 0x3F9A92, 0x9FCF9A, 0xF3EFC4), 48),
        "light": ((0xF4F3EE, 0xC9E0C0, 0x79BBA8, 0x3A8A94, 0x23607C, 0x1D3350), 48),
    },
    "ink": {"dark": ((0x12161D, 0xFBFCFE), 32), "light": ((0xF4F3F0, 0x12161D), 32)},
    "land": {"dark": ((0x10141B, 0x1B2F47, 0x345A78), 14), "light": ((0xF7F5F1, 0xCBDDE9, 0x93B6CF), 14)},
}
_MAPS_256: dict[str, dict[str, tuple[int, ...]]] = {
    "diverging": {
        "dark": (25, 24, 237, 234, 234, 237, 94, 130),
        "light": (32, 74, 110, 153, 255, 255, 223, 216, 173, 172),
    },
    "sequential": {
        "dark": (233, 235, 24, 30, 37, 72, 108, 151, 187, 230),
        "light": (255, 194, 151, 115, 73, 30, 24, 23, 236, 234),
    },
    "ink": {"dark": (*range(233, 256), 231), "light": (231, *range(255, 232, -1))},
    "land": {"dark": tuple(range(233, 239)), "light": (231, 255, 254, 253, 252, 251)},
}
_FADING_256 = {
    # Nearest-colour rendering of a dimmed hue turns violet or grey, so the steps from faint to full are hand-picked.
    "dark": {"neg": (24, 25, 68, 75), "pos": (94, 130, 173, 215), "s1": (23, 29, 36, 79)},
    "light": {"neg": (153, 110, 68, 25), "pos": (223, 216, 173, 130), "s1": (151, 115, 72, 29)},
}
_GLYPHS = {"diverging": "---. .+++", "sequential": " .:-=+*#%@", "ink": " .:-=+*#%@", "land": " ." * 7}
_SHADES = " ░▒▓█"


@dataclass(frozen=True, slots=True, eq=False)
class ColourMap:
    """A ramp of colours, or of glyphs where colours are too few to carry a value."""

    colours: NDArray[np.int32]
    """(steps,): colours of a grid, low to high; of the glyphs where the map is not solid."""
    glyphs: NDArray[np.str_]
    """(steps,): one character each; all blank where the map is solid."""
    is_solid: bool
    """True: a value is a background colour, two fit a cell. False: a value is a glyph, one a cell."""

    @property
    def steps(self) -> int:
        """How many values can be told apart."""
        return len(self.colours)

    def index(self, values: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the step of each value in [0, 1]; what lies outside is clipped, what is not finite is the middle."""
        share = np.clip(np.where(np.isnan(values), 0.5, values), 0.0, 1.0)
        return np.minimum((share * self.steps).astype(np.intp), self.steps - 1)


@dataclass(frozen=True)
class Palette:
    """Colours of the roles, resolved for a theme and a colour depth: -1 default, 0xRRGGBB or INDEXED + i."""

    theme: Theme = "dark"
    depth: Depth = "truecolor"
    glyphs: Glyphs = "braille"

    background: int = field(init=False, repr=False)
    surface: int = field(init=False, repr=False)
    panel: int = field(init=False, repr=False)
    line: int = field(init=False, repr=False)
    faint: int = field(init=False, repr=False)
    muted: int = field(init=False, repr=False)
    text: int = field(init=False, repr=False)
    strong: int = field(init=False, repr=False)
    accent: int = field(init=False, repr=False)
    accent_dim: int = field(init=False, repr=False)
    warning: int = field(init=False, repr=False)
    error: int = field(init=False, repr=False)
    neg: int = field(init=False, repr=False)
    pos: int = field(init=False, repr=False)
    s1: int = field(init=False, repr=False)
    s2: int = field(init=False, repr=False)
    s3: int = field(init=False, repr=False)
    s4: int = field(init=False, repr=False)
    s5: int = field(init=False, repr=False)
    point_neg: int = field(init=False, repr=False)
    point_pos: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Resolve the roles; raise PlotError for a theme, depth or glyph set that does not exist."""
        for what, value, known in (
            ("theme", self.theme, get_args(Theme)),
            ("colour depth", self.depth, get_args(Depth)),
            ("glyph set", self.glyphs, get_args(Glyphs)),
        ):
            if value not in known:
                raise unknown(what, str(value), known)
        for role, shown in ROLES.items():
            object.__setattr__(self, role, self._resolve(shown))

    def _resolve(self, shown: tuple[int | None, ...]) -> int:
        light = self.theme == "light"
        first = {"truecolor": 0, "256": 2, "16": 4, "mono": 0}[self.depth]
        value = shown[first + light]
        if self.depth == "mono" or value is None:
            return DEFAULT
        return value if self.depth == "truecolor" else INDEXED + value

    def role(self, name: str) -> int:
        """Return the colour of a role by name; PlotError with the nearest name when there is no such role."""
        if name not in ROLES:
            raise unknown("colour role", name, ROLES)
        return cast(int, getattr(self, name))

    def series(self, index: int) -> int:
        """Return the colour of the series with this index; they repeat after five."""
        return self.role(SERIES[index % len(SERIES)])

    @property
    def is_ascii(self) -> bool:
        """Whether only ASCII characters are drawn."""
        return self.glyphs == "ascii"

    @property
    def has_shades(self) -> bool:
        """Whether colours are many enough to carry a value."""
        return self.depth in ("truecolor", "256")

    def map(self, name: str) -> ColourMap:
        """Return a colour map: diverging, sequential, ink or land."""
        if name not in _MAPS:
            raise unknown("colour map", name, _MAPS)
        return _colour_map(name, self)

    def dim(self, colour: int, share: float) -> int:
        """Return a colour at `share` of its strength over the background; as it is where shades are missing."""
        if not self.has_shades or colour == DEFAULT or share >= 1.0:
            return colour
        if self.depth == "256":
            for role, steps in _FADING_256[self.theme].items():
                if colour == self.role(role):
                    return INDEXED + steps[min(3, int(max(share, 0.0) * 4))]
        paper = rgb_of(self.background, 0)
        return nearest(_dimmed(paper, rgb_of(colour, paper), round(max(share, 0.0) * 16) / 16), self.depth)

    def ink_on(self, colour: int) -> int:
        """Return the colour that text on a cell of this background is read in."""
        if colour == DEFAULT or not self.has_shades:
            return self.strong
        dark, light = (0x11110F, 0xF4F6FA) if self.depth == "truecolor" else (INDEXED + 232, INDEXED + 231)
        return dark if is_light(colour) else light


@lru_cache(1024)
def _dimmed(background: int, colour: int, share: float) -> int:
    return blend(background, colour, share)


@lru_cache(128)
def _colour_map(name: str, palette: Palette) -> ColourMap:
    if palette.has_shades and not palette.is_ascii:
        if palette.depth == "truecolor":
            colours = ramp(*_MAPS[name][palette.theme])
        else:
            colours = np.array([INDEXED + i for i in _MAPS_256[name][palette.theme]], dtype=np.int32)
        return ColourMap(colours, np.full(len(colours), " ", dtype="<U2"), True)
    glyphs = _GLYPHS[name]
    if name in ("sequential", "ink") and palette.depth == "16" and not palette.is_ascii:
        glyphs = _SHADES
    return ColourMap(_glyph_colours(name, glyphs, palette), np.array(list(glyphs), dtype="<U2"), False)


def _glyph_colours(name: str, glyphs: str, palette: Palette) -> NDArray[np.int32]:
    count = len(glyphs)
    if name == "diverging":
        middle = count // 2
        picked = [palette.neg] * middle + [palette.muted] + [palette.pos] * (count - middle - 1)
    elif name == "sequential":
        steps = (palette.neg, palette.accent, palette.strong)
        picked = [steps[min(2, 3 * i // count)] for i in range(count)]
    elif name == "ink":
        picked = [palette.strong] * count
    else:
        picked = [palette.faint] * count
    return np.array(picked, dtype=np.int32)


@lru_cache(512)
def nearest(colour: int, depth: Depth) -> int:
    """Return a 0xRRGGBB as a terminal of this depth shows it: for colours that no role names (a user's picture)."""
    if depth == "truecolor" or not 0 <= colour < INDEXED:
        return colour
    if depth == "256":
        return nearest_xterm(colour)
    if depth == "mono":
        return DEFAULT
    red, green, blue = (to_rgb([colour])[0] > 0.5).tolist()
    return INDEXED + 8 + int(red) + 2 * int(green) + 4 * int(blue)
