"""What all experiments of the workbench share: knobs of the training, the state, the step, the measurements."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.lab import supervised
from nnlab.lab.class_losses import sigmoid_squared_error, softmax_squared_error
from nnlab.lab.errors import UsageError
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import Knob, KnobValue
from nnlab.lab.streams import Streams
from nnlab.lab.supervised import DeviceData, Loss, Supervised
from nnlab.lab.workbench import network
from nnlab.reasons import because

SCHEDULES = ("constant", "step", "exponential", "cosine")
INITIALIZERS = ("auto", *(name for name in nn.INITIALIZERS if name != "ones"))
OPTIMIZERS = tuple(nn.OPTIMIZERS)
WITH_MOMENTUM = ("momentum", "nesterov", "rmsprop")
REGRESSION_LOSSES = ("mse", "mae", "huber")
CLASS_LOSSES = ("cross_entropy", "mse")
LOSSES = ("auto", "cross_entropy", *REGRESSION_LOSSES)
"""Where the target may have classes or numbers; mse is offered for both."""
READ_BY_STATE = ("schedule", "decay_steps", "warm_up", "clip", "goal", "patience")
"""Knobs that are the state's, not the model's, the data's or the optimizer's."""
MOST_SAMPLES = 10_000
"""So many at most, evenly chosen, are measured and observed: a table of 100,000 rows must not slow the training."""


def training_knobs(*, batch: int, rate: float = 0.01, losses: tuple[str, ...] = LOSSES) -> tuple[Knob, ...]:
    """The knobs of how a network learns, in the order of the form."""
    return (
        Knob("init", "auto", choices=INITIALIZERS),
        Knob("loss", "auto", choices=losses),
        Knob("optimizer", "adam", choices=OPTIMIZERS),
        Knob("learning_rate", rate, above=0.0, slider=(0.0001, 10.0), log=True, live=True),
        Knob("momentum", 0.9, low=0.0, high=0.999, live=True),
        Knob("schedule", "constant", choices=SCHEDULES),
        Knob("decay_steps", 1000, low=1, slider=(1, 10_000)),
        Knob("warm_up", 0, low=0, slider=(0, 1000)),
        Knob("weight_decay", 0.0, low=0.0, slider=(0.0, 0.1), live=True),
        Knob("l1", 0.0, low=0.0, slider=(0.0, 0.1), live=True),
        Knob("clip", 0.0, low=0.0, slider=(0.0, 10.0), live=True),
        Knob("batch", batch, low=0, slider=(0, 1024), live=True),
        Knob("goal", 0.95, low=0.0, high=1.0),
        Knob("patience", 0, low=0, slider=(0, 100), live=True),
    )


@dataclass(frozen=True, slots=True)
class Task:
    """What a run learns; never changes while it goes on."""

    names: tuple[str, ...]
    """Names of the network's inputs."""
    classes: tuple[str, ...]
    """Names of the classes; empty for a regression."""
    target: str
    line: str
    """The network's line of layers."""
    shape: tuple[int, ...]
    """Shape of one sample."""
    outputs: int
    """Numbers that the network answers with."""
    parameters: int
    """Numbers that one network learns."""
    schedule: Callable[[int], float]
    """Step, from 0 -> factor of the learning rate."""
    goal: float
    """Accuracy or R² on unseen samples from which the run counts as solved."""
    unit: Any = 1.0
    """Standard deviation of a regression's target, () or (S,): the network's outputs count in it."""
    looks: Any = None
    """What the experiment's probes need besides."""


@dataclass(slots=True)
class Bench(Supervised):
    """Supervised training with a schedule, clipping and a stop when nothing gets better."""

    task: Task | None = None
    looked_at: DeviceData | None = None
    """What is measured and observed; all of the data where it is not very large."""
    layer: int = 1
    """Which dense layer's weights are on show, from 1."""
    sample: int = 0
    """Which unseen sample is on show."""
    temperature: float = 1.0
    """How daringly a network over text draws what it writes."""
    rate: Any = 0.01
    """The learning rate before the schedule; (S,) with one per network."""
    clip: float = 0.0
    patience: int = 0
    index: int = 0
    best: float = math.inf
    """Lowest test loss so far, the median over seeds."""
    best_at: int = 0
    measured: int = 0
    """How many measurements were made."""


def assemble(
    knobs: Knobs,
    streams: Streams,
    data: DeviceData,
    model: nn.Module,
    optimizer: nn.Optimizer,
    task: Task,
    loss: Loss,
) -> Bench:
    """Return the state at step 0. Raises UsageError for a batch that the network cannot learn from."""
    batch = min(int(knobs["batch"]), data.size)
    check_batch(task, batch, data.size)
    return Bench(
        model=model,
        optimizer=optimizer,
        data=data,
        shuffle=streams.shuffle,
        dropout=streams.dropout,
        loss=loss,
        leading=streams.leading,
        batch=batch,
        order=np.empty(0, dtype=np.int64),
        task=task,
        looked_at=thinned(data, streams.leading),
        rate=optimizer.learning_rate,
        clip=float(knobs["clip"]),
        patience=int(knobs["patience"]),
        sample=int(knobs.get("sample", 0)),
        layer=int(knobs.get("layer", 1)),
        temperature=float(knobs.get("temperature", 1.0)),
    )


def check_batch(task: Task, batch: int, size: int) -> None:
    """Raise UsageError where a step would see one sample alone and a batch normalization needs two."""
    smallest = min(batch, size % batch or batch) if 0 < batch < size else size
    if smallest == 1 and network.has_lone_values(task.line, task.shape):
        raise UsageError(because("batch", batch=batch, size=f"{size:,}"))


def thinned(data: DeviceData, leading: int) -> DeviceData:
    """Return every k-th sample, so that no part has more than MOST_SAMPLES."""

    def few(array: Any) -> Any:
        stride = -(-array.shape[leading] // MOST_SAMPLES)
        return array[(slice(None),) * leading + (slice(None, None, stride),)] if stride > 1 else array

    x = few(data.x)
    return DeviceData(x, few(data.y), few(data.x_test), few(data.y_test), size=x.shape[leading])


def seen(state: Bench) -> DeviceData:
    """Return what is measured and observed."""
    assert state.looked_at is not None
    return state.looked_at


def unseen(state: Bench) -> tuple[Any, Any]:
    """Return the test samples (x, y), or the training ones where nothing is held back."""
    data = seen(state)
    if data.x_test.shape[state.leading]:
        return data.x_test, data.y_test
    return data.x, data.y


def make_optimizer(knobs: Knobs, model: nn.Module) -> nn.Optimizer:
    """The optimizer that the knobs name; momentum is only for those that have one."""
    name = str(knobs["optimizer"])
    options = {"momentum": knobs["momentum"]} if name in WITH_MOMENTUM else {}
    return nn.optimizer(
        name, model, knobs["learning_rate"], weight_decay=knobs["weight_decay"], l1=knobs["l1"], **options
    )


def make_schedule(knobs: Knobs) -> Callable[[int], float]:
    """The factor of the learning rate at a step: a tenth, or nothing for cosine, is left after `decay_steps`."""
    span = int(knobs["decay_steps"])
    kinds: Mapping[str, Callable[[], nn.schedules.Schedule]] = {
        "constant": lambda: nn.schedule("constant", 1.0),
        "step": lambda: nn.schedule("step", 1.0, every=span, factor=0.1),
        "exponential": lambda: nn.schedule("exponential", 1.0, factor=0.1 ** (1 / span)),
        "cosine": lambda: nn.schedule("cosine", 1.0, steps=span),
    }
    made = kinds[str(knobs["schedule"])]()
    return nn.warm_up(made, steps=int(knobs["warm_up"])) if knobs["warm_up"] else made


def choose_loss(name: str, classes: int) -> Loss:
    """The loss that the knob names, or the right one for the target. Raises UsageError where it does not fit."""
    if name != "auto" and name not in (CLASS_LOSSES if classes else REGRESSION_LOSSES):
        reason = because("loss-classes", name=name, count=classes) if classes else because("loss-numbers", name=name)
        raise UsageError(reason)
    if classes and name == "mse":
        return sigmoid_squared_error if classes == 2 else softmax_squared_error
    if classes == 2:
        return engine.binary_cross_entropy_with_logits
    if classes:
        return engine.cross_entropy
    return {"mae": engine.l1_loss, "huber": engine.huber_loss}.get(name, engine.mse_loss)


def step(state: Bench) -> Metrics:
    """Make one update on the next batch; the loss is that of the batch before the update."""
    assert state.task is not None
    state.optimizer.learning_rate = state.rate * state.task.schedule(state.index)
    state.index += 1
    x, y = supervised.next_batch(state)
    state.optimizer.zero_grad()
    loss = state.loss(state.model(x), y, leading=state.leading)
    loss.backward()
    if state.clip > 0:
        nn.clip_gradient_norm(state.model, state.clip, leading=state.leading)
    state.optimizer.step()
    return {"loss": loss.data}


def evaluate(state: Bench) -> Metrics:
    """Measure loss and accuracy, or R² and RMSE in the target's own unit, on training and test samples."""
    assert state.task is not None
    metrics: dict[str, Any] = {}
    state.model.eval()
    data = seen(state)
    for prefix, x, y in (("", data.x, data.y), ("test_", data.x_test, data.y_test)):
        if not x.shape[state.leading]:
            continue
        outputs = engine.values(state.model(x))
        if prefix:
            metrics["test_loss"] = engine.values(state.loss(outputs, y, leading=state.leading))
        if state.task.classes:
            metrics[f"{prefix}accuracy"] = accuracy(state, outputs, y)
        else:
            metrics[f"{prefix}r2"], metrics[f"{prefix}rmse"] = fit_of(outputs, y, state.task.unit)
    state.model.train()
    if "test_loss" in metrics:
        state.measured += 1
        losses = engine.to_host(metrics["test_loss"])
        loss = float(np.median(losses) if losses.ndim else losses)
        if loss < state.best:
            state.best, state.best_at = loss, state.measured
    return metrics


def accuracy(state: Bench, outputs: Any, targets: Any) -> Any:
    """Share of right answers, () or (S,); of sequences (..., N, T, C) over all their steps."""
    shares = supervised.accuracy(outputs, targets)
    xp = engine.namespace_of(shares)
    return xp.mean(shares, axis=-1) if shares.ndim > state.leading else shares


def fit_of(outputs: Any, targets: Any, unit: Any) -> tuple[Any, Any]:
    """Return (R², RMSE in the target's unit), each () or (S,). outputs, targets (..., N, 1) in units of `unit`."""
    xp = engine.namespace_of(outputs)
    error = xp.mean((outputs - targets) ** 2, axis=(-2, -1))
    spread = xp.mean((targets - xp.mean(targets, axis=(-2, -1), keepdims=True)) ** 2, axis=(-2, -1))
    scale = engine.to_device(np.asarray(unit, dtype=np.float32)) if np.ndim(unit) else float(unit)
    return 1 - error / xp.maximum(spread, xp.full_like(spread, 1e-12)), xp.sqrt(error) * scale


def is_solved(state: Bench) -> Any:
    """Whether accuracy (or R²) reaches the goal: on unseen samples, or on all where nothing is held back."""
    assert state.task is not None
    x, y = unseen(state)
    state.model.eval()
    outputs = engine.values(state.model(x))
    state.model.train()
    if state.task.classes:
        return accuracy(state, outputs, y) >= state.task.goal
    return fit_of(outputs, y, state.task.unit)[0] >= state.task.goal


def stop(state: Bench) -> str:
    """Return why the run shall end: the test loss has not fallen for `patience` measurements; else nothing."""
    if state.patience and state.measured - state.best_at >= state.patience:
        return f"the test loss has not fallen for {state.patience} measurements"
    return ""


def change(state: Bench, name: str, value: KnobValue) -> None:
    """Apply a live knob."""
    if name == "batch":
        assert state.task is not None
        check_batch(state.task, min(int(value), state.data.size), state.data.size)
    if name == "learning_rate":
        state.rate = value
    elif name in ("clip", "temperature"):
        setattr(state, name, float(value))
    elif name in ("patience", "sample", "layer"):
        setattr(state, name, int(value))
    else:
        supervised.change(state, name, value)


def weights(state: Bench) -> dict[str, np.ndarray]:
    """The parameters by name."""
    return {name: engine.to_host(value) for name, value in state.model.state_dict().items()}
