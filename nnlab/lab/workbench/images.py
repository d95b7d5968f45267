"""The experiment workbench/images: digits, glyphs, or the user's images (IDX, NPZ) and the network that names them."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.data import Dataset, digit_images, glyphs, read_images, split
from nnlab.lab.data_files import UserData, data_errors
from nnlab.lab.experiment import Experiment, Knobs
from nnlab.lab.knobs import Knob
from nnlab.lab.views import View
from nnlab.lab.workbench import bench, image_probes
from nnlab.lab.workbench.recipe import Subject, workbench

GLYPH_SIDE = 16
LOSSES = ("auto", *bench.CLASS_LOSSES)
LAYERS = Knob("layers", "conv 8 3x3 relu, maxpool 2, flatten, 32 relu", check="layers")
SPLIT = Knob("split", 0.2, low=0.0, high=0.9)
SAMPLE = Knob("sample", 0, low=0, slider=(0, 100), live=True)
OWN_SETS = (
    Knob("source", "digits", choices=("digits", "glyphs")),
    Knob("samples", 1500, low=20, high=20_000, slider=(100, 5000)),
    SPLIT,
    LAYERS,
    *bench.training_knobs(batch=64, rate=0.004, losses=LOSSES),
    SAMPLE,
)
USER_IMAGES = (
    Knob("samples", 5000, low=20, high=1_000_000, slider=(100, 60_000)),
    SPLIT,
    LAYERS,
    *bench.training_knobs(batch=64, rate=0.004, losses=LOSSES),
    SAMPLE,
)
"""Of the user's images so many are learned from at most, and a fifth as many looked at where test files lie beside."""

VIEWS = (
    View("maps", "gallery", "maps", {"map": "sequential", "empty": "no convolution"}),
    View("picture", "picture", "picture", {"limits": (0.0, 1.0)}),
    View("scores", "bars", "scores", {"limits": (0.0, 1.0), "format": "percent"}),
    View("loss", "curve", options={"series": ("loss", "test_loss"), "scale": "log"}),
    View("score", "curve", options={"series": ("test_accuracy", "accuracy"), "y_range": (0.0, 1.0)}),
    View("confusion", "matrix", "confusion", {"map": "sequential", "decimals": 0, "zero": "·"}),
    View("mistakes", "gallery", "mistakes", {"limits": (0.0, 1.0)}),
    View("gradients", "bars", "gradients", {"scale": "log"}),
    View("dead", "table", "dead"),
)


def images(data: UserData | None = None) -> Experiment:
    """Learn to name images of the lab, or the user's."""
    about = Subject(("ink",), (1, 8, 8), tuple("0123456789"), "digit") if data is None else subject_of(data)

    def subject(knobs: Knobs) -> Subject:
        is_drawn = data is None and knobs["source"] == "glyphs"
        return replace(about, shape=(1, GLYPH_SIDE, GLYPH_SIDE)) if is_drawn else about

    def draw(knobs: Knobs, rng: np.random.Generator) -> Dataset:
        if data is not None:
            return user_images(data, int(knobs["samples"]), float(knobs["split"]), rng)
        count = int(knobs["samples"])
        if knobs["source"] == "glyphs":
            x, y = glyphs(count, rng=rng, size=GLYPH_SIDE)
        else:
            x, y = digit_images()
            x, y = _some(x[:, None], y, count)
        return split(x, y, test=float(knobs["split"]), rng=rng, names=("ink",))

    return workbench(
        knobs=OWN_SETS if data is None else USER_IMAGES,
        subject=subject,
        data=draw,
        looks=lambda knobs, subject, sets, streams: image_probes.Shown(),
        views=VIEWS,
        probes=image_probes.PROBES,
        steps=600,
        evaluations=30,
    )


def subject_of(data: UserData) -> Subject:
    """Look into the user's images: their shape and classes. Raises UsageError."""
    with data_errors():
        made = _read(data.path, data.path.stat().st_mtime_ns)
    return Subject(made.names, tuple(made.x.shape[1:]), tuple(map(str, range(made.classes))), "class")


def user_images(data: UserData, most: int, test: float, rng: np.random.Generator) -> Dataset:
    """Return `most` of the user's images at most: with test files of their own these, else a share is held back."""
    made = _read(data.path, data.path.stat().st_mtime_ns)
    x, y = _some(made.x, made.y, most)
    if not len(made.x_test):
        return replace(split(x, y, test=test, rng=rng, names=made.names), classes=made.classes)
    x_test, y_test = _some(made.x_test, made.y_test, max(1, most // 5))
    return replace(made, x=x, y=y, x_test=x_test, y_test=y_test)


def _some(x: Any, y: Any, most: int) -> tuple[Any, Any]:
    """Return `most` samples at most, mixed, and the same ones for every seed: parts of all seeds have equal sizes."""
    if len(x) <= most:
        return x, y
    chosen = np.sort(np.random.default_rng(0).permutation(len(x))[:most])
    return x[chosen], y[chosen]


@lru_cache(maxsize=1)
def _read(path: Path, stamp: int) -> Dataset:
    return read_images(path)
