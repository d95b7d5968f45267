import numpy as np

from nnlab.plots import Palette, draw

BARE = {"labels": False, "aspect": "free"}


def test_first_row_of_a_field_is_at_the_bottom():
    field = np.array([[-1.0, -1.0], [1.0, 1.0]])
    grid = draw("field", {"field": field}, BARE, (4, 2), Palette(depth="mono"))
    assert grid.lines() == ["++++", "----"]


def test_point_stands_where_its_coordinates_say():
    arrays = {"field": np.ones((4, 4)), "points": np.array([[0.9, 0.9], [-0.9, -0.9]]), "labels": np.array([0, 1])}
    grid = draw("field", arrays, BARE, (4, 2), Palette(depth="mono"))
    assert grid.lines() == ["+++○", "●+++"]


def test_mistake_is_a_cross_in_strong():
    arrays = {
        "field": np.ones((4, 4)),
        "points": np.zeros((1, 2)),
        "labels": np.array([0]),
        "predictions": np.array([1]),
    }
    palette = Palette()
    grid = draw("field", arrays, BARE, (5, 3), palette)
    assert grid.chars[1, 2] == "×"
    assert grid.fg[1, 2] == palette.strong


def test_point_keeps_the_field_behind_it():
    arrays = {"field": np.ones((4, 4)), "points": np.zeros((1, 2))}
    palette = Palette()
    grid = draw("field", arrays, BARE, (5, 3), palette)
    assert grid.bg[1, 2] == palette.map("diverging").colours[-1]


def test_pixels_stay_square():
    grid = draw("field", {"field": np.ones((9, 9))}, {"labels": False}, (40, 5), Palette())
    painted = np.flatnonzero((grid.bg != -1).any(axis=0))
    assert len(painted) == 10


def test_uniform_field_is_one_run_a_row():
    grid = draw("field", {"field": np.ones((9, 9))}, BARE, (40, 5), Palette())
    assert all(len(grid.runs(row)) == 1 for row in range(5))


def test_seed_picks_one_field():
    fields = np.stack([np.full((2, 2), -1.0), np.full((2, 2), 1.0)])
    assert draw("field", {"field": fields}, {**BARE, "seed": 1}, (3, 1), Palette(depth="mono")).lines() == ["+++"]


def test_trail_ends_in_its_marker():
    arrays = {"field": np.zeros((4, 4)), "trail/Adam": np.array([[-0.9, 0.0], [0.9, 0.0]])}
    shown = draw("field", arrays, {**BARE, "map": "land", "limits": (0, 1)}, (11, 3), Palette()).lines()
    assert shown[1].endswith("●")
    assert "⠒" in shown[1] or "⠤" in shown[1]


def test_coarse_screen_shows_the_mean_of_a_fine_field():
    field = np.indices((64, 64)).sum(axis=0) % 2 * 2.0 - 1.0
    grid = draw("field", {"field": field}, BARE, (4, 2), Palette(depth="mono"))
    assert grid.lines() == ["", ""]


def test_a_plane_of_huge_numbers_is_drawn_with_short_labels():
    extent = (0.0, 1e16, 1.0, 1e300)
    grid = draw("field", {"field": np.ones((3, 3))}, {"extent": extent}, (53, 10), Palette())
    assert "10³⁰⁰" in grid.lines()[0]


def test_a_cursor_reads_place_and_value_of_its_cell():
    values = np.linspace(-1, 1, 41)[:, None] * np.ones((41, 41))
    options = {"extent": (0, 1, 0, 1), "names": ["x₁", "x₂"], "cursor_column": 20, "cursor_row": 0}
    shown = "\n".join(draw("field", {"field": values}, options, (60, 12), Palette()).lines())
    assert "x₂ 0.95" in shown
    assert "= 0.9" in shown


def test_a_cursor_outside_the_field_is_kept_inside():
    shown = draw(
        "field", {"field": np.ones((4, 4))}, BARE | {"cursor_column": 99, "cursor_row": 99}, (40, 4), Palette()
    ).lines()
    assert "y −0.75" in "\n".join(shown)
