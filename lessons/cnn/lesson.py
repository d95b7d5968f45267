"""The lesson on convolutional networks: pixels, a window that slides, kernels that are learned."""

from nnlab.lab.authoring import Check, Result, Score, goal

from .claims import (
    augmenting_helps,
    chain_2090,
    channels_add_up,
    colour_layer_224,
    dot_turns_the_kernel,
    drawn_digits,
    eight_is_784,
    eighty_not_four_million,
    half_the_numbers,
    kernels_learn,
    learns_digits,
    map_sizes,
    maps_shift_along,
    max_or_average,
    mlp_on_pixels,
    mlp_shift_costs,
    pool_keeps_a_quarter,
    pool_worked,
    pooled_maps_change,
    red_not_green,
    shift_costs,
    shuffled_pixels,
    sum_of_products,
    symmetric_kernels_agree,
    window_grows,
)
from .colour import colour
from .digits import digits
from .pooling import pooling
from .shifts import shift_maps
from .slide_sums import slide_and_sum
from .window import window


@goal("few-numbers")
def few_numbers(result: Result) -> list[Check]:
    """95 % of the unseen digits with 1,100 learned numbers or fewer."""
    learned, unseen = int(result.last("parameters").max()), float(result.last("test_accuracy").min())
    return [
        Check("W + b ≤ 1,100", learned, learned <= 1100, score=Score(learned, "smaller")),
        Check("test ≥ 95 %", f"{100 * unseen:.1f} %", unseen >= 0.95),
    ]


@goal("shift-proof")
def shift_proof(result: Result) -> list[Check]:
    """88 % of the digits that were moved by a pixel, and 93 % of those that were not."""
    moved, unseen = float(result.last("shifted_accuracy").min()), float(result.last("test_accuracy").min())
    return [
        Check("±1 px ≥ 88 %", f"{100 * moved:.1f} %", moved >= 0.88, score=Score(moved, "larger")),
        Check("test ≥ 93 %", f"{100 * unseen:.1f} %", unseen >= 0.93),
    ]


__all__ = [
    "augmenting_helps",
    "chain_2090",
    "channels_add_up",
    "colour",
    "colour_layer_224",
    "digits",
    "dot_turns_the_kernel",
    "drawn_digits",
    "eight_is_784",
    "eighty_not_four_million",
    "few_numbers",
    "half_the_numbers",
    "kernels_learn",
    "learns_digits",
    "map_sizes",
    "maps_shift_along",
    "max_or_average",
    "mlp_on_pixels",
    "mlp_shift_costs",
    "pool_keeps_a_quarter",
    "pool_worked",
    "pooled_maps_change",
    "pooling",
    "red_not_green",
    "shift_costs",
    "shift_maps",
    "shift_proof",
    "shuffled_pixels",
    "slide_and_sum",
    "sum_of_products",
    "symmetric_kernels_agree",
    "window",
    "window_grows",
]
