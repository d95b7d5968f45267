"""What is seen of a network that learns from a table. With several seeds every array has a seeds axis in front.

Maps lie over the plane of the first two base columns; further columns stay at their mean.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.lab import probes
from nnlab.lab.events import HostArray, Observation
from nnlab.lab.sample_probes import first_samples, on_samples
from nnlab.lab.workbench import bench
from nnlab.lab.workbench.bench import Bench
from nnlab.lab.workbench.features import features_of

FIELD_CELLS = 48
MAP_CELLS = 16
THUMBNAIL_CELLS = 8
MOST_POINTS = 1000
MOST_UNITS = 24
"""A layer of more units is drawn without maps of each."""


@dataclass(frozen=True)
class Plane:
    """The way from two base columns to a network's inputs."""

    columns: Mapping[str, HostArray]
    """Base columns (n,) by name; what the first seed has of them."""
    line: str
    """The line of features."""
    shift: HostArray
    """(d,), or (S, d): subtracted from the features."""
    scale: HostArray
    """What they are divided by then."""
    centre: Any
    """The target's mean that was subtracted, () or (S,)."""

    @property
    def names(self) -> tuple[str, ...]:
        """The two columns that span the plane; fewer when there are fewer."""
        return tuple(self.columns)[:2]

    @property
    def extent(self) -> HostArray:
        """Lowest and highest value shown of each of the two columns (4,), with a margin."""
        edges = []
        for name in self.names:
            low, high = float(self.columns[name].min()), float(self.columns[name].max())
            margin = max(high - low, 1e-6) * probes.MARGIN / 2
            edges += [low - margin, high + margin]
        return np.array(edges)

    def inputs(self, cells: int) -> Any:
        """Return the network's inputs at the centres of cells x cells squares: (..., cells², d), lowest row first."""
        share = (np.arange(cells) + 0.5) / cells
        x0, x1, y0, y1 = self.extent
        across, up = np.meshgrid(x0 + share * (x1 - x0), y0 + share * (y1 - y0))
        grid = dict(zip(self.names, (across.ravel(), up.ravel()), strict=True))
        rest = {name: np.full(cells * cells, column.mean()) for name, column in self.columns.items()}
        features = features_of({**rest, **grid}, self.line)
        scaled = (features - self.shift[..., None, :]) / self.scale[..., None, :]
        return engine.to_device(scaled.astype(np.float32))


def answers(state: Bench, outputs: Any) -> HostArray:
    """Return outputs (..., N, C) as numbers in [-1, 1] (..., N): which class, how surely, or how large."""
    host = engine.to_host(outputs)
    assert state.task is not None
    if not state.task.classes:
        shown = np.clip(host[..., 0] / 2, -1, 1)
    elif host.shape[-1] == 1:
        shown = np.tanh(host[..., 0] / 2)
    else:
        shown = np.argmax(host, axis=-1) / (host.shape[-1] - 1) * 2 - 1
    return np.asarray(shown)


def predicted(state: Bench, outputs: Any) -> HostArray:
    """Return the class (..., N) int64 that outputs (..., N, C) tell."""
    host = engine.to_host(outputs)
    return (host[..., 0] > 0).astype(np.int64) if host.shape[-1] == 1 else np.argmax(host, axis=-1)


def plane_of(state: Bench) -> Plane:
    """Return the plane of the state's task."""
    assert state.task is not None
    assert isinstance(state.task.looks, Plane)
    return state.task.looks


def decision_field(state: Bench, cells: int) -> HostArray:
    """What the network answers over the plane: (..., H, W) in [-1, 1]."""
    *_, (_, outputs) = seen_layers(state, plane_of(state).inputs(cells))
    field = answers(state, outputs)
    return field.reshape(*field.shape[:-1], cells, cells)


def seen_layers(state: Bench, x: Any) -> list[tuple[Any, Any]]:
    """Run the network in evaluation layer by layer; (layer, output) of each."""
    state.model.eval()
    try:
        return list(probes.layers(state.model, x))
    finally:
        state.model.train()


def field(state: Bench) -> Observation:
    """field (H, W), points (N, 2), labels and predictions (N,), extent (4,); nothing without two columns."""
    plane = plane_of(state)
    assert state.task is not None
    if len(plane.names) < 2:
        return {}
    drawn = decision_field(state, FIELD_CELLS)
    seen: dict[str, HostArray] = {"field": drawn, "extent": probes.every_seed(state, plane.extent)}
    seen["names"] = texts(state, plane.names)
    data = bench.seen(state)
    if state.task.classes and all(name in state.task.names for name in plane.names):
        every = max(1, data.size // MOST_POINTS)
        x, y = data.x[..., ::every, :], engine.to_host(data.y)
        y = (y[..., 0] if y.dtype.kind == "f" else y)[..., ::every]
        raw = engine.to_host(x) * plane.scale[..., None, :] + plane.shift[..., None, :]
        seen["points"] = raw[..., [state.task.names.index(name) for name in plane.names]]
        seen["labels"] = y.astype(np.int64)
        seen["predictions"] = predicted(state, outputs_on(state, x))
    return seen


def thumbnails(state: Bench) -> Observation:
    """fields (H, W), or (S, H, W): a small decision field each for the strip of seeds."""
    if len(plane_of(state).names) < 2:
        return {}
    return {"fields": decision_field(state, THUMBNAIL_CELLS)}


def confusion(state: Bench) -> Observation:
    """values (C, C): how many unseen samples of each row's class were told to be of each column's; rows, columns."""
    assert state.task is not None
    classes = len(state.task.classes)
    if not classes:
        return {}
    x, truth = bench.unseen(state)
    told, truth = predicted(state, outputs_on(state, x)), engine.to_host(truth).astype(np.int64)
    truth = truth[..., 0] if truth.ndim > told.ndim else truth
    pairs = (truth * classes + told).reshape(-1, truth.shape[-1])
    counts = np.stack([np.bincount(row, minlength=classes**2) for row in pairs]).astype(np.float64)
    named = texts(state, state.task.classes)
    return {"values": counts.reshape(*truth.shape[:-1], classes, classes), "rows": named, "columns": named}


def prediction(state: Bench) -> Observation:
    """points (N, 2): truth and prediction of unseen samples in the target's unit; extent (4,), and a blank field."""
    assert state.task is not None
    if state.task.classes:
        return {}
    x, truth = bench.unseen(state)
    unit, centre = np.asarray(state.task.unit)[..., None], np.asarray(plane_of(state).centre)[..., None]
    pairs = [engine.to_host(part)[..., 0] * unit + centre for part in (truth, outputs_on(state, x))]
    points = np.stack(pairs, axis=-1)[..., :MOST_POINTS, :]
    low, high = float(pairs[0].min()), float(pairs[0].max())
    margin = max(high - low, 1e-6) * probes.MARGIN / 2
    extent = np.array([low - margin, high + margin] * 2)
    line = np.eye(FIELD_CELLS) * 0.6
    return {
        "points": points,
        "extent": probes.every_seed(state, extent),
        "field": probes.every_seed(state, line),
    }


def outputs_on(state: Bench, x: Any) -> Any:
    """Return the network's outputs on x in evaluation."""
    return seen_layers(state, x)[-1][1]


def network(state: Bench) -> Observation:
    """weights{l} (in, out), bias{l} (out,), names of the inputs and classes; over a plane maps{l} (nodes, H, W).

    With them the answers to some unseen samples, as `sample_probes.on_samples` says.
    """
    plane = plane_of(state)
    has_maps = len(plane.names) == 2
    points = plane.inputs(MAP_CELLS) if has_maps else state.data.x[..., :1, :]
    seen: dict[str, HostArray] = {}
    found: list[HostArray] = [engine.to_host(points)]
    index = 0
    for layer, output in seen_layers(state, points):
        parameters = dict(layer.named_parameters())
        if "weight" in parameters and parameters["weight"].data.ndim - state.leading == 2:
            found.append(engine.to_host(output))
            seen[f"weights{index}"] = engine.to_host(parameters["weight"].data)
            if "bias" in parameters:
                seen[f"bias{index}"] = engine.to_host(parameters["bias"].data)
            index += 1
        else:
            found[-1] = engine.to_host(output)
    if has_maps:
        for number, values in enumerate(found):
            if values.shape[-1] <= MOST_UNITS:
                seen[f"maps{number}"] = maps(state, values, is_last=number == len(found) - 1)
    assert state.task is not None
    seen["names0"] = texts(state, state.task.names)
    if state.task.outputs > 1:
        seen[f"names{index}"] = texts(state, state.task.classes)
    return {**seen, **samples(state)}


def samples(state: Bench) -> Observation:
    """Return what the network answers to some unseen samples; a regression's targets count in the network's unit."""
    assert state.task is not None
    x, y = first_samples(state.model, *bench.unseen(state), leading=state.leading)
    named = [state.task.classes[int(value)] if state.task.classes else f"{value:.3g}" for value in y.reshape(-1)]
    truth = np.array(named, dtype=np.str_).reshape(y.shape)
    return on_samples(seen_layers(state, x), x, truth, loss=state.loss)


def maps(state: Bench, values: HostArray, *, is_last: bool) -> HostArray:
    """Turn values (..., cells², nodes) into maps (..., nodes, H, W), each scaled to [-1, 1] about 0."""
    if is_last:
        values = np.tanh(values / 2)
    largest = np.max(np.abs(values), axis=-2, keepdims=True)
    scaled = np.moveaxis(values / np.maximum(largest, 1.0), -1, -2)
    shaped = scaled.reshape(*scaled.shape[:-1], MAP_CELLS, MAP_CELLS)
    return probes.every_seed(state, shaped) if state.leading and shaped.ndim == 3 else shaped


def texts(state: Bench, names: Sequence[str]) -> HostArray:
    """Return names (n,), with the seeds axis where there is one."""
    return probes.every_seed(state, np.array(names, dtype=np.str_))


def weights(state: Bench) -> Observation:
    """values (in + 1, out): weights and, in the last row, biases of the dense layer on show; rows (in + 1,)."""
    assert state.task is not None
    dense = [module for _, module in state.model.named_modules() if isinstance(module, nn.Linear)]
    place = min(state.layer, len(dense)) - 1
    values = engine.to_host(dense[place].weight.data)
    names = list(state.task.names) if place == 0 else [f"h{number}" for number in range(1, values.shape[-2] + 1)]
    bias = dense[place].bias
    if bias is not None:
        values = np.concatenate([values, engine.to_host(bias.data)[..., None, :]], axis=-2)
        names.append("bias")
    return {"values": values, "rows": texts(state, names)}


def dead(state: Bench) -> Observation:
    """A row a hidden layer: layer, units, dead (those that answer 0 to every training sample), and their share (L,)."""
    rows = []
    for layer, output in seen_layers(state, bench.seen(state).x):
        if not dict(layer.named_parameters()) and hasattr(layer, "function"):
            host = engine.to_host(output)
            rows.append((host.shape[-1], np.sum(np.all(host == 0, axis=-2), axis=-1)))
    return dead_table(rows)


def dead_table(rows: list[tuple[int, HostArray]]) -> Observation:
    """Return (units, how many are dead () or (S,)) of each layer as columns (..., L)."""
    if not rows:
        return {}
    count = np.stack([dead for _, dead in rows], axis=-1)
    units = np.broadcast_to([size for size, _ in rows], count.shape)
    number = np.broadcast_to(np.arange(1, len(rows) + 1), count.shape)
    return {"layer": number, "units": units, "dead": count, "share": count / units}


PROBES: Mapping[str, Callable[[Bench], Observation]] = {
    "field": field,
    "thumbnails": thumbnails,
    "confusion": confusion,
    "prediction": prediction,
    "network": network,
    "weights": weights,
    "gradients": probes.gradients,
    "dead": dead,
}
