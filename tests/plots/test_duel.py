"""Views of two networks that play against each other: the round as blocks, the bent square, points with arrows."""

import numpy as np
import pytest

from nnlab.plots import Palette, draw
from nnlab.plots.grid import DEFAULT

LOOKS = {"braille": Palette(), "ascii": Palette(depth="mono", glyphs="ascii"), "256": Palette(depth="256")}


def ring(count=40, radius=2.0):
    angle = 2 * np.pi * np.arange(count) / count
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=-1)


def game(**changed):
    noise = np.random.default_rng(0).normal(size=(30, 2))
    numbers = {"d_real": 0.62, "d_generated": 0.41, "d_loss": 1.3, "g_loss": 0.85, "phase": 3.0}
    arrays = {name: np.array(value) for name, value in numbers.items()}
    return arrays | {"noise": noise, "generated": ring(20, 1.5), "real": ring()} | changed


def bent(size=9):
    ticks = np.linspace(-2, 2, size)
    u, v = np.meshgrid(ticks, ticks)
    return np.stack([u + 0.3 * v**2, np.tanh(v) + 0.2 * u], axis=-1)


OPTIONS = {"extent": (-3, 3, -3, 3)}


@pytest.mark.parametrize("look", ["braille", "ascii"])
@pytest.mark.parametrize("size", [(40, 20), (72, 20), (24, 5)])
def test_the_round_as_blocks_and_as_lines(check, look, size):
    check(f"duel-{look}-{size[0]}", draw("duel", game(), OPTIONS, size, LOOKS[look]))


def test_the_round_with_pictures(check):
    picture = np.outer(np.linspace(0, 1, 8), np.ones(8))
    arrays = game(generated=picture, real=1 - picture, pictures=np.array(1.0))
    check("duel-pictures", draw("duel", arrays, OPTIONS, (60, 18), LOOKS["ascii"]))


def test_numbers_of_the_round_stand_in_it():
    shown = "\n".join(draw("duel", game(), OPTIONS, (60, 18), Palette()).lines())
    assert all(text in shown for text in ("0.62", "0.41", "L_D 1.30", "L_G 0.850"))


@pytest.mark.parametrize(("phase", "bold"), [(0, "G(z)"), (1, "L_D"), (2, "z"), (3, "D(G(z))"), (4, "L_G")])
def test_what_is_at_work_in_a_phase_is_in_the_accent(phase, bold):
    palette = Palette()
    still, busy = (draw("duel", game(phase=np.array(p)), OPTIONS, (60, 18), palette) for p in (-1, phase))
    changed = (still.fg != busy.fg) | (still.bold != busy.bold)
    rows = ["".join(row) for row in busy.chars]
    place = next((row, line.index(bold)) for row, line in enumerate(rows) if bold in line)
    assert changed[place]


def test_a_missing_number_is_a_dash():
    arrays = {"d_loss": np.array(np.nan), "g_loss": np.array(np.nan)}
    assert "–" in "\n".join(draw("duel", arrays, {}, (60, 18), Palette()).lines())


@pytest.mark.parametrize("look", LOOKS)
def test_a_bent_square(check, look):
    arrays = {"mesh": bent(), "points": ring(8)}
    check(f"mesh-{look}", draw("mesh", arrays, OPTIONS | {"source": "z"}, (60, 20), LOOKS[look]))


def test_a_bent_square_paints_where_it_lies_and_nowhere_else():
    square = np.stack(np.meshgrid(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9)), axis=-1)
    palette = Palette()
    grid = draw("mesh", {"mesh": square}, {"extent": (-2, 2, -2, 2)}, (40, 20), palette)
    painted = (grid.bg != DEFAULT) & (grid.bg != palette.background)
    rows, columns = np.nonzero(painted)
    assert (rows.min(), rows.max()) == (5, 14)
    assert (columns.min(), columns.max()) == (10, 29)


def test_where_the_square_is_drawn_out_its_colour_is_thinner():
    u, v = np.meshgrid(np.linspace(-1, 1, 21), np.linspace(-1, 1, 21))
    crowded = np.stack([np.sign(u) * np.abs(u) ** 0.2, v], axis=-1)
    grid = draw("mesh", {"mesh": crowded}, {"extent": (-1.2, 1.2, -1.2, 1.2)}, (48, 24), Palette())
    light = (grid.bg >> 8 & 255).astype(float)
    assert light[12, 4] > light[12, 24]


def test_the_square_as_it_was_stands_in_a_free_corner_only():
    free = draw("mesh", {"mesh": 0.2 * bent()}, OPTIONS | {"source": "z"}, (60, 24), Palette())
    full = draw("mesh", {"mesh": 3 * bent()}, OPTIONS | {"source": "z"}, (60, 24), Palette())
    assert free.lines()[0].startswith("z")
    assert not full.lines()[0].startswith("z")


def test_points_of_two_kinds_with_arrows_that_have_heads(check):
    field = np.tanh(np.linspace(-2, 2, 20))[None, :] * np.ones((20, 1))
    arrays = {
        "field": field,
        "points": np.concatenate([ring(8), ring(6, 1.0)]),
        "labels": np.repeat([0, 1], [8, 6]),
        "arrow/G": np.concatenate([ring(6, 1.0), 0.4 * ring(6, 2.0)], axis=-1),
    }
    options = OPTIONS | {"point_markers": ("●", "◆"), "classes": ("x", "G(z)"), "ends": ("D = 1", "D = 0")}
    for look in ("braille", "ascii"):
        check(f"field-arrows-{look}", draw("field", arrays, options | {"heads": True}, (48, 22), LOOKS[look]))
    shown = "\n".join(draw("field", arrays, options | {"heads": True}, (48, 22), Palette()).lines())
    assert "→" in shown
    assert "◆" in shown
    assert "D = 1" in shown
    assert "→" not in "\n".join(draw("field", arrays, options, (48, 22), Palette()).lines())


@pytest.mark.parametrize(
    ("step", "head"), [((1, 0), "→"), ((1, 1), "↗"), ((0, 1), "↑"), ((-1, 0), "←"), ((0, -1), "↓"), ((-1, -1), "↙")]
)
def test_an_arrow_s_head_turns_with_it(step, head):
    arrays = {"field": np.zeros((4, 4)), "arrow/a": np.array([[0.0, 0.0, *step]], dtype=float)}
    shown = "".join(draw("field", arrays, OPTIONS | {"heads": True}, (48, 24), Palette()).lines())
    assert head in shown


def test_bars_against_their_ideal(check):
    arrays = {"values": np.array([0.144, 0.004, 0.14, 0.2]), "ideal": np.array(0.125)}
    options = {"format": "percent", "direction": "auto"}
    check("bars-ideal", draw("bars", arrays, options, (44, 4), Palette()))
    grid = draw("bars", arrays, options, (44, 4), Palette())
    assert grid.fg[1, 0] == Palette().error
    assert grid.fg[0, 0] == Palette().accent
    columns = {line.index("│") for line in grid.lines()}
    assert len(columns) == 1


def test_of_lying_bars_without_room_the_largest_stay_in_their_order():
    """A drawn 7 was read as a 7, and its bar was the one that had no room."""
    values = np.array([0.01, 0.2, 0.0, 0.0, 0.7, 0.09])
    lines = draw("bars", {"values": values}, {"names": tuple("abcdef")}, (30, 4), Palette()).lines()
    assert [line[0] for line in lines[:3]] == ["b", "e", "f"]
    assert lines[3].strip() == "and 3 more"


def test_more_bars_than_rows_stand_up():
    arrays = {"values": np.full(25, 0.04), "ideal": np.array(0.04)}
    assert "│" not in "".join(draw("bars", arrays, {"direction": "auto"}, (60, 8), Palette()).lines())


def test_a_column_without_a_name_is_no_track():
    grid = draw("table", {"": np.array(["a", "b"]), "p": np.array([0.5, 0.25])}, {}, (60, 4), Palette())
    assert "●" not in "".join(grid.lines())
