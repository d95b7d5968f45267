"""The drawing of an LSTM cell: every number at its place, and the equations where it has no room."""

import numpy as np
import pytest

from nnlab.plots import Palette, draw

LOOKS = {"braille": Palette(depth="mono"), "ascii": Palette(depth="mono", glyphs="ascii")}


def step(units=1, **changed):
    """One step whose numbers fit together."""
    rng = np.random.default_rng(1997)
    f, i, o = rng.uniform(0.05, 0.95, (3, units))
    g, before, h_before = rng.uniform(-0.9, 0.9, (3, units))
    values = {"f": f, "i": i, "o": o, "g": g, "c_before": before, "h_before": h_before} | changed
    c = values["f"] * values["c_before"] + values["i"] * values["g"]
    return values | {"c": c, "h": values["o"] * np.tanh(c), "x": np.array([0.66, 1.0])}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", [(88, 22), (42, 12)])
def test_a_cell_with_its_values(check, look, size):
    check(f"cell-{size[0]}-{look}", draw("cell", step(), {}, size, LOOKS[look]))


def test_a_layer_shows_one_unit_and_says_which(check):
    check("cell-units", draw("cell", step(8), {"unit": 2}, (70, 20), Palette()))


@pytest.mark.parametrize("size", [(88, 22), (60, 14), (42, 11), (40, 12), (36, 6), (30, 6)])
@pytest.mark.parametrize("look", LOOKS)
def test_every_value_can_be_read_at_every_size(look, size):
    arrays = step()
    shown = "\n".join(draw("cell", arrays, {}, size, LOOKS[look]).lines()).replace("−", "-")
    for name in ("f", "i", "g", "o", "c", "h"):
        assert f"{float(arrays[name][0]):.2f}" in shown, name


def test_little_room_keeps_the_states():
    lines = draw("cell", step(), {}, (20, 2), Palette()).lines()
    assert lines[0].startswith("c ")
    assert lines[1].startswith("h ")


def test_the_line_is_as_bright_as_what_the_forget_gate_leaves():
    palette = Palette()
    kept, lost = (draw("cell", step(f=np.array([f])), {}, (60, 14), palette).fg[1] for f in (1.0, 0.0))
    assert (kept[:50] == palette.accent).sum() > (lost[:50] == palette.accent).sum()


def test_gates_share_one_scale_of_colours():
    same = {name: np.array([0.7]) for name in ("f", "i", "o")}
    grid = draw("cell", step(**same), {}, (60, 14), Palette())
    row = next(r for r, line in enumerate(grid.lines()) if "f σ" in line)
    painted = {int(colour) for colour in grid.bg[row] if colour != Palette().background and colour >= 0}
    assert len(painted) == 2, "one colour for f, i and o, one for the candidate"


def test_a_step_that_is_not_finite_is_said_not_hidden():
    shown = "\n".join(draw("cell", step() | {"c": np.array([np.nan])}, {}, (60, 14), Palette()).lines())
    assert "cₜ –" in shown
