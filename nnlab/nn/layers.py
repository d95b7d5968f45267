"""Layers of a multilayer network: linear, flatten, sequential."""

from collections.abc import Iterator
from typing import Any, overload

from nnlab.engine import Tensor, flatten, linear
from nnlab.nn.initializers import Initializer, initializer, zeros
from nnlab.nn.module import Module, parameter


class Linear(Module):
    """x @ weight + bias. weight (..., inputs, outputs), bias (..., outputs); x (..., N, inputs)."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        rng: Any,
        initializer: str | Initializer = "xavier_uniform",
        bias: bool = True,
    ) -> None:
        self.weight = parameter(_initial(initializer)(rng, (inputs, outputs)))
        self.bias = parameter(zeros(rng, (outputs,))) if bias else None

    def forward(self, x: Any) -> Tensor:
        return linear(x, self.weight, self.bias)


class Flatten(Module):
    """Merge the axes from `start` on: (N, C, H, W) -> (N, C H W)."""

    def __init__(self, start: int = 1) -> None:
        self.start = start

    def forward(self, x: Any) -> Tensor:
        return flatten(x, start=self.start)


class Sequential(Module):
    """Layers one after the other, named "0", "1", ... or by keyword: Sequential(hidden=Linear(...), act=Tanh())."""

    def __init__(self, *layers: Module, **named: Module) -> None:
        self.layers: list[Module] = []
        for name, layer in (*((str(i), layer) for i, layer in enumerate(layers)), *named.items()):
            layer.name = name
            self.layers.append(layer)

    def forward(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def children(self) -> Iterator[tuple[str, Module]]:
        for layer in self.layers:
            yield layer.name, layer

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)

    @overload
    def __getitem__(self, key: int | str) -> Module: ...
    @overload
    def __getitem__(self, key: slice) -> list[Module]: ...
    def __getitem__(self, key: int | str | slice) -> Module | list[Module]:
        """Return a layer by position or name, or a list of layers."""
        if isinstance(key, str):
            return dict(self.children())[key]
        return self.layers[key]


_initial = initializer  # `initializer` is also the keyword of Linear
