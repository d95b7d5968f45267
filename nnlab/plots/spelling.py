"""How symbols are spelled where only ASCII can be shown, one character for one."""

import re

import numpy as np

from nnlab.plots.grid import Grid

_PAIRS = (
    '●o ◉@ ○. ◆% ▲^ ■# ▼v □. ×x ✓+ ✗x ‖" ·. •. ▸> ‹< ›> →> ←< ↑^ ↓v ↔= ━= ─- │| ┈. ╌- ┊: ▎| ▏| …~ –- —- −- '
    "⁰0 ¹1 ²2 ³3 ⁴4 ⁵5 ⁶6 ⁷7 ⁸8 ⁹9 ⁻- ₀0 ₁1 ₂2 ₃3 ₄4 ₅5 ₆6 ₇7 ₈8 ₉9 ᵢi ⱼj ŷp ŵw ∂d σs μu µu ηn κk λl θt ε~ Σ+ ∇d √v "
    '∞i ≤< ≥> ≈~ ’\' ‘\' “" ”" ░. ▒: ▓* █# ▀" ▄_ ▁_ ▂. ▃- ▄- ▅= ▆+ ▇* ×x ÷/'
)
_POWER = re.compile("(?:([0-9.]+)×)?10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)")
ASCII = {pair[0]: pair[1] for pair in _PAIRS.split(" ")}


def spell(text: str) -> str:
    """Spell every symbol that has an ASCII spelling, and powers as 1e-6; hanzi and other letters stay."""
    if text.isascii():
        return text
    text = _POWER.sub(lambda match: f"{match[1] or '1'}e" + "".join(ASCII[char] for char in match[2]), text)
    return "".join(ASCII.get(char, char) for char in text)


def spell_grid(grid: Grid) -> Grid:
    """Return a grid whose symbols are spelled in ASCII, cell for cell; letters without a spelling become `?`."""
    chars = grid.chars
    for char in np.unique(chars).tolist():
        if not char.isascii():
            base = ASCII.get(char[0], "?")
            # A wide letter keeps its two cells, so that what stands right of it stays where it is.
            chars = np.where(chars == char, base, chars)
    is_empty = chars == ""
    if is_empty.any():
        chars = np.where(is_empty, "?", chars)
    return Grid(chars.astype("<U2"), grid.fg, grid.bg, grid.bold)
