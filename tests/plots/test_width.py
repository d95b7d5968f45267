import pytest

from nnlab.plots.width import cells, fit, text_width, wrap


@pytest.mark.parametrize(
    ("text", "expected"), [("loss", 4), ("损失", 4), ("ŷ(x)", 4), ("e\u0301", 1), ("a\x1b[31m", 5)]
)
def test_width_counts_cells(text, expected):
    assert text_width(text) == expected


def test_control_characters_never_reach_a_cell():
    assert "".join(cells("a\x1b]0;x\x07b\x9b2J\u202ec")) == "a]0;xb2Jc"


def test_wide_character_is_followed_by_an_empty_cell():
    assert cells("第2") == ["第", "", "2"]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [("learning rate", 8, "learnin…"), ("loss", 4, "loss"), ("学习率", 4, "学…"), ("abc", 1, "…"), ("abc", 0, "")],
)
def test_fit_never_exceeds_its_width(text, width, expected):
    shortened = fit(text, width)
    assert shortened == expected
    assert text_width(shortened) <= width


def test_wrap_breaks_at_spaces_and_between_hanzi():
    assert wrap("flat for 800 steps: stuck", 14) == ["flat for 800", "steps: stuck"]
    assert wrap("试试学习率。", 6) == ["试试学", "习率。"]


def test_wrap_breaks_a_word_that_is_longer_than_the_line():
    assert wrap("abcdefgh", 3) == ["abc", "def", "gh"]
