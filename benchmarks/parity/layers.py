"""Parity of layers: ours and PyTorch's with the same weights, which are compared by gradient too."""

from collections.abc import Callable
from typing import Any

import torch

from benchmarks.parity.comparison import Comparison, Draw
from benchmarks.parity.table import layer
from nnlab import nn

Turn = Callable[[torch.Tensor], torch.Tensor]
"""How a weight of ours is laid out in PyTorch."""


def with_weights(
    ours: Any, theirs: torch.nn.Module, names: dict[str, tuple[str, Turn]], draw: Draw, *inputs: Any
) -> Comparison:
    """Compare two layers as functions of their inputs and their weights.

    names: parameter of ours -> (parameter of PyTorch's, how to turn it).
    """
    theirs.double()
    shapes = {name: parameter.shape for name, parameter in ours.named_parameters()}
    own = {name: shape for name, shape in shapes.items() if name in names}

    def ours_on(*arguments: Any) -> Any:
        for name, value in zip(own, arguments[len(inputs) :], strict=True):
            place, _, attribute = name.rpartition(".")
            holder = dict(ours.named_modules())[place]
            setattr(holder, attribute, value)
        return ours(*arguments[: len(inputs)])

    def theirs_on(*arguments: Any) -> Any:
        weights = {
            names[name][0]: names[name][1](value) for name, value in zip(own, arguments[len(inputs) :], strict=True)
        }
        return torch.func.functional_call(theirs, weights, arguments[: len(inputs)])

    weights = [draw.normal(*shape) for shape in own.values()]
    return Comparison([*inputs, *weights], ours_on, theirs_on, f"{theirs}")


def same(x: torch.Tensor) -> torch.Tensor:
    """The layout is the same."""
    return x


@layer("Linear")
def _linear(draw: Draw) -> Comparison:
    n, d, h, bias = draw.size(), draw.size(), draw.size(), draw.flip()
    ours, theirs = nn.Linear(d, h, rng=draw.rng, bias=bias), torch.nn.Linear(d, h, bias=bias)
    names = {"weight": ("weight", lambda w: w.mT), "bias": ("bias", same)}
    return with_weights(ours, theirs, names, draw, draw.normal(n, d))


@layer("Flatten")
def _flatten(draw: Draw) -> Comparison:
    return with_weights(nn.Flatten(), torch.nn.Flatten(), {}, draw, draw.normal(*draw.shape(2)))


@layer("Sequential")
def _sequential(draw: Draw) -> Comparison:
    d, h, c = draw.size(), draw.size(), draw.size()
    ours = nn.Sequential(nn.Linear(d, h, rng=draw.rng), nn.Tanh(), nn.Linear(h, c, rng=draw.rng))
    theirs = torch.nn.Sequential(torch.nn.Linear(d, h), torch.nn.Tanh(), torch.nn.Linear(h, c))
    names: dict[str, tuple[str, Turn]] = {}
    for i in (0, 2):
        names |= {f"{i}.weight": (f"{i}.weight", lambda w: w.mT), f"{i}.bias": (f"{i}.bias", same)}
    return with_weights(ours, theirs, names, draw, draw.normal(draw.size(), d))


def _activation(name: str, theirs: Callable[[], torch.nn.Module], *options: Any) -> None:
    @layer(name)
    def case(draw: Draw) -> Comparison:
        return with_weights(getattr(nn, name)(*options), theirs(), {}, draw, 5 * draw.normal(*draw.shape(1)))


@layer("GELU")
def _gelu(draw: Draw) -> Comparison:
    form = str(draw.rng.choice(["none", "tanh"]))
    x = 5 * draw.normal(*draw.shape(1))
    return with_weights(nn.GELU(form), torch.nn.GELU(approximate=form), {}, draw, x)


_activation("Identity", torch.nn.Identity)
_activation("Sigmoid", torch.nn.Sigmoid)
_activation("Tanh", torch.nn.Tanh)
_activation("ReLU", torch.nn.ReLU)
_activation("LeakyReLU", lambda: torch.nn.LeakyReLU(0.2), 0.2)
_activation("ELU", lambda: torch.nn.ELU(0.5), 0.5)
_activation("SiLU", torch.nn.SiLU)
_activation("Softplus", lambda: torch.nn.Softplus(threshold=1e4))
_activation("Softmax", lambda: torch.nn.Softmax(dim=-1))
_activation("LogSoftmax", lambda: torch.nn.LogSoftmax(dim=-1))
