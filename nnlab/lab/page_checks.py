"""Pages held against the lesson: what their directives name must exist, and both languages must say the same."""

from collections.abc import Iterator, Mapping

from nnlab.lab import prose
from nnlab.lab.course import LANGUAGES, Lesson
from nnlab.lab.errors import LessonError, UsageError, unknown
from nnlab.lab.experiment import Experiment
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.lesson import LoadedLesson
from nnlab.lab.prose import Block, Page

Setting = Mapping[str, bool | int | float | str]


def objections(loaded: LoadedLesson, experiments: Mapping[str, Experiment]) -> Iterator[str]:
    """Yield what is wrong with a lesson's pages, a sentence each with its file and line."""
    lesson = loaded.lesson
    read: dict[str, Mapping[str, Page]] = {}
    for language in LANGUAGES:
        try:
            read[language] = prose.read_pages(lesson, language)
        except LessonError as error:
            yield str(error)
            continue
        for page in read[language].values():
            for line, said in _of_page(lesson, page, experiments):
                yield f"{lesson.folder / language}.md, line {line}: {said}"
    if len(read) == len(LANGUAGES):
        yield from _unlike(lesson, read)
        yield from _unmet(lesson, read[LANGUAGES[0]])
        yield from _unmeasured(loaded, read[LANGUAGES[0]], experiments)


def shape(block: Block) -> tuple[object, ...]:
    """Return what both languages must share of a block: its kind, and whatever in it is not prose."""
    kind = type(block).__name__.lower()
    match block:
        case prose.Stage():
            return (kind, block)
        case prose.Predict():
            return (kind, block.id, block.metric, tuple((answer.low, answer.high) for answer in block.answers))
        case prose.Goal() | prose.Code():
            return (kind, block.id, len(block.hints))
        case prose.Try():
            return (kind, tuple(tuple(item.set.items()) for item in block.items))
        case prose.Formula():
            return (kind, len(block.lines))
        case prose.Prose():
            inserts = sorted(prose.INSERT.findall(block.markdown))
            return (kind, tuple(prose.MARK.findall(block.markdown)), tuple(inserts))


def _of_page(lesson: Lesson, page: Page, experiments: Mapping[str, Experiment]) -> Iterator[tuple[int, str]]:
    """Yield (line, what is wrong there)."""
    stage = page.stage
    experiment = experiments.get(stage.experiment) if stage is not None else None
    for block, line in zip(page.blocks, page.lines, strict=True):
        match block:
            case prose.Stage():
                if block.experiment not in lesson.experiments:
                    yield line, str(unknown("experiment", block.experiment, lesson.experiments))
                elif experiment is not None:
                    views = [view.id for view in experiment.views]
                    yield from ((line, str(unknown("view", name, views))) for name in block.views if name not in views)
                    yield from ((line, said) for said in _wrong_knobs(experiment, block.set))
            case prose.Try() if experiment is not None:
                yield from ((line, said) for item in block.items for said in _wrong_knobs(experiment, item.set))
            case prose.Predict() | prose.Goal() | prose.Code():
                yield from ((line, said) for said in _wrong_exercise(lesson, block))
            case prose.Prose():
                named = prose.MARK.findall(block.markdown)
                named += [name for kind, name in prose.INSERT.findall(block.markdown) if kind != "metric"]
                for name in dict.fromkeys(named):
                    if name not in lesson.claims:
                        yield line, str(unknown("claim", name, lesson.claims))


def _wrong_knobs(experiment: Experiment, settings: Setting) -> Iterator[str]:
    for name, value in settings.items():
        knob = experiment.knob(name)
        if knob is None:
            yield str(unknown("knob", name, [known.name for known in experiment.knobs]))
            continue
        try:
            knob.parse(value)
        except UsageError as error:
            yield str(error)


def _wrong_exercise(lesson: Lesson, block: prose.Predict | prose.Goal | prose.Code) -> Iterator[str]:
    kind = type(block).__name__.lower()
    entry = lesson.exercises.get(block.id)
    if entry is None:
        yield f"lesson.toml has no [exercises.{block.id}]; add it with kind = {kind!r}."
    elif entry.kind != kind:
        yield f"{block.id!r} is a {entry.kind} exercise in lesson.toml, but a {kind} here; change one of them."


def _unlike(lesson: Lesson, read: Mapping[str, Mapping[str, Page]]) -> Iterator[str]:
    """Yield where the two languages part, once a page."""
    first, second = LANGUAGES
    for page_id in lesson.pages:
        one, other = read[first][page_id], read[second][page_id]
        if len(one.blocks) != len(other.blocks):
            yield (
                f"{lesson.folder / second}.md: the page {page_id!r} has {_kinds(other)}, but {first}.md has "
                f"{_kinds(one)}; give both the same."
            )
            continue
        for here, there, line in zip(one.blocks, other.blocks, other.lines, strict=True):
            if shape(here) != shape(there):
                kind = type(there).__name__.lower()
                yield (
                    f"{lesson.folder / second}.md, line {line}: this {kind} of the page {page_id!r} is not the one of "
                    f"{first}.md; only its texts may differ."
                )
                break


def _kinds(page: Page) -> str:
    return ", ".join(type(block).__name__.lower() for block in page.blocks) or "nothing"


def _unmet(lesson: Lesson, pages: Mapping[str, Page]) -> Iterator[str]:
    """Yield the exercises and claims that are on no page."""
    path = lesson.folder / "lesson.toml"
    met = {block.id for page in pages.values() for block in page.blocks if isinstance(block, _EXERCISES)}
    yield from (
        f"{path}: the exercise {name!r} is on no page; add its directive."
        for name in lesson.exercises
        if name not in met
    )
    claimed = {name for page in pages.values() for name in page.claims()}
    yield from (
        f"{path}: the claim {name!r} is on no page; add [claim:{name}] after the sentence that it proves."
        for name in lesson.claims
        if name not in claimed
    )


def _unmeasured(
    loaded: LoadedLesson, pages: Mapping[str, Page], experiments: Mapping[str, Experiment]
) -> Iterator[str]:
    """Yield the predict questions whose metric the page's run does not measure; it is run for a step to see."""
    for page in pages.values():
        stage, asked = page.stage, page.find(prose.Predict)
        if stage is None or stage.experiment not in experiments or not asked:
            continue
        try:
            recipe, settings = make_settings(loaded, stage.experiment, stage.set, steps=min(1, stage.steps or 1))
            known = execute(recipe, settings).run.metrics
        except Exception:  # a border: a wrong knob, or code of the lesson that fails; another check says it
            continue
        for question in asked:
            if question.metric not in known:
                line = page.lines[page.blocks.index(question)]
                path = loaded.lesson.folder / f"{LANGUAGES[0]}.md"
                yield f"{path}, line {line}: {unknown('metric', question.metric, known)}"


_EXERCISES = (prose.Predict, prose.Goal, prose.Code)
