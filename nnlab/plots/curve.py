"""Curves over steps: losses, accuracies, activation functions; linear or logarithmic, with ghosts and references."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from nnlab.plots import numbers
from nnlab.plots.axes import Axis, finite_range, horizontal_axis, label_columns, vertical_axis
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
from nnlab.plots.raster import Raster
from nnlab.plots.ruler import Ruler
from nnlab.plots.series import Floats, Series, drawn_values, read_series
from nnlab.plots.spans import curve_spans
from nnlab.plots.spelling import spell
from nnlab.plots.width import fit, text_width, wrap

RULES = (" ", "┈", ".", "╌", "-")
"""What grid and reference lines are made of: a legend, a message or the cursor may stand on it."""
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
        ghosts: names drawn dimmed. names: table of shown names. colours, markers: tables name -> role, glyph at the
        curve's end. references: table name -> value. legend: "auto", "none", "inner" (a box with last values) or
        "end" (labels at the curves' ends).
        cursor: an x whose exact values are shown; cursor_column: the same by a column of the plot, labels included: the
        nearest x that a curve has. message: a muted note in the free part. x_name. empty: the text
        without data. format: "loss", "percent" or "count", of the legend's values.
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
        plot.put_message(text_option(options, "empty", "no steps yet"), palette.muted)
        return out
    for name, value in _references(options).items():
        plot.draw_reference(name, value)
    curves = [s for s in series if not s.is_points]
    plot.draw_series(curves)
    for places in [s for s in reversed(series) if s.is_points]:
        plot.draw_places(places)
    series = curves
    legend = _legend_kind(curves, options)
    cursor = number_option(options, "cursor")
    if cursor is None and "cursor" in arrays and arrays["cursor"].size:
        cursor = float(floats(arrays["cursor"]).reshape(-1)[0])
    if (at_column := number_option(options, "cursor_column")) is not None:
        cursor = plot.x_under(at_column, series)
    if cursor is not None and np.isfinite(cursor):
        plot.draw_cursor(cursor, series, _formatter(options))
    if legend == "inner":
        plot.put_legend(series, _formatter(options), text_option(options, "message"))
    elif legend == "end":
        plot.put_end_labels(series)
    if legend != "inner" and text_option(options, "message"):
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


def _plot(out: Grid, series: Sequence[Series], options: Options, palette: Palette) -> "_Plot":
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
    return _Plot(out, palette, x_axis, y_axis, left, columns, rows, margin)


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
    return widest if widest <= columns * 0.48 else min(2, columns - 1)


def _formatter(options: Options) -> str:
    return choice_option(options, "format", ("loss", "percent", "count"), "loss")


def _spell(value: float, kind: str) -> str:
    return {"loss": numbers.loss, "percent": numbers.percent, "count": numbers.count}[kind](value)


class _Plot:
    """The area inside the labels, and what is drawn into it."""

    def __init__(
        self, out: Grid, palette: Palette, x: Axis, y: Axis, left: int, columns: int, rows: int, margin: int
    ) -> None:
        self.out, self.palette, self.x, self.y = out, palette, x, y
        self.left, self.columns, self.rows, self.margin = left, columns, rows, margin
        self.raster = Raster(columns, rows, palette.glyphs)

    def dot_x(self, values: Floats) -> Floats:
        return self.x.share(values) * (self.raster.width - 1)

    def dot_y(self, values: Floats) -> Floats:
        # The centre of a cell row is where its tick stands.
        per_cell = self.raster.dots_y
        return (1 - self.y.share(values)) * (self.rows - 1) * per_cell + (per_cell - 1) / 2

    def x_under(self, column: float, series: Sequence[Series]) -> float:
        """Return the x nearest to a column of the whole plot that a curve has; beyond all curves the axis's own."""
        share = min(1.0, max(0.0, (column - self.left) / max(1, self.columns - 1)))
        x = self.x.at(share)
        known = np.concatenate([np.empty(0), *(s.x[np.isfinite(s.x)] for s in series)])
        inside = known.size and known.min() <= x <= known.max()
        return float(known[np.argmin(np.abs(known - x))]) if inside else x

    def row_of(self, value: float) -> int:
        share = float(self.y.share(np.array([value]))[0])
        return round((1 - min(max(share, 0.0), 1.0)) * (self.rows - 1)) if np.isfinite(share) else self.rows - 1

    def draw_grid(self) -> None:
        ascii_rule = "." * self.columns
        for tick, label in zip(self.y.ticks, self.y.labels, strict=True):
            row = round((self.y.high - tick) / (self.y.high - self.y.low) * (self.rows - 1))
            rule = ascii_rule if self.palette.is_ascii else "┈" * self.columns
            self.out.put(row, self.left, rule, self.palette.line)
            if self.left:
                self.out.put_right(row, self.left - 1, label, self.palette.muted)

    def draw_reference(self, name: str, value: float) -> None:
        if not np.isfinite(value):
            return
        row = self.row_of(value)
        self.out.put(row, self.left, ("-" if self.palette.is_ascii else "╌") * self.columns, self.palette.faint)
        above = row - 1 if row else row + 1
        self.out.put_right(above, self.left + self.columns, fit(name, self.columns), self.palette.muted)

    def draw_series(self, series: Sequence[Series]) -> None:
        # Ghosts lie at the bottom, the first series on top.
        ordered = [s for s in series if s.is_ghost] + [s for s in reversed(series) if not s.is_ghost]
        bands = Raster(self.columns, self.rows, self.palette.glyphs)
        for s in ordered:
            if s.low is not None and s.high is not None:
                self._add_band(bands, s, s.low, s.high)
        bands.draw_on(self.out, 0, self.left)
        for s in ordered:
            low, high = curve_spans(self.dot_x(s.x), self.dot_y(s.y), self.raster.width)
            self.raster.add_spans(low, high, s.colour)
        self.raster.draw_on(self.out, 0, self.left)
        for s in ordered:
            if s.has_died:
                column, row = self.end_of(s)
                self.out.put(row, self.left + min(column + 1, self.columns - 1), "×", self.palette.error, bold=True)

    def draw_places(self, s: Series) -> None:
        column, row = self.dot_x(s.x) / self.raster.dots_x, self.dot_y(s.y) / self.raster.dots_y
        with np.errstate(invalid="ignore"):
            inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        for at_column, at_row in zip(column[inside].astype(int), row[inside].astype(int), strict=True):
            self.out.put(int(at_row), self.left + int(at_column), s.marker, s.colour, bold=True)

    def _add_band(self, bands: Raster, s: Series, low: Floats, high: Floats) -> None:
        x = self.dot_x(s.x)
        top, _ = curve_spans(x, self.dot_y(high), bands.width)
        _, bottom = curve_spans(x, self.dot_y(low), bands.width)
        rows, columns = np.arange(bands.height)[:, None], np.arange(bands.width)
        with np.errstate(invalid="ignore"):
            inside = (rows >= top) & (rows <= bottom) & ((rows + columns) % 2 == 0)
        bands.add(inside, self.palette.dim(s.colour, 0.45))

    def end_of(self, s: Series) -> tuple[int, int]:
        """Column and row, inside the plot, of the last finite point."""
        x, y = self.dot_x(s.x), self.dot_y(s.y)
        fine = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not fine.size:
            return 0, self.rows - 1
        column, row = x[fine[-1]] / self.raster.dots_x, y[fine[-1]] / self.raster.dots_y
        return int(np.clip(column, 0, self.columns - 1)), int(np.clip(row, 0, self.rows - 1))

    def put_end_labels(self, series: Sequence[Series]) -> None:
        """Label curves where they end; labels that would collide are stacked in the order of their values."""
        ends = {id(s): self.end_of(s) for s in series}
        ordered = sorted((s for s in series if s.y.size), key=lambda s: (ends[id(s)][1], -s.last))
        if len(ordered) > self.rows:
            ordered = ordered[: self.rows]
        wanted = [ends[id(s)][1] for s in ordered]
        rows = _spread(wanted, self.rows)
        at = max((ends[id(s)][0] for s in ordered), default=0) + 2
        for s, row in zip(ordered, rows, strict=True):
            column, end_row = ends[id(s)]
            colour = self.palette.muted if s.is_ghost else s.colour
            if not s.is_ghost and not s.has_died:
                self.out.put(end_row, self.left + column, s.marker, colour)
            room = self.columns + self.margin - at
            has_mark = not s.is_ghost and row != end_row and room >= text_width(s.name) + 2
            label = f"{s.marker} {s.name}" if has_mark else s.name
            self.out.put(row, self.left + at, fit(label, room), colour)

    def put_legend(self, series: Sequence[Series], kind: str, message: str) -> None:
        entries = [(s, s.name, _spell(s.last, kind)) for s in series]
        name_width = max(text_width(name) for _, name, _ in entries)
        value_width = max(text_width(value) for _, _, value in entries)
        width = 3 + name_width + 3 + value_width
        if width > self.columns - 6 or len(entries) > self.rows:
            return
        row, column = self.free_spot(width, len(entries) + (2 if message else 0))
        for i, (s, name, value) in enumerate(entries):
            is_lead = not s.is_ghost
            self.out.put(row + i, column, "━━", s.colour)
            self.out.put(row + i, column + 3, name, self.palette.text if is_lead else self.palette.muted)
            colour = self.palette.strong if is_lead else self.palette.muted
            self.out.put_right(row + i, column + width, value, colour, bold=is_lead)
        if message:
            self.out.put(row + len(entries) + 1, column, fit(message, self.columns - column), self.palette.muted)

    def put_message(self, message: str, colour: int) -> None:
        longest = max(map(text_width, message.split("\n")))
        width = min(self.columns - 2, longest)
        lines = wrap(message, width) if width > 3 else [fit(message, self.columns)]
        lines = lines[: self.rows]
        width = max(map(text_width, lines))
        row, column = self.free_spot(width, len(lines))
        for i, line in enumerate(lines):
            self.out.put(row + i, column, line, colour)

    def free_spot(self, width: int, height: int) -> tuple[int, int]:
        """Return row and column of a place for a box that covers as little of curves and words as possible."""
        is_word = ~np.isin(self.out.chars[: self.rows, self.left : self.left + self.columns], RULES)
        lit = np.pad((self.raster.chars() != " ") | is_word, ((1, 0), (1, 0))).cumsum(axis=0).cumsum(axis=1)
        best = (10**9, 10**9, 0, 0)
        for row in range(max(1, self.rows - height + 1)):
            bottom = min(row + height, self.rows)
            starts = np.arange(max(1, self.columns - width + 1))
            ends = np.minimum(starts + width, self.columns)
            covered = lit[bottom, ends] - lit[row, ends] - lit[bottom, starts] + lit[row, starts]
            distance = np.abs(starts - (self.columns - width) * 0.8) + 2 * abs(row - (self.rows - height) * 0.4)
            pick = int(np.lexsort((distance, covered))[0])
            best = min(best, (int(covered[pick]), int(distance[pick]), row, pick))
        return best[2], self.left + best[3]

    def draw_cursor(self, x: float, series: Sequence[Series], kind: str) -> None:
        at = float(self.x.share(np.array([x]))[0])
        if not 0 <= at <= 1:
            return
        column = self.left + min(self.columns - 1, int(at * (self.raster.width - 1)) // self.raster.dots_x)
        accent, out = self.palette.accent, self.out
        for row in range(self.rows):
            if out.chars[row, column] in RULES:
                out.put(row, column, "┊", accent)
        texts = [(numbers.short(x, 4), self.palette.strong)]
        for s in series:
            value = _value_at(s, x)
            texts.append((f"{s.name} {_spell(value, kind)}", s.colour if not s.is_ghost else self.palette.muted))
            if not s.is_ghost and np.isfinite(value):
                out.put(self.row_of(value), column, s.marker, s.colour, bold=True)
        width = sum(text_width(text) + 2 for text, _ in texts) - 2
        start = column + 2 if column + 2 + width <= self.left + self.columns else max(self.left, column - 1 - width)
        for text, colour in texts:
            if start + text_width(text) <= self.left + self.columns:
                out.put(0, start - 1, " ")
                start = out.put(0, out.put(0, start, text, colour), "  ")


def _value_at(s: Series, x: float) -> float:
    fine = np.flatnonzero(np.isfinite(s.x))
    if not fine.size or not s.x[fine].min() <= x <= s.x[fine].max():
        return float("nan")
    return float(s.y[fine[np.argmin(np.abs(s.x[fine] - x))]])


def _spread(wanted: Sequence[int], rows: int) -> list[int]:
    """Move sorted rows apart so that each has its own, as near to the wanted ones as their order allows."""
    placed: list[int] = []
    for row in wanted:
        placed.append(max(row, placed[-1] + 1 if placed else 0))
    limit = rows - 1
    for i in range(len(placed) - 1, -1, -1):
        placed[i] = min(placed[i], limit)
        limit = placed[i] - 1
    return placed
