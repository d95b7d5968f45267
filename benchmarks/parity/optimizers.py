"""Parity of optimizers: 100 steps on the same bumpy bowl with drawn hyperparameters."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.parity.comparison import Draw, relative_error
from nnlab import nn
from nnlab.engine import Tensor, to_host

STEPS = 100

# name of ours: (draw of our keyword arguments, how they are spelled in PyTorch)
OPTIMIZERS: dict[str, Callable[[Draw], tuple[dict[str, Any], dict[str, Any]]]] = {}


def optimizer(name: str) -> Callable[[Any], Any]:
    """Enter the decorated draw as the comparison of nnlab.nn's optimizer `name`."""

    def enter(case: Any) -> Any:
        OPTIMIZERS[name] = case
        return case

    return enter


def worst_error(name: str, draw: Draw) -> tuple[float, str]:
    """Return the largest relative error of a parameter at any of the steps, and the setting."""
    ours_with, theirs_with = OPTIMIZERS[name](draw)
    start = [draw.normal(*draw.shape(1, 3)) for _ in range(draw.size(1, 4))]
    curvature = [draw.positive(*array.shape) for array in start]
    noise = np.random.default_rng(draw.size(0, 10**6))
    ours = [Tensor(array.copy(), requires_grad=True) for array in start]
    theirs = [torch.tensor(np.array(array, order="C"), requires_grad=True) for array in start]
    our_optimizer = getattr(nn, name)(ours, **ours_with)
    their_optimizer = getattr(torch.optim, name)(theirs, **theirs_with)
    worst = 0.0
    for _ in range(STEPS):
        for our, their, bend in zip(ours, theirs, curvature, strict=True):
            push = 0.1 * noise.standard_normal(bend.shape)
            our.grad = _slope(to_host(our.data), bend) + push
            their.grad = torch.tensor(_slope(their.detach().numpy(), bend) + push)
        our_optimizer.step()
        their_optimizer.step()
        errors = [
            relative_error(to_host(our.data), their.detach().numpy()) for our, their in zip(ours, theirs, strict=True)
        ]
        worst = max(worst, *errors)
    return worst, str(ours_with)


def _slope(p: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """The derivative of bend p² / 2 - cos(3 p) / 3."""
    return bend * p + np.sin(3 * p)


@optimizer("SGD")
def _sgd(draw: Draw) -> tuple[dict[str, Any], dict[str, Any]]:
    momentum = draw.choice([0.0, 0.5, 0.9])
    nesterov = bool(momentum) and draw.flip()
    same = {
        "momentum": momentum,
        "nesterov": nesterov,
        "dampening": 0.0 if nesterov else draw.choice([0.0, 0.3]),
        "weight_decay": draw.choice([0.0, 0.1]),
    }
    return _rated(draw, same)


@optimizer("Adagrad")
def _adagrad(draw: Draw) -> tuple[dict[str, Any], dict[str, Any]]:
    ours, theirs = _rated(draw, {"eps": draw.choice([1e-10, 1e-6]), "weight_decay": draw.choice([0.0, 0.1])})
    decay, start = draw.choice([0.0, 0.05]), draw.choice([0.0, 0.1])
    ours |= {"learning_rate_decay": decay, "initial_accumulator": start}
    return ours, theirs | {"lr_decay": decay, "initial_accumulator_value": start}


@optimizer("RMSprop")
def _rmsprop(draw: Draw) -> tuple[dict[str, Any], dict[str, Any]]:
    same = {
        "alpha": draw.choice([0.99, 0.9]),
        "eps": draw.choice([1e-8, 1e-5]),
        "momentum": draw.choice([0.0, 0.9]),
        "centered": draw.flip(),
        "weight_decay": draw.choice([0.0, 0.1]),
    }
    return _rated(draw, same)


@optimizer("Adam")
def _adam(draw: Draw) -> tuple[dict[str, Any], dict[str, Any]]:
    return _adaptive(draw, [0.0, 0.1])


@optimizer("AdamW")
def _adamw(draw: Draw) -> tuple[dict[str, Any], dict[str, Any]]:
    return _adaptive(draw, [0.0, 0.01, 0.1])


def _adaptive(draw: Draw, decays: list[float]) -> tuple[dict[str, Any], dict[str, Any]]:
    same = {
        "betas": draw.choice([(0.9, 0.999), (0.5, 0.9), (0.0, 0.99)]),
        "eps": draw.choice([1e-8, 1e-4]),
        "weight_decay": draw.choice(decays),
    }
    return _rated(draw, same)


def _rated(draw: Draw, same: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    rate = 10 ** draw.uniform(-3, -1.5)
    return {"learning_rate": rate, **same}, {"lr": rate, **same}
