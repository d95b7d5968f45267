"""lessons/README.md says where each idea is taught: its pages and claims exist, and no claim is left out."""

import re
from pathlib import Path

import pytest

from nnlab.lab.course import find_course

COURSE = find_course()
MAP = (Path(__file__).parent.parent / "lessons" / "README.md").read_text(encoding="utf-8")


def rows(slug):
    section = MAP.partition(f"\n## {slug}\n")[2].partition("\n## ")[0]
    for line in section.splitlines():
        if line.startswith("| ") and not line.startswith(("| idea", "| ---")):
            _, _, pages, claims, _ = (cell.strip() for cell in line.split("|"))
            yield re.findall(r"[a-z0-9-]+", pages), re.findall(r"[a-z0-9-]+", claims)


@pytest.mark.parametrize("slug", COURSE.slugs)
def test_the_map_names_every_page_and_every_claim_of_a_lesson(slug):
    lesson = COURSE.lesson(slug)
    mapped = list(rows(slug))
    assert {page for pages, _ in mapped for page in pages} == set(lesson.pages)
    assert {claim for _, claims in mapped for claim in claims} == set(lesson.claims)
