"""A drawn digit takes the form of the data set, and a short text holds it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnlab.data import DataError, counted, digit_images, fitted, inked, read_digit, write_digit

LEVELS = arrays(np.int64, (8, 8), elements=st.integers(0, 16))


@given(LEVELS)
def test_a_text_holds_a_digit_exactly(levels):
    assert np.array_equal(read_digit(write_digit(levels)), levels)


@given(LEVELS)
def test_ink_made_of_levels_counts_to_the_same_levels(levels):
    assert np.array_equal(counted(inked(levels)), levels)


def test_every_digit_of_the_data_set_can_be_written():
    images, _ = digit_images()
    for image in images[:50]:
        levels = np.round(16 * image).astype(np.int64)
        assert np.array_equal(read_digit(write_digit(levels)) / 16, image)


def test_no_ink_is_the_empty_text_and_stays_no_ink():
    blank = np.zeros((32, 32), dtype=bool)
    assert write_digit(counted(blank)) == ""
    assert not fitted(blank).any()
    assert not read_digit("").any()


def test_a_small_digit_in_a_corner_fills_the_canvas_and_keeps_its_proportions():
    ink = np.zeros((32, 32), dtype=bool)
    ink[2:10, 3:7] = True
    large = fitted(ink)
    rows, columns = np.flatnonzero(large.any(axis=1)), np.flatnonzero(large.any(axis=0))
    assert (rows[0], rows[-1]) == (0, 31)
    assert len(columns) == 16
    assert columns[0] == 31 - columns[-1]


def test_what_fills_the_canvas_stays_as_it_is():
    ink = np.random.default_rng(0).random((32, 32)) > 0.5
    ink[0] = ink[-1] = ink[:, 0] = ink[:, -1] = True
    assert np.array_equal(fitted(ink), ink)


@pytest.mark.parametrize("text", ["7", "0" * 63, "0" * 63 + "h", "0" * 65])
def test_another_text_is_refused_with_what_is_expected(text):
    with pytest.raises(DataError, match="64 signs of 0 to g"):
        read_digit(text)
