"""Text as numbers: characters or words, a vocabulary, windows whose target is the next token."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from nnlab.data.assets import asset
from nnlab.data.dataset import Array, Samples
from nnlab.data.errors import DataError, DataFileError
from nnlab.reasons import because

CORPORA = {"en": "corpus.en.txt", "zh": "corpus.zh.txt"}
"""Language -> our own stories, written to be learned by a small network."""
MAX_TEXT_BYTES = 20_000_000
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
"""Stands for every token that the vocabulary lacks; always number 0."""

_WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+(?:['’][^\W\d_]+)*|\d+|\n|[^\s]")
_GLUED = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")


def corpus(language: str) -> str:
    """Return the bundled text in that language. Raises DataError for a language that there is none in."""
    if language not in CORPORA:
        raise DataError(f"no corpus in {language!r}; there are: {', '.join(CORPORA)}.")
    return read_text(asset(CORPORA[language]))


def read_text(path: Path) -> str:
    """Read a UTF-8 text file. Raises DataFileError: missing, above 20 MB, empty, or not UTF-8 (with the byte)."""
    try:
        size = path.stat().st_size
        if size > MAX_TEXT_BYTES:
            most = f"{MAX_TEXT_BYTES:,}"
            raise DataFileError(because("file-large", file=path, size=f"{size:,}", most=most))
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise DataFileError(because("file-encoding", file=path, byte=error.start)) from None
    except OSError as error:
        raise DataFileError(because("file-unreadable", file=path, error=error.strerror)) from None
    if not text.strip():
        raise DataFileError(because("text-empty", file=path))
    return text


def words(text: str) -> list[str]:
    """Cut a text into words, numbers, punctuation marks and line ends; each Chinese character is a word of its own."""
    return _WORD.findall(text)


def join_words(tokens: Iterable[str]) -> str:
    """Write words as text again: a space between words, none before a mark, after a line end or beside Chinese."""
    text = ""
    for token in tokens:
        is_mark = not token[0].isalnum() and token not in ("(", "“", "‘", UNKNOWN)
        is_free = not text or text[-1] in "\n(“‘" or _GLUED.match(text[-1]) or _GLUED.match(token)
        text += token if is_mark or is_free else f" {token}"
    return text


@dataclass(frozen=True)
class Vocabulary:
    """The tokens that a network knows, each with its number; number 0 is the unknown one."""

    tokens: tuple[str, ...]

    @classmethod
    def of(cls, tokens: Sequence[str], *, size: int | None = None) -> "Vocabulary":
        """Collect a text's tokens, most frequent first, in order of the alphabet where equal; `size` with the unknown.

        Raises DataError for a size below 2.
        """
        if size is not None and size < 2:
            raise DataError(f"Vocabulary: size is {size}, but the unknown token and one other are the least.")
        ranked = sorted(Counter(tokens).items(), key=lambda item: (-item[1], item[0]))
        known = [token for token, _ in ranked if token != UNKNOWN]
        return cls((UNKNOWN, *known[: None if size is None else size - 1]))

    def __len__(self) -> int:
        """How many tokens there are, the unknown one included."""
        return len(self.tokens)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Token -> its number."""
        return {token: number for number, token in enumerate(self.tokens)}

    def encode(self, tokens: Iterable[str]) -> Array:
        """Return the tokens' numbers (n,) int64, 0 for each that is not known. A `str` is its characters."""
        return np.array([self.numbers.get(token, 0) for token in tokens], dtype=np.int64)

    def decode(self, numbers: Iterable[int]) -> list[str]:
        """Return the tokens of numbers (n,). Raises DataError for a number outside the vocabulary."""
        chosen = [int(number) for number in numbers]
        wrong = next((number for number in chosen if not 0 <= number < len(self)), None)
        if wrong is not None:
            raise DataError(f"Vocabulary: no token {wrong}; numbers go from 0 to {len(self) - 1}.")
        return [self.tokens[number] for number in chosen]


def one_hot(numbers: Array, classes: int) -> Array:
    """Whole numbers (...) in [0, classes) -> (..., classes) float64 with a 1 at each. Raises DataError outside."""
    numbers = np.asarray(numbers)
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < classes:
        raise DataError(f"one_hot: numbers go from {numbers.min()} to {numbers.max()}, but classes is {classes}.")
    return np.asarray(numbers[..., None] == np.arange(classes), dtype=np.float64)


def next_token_windows(numbers: Array, n: int, length: int, *, rng: np.random.Generator) -> Samples:
    """Draw n pieces of a text (m,): x (length, n) int64, and y (length, n), the token after each of x.

    Time-major, as the recurrent layers read. Raises DataError when the text is not longer than `length`.
    """
    _check_long(numbers, length)
    places = np.arange(length)[:, None] + rng.integers(0, len(numbers) - length, n)
    return numbers[places], numbers[places + 1]


def all_token_windows(numbers: Array, length: int) -> Samples:
    """Cut a text (m,) into pieces one after another: x, y (length, (m - 1) // length) int64; the rest is dropped.

    What a network is measured on: every token is predicted once. Raises DataError as next_token_windows.
    """
    _check_long(numbers, length)
    count = (len(numbers) - 1) // length
    x = numbers[: count * length].reshape(count, length).T.copy()
    return x, numbers[1 : count * length + 1].reshape(count, length).T.copy()


def _check_long(numbers: Array, length: int) -> None:
    if numbers.ndim != 1 or length < 1 or len(numbers) <= length:
        least = max(length, 1) + 1
        raise DataError(because("text-short", length=length, count=numbers.size, least=least))
