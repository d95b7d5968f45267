"""One prediction between 0 and 1 under three losses: how high the loss is, and how steep."""

from dataclasses import dataclass

import numpy as np

from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from .formulas import LOSSES, NAMES, SLOPES, Array, for_every_seed, sigmoid

REACH = 6.0
"""The curve over z shows -REACH to REACH."""
HIGHEST = 5.0
"""Losses above it are cut off."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """A sigmoid's output for one sample, and the loss on show."""

    z: float
    y: float
    loss: str
    leading: tuple[int, ...]

    @property
    def p(self) -> Array:
        """The prediction ()."""
        return sigmoid(np.asarray(self.z))


def setup(knobs: Knobs, streams: Streams, xp: object) -> Prediction:
    """Read the knobs."""
    leading = (len(streams.seeds),) if streams.leading else ()
    return Prediction(float(knobs["z"]), float(knobs["target"]), str(knobs["loss"]), leading)


def slopes(prediction: Prediction, loss: str) -> tuple[float, float, float]:
    """dL/dp, dp/dz and their product dL/dz."""
    p, y = prediction.p, np.asarray(prediction.y)
    by_p, by_z = float(SLOPES[loss](p, y)), float(p * (1.0 - p))
    return by_p, by_z, by_p * by_z


def evaluate(prediction: Prediction) -> Metrics:
    """The prediction, and loss and slope of the loss on show."""
    by_p, _, by_z = slopes(prediction, prediction.loss)
    height = float(LOSSES[prediction.loss](prediction.p, np.asarray(prediction.y)))
    values = {"output": float(prediction.p), "height": height, "slope_p": by_p, "slope_z": by_z}
    return {name: np.full(prediction.leading, value) for name, value in values.items()}


def observe_over_p(prediction: Prediction) -> Observation:
    """The three losses over p, the present point, and the slope there as a short line."""
    p = np.linspace(0.002, 0.998, 250)
    return _curves(prediction, p, p, float(prediction.p), slopes(prediction, prediction.loss)[0], (0.0, 1.0))


def observe_over_z(prediction: Prediction) -> Observation:
    """The same over the weighted sum z."""
    z = np.linspace(-REACH, REACH, 241)
    return _curves(prediction, z, sigmoid(z), prediction.z, slopes(prediction, prediction.loss)[2], (-REACH, REACH))


def _curves(
    prediction: Prediction, x: Array, p: Array, here: float, slope: float, ends: tuple[float, float]
) -> Observation:
    y = np.asarray(prediction.y)
    seen: dict[str, Array] = {"slope/x": np.zeros(0), "slope/y": np.zeros(0)}
    # The slope and the loss on show come first: the first series lies on top.
    for loss in (prediction.loss, *(other for other in LOSSES if other != prediction.loss)):
        height = LOSSES[loss](p, y)
        seen |= {f"{NAMES[loss]}/x": x, f"{NAMES[loss]}/y": height}
    now = float(LOSSES[prediction.loss](prediction.p, y))
    seen[f"{NAMES[prediction.loss]}/points"] = np.array([[here, now]])
    # A tangent of the same drawn length, however steep: its ends lie on an ellipse of the plot's proportions.
    wide, high = ends[1] - ends[0], HIGHEST
    reach = 0.16 / np.hypot(1.0 / wide, slope / high)
    at = here + reach * np.linspace(-1.0, 1.0, 81)
    line = now + slope * (at - here)
    is_inside = (at >= ends[0]) & (at <= ends[1]) & (line >= 0.0) & (line <= HIGHEST)
    seen |= {"slope/x": at[is_inside], "slope/y": line[is_inside]}
    return for_every_seed(prediction.leading, seen)


def observe_numbers(prediction: Prediction) -> Observation:
    """A row for each loss: its height, and the slope by the chain rule (3,)."""
    rows = [(LOSSES[loss](prediction.p, np.asarray(prediction.y)), *slopes(prediction, loss)) for loss in LOSSES]
    table = np.array(rows, dtype=np.float64)
    columns = {" ": np.array([NAMES[loss] for loss in LOSSES]), "p": np.full(len(rows), prediction.p)}
    columns |= {name: table[:, i] for i, name in enumerate(("L", "∂L/∂p", "∂p/∂z", "∂L/∂z"))}
    return for_every_seed(prediction.leading, columns)


@experiment("slope")
def slope() -> Experiment:
    """Move z and watch the point ride on its loss."""
    colours = {"BCE": "s1", "MSE": "s2", "MAE": "s3", "slope": "strong"}
    shared = {"y_range": (0.0, HIGHEST), "y_limits": (0.0, HIGHEST), "legend": "end", "colours": colours}
    to_z = {"x": "z", "x_through": "logit"}
    over_p = {"x_range": (0.0, 1.0), "x_name": "p", "readout": "slope_p", "pointer": to_z}
    over_z = {"x_range": (-REACH, REACH), "x_name": "z", "readout": "slope_z", "pointer": {"x": "z"}}
    return Experiment(
        knobs=(
            Knob("z", 2.0, low=-30.0, high=30.0, slider=(-REACH, REACH)),
            Knob("target", 0, low=0, high=1),
            Knob("loss", "bce", choices=tuple(LOSSES)),
        ),
        setup=setup,
        step=lambda _: {},
        evaluate=evaluate,
        probes={"over_p": observe_over_p, "over_z": observe_over_z, "numbers": observe_numbers},
        views=(
            View("over_p", "curve", "over_p", {**shared, **over_p}),
            View("over_z", "curve", "over_z", {**shared, **over_z}),
            View("numbers", "table", "numbers", {"decimals": 4, "strong": ("L", "∂L/∂z")}),
        ),
        steps=0,
    )
