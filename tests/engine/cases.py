"""One table of every primitive with shapes to try: the gradient checks, backends and the planted errors all read it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import engine


@dataclass(frozen=True)
class Case:
    """A function and what draws its inputs."""

    name: str
    function: Callable[..., Any]
    draw: Callable[[np.random.Generator], tuple[np.ndarray, ...]]


def normal(*shapes: tuple[int, ...]) -> Callable[[np.random.Generator], tuple[np.ndarray, ...]]:
    return lambda rng: tuple(np.asarray(rng.standard_normal(shape)) for shape in shapes)


def positive(*shapes: tuple[int, ...]) -> Callable[[np.random.Generator], tuple[np.ndarray, ...]]:
    return lambda rng: tuple(np.asarray(rng.uniform(0.2, 2.0, shape)) for shape in shapes)


def unit(*shapes: tuple[int, ...]) -> Callable[[np.random.Generator], tuple[np.ndarray, ...]]:
    return lambda rng: tuple(np.asarray(rng.uniform(0.05, 0.95, shape)) for shape in shapes)


def away_from_zero(*shapes: tuple[int, ...]) -> Callable[[np.random.Generator], tuple[np.ndarray, ...]]:
    def draw(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        return tuple(rng.uniform(0.1, 2.0, shape) * rng.choice([-1.0, 1.0], shape) for shape in shapes)

    return draw


def with_indices(
    count: int, indices: tuple[int, ...], *shapes: tuple[int, ...], first: bool = False
) -> Callable[[np.random.Generator], tuple[np.ndarray, ...]]:
    def draw(rng: np.random.Generator) -> tuple[np.ndarray, ...]:
        numbers = rng.integers(0, count, indices)
        floats = tuple(np.asarray(rng.standard_normal(shape)) for shape in shapes)
        return (numbers, *floats) if first else (*floats, numbers)

    return draw


T, N, D, H, S = 3, 2, 4, 3, 2


def recurrent(gates: int, biases: int, states: int, lead: tuple[int, ...] = ()) -> Any:
    return normal(
        (*lead, T, N, D),
        (*lead, D, gates * H),
        (*lead, H, gates * H),
        *[(*lead, gates * H)] * biases,
        *[(*lead, N, H)] * states,
    )


CASES = [
    Case("add", engine.add, normal((3, 1, 2), (4, 1))),
    Case("subtract", engine.subtract, normal((3, 1, 2), (4, 1))),
    Case("multiply", engine.multiply, normal((3, 1, 2), (4, 1))),
    Case("divide", engine.divide, away_from_zero((3, 1, 2), (4, 1))),
    Case("negative", engine.negative, normal((2, 3))),
    Case("pow", engine.pow, positive((3, 2), (2,))),
    Case("pow scalar", lambda x: x**3, positive((3, 2))),
    Case("pow 2", lambda x: x**2, normal((3, 2))),
    Case("square", engine.square, normal((2, 3))),
    Case("sqrt", engine.sqrt, positive((2, 3))),
    Case("exp", engine.exp, normal((2, 3))),
    Case("log", engine.log, positive((2, 3))),
    Case("sin", engine.sin, normal((2, 3))),
    Case("cos", engine.cos, normal((2, 3))),
    Case("abs", engine.abs, away_from_zero((2, 3))),
    Case("maximum", engine.maximum, normal((3, 4), (4,))),
    Case("minimum", engine.minimum, normal((3, 4), (4,))),
    Case("clip", lambda x: engine.clip(x, min=-0.7, max=0.4), normal((3, 4))),
    Case("where", lambda x, y: engine.where(engine.greater(x, 0.0), x, y), normal((3, 4), (4,))),
    Case("sigmoid", engine.sigmoid, normal((2, 3))),
    Case("tanh", engine.tanh, normal((2, 3))),
    Case("relu", engine.relu, away_from_zero((2, 3))),
    Case("leaky_relu", lambda x: engine.leaky_relu(x, negative_slope=0.2), away_from_zero((2, 3))),
    Case("elu", lambda x: engine.elu(x, alpha=0.5), away_from_zero((2, 3))),
    Case("gelu", engine.gelu, normal((2, 3))),
    Case("gelu as tanh", lambda x: engine.gelu(x, approximate="tanh"), normal((2, 3))),
    Case("silu", engine.silu, normal((2, 3))),
    Case("softplus", engine.softplus, normal((2, 3))),
    Case("softmax", lambda x: engine.softmax(x, axis=0), normal((4, 3))),
    Case("log_softmax", engine.log_softmax, normal((4, 3))),
    Case("sum", lambda x: engine.sum(x, axis=(0, -1)), normal((2, 3, 4))),
    Case("mean", lambda x: engine.mean(x, axis=1, keepdims=True), normal((2, 3))),
    Case("var", lambda x: engine.var(x, axis=-1), normal((2, 3))),
    Case("max", lambda x: engine.max(x, axis=0), normal((4, 3))),
    Case("logsumexp", lambda x: engine.logsumexp(x, axis=0), normal((4, 3))),
    Case("reshape", lambda x: engine.reshape(x, (3, 4)), normal((2, 6))),
    Case("flatten", engine.flatten, normal((2, 3, 2))),
    Case("flatten, the last two axes", lambda x: engine.flatten(x, start=-2), normal((2, 3, 2))),
    Case("permute", lambda x: engine.permute(x, (2, 0, 1)), normal((2, 3, 4))),
    Case("slice", lambda x: x[1:, None, ::2, -1], normal((3, 4, 2))),
    Case("broadcast_to", lambda x: engine.broadcast_to(x, (3, 2, 4)), normal((2, 1))),
    Case("pad", lambda x: engine.pad(x, ((1, 0), (0, 2))), normal((2, 3))),
    Case("concat", lambda x, y: engine.concat([x, y], axis=1), normal((2, 3), (2, 1))),
    Case("stack", lambda x, y: engine.stack([x, y], axis=1), normal((2, 3), (2, 3))),
    Case("expand_dims", lambda x: engine.expand_dims(x, axis=1), normal((2, 3))),
    Case("matmul", engine.matmul, normal((3, 2, 4), (4, 2))),
    Case("linear", engine.linear, normal((5, 4), (4, 3), (3,))),
    Case("linear of networks, shared x", engine.linear, normal((5, 4), (3, 4, 2), (3, 2))),
    Case("linear with S equal to N", engine.linear, normal((3, 3, 4), (3, 4, 2), (3, 2))),
    Case("mse_loss", engine.mse_loss, normal((4, 2), (4, 2))),
    Case("mse_loss of networks", lambda y, t: engine.mse_loss(y, t, leading=1), normal((3, 4, 1), (4, 1))),
    Case("l1_loss", lambda y, t: engine.l1_loss(y, t, reduction="sum"), normal((4, 2), (4, 2))),
    Case("huber_loss", lambda y, t: engine.huber_loss(y, t, delta=0.5, reduction="none"), normal((4, 2), (4, 2))),
    Case("binary_cross_entropy", lambda y: engine.binary_cross_entropy(y, target_like(y)), unit((4, 2))),
    Case(
        "bce with logits",
        lambda x, t: engine.binary_cross_entropy_with_logits(x, t, leading=1),
        unit((3, 4, 1), (3, 4, 1)),
    ),
    Case(
        "weighted bce with logits",
        lambda x: engine.binary_cross_entropy_with_logits(
            x, target_like(x), weight=target_like(x) + 0.5, pos_weight=target_like(x) + 2.0
        ),
        normal((4, 2)),
    ),
    Case("cross_entropy", engine.cross_entropy, with_indices(3, (4,), (4, 3))),
    Case(
        "cross_entropy of networks",
        lambda x, t: engine.cross_entropy(x, t, leading=1),
        with_indices(3, (4,), (2, 4, 3)),
    ),
    Case(
        "cross_entropy, smoothed and weighted",
        lambda x, t: engine.cross_entropy(x, t, label_smoothing=0.2, weight=target_like(x)[0, ...] + 0.5),
        with_indices(3, (4,), (4, 3)),
    ),
    Case("cross_entropy of soft labels", lambda x: engine.cross_entropy(x, target_like(x) / 3), normal((4, 3))),
    Case("minimax", lambda f: engine.generator_loss("minimax", f), normal((4, 1))),
    Case(
        "wasserstein",
        lambda r, f: engine.discriminator_loss("wasserstein", r, f, leading=1),
        normal((2, 4, 1), (2, 4, 1)),
    ),
    Case("least squares GAN", lambda r, f: engine.discriminator_loss("least_squares", r, f), normal((4, 1), (4, 1))),
    Case("embedding", engine.embedding, with_indices(5, (3, 4), (5, 2), first=True)),
    Case("embedding of networks", engine.embedding, with_indices(5, (3, 4), (3, 5, 2), first=True)),
    Case(
        "conv2d",
        lambda *a: engine.conv2d(*a, stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2),
        normal((2, 4, 5, 6), (6, 2, 3, 2), (6,)),
    ),
    Case("conv2d without bias", lambda *a: engine.conv2d(*a, padding=1), normal((2, 3, 4, 5), (2, 3, 3, 3))),
    Case("conv2d of networks", engine.conv2d, normal((2, 2, 2, 4, 4), (2, 3, 2, 3, 3), (2, 3))),
    Case(
        "conv_transpose2d",
        lambda *a: engine.conv_transpose2d(*a, stride=2, padding=1, output_padding=1, groups=2),
        normal((2, 4, 3, 2), (4, 3, 3, 2), (6,)),
    ),
    Case("max_pool2d", lambda x: engine.max_pool2d(x, 3, stride=2, padding=1), normal((2, 3, 5, 6))),
    Case("max_pool2d of 2 x 2", lambda x: engine.max_pool2d(x, 2), normal((2, 3, 4, 6))),
    Case("avg_pool2d", lambda x: engine.avg_pool2d(x, 2, padding=1), normal((2, 3, 4, 5))),
    Case("global_avg_pool2d", engine.global_avg_pool2d, normal((2, 3, 4, 5))),
    Case("upsample_nearest2d", lambda x: engine.upsample_nearest2d(x, (2, 3)), normal((2, 3, 2, 2))),
    Case("batch_norm", engine.batch_norm, normal((4, 3, 2, 2), (3,), (3,))),
    Case("batch_norm of networks", lambda *a: engine.batch_norm(*a, leading=1), normal((2, 4, 3), (2, 3), (2, 3))),
    Case("dropout", lambda x: engine.dropout(x, p=0.4, rng=np.random.default_rng(0)), normal((4, 5))),
    Case("layer_norm", engine.layer_norm, normal((4, 5), (5,), (5,))),
    Case("rnn", engine.rnn, recurrent(1, 1, 1)),
    Case("rnn of networks", engine.rnn, recurrent(1, 1, 1, (S,))),
    Case("lstm", lambda *a: engine.lstm(*a)[0], recurrent(4, 1, 2)),
    Case("lstm's cell", lambda *a: engine.lstm(*a)[1], recurrent(4, 1, 2)),
    Case(
        "lstm, both outputs",
        lambda *a: (lambda h, c: engine.sum(h * h) + engine.sum(c * c * c))(*engine.lstm(*a)),
        recurrent(4, 1, 2, (S,)),
    ),
    Case("gru", engine.gru, recurrent(3, 2, 1)),
    Case("gru of networks", engine.gru, recurrent(3, 2, 1, (S,))),
]


def target_like(x: Any) -> Any:
    """A fixed pattern of 0 and 1 of x's shape and backend."""
    array = engine.values(x)
    xp = engine.namespace_of(array)
    size = int(np.prod(array.shape))
    return xp.reshape(xp.astype(xp.arange(size, device=array.device) % 3 == 0, array.dtype), array.shape)
