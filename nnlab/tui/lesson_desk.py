"""The lesson's desk: what the lesson screen knows besides widgets: pages, presets, numbers, the run's shell line."""

import math
from collections.abc import Mapping

import numpy as np

from nnlab.lab import proofs
from nnlab.lab.course import Course, Lesson
from nnlab.lab.knobs import KnobValue, resolve
from nnlab.lab.prose import Goal, Page, Stage, read_pages
from nnlab.lab.run import Run
from nnlab.lab.settings import Settings
from nnlab.lab.views import View
from nnlab.tui import catalogue
from nnlab.tui.session import Session


class LessonDesk:
    """A lesson under way: which page is open and what its stage asks for."""

    def __init__(self, course: Course, lesson: Lesson, language: str) -> None:
        self.course = course
        self.lesson = lesson
        self.proofs = proofs.read(lesson)
        self.read(language)
        self.here = 0
        """Index of the open page."""
        self.seed_index = 0
        """With several seeds, the one on show."""
        self.experiment = ""
        """An experiment that was asked for instead of the page's; empty for the page's own."""

    def read(self, language: str) -> None:
        """Read the pages in a language. Raises LessonError, and keeps the pages that it had."""
        self.pages: tuple[Page, ...] = tuple(read_pages(self.lesson, language).values())
        self.language = language

    @property
    def page(self) -> Page:
        """The open page."""
        return self.pages[self.here]

    @property
    def preset(self) -> Stage | None:
        """What the stage shows on this page; a page without its own keeps the one before it."""
        if self.experiment:
            return Stage(self.experiment)
        earlier = (page.stage for page in reversed(self.pages[: self.here + 1]))
        return next((stage for stage in earlier if stage is not None), None)

    def views(self, session: Session) -> list[View]:
        """The views of the page, or all that the experiment has."""
        card, preset = session.card, self.preset
        if card is None:
            return []
        named = [card.view(name) for name in preset.views] if preset is not None else []
        return [view for view in named if view is not None] or list(card.views)

    def is_as_asked(self, session: Session) -> bool:
        """Whether the run has exactly the page's settings, so that it may answer the page's question."""
        run, card, preset = session.run, session.card, self.preset
        if run is None or card is None or preset is None:
            return False
        settings = run.settings
        looks = {knob.name: session.knobs[knob.name] for knob in card.knobs if knob.look}
        asked = {**resolve(card.knobs, preset.set), **looks}
        return (
            settings.experiment == preset.experiment
            and dict(session.knobs) == asked
            and not run.changes
            and not (settings.code or settings.data)
            and settings.seeds == preset.seeds
            and settings.steps == (card.steps if preset.steps is None else preset.steps)
        )

    def measure(self, run: Run, metric: str) -> float:
        """Return a metric of the run as a question asks for it: how many seeds solved, else the median over seeds."""
        series = run.metrics.get(metric)
        if series is None or not len(series):
            return math.nan
        if metric == "solved":
            return float(np.sum(series.values[-1] > 0))
        return run.last(metric)

    def number(self, run: Run | None, kind: str, name: str) -> str:
        """Write what `{metric:NAME}`, `{claim:ID}` or `{date:ID}` stand for; a dash while there is nothing."""
        if kind == "date":
            return self.proofs[name].date if name in self.proofs else "–"
        if kind == "claim":
            proof = self.proofs.get(name)
            if proof is None or proof.value is None:
                return "–"
            if isinstance(proof.value, float):
                return f"{proof.value:.4g}"
            words = self.lesson.line(str(proof.value), self.language)
            return words.replace(", ", catalogue.text("lesson.listed", self.language))
        if run is None:
            return "–"
        from nnlab.stage import write_metric

        if name == "solved" and run.settings.seeds > 1:
            value = self.measure(run, name)
            return f"{value:.0f}" if math.isfinite(value) else "–"
        return write_metric(name, run, self.seed_index)

    def shell_line(self, session: Session) -> str:
        """Return the line that repeats the run as it stands."""
        return self._line(session.settings, session.defaults)

    def goal_line(self, session: Session) -> str:
        """Return the line that repeats the run up to the step at which its goals were checked."""
        return self._line(session.at_checks, session.defaults)

    def _line(self, settings: Settings | None, defaults: Settings | None) -> str:
        return "" if settings is None or defaults is None else settings.shell_line(defaults, self.course.key)

    def start(
        self, session: Session, *, is_paused: bool, knobs: Mapping[str, KnobValue] | None = None, code: str = ""
    ) -> None:
        """Start what the page's stage asks for; `code` is a learner's that replaces ours."""
        preset = self.preset
        if preset is None:
            return
        self.seed_index = 0
        session.start(
            self.lesson.slug,
            preset.experiment,
            {**preset.set, **(knobs or {})},
            seed=preset.seed,
            seeds=preset.seeds,
            steps=preset.steps,
            is_paused=is_paused,
            goals=tuple(goal.id for goal in self.page.find(Goal)),
            code=code,
            keep=True,
        )
        session.set_speed(preset.speed)
