"""How symbols are spelled where only ASCII can be shown, one character for one."""

import re

import numpy as np

from nnlab.plots.grid import Grid
from nnlab.plots.width import char_width

_PAIRS = (
    '●o ◉@ ○. ◆% ◇& ▲^ ■# ▼v ▽V □. ×x ✓+ ✗x ‖" ·. •. ▸> ‹< ›> →> ←< ↑^ ↓v ↔= ━= ─- │| ┈. ╌- ┊: ▎| ▏| …~ –- —- −- '
    "⁰0 ¹1 ²2 ³3 ⁴4 ⁵5 ⁶6 ⁷7 ⁸8 ⁹9 ⁻- ₀0 ₁1 ₂2 ₃3 ₄4 ₅5 ₆6 ₇7 ₈8 ₉9 ᵢi ⱼj ŷp ŵw ∂d σs μu µu ηn κk λl θt ε~ Σ+ ∇d √v "
    '∞i ≤< ≥> ≈~ ’\' ‘\' “" ”" ░. ▒: ▓* █# ▀" ▄_ ▁_ ▂. ▃- ▄- ▅= ▆+ ▇* ×x ÷/ '
    "⊙* ⊕+ ▶> ◂< ¶| ␣_ ρr ½? ┃| ┌+ ┐+ └+ ┘+ ├+ ┤+ ┬+ ┴+ ┼+ ┯+ ₜt ₋- "
    "↗/ ↙/ ↖\\ ↘\\ ▴^ ⁽( ⁾) δd βb φf γg Δd ′' °' ±~ ∕/ ⟨< ⟩> ℝR ᵀT ↵/"
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
    """Return a grid spelled in ASCII, cell for cell; hanzi stay, other letters without a spelling become `?`."""
    chars = grid.chars
    for char in np.unique(chars).tolist():
        if not char.isascii() and char_width(char[0]) < 2:
            chars = np.where(chars == char, ASCII.get(char[0], "?"), chars)
    return Grid(chars.astype("<U2"), grid.fg, grid.bg, grid.bold)
