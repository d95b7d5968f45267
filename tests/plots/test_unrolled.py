"""The unrolled network: a step a column, with its letters, its states and its answer; and text beside its heads."""

import numpy as np
import pytest

from nnlab.plots import Palette, draw

LOOKS = {"braille": Palette(depth="mono"), "ascii": Palette(depth="mono", glyphs="ascii")}
HELLO = {
    "inputs": np.array(list("hell")),
    "targets": np.array(list("ello")),
    "outputs": np.array(list("elll")),
    "states": np.array([[0.9, -0.95, -0.98], [-0.84, 0.98, -1.0], [-0.95, 0.47, -0.24], [0.77, 0.78, 0.89]]),
    "chances": np.array([0.99, 0.98, 0.6, 0.55]),
    "cursor": np.array(2.0),
}


@pytest.mark.parametrize("look", LOOKS)
def test_a_word_read_letter_by_letter(check, look):
    check(f"unrolled-{look}", draw("unrolled", HELLO, {}, (72, 15), LOOKS[look]))


def test_gradients_run_back_below_the_states(check):
    arrays = HELLO | {"back": np.array([0.001, 0.02, 0.3, 0.4])}
    check("unrolled-back-44", draw("unrolled", arrays, {}, (44, 15), LOOKS["braille"]))


def test_hanzi_stand_in_the_middle_of_their_columns(check):
    arrays = HELLO | {"inputs": np.array(list("高高兴兴")), "outputs": np.array(list("高兴兴。"))}
    check("unrolled-zh-60", draw("unrolled", arrays, {}, (60, 12), LOOKS["braille"]))


def test_an_output_that_is_not_wanted_is_marked():
    lines = "\n".join(draw("unrolled", HELLO, {}, (80, 15), Palette()).lines())
    assert lines.count("✓") == 3
    assert lines.count("✗") == 1


def test_every_step_shows_the_same_three_matrices():
    lines = draw("unrolled", HELLO, {}, (80, 15), Palette()).lines()
    assert [sum(line.count(name) for line in lines) for name in "UWV"] == [4, 3, 4]


def test_a_long_sequence_shows_the_part_around_its_cursor():
    arrays = {"states": np.zeros((30, 2)), "inputs": np.array([f"<{i}>" for i in range(30)]), "cursor": np.array(15.0)}
    text = "\n".join(draw("unrolled", arrays, {}, (44, 12), Palette()).lines())
    assert "<15>" in text
    shown = text.count("<")
    before, after = int(text.split("‹")[1].split()[0]), int(text.split("›")[0].split()[-1])
    assert before + shown + after == 30


@pytest.mark.parametrize("size", [*((60, rows) for rows in range(1, 16)), *((columns, 9) for columns in range(2, 30))])
def test_states_stay_and_the_rest_goes_where_room_is_short(size):
    grid = draw("unrolled", HELLO, {}, size, Palette())
    painted = (grid.bg != Palette().background) & (grid.bg != -1)
    assert painted.any()


def test_a_line_of_text_hangs_beside_its_head(check):
    arrays = {
        "text": np.array(["uDiC..?.Se?vf", "the lamp and the lamp is lit, and the ships come home"]),
        "heads": np.array(["0", "1,200"]),
    }
    check("text-heads", draw("text", arrays, {"tail": True}, (32, 8), LOOKS["braille"]))


def test_the_newest_pair_stays_where_not_all_fit():
    arrays = {"text": np.array(["one", "two", "three three"]), "heads": np.array(["1", "2", "3"])}
    lines = draw("text", arrays, {"tail": True}, (12, 2), LOOKS["braille"]).lines()
    assert lines == ["3  three", "   three"]
