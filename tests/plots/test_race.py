"""A race's pictures: many trails and curves, each by its own marker, and a table in which their numbers can be read."""

import numpy as np
import pytest

from nnlab.plots import Palette, PlotError, draw

PALETTE = Palette()
MARKERS = {"adam": "▼", "adamw": "▽"}
COLOURS = {"adam": "s1", "adamw": "s1"}


def surface():
    x, y = np.meshgrid(np.linspace(-1, 1, 24), np.linspace(-1, 1, 24))
    t = np.linspace(0, 1, 20)
    trails = {"trail/adam": np.stack([-0.8 + t, 0.6 - t], 1), "trail/adamw": np.stack([-0.8 + 0.6 * t, 0.6 * t], 1)}
    return {"field": x**2 + 8 * y**2 + 1e-3, **trails, "mark/min": np.array([[0.0, 0.0], [0.8, 0.8]])}


@pytest.mark.parametrize("glyphs", ["braille", "ascii"])
def test_a_surface_shows_trails_with_their_own_markers_and_every_mark(check, glyphs):
    options = {"map": "land", "scale": "log", "markers": MARKERS, "colours": COLOURS}
    check(f"surface-{glyphs}", draw("field", surface(), options, (48, 20), Palette(depth="mono", glyphs=glyphs)))


def test_two_trails_of_one_colour_differ_in_their_markers():
    grid = draw("field", surface(), {"map": "land", "markers": MARKERS, "colours": COLOURS}, (48, 20), PALETTE)
    ends = {char: int(grid.fg[grid.chars == char][0]) for char in "▼▽"}
    assert set(ends.values()) == {PALETTE.s1}


def test_curves_carry_the_same_markers_at_their_ends():
    arrays = {"adam/y": np.linspace(1, 0.1, 30), "adamw/y": np.linspace(1, 0.5, 30), "sgd/y": np.linspace(1, 0.8, 30)}
    shown = "\n".join(draw("curve", arrays, {"markers": MARKERS}, (60, 10), PALETTE).lines())
    assert "▽" in shown
    assert "▼" in shown


def test_a_table_spells_numbers_of_any_size_in_three_digits():
    arrays = {"name": np.array(["adam", "sgd"]), "f": np.array([2.5e-9, 12.345])}
    lines = draw("table", arrays, {"formats": {"f": "short"}}, (40, 3), PALETTE).lines()
    assert "2.5×10⁻⁹" in lines[1]
    assert lines[2].rstrip().endswith("12.3")


def test_a_cell_takes_the_colour_that_its_text_names():
    arrays = {"name": np.array(["adam", "sgd"]), "f": np.array([1.0, 2.0])}
    grid = draw("table", arrays, {"colours": {"adam": "s4"}}, (40, 3), PALETTE)
    assert int(grid.fg[1][grid.chars[1] == "a"][0]) == PALETTE.s4
    assert int(grid.fg[2][grid.chars[2] == "s"][0]) == PALETTE.text


def test_an_unknown_format_offers_the_known_ones():
    with pytest.raises(PlotError, match="short"):
        draw("table", {"f": np.array([1.0])}, {"formats": {"f": "shrot"}}, (40, 3), PALETTE)


def test_columns_move_together_before_the_last_one_is_dropped():
    arrays = {name: np.array([123456.0]) for name in ("a", "b", "c", "d")}
    shown = [draw("table", arrays, {}, (columns, 2), PALETTE).lines()[1] for columns in (45, 34, 31)]
    assert [line.count("123,456") for line in shown] == [4, 4, 4]
    assert "123,456   123,456" in shown[0]
    assert "123,456 123,456" in shown[2]
