"""Every fast claim as its own test id, through the function that `nnlab test` uses; both languages held together."""

from functools import lru_cache

import pytest
from markdown_it import MarkdownIt

from nnlab.lab import checks, proofs, prose
from nnlab.lab.code_digest import code_digests
from nnlab.lab.course import LANGUAGES, find_course
from nnlab.lab.lesson import load
from nnlab.plots.width import text_width

COURSE = find_course()
LESSONS = {lesson.slug: lesson for lesson in COURSE.lessons()}
FAST_CLAIMS = [
    f"{slug}/{claim}"
    for slug, lesson in LESSONS.items()
    for claim, entry in lesson.claims.items()
    if entry.tier == "fast"
]

NARROWEST = 30
"""Cells that a formula has beside a stage of 80 columns."""


@lru_cache
def loaded(slug):
    lesson = load(LESSONS[slug])
    return lesson, checks.Runner(lesson)


@pytest.mark.parametrize("name", FAST_CLAIMS)
def test_claim(name):
    slug, claim = name.split("/")
    lesson, runner = loaded(slug)
    proof = checks.prove(lesson, claim, runner)
    assert proof.status == "proved", proof.message


@pytest.mark.parametrize("slug", LESSONS)
def test_every_claim_and_exercise_ships_with_a_proof_of_the_code_as_it_is(slug):
    """After an edit of a lesson's code: nnlab test LESSON --full --ship. Prose, comments and docstrings are no code."""
    shipped = proofs.shipped(LESSONS[slug])
    unproved = {
        name: "of other code" if name in shipped else "missing"
        for name, digest in code_digests(LESSONS[slug]).items()
        if name not in shipped or (shipped[name].status, shipped[name].code) != ("proved", digest)
    }
    assert unproved == {}, f"prove them again with `nnlab test {slug} --full --ship`"


def shape(page):
    """What both languages must share: the kinds of blocks and everything in a directive that is not prose."""
    parts = []
    for block in page.blocks:
        kind = type(block).__name__
        if isinstance(block, prose.Stage):
            parts.append((kind, block))
        elif isinstance(block, prose.Predict):
            parts.append((kind, block.id, block.metric, tuple((a.low, a.high) for a in block.answers)))
        elif isinstance(block, prose.Goal | prose.Code):
            parts.append((kind, block.id, len(block.hints)))
        elif isinstance(block, prose.Try):
            parts.append((kind, tuple(tuple(item.set.items()) for item in block.items)))
        elif isinstance(block, prose.Formula):
            parts.append((kind, len(block.lines)))
    return parts


@pytest.mark.parametrize("slug", LESSONS)
def test_both_languages_have_the_same_pages_directives_and_claims(slug):
    english, chinese = (prose.read_pages(LESSONS[slug], language) for language in LANGUAGES)
    assert list(english) == list(chinese)
    for page_id in english:
        assert shape(english[page_id]) == shape(chinese[page_id]), page_id
        assert english[page_id].claims() == chinese[page_id].claims(), page_id
        inserts = [
            sorted(prose.INSERT.findall("".join(block.markdown for block in page.find(prose.Prose))))
            for page in (english[page_id], chinese[page_id])
        ]
        assert inserts[0] == inserts[1], page_id


@pytest.mark.parametrize("slug", LESSONS)
def test_every_directive_names_what_the_lesson_has(slug):
    lesson = LESSONS[slug]
    experiments = {name: loaded(slug)[0].experiment(name) for name in lesson.experiments}
    exercises_met = set()
    for page in prose.read_pages(lesson, "en").values():
        assert set(page.claims()) <= set(lesson.claims), page.id
        stage = page.stage
        assert stage is not None, f"{page.id} has nothing to do"
        experiment = experiments[stage.experiment]
        assert all(experiment.view(view) for view in stage.views), page.id
        for name, value in stage.set.items():
            knob = experiment.knob(name)
            assert knob is not None, (page.id, name)
            knob.parse(value)
        for exercise in page.find(prose.Predict) + page.find(prose.Goal) + page.find(prose.Code):
            assert lesson.exercises[exercise.id].kind == type(exercise).__name__.lower()
            exercises_met.add(exercise.id)
        for item in (item for block in page.find(prose.Try) for item in block.items):
            assert all(experiment.knob(name) for name in item.set), page.id
    assert exercises_met == set(lesson.exercises)


@pytest.mark.parametrize("slug", LESSONS)
def test_every_claim_is_asserted_on_a_page(slug):
    asserted = {claim for page in prose.read_pages(LESSONS[slug], "en").values() for claim in page.claims()}
    assert asserted == set(LESSONS[slug].claims)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", LESSONS)
def test_a_page_is_two_kilobytes_of_prose_at_most(slug, language):
    for page in prose.read_pages(LESSONS[slug], language).values():
        size = sum(len(block.markdown.encode()) for block in page.find(prose.Prose))
        assert size <= 2048, (page.id, size)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", LESSONS)
def test_no_emphasis_is_left_as_stars(slug, language):
    """Stars that close behind a full stop, with a letter right after them, are text: 有意义。**许多."""
    texts = [
        part.content
        for page in prose.read_pages(LESSONS[slug], language).values()
        for block in page.find(prose.Prose)
        for token in MarkdownIt().parse(block.markdown)
        for part in token.children or ()
        if part.type == "text"
    ]
    assert [text for text in texts if "**" in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", LESSONS)
def test_formulas_fit_the_narrowest_prose(slug, language):
    pages = prose.read_pages(LESSONS[slug], language)
    lines = [line for page in pages.values() for formula in page.find(prose.Formula) for line in formula.lines]
    assert [line for line in lines if text_width(line) > NARROWEST] == []
