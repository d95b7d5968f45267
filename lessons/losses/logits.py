"""Cross-entropy of one logit in real floating-point numbers: through the probability, and in one piece."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from .formulas import Array, for_every_seed

PRECISIONS: dict[str, Any] = {"float32": np.float32, "float64": np.float64}
REACH = 40.0
"""The knob goes from -REACH to REACH."""
CLOSE = 20.0
"""The curve shows logits from 0 to here, however little z was pushed: near enough to see the steps of 1 - p."""


@dataclass(frozen=True, slots=True)
class Logit:
    """One logit and its target."""

    z: float
    y: int
    precision: str
    leading: tuple[int, ...]


def through_probability(z: Array, y: int) -> tuple[Array, Array, Array]:
    """p = 1 / (1 + e^-z), the loss -ln p or -ln(1 - p), and its slope by the chain rule, in the precision of z."""
    one = z.dtype.type(1)
    with np.errstate(all="ignore"):
        p = one / (one + np.exp(-z))
        loss = -np.log(p) if y else -np.log(one - p)
        by_p = -one / p if y else one / (one - p)
        return p, loss, by_p * (p * (one - p))


def in_one_piece(z: Array, y: int) -> tuple[Array, Array]:
    """max(z, 0) - y z + ln(1 + e^-|z|) and its slope sigmoid(z) - y, in the precision of z."""
    zero, one = z.dtype.type(0), z.dtype.type(1)
    small = np.exp(-np.abs(z))
    loss = np.maximum(z, zero) - z.dtype.type(y) * z + np.log1p(small)
    return loss, np.where(z >= 0, one, small) / (one + small) - z.dtype.type(y)


def fails_from(precision: str) -> int:
    """The smallest whole logit at which the loss through the probability is infinite, for target 0."""
    z = np.arange(0, 1000).astype(PRECISIONS[precision])
    return int(np.argmax(~np.isfinite(through_probability(z, 0)[1])))


def setup(knobs: Knobs, streams: Streams, xp: object) -> Logit:
    """Read the knobs."""
    leading = (len(streams.seeds),) if streams.leading else ()
    return Logit(float(knobs["z"]), int(knobs["target"]), str(knobs["precision"]), leading)


def evaluate(logit: Logit) -> Metrics:
    """The loss in one piece, 1 - p of a rounded p, whether -ln of it is finite, and from which z on it is not."""
    z = np.asarray(logit.z, dtype=PRECISIONS[logit.precision])
    loss, slope = in_one_piece(z, logit.y)
    p, through, _ = through_probability(z, logit.y)
    values = {
        "in_one_piece": float(loss),
        "one_piece_slope": float(slope),
        "rest": float(p.dtype.type(1) - p),
        "is_finite": float(np.isfinite(through)),
        "fails_from": float(fails_from(logit.precision)),
    }
    return {name: np.full(logit.leading, value) for name, value in values.items()}


def observe_curves(logit: Logit) -> Observation:
    """Both losses over z from 0 as far as z was pushed; where the one through p is infinite it has no curve."""
    z = np.linspace(min(logit.z, 0.0), max(logit.z, 0.5), 481).astype(PRECISIONS[logit.precision])
    whole, through = in_one_piece(z, logit.y)[0], through_probability(z, logit.y)[1]
    z64 = z.astype(np.float64)
    here = np.asarray(logit.z, dtype=PRECISIONS[logit.precision])
    point = np.array([[logit.z, float(in_one_piece(here, logit.y)[0])]])
    seen = {
        "−ln p/x": z64,
        "−ln p/y": np.where(np.isfinite(through), through, np.nan).astype(np.float64),
        "logits/x": z64,
        "logits/y": whole.astype(np.float64),
        "logits/points": point,
    }
    return for_every_seed(logit.leading, seen)


def observe_numbers(logit: Logit) -> Observation:
    """A column for each way, as text, since infinity is an answer here: p, 1 - p, the loss and the slope (4,)."""
    z = np.asarray(logit.z, dtype=PRECISIONS[logit.precision])
    p, through, slope = through_probability(z, logit.y)
    whole, whole_slope = in_one_piece(z, logit.y)
    small = np.exp(-np.abs(z))
    near, far = 1 / (1 + small), small / (1 + small)
    sides = (near, far) if z >= 0 else (far, near)

    def write(*numbers: Array) -> Array:
        return np.array([f"{float(number):.5g}".replace("inf", "∞").replace("-", "−") for number in numbers])

    columns = {
        " ": np.array(["p", "1−p", "L", "∂L/∂z"]),
        "−ln p": write(p, 1 - p, through, slope),
        "logits": write(*sides, whole, whole_slope),
    }
    return for_every_seed(logit.leading, columns)


@experiment("logits")
def logits() -> Experiment:
    """Push z up and watch where 1 - p becomes exactly zero."""
    return Experiment(
        knobs=(
            Knob("z", 12.0, low=-1000.0, high=1000.0, slider=(-REACH, REACH)),
            Knob("target", 0, low=0, high=1),
            Knob("precision", "float32", choices=tuple(PRECISIONS)),
        ),
        setup=setup,
        step=lambda _: {},
        evaluate=evaluate,
        probes={"curves": observe_curves, "numbers": observe_numbers},
        views=(
            View(
                "curves",
                "curve",
                "curves",
                {
                    "x_range": (0.0, CLOSE),
                    "y_range": (0.0, CLOSE),
                    "legend": "end",
                    "x_name": "z",
                    "colours": {"−ln p": "s2", "logits": "s1"},
                    "readout": "in_one_piece",
                },
            ),
            View("numbers", "table", "numbers", {"strong": ("logits",)}),
        ),
        steps=0,
    )
