import numpy as np

from nnlab.plots import Palette, draw


def line(y, **options):
    x = np.arange(len(y), dtype=float)
    return draw("spark", {"loss/x": x, "loss/y": np.asarray(y, dtype=float)}, options, (24, 1), Palette()).lines()[0]


def test_a_falling_loss_falls_from_left_to_right():
    drawn = line(np.linspace(1, 0, 24), name="loss")
    assert drawn.startswith("loss  █")
    assert "▁" in drawn


def test_a_view_says_what_stands_at_the_end_of_its_row():
    assert line([0.1, 0.2], value="9 spikes").endswith("9 spikes")
    assert line([0.1, 0.2], value="").endswith("0.200")


def test_huge_values_whose_sum_overflows_are_drawn():
    x, y = np.array([5.0, 1e308, 0.0, 5.0]), np.array([1e308, 1e308, np.inf, 1e308])
    grid = draw("spark", {"a/x": x, "a/y": y}, {"x_range": (1.0, 1e308)}, (20, 1), Palette())
    assert grid.columns == 20
