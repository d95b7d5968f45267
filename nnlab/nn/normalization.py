"""Layers that normalize and drop: batch normalization, layer normalization, dropout; and the embedding table."""

from typing import Any

from nnlab.engine import Tensor, batch_norm, dropout, embedding, layer_norm, to_device, values
from nnlab.nn.initializers import Initializer, leading_shape, normal, ones, zeros
from nnlab.nn.initializers import initializer as by_name
from nnlab.nn.module import Module, parameter


class BatchNorm(Module):
    """Normalize each channel of x (N, C, ...) over the batch; evaluation uses the running mean and variance.

    rng gives the leading axis where there are many networks (nothing is drawn). momentum is the share of the new batch.
    """

    buffers = ("running_mean", "running_var")
    replays = False  # the running mean and variance change

    def __init__(self, channels: int, *, rng: Any, eps: float = 1e-5, momentum: float = 0.1) -> None:
        self.leading = len(leading_shape(rng))
        self.eps = eps
        self.momentum = momentum
        self.weight = parameter(ones(rng, (channels,)))
        self.bias = parameter(zeros(rng, (channels,)))
        self.running_mean = parameter(zeros(rng, (channels,))).data
        self.running_var = parameter(ones(rng, (channels,))).data

    def forward(self, x: Any) -> Tensor:
        options: dict[str, Any] = {"eps": self.eps, "leading": self.leading}
        if not self.training:
            return batch_norm(x, self.weight, self.bias, mean=self.running_mean, var=self.running_var, **options)
        batch: dict[str, Any] = {}
        y = batch_norm(x, self.weight, self.bias, trace=batch, **options)
        unbiased = batch["var"] * (batch["count"] / (batch["count"] - 1))
        self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * batch["mean"]
        self.running_var = (1 - self.momentum) * self.running_var + self.momentum * unbiased
        return y


class LayerNorm(Module):
    """Normalize each sample over its last axis (..., features)."""

    def __init__(self, features: int, *, rng: Any, eps: float = 1e-5) -> None:
        self.leading = len(leading_shape(rng))
        self.eps = eps
        self.weight = parameter(ones(rng, (features,)))
        self.bias = parameter(zeros(rng, (features,)))

    def forward(self, x: Any) -> Tensor:
        w, b = self.weight, self.bias
        if self.leading:  # (S, F) must stand beside x (S, N, ..., F)
            between = (slice(None), *(None,) * (values(x).ndim - 2), slice(None))
            w, b = w[between], b[between]
        return layer_norm(x, w, b, eps=self.eps)


class Dropout(Module):
    """While training, set values to 0 with probability p and scale up the others; draws from rng at every call."""

    replays = False

    def __init__(self, p: float = 0.5, *, rng: Any) -> None:
        self.p = p
        self.rng = rng

    def forward(self, x: Any) -> Tensor:
        return dropout(x, p=self.p, rng=self.rng, training=self.training)


class Embedding(Module):
    """Rows of a table by number: (N, ...) in [0, words) -> (N, ..., features). weight (..., words, features)."""

    def __init__(self, words: int, features: int, *, rng: Any, initializer: str | Initializer | None = None) -> None:
        start = normal(rng, (words, features), std=1.0) if initializer is None else None
        self.weight = parameter(by_name(initializer)(rng, (words, features)) if initializer is not None else start)

    def forward(self, indices: Any) -> Tensor:
        return embedding(indices if hasattr(indices, "dtype") else to_device(indices), self.weight)
