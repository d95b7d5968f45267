"""Observation: inputs, outputs and gradients of any layer by name, without a change to the model."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nnlab.engine import Array, Tensor
from nnlab.nn.module import Module


class Observed:
    """What one module did at its last call."""

    def __init__(self) -> None:
        self.input: Array | None = None
        """Its (first) input."""
        self.output: Array | None = None
        """Its output: a linear layer's is the pre-activation of the activation after it."""
        self.gradient: Array | None = None
        """dL/d(output), there after a backward pass."""
        self.inner: dict[str, Array] = {}
        """What is inside, by name: gates and states of a recurrent layer."""

    def call(self, module: Module, inputs: tuple[Any, ...]) -> Any:
        """Call the module's forward and remember what went in and came out."""
        self.gradient = None
        first = inputs[0]
        self.input = first.data if isinstance(first, Tensor) else first
        output = module.forward(*inputs)
        if isinstance(output, tuple):  # (outputs, final states) of a recurrent layer
            return (self._watch(output[0]), *output[1:])
        return self._watch(output)

    def _watch(self, output: Any) -> Any:
        self.output = output.data if isinstance(output, Tensor) else output
        if not isinstance(output, Tensor) or not output.requires_grad:
            return output

        def keep(g: Array) -> Array:
            self.gradient = g if self.gradient is None else self.gradient + g
            return g

        return Tensor.made_by(output.operation, output.data, ((output, keep),), output.layer)


@contextmanager
def observe(model: Module) -> Iterator[dict[str, Observed]]:
    """Inside the block, watch every module below `model`; yields them by dotted name ("" is the model itself).

    What was seen stays readable after the block and after a backward pass.
    """
    modules = dict(model.named_modules())
    seen = {name: Observed() for name in modules}
    for name, module in modules.items():
        module.watcher = seen[name]
    try:
        yield seen
    finally:
        for module in modules.values():
            module.watcher = None
