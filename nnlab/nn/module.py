"""The module: a function with named parameters."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

from nnlab.engine import Array, EngineError, ShapeError, Tensor, current, namespace_of
from nnlab.engine.modes import MODE


class Module:
    """Base of all layers and models.

    Attributes that are tensors are its parameters; attributes that are modules, its children; names listed in
    `buffers` are arrays that travel with the state but are not learned. Order is the order of assignment.
    A subclass writes `forward`.
    """

    name: str = ""
    """What its parent calls it."""
    training: bool = True
    """Whether dropout drops and batch normalization measures its batch."""
    buffers: tuple[str, ...] = ()
    replays = True
    """Whether `forward` computes from its inputs and what the module holds alone: it draws, counts and keeps nothing.

    A class of your own says so anew beside its forward, or is not replayed (replay.py).
    """
    watcher: Any = None
    """An Observer's entry for this module while it is being observed."""

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if isinstance(value, Module):
            value.name = name

    def forward(self, *inputs: Any) -> Any:
        """Compute the output."""
        raise NotImplementedError(f"{type(self).__name__} defines no forward")

    def __call__(self, *inputs: Any) -> Any:
        """Compute the output; an error on the way says in which layer it happened."""
        mode = MODE.get()
        if mode is not None:
            return self._call_in(mode, inputs)
        try:
            if self.watcher is not None:
                return self.watcher.call(self, inputs)
            return self.forward(*inputs)
        except EngineError as error:
            error.layer = f"{self.name}.{error.layer}".strip(".")
            raise

    def _call_in(self, mode: Any, inputs: tuple[Any, ...]) -> Any:
        if self.name:
            mode.layers.append(self.name)
        try:
            return self.forward(*inputs) if self.watcher is None else self.watcher.call(self, inputs)
        except EngineError as error:
            error.layer = f"{self.name}.{error.layer}".strip(".")
            raise
        finally:
            if self.name:
                mode.layers.pop()

    def children(self) -> Iterator[tuple[str, "Module"]]:
        """Yield (name, module) of the direct children."""
        for name, value in vars(self).items():
            if isinstance(value, Module):
                yield name, value

    def named_modules(self, prefix: str = "") -> Iterator[tuple[str, "Module"]]:
        """Yield (dotted name, module) of itself ("") and everything below, in order."""
        yield prefix, self
        for name, child in self.children():
            yield from child.named_modules(f"{prefix}.{name}".strip("."))

    def named_parameters(self) -> Iterator[tuple[str, Tensor]]:
        """Yield (dotted name, tensor) in order; a parameter that two modules share comes once."""
        seen = set()
        for prefix, module in self.named_modules():
            for name, value in vars(module).items():
                if isinstance(value, Tensor) and id(value) not in seen:
                    seen.add(id(value))
                    yield f"{prefix}.{name}".strip("."), value

    def parameters(self) -> Iterator[Tensor]:
        """Yield the parameters in order."""
        for _, parameter in self.named_parameters():
            yield parameter

    def _named_buffers(self) -> Iterator[tuple[str, "Module", str]]:
        for prefix, module in self.named_modules():
            for name in module.buffers:
                yield f"{prefix}.{name}".strip("."), module, name

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for parameter in self.parameters():
            parameter.grad = None

    def train(self, training: bool = True) -> Self:
        """Switch it and everything below to training (or back); return it."""
        for _, module in self.named_modules():
            module.training = training
        return self

    def eval(self) -> Self:
        """Switch it and everything below to evaluation; return it."""
        return self.train(False)

    def astype(self, dtype: str) -> Self:
        """Turn parameters and buffers into "float32" or "float64" ones; return it. Do it before making an optimizer."""
        for _, parameter in self.named_parameters():
            parameter.data = _cast(parameter.data, dtype)
            parameter.grad = None
        for _, module, name in self._named_buffers():
            setattr(module, name, _cast(getattr(module, name), dtype))
        return self

    def state_dict(self) -> dict[str, Array]:
        """Return copies of all parameters and buffers by dotted name."""
        state = {name: parameter.data for name, parameter in self.named_parameters()}
        state |= {name: getattr(module, attribute) for name, module, attribute in self._named_buffers()}
        return {name: namespace_of(value).asarray(value, copy=True) for name, value in state.items()}

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        """Take over the values of a `state_dict`, in place. ShapeError when names or shapes differ."""
        parameters = dict(self.named_parameters())
        buffers = {name: (module, attribute) for name, module, attribute in self._named_buffers()}
        missing = sorted((parameters.keys() | buffers.keys()) - state.keys())
        extra = sorted(state.keys() - parameters.keys() - buffers.keys())
        if missing or extra:
            raise ShapeError(f"load_state_dict: missing {missing or 'nothing'}, unknown {extra or 'nothing'}.")
        for name, value in state.items():
            old = parameters[name].data if name in parameters else getattr(*buffers[name])
            if tuple(value.shape) != tuple(old.shape):
                raise ShapeError(f"load_state_dict: {name} is {tuple(old.shape)} here but {tuple(value.shape)} there.")
            new = namespace_of(old).asarray(value, dtype=old.dtype, copy=True)
            if name in parameters:
                old[...] = new
            else:
                setattr(*buffers[name], new)


def parameter(values: Any) -> Tensor:
    """Return a learned float32 tensor of the shape of `values` on the backend in use, from host values."""
    xp = current()
    return Tensor(xp.asarray(values, dtype=xp.float32), requires_grad=True)


def _cast(array: Array, dtype: str) -> Array:
    xp = namespace_of(array)
    return xp.astype(array, getattr(xp, dtype))
