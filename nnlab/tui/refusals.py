"""Refusals: what is said of something that does not do, in the reader's language."""

from nnlab.lab.errors import NnlabError, UsageError
from nnlab.lab.knobs import MAX_TEXT, Knob, KnobValueError
from nnlab.reasons import Reason
from nnlab.tui.cleaning import clean_line
from nnlab.tui.speech import Speech


def refusal(error: UsageError, label: str, speech: Speech) -> str:
    """Say an error; one of a knob's value in the reader's language. label: what the knob is called."""
    if not isinstance(error, KnobValueError):
        return told(error, speech)
    knob, value = error.knob, f"{error.value!s:.40}"
    return speech.say("refusal.knob", name=label, value=value, expected=expected(knob, speech), default=knob.default)


def told(error: NnlabError, speech: Speech) -> str:
    """Say an error in the reader's language where it has a reason, else as the shell does."""
    return str(error) if error.reason is None else say_reason(error.reason, speech)


def answer(message: str, reason: Reason | None, speech: Speech) -> str:
    """Say what the trainer answered in the reader's language where it gave a reason, else as it said it."""
    return message if reason is None else say_reason(reason, speech)


def say_reason(reason: Reason, speech: Speech) -> str:
    """Say why something does not do, with its place in the line where it has one."""
    sentence = speech.say(f"reason.{reason.key}", **{name: clean_line(said) for name, said in reason.values.items()})
    if not reason.what:
        return sentence
    shown = clean_line(reason.shown)
    return speech.say("refusal.at", character=reason.character, shown=shown, sentence=sentence)


def expected(knob: Knob, speech: Speech) -> str:
    """Say what a knob takes: "a whole number from 0 to 64"."""
    if knob.kind == "bool":
        return speech.say("refusal.bool")
    if knob.kind == "choice":
        return speech.say("refusal.choice", choices=", ".join(knob.choices))
    if knob.kind == "text":
        return speech.say("refusal.text", count=f"{MAX_TEXT:,}")
    noun = speech.say(f"refusal.{knob.kind}")
    if knob.above is not None:
        key = "above" if knob.high is None else "above-to"
    elif knob.low is not None:
        key = "from" if knob.high is None else "from-to"
    elif knob.high is not None:
        key = "to"
    else:
        return noun
    bounds = {"low": knob.low, "high": knob.high, "above": knob.above}
    return speech.say(f"refusal.{key}", noun=noun, **{name: f"{at:g}" for name, at in bounds.items() if at is not None})
