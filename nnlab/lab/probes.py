"""Standard probes of a supervised experiment with a sequential network. Each returns arrays of the shapes it says.

With several seeds every array has a seeds axis in front, also those that all seeds share; N are samples, H and W the
rows and columns of a map (row 0 at the lowest x2), L the layers.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab import engine, nn
from nnlab.lab.events import HostArray, Observation
from nnlab.lab.sample_probes import first_samples, on_samples

if TYPE_CHECKING:
    from nnlab.lab.supervised import Supervised

Array = Any
FIELD_CELLS = 48
MAP_CELLS = 16
THUMBNAIL_CELLS = 8
MARGIN = 0.12
"""The plane that is shown reaches so much of the data's width beyond the data."""


def extent(state: "Supervised") -> HostArray:
    """Return (x1 low, x1 high, x2 low, x2 high) (4,): a square that holds all samples of all seeds, with a margin."""
    points = engine.to_host(state.data.x).reshape(-1, state.data.x.shape[-1])[:, :2]
    low, high = points.min(axis=0), points.max(axis=0)
    half = max(float(np.max(high - low)) / 2, 1e-6) * (1 + MARGIN)
    centre = (low + high) / 2
    return np.array([centre[0] - half, centre[0] + half, centre[1] - half, centre[1] + half])


def grid_points(edges: HostArray, cells: int) -> Array:
    """Return the centres of cells x cells squares, (cells * cells, 2) float32 on the device, from the lowest row up."""
    share = (np.arange(cells) + 0.5) / cells
    x1, x2 = np.meshgrid(edges[0] + share * (edges[1] - edges[0]), edges[2] + share * (edges[3] - edges[2]))
    return engine.to_device(np.stack([x1.ravel(), x2.ravel()], axis=-1).astype(np.float32))


def layers(model: nn.Module, x: Array) -> Iterator[tuple[nn.Module, Array]]:
    """Run a sequential model layer by layer without gradients; yield (layer, its output (..., N, H))."""
    with engine.no_grad():
        value: Any = x
        for layer in model:  # type: ignore[attr-defined]  # nn.Sequential, as `supervised` experiments on points have
            value = layer(value)
            yield layer, engine.values(value)


def squash(outputs: Array) -> HostArray:
    """Return network outputs (..., N, 1), logits of class 1, as numbers in [-1, 1] (..., N): 2 sigmoid(z) - 1."""
    return np.tanh(engine.to_host(outputs)[..., 0] / 2)


def decision_field(state: "Supervised", cells: int = FIELD_CELLS) -> HostArray:
    """What the network answers over the plane: (H, W) in [-1, 1], for one output."""
    *_, (_, outputs) = layers(state.model, grid_points(extent(state), cells))
    field = squash(outputs)
    return field.reshape(*field.shape[:-1], cells, cells)


def field(state: "Supervised") -> Observation:
    """field (H, W), points (N, 2), labels (N,), predictions (N,), extent (4,)."""
    *_, (_, outputs) = layers(state.model, state.data.x)
    return {
        "field": decision_field(state),
        "points": engine.to_host(state.data.x)[..., :2],
        "labels": engine.to_host(state.data.y)[..., 0].astype(np.int64),
        "predictions": (engine.to_host(outputs)[..., 0] > 0).astype(np.int64),
        "extent": every_seed(state, extent(state)),
    }


def thumbnails(state: "Supervised") -> Observation:
    """fields (H, W), or (S, H, W): a small decision field each for the strip of seeds."""
    return {"fields": decision_field(state, THUMBNAIL_CELLS)}


def network(state: "Supervised") -> Observation:
    """weights{l} (in, out), bias{l} (out,), and maps{l} (nodes, H, W) in [-1, 1]: each neuron's answer over the plane.

    Layer 0 are the inputs; the maps of bounded activations are their values, of others divided by their largest.
    With them the answers to some training samples, as `on_samples` says.
    """
    points = grid_points(extent(state), MAP_CELLS)
    seen: dict[str, HostArray] = {"maps0": _maps(state, _unit(engine.to_host(points)))}
    index = 0
    pending: HostArray | None = None
    for layer, output in layers(state.model, points):
        parameters = dict(layer.named_parameters())
        if "weight" in parameters:
            if pending is not None:
                seen[f"maps{index}"] = _maps(state, _unit(pending))
            seen[f"weights{index}"] = engine.to_host(parameters["weight"].data)
            if "bias" in parameters:
                seen[f"bias{index}"] = engine.to_host(parameters["bias"].data)
            index += 1
        pending = engine.to_host(output)
    if pending is not None:
        seen[f"maps{index}"] = _maps(state, np.tanh(pending / 2))
    return {**seen, **_samples(state)}


def _samples(state: "Supervised") -> Observation:
    x, y = first_samples(state.model, state.data.x, state.data.y, leading=state.leading)
    truth = np.array([f"{value:.3g}" for value in y.reshape(-1)], dtype=np.str_).reshape(y.shape)
    return on_samples(layers(state.model, x), x, truth, loss=state.loss)


def _unit(values: HostArray) -> HostArray:
    """Scale (..., N, H) to [-1, 1] about 0, each neuron by itself; what already lies inside is left alone."""
    largest = np.max(np.abs(values), axis=-2, keepdims=True)
    scaled: HostArray = values / np.maximum(largest, 1.0)
    return scaled


def _maps(state: "Supervised", values: HostArray) -> HostArray:
    """Turn values (..., cells * cells, nodes) into maps (..., nodes, H, W), with the seeds axis where there is one."""
    maps = np.moveaxis(values, -1, -2)
    maps = maps.reshape(*maps.shape[:-1], MAP_CELLS, MAP_CELLS)
    return every_seed(state, maps) if state.leading and maps.ndim == 3 else maps


def every_seed(state: "Supervised", shared: HostArray) -> HostArray:
    """Give an array (...) that all seeds share the seeds axis that every observation of several has: (S, ...)."""
    return np.broadcast_to(shared, (state.data.x.shape[0], *shared.shape)) if state.leading else shared


def activations(state: "Supervised") -> Observation:
    """layer{l} (N, H): the outputs of the l-th layer on the training samples, from 1 on."""
    return {
        f"layer{index}": engine.to_host(output)
        for index, (_, output) in enumerate(layers(state.model, state.data.x), start=1)
    }


def gradients(state: "Supervised") -> Observation:
    """values (L,): length of the loss gradient in each layer's weights, first layer first; 0 before the first step."""
    norms = []
    for name, parameter in state.model.named_parameters():
        if name.endswith("weight"):
            gradient = engine.to_host(parameter.grad) if parameter.grad is not None else None
            shape = parameter.shape[: state.leading]
            norms.append(np.zeros(shape) if gradient is None else np.sqrt(np.sum(gradient**2, axis=(-2, -1))))
    return {"values": np.stack(norms, axis=-1)}


def dead_units(state: "Supervised") -> Observation:
    """dead (L, H): 1 where a unit answers 0 to every training sample, 0 where it lives, NaN where there is no unit."""
    rows = [
        np.all(engine.to_host(output) == 0, axis=-2).astype(np.float64)
        for layer, output in layers(state.model, state.data.x)
        if not list(layer.named_parameters())
    ]
    width = max((row.shape[-1] for row in rows), default=0)
    padded = [
        np.pad(row, [(0, 0)] * (row.ndim - 1) + [(0, width - row.shape[-1])], constant_values=np.nan) for row in rows
    ]
    return {"dead": np.stack(padded, axis=-2) if padded else np.zeros((*state.data.x.shape[: state.leading], 0, 0))}


def outputs_on(points: Any, targets: Any) -> Callable[["Supervised"], Observation]:
    """Return a probe that asks at fixed points (N, 2): columns x₁, x₂, y and ŷ in [0, 1], each (N,)."""
    points, targets = np.asarray(points, dtype=np.float32), np.asarray(targets, dtype=np.float64)

    def outputs(state: "Supervised") -> Observation:
        *_, (_, logits) = layers(state.model, engine.to_device(points))
        answers = (squash(logits) + 1) / 2
        columns = {"x₁": points[:, 0], "x₂": points[:, 1], "y": targets, "ŷ": answers}
        return {name: np.broadcast_to(column, answers.shape) for name, column in columns.items()}

    return outputs


SUPERVISED: dict[str, Callable[["Supervised"], Observation]] = {
    "field": field,
    "thumbnails": thumbnails,
    "network": network,
    "activations": activations,
    "gradients": gradients,
    "dead_units": dead_units,
}
"""The probes that every supervised experiment has."""
