"""The optimizers' update rules, with the arguments of torch.optim in full words.

p are the parameters, g their gradient, both flat (P,). A setting may be a number, or hold one value per network (S,)
when every parameter has a leading axis that counts networks.
"""

import math
from collections.abc import Callable
from typing import Any

from nnlab.engine import Array, ValueRangeError
from nnlab.engine.errors import unknown_name
from nnlab.engine.primitive import kernel_for
from nnlab.nn.optimizer_base import Group, Hyperparameter, Optimizer, Setting, is_on


class SGD(Optimizer):
    """p -= learning_rate d, with d = g; with momentum d = m = momentum m + (1 - dampening) g.

    Nesterov's form looks ahead: d = g + momentum m. The first m is g itself, as in torch.
    """

    momentum = Hyperparameter()
    nesterov = Hyperparameter()
    dampening = Hyperparameter()

    def __init__(
        self,
        parameters: Any,
        learning_rate: Setting = 1e-3,
        momentum: Setting = 0.0,
        nesterov: bool = False,
        *,
        dampening: float = 0.0,
        weight_decay: Setting = 0.0,
        l1: Setting = 0.0,
    ) -> None:
        if nesterov and (not is_on(momentum) or dampening):
            raise ValueRangeError("SGD: nesterov=True needs a momentum above 0 and dampening=0.")
        super().__init__(
            parameters,
            learning_rate,
            weight_decay=weight_decay,
            l1=l1,
            momentum=momentum,
            nesterov=nesterov,
            dampening=dampening,
        )

    def update(self, group: Group, p: Array, g: Array) -> None:
        if is_on(group.settings["momentum"]) or "momentum" in group.memory:
            momentum = group.setting("momentum")
            is_first = "momentum" not in group.memory
            m = group.remember("momentum")
            m *= momentum
            m += g if is_first else g * (1 - group.settings["dampening"])
            g = g + momentum * m if group.settings["nesterov"] else m
        p -= group.setting("learning_rate") * g


class Adagrad(Optimizer):
    """v += g²;  p -= learning_rate / (1 + (t - 1) learning_rate_decay) g / (√v + eps)  (Duchi et al. 2011)."""

    eps = Hyperparameter()

    def __init__(
        self,
        parameters: Any,
        learning_rate: Setting = 1e-2,
        *,
        learning_rate_decay: float = 0.0,
        initial_accumulator: float = 0.0,
        eps: float = 1e-10,
        weight_decay: Setting = 0.0,
        l1: Setting = 0.0,
    ) -> None:
        super().__init__(
            parameters,
            learning_rate,
            weight_decay=weight_decay,
            l1=l1,
            learning_rate_decay=learning_rate_decay,
            initial_accumulator=initial_accumulator,
            eps=eps,
        )

    def update(self, group: Group, p: Array, g: Array) -> None:
        settings = group.settings
        v = group.remember("square", settings["initial_accumulator"])
        v += g * g
        g /= group.parameters.xp.sqrt(v) + settings["eps"]
        g *= group.setting("learning_rate")
        p -= g / (1 + (group.steps - 1) * settings["learning_rate_decay"])


class RMSprop(Optimizer):
    """v = alpha v + (1 - alpha) g²;  p -= learning_rate g / (√v + eps)  (Tieleman, Hinton 2012).

    centered subtracts the square of the running mean of g from v; momentum as in SGD, on the scaled gradient.
    """

    momentum = Hyperparameter()
    alpha = Hyperparameter()
    eps = Hyperparameter()

    def __init__(
        self,
        parameters: Any,
        learning_rate: Setting = 1e-2,
        *,
        alpha: Setting = 0.99,
        eps: float = 1e-8,
        momentum: Setting = 0.0,
        centered: bool = False,
        weight_decay: Setting = 0.0,
        l1: Setting = 0.0,
    ) -> None:
        super().__init__(
            parameters,
            learning_rate,
            weight_decay=weight_decay,
            l1=l1,
            alpha=alpha,
            eps=eps,
            momentum=momentum,
            centered=centered,
        )

    def update(self, group: Group, p: Array, g: Array) -> None:
        settings, xp = group.settings, group.parameters.xp
        alpha = group.setting("alpha")
        v = group.remember("square")
        rest = group.parameters.spread(1 - settings["alpha"])  # rounded once, as for one network
        v *= alpha
        v += rest * (g * g)
        spread = v
        if settings["centered"]:
            average = group.remember("average")
            average *= alpha
            average += rest * g
            spread = v - average * average
        d = g / (xp.sqrt(spread) + settings["eps"])
        if is_on(settings["momentum"]):
            m = group.remember("momentum")
            m *= group.setting("momentum")
            m += d
            d = m
        p -= group.setting("learning_rate") * d


class Adam(Optimizer):
    """m = β₁ m + (1 - β₁) g;  v = β₂ v + (1 - β₂) g²;  p -= learning_rate m̂ / (√v̂ + eps)  (arXiv 1412.6980).

    m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ) undo the start at zero.
    """

    betas = Hyperparameter()
    eps = Hyperparameter()

    def __init__(
        self,
        parameters: Any,
        learning_rate: Setting = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: Setting = 0.0,
        l1: Setting = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate, weight_decay=weight_decay, l1=l1, betas=betas, eps=eps)

    def update(self, group: Group, p: Array, g: Array) -> None:
        beta1, beta2 = group.settings["betas"]
        m, v = group.remember("average"), group.remember("square")
        eps, rate = group.settings["eps"], group.settings["learning_rate"]
        c = math.sqrt(1 - beta2**group.steps)
        rate = group.parameters.spread(rate * (c / (1 - beta1**group.steps)))
        kernel = kernel_for("adam", group.parameters.xp)
        if kernel is not None:
            kernel(group.parameters.xp, p, g, m, v, group.settings["betas"], eps * c, rate)
            return
        m *= beta1
        m += (1 - beta1) * g
        g *= g  # the flat gradient is this step's own copy
        g *= 1 - beta2
        v *= beta2
        v += g
        # √v̂ + eps = (√v + eps c) / c with c = √(1 - β₂ᵗ): one pass less than dividing v first
        d = group.parameters.xp.sqrt(v)
        d += eps * c
        update = m / d
        update *= rate
        p -= update


class AdamW(Adam):
    """Adam with decoupled decay: p shrinks by learning_rate weight_decay p, apart from g (arXiv 1711.05101)."""

    def __init__(
        self,
        parameters: Any,
        learning_rate: Setting = 1e-3,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: Setting = 1e-2,
        l1: Setting = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate, betas=betas, eps=eps, weight_decay=weight_decay, l1=l1)

    def _add_penalties(self, group: Group, p: Array, g: Array) -> None:
        if is_on(group.settings["l1"]):
            g += group.setting("l1") * group.parameters.xp.sign(p)

    def update(self, group: Group, p: Array, g: Array) -> None:
        decay = group.settings["learning_rate"] * group.settings["weight_decay"]
        p *= group.parameters.spread(1 - decay)
        super().update(group, p, g)


def _momentum(parameters: Any, learning_rate: Setting = 1e-3, momentum: Setting = 0.9, **options: Any) -> SGD:
    return SGD(parameters, learning_rate, momentum, **options)


def _nesterov(parameters: Any, learning_rate: Setting = 1e-3, momentum: Setting = 0.9, **options: Any) -> SGD:
    return SGD(parameters, learning_rate, momentum, nesterov=True, **options)


OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "sgd": SGD,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": Adagrad,
    "rmsprop": RMSprop,
    "adam": Adam,
    "adamw": AdamW,
}
"""By name, in order of growing complexity; "momentum" and "nesterov" are SGD with a momentum of 0.9."""


def optimizer(name: str, parameters: Any, learning_rate: Setting, **options: Any) -> Optimizer:
    """Return a new optimizer by name. ValueRangeError lists the names."""
    if name not in OPTIMIZERS:
        raise unknown_name("optimizer", name, OPTIMIZERS)
    return OPTIMIZERS[name](parameters, learning_rate, **options)
