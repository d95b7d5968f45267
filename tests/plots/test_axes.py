from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.plots.axes import horizontal_axis, label_columns, nice_step, vertical_axis
from nnlab.plots.width import text_width

FINITE = st.floats(-1e12, 1e12)


@given(low=FINITE, high=FINITE, rows=st.integers(1, 40))
def test_vertical_axis_holds_the_data_and_its_rows_are_equally_spaced(low, high, rows):
    low, high = sorted((low, high))
    axis, used = vertical_axis((low, high), rows)
    slack = 1e-6 * max(abs(low), abs(high), 1e-9)
    assert axis.low <= low + slack
    assert axis.high >= high - slack
    assert 1 <= used <= rows
    spacing = (used - 1) / (len(axis.ticks) - 1)
    assert used < 3 or spacing == int(spacing)


def test_ticks_of_a_loss_are_round_numbers():
    axis, rows = vertical_axis((0.0, 0.8), 9)
    assert (axis.labels, rows) == (("0.0", "0.2", "0.4", "0.6", "0.8"), 9)


def test_axis_moves_by_whole_steps_while_data_grows():
    tops = {vertical_axis((0.0, top), 9)[0].high for top in np.linspace(0.5, 1.0, 200)}
    assert len(tops) <= 4


@pytest.mark.parametrize("rows", range(3, 25))
def test_ticks_stay_round_when_the_data_lies_around_zero(rows):
    axis, _ = vertical_axis((-1.55882, 1.73242), rows)
    assert all(len(label) <= 5 for label in axis.labels)


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_range_around_zero_does_not_explode_when_one_step_has_to_do(rows):
    axis, _ = vertical_axis((-1.0, 1.0), rows)
    assert (axis.low, axis.high) == (-1.0, 1.0)


def test_log_axis_has_decades():
    axis, _ = vertical_axis((2e-6, 80), 9, is_log=True)
    assert axis.labels[0] == "10⁻⁶"
    assert axis.labels[-1] == "10²"


def test_log_axis_gives_no_place_to_zero():
    axis, _ = vertical_axis((0.1, 1), 9, is_log=True)
    assert np.isnan(axis.share(np.array([0.0, -1.0]))).all()


@pytest.mark.parametrize(("rough", "expected"), [(0.13, 0.2), (0.2, 0.2), (2.1, 2.5), (30, 50), (0, 1.0)])
def test_nice_step_is_round(rough, expected):
    assert nice_step(rough) == pytest.approx(expected)


@pytest.mark.parametrize(("high", "columns"), [(10, 36), (20, 36), (12, 60), (6, 44)])
def test_what_is_counted_has_whole_ticks(high, columns):
    assert all(tick.is_integer() for tick in horizontal_axis((1.0, float(high)), columns).ticks)


def test_horizontal_labels_are_flush_with_the_ends():
    axis = horizontal_axis((0, 3000), 50)
    placed = label_columns(axis, 50)
    assert placed[0] == (0, "0")
    assert placed[-1] == (45, "3,000")
    assert [text for _, text in placed] == ["0", "1,000", "2,000", "3,000"]


@given(
    low=st.floats(-1e6, 1e6), span=st.floats(1e-3, 1e6), columns=st.integers(1, 120), name=st.sampled_from(["", "x₁"])
)
def test_horizontal_labels_never_touch_or_leave_the_plot(low, span, columns, name):
    placed = label_columns(horizontal_axis((low, low + span), columns), columns, name)
    ends = [(start, start + text_width(text)) for start, text in placed]
    assert all(start >= 0 and end <= columns for start, end in ends)
    assert all(a[1] + 2 <= b[0] for a, b in pairwise(ends))
