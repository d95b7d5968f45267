"""Curves over steps: losses, accuracies, activation functions; linear or logarithmic, with ghosts and references."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nnlab.plots.axes import Axis, finite_range, horizontal_axis, label_columns, vertical_axis
from nnlab.plots.curve_area import CurveArea
from nnlab.plots.grid import Grid
from nnlab.plots.options import (
    Arrays,
    Options,
    Pair,
    choice_option,
    floats,
    mapping_option,
    number_option,
    pair_option,
    text_option,
)
from nnlab.plots.palette import Palette
from nnlab.plots.ruler import Ruler
from nnlab.plots.series import Floats, Series, drawn_values, read_series
from nnlab.plots.spelling import spell
from nnlab.plots.width import text_width
from nnlab.plots.words import empty_text

WITH_X_ROW = 4
"""Rows from which on the last one names the x axis."""


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw curves.

    arrays: "<name>/y" (n,), or (S, n) over seeds, drawn as median and band of the 10th to the 90th percentile;
        "<name>/x" (n,), default 0..n-1; "<name>/low" and "<name>/high" (n,) a band. A y without a name is "y".
        What is not finite is a gap; a curve that ends so gets a x where it died. "<name>/points" (n, 2): places with
        a marker each, in the colour of the curve of that name where there is one; they stand in no legend. cursor ():
        where the cursor stands while the option says nothing.
    options: scale, x_scale: "linear" or "log". x_range, y_range: the axes hold at least this. y_limits: clip here.
        ghosts: names drawn dimmed. words: table of shown names. colours, markers: tables name -> role, glyph at the
        curve's end. references: table name -> value. legend: "auto", "none", "inner" (a box with last values) or
        "end" (labels at the curves' ends; a box where they would leave too little of the plot).
        cursor: an x whose exact values are shown, with the x of a curve that was measured beside it; cursor_column: the
        same by a column of the plot, labels included: the nearest x that a curve has. message: a muted note in the free
        part. x_name. empty: the text without data. format: "loss", "percent" or "count", of the legend's values.
    """
    series = read_series(arrays, options, palette)
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    plot = _plot(out, series, options, palette)
    plot.draw_grid()
    if out.rows >= WITH_X_ROW:
        for column, text in label_columns(plot.x, plot.columns, text_option(options, "x_name")):
            out.put(plot.rows, plot.left + column, text, palette.muted)
    if not _has_values(series):
        plot.put_message(empty_text(options, "no steps yet"), palette.muted)
        return out
    references = _references(options)
    for value in references.values():
        plot.draw_reference(value)
    curves = [s for s in series if not s.is_points]
    plot.draw_series(curves)
    for name, value in references.items():
        plot.name_reference(name, value)
    for places in [s for s in reversed(series) if s.is_points]:
        plot.draw_places(places)
    series, has_places = curves, len(curves) < len(series)
    legend = _legend_kind(curves, options)
    if legend == "end" and plot.margin:
        plot.put_end_labels(series, has_places=has_places)
    elif legend == "end":
        plot.put_end_marks(series)
    cursor = number_option(options, "cursor")
    if cursor is None and "cursor" in arrays and arrays["cursor"].size:
        cursor = float(floats(arrays["cursor"]).reshape(-1)[0])
    if (at_column := number_option(options, "cursor_column")) is not None:
        cursor = plot.x_under(at_column, series)
    if cursor is not None and np.isfinite(cursor):
        plot.draw_cursor(cursor, series, _formatter(options))
    has_cursor = cursor is not None and np.isfinite(cursor)  # it tells the same names, with their values there
    if not has_cursor and (legend == "inner" or (legend == "end" and not plot.margin)):
        plot.put_legend(series, _formatter(options))
    if text_option(options, "message"):
        plot.put_message(text_option(options, "message"), palette.muted)
    return out


def ruler(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Ruler | None:
    """Return the axes of what `draw` would draw; None while there is no curve."""
    series = read_series(arrays, options, palette)
    if size[0] < 2 or size[1] < 1 or not _has_values(series):
        return None
    plot = _plot(Grid.blank(size), series, options, palette)
    return Ruler(plot.left, plot.columns, plot.rows, plot.x, plot.y)


def y_limits(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Pair:
    """Return the y range that `draw` would use: hand it back as y_range and the axis never shrinks."""
    is_log = choice_option(options, "scale", ("linear", "log"), "linear") == "log"
    references = floats(list(_references(options).values()))
    drawn = drawn_values(read_series(arrays, options, palette))
    data = _joined_range([*drawn, references], options, "y_range", is_log)
    return vertical_axis(data, size[1] - (size[1] >= WITH_X_ROW), is_log)[0].limits


def _plot(out: Grid, series: Sequence[Series], options: Options, palette: Palette) -> CurveArea:
    """Lay out the axes for these series; nothing is drawn yet."""
    is_log = choice_option(options, "scale", ("linear", "log"), "linear") == "log"
    is_x_log = choice_option(options, "x_scale", ("linear", "log"), "linear") == "log"
    has_x_row = out.rows >= WITH_X_ROW
    references = floats(list(_references(options).values()))
    y_data = _joined_range([*drawn_values(series), references], options, "y_range", is_log)
    limits = pair_option(options, "y_limits")
    if limits and y_data:
        y_data = max(y_data[0], limits[0]), min(y_data[1], limits[1])
        y_data = y_data if y_data[0] < y_data[1] else limits
    y_axis, rows = vertical_axis(y_data, out.rows - has_x_row, is_log)
    y_axis = _spelled(y_axis, palette)
    left = max(map(text_width, y_axis.labels)) + 1
    left = left if out.columns >= left + 16 and has_x_row else 0
    curves = [s for s in series if not s.is_points]
    margin = _end_margin(curves, out.columns - left) if _legend_kind(curves, options) == "end" else 0
    columns = out.columns - left - margin
    x_data = _joined_range([s.x for s in series], options, "x_range", is_x_log)
    x_axis = _spelled(horizontal_axis(x_data, columns, is_x_log), palette)
    return CurveArea(out, palette, x_axis, y_axis, left, columns, rows, margin)


def _has_values(series: Sequence[Series]) -> bool:
    return any(s.y.size and np.isfinite(s.y).any() for s in series)


def _references(options: Options) -> dict[str, float]:
    return {name: float(floats(value)) for name, value in mapping_option(options, "references").items()}


def _spelled(axis: Axis, palette: Palette) -> Axis:
    return replace(axis, labels=tuple(map(spell, axis.labels))) if palette.is_ascii else axis


def _joined_range(parts: list[Floats], options: Options, name: str, is_log: bool) -> Pair | None:
    kept = pair_option(options, name)
    return finite_range([*parts, *([np.array(kept)] if kept else [])], is_log)


def _legend_kind(series: Sequence[Series], options: Options) -> str:
    kind = choice_option(options, "legend", ("auto", "none", "inner", "end"), "auto")
    if kind != "auto":
        return kind
    return "none" if len(series) < 2 else "inner" if len(series) == 2 else "end"


def _end_margin(series: Sequence[Series], columns: int) -> int:
    widest = max((text_width(s.name) for s in series), default=0) + 3
    return widest if widest <= columns * 0.48 else 0


def _formatter(options: Options) -> str:
    return choice_option(options, "format", ("loss", "percent", "count"), "loss")
