import re

import numpy as np
import pytest

from nnlab.plots import Palette, draw, numbers
from nnlab.plots.curve import y_limits


def text(*arguments, palette=None):
    return "\n".join(draw("curve", *arguments, palette or Palette()).lines())


def test_cursor_reads_the_exact_value():
    y = np.linspace(1, 0, 101)
    assert "loss 0.600" in text({"loss/y": y}, {"cursor": 40}, (60, 10))


def test_axis_keeps_the_range_it_is_given():
    shown = text({"y": np.array([0.2, 0.1])}, {"y_range": (0, 0.8)}, (40, 10))
    assert shown.startswith("0.8")


def test_limits_handed_back_keep_the_axis():
    high = {"y": np.array([0.79, 0.1])}
    limits = y_limits(high, {}, (40, 10), Palette())
    low = {"y": np.array([0.2, 0.1])}
    assert y_limits(low, {"y_range": limits}, (40, 10), Palette()) == limits


def test_a_noisy_first_curve_does_not_hide_a_smooth_second_one():
    rng = np.random.default_rng(0)
    trend = np.exp(-np.linspace(0, 3, 900))
    arrays = {
        "batch/y": trend * np.exp(rng.normal(0, 0.8, 900)),
        "unseen/y": trend[::90],
        "unseen/x": np.arange(0, 900, 90.0),
    }
    palette = Palette()
    grid = draw("curve", arrays, {"scale": "log", "legend": "none"}, (60, 12), palette)
    of_second = (grid.fg == palette.series(1)).sum(axis=0)
    assert (of_second[8:50] > 0).mean() > 0.9


def test_a_spike_beyond_the_clip_does_not_flatten_the_rest():
    y = np.full(50, 0.5)
    y[20] = 1e6
    assert text({"y": y}, {"y_limits": (0, 1)}, (40, 10)).startswith("1.0")


def test_ghost_takes_no_series_colour():
    palette = Palette()
    grid = draw("curve", {"old/y": np.ones(9), "new/y": np.zeros(9)}, {"ghosts": ["old"]}, (40, 10), palette)
    assert palette.s1 in grid.fg
    assert palette.s2 not in grid.fg
    assert palette.faint in grid.fg


def test_seeds_are_drawn_as_median_and_band():
    palette = Palette()
    y = np.linspace(0, 1, 9)[:, None] * np.ones(50)
    grid = draw("curve", {"loss/y": y}, {"y_range": (0, 1)}, (44, 11), palette)
    band = np.flatnonzero((grid.fg == palette.dim(palette.s1, 0.45)).any(axis=1))
    line = np.flatnonzero((grid.fg == palette.s1).any(axis=1))
    assert line.tolist() == [4] or line.tolist() == [5]
    assert band.min() < line[0] < band.max()


@pytest.mark.parametrize("rows", range(8, 20))
def test_a_legend_leaves_the_names_of_references_readable(rows):
    arrays = {"test loss/y": np.full(9, 0.17), "loss/y": np.full(9, 0.14)}
    options = {"scale": "log", "x_range": (0, 150), "references": {"one sixth": 1 / 6, "remembered": 0.04}}
    shown = text(arrays, {**options, "y_range": (0.001, 1)}, (46, rows))
    assert "one sixth" in shown
    assert "remembered" in shown


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_values_without_place_leave_a_gap_and_no_error(scale):
    y = np.array([1, np.nan, 0, -1, np.inf, 0.5])
    assert "×" not in text({"y": y}, {"scale": scale}, (40, 9))


def test_curve_that_ends_without_a_number_is_marked():
    assert "×" in text({"y": np.array([1, 2, np.inf])}, {}, (40, 9))


def test_labels_of_curves_that_end_together_are_stacked():
    arrays = {f"{name}/y": np.linspace(1, 0.5, 9) for name in ("first", "second", "third")}
    rows = [
        line.split()[-1]
        for line in text(arrays, {"x_range": (0, 8)}, (60, 12)).splitlines()
        if "ir" in line or "sec" in line
    ]
    assert sorted(rows) == ["first", "second", "third"]


def test_where_places_are_marked_a_curves_own_marker_stands_beside_its_name():
    arrays = {"loss/y": np.linspace(0, 1, 9), "loss/points": np.array([[2.0, 0.25]])}
    drawn = text(arrays, {"legend": "end", "x_range": (0, 8), "y_range": (0, 1)}, (40, 9))
    assert drawn.count("●") == 2, "the place, and the name"
    assert drawn.splitlines()[0].rstrip().endswith("● loss")


def test_message_stands_where_no_curve_is():
    shown = text({"y": np.full(50, 1.0)}, {"y_range": (0, 1), "message": "flat for 800 steps"}, (40, 9))
    assert "flat for 800 steps" in shown


def test_an_array_may_say_where_the_cursor_stands_and_the_option_wins():
    arrays = {"a/x": np.arange(5.0), "a/y": np.arange(5.0) ** 2, "cursor": np.array(3.0)}
    assert "a 9.00" in text(arrays, {}, (40, 8))
    assert "a 4.00" in text(arrays, {"cursor": 2.0}, (40, 8))


def test_a_cursor_column_reads_the_point_under_it_on_any_axis():
    x = np.array([-6.0, -3.0, 0.0, 3.0, 6.0])
    arrays = {"slope/x": x, "slope/y": x**2}
    assert "slope 36.0" in text(arrays, {"cursor_column": 59}, (60, 10)), "the last column is the last point"
    assert "slope 36.0" in text(arrays, {"cursor_column": 0}, (60, 10)), "the labels belong to the first point"
    decades = {"a/x": np.array([1.0, 100.0, 10000.0]), "a/y": np.array([1.0, 2.0, 3.0])}
    assert "a 2.00" in text(decades, {"cursor_column": 31, "x_scale": "log"}, (60, 10))


def test_a_cursor_beyond_the_run_so_far_names_the_step_and_no_value():
    arrays = {"loss/x": np.arange(10.0), "loss/y": np.ones(10)}
    assert "loss –" in text(arrays, {"cursor_column": 59, "x_range": (0, 100)}, (60, 10))


def test_where_ends_meet_every_label_has_its_own_curves_marker():
    arrays = {f"{name}/y": np.array([0.0, height]) for name, height in (("a", 1.0), ("b", 1.0), ("c", 0.5))}
    markers = {"a": "▲", "b": "■", "c": "◆"}
    shown = text(arrays, {"legend": "end", "markers": markers, "y_range": (0, 1)}, (40, 12))
    assert all(re.search(f"{mark} +{name}", shown) for name, mark in markers.items())


def test_names_too_long_for_the_curves_ends_stand_in_a_box_with_their_values():
    arrays = {f"{name} with a long name/y": np.array([0.0, 1.0]) for name in "abc"}
    shown = text(arrays, {"legend": "end"}, (44, 12))
    assert "…" not in shown
    assert all(f"{name} with a long name" in shown for name in "abc")


def test_cursor_values_go_on_above_the_labels_when_these_leave_the_row_free():
    arrays = {f"name {i}/y": np.array([0.0, 0.5, 0.8, 1.0, 1.2, 1.4]) for i in range(4)}
    shown = text(arrays, {"legend": "end", "cursor": 3, "y_range": (0, 9)}, (60, 12)).splitlines()[0]
    assert all(f"name {i} 1.00" in shown for i in range(4))


def test_cursor_is_exact_on_a_curve_that_is_too_long_to_draw_point_by_point():
    y = np.random.default_rng(0).uniform(1, 2, 50_000)
    for step in (1, 12_345, 49_998):
        text = draw("curve", {"a/x": np.arange(50_000), "a/y": y}, {"cursor": step}, (60, 10), Palette()).lines()[0]
        assert f"a {numbers.loss(y[step])}" in text
        assert "@" not in text


def test_cursor_names_the_step_of_a_value_that_was_measured_elsewhere():
    arrays = {"loss/x": np.arange(100), "loss/y": np.linspace(1, 0.5, 100), "acc/x": np.arange(0, 100, 20)}
    arrays["acc/y"] = np.linspace(0.1, 0.5, 5)
    text = draw("curve", arrays, {"cursor": 37, "legend": "none"}, (70, 10), Palette()).lines()[0]
    assert "37  " in text
    assert "acc 0.300 @40" in text
    assert f"loss {numbers.loss(arrays['loss/y'][37])}  " in text


def test_a_narrow_plot_tells_every_curves_value_at_the_cursor():
    arrays = {f"a curve of {name}/y": np.arange(10.0) + i for i, name in enumerate(("loss", "accuracy", "error"))}
    shown = text(arrays, {"cursor": 4, "legend": "none"}, (34, 10))
    assert all(f"a curve of {name}" in shown for name in ("loss 4.00", "accuracy 5.00", "error 6.00"))


def test_a_references_name_is_read_where_a_curve_runs_along_its_line():
    wave = 0.6 + 0.4 * np.sin(np.arange(200.0))
    lines = draw("curve", {"a/y": wave}, {"references": {"limit": 0.5}, "y_range": (0, 1)}, (40, 12), Palette()).lines()
    assert any(line.endswith("limit") for line in lines)
