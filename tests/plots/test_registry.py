import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as array_strategy

from nnlab.plots import Palette, PlotError, draw, kinds, pane, register
from nnlab.plots.grid import DEFAULT, INDEXED, Grid
from nnlab.plots.registry import _KINDS
from nnlab.plots.svg import to_svg

KINDS_WITH_AN_EMPTY_STATE = [
    *("curve", "field", "graph", "matrix", "picture", "products", "gallery", "chain", "cell"),
    *("bars", "strip", "table", "text", "spark", "timeline", "unrolled"),
]
WILD = st.floats(allow_nan=True, allow_infinity=True, width=64)
PALETTES = st.builds(
    Palette,
    theme=st.sampled_from(["dark", "light"]),
    depth=st.sampled_from(["truecolor", "256", "16", "mono"]),
    glyphs=st.sampled_from(["braille", "block", "ascii"]),
)
SIZES = st.tuples(st.integers(0, 70), st.integers(0, 24))


def wild(*shape):
    return array_strategy(np.float64, shape, elements=WILD)


def some(low, high):
    return st.integers(low, high)


@st.composite
def views(draw_from):
    """A kind with arrays of documented shapes, empty and non-finite ones among them, and some of its options."""
    kind = draw_from(st.sampled_from(kinds()))
    n, m, s = draw_from(some(0, 9)), draw_from(some(0, 7)), draw_from(some(0, 4))
    pick = draw_from
    if kind == "curve":
        arrays = {"a/y": pick(wild(n)), "a/x": pick(wild(n)), "b/y": pick(wild(m)), "c/y": pick(wild(s, m))}
        arrays = {key: arrays[key] for key in list(arrays)[: pick(some(0, 4))]}
        options = {
            "scale": pick(st.sampled_from(["linear", "log"])),
            "x_scale": pick(st.sampled_from(["linear", "log"])),
            "ghosts": pick(st.sampled_from([[], ["b"]])),
            "references": pick(st.sampled_from([{}, {"coin flip ln 2": 0.69}, {"nothing": float("nan")}])),
            "legend": pick(st.sampled_from(["auto", "none", "inner", "end"])),
            "cursor": pick(st.none() | WILD),
            "cursor_column": pick(st.none() | WILD),
            "message": pick(st.sampled_from(["", "flat for 800 steps\n试试学习率"])),
            "x_range": pick(st.sampled_from([None, (0, 3000)])),
        }
    elif kind == "field":
        arrays = {
            "field": pick(wild(n, m)),
            "points": pick(wild(s, 2)),
            "labels": pick(wild(s)),
            "trail/a": pick(wild(n, 2)),
            "arrow/a": pick(wild(s, 4)),
        }
        options = {
            "map": pick(st.sampled_from(["diverging", "sequential", "ink", "land"])),
            "scale": pick(st.sampled_from(["linear", "log"])),
            "extent": pick(st.sampled_from([None, (-2, 2, -1, 1), (0, 0, 0, 0), (0, 1, 0, 1000)])),
            "aspect": pick(st.sampled_from(["square", "free"])),
            "point_glyph": pick(st.sampled_from(["cell", "fine"])),
            "cursor_column": pick(st.none() | WILD),
            "cursor_row": pick(st.none() | WILD),
            "names": ["x₁", "x₂"],
            "heads": pick(st.booleans()),
            "classes": pick(st.sampled_from([None, ("x", "G(z)")])),
            "ends": ("D = 1", "D = 0"),
            "marks": {"minimum": (0, 0)},
        }
    elif kind == "graph":
        arrays = {
            "weights0": pick(wild(n, m)),
            "weights1": pick(wild(m, s)),
            "bias0": pick(wild(m)),
            "maps1": pick(wild(m, 3, 4)),
        }
        arrays |= {"values1": pick(wild(m)), "gradients1": pick(wild(m))} if pick(st.booleans()) else {}
        options = {"layers": pick(st.sampled_from([None, [2, 100, 1], [3]])), "numbers": pick(st.booleans())}
    elif kind == "matrix":
        arrays = {"values": pick(wild(n, m)), "marks": np.ones((n, m), dtype=bool)}
        options = {
            "map": pick(st.sampled_from(["diverging", "sequential"])),
            "rows": list("损失abcdefg")[:n],
            "columns": list("abcdefg"),
        }
    elif kind == "picture":
        arrays = {
            "values": pick(wild(n, m) | wild(3, n, m)),
            "frame": pick(wild(4) | st.just(np.array([1.0, -1.0, 3.0, 3.0]))),
        }
        options = {"numbers": pick(st.booleans()), "map": pick(st.sampled_from(["ink", "sequential", "diverging"]))}
    elif kind == "products":
        arrays = {"window": pick(wild(s, n, m)), "kernel": pick(wild(s, n, m)), "bias": pick(wild())}
        options = {"decimals": pick(some(0, 2)), "relu": pick(st.booleans()), "names": ["r", "g", "b"]}
    elif kind == "gallery":
        arrays = {"images": pick(wild(s, n, m)), "labels": np.array(["8 损失"] * s, dtype=str)}
        arrays |= {"kernels": pick(wild(s, 3, 3))} if pick(st.booleans()) else {}
        options = {"current": 1, "map": pick(st.sampled_from(["ink", "sequential", "diverging"]))}
        options |= {"across": pick(some(1, 4))} if pick(st.booleans()) else {}
    elif kind == "chain":
        arrays = {"stage0": pick(wild(1, n, m)), "stage1": pick(wild(s, 4, 4)), "stage2": pick(wild(n))}
        arrays |= {"names": np.array(["损失", "conv", "dense"]), "parameters": pick(wild(3))}
        options = {}
    elif kind == "cell":
        names = ("f", "i", "g", "o", "c_before", "c", "h_before", "h")
        arrays = {name: pick(wild(n)) for name in names[: pick(st.sampled_from([8, 8, 8, 5]))]}
        arrays |= {"x": pick(wild(m)), "unit": pick(wild())}
        options = {"unit": pick(st.none() | WILD), "decimals": pick(some(0, 3))}
    elif kind == "mesh":
        arrays = {"mesh": pick(wild(n, m, 2)), "points": pick(wild(s, 2))}
        options = {"source": pick(st.sampled_from(["", "z"])), "extent": pick(st.sampled_from([None, (-2, 2, -1, 1)]))}
    elif kind == "duel":
        arrays = {
            "d_loss": pick(wild() | wild(n)),
            "g_loss": pick(wild()),
            "d_real": pick(wild()),
            "phase": pick(wild()),
        }
        arrays |= {"noise": pick(wild(n, 2)), "generated": pick(wild(m, 2)), "real": pick(wild(n, m))}
        arrays |= {"pictures": np.ones(())} if pick(st.booleans()) else {}
        options = {"extent": pick(st.sampled_from([None, (-2, 2, -1, 1)]))}
    elif kind == "bars":
        arrays = {"values": pick(wild(n)), "edges": pick(wild(n + 1))}
        arrays |= {"ideal": pick(wild())} if pick(st.booleans()) else {}
        options = {
            "direction": pick(st.sampled_from(["across", "up", "auto"])),
            "scale": pick(st.sampled_from(["linear", "log"])),
            "names": pick(st.sampled_from([[], ["layer 1", "layer 2"]])),
        }
    elif kind == "ridges":
        arrays = {"counts": pick(wild(n, m)), "edges": pick(wild(m + 1)), "numbers": np.array(["0.1"] * n, dtype=str)}
        options = {"x_scale": pick(st.sampled_from(["linear", "log"])), "x_name": "a"}
    elif kind == "units":
        arrays, options = {"firing": pick(wild(n, m)), "names": np.array(["损失"] * n, dtype=str)}, {"current": 1}
    elif kind == "timeline":
        arrays = {"x/values": pick(wild(m)), "f/values": pick(wild(n, m)), "c/values": pick(wild(s, n))}
        arrays |= {"marks": pick(wild(m)), "cursor": pick(wild())}
        arrays |= {"labels": np.array(["损", " ", "word", "ab"] * 3)[:m]} if pick(st.booleans()) else {}
        options = {
            "maps": {"f": pick(st.sampled_from(["diverging", "sequential", "ink"]))},
            "limits": pick(st.sampled_from([{}, {"f": (0, 1)}])),
            "bars": pick(st.sampled_from([[], ["x", "f"]])),
            "cursor_column": pick(st.none() | WILD),
        }
    elif kind == "unrolled":
        arrays = {"states": pick(wild(n, m)), "chances": pick(wild(n)), "cursor": pick(wild())}
        arrays |= {"inputs": np.array(["损", "a", "word"] * 3)[:n]} if pick(st.booleans()) else {}
        arrays |= {"outputs": np.array(["失"] * n, dtype=str), "targets": np.array(["b"] * n, dtype=str)}
        arrays |= {"back": pick(wild(n))} if pick(st.booleans()) else {}
        options = {}
    elif kind == "strip":
        arrays = {"fields": pick(wild(n, 3, 3)), "solved": pick(wild(n))}
        options = {"current": pick(some(0, 9)), "hidden": pick(st.booleans())}
    elif kind == "table":
        arrays = {"x₁": pick(wild(n)), "name": np.array(["损失"] * n, dtype=str), "ŷ": pick(wild(n))}
        options = {"track": "ŷ", "strong": ["ŷ"]}
    elif kind == "text":
        arrays, options = {"text": np.array([pick(st.text(max_size=30)) for _ in range(n)], dtype=object)}, {}
        arrays |= {"heads": np.array(["12", "损失"] * 5)[:n]} if pick(st.booleans()) else {}
    elif kind == "spark":
        arrays, options = {"y": pick(wild(n))}, {"name": "loss", "scale": pick(st.sampled_from(["linear", "log"]))}
    else:
        arrays, options = {"value": pick(wild(n))}, {"handle": pick(st.booleans()), "name": "rate"}
    return kind, arrays, options


@settings(max_examples=200, deadline=None)
@given(view=views(), size=SIZES, palette=PALETTES)
def test_every_kind_fills_exactly_its_size_whatever_the_data(view, size, palette):
    kind, arrays, options = view
    grid = draw(kind, arrays, options, size, palette)
    assert (grid.columns, grid.rows) == size
    assert grid.fg.shape == grid.bg.shape == grid.bold.shape == grid.chars.shape
    for colours in (grid.fg, grid.bg):
        assert colours.size == 0 or (colours.min() >= DEFAULT and colours.max() < INDEXED + 256)


@settings(max_examples=100, deadline=None)
@given(view=views(), size=SIZES)
def test_ascii_glyphs_and_no_colour_leave_plain_text(view, size):
    kind, arrays, options = view
    grid = draw(kind, arrays, options, size, Palette(depth="mono", glyphs="ascii"))
    text = "\n".join(grid.ansi()).replace("\x1b[1m", "").replace("\x1b[0m", "")
    # Hanzi stay: terminals that show them at all show them with any glyph set.
    assert all(char.isascii() or char in "损失试试学习率" or kind == "text" for char in text)
    assert "\x1b" not in text


@settings(max_examples=40, deadline=None)
@given(view=views(), palette=PALETTES)
def test_any_grid_becomes_an_svg(view, palette):
    kind, arrays, options = view
    svg = to_svg(draw(kind, arrays, options, (40, 9), palette), palette)
    assert svg.startswith("<svg")
    assert svg.count("<text") == svg.count("</text>")


@pytest.mark.parametrize("kind", KINDS_WITH_AN_EMPTY_STATE)
def test_kind_without_data_says_what_is_missing(kind):
    shown = " ".join(draw(kind, {}, {}, (40, 9), Palette()).lines())
    assert "yet" in shown
    assert "no runs yet" in " ".join(draw(kind, {}, {"empty": "no runs yet"}, (40, 9), Palette()).lines())


def test_unknown_kind_lists_the_kinds_with_the_nearest_first():
    with pytest.raises(PlotError, match=r"no plot kind 'feild'; did you mean 'field'\?.*curve"):
        draw("feild", {}, {}, (10, 2), Palette())


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("curve", {"scale": "logg"}),
        ("curve", {"x_range": "wide"}),
        ("curve", {"cursor": "left"}),
        ("curve", {"references": [1, 2, 3]}),
        ("bars", {"direction": "down"}),
    ],
)
def test_wrong_option_is_an_error_that_says_what_to_give(kind, options):
    arrays = {"y": np.arange(3.0), "values": np.arange(3.0)}
    with pytest.raises(PlotError, match="option"):
        draw(kind, arrays, options, (20, 5), Palette())


def test_third_party_can_register_a_kind(monkeypatch):
    monkeypatch.setattr("nnlab.plots.registry._KINDS", dict(_KINDS))

    def dots(arrays, options, size, palette):
        grid = Grid.blank((3, 1))
        grid.put(0, 0, "···")
        return grid

    register("dots", dots)
    assert draw("dots", {}, {}, (5, 2), Palette()).lines() == ["···", ""]
    with pytest.raises(PlotError, match="another name"):
        register("field", dots)


@given(columns=st.integers(0, 60), rows=st.integers(0, 5), focused=st.booleans())
def test_pane_keeps_its_size_and_its_readout(columns, rows, focused):
    body = Grid.blank((columns, max(0, rows - 1)))
    grid = pane("loss", "cross-entropy, log", "0.013", body, (columns, rows), Palette(), focused)
    assert (grid.columns, grid.rows) == (columns, rows)
    if columns >= 5 and rows:
        assert grid.lines()[0].endswith("0.013")


def test_pane_shortens_its_note_before_its_title():
    body = Grid.blank((1, 1))
    line = pane("decision field", "of the output", "80 right", body, (34, 1), Palette()).lines()[0]
    assert line == "decision field of th… ─── 80 right" or line.startswith("decision field of")
    line = pane("decision field", "of the output", "80 right", body, (24, 1), Palette()).lines()[0]
    assert line.startswith("decision fie")
    assert "80 right" in line
