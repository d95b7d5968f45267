"""Run notes: one sentence about a run that needs one: it diverged, or it is stuck."""

from collections.abc import Callable

import numpy as np

from nnlab.lab.divergence import EXPLOSION, PATIENCE
from nnlab.lab.events import Ended
from nnlab.lab.run import Run
from nnlab.tui import catalogue
from nnlab.tui.speech import Speech
from nnlab.tui.value_words import write_value

FLAT_STEPS = 800
"""So many steps without progress are called stuck."""
FLAT_SHARE = 1e-3
"""Less progress than this share of the loss, over FLAT_STEPS, is none."""


def run_note(run: Run, seed_index: int, speech: Speech, label: Callable[[str], str] = str) -> str:
    """Return what to say of the run in its loss plot; "" when there is nothing to say. label(knob) names a knob."""
    ended = run.ended
    if ended is not None and ended.status == "diverged":
        sentence = speech.say("note.diverged", step=f"{ended.step:,}", reason=_reason(ended, speech))
        for change in ended.advice:
            was = write_value(run.settings.knobs.get(change.knob, ""))
            sentence += "\n" + speech.say("note.try", knob=label(change.knob), value=write_value(change.value), was=was)
        return sentence
    flat = flat_steps(run, seed_index)
    return speech.say("note.stuck", steps=f"{flat:,}") if flat else ""


def _reason(ended: Ended, speech: Speech) -> str:
    """Say why a run diverged: which operation came to no number, and where; or that the loss exploded."""
    if not ended.operation:
        return speech.say("note.exploded", factor=f"{EXPLOSION:,.0f}", steps=PATIENCE)
    what, _, where = ended.reason.partition(f" in {ended.operation}")
    key = f"note.cause.{what}"
    if not catalogue.has(key, speech.language):
        return ended.reason
    name = ended.operation.removeprefix("gradient of ")
    operation = speech.say("note.gradient", operation=name) if name != ended.operation else name
    layer = where.removeprefix(" of layer ")
    operation = speech.say("note.layer", operation=operation, layer=layer) if layer else operation
    return speech.say("note.operation", cause=speech.say(key), operation=operation)


def flat_steps(run: Run, seed_index: int) -> int:
    """Return for how many steps the loss of an unsolved run has been flat; 0 when it moves, or is solved."""
    loss, solved = run.metrics.get("loss"), run.metrics.get("solved")
    if loss is None or solved is None or not len(solved) or len(loss) <= FLAT_STEPS:
        return 0
    done = solved.values[-1]
    if bool(done if done.ndim == 0 else done[seed_index]):
        return 0
    values = loss.values if loss.values.ndim == 1 else loss.values[:, seed_index]
    now = values[-1]
    if not np.isfinite(now):
        return 0
    moving = np.flatnonzero(np.abs(values - now) > FLAT_SHARE * abs(now))
    flat = len(values) - 1 - int(moving[-1]) if moving.size else len(values)
    return flat if flat >= FLAT_STEPS else 0
