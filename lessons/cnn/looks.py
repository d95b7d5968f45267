"""What can be seen of a network that reads digits: maps, kernels, layers, scores, mistakes, what a score hangs on.

Every array has a seeds axis in front where there are several seeds, written (...).
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab import engine, nn
from nnlab.lab.events import HostArray, Observation
from nnlab.lab.probes import layers

from .moves import SIGNS, moved_each_way

if TYPE_CHECKING:
    from .digits import Digits

NAMES = tuple("0123456789")
CONFUSION = {
    "rows": NAMES,
    "columns": NAMES,
    "map": "sequential",
    "decimals": 0,
    "readout": "test_accuracy",
    "zero": "·",
}
OUTPUTS = {"strong": ["p"], "formats": {"exp z": "short"}, "decimals": {"z": 2, "p": 3}}
BAR = 20
"""Cells of a bar that stands for certainty."""
MOST_MISTAKES = 12
"""Mistakes on show; fewer leave blank places."""
_KINDS = {
    "Conv2d": "conv",
    "MaxPool2d": "max",
    "AvgPool2d": "mean",
    "GlobalAvgPool2d": "mean",
    "Flatten": "flat",
    "Linear": "dense",
    "ReLU": "relu",
}


def sample(state: "Digits") -> Any:
    """The digit on show, a drawn one or one of the test set, as a batch of one (..., 1, 1, 12, 12)."""
    if state.drawing is not None:
        return state.drawing
    index = min(state.sample, state.data.x_test.shape[state.leading] - 1)
    return state.data.x_test[..., index : index + 1, :, :, :]


def maps(state: "Digits") -> Observation:
    """images (..., C, h, w): the first convolution's maps of the digit after ReLU; kernels (..., C, kh, kw).

    Without a convolution: each hidden neuron's weights as a picture (..., H, 12, 12).
    """
    walk = layers(state.model, sample(state))
    layer, _ = next(walk)
    if isinstance(layer, nn.Conv2d):
        _, output = next(walk)
        return {"images": engine.to_host(output)[..., 0, :, :, :], "kernels": kernels(layer)}
    layer, _ = next(walk)
    weight = np.swapaxes(engine.to_host(dict(layer.named_parameters())["weight"].data), -1, -2)
    side = round(weight.shape[-1] ** 0.5)
    return {"images": weight.reshape(*weight.shape[:-1], side, side)}


def kernels(layer: nn.Conv2d) -> HostArray:
    """The kernels for the first channel (..., C, kh, kw)."""
    first: HostArray = engine.to_host(layer.weight.data)[..., 0, :, :]
    return first


def predictions(state: "Digits") -> HostArray:
    """The digit that each test image is taken for (..., N)."""
    with engine.no_grad():
        logits = engine.values(state.model(state.data.x_test))
    given: HostArray = engine.to_host(logits).argmax(axis=-1)
    return given


def confusion(state: "Digits") -> Observation:
    """values (..., 10, 10): how many test digits of the row were taken for the column."""
    given = predictions(state)
    true = np.asarray(engine.to_host(state.data.y_test))
    flat = np.zeros((int(np.prod(given.shape[:-1], dtype=np.int64)), 100))
    cells = (10 * true + given).reshape(len(flat), -1)
    for row, cell in zip(flat, cells, strict=True):
        row += np.bincount(cell, minlength=100)
    return {"values": flat.reshape(*given.shape[:-1], 10, 10)}


def scores(state: "Digits") -> Observation:
    """values (..., 10): softmax of the digit on show."""
    with engine.no_grad():
        shown = engine.softmax(state.model(sample(state)))
    return {"values": engine.to_host(engine.values(shown))[..., 0, :]}


def outputs(state: "Digits") -> Observation:
    """The last layer's way to its answer, the likeliest digit first: digit, z, exp z, p, p as a bar, each (..., 10)."""
    with engine.no_grad():
        z = engine.to_host(engine.values(state.model(sample(state))))[..., 0, :].astype(np.float64)
    order = np.argsort(-z, axis=-1, kind="stable")
    z = np.take_along_axis(z, order, axis=-1)
    powers = np.exp(z)
    shares = powers / powers.sum(axis=-1, keepdims=True)
    bars = np.array(["━" * round(BAR * share) for share in shares.reshape(-1).tolist()]).reshape(shares.shape)
    return {"": np.array(NAMES)[order], "z": z, "exp z": powers, "p": shares, " ": bars}


def chain(state: "Digits") -> Observation:
    """stage{l} (..., C, H, W) or (..., n), names (..., L), parameters (..., L): the digit's way through the layers."""
    x = sample(state)
    shown: dict[str, HostArray] = {"stage0": engine.to_host(x)[..., 0, :, :, :]}
    names, counts = ["x"], [0]
    for layer, output in layers(state.model, x):
        kind = type(layer).__name__
        if kind == "ReLU":
            # A layer and its activation are one stage: what is drawn is what the next layer gets.
            shown[f"stage{len(names) - 1}"] = _one(state, output)
            names[-1] += " relu"
            continue
        shown[f"stage{len(names)}"] = _one(state, output)
        names.append(_KINDS.get(kind, kind))
        counts.append(sum(int(np.prod(p.shape[state.leading :])) for p in layer.parameters()))
    lead = shown["stage0"].shape[:-3]
    shown["names"] = np.broadcast_to(np.array(names), (*lead, len(names)))
    shown["parameters"] = np.broadcast_to(np.array(counts), (*lead, len(counts)))
    return shown


def _one(state: "Digits", output: Any) -> HostArray:
    return np.asarray(np.take(engine.to_host(output), 0, axis=state.leading))


def gradient(state: "Digits") -> HostArray:
    """How the highest score of the digit on show changes with each pixel (..., 12, 12)."""
    x = engine.Tensor(engine.to_device(engine.to_host(sample(state)).copy()), requires_grad=True)
    parameters = list(state.model.parameters())
    for parameter in parameters:  # the picture's slopes are asked for, and training's must stay as they are
        parameter.requires_grad = False
    try:
        logits = state.model(x)
        best = engine.to_host(engine.values(logits)).argmax(axis=-1)
        chosen = engine.to_device((np.arange(10) == best[..., None]).astype(np.float32))
        engine.sum(logits * chosen).backward()
    finally:
        for parameter in parameters:
            parameter.requires_grad = True
    return np.asarray(engine.to_host(x.grad))[..., 0, 0, :, :]


def digit(state: "Digits") -> Observation:
    """values (..., 12, 12): the digit on show, in [0, 1]."""
    return {"values": engine.to_host(sample(state))[..., 0, 0, :, :]}


def saliency(state: "Digits") -> Observation:
    """values (..., 12, 12): the slopes of the digit's highest score, divided by the largest."""
    slopes = gradient(state)
    largest = np.maximum(np.abs(slopes).max(axis=(-2, -1), keepdims=True), 1e-12)
    return {"values": slopes / largest}


def mistakes(state: "Digits") -> Observation:
    """images (..., 12, 12, 12) and labels (..., 12): test digits that are taken for another one, "true → given"."""
    given, true = predictions(state), np.asarray(engine.to_host(state.data.y_test))
    pictures = engine.to_host(state.data.x_test)[..., 0, :, :]
    if not state.leading:
        images, labels = _wrong(pictures, true, given)
        return {"images": images, "labels": labels}
    parts = [_wrong(*one) for one in zip(pictures, true, given, strict=True)]
    return {"images": np.stack([part[0] for part in parts]), "labels": np.stack([part[1] for part in parts])}


def moved(state: "Digits") -> Observation:
    """images (..., 5, 12, 12): the digit on show, and moved by a pixel each way; labels: what each is taken for."""
    assert state.beside is not None
    there = engine.to_host(sample(state))
    images = np.concatenate([there, *moved_each_way(there, is_shuffled=state.beside.is_shuffled)], axis=state.leading)
    with engine.no_grad():
        given = engine.to_host(engine.values(state.model(engine.to_device(images)))).argmax(axis=-1)
    signs = np.broadcast_to(np.array(("·", *SIGNS)), given.shape).reshape(-1)
    texts = [f"{sign} {digit}" for sign, digit in zip(signs.tolist(), given.reshape(-1).tolist(), strict=True)]
    return {"images": images[..., 0, :, :], "labels": np.array(texts).reshape(given.shape)}


def _wrong(pictures: HostArray, true: HostArray, given: HostArray) -> tuple[HostArray, HostArray]:
    images = np.full((MOST_MISTAKES, *pictures.shape[1:]), np.nan)
    labels = np.full(MOST_MISTAKES, "", dtype="<U5")
    for place, index in enumerate(np.flatnonzero(true != given)[:MOST_MISTAKES]):
        images[place] = pictures[index]
        labels[place] = f"{true[index]} → {given[index]}"
    return images, labels


PROBES = ("maps", "confusion", "scores", "chain", "outputs", "digit", "saliency", "mistakes", "moved")
"""The probes of the experiment; those that every supervised experiment on points has do not fit pictures."""
