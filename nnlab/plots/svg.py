"""A grid as a stand-alone SVG: exact cells; blocks, braille and lines are shapes and need no font."""

from collections.abc import Callable
from html import escape

from nnlab.plots.colour import rgb_of
from nnlab.plots.grid import Grid
from nnlab.plots.palette import ROLES, Palette
from nnlab.plots.width import text_width

WIDTH, HEIGHT = 10, 20
"""Size of a cell in pixels."""
_FONT = "'JetBrains Mono','DejaVu Sans Mono','Noto Sans Mono CJK SC',Menlo,Consolas,monospace"
_EIGHTHS = "▁▂▃▄▅▆▇█"
_QUADRANT_BITS = {char: bits for bits, char in enumerate(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█")}
_LINES = {"─": (0.06, 0), "━": (0.11, 0), "┈": (0.06, 4), "╌": (0.06, 2)}
_SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}
_DISCS = {"●": (0.40, True), "○": (0.34, False), "◉": (0.34, False), "•": (0.2, True)}


def to_svg(grid: Grid, palette: Palette, margin: int = 0) -> str:
    """Return the SVG text of a grid; `margin` pixels of background around it. Defaults take the theme's colours."""
    light = palette.theme == "light"
    paper, ink = ROLES["background"][light] or 0, ROLES["text"][light] or 0
    width, height = grid.columns * WIDTH + 2 * margin, grid.rows * HEIGHT + 2 * margin
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="{escape(_FONT)}" font-size="16.4" shape-rendering="crispEdges">',
        f'<rect width="{width}" height="{height}" fill="{_hex(paper)}"/>',
        f'<g transform="translate({margin},{margin})">' if margin else "<g>",
    ]
    for row in range(grid.rows):
        backs, shapes, texts = [], [], []
        column = 0
        for text, fg, bg, bold in grid.runs(row):
            cells = text_width(text)
            if bg != -1:
                backs.append(_rect(column * WIDTH, row * HEIGHT, cells * WIDTH, HEIGHT, rgb_of(bg, paper)))
            colour = rgb_of(fg, ink)
            word, start = "", column
            for char in text:
                shape = _shape(char, column * WIDTH, row * HEIGHT, colour)
                if shape is None and char != " ":
                    if not word:
                        start = column
                    word += char
                else:
                    texts += _text(word, start, row, colour, bold)
                    word = ""
                    shapes.append(shape or "")
                column += text_width(char)
            texts += _text(word, start, row, colour, bold)
        parts += [*backs, *filter(None, shapes), *texts]
    parts += ["</g>", "</svg>"]
    return "\n".join(parts) + "\n"


def _hex(colour: int) -> str:
    return f"#{colour:06x}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _rect(x: float, y: float, width: float, height: float, colour: int, more: str = "") -> str:
    return (
        f'<rect x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}" '
        f'fill="{_hex(colour)}"{more}/>'
    )


def _disc(x: float, y: float, radius: float, colour: int) -> str:
    return (
        f'<circle cx="{_number(x)}" cy="{_number(y)}" r="{_number(radius)}" fill="{_hex(colour)}" '
        'shape-rendering="auto"/>'
    )


def _text(word: str, column: int, row: int, colour: int, bold: bool) -> list[str]:
    if not word:
        return []
    weight = ' font-weight="700"' if bold else ""
    # A length for the whole word keeps every character in its cell, whatever the font's own advance is.
    return [
        f'<text x="{column * WIDTH}" y="{row * HEIGHT + 15}" textLength="{text_width(word) * WIDTH}" '
        f'lengthAdjust="spacingAndGlyphs" fill="{_hex(colour)}"{weight} shape-rendering="auto">{escape(word)}</text>'
    ]


def _shape(char: str, x: float, y: float, colour: int) -> str | None:
    """Return the shapes of one character, or None when a font has to draw it."""
    if "\u2800" <= char <= "\u28ff":
        return _braille(ord(char) - 0x2800, x, y, colour)
    for known, draw in _SHAPES:
        if char in known:
            return draw(char, x, y, colour)
    return None


def _braille(bits: int, x: float, y: float, colour: int) -> str:
    places = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
    return "".join(
        _disc(x + 2.5 + 5 * across, y + 2.5 + 5 * down, 1.55, colour)
        for bit, (across, down) in enumerate(places)
        if bits >> bit & 1
    )


def _quadrants(char: str, x: float, y: float, colour: int) -> str:
    bits = _QUADRANT_BITS[char]
    whole = {0b1111: (0, 0, 1, 1), 0b0011: (0, 0, 1, 0.5), 0b1100: (0, 0.5, 1, 0.5)}.get(bits)
    boxes = [whole] if whole else [(0.5 * (b % 2), 0.5 * (b // 2), 0.5, 0.5) for b in range(4) if bits >> b & 1]
    return "".join(_rect(x + a * WIDTH, y + b * HEIGHT, w * WIDTH, h * HEIGHT, colour) for a, b, w, h in boxes)


def _eighths(char: str, x: float, y: float, colour: int) -> str:
    high = (_EIGHTHS.index(char) + 1) / 8 * HEIGHT
    return _rect(x, y + HEIGHT - high, WIDTH, high, colour)


def _rule(char: str, x: float, y: float, colour: int) -> str:
    thickness, dots = _LINES[char]
    high = max(1.0, thickness * HEIGHT)
    top = y + (HEIGHT - high) / 2
    if not dots:
        return _rect(x, top, WIDTH, high, colour)
    step = WIDTH / dots
    return "".join(_rect(x + i * step + step * 0.25, top, step * (0.4 if dots > 2 else 0.6), high, colour)
                   for i in range(dots))  # fmt: skip


def _shade(char: str, x: float, y: float, colour: int) -> str:
    return _rect(x, y, WIDTH, HEIGHT, colour, f' fill-opacity="{_SHADES[char]}"')


def _round(char: str, x: float, y: float, colour: int) -> str:
    radius, is_full = _DISCS[char]
    centre = (x + WIDTH / 2, y + HEIGHT / 2)
    if is_full:
        return _disc(*centre, radius * WIDTH, colour)
    ring = (
        f'<circle cx="{_number(centre[0])}" cy="{_number(centre[1])}" r="{_number(radius * WIDTH)}" fill="none" '
        f'stroke="{_hex(colour)}" stroke-width="1.2" shape-rendering="auto"/>'
    )
    return ring + (_disc(*centre, 0.16 * WIDTH, colour) if char == "◉" else "")


def _polygon(char: str, x: float, y: float, colour: int) -> str:
    points = {
        "◆": "5,5.2 9,10 5,14.8 1,10",
        "▲": "5,5.8 9.2,13.6 0.8,13.6",
        "▼": "0.8,6.4 9.2,6.4 5,14.2",
        "■": "1.4,6.4 8.6,6.4 8.6,13.6 1.4,13.6",
        "▸": "2.2,6.4 8,10 2.2,13.6",
        "◂": "7.8,6.4 2,10 7.8,13.6",
    }[char]
    return (
        f'<polygon transform="translate({_number(x)},{_number(y)})" points="{points}" fill="{_hex(colour)}" '
        'shape-rendering="auto"/>'
    )


def _vertical(char: str, x: float, y: float, colour: int) -> str:
    if char in "▎▏":
        return _rect(x, y, 2.5 if char == "▎" else 1.25, HEIGHT, colour)
    if char == "│":
        return _rect(x + 4.4, y, 1.2, HEIGHT, colour)
    return "".join(_rect(x + 4.4, y + 1 + 5 * i, 1.2, 2.6, colour) for i in range(4))


_SHAPES: tuple[tuple[str, Callable[[str, float, float, int], str]], ...] = (
    ("▘▝▀▖▌▞▛▗▚▐▜▄▙▟█", _quadrants),
    (_EIGHTHS, _eighths),
    ("".join(_LINES), _rule),
    ("".join(_SHADES), _shade),
    ("".join(_DISCS), _round),
    ("◆▲▼■▸◂", _polygon),
    ("│┊▎▏", _vertical),
)
