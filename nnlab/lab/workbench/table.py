"""The experiment workbench/table: points of the lab, a formula, or the user's table; classes or numbers to predict."""

from typing import Any

import numpy as np

from nnlab.lab import supervised
from nnlab.lab.data_files import UserData, data_errors
from nnlab.lab.experiment import Experiment, Knobs
from nnlab.lab.knobs import Knob
from nnlab.lab.streams import Streams
from nnlab.lab.views import View
from nnlab.lab.workbench import bench, network, table_probes, tables
from nnlab.lab.workbench.bench import Bench, Task

SCALINGS = ("none", "standard", "min-max")
TASKS = ("auto", "classification", "regression")
MISSING = ("refuse", "drop", "mean")
LAYERS = Knob("layers", "8 tanh, 8 tanh", check="layers")
FEATURES = Knob("features", "all", check="features")
SPLIT = Knob("split", 0.25, low=0.0, high=0.9)

OWN_SETS = (
    Knob("source", "spirals", choices=(*tables.SETS, "formula")),
    Knob("samples", 400, low=4, high=100_000, slider=(20, 2000)),
    Knob("noise", 0.05, low=0.0, high=5.0, slider=(0.0, 0.5)),
    Knob("formula", "x1 * x2 > 0", check="formula"),
    FEATURES,
    Knob("scaling", "none", choices=SCALINGS),
    SPLIT,
    LAYERS,
    *bench.training_knobs(batch=0),
)
"""What is asked where the lab draws the points."""
USER_TABLE = (
    Knob("target", ""),
    Knob("task", "auto", choices=TASKS),
    FEATURES,
    Knob("missing", "refuse", choices=MISSING),
    Knob("scaling", "standard", choices=SCALINGS),
    SPLIT,
    LAYERS,
    *bench.training_knobs(batch=32),
)
"""What is asked where the user's table is learned from."""

VIEWS = (
    View("network", "graph", "network"),
    View("field", "field", "field", {"note": "ŷ(x)", "aspect": "free"}),
    View("loss", "curve", options={"series": ("loss", "test_loss"), "scale": "log"}),
    View("score", "curve", options={"series": ("test_accuracy", "accuracy", "test_r2", "r2")}),
    View("confusion", "matrix", "confusion", {"map": "sequential", "decimals": 0, "empty": "no classes"}),
    View("prediction", "field", "prediction", {"names": ("y", "ŷ"), "note": "ŷ(y)", "empty": "no numbers"}),
    View("weights", "matrix", "weights", {"note": "layer 1"}),
    View("gradients", "bars", "gradients", {"scale": "log"}),
    View("dead", "table", "dead"),
    View("seeds", "strip", "thumbnails", {"readout": "solved"}),
)


def table(data: UserData | None = None) -> Experiment:
    """Learn the classes or numbers of a table; without one, of points that the lab draws."""
    if data is not None:
        tables.read_table(data)

    def setup(knobs: Knobs, streams: Streams, xp: Any) -> Bench:
        with data_errors():
            if data is None:
                prepared = [tables.prepare_set(knobs, rng) for rng in streams.data.generators()]
            else:
                prepared = [tables.prepare_table(tables.read_table(data), knobs)] * len(streams.seeds)
            divided = [
                tables.divide(one, knobs, rng) for one, rng in zip(prepared, streams.data.generators(), strict=True)
            ]
        return start(prepared, divided, knobs, streams)

    return Experiment(
        knobs=OWN_SETS if data is None else USER_TABLE,
        setup=setup,
        step=bench.step,
        evaluate=bench.evaluate,
        goal=bench.is_solved,
        stop=bench.stop,
        change=bench.change,
        advise=lambda knobs: supervised.advise(knobs, OWN_SETS),
        probes=table_probes.PROBES,
        views=VIEWS,
        steps=2000,
        evaluations=100,
        weights=bench.weights,
    )


def start(prepared: list[tables.Prepared], divided: list[Any], knobs: Knobs, streams: Streams) -> Bench:
    """Return the state at step 0 from every seed's samples."""
    first = prepared[0]
    line, outputs = str(knobs["layers"]), len(first.classes) if len(first.classes) > 2 else 1
    on_device = supervised.to_device([one[0] for one in divided], is_batch=bool(streams.leading))
    inputs = (first.x.shape[1],)
    model = network.build(
        line,
        inputs,
        outputs,
        init=str(knobs["init"]),
        rng=streams.init,
        dropout=streams.dropout,
        leading=streams.leading,
    )
    scaling = [np.stack([np.asarray(one[part]) for one in divided]) for part in range(1, 5)]
    shift, scale, centre, unit = scaling if streams.leading else [part[0] for part in scaling]
    task = Task(
        names=first.features,
        classes=first.classes,
        target=first.target,
        outputs=outputs,
        parameters=sum(layer.parameters for layer in network.describe(line, inputs, outputs)),
        schedule=bench.make_schedule(knobs),
        goal=float(knobs["goal"]),
        unit=unit if streams.leading else float(unit),
        plane=table_probes.Plane(first.columns, str(knobs["features"]), shift, scale, centre),
    )
    loss = bench.choose_loss(str(knobs["loss"]), len(first.classes))
    return bench.assemble(knobs, streams, on_device, model, task, loss)
