"""Four predictions and four targets: every error, and the numbers that MAE and MSE make of them."""

from dataclasses import dataclass

import numpy as np

from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from .formulas import Array, for_every_seed

TARGETS = np.array([3.0, -0.5, 2.0, 7.0])
PREDICTIONS = (2.5, 0.0, 2.0, 8.0)
REACH = 2.5
"""The curve shows errors from -REACH to REACH."""


MOST = 100
"""Copies of the four samples that the picture of the sums reaches to."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """The predictions of the knobs; nothing is learned."""

    predictions: Array
    """(4,)."""
    copies: int
    """How often the four samples stand in the data."""
    leading: tuple[int, ...]
    """() or (S,); all seeds are alike."""

    @property
    def errors(self) -> Array:
        """p - y (4,)."""
        return np.asarray(self.predictions - TARGETS)


def setup(knobs: Knobs, streams: Streams, xp: object) -> Pairs:
    """Read the knobs. Four numbers live on the host, whatever the device."""
    predictions = np.array([knobs[f"p{i}"] for i in range(1, 5)], dtype=np.float64)
    return Pairs(predictions, int(knobs["copies"]), (len(streams.seeds),) if streams.leading else ())


def evaluate(pairs: Pairs) -> Metrics:
    """The sums over all samples, and the means."""
    errors = np.tile(pairs.errors, pairs.copies)
    absolute, squared = np.abs(errors), errors**2
    values = {
        "mae": absolute.mean(),
        "mse": squared.mean(),
        "sum_absolute": absolute.sum(),
        "sum_squared": squared.sum(),
    }
    return {name: np.full(pairs.leading, value) for name, value in values.items()}


def observe_table(pairs: Pairs) -> Observation:
    """A row for each sample, then the sums and the means over the whole data (6,)."""
    e, none = pairs.errors, [np.nan, np.nan]
    columns = {
        " ": np.array(["1", "2", "3", "4", f"Σ ×{pairs.copies}" if pairs.copies > 1 else "Σ", "Σ/n"]),
        "y": np.array([*TARGETS, *none]),
        "p": np.array([*pairs.predictions, *none]),
        "p−y": np.array([*e, *none]),
        "|p−y|": np.array([*np.abs(e), pairs.copies * np.abs(e).sum(), np.abs(e).mean()]),
        "(p−y)²": np.array([*e**2, pairs.copies * (e**2).sum(), (e**2).mean()]),
    }
    return for_every_seed(pairs.leading, columns)


def observe_shapes(pairs: Pairs) -> Observation:
    """Both losses of one error, and where the four samples lie on them."""
    e = np.linspace(-REACH, REACH, 121)
    arrays: dict[str, Array] = {}
    for name, loss in (("(p−y)²", np.square), ("|p−y|", np.abs)):
        arrays |= {f"{name}/x": e, f"{name}/y": loss(e)}
        arrays[f"{name}/points"] = np.stack([pairs.errors, loss(pairs.errors)], axis=-1)
    return for_every_seed(pairs.leading, arrays)


def observe_means(pairs: Pairs) -> Observation:
    """values (2,): MAE and MSE."""
    return for_every_seed(pairs.leading, {"values": np.array([np.abs(pairs.errors).mean(), (pairs.errors**2).mean()])})


def observe_reduction(pairs: Pairs) -> Observation:
    """Sum and mean of the squared errors over the number of samples; the present data are marked."""
    samples = np.array([len(TARGETS), MOST * len(TARGETS)], dtype=np.float64)
    mean = float((pairs.errors**2).mean())
    here = min(pairs.copies, MOST) * len(TARGETS)
    arrays = {"Σ/x": samples, "Σ/y": mean * samples, "Σ/points": np.array([[here, mean * here]])}
    arrays |= {"Σ/n/x": samples, "Σ/n/y": np.full(2, mean), "Σ/n/points": np.array([[here, mean]])}
    return for_every_seed(pairs.leading, arrays)


@experiment("pairs")
def pairs() -> Experiment:
    """The worked example of every textbook, with the predictions as knobs."""
    return Experiment(
        knobs=(
            *(Knob(f"p{i}", value, slider=(-2.0, 10.0)) for i, value in enumerate(PREDICTIONS, start=1)),
            Knob("copies", 1, low=1, high=1000, slider=(1, MOST)),
        ),
        setup=setup,
        step=lambda _: {},
        evaluate=evaluate,
        probes={
            "table": observe_table,
            "shapes": observe_shapes,
            "means": observe_means,
            "reduction": observe_reduction,
        },
        views=(
            View("pairs", "table", "table", {"decimals": 3, "strong": ("|p−y|", "(p−y)²")}),
            View(
                "shapes",
                "curve",
                "shapes",
                {
                    "x_range": (-REACH, REACH),
                    "y_range": (0.0, 6.0),
                    "y_limits": (0.0, 6.0),
                    "x_name": "p − y",
                    "legend": "end",
                },
            ),
            View(
                "reduction",
                "curve",
                "reduction",
                {"x_range": (0.0, 400.0), "scale": "log", "legend": "end", "x_name": "n", "readout": "sum_squared"},
            ),
            View("means", "bars", "means", {"names": ("MAE", "MSE"), "limits": (0.0, 2.0), "format": "loss"}),
        ),
        steps=0,
    )
