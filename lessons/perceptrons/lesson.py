"""The perceptrons lesson: from one neuron to a network that learns, and when to stop it."""

from itertools import pairwise

import numpy as np

from nnlab.data import CORNERS, TRUTH
from nnlab.lab.authoring import Check, Result, Score, goal

from .by_hand import threshold
from .claims import (
    and_by_hand,
    deep_sigmoid_waits,
    four_hidden_nearly_all,
    logistic_settles_at_half,
    more_drive_more_spikes,
    more_steps_hardly_help,
    no_hidden_none,
    novikoff_bound,
    one_line_three_of_four,
    rule_converges,
    rule_cycles_on_xor,
    seed_repeats,
    sigmoid_loses_gradient,
    sigmoid_slope_quarter,
    small_network_parameters,
    spirals_unseen,
    tanh_keeps_gradient,
    three_gates_make_xor,
    training_cost_falls,
    two_hidden_some,
    validation_turns,
    walk_matches_nudge,
)
from .clouds import depth, spirals, xor
from .gates import gates
from .neuron import neuron
from .rule_update import rule_update
from .validation import validation
from .walk import walk


@goal("nand-by-hand")
def nand_by_hand(result: Result) -> list[Check]:
    """The step neuron of the knobs is a NAND gate: one check a corner. Words would need a language; numbers do not."""
    knobs = result.run.settings.knobs
    weights = np.array([knobs["w1"], knobs["w2"]], dtype=np.float64)
    checks = [Check("φ = step", str(knobs["activation"]), knobs["activation"] == "step")]
    for (x1, x2), target in zip(CORNERS, TRUTH["nand"], strict=True):
        output = int(weights @ np.array([x1, x2]) + float(knobs["bias"]) > 0)
        checks.append(Check(f"({x1:.0f}, {x2:.0f}) → {target}", output, output == target))
    return checks


@goal("fewest-hidden")
def fewest_hidden(result: Result) -> list[Check]:
    """At least 19 of 20 starts or more, 95 % of them, with 4 hidden neurons or fewer."""
    settings = result.run.settings
    hidden = int(settings.knobs["hidden"])
    return [
        Check("hidden ≤ 4", hidden, hidden <= 4, score=Score(hidden, "smaller")),
        Check("seeds ≥ 20", settings.seeds, settings.seeds >= 20),
        Check("solved ≥ 95 %", f"{result.solved} / {settings.seeds}", result.rate >= 0.95),
    ]


@goal("small-spirals")
def small_spirals(result: Result) -> list[Check]:
    """95 % of the unseen spiral points right, with 60 weights and biases or fewer."""
    settings = result.run.settings
    layers, width = int(settings.knobs["layers"]), int(settings.knobs["width"])
    sizes = [2, *[width] * layers, 1]
    parameters = sum((inputs + 1) * outputs for inputs, outputs in pairwise(sizes))
    unseen = float(np.max(result.last("test_accuracy")))
    return [
        Check("data = spirals", str(settings.knobs["data"]), settings.knobs["data"] == "spirals"),
        Check("W + b ≤ 60", parameters, parameters <= 60, score=Score(parameters, "smaller")),
        Check("test ≥ 95 %", f"{100 * unseen:.1f} %", unseen >= 0.95),
    ]


__all__ = [
    "and_by_hand",
    "deep_sigmoid_waits",
    "depth",
    "fewest_hidden",
    "four_hidden_nearly_all",
    "gates",
    "logistic_settles_at_half",
    "more_drive_more_spikes",
    "more_steps_hardly_help",
    "nand_by_hand",
    "neuron",
    "no_hidden_none",
    "novikoff_bound",
    "one_line_three_of_four",
    "rule_converges",
    "rule_cycles_on_xor",
    "rule_update",
    "seed_repeats",
    "sigmoid_loses_gradient",
    "sigmoid_slope_quarter",
    "small_network_parameters",
    "small_spirals",
    "spirals",
    "spirals_unseen",
    "tanh_keeps_gradient",
    "three_gates_make_xor",
    "threshold",
    "training_cost_falls",
    "two_hidden_some",
    "validation",
    "validation_turns",
    "walk",
    "walk_matches_nudge",
    "xor",
]
