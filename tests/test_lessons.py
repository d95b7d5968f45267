"""Every fast claim as its own test id, through the function that `nnlab test` uses; both languages held together."""

from functools import lru_cache

import pytest
from markdown_it import MarkdownIt

from nnlab.lab import checks, proofs, prose
from nnlab.lab.code_digest import code_digests
from nnlab.lab.course import LANGUAGES, find_course
from nnlab.lab.lesson import load
from nnlab.plots.width import text_width
from nnlab.stage.page_proofs import prove_pages

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


@pytest.mark.parametrize("slug", LESSONS)
def test_what_pages_and_views_name_is_there_and_both_languages_are_alike(slug):
    proof = prove_pages(LESSONS[slug])
    assert proof.status == "proved", proof.message


@pytest.mark.parametrize("slug", LESSONS)
def test_every_page_has_a_stage(slug):
    assert [page.id for page in prose.read_pages(LESSONS[slug], "en").values() if page.stage is None] == []


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
