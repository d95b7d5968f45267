"""Squared error on classes: that of the probabilities which a network's outputs stand for, against 0 and 1.

It learns the same as cross-entropy where both learn, and stalls where the network is sure and wrong: its slope carries
the slope of the sigmoid or softmax, which is nearly 0 there.
"""

from typing import Any

from nnlab import engine


def sigmoid_squared_error(outputs: Any, targets: Any, *, leading: int = 0) -> engine.Tensor:
    """The mean of (sigmoid(z) - t)²; outputs z and targets t (..., N, 1), t of 0 and 1."""
    return engine.mse_loss(engine.sigmoid(outputs), targets, leading=leading)


def softmax_squared_error(outputs: Any, targets: Any, *, leading: int = 0) -> engine.Tensor:
    """The mean over samples and classes of (softmax(z) - one-hot(t))²; outputs z (..., N, C), targets t (..., N)."""
    p = engine.softmax(outputs, axis=-1)
    xp = engine.namespace_of(targets)
    classes = xp.arange(engine.values(p).shape[-1], dtype=targets.dtype, device=targets.device)
    return engine.mse_loss(p, xp.astype(targets[..., None] == classes, engine.values(p).dtype), leading=leading)
