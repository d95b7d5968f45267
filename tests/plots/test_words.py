"""Words: what plots write is said in the reader's language; what plots are told apart by stays."""

import re
from pathlib import Path

import numpy as np
import pytest

from nnlab.plots import Palette, draw
from nnlab.tui.catalogue import texts

PALETTE = Palette(depth="mono")


def drawn(kind, arrays, options, size=(50, 8)):
    return "\n".join(draw(kind, arrays, options, size, PALETTE).lines())


def test_headers_cells_rows_axes_and_references_are_worded():
    table = {"name": np.array(["mean", "other"]), "loss": np.array([1.0, 2.0])}
    shown = drawn("table", table, {"words": {"name": "名称", "mean": "均值", "loss": "损失"}})
    assert all(word in shown for word in ("名称", "均值", "损失", "other"))
    shown = drawn("matrix", {"values": np.eye(2)}, {"rows": ("photo", "x"), "words": {"photo": "照片"}})
    assert "照片" in shown
    assert "photo" not in shown
    curve = {"a/y": np.array([1.0, 2.0])}
    options = {"x_name": "lag", "references": {"guess": 1.5}, "words": {"lag": "滞后", "guess": "猜测"}}
    shown = drawn("curve", curve, options)
    assert all(word in shown for word in ("滞后", "猜测"))
    assert "lag" not in shown


def test_a_worded_curve_keeps_its_colour_and_a_worded_cell_its_role():
    palette = Palette()
    arrays = {"one/y": np.array([1.0, 2.0]), "two/y": np.array([2.0, 1.0])}
    options = {"legend": "end", "colours": {"one": "error"}}
    plain = draw("curve", arrays, options, (40, 8), palette)
    worded = draw("curve", arrays, {**options, "words": {"one": "uno"}}, (40, 8), palette)
    assert (plain.fg == worded.fg).all()
    assert "uno" in "\n".join(worded.lines())
    cell = {"n": np.array(["one"])}
    shown = draw("table", cell, {"colours": {"one": "error"}, "words": {"one": "eins"}}, (20, 3), palette)
    assert palette.error in shown.fg


def test_a_text_that_is_read_is_not_worded():
    words = {"words": {"saw": "锯齿"}}
    assert "saw" in drawn("text", {"text": np.array(["saw"])}, words)
    letters = {"p/values": np.ones((1, 3)), "labels": np.array(["saw", "a", "b"])}
    assert "锯齿" not in drawn("timeline", letters, words)


@pytest.mark.parametrize("kind", ["curve", "field", "table", "gallery", "timeline", "bars"])
def test_an_empty_plot_says_so_in_the_reader_s_words(kind):
    words = {key: "空" for key in texts("en") if key.startswith("plot.no ")}
    assert "空" in drawn(kind, {}, {"words": words})


def test_the_catalogue_has_every_word_that_plots_write_by_themselves():
    source = "\n".join(path.read_text(encoding="utf-8") for path in Path("nnlab/plots").glob("*.py"))
    found = set(re.findall(r'(?:own_word|empty_text)\(options, "([^"]+)"', source))
    assert found
    assert {f"plot.{word}" for word in found} <= set(texts("zh"))
    assert all(texts("en")[key] == key.removeprefix("plot.") for key in texts("en") if key.startswith("plot."))
