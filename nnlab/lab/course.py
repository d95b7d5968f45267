"""Courses and lessons as data: read from TOML, running none of their code."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec

from nnlab.lab.errors import LessonError, UsageError, unknown

FORMAT_VERSION = 1
LANGUAGES = ("en", "zh")
MAX_FILE_BYTES = 256_000
"""A TOML parser can be made to work for seconds by a few kilobytes of keys; nothing of ours comes near this."""

Titles = Mapping[str, str]
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]+")
WORKBENCH = "workbench"
"""Slug of the quick experiments, which every course has and none may take."""


class CourseFile(msgspec.Struct, forbid_unknown_fields=True):
    """lessons/course.toml."""

    format_version: int
    order: list[str]
    title: dict[str, str]


class ClaimEntry(msgspec.Struct, forbid_unknown_fields=True):
    """One claim in lesson.toml: its tier and its sentence in each language."""

    tier: Literal["fast", "full"]
    en: str
    zh: str


class ExerciseEntry(msgspec.Struct, forbid_unknown_fields=True):
    """One exercise in lesson.toml."""

    kind: Literal["predict", "goal", "code"]


class LessonFile(msgspec.Struct, forbid_unknown_fields=True):
    """lessons/<slug>/lesson.toml."""

    format_version: int
    pages: list[str]
    title: dict[str, str]
    summary: dict[str, str]
    experiments: list[str] = []
    claims: dict[str, ClaimEntry] = {}
    exercises: dict[str, ExerciseEntry] = {}
    knobs: dict[str, dict[str, str]] = {}
    views: dict[str, dict[str, str]] = {}
    words: dict[str, dict[str, str]] = {}
    phases: dict[str, dict[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson's data. Its code is run by nnlab.lab.lesson.load, its prose read by nnlab.lab.prose."""

    slug: str
    folder: Path
    file: LessonFile
    course: str = ""
    """Key of its course; empty for the bundled one, and for the workbench, which every course shares."""

    @property
    def pages(self) -> tuple[str, ...]:
        """Page ids in reading order."""
        return tuple(self.file.pages)

    @property
    def experiments(self) -> tuple[str, ...]:
        """Experiment ids."""
        return tuple(self.file.experiments)

    @property
    def claims(self) -> Mapping[str, ClaimEntry]:
        """Claim id -> tier and sentences."""
        return self.file.claims

    @property
    def exercises(self) -> Mapping[str, ExerciseEntry]:
        """Exercise id -> kind."""
        return self.file.exercises

    def title(self, language: str) -> str:
        """The lesson's name."""
        return in_language(self.file.title, language, self.slug)

    def summary(self, language: str) -> str:
        """What the lesson is about, in one line."""
        return in_language(self.file.summary, language, "")

    def knob_label(self, knob: str, language: str) -> str:
        """What a knob is called in prose and in the knob bar."""
        return in_language(self.file.knobs.get(knob, {}), language, knob.replace("_", " "))

    def view_title(self, view: str, language: str) -> str:
        """What a view is called in its pane's header."""
        return in_language(self.file.views.get(view, {}), language, view.replace("_", " "))

    def words(self, language: str) -> dict[str, str]:
        """What the names that the lesson's code hands to views, goals and knobs are called, of those that have a word.

        A key is a metric, the name of a curve, row, header or axis, a note, or a knob's choice: "schedule.step". A
        metric whose name also stands in a text that a network reads is "metric.right".
        """
        return {name: in_language(said, language, name) for name, said in self.file.words.items()}

    def value_word(self, knob: str, value: str, language: str) -> str:
        """What a choice of a knob is called."""
        return in_language(self.file.words.get(f"{knob}.{value}", {}), language, value)

    def line(self, formula: str, language: str) -> str:
        """Return a line of a goal, "data = grid", with its knobs and names as the reader's language calls them."""
        bare = [(name.rpartition(".")[2], said) for name, said in self.file.words.items()]
        words = {name: in_language(said, language, name) for name, said in bare}
        words |= {knob: self.knob_label(knob, language) for knob in self.file.knobs}
        return _NAME.sub(lambda found: words.get(found[0], found[0]), formula)

    def phase_name(self, phase: str, language: str) -> str:
        """What a phase of a step is called in the run bar."""
        return in_language(self.file.phases.get(phase, {}), language, phase.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Course:
    """An ordered set of lessons: a folder with course.toml."""

    folder: Path
    file: CourseFile
    is_bundled: bool

    @property
    def key(self) -> str:
        """What tells this course from others."""
        return course_key(self.folder)

    @property
    def slugs(self) -> tuple[str, ...]:
        """Lesson slugs in order."""
        return tuple(self.file.order)

    def title(self, language: str) -> str:
        """The course's name."""
        return in_language(self.file.title, language, self.folder.name)

    def lesson(self, slug: str) -> Lesson:
        """Return a lesson's data. Raises UsageError for an unknown slug, LessonError for a broken file."""
        if slug == WORKBENCH:
            return _workbench()
        if slug not in self.file.order:
            raise unknown("lesson", slug, [*self.file.order, WORKBENCH])
        folder = self.folder / slug
        return Lesson(slug, folder, _read_toml(folder / "lesson.toml", LessonFile), self.key)

    def lessons(self) -> tuple[Lesson, ...]:
        """All lessons in order."""
        return tuple(self.lesson(slug) for slug in self.slugs)


def _workbench() -> Lesson:
    folder = Path(__file__).resolve().parent / WORKBENCH
    return Lesson(WORKBENCH, folder, _read_toml(folder / "lesson.toml", LessonFile))


def in_language(titles: Titles, language: str, otherwise: str) -> str:
    """Return the text in `language`, else in English, else `otherwise`."""
    return titles.get(language) or titles.get("en") or otherwise


def bundled_folder(name: str) -> Path:
    """Return the folder "lessons" or "assets" that came with nnlab: inside the wheel, or beside the package."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_bundled" / name
    return inside if inside.is_dir() else package.parent / name


def course_key(folder: Path | None) -> str:
    """Return what tells a course from others, there or gone: its folder; "" for the bundled one, wherever that is."""
    place = _course_folder(folder)
    return "" if place == bundled_folder("lessons") else str(place)


def _course_folder(folder: Path | None) -> Path:
    return bundled_folder("lessons") if folder is None else folder.expanduser().resolve()


def find_course(folder: Path | None = None) -> Course:
    """Open the course in `folder`, or the bundled one. Raises UsageError or LessonError."""
    place = _course_folder(folder)
    if not (place / "course.toml").is_file():
        raise UsageError(f"{place} holds no course.toml; give --lessons the folder of a course.")
    file = _read_toml(place / "course.toml", CourseFile)
    if WORKBENCH in file.order:
        raise LessonError(f"{place / 'course.toml'} lists a lesson {WORKBENCH!r}, a name that nnlab keeps; rename it.")
    return Course(place, file, is_bundled=place == bundled_folder("lessons"))


def _entry(path: Path, kind: type[Any]) -> str:
    """Return ", [claims.ID]" for the first claim or exercise that does not fit; nothing where that is not the trouble.

    The decoder says "$.claims[...]", which leaves the author of thirty claims to look for it.
    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        return ""
    for field, wanted in (("claims", ClaimEntry), ("exercises", ExerciseEntry)) if kind is LessonFile else ():
        entries = tables.get(field, {})
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            try:
                msgspec.convert(entry, wanted)
            except msgspec.ValidationError:
                return f", [{field}.{name}]"
    return ""


def _read_toml(path: Path, kind: type[Any]) -> Any:
    """Decode a TOML file into `kind`; every failure is a LessonError that names the file."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise LessonError(
                f"{path} has more than {MAX_FILE_BYTES:,} bytes; split the course or remove what is not needed."
            )
        decoded = msgspec.toml.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise LessonError(
            f"{path} cannot be read ({error.strerror}); every lesson in course.toml's order needs it."
        ) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise LessonError(f"{path}{_entry(path, kind)} does not fit the lesson format: {error}.") from None
    if decoded.format_version != FORMAT_VERSION:
        raise LessonError(f"{path} has format_version {decoded.format_version}, but this nnlab reads {FORMAT_VERSION}.")
    return decoded
