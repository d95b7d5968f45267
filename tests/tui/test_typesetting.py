from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from nnlab.tui.typesetting import NO_LINE_START, wrap


def lines(text, width):
    return [line.plain for line in wrap(Content(text), width)]


def test_latin_breaks_at_spaces():
    assert lines("one line is not enough", 10) == ["one line", "is not", "enough"]


def test_hanzi_break_anywhere_but_no_line_starts_with_closing_punctuation():
    assert lines("一条直线，不够用。", 8) == ["一条直", "线，不够", "用。"]


def test_a_word_longer_than_the_line_is_cut():
    assert lines("abcdefghij kl", 4) == ["abcd", "efgh", "ij", "kl"]


def test_an_address_longer_than_the_line_is_cut_behind_a_seam():
    assert lines("see example.org/a-long/path", 10) == ["see", "example.or", "g/a-long/", "path"]


def test_a_number_stays_with_its_percent_sign():
    assert lines("right on 88 % of them", 11) == ["right on", "88 % of", "them"]


def test_between_hanzi_too_no_line_starts_with_a_space_that_holds():
    assert lines("一二三四。\u00a0✓ 五", 10) == ["一二三", "四。\u00a0✓ 五"]


def test_newlines_are_kept():
    assert lines("a\n\nb", 10) == ["a", "", "b"]


def test_styles_survive_the_break():
    wrapped = wrap(Content.assemble("one ", ("two three", "bold"), " four"), 8)
    assert [line.plain for line in wrapped] == ["one two", "three", "four"]
    assert wrapped[1].spans


WORDS = st.text(alphabet="ab 一二，。（x", max_size=60)


@given(WORDS, st.integers(4, 30))
def test_no_line_is_wider_than_asked_and_no_character_is_lost(text, width):
    wrapped = lines(text, width)
    assert all(cell_len(line) <= width for line in wrapped)
    assert "".join("".join(wrapped).split()) == "".join(text.split())


@given(
    st.text(alphabet="一二三，。", min_size=1, max_size=40).filter(
        lambda t: (
            t[0] not in NO_LINE_START and "，，" not in t and "。。" not in t and "，。" not in t and "。，" not in t
        )
    ),
    st.integers(6, 20),
)
def test_chinese_lines_never_start_with_punctuation(text, width):
    assert not [line for line in lines(text, width)[1:] if line[:1] in tuple(NO_LINE_START)]
