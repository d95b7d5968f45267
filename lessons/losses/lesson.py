"""The losses lesson: one number for all errors, what each choice of it does to learning, and how far to trust it."""

from nnlab.lab.authoring import Check, Result, Score, goal

from .claims import (
    accuracy_flatters,
    bce_slope_is_error,
    classes_learned,
    entropy_arrives,
    entropy_one_valley,
    even_guess,
    few_digits_left,
    float32_fails,
    gradient_ratio,
    gradient_ratio_whole,
    labels_same_run,
    logits_form_holds,
    mae_stays,
    mean_and_median,
    mean_ignores_size,
    mse_follows_outlier,
    nearly_by_heart,
    no_threshold_saves,
    one_hot_is_index,
    outlier_pull,
    sigmoids_say_all,
    slope_when_wrong,
    softmax_cannot_say_both,
    square_plateau,
    squared_creeps,
    sure_and_wrong,
    sure_costs,
    temperature_repairs,
    two_valleys,
    worked_example,
)
from .classes import classes
from .cross_entropy import cross_entropy
from .landscape import landscape
from .logits import logits
from .outlier import outlier
from .pairs import pairs
from .parts import parts
from .saturated import saturated
from .slope import slope
from .trust import trust


@goal("same-mae")
def same_mae(result: Result) -> list[Check]:
    """MAE stays 0.5 while MSE rises to 1: all of the error in one place."""
    mae, mse = float(result.last("mae")), float(result.last("mse"))
    return [
        Check("MAE = 0.5", f"{mae:.3f}", abs(mae - 0.5) < 1e-6),
        Check("MSE ≥ 1", f"{mse:.3f}", mse >= 1.0 - 1e-6),
    ]


@goal("honest")
def honest(result: Result) -> list[Check]:
    """Calibration error of 0.075 or less, the overgrown network trained to its end, and none of its answers lost."""
    settings = result.run.settings
    error, accuracy = float(result.last("calibration_error")), float(result.last("test_accuracy"))
    width = int(settings.knobs["width"])
    return [
        Check("step ≥ 600", result.steps, result.steps >= 600),
        Check("width ≥ 32", width, width >= 32),
        Check("|ŷ − y| ≤ 0.075", f"{error:.3f}", error <= 0.075, score=Score(error, "smaller")),
        Check("ŷ = y ≥ 80 %", f"{100 * accuracy:.1f} %", accuracy >= 0.8),
    ]


__all__ = [
    "accuracy_flatters",
    "bce_slope_is_error",
    "classes",
    "classes_learned",
    "cross_entropy",
    "entropy_arrives",
    "entropy_one_valley",
    "even_guess",
    "few_digits_left",
    "float32_fails",
    "gradient_ratio",
    "gradient_ratio_whole",
    "honest",
    "labels_same_run",
    "landscape",
    "logits",
    "logits_form_holds",
    "mae_stays",
    "mean_and_median",
    "mean_ignores_size",
    "mse_follows_outlier",
    "nearly_by_heart",
    "no_threshold_saves",
    "one_hot_is_index",
    "outlier",
    "outlier_pull",
    "pairs",
    "parts",
    "same_mae",
    "saturated",
    "sigmoids_say_all",
    "slope",
    "slope_when_wrong",
    "softmax_cannot_say_both",
    "square_plateau",
    "squared_creeps",
    "sure_and_wrong",
    "sure_costs",
    "temperature_repairs",
    "trust",
    "two_valleys",
    "worked_example",
]
