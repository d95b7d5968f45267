"""Both languages say the same things, and every symbol has an ASCII spelling."""

import re
import string

import pytest

from nnlab.tui import catalogue
from nnlab.tui.actions import ACTIONS
from nnlab.tui.catalogue import LANGUAGES, ascii_spelling, spell_ascii, texts


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_languages_hold_the_same_keys() -> None:
    assert set(texts("en")) == set(texts("zh"))


@pytest.mark.parametrize("key", sorted(texts("en")))
def test_placeholders_agree(key: str) -> None:
    assert fields(texts("en")[key]) == fields(texts("zh")[key])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_has_a_verb_and_a_help(language: str) -> None:
    keys = texts(language)
    assert [a.id for a in ACTIONS if f"action.{a.id}.verb" not in keys or f"action.{a.id}.help" not in keys] == []


def test_chinese_is_written_with_full_width_marks_and_spaced_latin() -> None:
    hanzi = "[\u4e00-\u9fff]"
    for key, text in texts("zh").items():
        assert not re.search(f"{hanzi}[,;:!?]", text), key
        assert not re.search(f"{hanzi}[A-Za-z0-9]|[A-Za-z0-9]{hanzi}", re.sub("{[^}]*}", "", text)), key


def test_english_has_no_exclamation_marks() -> None:
    assert [key for key, text in texts("en").items() if "!" in re.sub("{[^}]*}", "", text) or "simply" in text] == []


def test_ascii_spelling_is_ascii() -> None:
    assert all(spelled.isascii() for spelled in ascii_spelling().values())


def test_interface_texts_can_be_spelled_in_ascii() -> None:
    assert [
        key for key, text in texts("en").items() if key != "action.language.verb" and not spell_ascii(text).isascii()
    ] == []
    assert [key for key, text in texts("en").items() if "?" in spell_ascii(text) and "?" not in text] == []


@pytest.mark.parametrize(
    ("text", "spelled"),
    [("ŷ = σ(w·x)", "p = sigmoid(w.x)"), ("10⁻⁶", "10^-6"), ("naïve", "naive"), ("感知机 ●", "感知机 o"), ("☃", "?")],
)
def test_spell_ascii(text: str, spelled: str) -> None:
    assert spell_ascii(text) == spelled


def test_text_fills_values_in() -> None:
    assert catalogue.text("home.count", "en", done=2, total=5) == "2 of 5"
    assert catalogue.text("home.count", "zh", done=2, total=5) == "2 / 5"
