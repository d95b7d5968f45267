"""Training on sequences: a batch drawn anew for every step, a clipped gradient, Adam at a rate that is halved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.lab.authoring import Change, Knob, Stream, Streams
from nnlab.lab.events import HostArray
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from .network import Network

Array = Any
"""An array of the run's backend."""
Samples = tuple[HostArray, HostArray]
"""x (T, N, ...) and its targets."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be learned; it does not change while a run goes on."""

    draw: Callable[[np.random.Generator, int], Samples]
    """draw(rng, n) -> n sequences, time first."""
    loss: Callable[..., engine.Tensor]
    """loss(outputs, targets, leading=) -> Tensor () or (S,)."""
    x: Array
    """Sequences that no step trains on (..., T, N, ...), on the device."""
    y: Array
    halved: int
    """The learning rate is halved after so many steps, again and again."""
    leading: int


@dataclass(slots=True)
class Learner:
    """A network on its way through a task."""

    model: Network
    optimizer: nn.Optimizer
    stream: Stream
    task: Task
    rate: float
    clip: float
    batch: int
    sample: int
    """Index of the unseen sequence on show."""
    steps: int = 0


def shared_knobs(*, rate: float, batch: int) -> tuple[Knob, ...]:
    """The knobs that every sequence task has."""
    return (
        Knob("learning_rate", rate, above=0.0, slider=(0.0005, 0.5), log=True, live=True),
        Knob("clip", 1.0, above=0.0, slider=(0.1, 100.0), log=True, live=True),
        Knob("batch", batch, low=1, high=512, slider=(8, 64)),
    )


def learner(knobs: Knobs, streams: Streams, model: Network, task: Task) -> Learner:
    """Put a fresh network before a task."""
    return Learner(
        model=model,
        optimizer=nn.Adam(model, float(knobs["learning_rate"])),
        stream=streams.data,
        task=task,
        rate=float(knobs["learning_rate"]),
        clip=float(knobs["clip"]),
        batch=int(knobs["batch"]),
        sample=int(knobs.get("sample", 0)),
    )


def stacked(stream: Stream, draw: Callable[[np.random.Generator, int], Samples], n: int) -> tuple[Array, Array]:
    """Draw n sequences for every seed; several seeds get an axis in front. Numbers become float32."""
    drawn = [draw(generator, n) for generator in stream.generators()]
    parts = []
    for arrays in zip(*drawn, strict=True):
        array = np.stack(arrays) if len(drawn) > 1 else arrays[0]
        parts.append(engine.to_device(array.astype(np.float32) if array.dtype.kind == "f" else array))
    return parts[0], parts[1]


def step(state: Learner) -> Metrics:
    """Make one update; the loss is that of the batch before it."""
    task = state.task
    x, y = stacked(state.stream, task.draw, state.batch)
    state.optimizer.learning_rate = state.rate * 0.5 ** (state.steps // task.halved)
    state.steps += 1
    state.optimizer.zero_grad()
    loss = task.loss(state.model(x), y, leading=task.leading)
    loss.backward()
    nn.clip_gradient_norm(state.model, state.clip, leading=task.leading)
    state.optimizer.step()
    return {"loss": loss.data}


def evaluate(state: Learner) -> Metrics:
    """Measure the loss on sequences that no step trains on, and count what the network learns."""
    task = state.task
    with engine.no_grad():
        error = engine.values(task.loss(state.model(task.x), task.y, leading=task.leading))
    learned = sum(int(np.prod(p.shape[task.leading :])) for p in state.model.parameters())
    return {"test_loss": error, "parameters": error * 0 + learned}


def change(state: Learner, name: str, value: KnobValue) -> None:
    """Apply a live knob."""
    if name == "sample":
        state.sample = int(value)
    else:
        setattr(state, {"learning_rate": "rate"}.get(name, name), float(value))


def advise(knobs: Knobs) -> tuple[Change, ...]:
    """After a divergence: a tenth of the learning rate."""
    return (Change("learning_rate", float(knobs["learning_rate"]) / 10),)


def weights(state: Learner) -> Mapping[str, HostArray]:
    """The learned numbers by name."""
    return {name: engine.to_host(value) for name, value in state.model.state_dict().items()}


def every_seed(state: Learner, shared: HostArray) -> HostArray:
    """Give an array that all seeds share the seeds axis that every observation has."""
    if not state.task.leading:
        return shared
    return np.broadcast_to(shared, (len(state.stream.generators()), *shared.shape))
