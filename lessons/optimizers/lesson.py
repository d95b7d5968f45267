"""The optimizers lesson: how a gradient becomes a step, and why no rule of making one wins everywhere."""

import numpy as np

from nnlab.lab.authoring import Check, Result, Score, goal

from .adam_update import adam_update
from .batches import batches
from .claims import (
    adam_first_step,
    adam_network,
    decay_holds_off,
    descent_steps,
    momentum_steps,
    momentum_untuned,
    nesterov_settles_sooner,
    one_rate_for_all,
    rate_limit,
    rates_span,
    rmsprop_arrives,
    rmsprop_ignores_scale,
    rosenbrock_slow,
    rules_by_hand,
    saddle_holds,
    schedule_settles,
    small_batches_hover,
    small_rate_crawls,
    tilt_matters,
    valleys_differ,
    variance_falls,
    whole_set_settles,
    winners_differ,
)
from .convergence import convergence
from .descent import descent
from .race import race
from .slice import slice_race
from .training import training


@goal("tune-momentum")
def tune_momentum(result: Result) -> list[Check]:
    """Momentum alone on a ravine of kappa 40 or more stays below 10⁻³ from step 25 on, or sooner."""
    knobs = result.run.settings.knobs
    arrived = int(np.max(result.last("winner_steps")))
    return [
        Check("surface = ravine", str(knobs["surface"]), knobs["surface"] == "ravine"),
        Check("runners = momentum", str(knobs["runners"]), knobs["runners"] == "momentum"),
        Check("κ ≥ 40", float(knobs["kappa"]), float(knobs["kappa"]) >= 40),
        Check("f < 10⁻³", float(knobs["target"]), float(knobs["target"]) <= 1e-3),
        Check("t ≤ 25", arrived if arrived >= 0 else "–", 0 <= arrived <= 25, score=Score(arrived, "smaller")),
    ]


@goal("settle-low")
def settle_low(result: Result) -> list[Check]:
    """Batches of 4 or fewer, 20 data sets or more, and a median hovering height of 0.001 or less."""
    settings = result.run.settings
    batch, height = int(settings.knobs["batch"]), float(np.median(result.last("hover")))
    return [
        Check("1 ≤ B ≤ 4", batch, 1 <= batch <= 4),
        Check("σ ≥ 0.5", float(settings.knobs["noise"]), float(settings.knobs["noise"]) >= 0.5),
        Check("seeds ≥ 20", settings.seeds, settings.seeds >= 20),
        Check("f ≤ 0.001", round(height, 5), height <= 1e-3, score=Score(height, "smaller")),
    ]


__all__ = [
    "adam_first_step",
    "adam_network",
    "adam_update",
    "batches",
    "convergence",
    "decay_holds_off",
    "descent",
    "descent_steps",
    "momentum_steps",
    "momentum_untuned",
    "nesterov_settles_sooner",
    "one_rate_for_all",
    "race",
    "rate_limit",
    "rates_span",
    "rmsprop_arrives",
    "rmsprop_ignores_scale",
    "rosenbrock_slow",
    "rules_by_hand",
    "saddle_holds",
    "schedule_settles",
    "settle_low",
    "slice_race",
    "small_batches_hover",
    "small_rate_crawls",
    "tilt_matters",
    "training",
    "tune_momentum",
    "valleys_differ",
    "variance_falls",
    "whole_set_settles",
    "winners_differ",
]
