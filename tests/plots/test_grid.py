import numpy as np

from nnlab.plots.grid import DEFAULT, INDEXED, Grid, hstack, sgr, vstack


def test_put_clips_at_both_edges():
    grid = Grid.blank((5, 1))
    grid.put(0, -2, "abcdefghij")
    assert grid.lines() == ["cdefg"]


def test_wide_character_cut_by_the_edge_becomes_a_blank():
    grid = Grid.blank((3, 1))
    grid.put(0, 0, "a中b")
    assert grid.lines() == ["a中"]
    narrow = Grid.blank((2, 1))
    narrow.put(0, 0, "a中")
    assert narrow.lines() == ["a"]


def test_overwriting_half_of_a_wide_character_keeps_the_row_in_place():
    grid = Grid.blank((4, 1))
    grid.put(0, 0, "中x")
    grid.put(0, 1, "|")
    assert grid.lines() == [" |x"]
    grid = Grid.blank((4, 1))
    grid.put(0, 0, "中x")
    grid.put(0, 0, "|")
    assert grid.lines() == ["| x"]


def test_runs_join_cells_that_look_alike():
    grid = Grid.blank((6, 1))
    grid.put(0, 0, "ab", 0xFF0000)
    grid.put(0, 2, "cd", 0xFF0000, bold=True)
    assert grid.runs(0) == [("ab", 0xFF0000, -1, False), ("cd", 0xFF0000, -1, True), ("  ", -1, -1, False)]


def test_runs_of_a_row_spell_the_row():
    grid = Grid.blank((8, 1), bg=3)
    grid.put(0, 1, "损失", 5)
    assert "".join(run[0] for run in grid.runs(0)) == " 损失   "


def test_ansi_without_looks_has_no_escape_codes():
    grid = Grid.blank((5, 2))
    grid.put(0, 0, "ab")
    assert grid.ansi() == ["ab", ""]


def test_sgr_spells_truecolour_256_and_16():
    assert sgr(0x0102FF, INDEXED + 208, True) == "\x1b[1;38;2;1;2;255;48;5;208m"
    assert sgr(INDEXED + 1, INDEXED + 12, False) == "\x1b[31;104m"
    assert sgr(DEFAULT, DEFAULT, False) == ""


def test_changed_rows_names_rows_that_differ_in_any_look():
    old, new = Grid.blank((4, 3)), Grid.blank((4, 3))
    new.put(1, 0, "x")
    new.put(2, 0, " ", bg=7)
    assert new.changed_rows(old) == [1, 2]
    assert new.changed_rows(None) == [0, 1, 2]
    assert new.changed_rows(Grid.blank((5, 3))) == [0, 1, 2]


def test_paste_clips_and_never_leaves_half_a_wide_character():
    wide, grid = Grid.blank((4, 1)), Grid.blank((4, 1))
    wide.put(0, 0, "中中")
    grid.paste(wide, 0, 1)
    assert grid.lines() == [" 中"]
    grid.paste(wide, 0, -1)
    assert grid.lines()[0].startswith(" 中")


def test_stacks_place_grids_with_gaps():
    a, b = Grid.blank((2, 1)), Grid.blank((1, 2))
    a.put(0, 0, "ab")
    b.put(1, 0, "c")
    assert hstack([a, b], gap=1).lines() == ["ab", "   c"]
    assert vstack([a, b], gap=1).lines() == ["ab", "", "", "c"]
    assert vstack([]).chars.shape == (0, 0)


def test_blank_grid_holds_default_colours():
    assert np.all(Grid.blank((3, 2)).fg == DEFAULT)
