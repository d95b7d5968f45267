import xml.etree.ElementTree as ET

import numpy as np
import pytest

from nnlab.plots import Grid, Palette, draw
from nnlab.plots.svg import HEIGHT, WIDTH, to_svg

NAMESPACE = "{http://www.w3.org/2000/svg}"


def shapes(grid, palette=Palette(), kind="rect"):  # noqa: B008 (a frozen palette)
    return list(ET.fromstring(to_svg(grid, palette)).iter(NAMESPACE + kind))


def test_svg_has_the_size_of_its_cells():
    root = ET.fromstring(to_svg(Grid.blank((12, 3)), Palette(), margin=5))
    assert (root.get("width"), root.get("height")) == (str(12 * WIDTH + 10), str(3 * HEIGHT + 10))


def test_half_block_is_two_rectangles_of_exact_size():
    grid = Grid.blank((1, 1))
    grid.put(0, 0, "▀", 0xFF0000, bg=0x0000FF)
    boxes = [(box.get("fill"), box.get("y"), box.get("height")) for box in shapes(grid)[1:]]
    assert boxes == [("#0000ff", "0", "20"), ("#ff0000", "0", "10")]


@pytest.mark.parametrize(("char", "count"), [("⣿", 8), ("⠁", 1), ("●", 1)])
def test_dots_are_circles(char, count):
    grid = Grid.blank((1, 1))
    grid.put(0, 0, char, 0xFF0000)
    assert len(shapes(grid, kind="circle")) == count
    assert not shapes(grid, kind="text")


def test_text_is_escaped_and_kept_in_its_cells():
    grid = Grid.blank((12, 1))
    grid.put(0, 2, "a<b&损", 0xFF0000, bold=True)
    (word,) = shapes(grid, kind="text")
    assert (word.text, word.get("x"), word.get("textLength"), word.get("font-weight")) == ("a<b&损", "20", "60", "700")


def test_light_theme_has_light_paper():
    assert shapes(Grid.blank((1, 1)), Palette("light"))[0].get("fill") == "#fbfaf7"


def test_field_needs_no_font():
    grid = draw("field", {"field": np.linspace(-1, 1, 64).reshape(8, 8)}, {"labels": False}, (8, 4), Palette())
    assert not shapes(grid, kind="text")
