"""`nnlab test`: prove what the lessons assert."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from nnlab.commands.courses import open_course
from nnlab.commands.output import print_json
from nnlab.lab import checks, exercise_proofs
from nnlab.lab import proofs as stored
from nnlab.lab.code_digest import EXERCISE, code_digests
from nnlab.lab.course import Course, Lesson
from nnlab.lab.errors import unknown
from nnlab.lab.lesson import load
from nnlab.stage.page_proofs import prove_pages


def test(
    names: tuple[str, ...],
    *,
    folder: Path | None,
    is_trusted: bool,
    full: bool,
    broken: bool,
    as_json: bool,
    ship: bool,
) -> int:
    """Check claims and code exercises; `names` are lessons, claims, "exercise:ID", or the path of a course."""
    if folder is None and len(names) == 1 and Path(names[0]).is_dir() and (Path(names[0]) / "course.toml").is_file():
        folder, names = Path(names[0]), ()
    course = open_course(folder, is_trusted=is_trusted)
    chosen = _choose_claims(course, names, full=full)
    if broken:  # the wrong form of an exercise is part of its proof
        chosen = {slug: [claim for claim in claims if not _is_exercise(claim)] for slug, claims in chosen.items()}
    proofs: list[checks.Proof] = []
    for slug, claims in chosen.items():
        lesson = course.lesson(slug)
        if (not names or slug in names) and not broken:
            proofs.append(prove_pages(lesson))
            if not as_json:
                _print_proof(proofs[-1])
        if not claims:
            continue
        digests = code_digests(lesson)  # before its code is read: what changes meanwhile was not proved
        made = []
        for proof in _prove(lesson, claims, broken=broken):
            made.append(proof)
            if not as_json:
                _print_proof(proof)
        if not broken:
            stored.keep(lesson, made, digests)
        if ship and not broken:
            stored.ship(lesson, made, digests)
        proofs += made
    count = {status: sum(proof.status == status for proof in proofs) for status in ("proved", "failed", "error")}
    if as_json:
        print_json({"claims": [_proof_dict(proof) for proof in proofs]})
    else:
        seconds = sum(proof.seconds for proof in proofs)
        click.echo(
            f"{count['proved']} proved, {count['failed']} failed, {count['error']} broke off, in {seconds:.1f} s"
        )
    return 0 if count["proved"] == len(proofs) else 1


def _prove(lesson: Lesson, claims: list[str], *, broken: bool) -> Iterator[checks.Proof]:
    loaded = load(lesson)
    runner = checks.Runner(loaded)
    for claim in claims:
        if _is_exercise(claim):
            yield exercise_proofs.prove(loaded, claim.removeprefix(EXERCISE))
        elif broken:
            yield checks.prove_broken(loaded, claim, runner)
        else:
            yield checks.prove(loaded, claim, runner)


def _choose_claims(course: Course, names: tuple[str, ...], *, full: bool) -> dict[str, list[str]]:
    lessons = {lesson.slug: lesson for lesson in course.lessons()}
    tier = {
        slug: [claim for claim, entry in lesson.claims.items() if full or entry.tier == "fast"] + _exercises(lesson)
        for slug, lesson in lessons.items()
    }
    if not names:
        return tier
    every_claim = {claim: slug for slug, lesson in lessons.items() for claim in (*lesson.claims, *_exercises(lesson))}
    chosen: dict[str, list[str]] = {slug: [] for slug in lessons}
    for name in names:
        if name in lessons:
            chosen[name] += tier[name]
        elif name in every_claim:
            chosen[every_claim[name]].append(name)
        else:
            raise unknown("lesson or claim", name, [*lessons, *every_claim])
    return chosen


def _exercises(lesson: Lesson) -> list[str]:
    """Return the code exercises as they stand among claims."""
    return [EXERCISE + name for name, entry in lesson.exercises.items() if entry.kind == "code"]


def _is_exercise(claim: str) -> bool:
    return claim.startswith(EXERCISE)


def _proof_dict(proof: checks.Proof) -> dict[str, Any]:
    keys = ("id", "lesson", "status", "value", "expected", "seconds", "message")
    return {key: getattr(proof, key) for key in keys if key != "message" or proof.message}


def _print_proof(proof: checks.Proof) -> None:
    mark = {"proved": "✓", "failed": "✗", "error": "!"}[proof.status]
    value = f"{proof.value:.6g}" if isinstance(proof.value, float) else str(proof.value)
    click.echo(f"{mark} {proof.lesson}/{proof.id}   {value}   ({proof.expected})   {proof.seconds:.1f} s")
    for line in proof.message.splitlines():
        click.echo(f"    {line}")
