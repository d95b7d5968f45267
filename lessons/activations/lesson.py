"""The activations lesson: what stands between the layers, what it lets through, and how units die."""

import numpy as np

from nnlab.lab.authoring import Check, Result, Score, goal

from .claims import (
    dead_start_frozen,
    family_ranges,
    he_trains_twenty,
    large_saturates,
    leaky_does_not_cure,
    leaky_wakes,
    linear_is_one_layer,
    linear_misses_circles,
    rate_kills,
    recipes_keep,
    relu_needs_he,
    sigmoid_after_ten,
    sigmoid_cannot_reach,
    sigmoid_per_layer,
    slopes_measured,
    small_vanishes,
    softmax_ignores_shift,
    softmax_of_two_is_sigmoid,
    softmax_slopes,
    softmax_sums_to_one,
    steepest,
    tanh_centred,
    zeros_never_move,
)
from .curves import curve
from .dying import dying
from .fitting import fitting
from .leaky import leaky_relu
from .softmax import softmax
from .stack import stack
from .waking import waking


@goal("lowest-point")
def lowest_point(result: Result) -> list[Check]:
    """The input at which SiLU is lowest: there its slope is 0."""
    knobs = result.run.settings.knobs
    slope = float(np.ravel(result.last("slope"))[0])
    return [
        Check("a = silu", str(knobs["activation"]), knobs["activation"] == "silu"),
        Check("|a′(z)| ≤ 0.01", round(slope, 4), abs(slope) <= 0.01),
        Check("z > −3", float(knobs["z"]), float(knobs["z"]) > -3.0),
    ]


@goal("fast-and-alive")
def fast_and_alive(result: Result) -> list[Check]:
    """A learning rate that is large enough for the moons and small enough for the units."""
    settings = result.run.settings
    accuracy, dead = float(np.min(result.last("accuracy"))), int(np.max(result.last("dead")))
    return [
        Check("a = relu", str(settings.knobs["activation"]), settings.knobs["activation"] == "relu"),
        Check("H ≥ 64", int(settings.knobs["width"]), int(settings.knobs["width"]) >= 64),
        Check("ŷ = y ≥ 98 %", f"{100 * accuracy:.1f} %", accuracy >= 0.98, score=Score(accuracy, "larger")),
        Check("× ≤ 2", dead, dead <= 2),
    ]


@goal("ninety-per-cent")
def ninety_per_cent(result: Result) -> list[Check]:
    """Scores 2, 1 and 0 as they are, and the first share at 90 %."""
    knobs = result.run.settings.knobs
    scores = [float(knobs[name]) for name in ("z1", "z2", "z3")]
    share = float(np.ravel(result.last("p1"))[0])
    return [
        Check("z = (2, 1, 0)", ", ".join(f"{score:g}" for score in scores), scores == [2.0, 1.0, 0.0]),
        Check("p₁ ≥ 90 %", f"{100 * share:.1f} %", share >= 0.9),
    ]


__all__ = [
    "curve",
    "dead_start_frozen",
    "dying",
    "family_ranges",
    "fast_and_alive",
    "fitting",
    "he_trains_twenty",
    "large_saturates",
    "leaky_does_not_cure",
    "leaky_relu",
    "leaky_wakes",
    "linear_is_one_layer",
    "linear_misses_circles",
    "lowest_point",
    "ninety_per_cent",
    "rate_kills",
    "recipes_keep",
    "relu_needs_he",
    "sigmoid_after_ten",
    "sigmoid_cannot_reach",
    "sigmoid_per_layer",
    "slopes_measured",
    "small_vanishes",
    "softmax",
    "softmax_ignores_shift",
    "softmax_of_two_is_sigmoid",
    "softmax_slopes",
    "softmax_sums_to_one",
    "stack",
    "steepest",
    "tanh_centred",
    "waking",
    "zeros_never_move",
]
