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
    """Return the largest relative error of a parameter at any of the steps, and the setting.

    Now and then the parameters stand in two groups of different rates, or each of several networks has its own rate and
    decay, which PyTorch does with one optimizer per network.
    """
    ours_with, theirs_with = OPTIMIZERS[name](draw)
    form = draw.choice(["plain", "groups", "networks"])
    networks = draw.size(2, 4) if form == "networks" else 1
    start = [draw.normal(networks, *draw.shape(1, 3)) for _ in range(draw.size(2, 4))]
    ours = [Tensor(array.copy(), requires_grad=True) for array in start]
    theirs = [
        [torch.tensor(np.array(array[k], order="C"), requires_grad=True) for array in start] for k in range(networks)
    ]
    our_kind, their_kind = getattr(nn, name), getattr(torch.optim, name)
    if form == "networks":
        rates = 10 ** draw.rng.uniform(-3, -1.5, networks)
        decays = draw.rng.uniform(0, 0.1, networks)
        our_optimizer = our_kind(ours, **(ours_with | {"learning_rate": rates, "weight_decay": decays}))
        their_optimizers = [
            their_kind(own, **(theirs_with | {"lr": float(rate), "weight_decay": float(decay)}))
            for own, rate, decay in zip(theirs, rates, decays, strict=True)
        ]
    elif form == "groups":
        groups = [{"parameters": ours[:1], "learning_rate": 2e-3}, {"parameters": ours[1:]}]
        our_optimizer = our_kind(groups, **ours_with)
        their_optimizers = [
            their_kind([{"params": theirs[0][:1], "lr": 2e-3}, {"params": theirs[0][1:]}], **theirs_with)
        ]
    else:
        our_optimizer, their_optimizers = our_kind(ours, **ours_with), [their_kind(theirs[0], **theirs_with)]
    return _race(draw, ours, our_optimizer, theirs, their_optimizers), f"{form}, {ours_with}"


def _race(
    draw: Draw,
    ours: list[Tensor],
    our_optimizer: nn.Optimizer,
    theirs: list[list[torch.Tensor]],
    their_optimizers: list[torch.optim.Optimizer],
) -> float:
    """Step both 100 times; return the largest relative error of a parameter. theirs holds one list per network."""
    curvature = [draw.positive(*tensor.shape) for tensor in ours]
    worst = 0.0
    for _ in range(STEPS):
        for i, (our, bend) in enumerate(zip(ours, curvature, strict=True)):
            push = 0.1 * draw.rng.standard_normal(bend.shape)
            our.grad = _slope(to_host(our.data), bend) + push
            for k, own in enumerate(theirs):
                own[i].grad = torch.tensor(_slope(own[i].detach().numpy(), bend[k]) + push[k])
        our_optimizer.step()
        for optimizer_of_network in their_optimizers:
            optimizer_of_network.step()
        for i, our in enumerate(ours):
            expected = np.stack([own[i].detach().numpy() for own in theirs])
            worst = max(worst, relative_error(to_host(our.data), expected))
    return worst


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
