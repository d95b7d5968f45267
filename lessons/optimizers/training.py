"""The same race on a whole network: seven copies of it, the same batches, each copy with its own optimizer."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import dataset
from nnlab.lab.authoring import Experiment, Knob, Stream, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue
from nnlab.lab.supervised import take_samples

from .race import COLOURED, KNOBS, RUNNERS
from .runners import GROUPS, MARKERS, NAMES, SHOWN, optimizer
from .schedules import SCHEDULES, schedule
from .surfaces import Array

POINTS = 300
RATES = (1.0, 0.2, 0.2, 0.3, 0.05, 0.05, 0.05)
"""A learning rate for each of NAMES, tuned: about the fewest steps to the target."""
SMOOTHING = 0.95
"""Share of the old value in the running mean of batch losses that the curves show."""


@dataclass(frozen=True, slots=True)
class Points:
    """Two spirals, to learn and to test; with several seeds each has its own."""

    x: Any
    """(..., N, 2) float32 on the device; test points alike."""
    y: Any
    """(..., N, 1)."""
    x_test: Any
    y_test: Any


@dataclass(slots=True)
class Training:
    """The state: models and optimizers in the order of `names`."""

    points: Points
    names: tuple[str, ...]
    models: list[nn.Module]
    optimizers: list[nn.Optimizer]
    rates: tuple[float, ...]
    """Of each optimizer at step 0, before the factor of all."""
    factor: float
    fall: Callable[[int], float]
    """Step -> what the schedule multiplies all rates by."""
    shuffle: Stream
    leading: int
    batch: int
    target: float
    means: Any
    """Running mean of each batch loss (R, ...) on the host."""
    first: Any
    """The step at which each running mean was first below the target (R, ...); NaN before."""
    index: int = 0


def network(knobs: Knobs, rng: Stream) -> nn.Module:
    """2-width-...-width-1 with one activation between all layers."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise((2, *[int(knobs["width"])] * int(knobs["layers"]), 1)):
        layers += [nn.Linear(inputs, outputs, rng=rng), nn.activation(str(knobs["activation"]))]
    return nn.Sequential(*layers[:-1])


def setup(knobs: Knobs, streams: Streams, xp: Any) -> Training:
    """Draw one network and copy it, so that every optimizer has the very same start."""
    sets = [
        dataset(str(knobs["data"]), 2 * POINTS, noise=float(knobs["data_noise"]), rng=rng, test=0.5)
        for rng in streams.data.generators()
    ]

    def gather(name: str) -> Any:
        arrays = [np.asarray(getattr(one, name), dtype=np.float32) for one in sets]
        arrays = [array if array.ndim == 2 else array[:, None] for array in arrays]
        return engine.to_device(np.stack(arrays) if streams.leading else arrays[0])

    factor = float(knobs["factor"])
    fall = schedule(str(knobs["schedule"]), 1.0, int(knobs["horizon"]))
    chosen = GROUPS.get(str(knobs["runners"]), (str(knobs["runners"]),))
    equal = float(knobs["equal_rate"])
    rates = tuple(equal or RATES[NAMES.index(name)] for name in chosen)
    settings = {name: float(knobs[name]) for name in ("momentum", "alpha", "weight_decay")}
    first = network(knobs, streams.init)
    models = [first]
    for _ in chosen[1:]:
        copy = network(knobs, Streams(streams.seeds).init)
        copy.load_state_dict(first.state_dict())
        models.append(copy)
    unknown = np.full((len(chosen), *(len(streams.seeds),) * streams.leading), np.nan)
    return Training(
        points=Points(gather("x"), gather("y"), gather("x_test"), gather("y_test")),
        names=chosen,
        models=models,
        optimizers=[
            optimizer(name, model, rate * factor * fall(0), **settings)
            for name, model, rate in zip(chosen, models, rates, strict=True)
        ],
        rates=rates,
        factor=factor,
        fall=fall,
        shuffle=streams.shuffle,
        leading=streams.leading,
        batch=int(knobs["batch"]),
        target=float(knobs["target"]),
        means=unknown,
        first=unknown,
    )


def step(state: Training) -> Metrics:
    """One update of every copy on the same batch, drawn anew; the running means of the batch losses."""
    x, y = state.points.x, state.points.y
    if state.batch:
        chosen = engine.to_device(state.shuffle.integers(0, POINTS, (state.batch,)))
        x, y = (take_samples(array, chosen, state.leading) for array in (x, y))
    now = []
    for model, mover, rate in zip(state.models, state.optimizers, state.rates, strict=True):
        mover.learning_rate = rate * state.factor * state.fall(state.index)
        mover.zero_grad()
        loss = engine.binary_cross_entropy_with_logits(model(x), y, leading=state.leading)
        loss.backward()
        mover.step()
        now.append(engine.to_host(loss))
    state.index += 1
    batch_losses = np.minimum(np.nan_to_num(np.stack(now).astype(np.float64), nan=1e6, posinf=1e6), 1e6)
    kept = np.where(np.isnan(state.means), batch_losses, state.means)
    state.means = SMOOTHING * kept + (1 - SMOOTHING) * batch_losses
    state.first = np.where((state.means < state.target) & np.isnan(state.first), state.index, state.first)
    return {name: mean.copy() for name, mean in zip(state.names, state.means, strict=True)}


def measure(state: Training) -> tuple[Array, Array]:
    """Loss on the whole training set and share of the test points that are right, of every copy: (R, ...) each."""
    points, losses, accuracies = state.points, [], []
    with engine.no_grad():
        for model in state.models:
            loss = engine.binary_cross_entropy_with_logits(model(points.x), points.y, leading=state.leading)
            losses.append(engine.to_host(loss))
            right = (engine.to_host(model(points.x_test)) > 0) == (engine.to_host(points.y_test) > 0.5)
            accuracies.append(right.mean(axis=(-2, -1)))
    return np.stack(losses).astype(np.float64), np.stack(accuracies)


def evaluate(state: Training) -> Metrics:
    """Measure how many have reached the target, and who was first: its place in NAMES, -1 nobody."""
    first = np.where(np.isnan(state.first), np.inf, state.first)
    places = np.array([NAMES.index(name) for name in state.names])
    return {
        "arrived": np.sum(np.isfinite(first), axis=0),
        "winner": np.where(np.isfinite(first.min(axis=0)), places[np.argmin(first, axis=0)], -1),
    }


def change(state: Training, knob: str, value: KnobValue) -> None:
    """Apply the live factor of all rates."""
    state.factor = float(value)


def observe_standings(state: Training) -> Observation:
    """A row per optimizer: marker, name, rate, loss on the whole set, test accuracy, first step below the target."""
    losses, accuracies = (np.moveaxis(values, 0, -1) for values in measure(state))
    columns = {
        " ": np.array([MARKERS[name] for name in state.names]),
        "name": np.array(state.names),
        "η": np.array([float(mover.learning_rate) for mover in state.optimizers]),
        "L": losses,
        "%": 100 * accuracies,
        "t": np.moveaxis(state.first, 0, -1),
    }
    order = np.argsort(losses, axis=-1, kind="stable")
    return {
        name: np.take_along_axis(np.broadcast_to(values, losses.shape), order, axis=-1)
        for name, values in columns.items()
    }


@experiment("training")
def training() -> Experiment:
    """Seven copies of one network on two spirals. t is the first step with a running mean below the target."""
    kept = {knob.name: knob for knob in KNOBS}
    return Experiment(
        knobs=(
            RUNNERS,
            *(kept[name] for name in ("factor", "equal_rate", "momentum", "alpha", "weight_decay")),
            Knob("batch", 32, low=0, high=POINTS),
            Knob("schedule", "constant", choices=SCHEDULES),
            Knob("horizon", 1500, low=1, slider=(100, 3000)),
            Knob("layers", 2, low=1, high=8),
            Knob("width", 16, low=1, high=64),
            Knob("activation", "tanh", choices=("sigmoid", "tanh", "relu", "gelu")),
            Knob("data", "spirals", choices=("xor", "circles", "moons", "spirals")),
            Knob("data_noise", 0.02, low=0.0, high=1.0, slider=(0.0, 0.3)),
            Knob("target", 0.1, above=0.0, slider=(0.01, 1.0), log=True),
        ),
        setup=setup,
        step=step,
        evaluate=evaluate,
        change=change,
        probes={"standings": observe_standings},
        views=(
            View(
                "race",
                "curve",
                options={"series": NAMES, "scale": "log", "y_limits": (1e-4, 10.0), "readout": "", **SHOWN},
            ),
            View(
                "standings",
                "table",
                "standings",
                {
                    "formats": {"η": "short", "L": "loss", "t": "count"},
                    "decimals": {"%": 1},
                    "headers": {"name": " ", "t": "t (L<ε)"},
                    "strong": ("L",),
                    **COLOURED,
                },
            ),
        ),
        steps=1500,
        weights=lambda state: {
            f"{name}.{key}": engine.to_host(value)
            for name, model in zip(state.names, state.models, strict=True)
            for key, value in model.state_dict().items()
        },
    )
