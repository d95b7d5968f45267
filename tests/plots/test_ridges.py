"""Histograms by layer: nothing is lost between bins and columns, and a layer without values is an empty line."""

import numpy as np
import pytest

from nnlab.plots import Palette, draw
from nnlab.plots.axes import horizontal_axis
from nnlab.plots.ridges import _by_column


def bell(*widths):
    centres = np.linspace(-1, 1, 41)[:-1] + 0.025
    return {"counts": np.stack([np.exp(-((centres / w) ** 2)) for w in widths]), "edges": np.linspace(-1, 1, 41)}


@pytest.mark.parametrize("look", ["braille", "ascii"])
def test_ridges_of_layers_that_narrow(check, look):
    arrays = bell(0.6, 0.4, 0.2, 0.08) | {"numbers": np.array(["0.42", "0.28", "0.14", "0.06"])}
    palette = Palette() if look == "braille" else Palette(depth="mono", glyphs="ascii")
    check(f"ridges-{look}", draw("ridges", arrays, {"x_name": "a"}, (46, 9), palette))


@pytest.mark.parametrize("columns", [7, 40, 133])
def test_columns_hold_all_counts_however_many_there_are(columns):
    arrays = bell(0.3)
    axis = horizontal_axis((-1.0, 1.0), columns)
    spread = _by_column(arrays["counts"][0], arrays["edges"], axis, columns)
    assert spread.shape == (columns,)
    assert np.isclose(spread.sum(), arrays["counts"].sum())


def test_with_more_layers_than_rows_the_first_and_the_last_are_shown():
    grid = draw("ridges", bell(*[0.5] * 30), {}, (40, 6), Palette())
    assert [line.split()[0] for line in grid.lines()[:5]] == ["1", "8", "15", "23", "30"]


def test_a_layer_without_values_is_an_empty_line():
    arrays = bell(0.5, 0.5)
    arrays["counts"][1] = np.nan
    lines = draw("ridges", arrays, {}, (40, 4), Palette()).lines()
    assert "█" in lines[0]
    assert set(lines[1]) <= set("2 ▁")


def test_a_tail_that_is_thin_is_still_seen():
    counts = np.array([[1000.0, 0.0, 0.0, 1.0]])
    grid = draw("ridges", {"counts": counts, "edges": np.linspace(0, 4, 5)}, {}, (18, 1), Palette())
    lit = np.flatnonzero(grid.fg[0] == Palette().accent)
    assert lit.min() < 8 < 12 < lit.max()
    assert set(grid.fg[0, 8:12].tolist()) == {Palette().line}


def test_edges_that_are_not_finite_give_an_empty_pane():
    arrays = {"counts": np.ones((2, 3)), "edges": np.array([0.0, 1.0, np.nan, 2.0])}
    assert "no values yet" in "\n".join(draw("ridges", arrays, {}, (40, 8), Palette()).lines())
