"""Drawing: strokes leave ink or points, the eraser takes them, undo brings back what was."""

import numpy as np
import pytest

from nnlab.data import DataError, read_digit
from nnlab.lab import data_files
from nnlab.lab.drawings import InkDrawing, PointDrawing


def stroke(drawing, *places, erase=False):
    drawing.begin()
    for start, end in zip(places, places[1:] or places, strict=False):
        drawing.draw(start, end, erase=erase)


def test_a_stroke_is_as_wide_as_the_brush():
    widths = []
    for brush in range(len(InkDrawing.BRUSHES)):
        drawing = InkDrawing()
        drawing.brush = brush
        stroke(drawing, (0.5, 0.1), (0.5, 0.9))
        widths.append(int(drawing.ink[16].sum()))
    assert widths == sorted(set(widths))


def test_fast_strokes_leave_no_gaps():
    drawing = InkDrawing()
    stroke(drawing, (0.1, 0.1), (0.9, 0.9))
    assert all(drawing.ink[row].any() for row in range(4, 28))


def test_the_eraser_takes_ink_and_undo_brings_it_back():
    drawing = InkDrawing()
    stroke(drawing, (0.5, 0.1), (0.5, 0.9))
    whole = drawing.ink
    stroke(drawing, (0.5, 0.1), (0.5, 0.9), erase=True)
    assert not drawing.ink.any()
    assert drawing.undo()
    assert np.array_equal(drawing.ink, whole)
    drawing.clear()
    assert drawing.text == ""
    assert drawing.undo()
    assert np.array_equal(drawing.ink, whole)
    assert drawing.undo()
    assert not drawing.undo()


def test_a_drawing_opened_from_its_text_is_the_same_digit():
    drawing = InkDrawing()
    stroke(drawing, (0.2, 0.1), (0.8, 0.1), (0.4, 0.9))
    assert np.array_equal(InkDrawing(drawing.text).levels, read_digit(drawing.text))


def test_fitting_changes_what_is_counted_and_not_the_ink():
    drawing = InkDrawing()
    stroke(drawing, (0.1, 0.1), (0.2, 0.3))
    ink, fitted = drawing.ink, drawing.text
    drawing.is_fitted = False
    assert drawing.text != fitted
    assert np.array_equal(drawing.ink, ink)


def test_points_are_as_dense_however_the_stroke_was_cut_up():
    whole, cut = PointDrawing(), PointDrawing()
    whole.brush = cut.brush = 0
    stroke(whole, (0.1, 0.5), (0.9, 0.5))
    stroke(cut, *((x, 0.5) for x in np.linspace(0.1, 0.9, 174)))
    assert len(whole.points) == pytest.approx(len(cut.points), abs=1)
    assert np.ptp(np.diff(cut.points[:, 0])) < 1e-6


def test_points_lie_in_the_extent_with_y_upwards():
    drawing = PointDrawing((-2.0, 2.0, 0.0, 1.0), classes=3)
    drawing.brush = 0
    drawing.chosen = 2
    stroke(drawing, (0.0, 0.0), (0.0, 0.0))
    assert drawing.points.tolist() == [[-2.0, 1.0]]
    assert drawing.labels.tolist() == [2]


def test_a_wide_brush_never_leaves_the_paper():
    drawing = PointDrawing()
    drawing.brush = 3
    stroke(drawing, (0.0, 0.0), (1.0, 0.0))
    assert np.abs(drawing.points).max() <= 1.0


def test_the_eraser_takes_only_the_points_near_it():
    drawing = PointDrawing()
    drawing.brush = 0
    stroke(drawing, (0.1, 0.5), (0.9, 0.5))
    stroke(drawing, (0.1, 0.5), (0.3, 0.5), erase=True)
    assert drawing.places[:, 0].min() > 0.3


@pytest.mark.parametrize(("classes", "head"), [(1, b"x,y\n"), (2, b"x0,x1,class\n")])
def test_what_was_drawn_is_kept_as_data_that_its_hash_finds(classes, head, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    drawing = PointDrawing(classes=classes)
    stroke(drawing, (0.1, 0.5), (0.9, 0.5))
    kept = data_files.keep_drawn(drawing.table, "points.csv")
    assert kept.kind == "table"
    assert data_files.find(kept.hash).path.read_bytes().startswith(head)
    assert len(data_files.find(kept.hash).path.read_bytes().splitlines()) == 1 + len(drawing.points)


def test_points_come_back_from_their_table_and_undo_brings_back_what_lay_there():
    drawn = PointDrawing(classes=3)
    drawn.chosen = 2
    stroke(drawn, (0.1, 0.2), (0.9, 0.7))
    other = PointDrawing(classes=3)
    stroke(other, (0.5, 0.5), (0.6, 0.5))
    mine = other.table
    other.take_table(drawn.table)
    assert other.table == drawn.table
    other.undo()
    assert other.table == mine


@pytest.mark.parametrize(
    "table", [b"", b"width,height,kind\n1,2,a\n", b"x0,x1,class\n", b"x0,x1,class\n0,9,1\n", b"x0,x1,class\n0,0,3\n"]
)
def test_a_table_that_was_not_drawn_here_is_refused_and_changes_nothing(table):
    drawing = PointDrawing(classes=3)
    stroke(drawing, (0.5, 0.5), (0.6, 0.5))
    mine = drawing.table
    with pytest.raises(DataError):
        drawing.take_table(table)
    assert drawing.table == mine
