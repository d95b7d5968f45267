"""The run bar: state, step, progress, speed, device and seed of the run on the stage, in one line."""

import math
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget

from nnlab.tui.cleaning import Part
from nnlab.tui.speech import Speech, speech_of

STATES = {
    "starting": ("○", "$muted"),
    "ready": ("○", "$muted"),
    "training": ("●", "$accent"),
    "paused": ("‖", "$warning"),
    "done": ("✓", "$accent"),
    "goal": ("✓", "$accent"),
    "stopped": ("‖", "$warning"),
    "limit": ("‖", "$warning"),
    "diverged": ("✗", "$error"),
    "dead": ("✗", "$error"),
    "failed": ("✗", "$error"),
}

FOLLOWED = 12
"""Steps a second up to which an eye can follow the phases."""


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the bar shows."""

    state: str = "starting"
    step: int = 0
    steps: int = 0
    rate: float = float("nan")
    """Steps per second."""
    speed: float | None = None
    """The speed asked for; None is full speed."""
    device: str = "cpu"
    seed: str = ""
    outcome: str = ""
    """Stands where the rate stood once the run has ended: "15 of 20 solved"."""
    remark: str = ""
    """What the run is made with: the learner's code, settings that were changed since."""
    phases: tuple[str, ...] = ()
    """Names of the parts of a step; shown while there is time to follow them."""
    phase: int = -1
    """Index of the part that the last step ended with."""
    is_still: bool = False
    """The experiment has nothing to train."""


class RunBar(Widget):
    """One line about the run."""

    DEFAULT_CSS = "RunBar { height: 1; }"

    def __init__(self, id: str | None = None) -> None:  # noqa: A002  (Textual's name)
        super().__init__(id=id)
        self._facts = RunFacts()

    def show(self, facts: RunFacts) -> None:
        """Show these facts; nothing is painted when they are the same."""
        if facts != self._facts:
            self._facts = facts
            self.refresh()

    def render(self) -> Content:
        """Return the line at the present width."""
        facts, speech, width = self._facts, speech_of(self), self.size.width
        if facts.is_still:
            still = speech.content((speech.say("run.still"), "$muted"))
            return still.truncate(width, ellipsis=not speech.is_ascii)
        sign, style = STATES.get(facts.state, ("○", "$muted"))
        is_wide = width >= 70
        left: list[Part] = [(sign + " ", style), (speech.say(f"state.{facts.state}"), f"bold {style}"), "  "]
        if facts.steps:
            word = speech.say("home.step") + " " if is_wide else ""
            separator = " / " if is_wide else "/"
            left += [(word, "$muted"), (f"{facts.step:,}", "bold $strong"), (f"{separator}{facts.steps:,}", "$muted")]
        left_content = speech.content(*left)
        right = [part for part in (self._speed(is_wide), facts.remark, facts.device, facts.seed) if part]
        right_content = speech.content(("   ".join(right), "$muted"))
        chain = self._chain(speech)
        if chain.cell_length and left_content.cell_length + chain.cell_length + 6 > width and facts.phase >= 0:
            # No room for all of them: the one that was made comes first on the right.
            right.insert(0, facts.phases[facts.phase])
            right_content = speech.content(("   ".join(right), "$muted"))
        elif chain.cell_length and left_content.cell_length + chain.cell_length + 6 <= width:
            # The chain takes the progress bar's place: in slow motion a bar would stand still.
            while right and left_content.cell_length + chain.cell_length + right_content.cell_length + 6 > width:
                right.pop()
                right_content = speech.content(("   ".join(right), "$muted"))
            gap = width - left_content.cell_length - chain.cell_length - right_content.cell_length - 3
            return Content.assemble(left_content, "   ", chain, " " * max(0, gap), right_content).truncate(width)
        while right and left_content.cell_length + 2 + right_content.cell_length > width:
            right.pop()
            right_content = speech.content(("   ".join(right), "$muted"))
        room = width - left_content.cell_length - right_content.cell_length - 4
        if room < 8:
            gap = max(1, width - left_content.cell_length - right_content.cell_length)
            return Content.assemble(left_content, " " * gap, right_content).truncate(width)
        done = round(room * min(1.0, facts.step / facts.steps)) if facts.steps else 0
        bar = speech.content(("━" * done, style), ("━" * (room - done), "$line"))
        return Content.assemble(left_content, "  ", bar, "  ", right_content)

    def _chain(self, speech: Speech) -> Content:
        """The names of the phases, the last one made set off; nothing at a speed at which none could be read."""
        facts = self._facts
        is_slow = facts.speed is not None and facts.speed <= FOLLOWED
        if not facts.phases or not (facts.state in ("paused", "ready") or (facts.state == "training" and is_slow)):
            return Content("")
        parts: list[Part] = []
        for i, name in enumerate(facts.phases):
            parts += [(" › ", "$muted")] if i else []
            parts.append((name, "bold $strong" if i == facts.phase else "$muted"))
        return speech.content(*parts)

    def _speed(self, is_wide: bool) -> str:
        facts, speech = self._facts, speech_of(self)
        if facts.outcome:
            return facts.outcome
        if facts.state == "paused":
            return speech.say("run.continues")
        if facts.state != "training" or not math.isfinite(facts.rate):
            return ""
        if not is_wide:
            return f"{facts.rate / 1000:.1f}k/s" if facts.rate >= 1000 else f"{facts.rate:.0f}/s"
        return speech.say("run.speed", rate=f"{facts.rate / 1000:.1f}k" if facts.rate >= 1e4 else f"{facts.rate:,.0f}")
