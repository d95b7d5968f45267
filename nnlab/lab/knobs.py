"""Knobs: the typed, ranged values that a user sets before or during a run."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nnlab.lab import text_checks
from nnlab.lab.errors import UsageError, unknown

KnobValue = bool | int | float | str
MAX_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Knob:
    """One value that the user sets; its type is the type of its default."""

    name: str
    default: KnobValue
    low: float | None = None
    """Hard limit: a smaller value is refused. None: any number."""
    high: float | None = None
    """Hard limit: a larger value is refused."""
    choices: tuple[str, ...] = ()
    """The allowed values of a choice, in order of growing complexity; a text knob has none and takes any line."""
    check: str = ""
    """For a text: the name of what it must be, one of nnlab.lab.text_checks.CHECKS; empty for any line."""
    slider: tuple[float, float] | None = None
    """What the track spans; typed values may lie outside, within the hard limits."""
    log: bool = False
    """The track is logarithmic."""
    above: float | None = None
    """Open lower limit: the value must be larger (learning rates: above 0)."""
    live: bool = False
    """May change while the run goes on; otherwise a change restarts the run."""
    look: bool = False
    """Changes only what is looked at, never what is learned: it takes effect at once, at any step and after the end;
    a run with its last value from the start is the same run. Only before the first step may what is measured depend on
    it: there it is measured again (a run of 0 steps, which only measures, can be looked at in any way)."""

    @property
    def kind(self) -> str:
        """ "bool", "int", "float", "choice" or "text"."""
        if isinstance(self.default, bool):
            return "bool"
        if isinstance(self.default, int):
            return "int"
        if isinstance(self.default, float):
            return "float"
        return "choice" if self.choices else "text"

    @property
    def span(self) -> tuple[float, float]:
        """Ends of the track."""
        if self.slider is not None:
            return self.slider
        if self.kind in ("choice", "bool", "text"):
            return (0.0, float(max(1, len(self.choices) - 1)))
        low = self.low if self.low is not None else 0.0
        return (low, self.high if self.high is not None else max(1.0, 2.0 * float(self.default)))

    def describe(self) -> str:
        """What is accepted, in words: "a whole number from 0 to 64"."""
        if self.kind == "bool":
            return "yes or no"
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "text":
            return f"one line of at most {MAX_TEXT:,} characters"
        noun = "a whole number" if self.kind == "int" else "a number"
        if self.above is not None:
            return f"{noun} above {self.above:g}" + (f" and at most {self.high:g}" if self.high is not None else "")
        if self.low is not None and self.high is not None:
            return f"{noun} from {self.low:g} to {self.high:g}"
        if self.low is not None:
            return f"{noun} of at least {self.low:g}"
        return noun if self.high is None else f"{noun} of at most {self.high:g}"

    def parse(self, value: KnobValue) -> KnobValue:
        """Return `value` (typed, or as text) as this knob's type.

        Raises UsageError with the allowed range, and the nearest choice where there is one.
        """
        if self.kind == "text":
            return self._parse_text(str(value).strip())
        if self.kind == "choice":
            text = str(value)
            if text not in self.choices:
                raise unknown(f"value of {self.name}", text, self.choices)
            return text
        try:
            if self.kind == "bool":
                return _as_bool(value)
            number = _as_int(value) if self.kind == "int" else float(value)
        except (ValueError, OverflowError):
            raise self._refusal(value) from None
        is_outside = (
            not math.isfinite(number)
            or (self.low is not None and number < self.low)
            or (self.high is not None and number > self.high)
            or (self.above is not None and number <= self.above)
        )
        if is_outside:
            raise self._refusal(value)
        return number

    def stepped(self, value: KnobValue, steps: float) -> KnobValue:
        """Return the value `steps` notches further on the track (1 a notch, 0.2 a fine one, 10 a big one).

        A notch is one whole number, one choice, a tenth of a decade on a logarithmic track, else a fortieth of it; text
        has none.
        """
        if self.kind == "bool":
            return not value
        if self.kind == "text":
            return value
        if self.kind == "choice":
            place = self.choices.index(str(value)) + (1 if steps > 0 else -1)
            return self.choices[max(0, min(len(self.choices) - 1, place))]
        low, high = self.span
        if self.kind == "int":
            notches = max(1, round(abs(steps)))
            return int(self._within(int(value) + (notches if steps > 0 else -notches)))
        if self.log:
            exact = float(value) * 10 ** (steps / 10)
            rounded = (float(f"{exact:.{digits}g}") for digits in range(2, 17))
            moved = next(number for number in rounded if (number > float(value)) == (steps > 0))
        else:
            moved = round(float(value) + steps * (high - low) / 40, 6)
        return float(self._within(moved))

    def _within(self, number: float) -> float:
        """Clamp to the hard range."""
        if self.above is not None and number <= self.above:
            number = self.above + 1e-6
        if self.low is not None:
            number = max(number, self.low)
        return number if self.high is None else min(number, self.high)

    def fraction(self, value: KnobValue) -> float:
        """Return where the value lies on the track, in [0, 1]; a text has none and lies at 0."""
        if self.kind == "text":
            return 0.0
        low, high = self.span
        if self.kind == "choice":
            place = float(self.choices.index(str(value)))
        else:
            place = float(value)
        if self.log and low > 0 and place > 0:
            low, high, place = math.log(low), math.log(high), math.log(place)
        return min(1.0, max(0.0, (place - low) / (high - low))) if high > low else 0.0

    def at_fraction(self, fraction: float) -> KnobValue:
        """Return the value at a place on the track (a drag), in [0, 1]; a text stays its default."""
        if self.kind == "text":
            return self.default
        low, high = self.span
        if self.kind == "bool":
            return fraction >= 0.5
        if self.kind == "choice":
            return self.choices[round(fraction * (len(self.choices) - 1))]
        if self.log:
            return float(self._within(float(f"{math.exp(math.log(low) + fraction * math.log(high / low)):.2g}")))
        value = self._within(low + fraction * (high - low))
        return round(value) if self.kind == "int" else float(f"{value:.3g}")

    def nearest(self, number: float) -> KnobValue:
        """Return the value of the track that is nearest to a number, such as a place on a plot's axis.

        It stays within the track's ends and in whole fifths of a notch (whole numbers, two digits on a logarithmic
        track), so that a pointer and the finest turn meet. UsageError for a knob that is no number.
        """
        if self.kind not in ("int", "float"):
            raise UsageError(f"{self.name} is no number, so no place on an axis can set it; name a knob that is one.")
        low, high = self.span
        kept = self._within(min(high, max(low, number)))
        if self.kind == "int":
            return round(kept)
        if self.log:
            return float(self._within(float(f"{kept:.2g}")))
        grain = (high - low) / 200
        return float(self._within(min(high, max(low, round(round(kept / grain) * grain, 6)))))

    def _parse_text(self, text: str) -> str:
        if len(text) > MAX_TEXT or not (text.isprintable() or not text):
            raise self._refusal(text)
        if self.check:
            text_checks.check(self.check, text)
        return text

    def _refusal(self, value: KnobValue) -> "KnobValueError":
        return KnobValueError(self, value)


class KnobValueError(UsageError):
    """A value that a knob does not take."""

    def __init__(self, knob: Knob, value: KnobValue) -> None:
        super().__init__(
            f"{knob.name} is {value!s:.40}, but it must be {knob.describe()}; the default is {knob.default}."
        )
        self.knob = knob
        self.value = value


def _as_bool(value: KnobValue) -> bool:
    words = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
    try:
        return words[str(value).lower()]
    except KeyError:
        raise ValueError(value) from None


def _as_int(value: KnobValue) -> int:
    if isinstance(value, str):
        return int(value)
    if value != int(value):
        raise ValueError(value)
    return int(value)


def resolve(knobs: Iterable[Knob], given: Mapping[str, KnobValue]) -> dict[str, KnobValue]:
    """Fill `given` up with the defaults, in the order of `knobs`; raise UsageError for an unknown name or value."""
    by_name = {knob.name: knob for knob in knobs}
    for name in given:
        if name not in by_name:
            raise unknown("knob", name, by_name)
    return {name: knob.parse(given[name]) if name in given else knob.default for name, knob in by_name.items()}
