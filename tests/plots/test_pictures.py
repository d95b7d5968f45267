"""What a reader sees: one picture per kind and glyph set."""

import numpy as np
import pytest

from nnlab.plots import Palette, draw, pane

PALETTES = {
    "braille": Palette(),
    "ascii": Palette(depth="mono", glyphs="ascii"),
    "mono": Palette(depth="mono"),
    "block": Palette(glyphs="block", depth="mono"),
}


def xor_network():
    """The 2-2-1 network that solves XOR, with the map of each neuron over the plane."""
    x, y = np.meshgrid(np.linspace(-1.5, 1.5, 24), np.linspace(-1.5, 1.5, 24))
    h1, h2 = np.tanh(3.24 * x - 2.84 * y - 2.45), np.tanh(2.38 * x - 2.98 * y + 2.08)
    return {
        "weights0": np.array([[3.24, 2.38], [-2.84, -2.98]]),
        "bias0": np.array([-2.45, 2.08]),
        "weights1": np.array([[5.16], [-5.16]]),
        "bias1": np.array([4.58]),
        "maps0": np.stack([x, y]) / 1.5,
        "maps1": np.stack([h1, h2]),
        "maps2": np.tanh(5.16 * (h1 - h2) + 4.58)[None],
    }


def corners():
    """Ten points around each corner of the square, and XOR of the corner."""
    steps = np.stack([np.cos(np.arange(10) * 2.4), np.sin(np.arange(10) * 2.4)], axis=1) * np.arange(10)[:, None] / 30
    points = np.concatenate([steps + corner for corner in ((-0.8, -0.8), (0.8, 0.8), (-0.8, 0.8), (0.8, -0.8))])
    return points, np.repeat([0, 0, 1, 1], 10)


@pytest.mark.parametrize("look", PALETTES)
def test_curve_with_ghost_and_reference(check, look):
    steps = np.arange(1240)
    arrays = {
        "this run/x": steps,
        "this run/y": 0.78 * np.exp(-steps / 150) + 0.01,
        "previous run, rate 0.10/y": 0.7 * np.exp(-((steps / 450) ** 2)) + 0.05,
    }
    options = {
        "ghosts": ["previous run, rate 0.10"],
        "x_range": (0, 3000),
        "y_range": (0, 0.8),
        "references": {"coin flip ln 2": np.log(2)},
    }
    body = draw("curve", arrays, options, (58, 10), PALETTES[look])
    check(f"curve-{look}", pane("loss", "cross-entropy", "0.010", body, (58, 11), PALETTES[look], focused=True))


@pytest.mark.parametrize("look", ["braille", "ascii"])
def test_race_of_five_on_a_log_axis_labels_each_curve_at_its_end(check, look):
    rates = {"RMSprop": 0.97, "momentum": 0.93, "gradient descent": 0.955, "Nesterov": 0.9, "Adam": 0.88}
    arrays = {f"{name}/y": 100 * rate ** (np.arange(61) * 1.5) for name, rate in rates.items()}
    check(f"race-{look}", draw("curve", arrays, {"scale": "log", "x_range": (0, 100)}, (70, 12), PALETTES[look]))


def test_diverged_curve_shows_where_it_died_and_what_to_do(check):
    y = 0.4 + 0.3 * np.sin(np.arange(264) / 6) * np.exp(np.arange(264) / 120) / 8
    y[-1] = np.nan
    message = "overflow at step 264, in linear h₂\nTry learning rate 0.30 (it was 30)."
    options = {"x_range": (0, 300), "y_range": (0, 0.8), "colours": {"y": "error"}, "message": message}
    check("diverged", draw("curve", {"y": y}, options, (48, 11), Palette()))


@pytest.mark.parametrize("look", PALETTES)
def test_decision_field_with_points_and_a_mistake(check, look):
    x, y = np.meshgrid(np.linspace(-1.5, 1.5, 40), np.linspace(-1.4, 1.4, 40))
    field = np.tanh(2.5 * (1.3 - 1.3 * np.tanh(4 * (x - y) + 3) + 1.3 * np.tanh(4 * (x - y) - 3)))
    points, labels = corners()
    predictions = labels.copy()
    predictions[5] = 1
    arrays = {"field": field, "points": points, "labels": labels, "predictions": predictions}
    options = {"extent": (-1.5, 1.5, -1.4, 1.4), "names": ["x₁", "x₂"]}
    check(f"field-{look}", draw("field", arrays, options, (42, 18), PALETTES[look]))


@pytest.mark.parametrize("look", ["braille", "ascii"])
def test_network_that_solves_xor(check, look):
    check(f"network-{look}", draw("graph", xor_network(), {}, (58, 20), PALETTES[look]))


def test_forward_and_backward_walk_shows_values_and_gradients(check):
    arrays = xor_network() | {
        "values0": np.array([1.0, 0.0]),
        "values1": np.array([0.66, 0.99]),
        "values2": np.array([0.989]),
        "gradients1": np.array([-0.012, 0.034]),
        "gradients2": np.array([-0.006]),
    }
    check("walk", draw("graph", arrays, {"names": [["x₁", "x₂"], ["h₁", "h₂"], ["ŷ"]]}, (58, 20), Palette()))


def test_a_slope_below_a_node_at_the_edge_is_written_in_full():
    arrays = xor_network() | {"values2": np.array([0.989]), "gradients2": np.array([-0.072])}
    arrays |= {"values0": np.array([1.0, 0.0]), "values1": np.array([0.66, 0.99]), "gradients1": np.array([0.0, 0.0])}
    assert "∂ −0.072" in "\n".join(draw("graph", arrays, {}, (40, 18), Palette()).lines())


def test_large_layer_says_how_many_nodes_are_not_shown(check):
    rng = np.random.default_rng(0)
    arrays = {"weights0": rng.normal(size=(2, 40)), "weights1": rng.normal(size=(40, 1))}
    check("large-layer", draw("graph", arrays, {}, (30, 12), Palette()))


@pytest.mark.parametrize("columns", [102, 60, 24])
def test_strip_of_seeds_shrinks_with_its_width(check, columns):
    fields = np.sign(np.sin(np.arange(20 * 6 * 6)).reshape(20, 6, 6))
    solved = np.array([index % 4 > 0 for index in range(20)], dtype=float)
    solved[-1] = np.nan
    arrays = {"fields": fields, "solved": solved}
    check(f"strip-{columns}", draw("strip", arrays, {"current": 6}, (columns, 3), Palette()))


def test_table_lines_up_decimals_and_puts_a_dot_on_a_track(check):
    output = np.array([0.004, 0.989, 0.989, 0.006])
    arrays = {"x₁": np.array([0, 0, 1, 1]), "x₂": np.array([0, 1, 0, 1]), "target": np.array([0, 1, 1, 0]), "ŷ": output}
    check("table", draw("table", arrays, {"track": "ŷ", "strong": ["ŷ"]}, (44, 5), Palette()))


def test_matrix_with_numbers(check):
    values = np.array([[-1.56, -0.51, 0.02], [-0.55, 2.59, 2.01], [-5.42, np.nan, -0.35]])
    options = {"signed": True, "rows": ["h₁", "h₂", "ŷ"], "columns": ["x₁", "x₂", "b"]}
    check("matrix", draw("matrix", {"values": values}, options, (34, 4), Palette(depth="mono")))


def test_bars_across_and_up(check):
    values = np.array([1.2, -0.7, 0.3, -2.0])
    names = ["w₁", "w₂", "w₃", "w₄"]
    check("bars", draw("bars", {"values": values}, {"names": names, "format": "signed"}, (42, 4), Palette()))
    counts = np.array([1, 4, 9, 16, 9, 4, 1])
    arrays = {"values": counts, "edges": np.linspace(-3, 3, 8)}
    check("histogram", draw("bars", arrays, {"direction": "up"}, (28, 6), Palette()))


def test_lines_for_narrow_screens(check):
    loss = 0.8 * np.exp(-np.arange(600) / 100)
    check("spark", draw("spark", {"y": loss}, {"name": "loss", "x_range": (0, 1000)}, (42, 1), Palette()))
    check("slider", draw("track", {"value": np.array(0.3)}, {"name": "rate", "handle": True}, (30, 1), Palette()))


def test_chinese_text_wraps_by_cells(check):
    line = "第 264 步在 h₂ 的线性层溢出。试试学习率 0.30（原为 30）。"
    check("text-zh", draw("text", {"text": np.array([line])}, {}, (20, 5), Palette()))


@pytest.mark.parametrize("size", [(10, 2), (24, 5), (38, 14)])
def test_views_in_little_room(check, size):
    points, labels = corners()
    field = np.linspace(-1, 1, 400).reshape(20, 20)
    loss = {"loss/y": np.exp(-np.arange(50) / 9)}
    name = f"small-{size[0]}x{size[1]}"
    check(
        f"{name}-field", draw("field", {"field": field, "points": points, "labels": labels}, {}, size, PALETTES["mono"])
    )
    check(f"{name}-curve", draw("curve", loss, {}, size, Palette()))
    check(f"{name}-network", draw("graph", xor_network(), {}, size, PALETTES["mono"]))
