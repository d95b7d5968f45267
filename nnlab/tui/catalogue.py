"""The catalogue: what the interface says in each language, and how symbols are spelled in ASCII."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from nnlab import reasons
from nnlab.lab import faults

LANGUAGES = ("en", "zh")
_FOLDER = Path(__file__).with_name("catalogue")
_POWER = re.compile("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ]{2,}")
"""Raised by more than one sign: one ^ says it."""


def text(key: str, language: str, /, **values: object) -> str:
    """Return the text of `key` in `language`, with `{name}` filled from `values`.

    Raises KeyError for a key that the catalogue does not hold: a mistake of ours, found by a test.
    """
    return texts(language)[key].format_map(values)


def has(key: str, language: str) -> bool:
    """Whether the catalogue holds `key`."""
    return key in texts(language)


@lru_cache
def texts(language: str) -> dict[str, str]:
    """Return all texts of a language, key -> text; keys are the TOML tables and names joined by dots.

    What the shell prints, too, stands in English beside the code that says it, and not once more in en.toml.
    """
    tables = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    if language == "en":
        tables |= {"fault": faults.SENTENCES, "reason": reasons.SENTENCES}
    return dict(_flatten(tables))


@lru_cache
def ascii_spelling() -> dict[int, str]:
    """Return symbol -> ASCII spelling, in the form that str.translate takes."""
    tables = tomllib.loads((_FOLDER / "ascii.toml").read_text(encoding="utf-8"))
    return {ord(symbol): spelled for table in tables.values() for symbol, spelled in table.items()}


@lru_cache(4096)
def spell_ascii(words: str) -> str:
    """Spell `words` with ASCII characters; hanzi stay, since no spelling of them could be read.

    A symbol without a spelling loses its accents, and becomes `?` when nothing is left of it.
    """
    if words.isascii():
        return words
    spelled = _POWER.sub(_power, words).translate(ascii_spelling())
    return spelled if spelled.isascii() else "".join(map(_plain, spelled))


@lru_cache(4096)
def spell_cells(words: str) -> str:
    """Spell `words` cell by cell: every symbol becomes one ASCII character, so that columns stay where they are."""
    if words.isascii():
        return words
    return "".join(c if c.isascii() else spell_ascii(c)[:1] for c in words)


def _power(raised: re.Match[str]) -> str:
    return "^" + "".join(unicodedata.normalize("NFKC", symbol) for symbol in raised[0]).replace("−", "-")


def _plain(symbol: str) -> str:
    if symbol.isascii() or unicodedata.east_asian_width(symbol) in "WF":
        return symbol
    base = "".join(c for c in unicodedata.normalize("NFKD", symbol) if c.isascii())
    return base or ("" if unicodedata.combining(symbol) else "?")


def _flatten(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    entries: list[tuple[str, str]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        entries += _flatten(value, f"{key}.") if isinstance(value, Mapping) else [(key, value)]
    return entries
