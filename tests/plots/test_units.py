"""The strip of units: dead ones carry a sign of their own, and the count says how many."""

import numpy as np
import pytest

from nnlab.plots import Palette, draw

FIRING = np.array([np.linspace(0.02, 1.0, 24), np.where(np.arange(24) % 3 == 0, 0.0, 0.5)])


@pytest.mark.parametrize("look", ["braille", "ascii"])
def test_units_of_two_runs(check, look):
    arrays = {"firing": FIRING, "names": np.array(["0.1", "1.0"])}
    palette = Palette(depth="mono") if look == "braille" else Palette(depth="mono", glyphs="ascii")
    check(f"units-{look}", draw("units", arrays, {"current": 1}, (52, 8), palette))


def test_the_count_of_dead_units_is_that_of_the_crosses():
    lines = draw("units", {"firing": FIRING[1]}, {}, (60, 2), Palette()).lines()
    assert "× 8 / 24" in lines[0]
    assert lines[1].count("×") == 8


def test_a_unit_that_seldom_fires_is_no_dead_one():
    lines = draw("units", {"firing": np.array([0.005, 0.0])}, {}, (20, 2), Palette(depth="mono")).lines()
    assert "× 1 / 2" in lines[0]
    assert lines[1].count("×") == 1
    assert lines[1].strip() != "×"


def test_places_without_a_unit_are_not_counted():
    lines = draw("units", {"firing": np.array([[0.5, 0.0, np.nan]])}, {}, (20, 2), Palette()).lines()
    assert "× 1 / 2" in lines[0]
