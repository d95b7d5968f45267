import math

import pytest

from nnlab.plots import numbers


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0131, "0.013"),
        (0.0004, "0.0004"),
        (0.693147, "0.693"),
        (2.3456, "2.35"),
        (46.21, "46.2"),
        (1240.4, "1,240"),
        (0.00001, "<0.0001"),
        (2.5e8, "2.5×10⁸"),
        (0.0, "0.000"),
        (-0.5, "−0.500"),
        (math.nan, "–"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_losses_have_three_significant_decimals(value, expected):
    assert numbers.loss(value) == expected


@pytest.mark.parametrize(("value", "expected"), [(0.9912, "99.1 %"), (1.0, "100.0 %"), (-0.0, "0.0 %")])
def test_percent_has_one_decimal(value, expected):
    assert numbers.percent(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(8312.4, "8,312/s"), (9999.6, "10,000/s"), (12_400, "12.4k/s"), (2.5e6, "2.5M/s")]
)
def test_rates_from_ten_thousand_are_in_thousands(value, expected):
    assert numbers.rate(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(3.24, "+3.24"), (-2.84, "−2.84"), (0.001, "0.00"), (-0.001, "0.00"), (math.nan, "–")]
)
def test_weights_carry_their_sign_and_zero_has_none(value, expected):
    assert numbers.signed(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0.3, "0.3"), (40, "40"), (1240, "1,240"), (1e-6, "10⁻⁶"), (2e-7, "2×10⁻⁷"), (0, "0")]
)
def test_short_numbers_drop_what_says_nothing(value, expected):
    assert numbers.short(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(0.42, "0.4 s"), (42, "42 s"), (185, "3 min 05 s"), (7800, "2 h 10 min")]
)
def test_durations_read_as_people_say_them(value, expected):
    assert numbers.seconds(value) == expected


@pytest.mark.parametrize("value", [5e-324, 1e-310, 1.7e308, -1.7e308])
def test_extreme_numbers_are_spelled_without_overflow(value):
    assert numbers.short(value)
    assert numbers.loss(value)


@pytest.mark.parametrize(("step", "expected"), [(0.25, 2), (50, 0), (0.1, 1), (2.5, 1), (0.001, 3)])
def test_decimals_tell_ticks_apart(step, expected):
    assert numbers.decimals_for(step) == expected


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (2090, "2,090"),
        (104850.0, "104,850"),
        (-1.28, "−1.28"),
        (0.000534, "0.000534"),
        (4.541e11, "4.5×10¹¹"),
        ("8 / 20", "8 / 20"),
    ],
)
def test_what_a_check_measured_is_written_like_the_numbers_beside_it(value, shown):
    """A goal said 2090 beside prose with 2,090, -1.28 with a hyphen, and 4.541e+11 for a loss that flew away."""
    assert numbers.measured(value) == shown
