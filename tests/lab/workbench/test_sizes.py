"""What a line of layers has to fit is known before a run, and is what the run then has."""

import numpy as np
import pytest

from nnlab.lab import data_files
from nnlab.lab.course import find_course
from nnlab.lab.drawings import PointDrawing
from nnlab.lab.experiment import NetworkSizes
from nnlab.lab.headless import make_settings
from nnlab.lab.lesson import load
from nnlab.lab.training import Training
from nnlab.lab.workbench.line_error import LineError
from nnlab.lab.workbench.network import describe, shape_of
from nnlab.lab.workbench.sizes import own_sizes

LOADED = load(find_course().lesson("workbench"))


def made(experiment, knobs, data=None):
    recipe, settings = make_settings(LOADED, experiment, knobs, data=data, steps=0)
    return recipe.card(settings.knobs).sizes, settings, Training(recipe, settings).state.task


@pytest.mark.parametrize(
    ("experiment", "knobs", "sizes"),
    [
        ("table", {}, NetworkSizes((2,), 1)),
        ("table", {"source": "planes", "features": "x1, x2, x1 * x2, sin(x1)"}, NetworkSizes((4,), 1)),
        ("table", {"source": "formula", "formula": "x1 + x2"}, NetworkSizes((2,), 1)),
        ("images", {}, NetworkSizes((1, 8, 8), 10)),
        ("images", {"source": "glyphs"}, NetworkSizes((1, 16, 16), 10)),
        ("text", {"unit": "word", "vocabulary": 50}, NetworkSizes((), 50, 50)),
    ],
)
def test_the_labs_own_data_tell_their_sizes_from_the_knobs_alone(experiment, knobs, sizes):
    carried, settings, task = made(experiment, knobs)
    assert sizes == carried == own_sizes(experiment, settings.knobs)
    assert (task.shape, task.outputs) == (shape_of(sizes), sizes.outputs)


def test_the_users_table_and_images_tell_theirs_with_the_card(tmp_path):
    rows = [f"{i},{i * 2},{'uvw'[i % 3]}" for i in range(30)]
    (tmp_path / "t.csv").write_text("a,b,kind\n" + "\n".join(rows) + "\n")
    table = data_files.find(str(tmp_path / "t.csv"))
    assert made("table", {"features": "a, b, a * b"}, table)[0] == NetworkSizes((3,), 3)
    assert made("table", {"target": "b"}, table)[0] == NetworkSizes((4,), 1)
    images = np.random.default_rng(0).integers(0, 255, (40, 12, 10), dtype=np.uint8)
    np.savez(tmp_path / "i.npz", x=images, y=np.arange(40) % 4)
    assert made("images", {"layers": "flatten"}, data_files.find(str(tmp_path / "i.npz")))[0] == NetworkSizes(
        (1, 12, 10), 4
    )


def test_drawn_points_tell_their_classes(tmp_path):
    drawn = PointDrawing(classes=3)
    for label in range(3):
        drawn.chosen = label
        drawn.begin()
        drawn.draw((0.3 * label, 0.0), (0.3 * label, 0.4))
    (tmp_path / "drawn.csv").write_bytes(drawn.table)
    assert made("table", {}, data_files.keep(tmp_path / "drawn.csv"))[0] == NetworkSizes((2,), 3)


def test_a_line_that_does_not_fit_tells_its_place():
    sizes = own_sizes("images", made("images", {})[1].knobs)
    with pytest.raises(LineError, match=r"character 11 .*maxpool 16 is larger than its input of 4x6x6"):
        describe("conv 4 3, maxpool 16, flatten", shape_of(sizes), sizes.outputs)


def test_knobs_that_fit_no_data_have_no_sizes():
    settings = made("table", {})[1]
    assert own_sizes("table", {**settings.knobs, "features": "nothing_like_it"}) is None
    assert own_sizes("table", {}) is None
    assert own_sizes("elsewhere", settings.knobs) is None
