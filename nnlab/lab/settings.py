"""Settings: everything that decides a run's outcome, resolved, and the shell line that repeats it."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from nnlab.lab.events import Change
from nnlab.lab.knobs import KnobValue


@dataclass(frozen=True, slots=True)
class Settings:
    """The resolved configuration of one run."""

    lesson: str
    experiment: str
    knobs: Mapping[str, KnobValue]
    """Every knob of the experiment with its value."""
    seed: int = 1
    seeds: int = 1
    """How many seeds train side by side: seed .. seed + seeds - 1."""
    steps: int = 1000
    """The run ends after so many steps."""
    device: str = "cpu"
    """"cpu" or "cuda"."""
    changes: tuple[tuple[int, Change], ...] = ()
    """Live changes as (step it takes effect before, change)."""
    until_goal: bool = False
    blas_threads: int = 1
    code: str = ""
    """Content hash of the learner's code that replaces ours; empty for ours."""
    data: str = ""
    """Content hash of the user's data that the experiment learns from; empty for what it has by itself."""

    @property
    def name(self) -> str:
        """lesson/experiment."""
        return f"{self.lesson}/{self.experiment}"

    @property
    def seed_numbers(self) -> tuple[int, ...]:
        """The seeds, one by one."""
        return tuple(range(self.seed, self.seed + self.seeds))

    def shell_line(self, defaults: "Settings", lessons: str | None = None) -> str:
        """Return the `nnlab run` line that repeats this run; what equals `defaults` is left out.

        lessons: folder of a course that is not the bundled one.
        """
        words = ["nnlab"] + (["--lessons", lessons] if lessons else []) + ["run", self.name]
        for knob, value in self.knobs.items():
            if value != defaults.knobs.get(knob):
                words += ["--set", f"{knob}={format_value(value)}"]
        words += ["--seed", str(self.seed)]
        if self.seeds != 1:
            words += ["--seeds", str(self.seeds)]
        words += ["--steps", str(self.steps)]
        if self.device != "cpu":
            words += ["--device", self.device]
        if self.until_goal:
            words.append("--until-goal")
        if self.blas_threads != 1:
            words += ["--blas-threads", str(self.blas_threads)]
        for step, change in self.changes:
            words += ["--at", f"{step}:{change.knob}={format_value(change.value)}"]
        if self.code:
            words += ["--code", self.code]
        if self.data:
            words += ["--data", self.data]
        return shlex.join(words)


def format_value(value: KnobValue) -> str:
    """Write a knob's value as text that parses back to the very same value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)
