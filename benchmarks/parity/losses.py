"""Parity of losses: reductions, weights, label smoothing, targets of every kind."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from benchmarks.parity.comparison import Comparison, Draw
from benchmarks.parity.table import function
from nnlab import engine

REDUCTIONS = ("mean", "sum", "none")


def _paired(
    name: str, ours: Callable[..., Any], theirs: Callable[..., Any], options: Callable[[Draw], dict[str, Any]]
) -> None:
    @function(name)
    def case(draw: Draw) -> Comparison:
        shape, reduction, own = draw.shape(1), draw.choice(REDUCTIONS), options(draw)
        return Comparison(
            [draw.normal(*shape, ties=True), draw.normal(*shape, ties=True)],
            lambda y, t: ours(y, t, reduction=reduction, **own),
            lambda y, t: theirs(y, t, reduction=reduction, **own),
            f"reduction={reduction}, {own}",
        )


_paired("mse_loss", engine.mse_loss, F.mse_loss, lambda draw: {})
_paired("l1_loss", engine.l1_loss, F.l1_loss, lambda draw: {})
_paired("huber_loss", engine.huber_loss, F.huber_loss, lambda draw: {"delta": draw.choice([1.0, 0.5, 2.0])})


@function("binary_cross_entropy")
def _binary_cross_entropy(draw: Draw) -> Comparison:
    shape, reduction = draw.shape(1), draw.choice(REDUCTIONS)
    weight = draw.positive(*shape) if draw.flip() else None
    t = draw.unit(*shape) if draw.flip() else draw.classes(2, *shape).astype(float)
    return Comparison(
        [draw.unit(*shape)],
        lambda y: engine.binary_cross_entropy(y, t, weight=weight, reduction=reduction),
        lambda y: F.binary_cross_entropy(y, torch.tensor(t), weight=_optional(weight), reduction=reduction),
        f"reduction={reduction}, weighted={weight is not None}",
    )


@function("binary_cross_entropy_with_logits")
def _binary_cross_entropy_with_logits(draw: Draw) -> Comparison:
    shape, reduction = draw.shape(1), draw.choice(REDUCTIONS)
    weight = draw.positive(*shape) if draw.flip() else None
    pos_weight = draw.positive(shape[-1]) if draw.flip() else None
    t = draw.unit(*shape) if draw.flip() else draw.classes(2, *shape).astype(float)
    return Comparison(
        [20 * draw.normal(*shape)],
        lambda x: engine.binary_cross_entropy_with_logits(
            x, t, weight=weight, pos_weight=pos_weight, reduction=reduction
        ),
        lambda x: F.binary_cross_entropy_with_logits(
            x, torch.tensor(t), weight=_optional(weight), pos_weight=_optional(pos_weight), reduction=reduction
        ),
        f"reduction={reduction}, weight={weight is not None}, pos_weight={pos_weight is not None}",
    )


@function("cross_entropy")
def _cross_entropy(draw: Draw) -> Comparison:
    n, c, reduction = draw.size(1, 6), draw.size(2, 6), draw.choice(REDUCTIONS)
    weight = draw.positive(c) if draw.flip() else None
    smoothing = draw.choice([0.0, 0.1, 0.5])
    x = 5 * draw.normal(n, c)
    if draw.flip():
        t = draw.classes(c, n)
    else:
        soft = draw.positive(n, c)
        t = soft / soft.sum(axis=1, keepdims=True)
    return Comparison(
        [x],
        lambda x: engine.cross_entropy(x, t, weight=weight, label_smoothing=smoothing, reduction=reduction),
        lambda x: F.cross_entropy(
            x, torch.tensor(t), weight=_optional(weight), label_smoothing=smoothing, reduction=reduction
        ),
        f"targets={t.dtype}, weight={weight is not None}, label_smoothing={smoothing}, reduction={reduction}",
    )


def _optional(array: Any) -> torch.Tensor | None:
    return None if array is None else torch.tensor(array)


def _gan(side: str) -> None:
    @function(f"{side}_loss")
    def case(draw: Draw) -> Comparison:
        kind = draw.choice(["minimax", "non_saturating", "least_squares", "wasserstein"])
        logits = [3 * draw.normal(draw.size(), 1) for _ in range(2 if side == "discriminator" else 1)]
        ours = getattr(engine, f"{side}_loss")
        return Comparison(logits, lambda *a: ours(kind, *a), lambda *a: _gan_loss(side, kind, *a), kind)


def _gan_loss(side: str, kind: str, *logits: torch.Tensor) -> torch.Tensor:
    """The losses of the papers, written with PyTorch's own."""

    def toward(x: torch.Tensor, label: float) -> torch.Tensor:
        return F.binary_cross_entropy_with_logits(x, torch.full_like(x, label))

    def near(x: torch.Tensor, label: float) -> torch.Tensor:
        return F.mse_loss(x, torch.full_like(x, label)) / 2

    if side == "discriminator":
        real, fake = logits
        if kind == "wasserstein":
            return fake.mean() - real.mean()
        measure = near if kind == "least_squares" else toward
        return measure(real, 1.0) + measure(fake, 0.0)
    (fake,) = logits
    losses = {
        "minimax": lambda: -toward(fake, 0.0),
        "non_saturating": lambda: toward(fake, 1.0),
        "least_squares": lambda: near(fake, 1.0),
        "wasserstein": lambda: -fake.mean(),
    }
    return losses[kind]()


for _side in ("discriminator", "generator"):
    _gan(_side)
