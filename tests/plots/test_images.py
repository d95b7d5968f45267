"""Pictures, galleries, windows and chains: what they show is what the arrays hold."""

import numpy as np
import pytest

from nnlab.plots import Palette, draw

LOOKS = {"braille": Palette(depth="mono"), "ascii": Palette(depth="mono", glyphs="ascii")}
IMAGE = np.round(np.clip(300 * np.exp(-((np.hypot(*(np.mgrid[:9, :9] - 4)) - 3) ** 2)), 0, 255))
EDGE = np.array([[-1.0, 0.0, 1.0]] * 3)


@pytest.mark.parametrize("look", LOOKS)
def test_a_picture_with_its_window(check, look):
    arrays = {"values": IMAGE, "frame": np.array([1, 4, 3, 3])}
    check(f"picture-{look}", draw("picture", arrays, {}, (30, 12), LOOKS[look]))


@pytest.mark.parametrize("look", LOOKS)
def test_the_numbers_behind_a_picture(check, look):
    arrays = {"values": IMAGE, "frame": np.array([1, 4, 3, 3])}
    check(f"picture-numbers-{look}", draw("picture", arrays, {"numbers": True}, (42, 10), LOOKS[look]))


def test_numbers_without_room_show_the_part_around_the_window():
    arrays = {"values": np.arange(784.0).reshape(28, 28), "frame": np.array([20, 22, 3, 3])}
    shown = "\n".join(draw("picture", arrays, {"numbers": True}, (40, 9), Palette()).lines())
    assert all(f"{28 * row + column}" in shown for row in (20, 21, 22) for column in (22, 23, 24))
    assert " 0 " not in shown


def test_pixels_are_square_and_unknown_ones_blank():
    values = np.full((4, 4), np.nan)
    values[0] = 1.0
    grid = draw("picture", {"values": values}, {"limits": (0, 1)}, (16, 8), Palette())
    painted = grid.bg != Palette().background
    assert painted.any(axis=1).sum() == 2
    assert painted.any(axis=0).sum() == 16


@pytest.mark.parametrize("look", LOOKS)
def test_a_window_s_products_and_their_sum(check, look):
    arrays = {"window": IMAGE[1:4, 4:7], "kernel": EDGE, "bias": np.float64(-20)}
    check(f"products-{look}", draw("products", arrays, {"limits": (0, 255), "relu": True}, (42, 9), LOOKS[look]))


def test_shown_products_add_up_over_all_channels():
    window = np.stack([IMAGE[:3, :3], IMAGE[3:6, :3], IMAGE[3:6, 3:6]])
    kernel = np.stack([EDGE, EDGE.T, -EDGE])
    lines = draw("products", {"window": window, "kernel": kernel}, {"names": "rgb"}, (50, 20), Palette()).lines()
    parts = [float(line.split("Σ")[1].replace("−", "-")) for line in lines if "Σ" in line and "Σ x·K" not in line]
    total = next(float(line.split()[-1].replace("−", "-")) for line in lines if "Σ x·K" in line)
    assert parts == [float((window[c] * kernel[c]).sum()) for c in range(3)]
    assert total == sum(parts)


@pytest.mark.parametrize("look", LOOKS)
def test_a_gallery_of_maps_with_their_kernels(check, look):
    maps = np.stack([IMAGE, IMAGE.T / 2, 255 - IMAGE, 0 * IMAGE])
    kernels = np.stack([EDGE, EDGE.T, -EDGE, 0 * EDGE])
    labels = np.array(["8 → 8", "8 → 3", "1 → 7", "4"])
    arrays = {"images": maps, "kernels": kernels, "labels": labels}
    check(f"gallery-{look}", draw("gallery", arrays, {"current": 1}, (46, 12), LOOKS[look]))


def test_kernels_of_a_gallery_share_one_scale():
    kernels = np.stack([np.ones((2, 2)), np.full((2, 2), 0.1)])
    arrays = {"images": np.zeros((2, 4, 4)), "kernels": kernels}
    grid = draw("gallery", arrays, {}, (20, 14), Palette())
    strong = Palette().map("diverging").colours[-1]
    assert (grid.bg == strong).any()
    assert (grid.bg == strong).sum() == (grid.fg == strong).sum()
    assert not (grid.bg[:2, 9:] == strong).any()


def test_rows_of_a_gallery_that_belong_together_are_cut_alike():
    arrays = {"images": np.ones((10, 2, 10)), "labels": np.array([*"abcde", *"ABCDE"])}

    def named(columns):
        lines = draw("gallery", arrays, {"across": 5}, (columns, 5), Palette()).lines()
        return [line.split() for line in lines if line[:1] in ("a", "A")], lines[-1]

    assert named(58)[0] == [[*"abcde"], [*"ABCDE"]]
    rows, last = named(40)
    assert rows == [[*"abc"], [*"ABC", "+4"]]
    assert last.endswith("+4")


def test_a_gallery_says_how_many_have_no_room():
    lines = draw("gallery", {"images": np.ones((40, 8, 8))}, {}, (30, 10), Palette()).lines()
    assert "+34" in "\n".join(lines)


@pytest.mark.parametrize("columns", [80, 36])
def test_a_chain_shows_shapes_and_counts(check, columns):
    arrays = {
        "stage0": IMAGE[None] / 255,
        "stage1": np.stack([IMAGE[1:8, 1:8], IMAGE[1:8, 1:8].T]),
        "stage2": np.linspace(0, 1, 98),
        "stage3": np.eye(10)[8],
        "names": np.array(["input", "conv 3×3", "flatten", "dense"]),
        "parameters": np.array([0, 20, 0, 990]),
    }
    check(f"chain-{columns}", draw("chain", arrays, {}, (columns, 14), Palette(depth="mono")))


@pytest.mark.parametrize(("columns", "is_hidden"), [(26, True), (60, False)])
def test_maps_that_have_no_room_below_one_another_stand_side_by_side(columns, is_hidden):
    arrays = {
        "stage0": np.ones((1, 12, 12)),
        "stage1": np.ones((8, 10, 10)),
        "names": np.array(["x", "conv"]),
        "parameters": np.array([0, 80]),
    }
    grid = draw("chain", arrays, {}, (columns, 21), Palette(depth="mono"))
    assert any("+5" in line for line in grid.lines()) == is_hidden


def test_three_channels_make_the_colours_of_their_mixture():
    values = np.zeros((3, 2, 2))
    values[0], values[2, :, 1] = 255, 255
    grid = draw("picture", {"values": values}, {"limits": (0, 255)}, (2, 1), Palette())
    assert grid.fg.tolist() == [[0xFF0000, 0xFF00FF]]
    light = draw("picture", {"values": values}, {"limits": (0, 255)}, (2, 1), Palette(depth="mono"))
    assert light.lines() != [""]


def test_a_frame_far_outside_frames_nothing():
    arrays = {"values": IMAGE, "frame": np.array([0.0, 0.0, 1e300, 1e300])}
    plain = draw("picture", {"values": IMAGE}, {}, (30, 12), LOOKS["braille"])
    assert draw("picture", arrays, {}, (30, 12), LOOKS["braille"]).lines() == plain.lines()


def test_a_confusion_matrix_can_leave_zeros_as_dots():
    values = np.diag([31.0, 28.0, 33.0])
    lines = draw("matrix", {"values": values}, {"zero": "·", "decimals": 0}, (20, 3), Palette()).lines()
    assert [line.count("·") for line in lines] == [2, 2, 2]


def test_rows_of_a_matrix_without_room_for_numbers_keep_their_names():
    values = np.random.default_rng(0).normal(size=(11, 16))
    names = [f"x{row}" for row in range(1, 11)] + ["bias"]
    shown = draw("matrix", {"values": values}, {"rows": names}, (43, 17), Palette(depth="mono")).lines()
    assert [line.split()[0] for line in shown[:11]] == names
