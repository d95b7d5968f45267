"""What a model is made of: parameters and multiply-accumulates, layer by layer."""

import math
from dataclasses import dataclass
from typing import Any

from nnlab.engine import no_grad, values
from nnlab.nn.convolution import Conv2d, ConvTranspose2d
from nnlab.nn.layers import Linear
from nnlab.nn.module import Module
from nnlab.nn.observation import observe
from nnlab.nn.recurrent import _Cell


@dataclass(frozen=True, slots=True)
class LayerSummary:
    """One layer of a summary."""

    name: str
    kind: str
    output: tuple[int, ...]
    """Shape of its output for the given input."""
    parameters: int
    multiply_accumulates: int
    """Products of its matrix multiplications for the given input; elementwise work is not counted."""


def parameter_count(model: Module) -> int:
    """Return how many numbers the model learns."""
    return sum(math.prod(tensor.shape) for tensor in model.parameters())


def summary(model: Module, x: Any) -> list[LayerSummary]:
    """Return one line per layer without children, for an input x. The model is run once, in evaluation."""
    was_training = {name: module.training for name, module in model.named_modules()}
    with observe(model) as seen, no_grad():
        model.eval()(x)
    lines = []
    for name, module in model.named_modules():
        module.training = was_training[name]
        if any(True for _ in module.children()) or seen[name].output is None:
            continue
        output = tuple(values(seen[name].output).shape)
        lines.append(
            LayerSummary(
                name,
                type(module).__name__,
                output,
                parameter_count(module),
                _multiply_accumulates(module, tuple(values(seen[name].input).shape), output),
            )
        )
    return lines


def _multiply_accumulates(module: Module, inputs: tuple[int, ...], output: tuple[int, ...]) -> int:
    if isinstance(module, Linear):
        return math.prod(output) * module.weight.shape[-2]
    if isinstance(module, Conv2d):
        return math.prod(output) * math.prod(module.weight.shape[-3:])
    if isinstance(module, ConvTranspose2d):
        return math.prod(inputs) * math.prod(module.weight.shape[-3:])
    if isinstance(module, _Cell):
        rows = math.prod(output[:-1])
        return rows * (module.weight_x.shape[-2] + module.weight_h.shape[-2]) * module.weight_x.shape[-1]
    return 0
