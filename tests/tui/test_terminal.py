"""What the environment says about a terminal."""

import pytest

from nnlab.tui.terminal import Terminal, detect, locale_language, locale_theme


@pytest.mark.parametrize(
    ("environ", "depth"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-kitty"}, "truecolor"),
        ({"TERM": "screen-256color"}, "256"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "linux"}, "16"),
        ({}, "16"),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, "mono"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, "mono"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "256"),
    ],
)
def test_depth_follows_the_environment(environ: dict[str, str], depth: str) -> None:
    assert detect(environ, "utf-8").depth == depth


def test_a_locale_without_unicode_gets_ascii_glyphs() -> None:
    assert detect({}, "ascii") == Terminal("16", "ascii", is_unicode=False)
    assert detect({}, "no-such-codec").glyphs == "ascii"


def test_ascii_is_obeyed_where_unicode_would_work() -> None:
    assert detect({}, "UTF-8", is_ascii=True) == Terminal("16", "ascii", is_unicode=True)


@pytest.mark.parametrize(
    ("environ", "language"),
    [({"LANG": "zh_CN.UTF-8"}, "zh"), ({"LANG": "zh_CN", "LC_ALL": "C"}, "en"), ({}, "en"), ({"LANG": "de_DE"}, "en")],
)
def test_language_of_the_locale(environ: dict[str, str], language: str) -> None:
    assert locale_language(environ) == language


@pytest.mark.parametrize(
    ("value", "theme"), [("0;15", "light"), ("15;0", "dark"), ("", "dark"), ("0;default;15", "light")]
)
def test_theme_of_the_terminal(value: str, theme: str) -> None:
    assert locale_theme({"COLORFGBG": value}) == theme
