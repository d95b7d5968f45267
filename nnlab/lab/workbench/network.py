"""From a line of layers to a network: shapes and parameters of each layer, and the modules themselves.

Shapes are those of one sample: (d,) for a table, (channels, h, w) for images, Tokens(words) for a token of a text; a
recurrent network sees one token after another, so time has no axis here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nnlab import nn
from nnlab.engine import reshape, values
from nnlab.lab.experiment import NetworkSizes
from nnlab.lab.workbench.layer_line import FORMS, LayerSpec, read_layers
from nnlab.lab.workbench.line_error import LineError
from nnlab.nn.initializers import leading_shape
from nnlab.reasons import Reason, because


class Tokens(tuple[int, ...]):
    """The shape () of a token, which is one of so many words."""

    words: int

    def __new__(cls, words: int = 1) -> "Tokens":
        """Return the shape of a token out of `words`."""
        made = super().__new__(cls)
        made.words = words
        return made


Shape = tuple[int, ...]
RECURRENT = {"rnn": (1, 1), "lstm": (4, 4), "gru": (3, 6)}
"""Name -> (matrices a direction, biases) of one layer, in units of its width."""
SATURATING = ("identity", "step", "sigmoid", "tanh", "softplus", "sine", "softmax")
"""Activations for which weights start after Glorot; the others lose half of the signal and start after He."""
MAX_PARAMETERS = 20_000_000


@dataclass(frozen=True, slots=True)
class LayerShape:
    """One layer with what comes out of it."""

    text: str
    """The layer in words."""
    output: Shape
    parameters: int
    """Numbers that it learns."""
    start: int
    end: int
    """Its place in the line; both the line's length for what was added."""
    is_added: bool = False
    """The output layer, where the line does not end with one."""


def shape_of(sizes: NetworkSizes) -> Shape:
    """Return the input shape as `describe` takes it."""
    return Tokens(sizes.words) if sizes.words else sizes.input


def describe(line: str, input_shape: Shape, outputs: int | None = None) -> tuple[LayerShape, ...]:
    """Return every layer of a line with its output shape and parameters. Raises LineError where it cannot fit.

    outputs: how many numbers the network shall answer with; an output layer is then added where the line lacks one.
    """
    return tuple(layer for layer, _ in plan(line, input_shape, outputs))


def plan(line: str, input_shape: Shape, outputs: int | None) -> list[tuple[LayerShape, LayerSpec]]:
    """Return what `describe` does, with the spec behind each."""
    specs = read_layers(line)
    planned: list[tuple[LayerShape, LayerSpec]] = []
    shape, total = input_shape, 0
    for spec in specs:
        _check_sequence(line, spec, is_text=input_shape == ())
        after, parameters = _after(line, spec, shape)
        total += parameters
        if total > MAX_PARAMETERS:
            most = because("layer-weights", name=spec.text, count=f"{total:,}", most=f"{MAX_PARAMETERS:,}")
            raise LineError("layers", line, spec.start, most)
        planned.append((LayerShape(spec.text, after, parameters, spec.start, spec.end), spec))
        shape = after
    if outputs is not None and not _answers(specs, outputs):
        end = len(line)
        added = LayerSpec("dense", end, end, outputs)
        if len(shape) != 1:
            raise LineError("layers", line, max(0, end - 1), _not_flat("", shape))
        parameters = (shape[0] + 1) * outputs
        planned.append((LayerShape(added.text, (outputs,), parameters, end, end, is_added=True), added))
    return planned


def build(line: str, input_shape: Shape, outputs: int, *, init: str, rng: Any) -> nn.Sequential:
    """Build the network. rng draws the weights; init "auto" suits each layer's activation.

    Dropout layers get their own stream later, from whoever trains.
    """
    planned = plan(line, input_shape, outputs)
    layers: list[nn.Module] = []
    shape = input_shape
    for place, (described, spec) in enumerate(planned):
        following = planned[place + 1][1] if place + 1 < len(planned) else None
        activation = spec.activation or (following.activation if following and following.name == "activation" else "")
        chosen = init if init != "auto" else ("xavier_uniform" if activation in ("", *SATURATING) else "he_uniform")
        made = _modules(spec, shape, chosen if init != "auto" or activation else init, rng)
        is_over_time = isinstance(input_shape, Tokens) and isinstance(made[0], nn.Linear)
        layers += [OverTime(made[0], rng), *made[1:]] if is_over_time else made
        shape = described.output
    return nn.Sequential(*layers)


class Outputs(nn.Module):
    """The outputs of a recurrent layer at every step, without the state after the last one."""

    def __init__(self, recurrent: nn.Module) -> None:
        self.recurrent = recurrent

    def forward(self, x: Any) -> Any:
        return self.recurrent(x)[0]


class OverTime(nn.Module):
    """A layer that is applied to every step of sequences (..., T, N, D): the steps become samples and back."""

    def __init__(self, layer: nn.Module, rng: Any) -> None:
        self.layer = layer
        self.leading = len(leading_shape(rng))

    def forward(self, x: Any) -> Any:
        shape = values(x).shape
        rows = math.prod(shape[self.leading : -1])
        outputs = self.layer(reshape(x, (*shape[: self.leading], rows, shape[-1])))
        return reshape(outputs, (*shape[:-1], values(outputs).shape[-1]))


def _answers(specs: Sequence[LayerSpec], outputs: int) -> bool:
    """Whether a line ends with its output layer: dense, without an activation, of the right width."""
    return bool(specs) and specs[-1].name == "dense" and not specs[-1].activation and specs[-1].number == outputs


def has_lone_values(line: str, input_shape: Shape) -> bool:
    """Whether a batch normalization sees one value a channel of each sample: a batch of one then has no variance."""
    planned = plan(line, input_shape, None)
    return any(spec.name == "batchnorm" and math.prod(layer.output[1:]) == 1 for layer, spec in planned)


def _check_sequence(line: str, spec: LayerSpec, *, is_text: bool) -> None:
    """Raise LineError for a layer over time where there is none, and for one that would take time for samples."""
    if spec.name in RECURRENT and not is_text:
        reason = because("layer-time", name=spec.text)
    elif spec.name == "batchnorm" and is_text:
        reason = because("layer-batchnorm")
    elif spec.name == "flatten" and is_text:
        reason = because("layer-flatten")
    else:
        return
    raise LineError("layers", line, spec.start, reason)


def _after(line: str, spec: LayerSpec, shape: Shape) -> tuple[Shape, int]:
    """Return (output shape, parameters) of a layer. Raises LineError where its input does not fit."""

    def refuse(reason: Reason) -> LineError:
        return LineError("layers", line, spec.start, reason)

    number = int(spec.number)
    if shape == () and spec.name != "embed":
        raise refuse(_not_flat(spec.text, shape))
    match spec.name:
        case "embed":
            if shape != ():
                raise refuse(because("layer-embed"))
            return (number,), number * _words(shape)
        case "dense":
            if len(shape) != 1:
                raise refuse(_not_flat(spec.text, shape))
            return (number,), number * (shape[0] + ("no-bias" not in spec.options))
        case "rnn" | "lstm" | "gru":
            if len(shape) != 1:
                raise refuse(_not_flat(spec.text, shape))
            matrices, biases = RECURRENT[spec.name]
            return (number,), number * (matrices * (shape[0] + number) + biases)
        case "layernorm":
            if len(shape) != 1:
                raise refuse(_not_flat(spec.text, shape))
            return shape, 2 * shape[0]
        case "batchnorm":
            return shape, 2 * shape[0]
        case "flatten":
            return (math.prod(shape),), 0
        case "conv" | "maxpool" | "avgpool" | "globalpool":
            if len(shape) != 3:
                raise refuse(because("layer-images", name=spec.text, size=_spell(shape)))
            return _after_spatial(spec, shape, refuse)
    return shape, 0


def _after_spatial(spec: LayerSpec, shape: Shape, refuse: Any) -> tuple[Shape, int]:
    channels, height, width = shape
    if spec.name == "globalpool":
        return (channels,), 0
    kernel = spec.size if spec.name == "conv" else (int(spec.number),) * 2
    stride = spec.options.get("stride", 1 if spec.name == "conv" else int(spec.number))
    pad = _padding(spec)
    if "same" in spec.options and (stride != 1 or not all(side % 2 for side in kernel)):
        raise refuse(because("layer-same"))
    out = tuple((side + 2 * p - k) // stride + 1 for side, p, k in zip((height, width), pad, kernel, strict=True))
    if any(side + 2 * p < k for side, p, k in zip((height, width), pad, kernel, strict=True)):
        raise refuse(because("layer-larger", name=spec.text, size=_spell(shape)))
    if spec.name != "conv":
        return (channels, *out), 0
    outputs = int(spec.number)
    return (outputs, *out), outputs * (channels * kernel[0] * kernel[1] + ("no-bias" not in spec.options))


def _padding(spec: LayerSpec) -> tuple[int, int]:
    if "same" in spec.options:
        return spec.size[0] // 2, spec.size[1] // 2
    return (spec.options.get("pad", 0),) * 2


def _modules(spec: LayerSpec, shape: Shape, init: str, rng: Any) -> list[nn.Module]:
    number, has_bias = int(spec.number), "no-bias" not in spec.options
    glorot = "xavier_uniform" if init == "auto" else init
    made: nn.Module
    match spec.name:
        case "activation":
            return [nn.activation(spec.activation)]
        case "dense":
            made = nn.Linear(shape[0], number, rng=rng, initializer=glorot, bias=has_bias)
        case "dropout":
            return [nn.Dropout(spec.number, rng=None)]
        case "batchnorm":
            return [nn.BatchNorm(shape[0], rng=rng)]
        case "layernorm":
            return [nn.LayerNorm(shape[0], rng=rng)]
        case "conv":
            stride = spec.options.get("stride", 1)
            options: dict[str, Any] = {"stride": stride, "padding": _padding(spec), "bias": has_bias}
            he = "he_uniform" if init == "auto" else init
            made = nn.Conv2d(shape[0], number, spec.size, rng=rng, initializer=he, **options)
        case "maxpool" | "avgpool":
            kind = nn.MaxPool2d if spec.name == "maxpool" else nn.AvgPool2d
            return [kind(number, stride=spec.options.get("stride", number))]
        case "globalpool":
            return [nn.GlobalAvgPool2d()]
        case "flatten":
            return [nn.Flatten(-3)]
        case "embed":
            return [nn.Embedding(_words(shape), number, rng=rng)]
        case _:
            own = None if init == "auto" else init
            return [Outputs(nn.RECURRENT[spec.name](shape[0], number, rng=rng, initializer=own))]
    return [made] + ([nn.activation(spec.activation)] if spec.activation else [])


def _words(shape: Shape) -> int:
    return shape.words if isinstance(shape, Tokens) else 1


def _not_flat(name: str, shape: Shape) -> Reason:
    """Return why a layer, or the output layer where it has no name, cannot take maps or tokens."""
    if len(shape) == 3:
        size = _spell(shape)
        return because("layer-maps", name=name, size=size) if name else because("layer-maps-out", size=size)
    example = FORMS["embed"].example
    return because("layer-tokens", name=name, example=example) if name else because("layer-tokens-out", example=example)


def _spell(shape: Shape) -> str:
    return "x".join(map(str, shape))
