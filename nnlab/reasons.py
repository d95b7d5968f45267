"""Reasons: why something that a user gave does not do, as a key and its values, so that every language can say it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

SENTENCES: Mapping[str, str] = {
    # A line of layers.
    "layer-empty": "there is no layer between two commas; take one comma away.",
    "layer-most": "there are {count} layers, {most} are the most.",
    "layer-comma": "{word!r} follows the activation {name}; put a comma between two layers.",
    "layer": "no layer {word!r}. There are: {known}.",
    "layer-near": "no layer {word!r}; did you mean {near!r}? There are: {known}.",
    "layer-word": "no word for {name} {word!r}. There are: {known}.",
    "layer-word-near": "no word for {name} {word!r}; did you mean {near!r}? There are: {known}.",
    "layer-takes-none": "{name} takes no {word!r}; write {example}.",
    "layer-next": "{word!r} cannot follow here; put a comma before the next layer.",
    "layer-number": "{name} needs a number behind it; write {example}.",
    "layer-whole": "{name} takes a whole number from {low} to {high}, not {word}.",
    "layer-share": "{name} takes a number from {low} to {high}, not {word}.",
    "layer-kernel": "{name} needs the size of its kernel; write {example}.",
    "layer-sides": "a kernel of {word} cannot be; its sides are from 1 to {most}.",
    "layer-option": "{name} needs a whole number from {least} to {most}; write {name} 2.",
    "layer-weights": "with {name} there are {count} weights, {most} are the most.",
    "layer-time": "{name} reads one step after another, but there is no text; leave it out, or learn from one.",
    "layer-batchnorm": "batchnorm would take the steps of a text for features; write layernorm.",
    "layer-flatten": "flatten needs maps, but a text has none; leave it out.",
    "layer-embed": "embed needs tokens of a text, but numbers come in; leave it out.",
    "layer-tokens": "{name} needs numbers, but a text comes as tokens; begin with {example}.",
    "layer-tokens-out": "the output layer needs numbers, but a text comes as tokens; begin with {example}.",
    "layer-maps": "{name} needs a row of numbers, but gets maps of {size}; put flatten or globalpool before it.",
    "layer-maps-out": "the output layer needs a row of numbers, but gets maps of {size}; put flatten or globalpool "
    "before it.",
    "layer-images": "{name} needs images, but gets {size} numbers; leave it out, or put it earlier.",
    "layer-same": "same needs an odd kernel and stride 1; write pad 1, or another kernel.",
    "layer-larger": "{name} is larger than its input of {size}; take a smaller one, or pool less before it.",
    # Features and formulas.
    "feature-empty": "there is no feature between two commas; take one comma away.",
    "feature-target": "features name {name!r}, which is the target; a network must not see what it shall tell.",
    "feature-infinite": "features: {name!r} has no finite value in some rows; write it otherwise.",
    "feature-none": "features {line!r} leave nothing to learn {target!r} from; name a column, or write all.",
    "column": "no column {word!r}. There are: {known}.",
    "column-near": "no column {word!r}; did you mean {near!r}? There are: {known}.",
    "formula-mark": "{word!r} means nothing here; use + - * / ^ < > ( ) and names.",
    "formula-follow": "{word!r} cannot follow here; put an operator in between, or end there.",
    "formula-deep": "this is nested more than {most} deep; use fewer brackets.",
    "formula-function": "no function {word!r}; there are: {known}. A column's name with marks in it goes between "
    "backticks.",
    "formula-due": "{word!r} stands where a number, a column or a function is due, such as x1^2 or sin(x1).",
    "formula-end": "the line ends where a number, a column or a function is due, such as x1^2 or sin(x1).",
    "formula-values": "{name} takes {wanted} values, {given} are given.",
    "formula-bracket": "the bracket of character {character} is not closed; add ')'.",
    "formula-true": "formula {line!r}: is true everywhere; two classes are needed.",
    "formula-false": "formula {line!r}: is false everywhere; two classes are needed.",
    "formula-infinite": "formula {line!r}: has no finite value at some points of [-1, 1] squared; write it otherwise.",
    # The training.
    "batch": "batch is {batch}, which leaves 1 of {size} samples to a step, but batchnorm needs two at least; set "
    "another batch, such as 0 for all.",
    "loss-classes": "loss is {name}, but the target has {count} classes; choose auto, cross_entropy or mse, or set "
    "task.",
    "loss-numbers": "loss is {name}, but the target has numbers; choose auto, mse, mae or huber, or set task.",
}
"""What each reason says in English; the screen's catalogue holds the same keys in every language."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something does not do; as a text it is the English sentence."""

    key: str
    """One of SENTENCES."""
    values: Mapping[str, str]
    """What is filled into the sentence."""
    what: str = ""
    """The typed line that it is about, such as "layers"; empty where no character of one is to blame."""
    character: int = 0
    """Which one of that line, from 1."""
    shown: str = ""
    """The line around that character."""

    def __str__(self) -> str:
        sentence = SENTENCES[self.key].format_map(self.values)
        if not self.what:
            return sentence
        return f"{self.what}, character {self.character} (at {self.shown!r}): {sentence}"

    def at(self, what: str, line: str, place: int) -> "Reason":
        """Return the same reason for a place (from 0) in a typed line."""
        shown = line[max(0, place - 20) : place + 20].strip()
        return replace(self, what=what, character=place + 1, shown=shown)


def because(key: str, /, **values: object) -> Reason:
    """Return the reason of a key; numbers that are to look otherwise than by str() come as texts."""
    return Reason(key, {name: str(value) for name, value in values.items()})


def unknown_word(
    key: str, word: str, known: Iterable[str], *, like: str = "", most: int = 32, **values: object
) -> Reason:
    """Say that `word` is none of `known`, and by the key's sentence -near which one is like it.

    like: how the word is compared, where not as it was typed. most: how many of them are listed.
    """
    names = list(known)
    near = get_close_matches(like or word, names, n=1, cutoff=0.5)
    found = because(key, word=word, known=", ".join(names[:most]), **values)
    return replace(found, key=f"{key}-near", values={**found.values, "near": near[0]}) if near else found
