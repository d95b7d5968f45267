"""Layers typed as text: `dense 8 tanh, dropout 0.1, dense 3`, or short `8 tanh, 8 tanh`. Read, and nothing built.

line   = [item {"," item}]
item   = [name] {word}            the first word is the layer; a number alone is a dense layer of that width
words  = numbers, sizes (3x3), an activation, options ("stride 2", "same", "no-bias")
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from nnlab.lab.workbench.line_error import LineError
from nnlab.reasons import Reason, because, unknown_word

ACTIVATIONS = (
    "identity",
    "step",
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "softplus",
    "sine",
    "softmax",
)
"""In order of growing complexity; swish is another name of silu."""
ALIASES = {"swish": "silu", "linear": "identity", "sin": "sine", "leaky-relu": "leaky_relu", "fc": "dense"}
MAX_UNITS = 4096
MAX_LAYERS = 64
MAX_SIDE = 64
"""Cells of a kernel's side, a stride or a padding."""
_WORD = re.compile(r"[^\s,]+")
_SIZE = re.compile(r"(\d+)x(\d+)")


@dataclass(frozen=True, slots=True)
class Form:
    """What may stand behind a layer's name."""

    count: str = ""
    """What the number counts: units, channels, ...; empty for a layer without one."""
    default: float | None = None
    """The number when it is left out; None: it must be given."""
    low: float = 1
    high: float = MAX_UNITS
    is_whole: bool = True
    takes_size: bool = False
    """A second word such as 3x3 or 3."""
    options: tuple[str, ...] = ()
    takes_activation: bool = False
    example: str = ""
    kinds: tuple[str, ...] = ("table", "images", "text")
    """Kinds of data that it is offered for."""


FORMS: Mapping[str, Form] = {
    "dense": Form("units", takes_activation=True, options=("no-bias",), example="dense 8 tanh"),
    "dropout": Form("share", low=0, high=0.95, is_whole=False, example="dropout 0.1"),
    "batchnorm": Form(example="batchnorm", kinds=("table", "images")),
    "layernorm": Form(example="layernorm", kinds=("table", "text")),
    "conv": Form(
        "channels",
        takes_size=True,
        takes_activation=True,
        options=("stride", "pad", "same", "no-bias"),
        example="conv 8 3x3 relu",
        kinds=("images",),
    ),
    "maxpool": Form("cells", default=2, high=64, options=("stride",), example="maxpool 2", kinds=("images",)),
    "avgpool": Form("cells", default=2, high=64, options=("stride",), example="avgpool 2", kinds=("images",)),
    "globalpool": Form(example="globalpool", kinds=("images",)),
    "flatten": Form(example="flatten", kinds=("images",)),
    "embed": Form("features", example="embed 16", kinds=("text",)),
    "rnn": Form("units", example="rnn 64", kinds=("text",)),
    "lstm": Form("units", example="lstm 64", kinds=("text",)),
    "gru": Form("units", example="gru 64", kinds=("text",)),
}
"""Layer -> its form, in order of growing complexity. An activation may also stand as a layer of its own."""


@dataclass(frozen=True, slots=True)
class LayerSpec:
    """One layer as it was asked for."""

    name: str
    """A name of FORMS, or "activation"."""
    start: int
    """First character of the item in the line."""
    end: int
    number: float = 0
    """Units, channels, share, ...; 0 where the layer has none."""
    size: tuple[int, int] = (0, 0)
    """Kernel of a convolution, rows and columns."""
    activation: str = ""
    options: Mapping[str, int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The layer in words, as the line could say it."""
        if self.name == "activation":
            return self.activation
        words = [self.name]
        if FORMS[self.name].count:
            words.append(f"{self.number:g}")
        if self.size != (0, 0):
            words.append(f"{self.size[0]}x{self.size[1]}")
        for option, value in self.options.items():
            words += [option] + ([str(value)] if option in ("stride", "pad") else [])
        return " ".join([*words, self.activation]).strip()


def read_layers(line: str) -> tuple[LayerSpec, ...]:
    """Return the layers of a line; an empty one has none. Raises LineError with the place and what to do."""
    specs, start = [], 0
    if not line.strip():
        return ()
    for item in line.split(","):
        words = [(match.group(), start + match.start()) for match in _WORD.finditer(item)]
        if not words:
            raise LineError("layers", line, start, because("layer-empty"))
        specs.append(_Reader(line, words).read())
        start += len(item) + 1
    if len(specs) > MAX_LAYERS:
        most = because("layer-most", count=len(specs), most=MAX_LAYERS)
        raise LineError("layers", line, specs[MAX_LAYERS].start, most)
    return tuple(specs)


def canonical(word: str) -> str:
    """Return a word in small letters, by its one name here."""
    return ALIASES.get(word.lower(), word.lower())


class _Reader:
    """Reads the words of one item."""

    def __init__(self, line: str, words: list[tuple[str, int]]) -> None:
        self.line = line
        self.words = words
        self.at = 0

    def read(self) -> LayerSpec:
        first, start = self.words[0]
        name = canonical(first)
        last, last_at = self.words[-1]
        end = last_at + len(last)
        if name in ACTIVATIONS:
            if len(self.words) > 1:
                word, place = self.words[1]
                raise self._error(place, because("layer-comma", word=word, name=name))
            return LayerSpec("activation", start, end, activation=name)
        if _is_number(first):
            name = "dense"
        elif name not in FORMS:
            raise self._error(start, unknown_word("layer", first, (*FORMS, *ACTIVATIONS), like=name))
        else:
            self.at = 1
        return self._layer(name, FORMS[name], start, end)

    def _layer(self, name: str, form: Form, start: int, end: int) -> LayerSpec:
        number = self._number(name, form, end) if form.count else 0.0
        size, activation, options = (0, 0), "", {}
        if form.takes_size:
            size = self._size(name, form, end)
        while self.at < len(self.words):
            word, place = self.words[self.at]
            self.at += 1
            said = canonical(word)
            if said in ("stride", "pad") and said in form.options:
                options[said] = self._value(said, place)
            elif said in form.options:
                options[said] = 1
            elif form.takes_activation and said in ACTIVATIONS and not activation:
                activation = said
            else:
                raise self._error(place, self._unexpected(name, form, word, activation))
        return LayerSpec(name, start, end, number, size, activation, options)

    def _number(self, name: str, form: Form, end: int) -> float:
        if self.at == len(self.words) or not _is_number(self.words[self.at][0]):
            if form.default is not None:
                return form.default
            place = self.words[self.at][1] if self.at < len(self.words) else end
            raise self._error(place, because("layer-number", name=name, example=form.example))
        word, place = self.words[self.at]
        self.at += 1
        number = float(word)
        if not form.low <= number <= form.high or (form.is_whole and number != int(number)):
            low, high = f"{form.low:g}", f"{form.high:g}"
            if form.is_whole:
                raise self._error(place, because("layer-whole", name=name, word=word, low=low, high=high))
            raise self._error(place, because("layer-share", name=name, word=word, low=low, high=high))
        return number

    def _size(self, name: str, form: Form, end: int) -> tuple[int, int]:
        word, place = self.words[self.at] if self.at < len(self.words) else ("", end)
        match = _SIZE.fullmatch(word.lower())
        if match is None and not word.isdecimal():
            raise self._error(place, because("layer-kernel", name=name, example=form.example))
        self.at += 1
        size = (int(match[1]), int(match[2])) if match else (int(word), int(word))
        if not all(1 <= side <= MAX_SIDE for side in size):
            raise self._error(place, because("layer-sides", word=word, most=MAX_SIDE))
        return size

    def _value(self, option: str, place: int) -> int:
        word, at = self.words[self.at] if self.at < len(self.words) else ("", place + len(option))
        least = 1 if option == "stride" else 0
        if not word.isdecimal() or not least <= int(word) <= MAX_SIDE:
            raise self._error(at, because("layer-option", name=option, least=least, most=MAX_SIDE))
        self.at += 1
        return int(word)

    def _unexpected(self, name: str, form: Form, word: str, activation: str) -> Reason:
        if canonical(word) in FORMS or canonical(word) in ACTIVATIONS or _is_number(word):
            return because("layer-next", word=word)
        known = (*form.options, *(ACTIVATIONS if form.takes_activation and not activation else ()))
        if not known:
            return because("layer-takes-none", name=name, word=word, example=form.example)
        return unknown_word("layer-word", word, known, like=canonical(word), name=name)

    def _error(self, place: int, reason: Reason) -> LineError:
        return LineError("layers", self.line, place, reason)


def _is_number(word: str) -> bool:
    return bool(re.fullmatch(r"\d+(\.\d*)?|\.\d+", word))
