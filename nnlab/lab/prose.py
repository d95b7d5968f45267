"""Prose: a lesson's Markdown pages, read into blocks that the screen and the checks share.

A page starts at `# Title {#id}`. A fenced block whose info string is `nnlab KIND` is a directive with a TOML body;
one whose info string is `formula` is a hand-set formula. `[claim:ID]` marks an asserted sentence, `{metric:NAME}` and
`{claim:ID}` insert measured numbers, `{date:ID}` the day on which a claim was proved; they stay in the text until
`fill` puts them in.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from markdown_it import MarkdownIt

from nnlab.lab.course import MAX_FILE_BYTES, Lesson
from nnlab.lab.errors import LessonError

MARK = re.compile(r"\[claim:([a-z0-9-]+)\]")
INSERT = re.compile(r"\{(metric|claim|date):([A-Za-z0-9_-]+)\}")
_TITLE = re.compile(r"^(?P<title>.*?)\s*\{#(?P<id>[a-z0-9-]+)\}\s*$")


class Prose(msgspec.Struct, frozen=True):
    """Ordinary Markdown."""

    markdown: str


class Formula(msgspec.Struct, frozen=True):
    """Hand-set lines, kept as they are."""

    lines: tuple[str, ...]


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Presets the stage: which experiment, with which knobs, seeds, steps and views."""

    experiment: str
    views: tuple[str, ...] = ()
    seeds: int = 1
    seed: int = 1
    steps: int | None = None
    set: dict[str, bool | int | float | str] = {}
    speed: float | None = None
    """Steps per second; None is full speed."""
    autostart: bool = False


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer of a predict question; it is right when the measured value lies in [low, high], which may be inf."""

    text: str
    low: float
    high: float


class Predict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question whose right answer the run decides."""

    id: str
    question: str
    metric: str
    """Metric of the ended run; with several seeds `solved` counts them and others take the median."""
    answers: tuple[Answer, ...]
    after: str = ""
    """Shown with the answer; may quote {metric:NAME}."""

    def right_answer(self, value: float) -> int | None:
        """Return the index of the answer that holds `value`, None when none does. NaN, of an explosion, is inf."""
        measured = math.inf if math.isnan(value) else value
        return next((i for i, answer in enumerate(self.answers) if answer.low <= measured <= answer.high), None)


class Goal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tune until the checks of the lesson's @goal of this id hold."""

    id: str
    text: str
    hints: tuple[str, ...] = ()


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Write the function of exercise `id`."""

    id: str
    text: str
    hints: tuple[str, ...] = ()


class TryItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing to try; choosing it sets the knobs."""

    text: str
    set: dict[str, bool | int | float | str] = {}


class Try(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Things to try after the answer."""

    items: tuple[TryItem, ...]


Block = Prose | Formula | Stage | Predict | Goal | Code | Try
DIRECTIVES: Mapping[str, type[Any]] = {"stage": Stage, "predict": Predict, "goal": Goal, "code": Code, "try": Try}


@dataclass(frozen=True, slots=True)
class Page:
    """One screenful of prose beside the stage."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    lines: tuple[int, ...] = ()
    """Line of the file that each block starts at, from 1; a directive's is that of its fence."""

    def find(self, kind: type[Any]) -> list[Any]:
        """Return the blocks of one kind, in order."""
        return [block for block in self.blocks if isinstance(block, kind)]

    @property
    def stage(self) -> Stage | None:
        """The page's preset of the stage, if it has one."""
        return next(iter(self.find(Stage)), None)

    def claims(self) -> list[str]:
        """Ids of the claims that the page asserts, in order."""
        return [match for block in self.find(Prose) for match in MARK.findall(block.markdown)]


def read_pages(lesson: Lesson, language: str) -> Mapping[str, Page]:
    """Read a lesson's prose, page id -> page, in reading order.

    Raises LessonError with file and line when a directive is wrong or the pages are not those of lesson.toml.
    """
    path = lesson.folder / f"{language}.md"
    try:
        stamp = path.stat()
    except OSError:
        raise LessonError(f"{path} is missing; a lesson needs its prose in every language.") from None
    if stamp.st_size > MAX_FILE_BYTES:
        raise LessonError(f"{path} has more than {MAX_FILE_BYTES:,} bytes; a page is 2 kB, split the lesson.")
    pages = _parse(path, stamp.st_mtime_ns)
    if tuple(pages) != lesson.pages:
        raise LessonError(f"{path} has the pages {', '.join(pages)}, but lesson.toml lists {', '.join(lesson.pages)}.")
    return pages


def read_page(lesson: Lesson, page_id: str, language: str) -> Page:
    """Read one page. Raises LessonError as read_pages does, KeyError for an unknown id."""
    return read_pages(lesson, language)[page_id]


def fill(text: str, lookup: Callable[[str, str], str]) -> str:
    """Replace `{metric:NAME}`, `{claim:ID}` and `{date:ID}` by lookup(kind, name)."""
    return INSERT.sub(lambda match: lookup(match.group(1), match.group(2)), text)


@lru_cache(maxsize=64)
def _parse(path: Path, _stamp: int) -> Mapping[str, Page]:
    source = path.read_text(encoding="utf-8")
    lines = source.splitlines()
    starts = list(_page_starts(path, source))
    if not starts:
        raise LessonError(f"{path} has no page; a page starts at '# Title {{#id}}'.")
    pages: dict[str, Page] = {}
    for (line, page_id, title), end in zip(starts, [start[0] for start in starts[1:]] + [len(lines)], strict=True):
        if page_id in pages:
            raise LessonError(f"{path}, line {line + 1}: the page id {page_id!r} is used twice.")
        found = list(_blocks(path, lines, line + 1, end))
        pages[page_id] = Page(page_id, title, tuple(block for _, block in found), tuple(at for at, _ in found))
    return pages


def _page_starts(path: Path, source: str) -> Iterator[tuple[int, str, str]]:
    tokens = MarkdownIt("commonmark").parse(source)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.tag == "h1" and token.map is not None:
            match = _TITLE.match(inline.content)
            if match is None:
                raise LessonError(
                    f"{path}, line {token.map[0] + 1}: a page starts at '# Title {{#id}}', not {inline.content!r}."
                )
            yield token.map[0], match["id"], match["title"]


def _blocks(path: Path, lines: list[str], start: int, end: int) -> Iterator[tuple[int, Block]]:
    """Yield (line, block); line counts from 1."""
    body = "\n".join(lines[start:end])
    position = 0
    for token in MarkdownIt("commonmark").parse(body):
        if token.type != "fence" or token.level != 0 or token.map is None:
            continue
        info = token.info.split()
        if info[:1] not in (["nnlab"], ["formula"]):
            continue
        yield from _prose(lines, start + position, start + token.map[0])
        position = token.map[1]
        if info[0] == "formula":
            yield start + token.map[0] + 1, Formula(tuple(token.content.rstrip("\n").split("\n")))
        else:
            at = start + token.map[0] + 1
            yield at, _directive(path, at, info[1:], token.content)
    yield from _prose(lines, start + position, end)


def _prose(lines: list[str], start: int, end: int) -> Iterator[tuple[int, Prose]]:
    first = next((at for at in range(start, end) if lines[at].strip()), None)
    if first is not None:
        yield first + 1, Prose("\n".join(lines[start:end]).strip("\n"))


def _directive(path: Path, line: int, kind: list[str], body: str) -> Block:
    if len(kind) != 1 or kind[0] not in DIRECTIVES:
        raise LessonError(
            f"{path}, line {line}: unknown directive {' '.join(kind)!r}; there are {', '.join(DIRECTIVES)}."
        )
    try:
        block: Block = msgspec.toml.decode(body, type=DIRECTIVES[kind[0]])
    except (msgspec.DecodeError, RecursionError) as error:
        raise LessonError(f"{path}, line {line}: the {kind[0]} directive does not fit: {error}.") from None
    return block
