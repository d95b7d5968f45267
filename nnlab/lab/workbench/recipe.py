"""How a run of the workbench is put together: the recipe that a single run and a sweep's array program share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import nn
from nnlab.data import Dataset
from nnlab.lab import supervised
from nnlab.lab.data_files import data_errors
from nnlab.lab.experiment import Experiment, Knobs, Metrics, NetworkSizes, Probe
from nnlab.lab.knobs import Knob
from nnlab.lab.streams import Stream, Streams
from nnlab.lab.supervised import Recipe, by_knobs
from nnlab.lab.views import View
from nnlab.lab.workbench import bench, layer_table, network
from nnlab.lab.workbench.bench import Bench, Task


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be learned, as far as it is known before any sample is drawn."""

    names: tuple[str, ...]
    """Names of the network's inputs, or of the channels of an image; for a text its tokens."""
    shape: network.Shape
    """Shape of one sample."""
    classes: tuple[str, ...]
    """Names of the classes; empty for a regression."""
    target: str

    @property
    def outputs(self) -> int:
        """Numbers that the network answers with: one for two classes."""
        return len(self.classes) if len(self.classes) > 2 else 1

    @property
    def sizes(self) -> NetworkSizes:
        """What a line of layers has to fit."""
        words = self.shape.words if isinstance(self.shape, network.Tokens) else 0
        return NetworkSizes(tuple(self.shape), self.outputs, words)


@dataclass(frozen=True, slots=True)
class BenchRecipe(Recipe):
    """A recipe that knows its subject; what only `state` reads is read by `loss_of` too, so that a sweep notes it."""

    subject: Callable[[Knobs], Subject]
    looks: Callable[[Knobs, Subject, list[Dataset], Streams], Any]
    """What the probes need besides the state; kept as Task.looks."""

    def state(
        self, knobs: Knobs, streams: Streams, sets: list[Dataset], network: nn.Module, optimizer: nn.Optimizer
    ) -> Bench:
        """Put a state together. sets: one data set for each seed."""
        subject = self.subject(knobs)
        on_device = supervised.to_device(sets, is_batch=bool(streams.leading))
        for _, module in network.named_modules():
            if isinstance(module, nn.Dropout):
                module.rng = streams.dropout
        units = np.array([getattr(one, "unit", 1.0) for one in sets])
        task = Task(
            names=subject.names,
            classes=subject.classes,
            target=subject.target,
            line=str(knobs["layers"]),
            shape=subject.shape,
            outputs=subject.outputs,
            parameters=sum(int(np.prod(p.shape[streams.leading :])) for p in network.parameters()),
            schedule=bench.make_schedule(knobs),
            goal=float(knobs["goal"]),
            unit=units if streams.leading else float(units[0]),
            looks=self.looks(knobs, subject, sets, streams),
        )
        return bench.assemble(knobs, streams, on_device, network, optimizer, task, self.loss_of(knobs))

    def loss_of(self, knobs: Knobs) -> supervised.Loss:
        """The loss that these knobs ask for, or the right one for the target."""
        for name in bench.READ_BY_STATE:
            knobs[name]
        return Recipe.loss_of(self, knobs)


def workbench(
    *,
    knobs: tuple[Knob, ...],
    subject: Callable[[Knobs], Subject],
    data: Callable[[Knobs, np.random.Generator], Dataset],
    looks: Callable[[Knobs, Subject, list[Dataset], Streams], Any],
    views: tuple[View, ...],
    probes: Mapping[str, Probe],
    wrap: Callable[[nn.Sequential], nn.Module] = lambda made: made,
    evaluate: Callable[[Bench], Metrics] = bench.evaluate,
    steps: int = 2000,
    evaluations: int = 100,
) -> Experiment:
    """Build an experiment of the workbench.

    subject(knobs) says what is to be learned, data(knobs, rng) draws one seed's samples, looks(knobs, subject, sets,
    streams) what the probes need. wrap puts the network into what feeds it.
    """

    def model(values: Knobs, rng: Stream) -> nn.Module:
        about = subject(values)
        line = str(values["layers"])
        return wrap(network.build(line, about.shape, about.outputs, init=str(values["init"]), rng=rng))

    def draw(values: Knobs, rng: np.random.Generator) -> Dataset:
        with data_errors():
            return data(values, rng)

    choose = by_knobs(lambda values: bench.choose_loss(str(values["loss"]), len(subject(values).classes)))
    recipe = BenchRecipe(draw, model, bench.make_optimizer, choose, subject, looks)
    return Experiment(
        knobs=knobs,
        setup=recipe.setup,
        step=bench.step,
        evaluate=evaluate,
        goal=bench.is_solved,
        stop=bench.stop,
        change=bench.change,
        advise=lambda values: supervised.advise(values, knobs),
        probes={**probes, "layers": layer_table.layers},
        views=(*views, layer_table.VIEW),
        steps=steps,
        evaluations=evaluations,
        weights=bench.weights,
        samples=supervised.samples,
        sizes=lambda values: subject(values).sizes,
    )
