"""Text: what is encoded is decoded, targets are the next token, and files are read or refused in one sentence."""

import numpy as np
import pytest

from nnlab.data import (
    UNKNOWN,
    DataError,
    DataFileError,
    Vocabulary,
    all_token_windows,
    corpus,
    join_words,
    next_token_windows,
    one_hot,
    read_text,
    words,
)

TEXT = "The sea, the sea! It's 7 o'clock.\nThe lamp is lit.\n"


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("text", [TEXT, "灯塔亮了。\n海很静，海很静。\n", "The lamp (the light) is “lit”!\n"])
def test_characters_and_words_survive_encoding_and_decoding(text):
    by_character = Vocabulary.of(list(text))
    assert "".join(by_character.decode(by_character.encode(text))) == text
    by_word = Vocabulary.of(words(text))
    assert join_words(by_word.decode(by_word.encode(words(text)))) == text


def test_words_are_words_marks_line_ends_and_single_chinese_characters():
    assert words(TEXT)[:9] == ["The", "sea", ",", "the", "sea", "!", "It's", "7", "o'clock"]
    assert words("海，静\nOld man") == ["海", "，", "静", "\n", "Old", "man"]


def test_an_unknown_token_is_number_zero():
    vocabulary = Vocabulary.of("abca")
    assert vocabulary.tokens == (UNKNOWN, "a", "b", "c")
    assert vocabulary.encode("cxa").tolist() == [3, 0, 1]
    assert vocabulary.encode("cxa").dtype == np.int64
    assert vocabulary.decode([0, 1]) == [UNKNOWN, "a"]
    assert vocabulary.encode("").shape == (0,)


def test_a_size_keeps_the_most_frequent_tokens():
    vocabulary = Vocabulary.of("bbbaaacd", size=3)
    assert vocabulary.tokens == (UNKNOWN, "a", "b")
    assert len(vocabulary) == 3


def test_an_unknown_token_in_the_text_stays_number_zero():
    assert Vocabulary.of(["a", UNKNOWN]).tokens == (UNKNOWN, "a")


@pytest.mark.parametrize("number", [-1, 4])
def test_a_number_outside_the_vocabulary_is_refused(number):
    with pytest.raises(DataError, match=f"no token {number}; numbers go from 0 to 3"):
        Vocabulary.of("abc").decode([1, number])


def test_one_hot_has_a_single_one_at_the_number():
    coded = one_hot(np.array([[0, 2], [1, 1]]), 3)
    assert (coded.shape, coded.dtype) == ((2, 2, 3), np.float64)
    assert np.array_equal(coded.argmax(axis=-1), [[0, 2], [1, 1]])
    assert (coded.sum(axis=-1) == 1).all()
    assert one_hot(np.zeros((0,), np.int64), 3).shape == (0, 3)
    with pytest.raises(DataError, match="go from 0 to 3, but classes is 3"):
        one_hot(np.array([0, 3]), 3)


def test_the_target_of_a_window_is_the_next_token():
    numbers = np.arange(100, 160)
    x, y = next_token_windows(numbers, 500, 7, rng=rng())
    assert (x.shape, y.shape) == ((7, 500), (7, 500))
    assert np.array_equal(y, x + 1)
    assert np.array_equal(np.diff(x, axis=0), np.ones((6, 500)))
    assert set(x[0]) == set(range(100, 153))


def test_windows_follow_the_seed():
    numbers = np.arange(1000)
    first, again, other = (next_token_windows(numbers, 8, 5, rng=rng(seed))[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("size", [8, 9, 14, 15])
def test_all_windows_predict_every_token_once(size):
    x, y = all_token_windows(np.arange(size), 7)
    assert x.shape == (7, (size - 1) // 7)
    assert np.array_equal(y, x + 1)
    assert sorted(y.ravel()) == list(range(1, 7 * ((size - 1) // 7) + 1))


def test_changing_a_window_leaves_the_text_alone():
    numbers = np.arange(20)
    for part in (*all_token_windows(numbers, 19), *next_token_windows(numbers, 1, 19, rng=rng())):
        part += 1
    assert np.array_equal(numbers, np.arange(20))


@pytest.mark.parametrize("length", [0, 5, 9])
def test_a_text_that_is_too_short_is_counted_in_the_error(length):
    with pytest.raises(DataError, match=f"windows of {length} tokens: the text has 5"):
        next_token_windows(np.arange(5), 2, length, rng=rng())
    with pytest.raises(DataError, match=f"windows of {length} tokens: the text has 5"):
        all_token_windows(np.arange(5), length)


def test_a_text_file_is_read_without_its_mark_and_carriage_returns(tmp_path):
    (tmp_path / "a.txt").write_bytes("\ufeff海\r\nsea\n".encode())
    assert read_text(tmp_path / "a.txt") == "海\nsea\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"abc\xff", "byte 3 is not UTF-8"), (b" \n", "holds no text"), (None, "cannot be read")],
)
def test_a_text_file_that_cannot_serve_is_named(tmp_path, content, said):
    path = tmp_path / "a.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataFileError, match=said) as caught:
        read_text(path)
    assert str(path) in str(caught.value)


def test_a_text_file_above_the_limit_is_refused_unread(tmp_path):
    with open(tmp_path / "a.txt", "wb") as file:
        file.truncate(30_000_000)
    with pytest.raises(DataFileError, match="has 30,000,000 bytes, but 20,000,000 are the most"):
        read_text(tmp_path / "a.txt")


@pytest.mark.parametrize(
    ("language", "refrain"),
    [("en", "the lamp is lit, and the ships come home.\n"), ("zh", "灯亮着，船就回家。\n")],
)
def test_the_corpora_are_12_to_20_kilobytes_with_a_refrain_at_the_end_of_every_story(language, refrain):
    text = corpus(language)
    assert 12_000 <= len(text.encode()) <= 20_000
    stories = [part for part in text.split(refrain) if part.strip()]
    assert len(stories) >= 15
    assert text.endswith(refrain)
    assert "\r" not in text
    assert not any(line != line.strip() for line in text.splitlines())


@pytest.mark.parametrize(("language", "characters", "tokens"), [("en", 50, 500), ("zh", 370, 370)])
def test_the_corpora_need_few_characters_and_words_and_survive_both_ways(language, characters, tokens):
    text = corpus(language)
    assert len(Vocabulary.of(text)) <= characters
    assert len(Vocabulary.of(words(text))) <= tokens
    assert join_words(words(text)) == text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_came_before_says_much_about_the_next_character_of_a_corpus(language):
    numbers = Vocabulary.of(corpus(language)).encode(corpus(language))
    alone = entropy(numbers[1:])
    after_two = entropy(numbers[:-2] * 10**6 + numbers[1:-1] * 10**3 + numbers[2:])
    after_two -= entropy(numbers[:-2] * 10**3 + numbers[1:-1])
    assert after_two < 0.6 * alone


def entropy(numbers):
    share = np.unique(numbers, return_counts=True)[1] / len(numbers)
    return -(share * np.log(share)).sum()


def test_a_language_without_a_corpus_is_answered_with_the_list():
    with pytest.raises(DataError, match="no corpus in 'de'; there are: en, zh"):
        corpus("de")
