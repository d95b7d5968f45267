"""The lesson on generative adversarial networks: two players, the latent space, and what a GAN leaves out."""

from nnlab.lab.authoring import Check, Result, Score, goal

from .claims import (
    balance_is_no_quality,
    best_judge,
    cleans,
    critic_clipped,
    d_alone_tells,
    d_step_leaves_g,
    draws_all_digits,
    g_step_leaves_d,
    half_when_equal,
    hundred_times,
    keeps_hopping,
    loss_is_no_quality,
    lowest_value,
    mean_is_blurred,
    minimax_works_here,
    near_half,
    no_copies,
    noise_in_point_out,
    not_quite_real,
    packing_covers_grid,
    packing_covers_ring,
    packing_no_sharper,
    phases_make_a_round,
    ring_covered,
    same_direction,
    sharper_with_d,
    slow_d_collapses,
    threads_between,
    value_minus_ln_four,
)
from .denoise import denoise
from .digits import digits
from .generator_loss import generator_loss
from .judge import judge
from .packing import packing
from .penalty import penalty
from .plane import plane


@goal("cover-the-grid")
def cover_the_grid(result: Result) -> list[Check]:
    """20 of the 25 modes of the grid, and evenly."""
    modes, reverse_kl = int(result.last("modes").min()), float(result.last("reverse_kl").max())
    data = str(result.run.settings.knobs["data"])
    return [
        Check("data = grid", data, data == "grid"),
        Check("modes ≥ 20", modes, modes >= 20, score=Score(modes, "larger")),
        Check("KL ≤ 0.15", round(reverse_kl, 3), reverse_kl <= 0.15),
    ]


@goal("bring-it-back")
def bring_it_back(result: Result) -> list[Check]:
    """A collapsed run that covers the ring again, with the generator's rate as it was."""
    modes, reverse_kl = int(result.last("modes").min()), float(result.last("reverse_kl").max())
    rate = float(result.run.settings.knobs["g_rate"])
    return [
        Check("η_G ≥ 0.001", rate, rate >= 0.001),
        Check("modes = 8", modes, modes == 8),
        Check("KL ≤ 0.1", round(reverse_kl, 3), reverse_kl <= 0.1, score=Score(reverse_kl, "smaller")),
    ]


__all__ = [
    "balance_is_no_quality",
    "best_judge",
    "bring_it_back",
    "cleans",
    "cover_the_grid",
    "critic_clipped",
    "d_alone_tells",
    "d_step_leaves_g",
    "denoise",
    "digits",
    "draws_all_digits",
    "g_step_leaves_d",
    "generator_loss",
    "half_when_equal",
    "hundred_times",
    "judge",
    "keeps_hopping",
    "loss_is_no_quality",
    "lowest_value",
    "mean_is_blurred",
    "minimax_works_here",
    "near_half",
    "no_copies",
    "noise_in_point_out",
    "not_quite_real",
    "packing",
    "packing_covers_grid",
    "packing_covers_ring",
    "packing_no_sharper",
    "penalty",
    "phases_make_a_round",
    "plane",
    "ring_covered",
    "same_direction",
    "sharper_with_d",
    "slow_d_collapses",
    "threads_between",
    "value_minus_ln_four",
]
