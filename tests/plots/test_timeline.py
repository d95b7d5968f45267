"""The timeline: its columns are the steps, its parts share axis and scale, and its cursor reads them all."""

import numpy as np
import pytest

from nnlab.plots import Palette, PlotError, draw

LOOKS = {"braille": Palette(depth="mono"), "ascii": Palette(depth="mono", glyphs="ascii")}
STEPS = np.arange(24)
GATES = {
    "x/values": (STEPS % 7) / 7,
    "f/values": (1 + np.sin(STEPS / 3 + np.arange(6)[:, None])) / 2,
    "c/values": np.cumsum(np.sin(STEPS + np.arange(6)[:, None]), axis=1),
    "marks": STEPS % 9 == 4,
    "cursor": np.array(13.0),
}
OPTIONS = {
    "maps": {"x": "sequential", "f": "sequential"},
    "limits": {"x": (0, 1), "f": (0, 1)},
    "bars": ["x"],
}
HANZI = {"h/values": np.sin(STEPS[:9] + np.arange(4)[:, None]), "labels": np.array(list("网络读到这里，停"))}


def lines(arrays, options, size, palette=LOOKS["ascii"]):
    return draw("timeline", arrays, options, size, palette).lines()


@pytest.mark.parametrize("look", LOOKS)
def test_gates_over_time(check, look):
    check(f"timeline-{look}", draw("timeline", GATES, OPTIONS, (72, 20), LOOKS[look]))


def test_a_text_over_its_hidden_state(check):
    arrays = HANZI | {"below": np.array(list("络读到这里，停。")), "cursor": np.array(2.0)}
    check("timeline-zh", draw("timeline", arrays, {}, (60, 9), LOOKS["ascii"]))


def test_the_cursor_reads_every_part():
    shown = "\n".join(lines(GATES, OPTIONS, (72, 20)))
    assert "t = 14" in shown
    for part in ("f", "c"):
        assert f"{GATES[f'{part}/values'][:, 13].mean():.2f}".lstrip("-") in shown
    narrow = lines(GATES, OPTIONS, (36, 20))
    assert any(line.startswith("t = 14  x 0.86  f ") for line in narrow)


def test_a_cursor_column_reads_the_step_under_it():
    arrays = {"a/values": np.arange(10.0)}
    left, width = 4, 40
    for column, step in ((0, 1), (left, 1), (left + 9, 3), (left + width - 1, 10), (400, 10)):
        shown = lines(arrays, {"cursor_column": column}, (left + width, 8))
        assert any(f"t = {step}  a {step - 1:.2f}" in line for line in shown), column


def test_parts_of_one_map_share_a_scale_unless_told():
    arrays = {"a/values": np.full((1, 4), 1.0), "b/values": np.full((1, 4), 4.0)}
    strongest = Palette().map("diverging").colours[-1]

    def has_strongest(options):
        grid = draw("timeline", arrays, options, (20, 6), Palette())
        return [bool((grid.bg[row] == strongest).any()) for row in (0, 3)]

    assert has_strongest({}) == [False, True]
    assert has_strongest({"apart": ["a"]}) == [True, True]
    assert has_strongest({"limits": {"a": (-1, 1), "b": (-9, 9)}}) == [True, False]


def test_more_steps_than_cells_are_averaged_and_said():
    arrays = {"a/values": np.tile([0.0, 1.0], 108)}
    options = {"maps": {"a": "sequential"}, "limits": {"a": (0, 1)}}
    shown = draw("timeline", arrays, options, (24, 4), LOOKS["braille"]).lines()
    assert shown[0] == "a     " + "+" * 18, "half of the scale in every column"
    assert shown[2].startswith("t ÷12 1 ")


def test_more_units_than_pixels_are_averaged_and_said():
    arrays = {"a/values": np.ones((64, 8))}
    assert "÷4" in draw("timeline", arrays, {}, (24, 9), Palette()).lines()[1]


def test_a_long_text_is_a_window_around_the_cursor():
    text = "abcdefghijklmnopqrstuvwxyz" * 4
    arrays = {"h/values": np.zeros((2, len(text))), "labels": np.array(list(text)), "cursor": np.array(54.0)}
    shown = lines(arrays, {}, (40, 6))
    assert text[54 - 6 : 54 + 6] in shown[0]
    assert text not in shown[0]
    ticks = shown[-1]
    before, after = int(ticks.split("<")[1].split()[0]), int(ticks.split(">")[0].split()[-1])
    assert before + len(shown[0].strip()) + after == len(text)


def test_blanks_among_labels_are_seen():
    arrays = {"h/values": np.zeros((1, 3)), "labels": np.array(["a", " ", "b"])}
    assert "␣" in draw("timeline", arrays, {}, (20, 4), Palette()).lines()[0]


def test_unknown_steps_are_blank():
    values = np.where(STEPS < 12, 1.0, np.nan)
    grid = draw("timeline", {"a/values": values}, {"cursor": 20}, (60, 4), Palette())
    painted = (grid.bg[1] != Palette().background) & (grid.bg[1] != -1)
    assert painted.sum() == (60 - 4 - 14) / 2
    assert "–" in grid.lines()[1]


def test_parts_without_room_are_counted():
    arrays = {f"{name}/values": np.ones((2, 4)) for name in "abcdef"}
    options = {"maps": dict.fromkeys("abcdef", "ink"), "limits": dict.fromkeys("abcdef", (2, 3))}
    assert [line[:1] for line in lines(arrays, options, (20, 7))] == [*"abcdef", " "]
    few = lines(arrays, options, (20, 4))
    assert [line[:1] for line in few] == [*"abcd"]


def test_a_map_that_does_not_exist_is_named():
    with pytest.raises(PlotError, match="did you mean 'sequential'"):
        lines(GATES, {"maps": {"f": "sequentiel"}}, (40, 9))


def test_steps_before_the_first_have_a_minus_and_no_hyphen():
    shown = lines({"h/values": np.zeros((4, 40))}, {"first": -25}, (90, 10), LOOKS["braille"])
    assert ["-" in line for line in shown if "−20" in line] == [False]
