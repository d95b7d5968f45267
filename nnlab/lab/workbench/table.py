"""The experiment workbench/table: points of the lab, a formula, or the user's table; classes or numbers to predict."""

import numpy as np

from nnlab.data import Dataset
from nnlab.lab.data_files import UserData, data_errors
from nnlab.lab.experiment import Experiment, Knobs
from nnlab.lab.knobs import Knob
from nnlab.lab.streams import Streams
from nnlab.lab.views import View
from nnlab.lab.workbench import bench, dividing, point_sets, table_probes, tables
from nnlab.lab.workbench.recipe import Subject, workbench

PARTS = ("shift", "scale", "centre")
SCALINGS = ("none", "standard", "min-max")
TASKS = ("auto", "classification", "regression")
MISSING = ("refuse", "drop", "mean")
LAYERS = Knob("layers", "8 tanh, 8 tanh", check="layers")
FEATURES = Knob("features", "all", check="features")
SPLIT = Knob("split", 0.25, low=0.0, high=0.9)
LAYER = Knob("layer", 1, low=1, high=64, slider=(1, 6), live=True)
"""Whose weights and biases are on show."""

OWN_SETS = (
    Knob("source", "spirals", choices=(*point_sets.SETS, "formula")),
    Knob("samples", 400, low=4, high=100_000, slider=(20, 2000)),
    Knob("noise", 0.05, low=0.0, high=5.0, slider=(0.0, 0.5)),
    Knob("formula", "x1 * x2 > 0", check="formula"),
    FEATURES,
    Knob("scaling", "none", choices=SCALINGS),
    SPLIT,
    LAYERS,
    *bench.training_knobs(batch=0),
    LAYER,
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
    LAYER,
)
"""What is asked where the user's table is learned from."""

PAPER = {"draws": "data", "paper": (-1.0, 1.0, -1.0, 1.0), "pens": 5}
"""Where points can be drawn to learn from: on the plane of the lab's own sets, in up to five classes."""
VIEWS = (
    View("network", "graph", "network"),
    View("field", "field", "field", {"note": "ŷ(x)", "aspect": "free", "readout": "test_accuracy", **PAPER}),
    View("loss", "curve", options={"series": ("loss", "test_loss"), "scale": "log"}),
    View("score", "curve", options={"series": ("test_accuracy", "accuracy", "test_r2", "r2")}),
    View("confusion", "matrix", "confusion", {"map": "sequential", "decimals": 0, "empty": "no classes"}),
    View("prediction", "field", "prediction", {"names": ("y", "ŷ"), "note": "ŷ(y)", "empty": "no numbers"}),
    View("weights", "matrix", "weights"),
    View("gradients", "bars", "gradients", {"scale": "log"}),
    View("dead", "table", "dead"),
    View("seeds", "strip", "thumbnails", {"readout": "solved"}),
)


def table(data: UserData | None = None) -> Experiment:
    """Learn the classes or numbers of a table; without one, of points that the lab draws."""
    if data is None:
        return workbench(
            knobs=OWN_SETS,
            subject=lambda knobs: Subject(
                names := point_sets.feature_names(str(knobs["features"])),
                (len(names),),
                point_sets.classes_of(knobs),
                "y",
            ),
            data=lambda knobs, rng: dividing.divide(point_sets.prepare_set(knobs, rng), knobs, rng),
            looks=looks,
            views=VIEWS,
            probes=table_probes.PROBES,
        )
    tables.read_table(data)

    def subject(knobs: Knobs) -> Subject:
        with data_errors():
            prepared = tables.prepare_table(data, knobs)
        return Subject(prepared.features, prepared.x.shape[1:], prepared.classes, prepared.target)

    return workbench(
        knobs=USER_TABLE,
        subject=subject,
        data=lambda knobs, rng: dividing.divide(tables.prepare_table(data, knobs), knobs, rng),
        looks=looks,
        views=VIEWS,
        probes=table_probes.PROBES,
    )


def looks(knobs: Knobs, subject: Subject, sets: list[Dataset], streams: Streams) -> table_probes.Plane:
    """Return what a map over the plane needs."""
    divided = [one for one in sets if isinstance(one, dividing.Divided)]
    shift, scale, centre = (np.stack([np.asarray(getattr(one, part)) for one in divided]) for part in PARTS)
    if not streams.leading:
        shift, scale, centre = shift[0], scale[0], centre[0]
    return table_probes.Plane(divided[0].columns, str(knobs["features"]), shift, scale, centre)
