"""Losses of a generative adversarial network, by kind. real and fake are the discriminator's logits (..., N, 1)."""

from typing import Any

from nnlab.engine.backend import namespace_of
from nnlab.engine.errors import unknown_name
from nnlab.engine.losses import binary_cross_entropy_with_logits, mse_loss
from nnlab.engine.reductions import mean
from nnlab.engine.shapes import flatten
from nnlab.engine.tensor import Tensor, values

GAN_LOSSES = ("minimax", "non_saturating", "least_squares", "wasserstein")
"""minimax, non_saturating: arXiv 1406.2661; least_squares: 1611.04076; wasserstein (clip D's weights): 1701.07875."""


def discriminator_loss(kind: str, real: Any, fake: Any, *, leading: int = 0) -> Tensor:
    """What the discriminator descends, () or (S,): tell real (1) from fake (0)."""
    if kind in ("minimax", "non_saturating"):
        return _toward(real, 1.0, leading) + _toward(fake, 0.0, leading)
    if kind == "least_squares":
        return (_near(real, 1.0, leading) + _near(fake, 0.0, leading)) * 0.5
    if kind == "wasserstein":
        return _mean(fake, leading) - _mean(real, leading)
    raise unknown_name("GAN loss", kind, GAN_LOSSES)


def generator_loss(kind: str, fake: Any, *, leading: int = 0) -> Tensor:
    """What the generator descends, () or (S,). minimax descends log(1 - D), which is flat while D wins."""
    if kind == "minimax":
        return -_toward(fake, 0.0, leading)
    if kind == "non_saturating":
        return _toward(fake, 1.0, leading)
    if kind == "least_squares":
        return _near(fake, 1.0, leading) * 0.5
    if kind == "wasserstein":
        return -_mean(fake, leading)
    raise unknown_name("GAN loss", kind, GAN_LOSSES)


def _target(logits: Any, label: float) -> Any:
    array = values(logits)
    return namespace_of(array).full_like(array, label)


def _toward(logits: Any, label: float, leading: int) -> Tensor:
    return binary_cross_entropy_with_logits(logits, _target(logits, label), leading=leading)


def _near(logits: Any, label: float, leading: int) -> Tensor:
    return mse_loss(logits, _target(logits, label), leading=leading)


def _mean(logits: Any, leading: int) -> Tensor:
    return mean(flatten(logits, start=leading), axis=-1)
