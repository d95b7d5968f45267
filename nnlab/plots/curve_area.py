"""The area of a plot of curves: lines, bands and places in it, and the words that are fitted between them."""

from collections.abc import Sequence

import numpy as np

from nnlab.plots import numbers
from nnlab.plots.axes import Axis
from nnlab.plots.grid import Grid
from nnlab.plots.palette import Palette
from nnlab.plots.raster import Raster
from nnlab.plots.series import Floats, Series
from nnlab.plots.spans import curve_spans
from nnlab.plots.width import fit, text_width, wrap

RULES = (" ", "┈", ".", "╌", "-")
"""What grid and reference lines are made of: a legend, a message or the cursor may stand on it."""


class CurveArea:
    """The area inside the labels, and what is drawn into it."""

    def __init__(
        self, out: Grid, palette: Palette, x: Axis, y: Axis, left: int, columns: int, rows: int, margin: int
    ) -> None:
        self.out, self.palette, self.x, self.y = out, palette, x, y
        self.left, self.columns, self.rows, self.margin = left, columns, rows, margin
        self.raster = Raster(columns, rows, palette.glyphs)

    def dot_x(self, values: Floats) -> Floats:
        """Return the raster's columns (n,) of x values (n,), in dots, not rounded."""
        return self.x.share(values) * (self.raster.width - 1)

    def dot_y(self, values: Floats) -> Floats:
        """Return the raster's rows (n,) of y values (n,), in dots from the top, not rounded."""
        # The centre of a cell row is where its tick stands.
        per_cell = self.raster.dots_y
        return (1 - self.y.share(values)) * (self.rows - 1) * per_cell + (per_cell - 1) / 2

    def x_under(self, column: float, series: Sequence[Series]) -> float:
        """Return the x nearest to a column of the whole plot that a curve has; beyond all curves the axis's own."""
        share = min(1.0, max(0.0, (column - self.left) / max(1, self.columns - 1)))
        x = self.x.at(share)
        known = np.concatenate([np.empty(0), *(xs[np.isfinite(xs)] for xs in ((s.whole or (s.x,))[0] for s in series))])
        inside = known.size and known.min() <= x <= known.max()
        return float(known[np.argmin(np.abs(known - x))]) if inside else x

    def row_of(self, value: float) -> int:
        """Return the row of a y value; one off the axis is at its end, one that is not finite at the bottom."""
        share = float(self.y.share(np.array([value]))[0])
        return round((1 - min(max(share, 0.0), 1.0)) * (self.rows - 1)) if np.isfinite(share) else self.rows - 1

    def draw_grid(self) -> None:
        """Draw a rule and a label at every tick of the y axis."""
        ascii_rule = "." * self.columns
        for tick, label in zip(self.y.ticks, self.y.labels, strict=True):
            row = round((self.y.high - tick) / (self.y.high - self.y.low) * (self.rows - 1))
            rule = ascii_rule if self.palette.is_ascii else "┈" * self.columns
            self.out.put(row, self.left, rule, self.palette.line)
            if self.left:
                self.out.put_right(row, self.left - 1, label, self.palette.muted)

    def draw_reference(self, value: float) -> None:
        """Draw a dashed line at a y value; nothing when it is not finite."""
        if np.isfinite(value):
            line = ("-" if self.palette.is_ascii else "╌") * self.columns
            self.out.put(self.row_of(value), self.left, line, self.palette.faint)

    def name_reference(self, name: str, value: float) -> None:
        """Write a reference's name above its line, or below it where the curves leave more room, over all curves."""
        if not np.isfinite(value):
            return
        row, name = self.row_of(value), fit(name, self.columns)
        is_lit = self.raster.chars()[:, -text_width(name) :] != " "
        rows = [at for at in (row - 1, row + 1) if 0 <= at < self.rows] or [row]
        at = min(rows, key=lambda at: int(is_lit[at].sum()))
        self.out.put_right(at, self.left + self.columns, name, self.palette.muted)

    def draw_series(self, series: Sequence[Series]) -> None:
        """Draw bands and curves, and a × where one died. Below lie ghosts, then what swings, and the first on top."""
        spans = {id(s): curve_spans(self.dot_x(s.x), self.dot_y(s.y), self.raster.width) for s in series}
        bands, below = (Raster(self.columns, self.rows, self.palette.glyphs) for _ in range(2))
        ordered = [s for s in series if s.is_ghost] + [s for s in reversed(series) if not s.is_ghost]
        for s in ordered:
            if s.low is not None and s.high is not None:
                self._add_band(bands, s, s.low, s.high)
            is_below = s.is_ghost or self._swings(*spans[id(s)])
            (below if is_below else self.raster).add_spans(*spans[id(s)], s.colour)
        for layer in (bands, below, self.raster):
            layer.draw_on(self.out, 0, self.left)
        for s in ordered:
            if s.has_died:
                column, row = self.end_of(s)
                self.out.put(row, self.left + min(column + 1, self.columns - 1), "×", self.palette.error, bold=True)

    def _swings(self, low: Floats, high: Floats) -> bool:
        """Whether a curve, given by its dots in each column, mostly fills more than a cell: it would hide another."""
        heights = (high - low)[np.isfinite(low)]
        return bool(heights.size and np.median(heights) >= self.raster.dots_y)

    def draw_places(self, s: Series) -> None:
        """Draw a marker at every point of a series that lies inside."""
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
        """Return column and row, inside the plot, of the last finite point."""
        x, y = self.dot_x(s.x), self.dot_y(s.y)
        fine = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not fine.size:
            return 0, self.rows - 1
        column, row = x[fine[-1]] / self.raster.dots_x, y[fine[-1]] / self.raster.dots_y
        return int(np.clip(column, 0, self.columns - 1)), int(np.clip(row, 0, self.rows - 1))

    def put_end_labels(self, series: Sequence[Series], *, has_places: bool = False) -> None:
        """Label curves where they end; labels that would collide are stacked in the order of their values.

        Where ends meet, every label carries its curve's marker: the one at the ends may be another's. With places
        marked in the plot the labels alone carry it: at an end it would be one more place.
        """
        ends = {id(s): self.end_of(s) for s in series}
        ordered = sorted((s for s in series if s.y.size), key=lambda s: (ends[id(s)][1], -s.last))
        if len(ordered) > self.rows:
            ordered = ordered[: self.rows]
        wanted = [ends[id(s)][1] for s in ordered]
        rows = _spread(wanted, self.rows)
        at = max((ends[id(s)][0] for s in ordered), default=0) + 2
        room = self.columns + self.margin - at
        has_marks = (has_places or rows != wanted) and room >= max(text_width(s.name) for s in ordered) + 2
        if not (has_places and has_marks):
            self.put_end_marks(series)
        for s, row in zip(ordered, rows, strict=True):
            colour = self.palette.muted if s.is_ghost else s.colour
            is_seen = (at - 2, row) == ends[id(s)] and self.out.chars[row, self.left + at - 2] == s.marker
            mark = " " if s.is_ghost or is_seen else s.marker
            self.out.put(row, self.left + at, fit(f"{mark} {s.name}" if has_marks else s.name, room), colour)

    def put_end_marks(self, series: Sequence[Series]) -> None:
        """Put a curve's marker where it ends, the first on top; one that died has its x there, a ghost nothing."""
        for s in reversed(series):
            if s.y.size and not s.is_ghost and not s.has_died:
                column, row = self.end_of(s)
                self.out.put(row, self.left + column, s.marker, s.colour)

    def put_legend(self, series: Sequence[Series], kind: str) -> None:
        """Put names and last values where they cover least; nothing where they do not fit."""
        entries = [(s, s.name, _spell(s.last, kind)) for s in series]
        name_width = max(text_width(name) for _, name, _ in entries)
        value_width = max(text_width(value) for _, _, value in entries)
        width = 3 + name_width + 3 + value_width
        if width > self.columns - 6 or len(entries) > self.rows:
            return
        row, column = self.free_spot(width + 1, len(entries))  # a blank before what stands beside it
        for i, (s, name, value) in enumerate(entries):
            is_lead = not s.is_ghost
            self.out.put(row + i, column, "━━", s.colour)
            self.out.put(row + i, column + 3, name, self.palette.text if is_lead else self.palette.muted)
            colour = self.palette.strong if is_lead else self.palette.muted
            self.out.put_right(row + i, column + width, value, colour, bold=is_lead)

    def put_message(self, message: str, colour: int) -> None:
        """Put a wrapped text where it covers least."""
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
        """Draw a line at x, a marker on every curve, their values in the first rows; nothing off the axis."""
        at = float(self.x.share(np.array([x]))[0])
        if not 0 <= at <= 1:
            return
        column = self.left + min(self.columns - 1, int(at * (self.raster.width - 1)) // self.raster.dots_x)
        accent, out = self.palette.accent, self.out
        for row in range(self.rows):
            if out.chars[row, column] in RULES:
                out.put(row, column, "┊", accent)
        texts = [(numbers.short(x, 6), self.palette.strong)]
        for s in series:
            value, measured = s.value_at(x)
            elsewhere = f" @{numbers.short(measured, 6)}" if np.isfinite(value) and measured != x else ""
            told = f"{s.name} {_spell(value, kind)}{elsewhere}"
            texts.append((told, s.colour if not s.is_ghost else self.palette.muted))
            if not s.is_ghost and np.isfinite(value):
                out.put(self.row_of(value), column, s.marker, s.colour, bold=True)
        inner = self.left + self.columns
        end = out.columns if (out.chars[0, inner:] == " ").all() else inner
        lines = _lines(texts, end - self.left)
        if len(lines) > 1:  # labels may stand beside the rows below the first one
            end, lines = inner, _lines(texts, self.columns)
        for row, line in enumerate(lines[: self.rows]):
            width = sum(text_width(text) + 2 for text, _ in line) - 2
            start = column + 2 if column + 2 + width <= end else max(self.left, column - 1 - width)
            for text, colour in line:
                out.put(row, start - 1, " ")
                start = out.put(row, out.put(row, start, fit(text, end - self.left), colour), "  ")


def _lines(texts: Sequence[tuple[str, int]], columns: int) -> list[list[tuple[str, int]]]:
    """Break texts, each with its colour, into lines that fit with two columns between them."""
    lines: list[list[tuple[str, int]]] = [[]]
    used = 0
    for text, colour in texts:
        if lines[-1] and used + text_width(text) > columns:
            lines.append([])
            used = 0
        lines[-1].append((text, colour))
        used += text_width(text) + 2
    return lines


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


def _spell(value: float, kind: str) -> str:
    return {"loss": numbers.loss, "percent": numbers.percent, "count": numbers.count}[kind](value)
