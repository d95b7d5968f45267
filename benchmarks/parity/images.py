"""Parity of convolution, pooling, upsampling, normalization and dropout, as functions and as layers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from benchmarks.parity.comparison import Comparison, Draw
from benchmarks.parity.layers import same, with_weights
from benchmarks.parity.table import function, layer
from nnlab import engine, nn

PLAIN = {"weight": ("weight", same), "bias": ("bias", same)}


def _pair(draw: Draw, low: int, high: int) -> Any:
    """A number, or a pair of them."""
    return draw.size(low, high) if draw.flip() else (draw.size(low, high), draw.size(low, high))


def _convolution(draw: Draw) -> tuple[dict[str, Any], tuple[int, ...], tuple[int, ...]]:
    """Return options, the shape of x (N, C, H, W) and that of the kernels (O, C / groups, kh, kw)."""
    groups = draw.choice([1, 1, 2, 3])
    inputs, outputs = groups * draw.size(1, 3), groups * draw.size(1, 3)
    kernel = (draw.size(1, 3), draw.size(1, 3))
    options = {
        "stride": _pair(draw, 1, 3),
        "padding": _pair(draw, 0, 2),
        "dilation": _pair(draw, 1, 2),
        "groups": groups,
    }
    images = (draw.size(1, 4), inputs, draw.size(5, 9), draw.size(5, 9))
    return options, images, (outputs, inputs // groups, *kernel)


@function("conv2d")
def _conv2d(draw: Draw) -> Comparison:
    options, images, kernels = _convolution(draw)
    arrays = [draw.normal(*images), draw.normal(*kernels)]
    if draw.flip():
        arrays.append(draw.normal(kernels[0]))
    return Comparison(arrays, lambda *a: engine.conv2d(*a, **options), lambda *a: F.conv2d(*a, **options), f"{options}")


def _transposed(draw: Draw) -> tuple[dict[str, Any], tuple[int, ...], tuple[int, ...]]:
    """Return options, the shape of x (N, C, H, W) and that of the kernels (C, O / groups, kh, kw)."""
    groups, stride = draw.choice([1, 1, 2]), draw.size(1, 3)
    inputs, outputs = groups * draw.size(1, 3), draw.size(1, 3)
    options = {
        "stride": stride,
        "padding": draw.size(0, 1),
        "output_padding": draw.size(0, stride - 1),
        "groups": groups,
    }
    images = (draw.size(1, 4), inputs, draw.size(2, 5), draw.size(2, 5))
    return options, images, (inputs, outputs, draw.size(2, 4), draw.size(2, 4))


@function("conv_transpose2d")
def _conv_transpose2d(draw: Draw) -> Comparison:
    options, images, kernels = _transposed(draw)
    arrays = [draw.normal(*images), draw.normal(*kernels)]
    if draw.flip():
        arrays.append(draw.normal(kernels[1] * options["groups"]))
    return Comparison(
        arrays,
        lambda *a: engine.conv_transpose2d(*a, **options),
        lambda *a: F.conv_transpose2d(*a, **options),
        f"{options}",
    )


@layer("Conv2d")
def _conv2d_layer(draw: Draw) -> Comparison:
    options, images, kernels = _convolution(draw)
    bias = draw.flip()
    ours = nn.Conv2d(images[1], kernels[0], kernels[2:], rng=draw.rng, bias=bias, **options)
    theirs = torch.nn.Conv2d(images[1], kernels[0], kernels[2:], bias=bias, **options)
    return with_weights(ours, theirs, PLAIN, draw, draw.normal(*images))


@layer("ConvTranspose2d")
def _conv_transpose2d_layer(draw: Draw) -> Comparison:
    options, images, kernels = _transposed(draw)
    outputs = kernels[1] * options["groups"]
    ours = nn.ConvTranspose2d(images[1], outputs, kernels[2:], rng=draw.rng, **options)
    theirs = torch.nn.ConvTranspose2d(images[1], outputs, kernels[2:], **options)
    return with_weights(ours, theirs, PLAIN, draw, draw.normal(*images))


def _pooling(draw: Draw) -> tuple[Any, dict[str, Any], np.ndarray]:
    """Return kernel, options and images with many ties."""
    kernel = _pair(draw, 2, 3)
    options = {"stride": draw.choice([None, 1, 2, 3]), "padding": draw.size(0, 1)}
    shape = (draw.size(1, 3), draw.size(1, 3), draw.size(4, 9), draw.size(4, 9))
    return kernel, options, draw.normal(*shape, ties=True)


def _pool(name: str, layer_name: str, theirs: Callable[..., Any], their_layer: Callable[..., torch.nn.Module]) -> None:
    @function(name)
    def as_function(draw: Draw) -> Comparison:
        kernel, options, x = _pooling(draw)
        ours = getattr(engine, name)
        setting = f"kernel={kernel}, {options}"
        return Comparison([x], lambda x: ours(x, kernel, **options), lambda x: theirs(x, kernel, **options), setting)

    @layer(layer_name)
    def as_layer(draw: Draw) -> Comparison:
        kernel, options, x = _pooling(draw)
        return with_weights(getattr(nn, layer_name)(kernel, **options), their_layer(kernel, **options), {}, draw, x)


_pool("max_pool2d", "MaxPool2d", F.max_pool2d, torch.nn.MaxPool2d)
_pool("avg_pool2d", "AvgPool2d", F.avg_pool2d, torch.nn.AvgPool2d)


@function("global_avg_pool2d")
def _global_avg_pool2d(draw: Draw) -> Comparison:
    x = draw.normal(*(draw.size() for _ in range(4)))
    return Comparison([x], engine.global_avg_pool2d, lambda x: F.adaptive_avg_pool2d(x, 1).flatten(1))


@layer("GlobalAvgPool2d")
def _global_avg_pool2d_layer(draw: Draw) -> Comparison:
    theirs = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    return with_weights(nn.GlobalAvgPool2d(), theirs, {}, draw, draw.normal(*(draw.size() for _ in range(4))))


@function("upsample_nearest2d")
def _upsample_nearest2d(draw: Draw) -> Comparison:
    scale = _pair(draw, 1, 3)
    factor = (scale, scale) if isinstance(scale, int) else scale
    x = draw.normal(*(draw.size() for _ in range(4)))
    grown = (x.shape[2] * factor[0], x.shape[3] * factor[1])
    return Comparison(
        [x], lambda x: engine.upsample_nearest2d(x, scale), lambda x: F.interpolate(x, grown), f"scale={scale}"
    )


@layer("Upsample")
def _upsample(draw: Draw) -> Comparison:
    scale, x = draw.size(1, 3), draw.normal(*(draw.size() for _ in range(4)))
    return with_weights(nn.Upsample(scale), torch.nn.Upsample(scale_factor=scale), {}, draw, x)


@layer("Reshape")
def _reshape(draw: Draw) -> Comparison:
    n, a, b = draw.size(), draw.size(), draw.size()
    return with_weights(nn.Reshape((a, b)), torch.nn.Unflatten(1, (a, b)), {}, draw, draw.normal(n, a * b))


@function("batch_norm")
def _batch_norm(draw: Draw) -> Comparison:
    shape = (draw.size(2, 5), draw.size(), *draw.choice([(), (draw.size(),), (draw.size(), draw.size())]))
    eps, c = draw.choice([1e-5, 1e-3]), shape[1]
    running = (draw.normal(c), draw.positive(c)) if draw.flip() else None
    arrays = [draw.normal(*shape), *([draw.normal(c), draw.normal(c)] if draw.flip() else [])]
    given = {} if running is None else {"mean": running[0], "var": running[1]}
    their_running = (None, None) if running is None else tuple(torch.tensor(array) for array in running)

    def theirs(x: Any, w: Any = None, b: Any = None) -> Any:
        return F.batch_norm(x, *their_running, w, b, training=running is None, eps=eps)

    return Comparison(
        arrays, lambda *a: engine.batch_norm(*a, eps=eps, **given), theirs, f"eps={eps}, running={running is not None}"
    )


@layer("BatchNorm")
def _batch_norm_layer(draw: Draw) -> Comparison:
    shape = (draw.size(2, 5), draw.size(), draw.size(), draw.size())
    momentum = draw.choice([0.1, 0.5])
    ours = nn.BatchNorm(shape[1], rng=draw.rng, momentum=momentum).astype("float64")
    theirs = torch.nn.BatchNorm2d(shape[1], momentum=momentum).double()
    for _ in range(draw.size(0, 3)):  # batches that leave their trace in the running mean and variance
        x = draw.normal(*shape)
        ours(x)
        theirs(torch.tensor(x))
    training = draw.flip()
    ours.train(training)
    theirs.train(training)
    return with_weights(ours, theirs, PLAIN, draw, draw.normal(*shape))


@function("layer_norm")
def _layer_norm(draw: Draw) -> Comparison:
    shape = tuple(draw.size(2, 5) for _ in range(draw.size(2, 4)))
    axes, eps = draw.size(1, len(shape) - 1), draw.choice([1e-5, 1e-3])
    last = shape[-axes:]
    arrays = [draw.normal(*shape), *([draw.normal(*last), draw.normal(*last)] if draw.flip() else [])]
    return Comparison(
        arrays,
        lambda *a: engine.layer_norm(*a, axes=axes, eps=eps),
        lambda *a: F.layer_norm(a[0], last, *a[1:], eps=eps),
        f"axes={axes}, eps={eps}",
    )


@layer("LayerNorm")
def _layer_norm_layer(draw: Draw) -> Comparison:
    shape = tuple(draw.size(2, 5) for _ in range(draw.size(2, 4)))
    ours, theirs = nn.LayerNorm(shape[-1], rng=draw.rng), torch.nn.LayerNorm(shape[-1])
    return with_weights(ours, theirs, PLAIN, draw, draw.normal(*shape))


@function("dropout")
def _dropout(draw: Draw) -> Comparison:
    """The libraries draw differently, so the mask is told to PyTorch; without training there is none."""
    shape, p, training, seed = draw.shape(1), draw.choice([0.0, 0.3, 0.5]), draw.flip(), draw.size(0, 10**6)
    keep = np.random.default_rng(seed).random(shape) >= p

    def theirs(x: Any) -> Any:
        return x * torch.tensor(keep) / (1 - p) if training else F.dropout(x, p, training=False)

    def ours(x: Any) -> Any:
        return engine.dropout(x, p=p, rng=np.random.default_rng(seed), training=training)

    return Comparison([draw.normal(*shape)], ours, theirs, f"p={p}, training={training}")


@layer("Dropout")
def _dropout_layer(draw: Draw) -> Comparison:
    ours, theirs = nn.Dropout(0.5, rng=draw.rng).eval(), torch.nn.Dropout(0.5).eval()
    return with_weights(ours, theirs, {}, draw, draw.normal(*draw.shape(1)))
