"""The stage: the one place where the lab's views meet the plots. A view of a run becomes a pane of cells."""

import math
import os
from collections.abc import Mapping, Sequence
from typing import Literal, cast

import numpy as np

from nnlab.lab.events import HostArray
from nnlab.lab.run import Run
from nnlab.lab.views import View
from nnlab.plots import Ruler, draw, graph, pane, ruler
from nnlab.plots.grid import Grid, hstack, vstack
from nnlab.plots.numbers import count, loss, percent, short
from nnlab.plots.palette import Glyphs, Palette
from nnlab.plots.words import OWN

Arrays = dict[str, HostArray]
OWN_OPTIONS = (
    *("note", "readout", "series", "title", "draws", "drawn", "answer", "paper", "pens", "pointer", "tall", "height"),
    "band",
)
"""Options of a view that are read here and not by the plot.

draws: the knob (or "data") that takes what the user draws where the view stands; drawn: table of knobs that are set
when data were drawn. answer: the view of bars whose highest one answers a drawing. paper: x from, to, y from, to of the
points that are drawn; pens: how many kinds they are of.
tall, height: how the screen arranges the view (nnlab.tui.arrangement): from top to bottom; in so many rows.
pointer: table of "x" or "y" -> the number knob that a press or a drag in the plot sets to what that axis says there;
where the probe gives `origin` (2,), to how far from it; "x_through", "y_through": "logit" where the axis shows the
sigmoid of the knob.
band: True draws a metric's curve over all seeds, as median and band, and says the median.
"""
POINTERS = {"x": "←→", "y": "↑↓"}
"""Axis -> the sign, after the title, that something can be dragged along it."""
GAP = 4
WIDE_KINDS = ("curve", "graph", "strip", "text", "timeline", "cell", "unrolled")
"""Kinds that take a printed page's whole width."""
LABELS = {"matrix": ("rows", "columns"), "field": ("names",), "bars": ("names",), "graph": ("functions", "truth")}
"""Kind -> arrays of texts that a probe may give where only the run knows the names, such as a table's columns."""
READABLE_KINDS = ("curve", "field", "timeline")
"""Kinds on which a cursor reads exact values."""
NODE_KINDS = ("graph",)
"""Kinds on which a neuron can be chosen whose numbers are then told."""
SHARES = ("accuracy", "confidence", "recall", "precision")
"""Ends of the names of metrics that are shares, written as percent."""
SMALLEST = 1e-4
"""Below it a loss is as good as nothing; anything else is written as a power of ten."""
GHOST = "previous run"
Form = Literal["pane", "bare", "line"]


def draw_view(
    view: View,
    run: Run,
    *,
    title: str,
    size: tuple[int, int],
    palette: Palette,
    words: Mapping[str, str] | None = None,
    ghost: Run | None = None,
    seed: int = 0,
    is_focused: bool = False,
    form: Form = "pane",
    extra: Mapping[str, object] | None = None,
    can_point: bool = False,
) -> Grid:
    """Draw one view of a run as a pane of (columns, rows), header row included.

    words: what a metric, a name, header, row or note is called in the reader's language, and the plots' own words
    (nnlab.plots.words); a view's own words go before them.
    seed: with several seeds, the index of the one on show. ghost: the run before, drawn dimmed in curves.
    extra: options of this moment, such as cursor: (column, row) in cells of the plot, or an x of a curve.
    form: "pane" has a header row, "bare" has none (the name stands in a tab), "line" is one row: a sparkline, a row of
    squares.
    can_point: a pointer is heeded, so the title says along which axes.
    """
    arrays, options = _drawn_from(view, run, words, ghost, seed, extra or {})
    if form == "line":
        return _one_row(view, run, title, arrays, options, size, palette, seed)
    if form == "bare":
        return draw(view.kind, arrays, options, size, palette)
    body = draw(view.kind, arrays, options, (size[0], max(0, size[1] - 1)), palette)
    signs = [POINTERS[axis] for axis in pointer_knobs(view)] if can_point else []
    note = str(view.options.get("note", ""))
    note = "  ".join(filter(None, ((words or {}).get(note, note), *signs)))
    said = "" if options.get("hidden") else readout(view, run, seed)
    return pane(title, note, said, body, size, palette, focused=is_focused)


def ruler_of(
    view: View,
    run: Run,
    *,
    size: tuple[int, int],
    palette: Palette,
    words: Mapping[str, str] | None = None,
    ghost: Run | None = None,
    seed: int = 0,
) -> Ruler | None:
    """Return which values lie under the cells of a view's plot of (columns, rows), without a header row.

    None for a kind without axes, or while there is nothing to draw.
    """
    arrays, options = _drawn_from(view, run, words, ghost, seed, {})
    found, origin = ruler(view.kind, arrays, options, size, palette), arrays.get("origin")
    return found if found is None or origin is None else found.seen_from(float(origin[0]), float(origin[1]))


def nodes_of(view: View, run: Run, seed: int = 0) -> list[int]:
    """Return how many nodes each layer of a view's network has; nothing for another kind, or while there is none."""
    if view.kind not in NODE_KINDS:
        return []
    return graph.nodes(*_drawn_from(view, run, None, None, seed, {}))


def samples_of(view: View, run: Run, seed: int = 0) -> int:
    """Return on how many samples a view's neurons tell their numbers; 0 where they tell none."""
    return len(arrays_of(view, run, seed=seed).get("answers0", ())) if view.kind in NODE_KINDS else 0


def node_at(
    view: View,
    run: Run,
    cell: tuple[int, int],
    *,
    size: tuple[int, int],
    palette: Palette,
    seed: int = 0,
    extra: Mapping[str, object] | None = None,
) -> tuple[int, int] | None:
    """Return (layer, node) under a cell (column, row) of a view's plot of (columns, rows); None where there is none."""
    if view.kind not in NODE_KINDS:
        return None
    arrays, options = _drawn_from(view, run, None, None, seed, extra or {})
    return graph.pick(arrays, options, size, palette, *cell)


def steps_of(view: View, run: Run, *, ghost: Run | None = None, seed: int = 0) -> HostArray:
    """Return the steps (n,) at which something of a view's curves was measured, rising; none for another kind."""
    if view.kind != "curve" or view.probe:
        return np.empty(0)
    arrays = arrays_of(view, run, ghost=ghost, seed=seed)
    return known_x(arrays)


def known_x(arrays: Mapping[str, HostArray]) -> HostArray:
    """Return every x (n,) that the curves of a plot have, rising."""
    return np.unique(np.concatenate([np.empty(0), *(part for name, part in arrays.items() if name.endswith("/x"))]))


def pointer_knobs(view: View) -> dict[str, str]:
    """Return axis ("x", "y") -> the knob that a pointer in the view's plot sets."""
    pointer = view.options.get("pointer", {})
    assert isinstance(pointer, Mapping)
    return {axis: str(pointer[axis]) for axis in POINTERS if axis in pointer}


def pointed_values(view: View, place: tuple[float, float]) -> dict[str, float]:
    """Return knob -> the value that a pointer at a place on the axes stands for; it may be infinite at their ends."""
    pointer = view.options.get("pointer", {})
    assert isinstance(pointer, Mapping)
    at = dict(zip("xy", place, strict=True))
    return {
        name: _logit(at[axis]) if pointer.get(f"{axis}_through") == "logit" else at[axis]
        for axis, name in pointer_knobs(view).items()
    }


def _logit(share: float) -> float:
    if not 0.0 < share < 1.0:
        return math.copysign(math.inf, share - 0.5)
    return math.log(share / (1.0 - share))


def _drawn_from(
    view: View,
    run: Run,
    words: Mapping[str, str] | None,
    ghost: Run | None,
    seed: int,
    extra: Mapping[str, object],
) -> tuple[Arrays, dict[str, object]]:
    """Return the arrays and the options that a view's plot is drawn from."""
    arrays = arrays_of(view, run, ghost=ghost, seed=seed)
    options = {name: value for name, value in view.options.items() if name not in OWN_OPTIONS} | dict(extra)
    if "extent" in arrays:
        options["extent"] = tuple(float(edge) for edge in arrays.pop("extent"))
    options |= _labels(view.kind, arrays)
    options["words"] = _words(view, words or {})
    if view.kind in READABLE_KINDS and isinstance(cursor := options.get("cursor"), tuple):
        options["cursor_column"], options["cursor_row"] = cursor
        del options["cursor"]
    if view.kind == "curve":
        options.setdefault("x_range", (0, max(1, run.settings.steps)))
        options["ghosts"] = [name for name in _names(arrays) if name.startswith(GHOST)]
    if view.kind == "strip":
        options |= {"first": run.settings.seed, "current": seed}
    return arrays, options


def _words(view: View, words: Mapping[str, str]) -> dict[str, str]:
    """Return what names are called in a plot: curves are known there by their labels; the view's own words win."""
    labels = {_label(name): word for name, word in words.items()}
    own = cast("Mapping[str, str]", view.options.get("words", {}))
    return {**words, **labels, GHOST: words.get(OWN + GHOST, GHOST), **own}


def _labels(kind: str, arrays: Arrays) -> dict[str, object]:
    """Take out of a probe's arrays the texts that name rows, columns, bars, axes or nodes, as options of a plot."""
    found: dict[str, object] = {name: _texts(arrays.pop(name)) for name in LABELS.get(kind, ()) if name in arrays}
    if kind == "graph":
        numbered = {int(name[5:]): name for name in arrays if name.startswith("names") and name[5:].isdigit()}
        if numbered:
            layers = range(max(numbered) + 1)
            found["names"] = [_texts(arrays.pop(numbered[at])) if at in numbered else () for at in layers]
    return found


def _texts(array: HostArray) -> tuple[str, ...]:
    return tuple(str(text) for text in array.reshape(-1))


def _one_row(
    view: View,
    run: Run,
    title: str,
    arrays: Arrays,
    options: dict[str, object],
    size: tuple[int, int],
    palette: Palette,
    seed: int,
) -> Grid:
    """Draw a view as one line: a curve as a sparkline, a strip as squares between its name and its count."""
    if view.kind == "curve":
        row = {"name": title, "x_range": options["x_range"], "scale": options.get("scale", "linear")}
        row["value"] = "" if options.get("hidden") else readout(view, run, seed)
        row["words"] = options["words"]
        return draw("spark", arrays, row, size, palette)
    out = Grid.blank(size)
    words = write_metric("solved", run, None) if "solved" in arrays and not options.get("hidden") else ""
    end = out.put_right(0, size[0], words, palette.accent, bold=True)
    start = out.put(0, 0, title, palette.muted) + 2
    out.paste(draw(view.kind, arrays, options, (max(0, end - start - 1), 1), palette), 0, start)
    return out


def arrays_of(view: View, run: Run, *, ghost: Run | None = None, seed: int = 0) -> Arrays:
    """Return the host arrays that a view's plot takes: metrics for a curve, else the probe's, one seed of them.

    A strip of seeds gets all of them, and `solved` (S,) where the experiment has a goal.
    """
    if view.kind in ("curve", "spark") and not view.probe:
        names = _series_names(view, run)
        arrays = _curves(run, names, None if view.options.get("band") else seed, "")
        end = max(run.settings.steps, run.step)
        return arrays | (_curves(ghost, names[:1], seed, GHOST, end) if ghost is not None else {})
    observed = run.probes.get(view.probe, {})
    if view.kind == "strip":
        solved = run.metrics.get("solved")
        extra = {"solved": np.atleast_1d(solved.values[-1])} if solved is not None and len(solved) else {}
        shown = {name: array if run.settings.seeds > 1 else array[None] for name, array in observed.items()}
        return {**shown, **extra}
    if run.settings.seeds == 1:
        return dict(observed)
    return {name: array[min(seed, len(array) - 1)] for name, array in observed.items()}


def _series_names(view: View, run: Run) -> list[str]:
    wanted = view.options.get("series", ("loss",))
    assert isinstance(wanted, Sequence)
    return [str(name) for name in wanted if str(name) in run.metrics]


def _curves(run: Run, names: Sequence[str], seed: int | None, called: str, end: float = math.inf) -> Arrays:
    """Return the metrics' curves up to a step; a ghost that went on for longer must not squeeze the present run.

    seed: None takes all of them.
    """
    arrays: Arrays = {}
    for name in names:
        series = run.metrics.get(name)
        if series is None:
            continue
        count = int(np.searchsorted(series.steps, end, side="right"))
        values = series.values[:count]
        label = called or _label(name)
        arrays[f"{label}/x"] = series.steps[:count].astype(np.float64)
        is_one = seed is not None and values.ndim > 1
        arrays[f"{label}/y"] = values[:, min(seed or 0, values.shape[1] - 1)] if is_one else values.T
    return arrays


def _label(metric: str) -> str:
    return metric.replace("_", " ")


def _names(arrays: Arrays) -> list[str]:
    return [name.removesuffix("/x") for name in arrays if name.endswith("/x")]


def readout(view: View, run: Run, seed: int = 0) -> str:
    """Return the one number that matters, as a pane's header shows it."""
    metric = view.options.get("readout")
    if metric is None and view.kind in ("curve", "spark") and not view.probe:
        names = _series_names(view, run)
        metric = names[0] if names else None
    return "" if metric in (None, "") else write_metric(str(metric), run, None if view.options.get("band") else seed)


def write_metric(name: str, run: Run, seed: int | None = 0, *, near: float | None = None) -> str:
    """Write a metric's newest value in the way of its kind: percent, a count (whole numbers only), or decimals.

    near: the value nearest to this step instead.
    """
    if name == "solved" and run.settings.seeds > 1:
        series = run.metrics.get("solved")
        solved = int(np.sum(series.values[-1] > 0)) if series is not None and len(series) else 0
        return f"{count(solved)} / {count(run.settings.seeds)}"
    value = run.last(name, seed, near=near)
    if not math.isfinite(value):
        return "–"
    if name.endswith(SHARES):
        return percent(value)
    if not name.endswith("loss") and 0 < abs(value) < SMALLEST:
        return short(value, 2)
    recent = run.metrics[name].values[-10:]
    is_count = not name.endswith("loss") and bool(np.all(recent == np.round(recent)))
    return count(value) if is_count else loss(value)


def best_bar(view: View, run: Run, seed: int = 0) -> str:
    """Return the name and the share of a view's highest bar, "3  92.0 %"; nothing while there is none."""
    values = arrays_of(view, run, seed=seed).get("values")
    names = view.options.get("names")
    if values is None or not values.size or not np.isfinite(values).any() or not isinstance(names, Sequence):
        return ""
    best = int(np.nanargmax(values))
    return f"{names[best]}  {percent(float(values[best]))}" if best < len(names) else ""


def draw_page(
    run: Run,
    views: Sequence[View],
    titles: Mapping[str, str],
    *,
    width: int,
    palette: Palette,
    words: Mapping[str, str] | None = None,
) -> Grid:
    """Draw all views of a run below one another for a printed page, narrow kinds two side by side.

    words: as `draw_view` takes them.
    """
    rest = list(views)
    bands: list[Grid] = []
    while rest:
        band = [rest.pop(0)]
        partner = next((view for view in rest if view.kind not in WIDE_KINDS), None)
        if band[0].kind not in WIDE_KINDS and partner is not None:
            rest.remove(partner)
            band.append(partner)
        columns = (width - GAP * (len(band) - 1)) // len(band)
        size = (columns, max(_printed_rows(view, run, columns) for view in band))
        drawn = [
            draw_view(view, run, title=titles.get(view.id, view.id), size=size, palette=palette, words=words)
            for view in band
        ]
        bands.append(hstack(drawn, gap=GAP))
    return vstack(bands, gap=1)


def _printed_rows(view: View, run: Run, columns: int) -> int:
    """Return how many rows a view wants on a printed page, header included."""
    if view.kind == "table":
        rows = [array.size for array in arrays_of(view, run).values()]
        return min(24, max(rows, default=3) + 3)
    wanted = {"strip": 5, "curve": 11, "bars": 10, "graph": 20, "text": 12, "ridges": 13, "units": 13}
    wanted |= {"timeline": 28, "cell": 15, "unrolled": 15}
    return wanted.get(view.kind, min(26, columns // 2 + 3))


def text_palette(*, is_terminal: bool, is_ascii: bool) -> Palette:
    """Return the palette for printing: colours only on a terminal that has and wants them."""
    glyphs: Glyphs = "ascii" if is_ascii else "braille"
    if not is_terminal or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return Palette(depth="mono", glyphs=glyphs)
    is_true = os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit")
    return Palette(depth="truecolor" if is_true else "256", glyphs=glyphs)
