"""Activation functions as layers, and by name."""

from collections.abc import Callable
from typing import Any

from nnlab import engine
from nnlab.engine.errors import unknown_name
from nnlab.nn.module import Module


class Activation(Module):
    """A layer without parameters that applies one function, `of` or the one that is given, with its options."""

    of: Callable[..., Any]

    def __init__(self, function: Callable[..., Any] | None = None, **options: Any) -> None:
        self.function = function or self.of
        self.options = options

    @property
    def replays(self) -> bool:  # type: ignore[override]  # it follows from the function
        """Whether the function is one of the engine's: another may draw, count or remember."""
        return str(getattr(self.function, "__module__", "")).startswith("nnlab.engine.")

    def forward(self, x: Any) -> Any:
        return self.function(x, **self.options)


class Identity(Module):
    """The input itself."""

    def forward(self, x: Any) -> Any:
        return x


class Step(Activation):
    """1 where x >= 0, else 0."""

    of = staticmethod(engine.step)


class Sigmoid(Activation):
    """1 / (1 + e^-x)."""

    of = staticmethod(engine.sigmoid)


class Tanh(Activation):
    """Hyperbolic tangent."""

    of = staticmethod(engine.tanh)


class ReLU(Activation):
    """max(0, x)."""

    of = staticmethod(engine.relu)


class LeakyReLU(Activation):
    """x, or negative_slope x below 0."""

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__(engine.leaky_relu, negative_slope=negative_slope)


class ELU(Activation):
    """x, or alpha (e^x - 1) below 0."""

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__(engine.elu, alpha=alpha)


class GELU(Activation):
    """x Φ(x); approximate="tanh" for GPT-2's form."""

    def __init__(self, approximate: str = "none") -> None:
        super().__init__(engine.gelu, approximate=approximate)


class SiLU(Activation):
    """x sigmoid(x)."""

    of = staticmethod(engine.silu)


class Softplus(Activation):
    """log(1 + e^x)."""

    of = staticmethod(engine.softplus)


class Sine(Activation):
    """sin x (arXiv 2006.09661)."""

    of = staticmethod(engine.sin)


class Softmax(Activation):
    """e^x / Σ e^x along an axis."""

    def __init__(self, axis: int = -1) -> None:
        super().__init__(engine.softmax, axis=axis)


class LogSoftmax(Activation):
    """x - log Σ e^x along an axis."""

    def __init__(self, axis: int = -1) -> None:
        super().__init__(engine.log_softmax, axis=axis)


ACTIVATIONS: dict[str, Callable[..., Module]] = {
    "identity": Identity,
    "step": Step,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "elu": ELU,
    "gelu": GELU,
    "silu": SiLU,
    "softplus": Softplus,
    "sine": Sine,
    "softmax": Softmax,
}
"""By name, in order of growing complexity."""


def activation(name: str, **options: Any) -> Module:
    """Return a new activation layer by name. ValueRangeError lists the names."""
    if name not in ACTIVATIONS:
        raise unknown_name("activation", name, ACTIVATIONS)
    return ACTIVATIONS[name](**options)
