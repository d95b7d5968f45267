"""The usual experiment: a model learns targets from inputs by mini-batches, with a train and a test set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import Dataset
from nnlab.lab import probes as standard_probes
from nnlab.lab.data_files import data_errors
from nnlab.lab.errors import UsageError
from nnlab.lab.events import Change
from nnlab.lab.experiment import Experiment, Knobs, Metrics, Probe
from nnlab.lab.knobs import Knob, KnobValue
from nnlab.lab.streams import Stream, Streams
from nnlab.lab.views import View

Array = Any
"""An array of the run's backend."""
Loss = Callable[..., engine.Tensor]
"""loss(outputs (..., N, C), targets, leading=) -> Tensor () or (S,)."""


@dataclass(frozen=True, slots=True)
class DeviceData:
    """A data set on the run's device. With several seeds every array has a leading axis (S,)."""

    x: Array
    """Training inputs (..., N, D) float32, or images (..., N, C, H, W)."""
    y: Array
    """Training targets (..., N, 1) float32 for one output, (..., N) int64 classes for several."""
    x_test: Array
    y_test: Array
    size: int
    """N."""


@dataclass(slots=True)
class Supervised:
    """The state of a supervised experiment."""

    model: nn.Module
    optimizer: nn.Optimizer
    data: DeviceData
    shuffle: Stream
    dropout: Stream
    loss: Loss
    leading: int
    batch: int
    """Samples a step; 0 for the whole set."""
    order: np.ndarray
    """This epoch's order of the samples (..., N); only mini-batches use it."""
    position: int = 0
    """How many samples of `order` are used up."""
    gradients: Any = None
    """(x, y) -> the loss, with the gradients left in the model; made anew from model, loss and leading."""

    def __post_init__(self) -> None:
        self.gradients = _gradients(self.model, self.loss, self.leading)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the state of a supervised experiment is made; see `supervised`. A sweep reads what may train together."""

    data: Callable[[Knobs, np.random.Generator], Dataset]
    model: Callable[[Knobs, Stream], nn.Module]
    optimizer: Callable[[Knobs, nn.Module], nn.Optimizer]
    loss: "by_knobs | Loss"

    def setup(self, knobs: Knobs, streams: Streams, xp: Any) -> Supervised:
        """Make the state of one run."""
        sets = [self.data(knobs, generator) for generator in streams.data.generators()]
        network = self.model(knobs, streams.init)
        return self.state(knobs, streams, sets, network, self.optimizer(knobs, network))

    def state(
        self, knobs: Knobs, streams: Streams, sets: list[Dataset], network: nn.Module, optimizer: nn.Optimizer
    ) -> Supervised:
        """Put a state together. sets: one data set for each seed."""
        on_device = to_device(sets, is_batch=bool(streams.leading))
        return Supervised(
            model=network,
            optimizer=optimizer,
            data=on_device,
            shuffle=streams.shuffle,
            dropout=streams.dropout,
            loss=self.loss_of(knobs),
            leading=streams.leading,
            batch=min(int(knobs.get("batch", 0)), on_device.size),
            order=np.empty(0, dtype=np.int64),
        )

    def loss_of(self, knobs: Knobs) -> Loss:
        """The loss that these knobs ask for."""
        return self.loss.function(knobs) if isinstance(self.loss, by_knobs) else self.loss


def supervised(
    *,
    knobs: tuple[Knob, ...],
    data: Callable[[Knobs, np.random.Generator], Dataset],
    model: Callable[[Knobs, Stream], nn.Module],
    optimizer: Callable[[Knobs, nn.Module], nn.Optimizer],
    loss: "by_knobs | Loss",
    views: tuple[View, ...],
    probes: Mapping[str, Probe] | None = None,
    goal: Callable[[Supervised], Any] | None = None,
    steps: int = 1000,
    evaluations: int = 200,
) -> Experiment:
    """Build a supervised experiment.

    data(knobs, rng) makes one seed's data set; model(knobs, rng) a module whose parameters are drawn from `rng`;
    optimizer(knobs, model) its optimizer; `loss` is an engine loss such as engine.cross_entropy, or a function of
    the knobs that returns one (`lambda knobs: ...`, marked by `by_knobs`). A knob "batch" sets the mini-batch (0: the
    whole set) and a live knob "learning_rate" is applied to the optimizer.
    """
    return Experiment(
        knobs=knobs,
        setup=Recipe(data, model, optimizer, loss).setup,
        step=step,
        evaluate=evaluate,
        goal=goal,
        change=change,
        advise=lambda values: advise(values, knobs),
        probes={**standard_probes.SUPERVISED, **(probes or {})},
        views=views,
        steps=steps,
        evaluations=evaluations,
        samples=samples,
        weights=lambda state: {name: engine.to_host(value) for name, value in state.model.state_dict().items()},
    )


@dataclass(frozen=True)
class by_knobs:  # noqa: N801  (reads as a marker in a lesson: loss=by_knobs(...))
    """Marks a loss that depends on the knobs: by_knobs(lambda knobs: LOSSES[knobs["loss"]])."""

    function: Callable[[Knobs], Loss]


def step(state: Supervised) -> Metrics:
    """Make one update on the next batch; the loss is that of the batch before the update."""
    x, y = next_batch(state)
    state.optimizer.zero_grad()
    loss = state.gradients(x, y)
    state.optimizer.step()
    return {"loss": loss}


def _gradients(model: nn.Module, loss: Loss, leading: int) -> Callable[[Array, Array], Array]:
    """Return what computes the loss and its gradients, by a replay where the loss is one of the engine's."""

    def measured(x: Array, y: Array) -> engine.Tensor:
        return loss(model(x), y, leading=leading)

    def eagerly(x: Array, y: Array) -> Array:
        result = measured(x, y)
        result.backward()
        return result.data

    return nn.Replay(measured, model) if loss.__module__.startswith("nnlab.engine.") else eagerly


def next_batch(state: Supervised) -> tuple[Array, Array]:
    """Return the next batch (x (..., B, D), y (..., B, ...)); each epoch is shuffled anew, its short rest is used."""
    data = state.data
    if not 0 < state.batch < data.size:
        return data.x, data.y
    if state.position >= data.size or not state.order.size:
        state.order = state.shuffle.permutation(data.size)
        state.position = 0
    chosen = engine.to_device(state.order[..., state.position : state.position + state.batch])
    state.position += state.batch
    return take_samples(data.x, chosen, state.leading), take_samples(data.y, chosen, state.leading)


def samples(state: Supervised) -> int:
    """Return how many samples the step that was just made saw: the last batch of an epoch may be short."""
    size = state.data.size
    return state.batch - max(0, state.position - size) if 0 < state.batch < size else size


def take_samples(array: Array, chosen: Array, leading: int) -> Array:
    """Return array[..., chosen, ...] along the sample axis; chosen is (B,), or (S, B) with one choice per seed."""
    xp = engine.namespace_of(array)
    if not leading:
        return xp.take(array, chosen, axis=0)
    index = xp.reshape(chosen, (*chosen.shape, *(1,) * (array.ndim - 2)))
    return xp.take_along_axis(array, xp.broadcast_to(index, (*chosen.shape, *array.shape[2:])), axis=1)


def evaluate(state: Supervised) -> Metrics:
    """Measure accuracy on the training set, loss and accuracy on the test set (where there is one)."""
    state.model.eval()
    data = state.data
    outputs = engine.values(state.model(data.x))
    metrics: dict[str, Any] = {}
    if is_classifier(state):
        metrics["accuracy"] = accuracy(outputs, data.y)
    if data.x_test.shape[state.leading]:
        tested = engine.values(state.model(data.x_test))
        metrics["test_loss"] = engine.values(state.loss(tested, data.y_test, leading=state.leading))
        if is_classifier(state):
            metrics["test_accuracy"] = accuracy(tested, data.y_test)
    state.model.train()
    return metrics


def accuracy(outputs: Array, targets: Array) -> Array:
    """Share of right answers, () or (S,). outputs (..., N, 1) are logits of class 1, (..., N, C) of C classes."""
    xp = engine.namespace_of(outputs)
    if outputs.shape[-1] == 1:
        right = (outputs > 0) == (targets > 0.5)
        return xp.mean(xp.astype(right, xp.float64), axis=(-2, -1))
    return xp.mean(xp.astype(xp.argmax(outputs, axis=-1) == targets, xp.float64), axis=-1)


def change(state: Supervised, name: str, value: KnobValue) -> None:
    """Apply a live knob: learning_rate, or any other number that the optimizer has by that name; batch."""
    if name == "batch":
        state.batch = min(int(value), state.data.size)
    elif hasattr(state.optimizer, name):
        setattr(state.optimizer, name, value)
    else:
        raise UsageError(f"this optimizer has no {name}; choose another optimizer or leave the knob alone.")


def advise(values: Knobs, knobs: tuple[Knob, ...]) -> tuple[Change, ...]:
    """After a divergence: the default learning rate, or a tenth of a rate that is already at or below it."""
    knob = next((knob for knob in knobs if knob.name == "learning_rate"), None)
    if knob is None:
        return ()
    rate, default = float(values["learning_rate"]), float(knob.default)
    return (Change("learning_rate", default if rate > default else rate / 10),)


def is_classifier(state: Supervised) -> bool:
    """Whether the outputs are logits of classes, by the loss."""
    return state.loss not in (engine.mse_loss, engine.l1_loss, engine.huber_loss)


def to_device(sets: list[Dataset], *, is_batch: bool) -> DeviceData:
    """Return the data sets of all seeds as arrays on the run's device; two classes become one output of 0 or 1.

    Every value is looked at here once, on the host. Raises UsageError for what no network can learn from.
    """
    with data_errors():
        for one in sets:
            one.check()

    def gather(name: str) -> Array:
        arrays = [np.asarray(getattr(one, name)) for one in sets]
        if arrays[0].dtype.kind == "f":  # before they are stacked: twenty seeds of a large table are large enough then
            arrays = [array.astype(np.float32) for array in arrays]
        return engine.to_device(np.stack(arrays) if is_batch else arrays[0])

    def targets(name: str) -> Array:
        arrays = [np.asarray(getattr(one, name)) for one in sets]
        array = np.stack(arrays) if is_batch else arrays[0]
        one_output = array.dtype.kind == "f" or sets[0].classes == 2
        array = array.astype(np.float32)[..., None] if one_output else array.astype(np.int64)
        return engine.to_device(array)

    return DeviceData(gather("x"), targets("y"), gather("x_test"), targets("y_test"), size=len(sets[0].x))
