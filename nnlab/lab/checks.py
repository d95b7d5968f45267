"""Checks: prove the claims of a lesson, each also in a broken form under which it must fail."""

import time
from dataclasses import dataclass
from typing import Literal

from nnlab.lab.headless import Result, execute, make_settings
from nnlab.lab.knobs import KnobValue
from nnlab.lab.lesson import LoadedLesson
from nnlab.lab.lesson_places import told
from nnlab.lab.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Proof:
    """The outcome of checking one claim."""

    id: str
    lesson: str
    status: Literal["proved", "failed", "error"]
    value: float | str | None
    expected: str
    seconds: float
    message: str = ""


class Runner:
    """Runs experiments for claims; equal runs are made once."""

    def __init__(self, loaded: LoadedLesson) -> None:
        self._loaded = loaded
        self._results: dict[str, Result] = {}

    def __call__(
        self,
        experiment: str,
        *,
        seed: int = 1,
        seeds: int = 1,
        steps: int | None = None,
        until_goal: bool = False,
        probes: tuple[str, ...] = (),
        **knobs: KnobValue,
    ) -> Result:
        """Run an experiment of the lesson with these knobs and return its Result."""
        recipe, settings = make_settings(
            self._loaded, experiment, knobs, seed=seed, seeds=seeds, steps=steps, until_goal=until_goal
        )
        key = f"{settings} {probes}"
        if key not in self._results:
            self._results[key] = execute(recipe, settings, probes=probes)
        return self._results[key]


def prove(loaded: LoadedLesson, claim_id: str, runner: Runner | None = None) -> Proof:
    """Check one claim and its broken form. A claim that raises has status "error"; nothing is raised."""
    claim = loaded.claims[claim_id]
    run = runner or Runner(loaded)
    start = time.perf_counter()

    def proof(status: Literal["proved", "failed", "error"], verdict: Verdict | None, message: str = "") -> Proof:
        return Proof(
            claim_id,
            loaded.lesson.slug,
            status,
            verdict.value if verdict else None,
            verdict.expected if verdict else "",
            time.perf_counter() - start,
            message,
        )

    try:
        verdict: Verdict = claim(run)
        broken: Verdict = claim(run, **claim.broken)
    except (
        Exception
    ) as error:  # a border: a lesson's code may raise anything, and the other claims must still be checked
        return proof("error", None, told(error))
    if not verdict.holds:
        return proof("failed", verdict, f"measured {verdict.value}, expected {verdict.expected}")
    if broken.holds:
        setting = ", ".join(f"{name}={value}" for name, value in claim.broken.items())
        return proof("failed", verdict, f"it also holds when broken ({setting}: {broken.value}), so it proves nothing")
    return proof("proved", verdict)


def prove_broken(loaded: LoadedLesson, claim_id: str, runner: Runner | None = None) -> Proof:
    """Check only the broken form of a claim: status "failed" is what a sound claim gives."""
    claim = loaded.claims[claim_id]
    start = time.perf_counter()
    verdict: Verdict = claim(runner or Runner(loaded), **claim.broken)
    return Proof(
        claim_id,
        loaded.lesson.slug,
        "proved" if verdict.holds else "failed",
        verdict.value,
        verdict.expected,
        time.perf_counter() - start,
        f"broken by {', '.join(f'{name}={value}' for name, value in claim.broken.items())}",
    )
