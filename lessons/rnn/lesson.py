"""The lesson on recurrent networks: order, a hidden state that is handed on, and gradients that travel back in time."""

import numpy as np

from nnlab.lab.authoring import Check, Result, Score, goal

from .back import through_time
from .claims import (
    clipping_saves,
    exploding_diverges,
    far_is_lost,
    forecast_beats_last,
    long_products,
    loop_remembers,
    near_is_learned,
    no_memory_guesses,
    noise_is_the_floor,
    own_answers_drift,
    parts_add_up,
    radius_decides,
    rarely_long,
    same_letter_two_answers,
    small_rate_strands,
    tanh_takes_its_share,
    temperature_risks,
    text_learns,
    vocabularies,
    walk_is_autodiff,
    weights_are_shared,
    window_just_reaches,
    words_by_heart,
)
from .corpora import text
from .forecasting import series
from .lags import lags
from .order import order
from .recall import BRIDGED, recall
from .word import word


@goal("bridge-forty")
def bridge_forty(result: Result) -> list[Check]:
    """Of 10 networks or more, half end with an error below 0.05 over a lag of 40 or more."""
    lag, errors = int(result.run.settings.knobs["lag"]), np.atleast_1d(result.last("test_loss"))
    solved = int((errors < BRIDGED).sum())
    return [
        Check("lag ≥ 40", lag, lag >= 40),
        Check("n ≥ 10", len(errors), len(errors) >= 10),
        Check(
            f"test < {BRIDGED:g}: ≥ n / 2",
            f"{solved} / {len(errors)}",
            2 * solved >= len(errors),
            score=Score(solved / len(errors), "larger"),
        ),
    ]


@goal("tame")
def tame(result: Result) -> list[Check]:
    """Plain descent at 0.2 from radius 1.5 over a lag of 20, without an explosion: an error of 0.1 or less."""
    knobs, error = result.run.settings.knobs, float(result.last("test_loss").max())
    is_same = (knobs["optimizer"], float(knobs["learning_rate"])) == ("sgd", 0.2)
    return [
        Check("sgd, η = 0.2", f"{knobs['optimizer']}, {knobs['learning_rate']:g}", is_same),
        Check("ρ ≥ 1.5", float(knobs["radius"]), float(knobs["radius"]) >= 1.5),
        Check("lag ≥ 20", int(knobs["lag"]), int(knobs["lag"]) >= 20),
        Check("test ≤ 0.1", error, error <= 0.1, score=Score(error, "smaller")),
    ]


__all__ = [
    "bridge_forty",
    "clipping_saves",
    "exploding_diverges",
    "far_is_lost",
    "forecast_beats_last",
    "lags",
    "long_products",
    "loop_remembers",
    "near_is_learned",
    "no_memory_guesses",
    "noise_is_the_floor",
    "order",
    "own_answers_drift",
    "parts_add_up",
    "radius_decides",
    "rarely_long",
    "recall",
    "same_letter_two_answers",
    "series",
    "small_rate_strands",
    "tame",
    "tanh_takes_its_share",
    "temperature_risks",
    "text",
    "text_learns",
    "through_time",
    "vocabularies",
    "walk_is_autodiff",
    "weights_are_shared",
    "window_just_reaches",
    "word",
    "words_by_heart",
]
