"""What is seen of a network that names images. Several seeds stand in a leading axis, written (...)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.lab.events import HostArray, Observation
from nnlab.lab.workbench import bench, table_probes
from nnlab.lab.workbench.bench import Bench

MOST_MISTAKES = 12
MOST_MAPS = 32


@dataclass(frozen=True)
class Shown:
    """Images need nothing besides the state."""


def shown_image(state: Bench) -> Any:
    """The unseen image on show as a batch of one (..., 1, C, H, W)."""
    x, _ = bench.unseen(state)
    index = min(state.sample, x.shape[state.leading] - 1)
    return x[..., index : index + 1, :, :, :]


def picture(state: Bench) -> Observation:
    """values (..., H, W), or (..., 3, H, W) in colour: the image on show, in [0, 1]."""
    image = engine.to_host(shown_image(state))[..., 0, :, :, :]
    return {"values": image if image.shape[-3] == 3 else image[..., 0, :, :]}


def scores(state: Bench) -> Observation:
    """values (..., C): the probability of each class for the image on show; names (..., C)."""
    logits = engine.to_host(table_probes.outputs_on(state, shown_image(state)))[..., 0, :].astype(np.float64)
    if logits.shape[-1] == 1:
        logits = np.concatenate([np.zeros_like(logits), logits], axis=-1)
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    assert state.task is not None
    names = table_probes.texts(state, state.task.classes)
    return {"values": powers / powers.sum(axis=-1, keepdims=True), "names": names}


def maps(state: Bench) -> Observation:
    """images (..., C, h, w): the first convolution's maps after its activation; kernels (..., C, kh, kw)."""
    walk = table_probes.seen_layers(state, shown_image(state))
    first = next((place for place, (layer, _) in enumerate(walk) if isinstance(layer, nn.Conv2d)), None)
    if first is None:
        return {}
    layer, output = walk[first]
    if first + 1 < len(walk) and isinstance(walk[first + 1][0], nn.Activation):
        output = walk[first + 1][1]
    return {
        "images": engine.to_host(output)[..., 0, :MOST_MAPS, :, :],
        "kernels": engine.to_host(layer.weight.data)[..., :MOST_MAPS, 0, :, :],
    }


def mistakes(state: Bench) -> Observation:
    """images (..., 12, H, W) and labels (..., 12): unseen images that are taken for another class, "true → given"."""
    assert state.task is not None
    x, truth = bench.unseen(state)
    given = table_probes.predicted(state, table_probes.outputs_on(state, x))
    true = engine.to_host(truth)
    true = (true[..., 0] if true.dtype.kind == "f" else true).astype(np.int64)
    pictures = engine.to_host(x).mean(axis=-3)
    if not state.leading:
        images, labels = _wrong(pictures, true, given, state.task.classes)
        return {"images": images, "labels": labels}
    found = [_wrong(*one, state.task.classes) for one in zip(pictures, true, given, strict=True)]
    return {"images": np.stack([images for images, _ in found]), "labels": np.stack([labels for _, labels in found])}


def _wrong(
    pictures: HostArray, true: HostArray, given: HostArray, classes: tuple[str, ...]
) -> tuple[HostArray, HostArray]:
    images = np.full((MOST_MISTAKES, *pictures.shape[1:]), np.nan)
    labels = np.full(MOST_MISTAKES, "", dtype="<U9")
    for place, index in enumerate(np.flatnonzero(true != given)[:MOST_MISTAKES]):
        images[place] = pictures[index]
        labels[place] = f"{classes[true[index]]} → {classes[given[index]]}"
    return images, labels


def gradients(state: Bench) -> Observation:
    """values (..., L): length of the loss gradient in each layer's weights, first layer first; 0 before a step."""
    norms = []
    for name, parameter in state.model.named_parameters():
        if name.rpartition(".")[2].startswith("weight"):
            axes = tuple(range(state.leading, parameter.data.ndim))
            gradient = np.zeros(parameter.shape) if parameter.grad is None else engine.to_host(parameter.grad)
            norms.append(np.sqrt(np.sum(gradient.astype(np.float64) ** 2, axis=axes)))
    return {"values": np.stack(norms, axis=-1)}


def dead(state: Bench) -> Observation:
    """A row a hidden layer: layer, units or maps, dead (those that are 0 on every training image), their share (L,)."""
    rows = []
    x = bench.seen(state).x
    few = x[(slice(None),) * state.leading + (slice(0, 256),)]
    for layer, output in table_probes.seen_layers(state, few):
        if isinstance(layer, nn.Activation):
            host = engine.to_host(output)
            is_map = host.ndim - state.leading == 4
            axes = (state.leading, *((-2, -1) if is_map else ()))
            quiet = np.all(host == 0, axis=axes)
            rows.append((quiet.shape[-1], quiet.sum(axis=-1)))
    return table_probes.dead_table(rows)


PROBES: Mapping[str, Callable[[Bench], Observation]] = {
    "maps": maps,
    "picture": picture,
    "scores": scores,
    "confusion": table_probes.confusion,
    "mistakes": mistakes,
    "gradients": gradients,
    "dead": dead,
}
