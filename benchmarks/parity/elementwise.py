"""Parity of elementwise functions, activations, reductions and functions that move values."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from benchmarks.parity.comparison import Comparison, Draw
from benchmarks.parity.table import function
from nnlab import engine

# name: (PyTorch's function, what its input is drawn with)
UNARY: dict[str, tuple[Callable[..., Any], str]] = {
    "negative": (torch.negative, "normal"),
    "square": (torch.square, "normal"),
    "sqrt": (torch.sqrt, "positive"),
    "exp": (torch.exp, "normal"),
    "log": (torch.log, "positive"),
    "sin": (torch.sin, "normal"),
    "cos": (torch.cos, "normal"),
    "abs": (torch.abs, "ties"),
    "step": (lambda x: torch.heaviside(x.detach(), torch.ones((), dtype=x.dtype)), "ties"),
    "sigmoid": (torch.sigmoid, "wide"),
    "tanh": (torch.tanh, "wide"),
    "relu": (F.relu, "ties"),
    "gelu": (F.gelu, "normal"),
    "silu": (F.silu, "wide"),
    # The threshold is out of reach: PyTorch's softplus is the identity above it, ours is exact everywhere.
    "softplus": (lambda x: F.softplus(x, threshold=1e4), "wide"),
}
BINARY: dict[str, Callable[..., Any]] = {
    "add": torch.add,
    "subtract": torch.subtract,
    "multiply": torch.multiply,
    "divide": torch.divide,
    "maximum": torch.maximum,
    "minimum": torch.minimum,
}
COMPARISONS: dict[str, Callable[..., Any]] = {
    "equal": torch.eq,
    "not_equal": torch.ne,
    "greater": torch.greater,
    "greater_equal": torch.greater_equal,
    "less": torch.less,
    "less_equal": torch.less_equal,
}


def _unary(name: str, theirs: Callable[..., Any], kind: str) -> None:
    @function(name)
    def case(draw: Draw) -> Comparison:
        shape = draw.shape()
        x = {
            "normal": lambda: draw.normal(*shape),
            "ties": lambda: draw.normal(*shape, ties=True),
            "wide": lambda: np.asarray(20 * draw.normal(*shape)),
            "positive": lambda: draw.positive(*shape),
        }[kind]()
        return Comparison([x], getattr(engine, name), theirs)


def _binary(name: str, theirs: Callable[..., Any]) -> None:
    @function(name)
    def case(draw: Draw) -> Comparison:
        shape = draw.shape()
        ties = name in ("maximum", "minimum")
        x, y = draw.normal(*draw.narrowed(shape), ties=ties), draw.normal(*draw.narrowed(shape), ties=ties)
        if name == "divide":
            y = np.asarray(abs(y) + 0.1)
        return Comparison([x, y], getattr(engine, name), theirs)


def _comparison(name: str, theirs: Callable[..., Any]) -> None:
    @function(name)
    def case(draw: Draw) -> Comparison:
        shape = draw.shape()
        x, y = draw.normal(*draw.narrowed(shape), ties=True), draw.normal(*draw.narrowed(shape), ties=True)
        # Multiplied into x, so that a truth value is compared as the mask that it is used as.
        return Comparison(
            [x, y],
            lambda x, y: x * getattr(engine, name)(x, y).astype("float64"),
            lambda x, y: x * theirs(x, y).double(),
        )


for _name, (_theirs, _kind) in UNARY.items():
    _unary(_name, _theirs, _kind)
for _name, _counterpart in BINARY.items():
    _binary(_name, _counterpart)
for _name, _counterpart in COMPARISONS.items():
    _comparison(_name, _counterpart)


@function("pow")
def _pow(draw: Draw) -> Comparison:
    shape = draw.shape()
    if draw.flip():
        exponent = draw.choice([2, 3, 0.5, -1.0, 1.5])
        return Comparison([draw.positive(*shape)], lambda x: x**exponent, lambda x: x**exponent, f"exponent={exponent}")
    x, y = draw.positive(*draw.narrowed(shape)), draw.normal(*draw.narrowed(shape))
    return Comparison([x, y], engine.pow, torch.pow)


@function("clip")
def _clip(draw: Draw) -> Comparison:
    low, high = draw.choice([(-1.0, 1.0), (None, 0.5), (-0.5, None)])
    x = draw.normal(*draw.shape(), ties=True)
    ours, theirs = (lambda x: engine.clip(x, min=low, max=high)), (lambda x: torch.clip(x, min=low, max=high))
    return Comparison([x], ours, theirs, f"min={low}, max={high}")


@function("where")
def _where(draw: Draw) -> Comparison:
    shape = draw.shape()
    condition = np.asarray(draw.rng.random(draw.narrowed(shape)) < 0.5)
    x, y = draw.normal(*draw.narrowed(shape)), draw.normal(*draw.narrowed(shape))
    return Comparison([condition, x, y], engine.where, torch.where)


@function("leaky_relu")
def _leaky_relu(draw: Draw) -> Comparison:
    slope = draw.choice([0.01, 0.2, 0.0])
    return Comparison(
        [draw.normal(*draw.shape(), ties=True)],
        lambda x: engine.leaky_relu(x, negative_slope=slope),
        lambda x: F.leaky_relu(x, slope),
        f"negative_slope={slope}",
    )


@function("elu")
def _elu(draw: Draw) -> Comparison:
    alpha = draw.choice([1.0, 0.3])
    x = np.asarray(5 * draw.normal(*draw.shape()))
    return Comparison([x], lambda x: engine.elu(x, alpha=alpha), lambda x: F.elu(x, alpha), f"alpha={alpha}")


@function("softmax")
def _softmax(draw: Draw) -> Comparison:
    return _along_axis(draw, engine.softmax, torch.softmax)


@function("log_softmax")
def _log_softmax(draw: Draw) -> Comparison:
    return _along_axis(draw, engine.log_softmax, torch.log_softmax)


def _along_axis(draw: Draw, ours: Callable[..., Any], theirs: Callable[..., Any]) -> Comparison:
    shape = draw.shape(1)
    axis = draw.size(-len(shape), len(shape) - 1)
    return Comparison(
        [10 * draw.normal(*shape)], lambda x: ours(x, axis=axis), lambda x: theirs(x, axis), f"axis={axis}"
    )


@function("sum")
def _sum(draw: Draw) -> Comparison:
    return _reduction(draw, engine.sum, torch.sum)


@function("mean")
def _mean(draw: Draw) -> Comparison:
    return _reduction(draw, engine.mean, torch.mean)


@function("max")
def _max(draw: Draw) -> Comparison:
    return _reduction(draw, engine.max, torch.amax, ties=True)


@function("logsumexp")
def _logsumexp(draw: Draw) -> Comparison:
    return _reduction(draw, engine.logsumexp, torch.logsumexp)


@function("var")
def _var(draw: Draw) -> Comparison:
    shape = tuple(draw.size(2, 5) for _ in range(draw.size(1, 4)))
    correction = draw.choice([0, 1])
    axis, keepdims = draw.size(0, len(shape) - 1), draw.flip()
    return Comparison(
        [draw.normal(*shape)],
        lambda x: engine.var(x, axis=axis, keepdims=keepdims, correction=correction),
        lambda x: torch.var(x, axis, keepdim=keepdims, correction=correction),
        f"axis={axis}, keepdims={keepdims}, correction={correction}",
    )


def _reduction(draw: Draw, ours: Callable[..., Any], theirs: Callable[..., Any], *, ties: bool = False) -> Comparison:
    shape = draw.shape(1)
    axes: Any = tuple(int(i) for i in draw.rng.permutation(len(shape))[: draw.size(1, len(shape))])
    axes = draw.choice([axes, axes[0], axes[0] - len(shape), None])
    keepdims = draw.flip()
    every = tuple(range(len(shape)))
    return Comparison(
        [draw.normal(*shape, ties=ties)],
        lambda x: ours(x, axis=axes, keepdims=keepdims),
        lambda x: theirs(x, every if axes is None else axes, keepdim=keepdims),
        f"axis={axes}, keepdims={keepdims}",
    )


@function("reshape")
def _reshape(draw: Draw) -> Comparison:
    a, b, c = draw.size(), draw.size(), draw.size()
    shape = draw.choice([(a * b, c), (c, -1), (-1,), (a, 1, b * c)])
    return Comparison(
        [draw.normal(a, b, c)], lambda x: engine.reshape(x, shape), lambda x: x.reshape(shape), f"{shape}"
    )


@function("flatten")
def _flatten(draw: Draw) -> Comparison:
    x, start = draw.normal(*draw.shape(2)), draw.choice([0, 1])
    return Comparison(
        [x], lambda x: engine.flatten(x, start=start), lambda x: torch.flatten(x, start), f"start={start}"
    )


@function("permute")
def _permute(draw: Draw) -> Comparison:
    shape = draw.shape(1)
    axes = tuple(int(i) - draw.choice([0, len(shape)]) for i in draw.rng.permutation(len(shape)))
    return Comparison(
        [draw.normal(*shape)], lambda x: engine.permute(x, axes), lambda x: x.permute(axes), f"axes={axes}"
    )


@function("take_slice")
def _take_slice(draw: Draw) -> Comparison:
    shape = draw.shape(1)
    key: list[Any] = []
    for n in shape[: draw.size(1, len(shape))]:
        start = draw.size(0, n - 1)
        key.append(draw.choice([start, slice(start, None), slice(None, n - start), slice(start, None, 2), slice(None)]))
    if draw.flip():
        key = [*key, None] if draw.flip() else [..., draw.size(0, shape[-1] - 1)]
    chosen = tuple(key)
    return Comparison([draw.normal(*shape)], lambda x: x[chosen], lambda x: x[chosen], f"key={chosen}")


@function("broadcast_to")
def _broadcast_to(draw: Draw) -> Comparison:
    shape = draw.shape()
    return Comparison(
        [draw.normal(*draw.narrowed(shape))],
        lambda x: engine.broadcast_to(x, shape),
        lambda x: torch.broadcast_to(x, shape),
        f"{shape}",
    )


@function("expand_dims")
def _expand_dims(draw: Draw) -> Comparison:
    shape = draw.shape()
    axis = draw.size(-len(shape) - 1, len(shape))
    return Comparison(
        [draw.normal(*shape)], lambda x: engine.expand_dims(x, axis=axis), lambda x: x.unsqueeze(axis), f"axis={axis}"
    )


@function("pad")
def _pad(draw: Draw) -> Comparison:
    shape, value = draw.shape(1), draw.choice([0.0, -1.5])
    widths = [(draw.size(0, 2), draw.size(0, 2)) for _ in shape]
    # PyTorch counts from the last axis on.
    turned = [width for pair in reversed(widths) for width in pair]
    return Comparison(
        [draw.normal(*shape)],
        lambda x: engine.pad(x, widths, value=value),
        lambda x: F.pad(x, turned, value=value),
        f"widths={widths}",
    )


@function("concat")
def _concat(draw: Draw) -> Comparison:
    shape = draw.shape(1)
    axis = draw.size(-len(shape), len(shape) - 1)
    arrays = []
    for _ in range(draw.size(1, 3)):
        own = list(shape)
        own[axis] = draw.size(0, 4)
        arrays.append(draw.normal(*own))
    return Comparison(
        arrays, lambda *x: engine.concat(x, axis=axis), lambda *x: torch.concat(x, dim=axis), f"axis={axis}"
    )


@function("stack")
def _stack(draw: Draw) -> Comparison:
    shape = draw.shape(1)
    axis = draw.size(-len(shape) - 1, len(shape))
    arrays = [draw.normal(*shape) for _ in range(draw.size(1, 3))]
    return Comparison(
        arrays, lambda *x: engine.stack(x, axis=axis), lambda *x: torch.stack(x, dim=axis), f"axis={axis}"
    )


@function("matmul")
def _matmul(draw: Draw) -> Comparison:
    lead, (n, d, h) = draw.shape(0, 2), (draw.size(), draw.size(), draw.size())
    x, y = draw.normal(*draw.narrowed(lead), n, d), draw.normal(*draw.narrowed(lead), d, h)
    return Comparison([x, y], engine.matmul, torch.matmul)


@function("linear")
def _linear(draw: Draw) -> Comparison:
    n, d, h = draw.size(), draw.size(), draw.size()
    inputs = [draw.normal(*draw.shape(0, 2), n, d), draw.normal(d, h)]
    if draw.flip():
        inputs.append(draw.normal(h))
    return Comparison(inputs, engine.linear, lambda x, w, b=None: F.linear(x, w.mT, b))
