"""Parity of what surrounds an optimizer: learning-rate schedules and gradient clipping."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.parity.comparison import Draw, relative_error
from nnlab.engine import Tensor, to_host
from nnlab.nn import clipping, schedules

STEPS = 40

Case = Callable[[Draw], tuple[float, str]]
"""Returns the relative error and the setting."""


def _rates(theirs: Callable[[torch.optim.Optimizer], Any], rate: float) -> np.ndarray:
    """The rates that a PyTorch scheduler sets, step by step."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], rate)
    scheduler = theirs(optimizer)
    found = []
    for _ in range(STEPS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(found)


def _compared(ours: Callable[[int], float], theirs: Any, rate: float, setting: str) -> tuple[float, str]:
    return relative_error(np.array([ours(i) for i in range(STEPS)]), _rates(theirs, rate)), setting


def _step_decay(draw: Draw) -> tuple[float, str]:
    rate, every, factor = draw.uniform(0.01, 1), draw.size(1, 10), draw.uniform(0.1, 0.9)
    ours = schedules.step_decay(rate, every=every, factor=factor)
    return _compared(
        ours, lambda o: torch.optim.lr_scheduler.StepLR(o, every, factor), rate, f"every={every}, factor={factor}"
    )


def _exponential(draw: Draw) -> tuple[float, str]:
    rate, factor = draw.uniform(0.01, 1), draw.uniform(0.8, 1)
    ours = schedules.exponential(rate, factor=factor)
    return _compared(ours, lambda o: torch.optim.lr_scheduler.ExponentialLR(o, factor), rate, f"factor={factor}")


def _cosine(draw: Draw) -> tuple[float, str]:
    rate, end = draw.uniform(0.01, 1), draw.choice([0.0, 0.001])
    ours = schedules.cosine(rate, steps=STEPS, end=end)
    return _compared(ours, lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, STEPS, end), rate, f"end={end}")


def _warm_up(draw: Draw) -> tuple[float, str]:
    rate, steps = draw.uniform(0.01, 1), draw.size(2, 20)
    ours = schedules.warm_up(schedules.constant(rate), steps=steps)
    linear = torch.optim.lr_scheduler.LinearLR
    return _compared(ours, lambda o: linear(o, 1 / steps, 1.0, total_iters=steps - 1), rate, f"steps={steps}")


def _clip(draw: Draw, ours: Callable[..., Any], theirs: Callable[..., Any]) -> tuple[float, str]:
    limit = draw.uniform(0.1, 3)
    gradients = [draw.normal(*draw.shape(1)) for _ in range(draw.size(1, 4))]
    own = [Tensor(g * 0, requires_grad=True) for g in gradients]
    other = [torch.zeros(g.shape, dtype=torch.float64, requires_grad=True) for g in gradients]
    for our, their, g in zip(own, other, gradients, strict=True):
        our.grad, their.grad = g.copy(), torch.tensor(np.array(g, order="C"))
    our_norm, their_norm = ours(own, limit), theirs(other, limit)
    worst = 0.0 if their_norm is None else relative_error(to_host(our_norm), their_norm.numpy())
    for our, their in zip(own, other, strict=True):
        worst = max(worst, relative_error(to_host(our.grad), their.grad.numpy()))
    return worst, f"limit={limit}"


TRAINING: dict[str, Case] = {
    "step_decay": _step_decay,
    "exponential": _exponential,
    "cosine": _cosine,
    "warm_up": _warm_up,
    "clip_gradient_norm": lambda draw: _clip(draw, clipping.clip_gradient_norm, torch.nn.utils.clip_grad_norm_),
    "clip_gradient_value": lambda draw: _clip(draw, clipping.clip_gradient_value, torch.nn.utils.clip_grad_value_),
}
"""By the name in nnlab.nn.schedules and nnlab.nn.clipping."""


def missing() -> list[str]:
    """Return the names of schedules that are not compared (the constant one has nothing to compare)."""
    compared = {"step": "step_decay"}
    return [name for name in schedules.SCHEDULES if compared.get(name, name) not in TRAINING and name != "constant"]
