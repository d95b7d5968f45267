"""Fields over a plane: decision fields and loss surfaces, with the data's points and the optimizers' trails on them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.axes import Axis, finite_range
from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.key import put_key
from nnlab.plots.options import (
    Arrays,
    Options,
    Pair,
    choice_option,
    flag_option,
    floats,
    mapping_option,
    names_option,
    number_option,
    pair_option,
    seed_rows,
)
from nnlab.plots.palette import MARKERS, Palette
from nnlab.plots.pixels import draw_pixels, normalized, resample
from nnlab.plots.raster import Raster
from nnlab.plots.ruler import Ruler
from nnlab.plots.width import fit, text_width
from nnlab.plots.words import empty_text

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the field stands in the grid, and what part of the plane it shows."""

    left: int
    columns: int
    rows: int
    x: Pair
    y: Pair

    def cells(self, points: Floats) -> tuple[Floats, Floats]:
        """Column and row, as fractions of cells, of points (N, 2)."""
        with np.errstate(invalid="ignore", over="ignore"):
            column = (points[:, 0] - self.x[0]) / (self.x[1] - self.x[0]) * self.columns
            row = (self.y[1] - points[:, 1]) / (self.y[1] - self.y[0]) * self.rows
        return column, row


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw a field.

    arrays: field (H, W), row 0 at the LOWEST y, column 0 at the lowest x (as linspace gives them); of (S, H, W) the
        one that option seed names. points (N, 2); labels (N,) class of each, 0 or 1 (or more); predictions (N,)
        class given to each: where it differs from the label a x stands. "trail/<name>" (T, 2): a path.
        "arrow/<name>" (N, 4): x, y and a step. "mark/<name>" (2,) or (N, 2): a + there, with the name beside it.
    options: extent (x0, x1, y0, y1), default (-1, 1, -1, 1). limits (low, high) of the values, default (-1, 1) for the
        diverging map, the data's own else. map: diverging, sequential, ink or land. scale: "linear" or "log".
        names: (x, y) of the axes. labels: False leaves axis labels out. aspect: "square" keeps units alike in both
        directions, "free" fills the place. marks: table name -> (x, y). colours, markers: tables trail's name -> role,
        glyph at its end. seed. empty: the text without data.
        cursor_column, cursor_row: a cell of the plot, labels included, whose place and value are read out.
        point_glyph: "cell" or "fine" (positions to a third of a cell; the default from 400 points on).
        point_markers: a glyph per class instead of a dot for all. heads: True gives every arrow of a cell and more
        its head. classes, ends: names of the classes, and of the two ends of the colour map, written below the field
        in the place of the x axis.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    values = floats(arrays["field"]) if "field" in arrays else np.zeros((0, 0))
    if values.ndim > 2:
        values = seed_rows(values, 2)
        values = values[int(number_option(options, "seed") or 0) % len(values)] if len(values) else np.zeros((0, 0))
    if values.ndim != 2 or not values.size or not np.isfinite(values).any():
        return put_centred(out, empty_text(options, "no field yet"), palette)
    frame = _place(options, out)
    name = choice_option(options, "map", ("diverging", "sequential", "ink", "land"), "diverging")
    is_log = choice_option(options, "scale", ("linear", "log"), "linear") == "log"
    own = (-1.0, 1.0) if name == "diverging" else finite_range([values], is_log) or (0.0, 1.0)
    limits = pair_option(options, "limits") or own
    colours = palette.map(name)
    shares = normalized(values, limits, is_log)
    shares = resample(np.where(np.isfinite(shares), shares, 0.5), 2 * frame.rows, frame.columns)[::-1]
    draw_pixels(out, 0, frame.left, shares, colours)
    _draw_labels(out, frame, options, palette)
    painter = _Painter(out, frame, palette)
    if colours.is_solid:
        painter.backdrop = colours.colours[colours.index((shares[::2] + shares[1::2]) / 2)]
    painter.draw_trails(arrays, options)
    painter.draw_points(arrays, options)
    if flag_option(options, "heads"):
        painter.draw_heads(arrays)
    words = mapping_option(options, "words")
    placed = {key.removeprefix("mark/"): arrays[key] for key in arrays if key.startswith("mark/")}
    for name, places in {**mapping_option(options, "marks"), **placed}.items():
        for place in np.atleast_2d(floats(places)):
            painter.draw_mark(str(words.get(name, name)), place)
    column, row = number_option(options, "cursor_column"), number_option(options, "cursor_row")
    if column is not None and row is not None:
        painter.draw_cursor((column, row), values, options)
    return out


def ruler(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Ruler | None:
    """Return the axes of what `draw` would draw; None while there is no field."""
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1 or "field" not in arrays or not np.isfinite(floats(arrays["field"])).any():
        return None
    frame = _place(options, out)
    return Ruler(frame.left, frame.columns, frame.rows, _centres(frame.x, frame.columns), _centres(frame.y, frame.rows))


def _centres(ends: Pair, cells: int) -> Axis:
    """The axis from the centre of the first cell to that of the last one."""
    half = (ends[1] - ends[0]) / cells / 2
    return Axis(ends[0] + half, ends[1] - half, (), ())


def _place(options: Options, out: Grid) -> _Frame:
    given = options.get("extent")
    extent = floats(given if given is not None else (-1, 1, -1, 1)).reshape(-1)
    if len(extent) != 4 or not np.isfinite(extent).all() or extent[0] >= extent[1] or extent[2] >= extent[3]:
        extent = np.array([-1.0, 1.0, -1.0, 1.0])
    x, y = (float(extent[0]), float(extent[1])), (float(extent[2]), float(extent[3]))
    has_labels = flag_option(options, "labels", True)
    rows = out.rows - (has_labels and out.rows >= 8)
    names = names_option(options, "names")
    widest = max(text_width(text) for text in (*_ends(y), *names[1:2]))
    left = widest + 1 if has_labels and out.columns >= 34 else 0
    columns = out.columns - left
    if choice_option(options, "aspect", ("square", "free"), "square") == "square":
        ratio = (x[1] - x[0]) / (y[1] - y[0])
        # A cell is two pixels high; a range this long in one direction is no plane but a strip: fill the place.
        if 0.2 <= ratio <= 5:
            wide = round(2 * rows * ratio)
            if wide <= columns:
                left += (columns - wide) // 2
                columns = max(1, wide)
            else:
                rows = max(1, min(rows, round(columns / ratio / 2)))
    return _Frame(left, columns, rows, x, y)


def _ends(ends: Pair) -> tuple[str, str]:
    if max(abs(ends[0]), abs(ends[1])) >= 1e7:
        return numbers.short(ends[0]), numbers.short(ends[1])
    step = (ends[1] - ends[0]) / 20
    decimals = max(0, min(4, int(np.ceil(-np.log10(step))))) if step > 0 else 0
    decimals = min(decimals, max(numbers.decimals_for(round(abs(end), 4)) for end in ends))
    return numbers.fixed(ends[0], decimals), numbers.fixed(ends[1], decimals)


def _draw_labels(out: Grid, frame: _Frame, options: Options, palette: Palette) -> None:
    if not flag_option(options, "labels", True):
        return
    names = [*names_option(options, "names"), "", ""]
    left, right = frame.left, frame.left + frame.columns
    low, high = _ends(frame.y)
    if left >= max(text_width(low), text_width(high)) + 1:
        out.put_right(0, left - 1, high, palette.muted)
        if frame.rows > 1:
            out.put_right(frame.rows - 1, left - 1, low, palette.muted)
        if frame.rows > 4:
            out.put_right((frame.rows - 1) // 2, left - 1, fit(names[1], left - 1), palette.muted)
    if frame.rows < out.rows and options.get("classes"):
        put_key(out, frame.rows, (left, right), options, palette)
    elif frame.rows < out.rows:
        low, high = _ends(frame.x)
        end = out.put(frame.rows, left, low, palette.muted)
        start = out.put_right(frame.rows, right, high, palette.muted)
        middle = (left + right - text_width(names[0])) // 2
        if names[0] and end < middle and middle + text_width(names[0]) < start:
            out.put(frame.rows, middle, names[0], palette.muted)


class _Painter:
    """Draws over a field without hiding it: what it paints keeps the field's colour behind it."""

    def __init__(self, out: Grid, frame: _Frame, palette: Palette) -> None:
        self.out, self.frame, self.palette = out, frame, palette
        self.backdrop: NDArray[np.int32] | None = None

    def put(
        self,
        rows: NDArray[np.intp],
        columns: NDArray[np.intp],
        chars: NDArray[np.str_] | str,
        fg: NDArray[np.int32] | int,
        bold: bool,
    ) -> None:
        at = (rows, columns + self.frame.left)
        self.out.chars[at] = chars
        self.out.fg[at] = fg
        self.out.bold[at] = bold
        if self.backdrop is not None:
            self.out.bg[at] = self.backdrop[rows, columns]

    def draw_points(self, arrays: Arrays, options: Options) -> None:
        points = floats(arrays["points"]) if "points" in arrays else np.zeros((0, 2))
        if points.ndim != 2 or points.shape[1] < 2 or not len(points):
            return
        labels = _classes(arrays.get("labels"), len(points))
        predictions = _classes(arrays.get("predictions"), len(points)) if "predictions" in arrays else labels
        column, row = self.frame.cells(points)
        inside = (column >= 0) & (column <= self.frame.columns) & (row >= 0) & (row <= self.frame.rows)
        column = np.minimum(column[inside], self.frame.columns - 1e-6)
        row = np.minimum(row[inside], self.frame.rows - 1e-6)
        labels, is_wrong = labels[inside], (labels != predictions)[inside]
        cells = row.astype(np.intp), column.astype(np.intp)
        glyph = choice_option(options, "point_glyph", ("cell", "fine"), "fine" if len(points) >= 400 else "cell")
        fg = self._point_colours(labels)
        if self.palette.is_ascii:
            chars = np.where(labels == 0, "o", np.array(list("o@+%&"))[np.clip(labels, 0, 4)])
            fg = np.full(len(labels), self.palette.strong, dtype=np.int32)
        elif glyph == "fine" and self.palette.glyphs == "braille":
            # Two by two dots at one of three heights, joined where points share a cell.
            third = ((row - cells[0]) * 3).astype(np.intp)
            bits = np.zeros((self.frame.rows, self.frame.columns), dtype=np.int64)
            np.bitwise_or.at(bits, cells, np.array([0x1B, 0x36, 0xE4])[np.clip(third, 0, 2)])
            chars = np.array([chr(0x2800 + bit) for bit in bits[cells].tolist()], dtype="<U2")
        elif options.get("point_markers"):
            markers = np.array(names_option(options, "point_markers"))
            chars = markers[labels % len(markers)]
        else:
            is_mono = self.palette.depth in ("mono", "16")
            chars = np.where((labels == 0) & is_mono, "○", "●")
        self.put(*cells, chars, fg, False)
        wrong = cells[0][is_wrong], cells[1][is_wrong]
        self.put(*wrong, "×", self.palette.strong, True)

    def _point_colours(self, labels: NDArray[np.intp]) -> NDArray[np.int32]:
        if labels.size and labels.max() > 1:
            return np.array([self.palette.series(i) for i in range(5)], dtype=np.int32)[labels % 5]
        return np.where(labels == 1, self.palette.point_pos, self.palette.point_neg).astype(np.int32)

    def draw_trails(self, arrays: Arrays, options: Options) -> None:
        roles, markers = mapping_option(options, "colours"), mapping_option(options, "markers")
        ends: list[tuple[Floats, int, str]] = []
        trails = [name for name in arrays if name.startswith("trail/")]
        raster = Raster(self.frame.columns, self.frame.rows, self.palette.glyphs)
        for i, key in reversed(list(enumerate(trails))):
            path = floats(arrays[key])
            if path.ndim != 2 or path.shape[1] < 2 or not len(path):
                continue
            name = key.removeprefix("trail/")
            colour = self.palette.role(str(roles[name])) if name in roles else self.palette.series(i)
            column, row = self.frame.cells(path)
            raster.add_line(column * raster.dots_x - 0.5, row * raster.dots_y - 0.5, colour)
            marker = str(markers.get(name, MARKERS[i % len(MARKERS)]))
            ends.append((path[np.isfinite(path).all(axis=1)][-1:], colour, marker))
        for key in arrays:
            if key.startswith("arrow/"):
                self._add_arrows(raster, floats(arrays[key]))
        chars = raster.chars()
        lit = np.nonzero(chars != " ")
        self.put(lit[0], lit[1], chars[lit], raster.colours[lit], False)
        for end, colour, marker in ends:
            column, row = self.frame.cells(end)
            if len(end) and 0 <= column[0] < self.frame.columns and 0 <= row[0] < self.frame.rows:
                self.put(row.astype(np.intp), column.astype(np.intp), marker, colour, True)

    def _add_arrows(self, raster: Raster, steps: Floats) -> None:
        if steps.ndim != 2 or steps.shape[1] < 4:
            return
        for x, y, dx, dy in steps[np.isfinite(steps).all(axis=1)]:
            column, row = self.frame.cells(np.array([[x, y], [x + dx, y + dy]]))
            raster.add_line(column * raster.dots_x - 0.5, row * raster.dots_y - 0.5, self.palette.strong)

    def draw_heads(self, arrays: Arrays) -> None:
        """Put a head at the end of every arrow that is a cell long or longer; it turns by eighths."""
        for steps in (floats(arrays[key]) for key in arrays if key.startswith("arrow/")):
            if steps.ndim != 2 or steps.shape[1] < 4:
                continue
            steps = steps[np.isfinite(steps).all(axis=1)]
            column, row = self.frame.cells(steps[:, :2] + steps[:, 2:4])
            from_column, from_row = self.frame.cells(steps[:, :2])
            across, up = column - from_column, 2 * (from_row - row)
            seen = (np.hypot(across, up) >= 1.5) & (column >= 0) & (column < self.frame.columns)
            seen &= (row >= 0) & (row < self.frame.rows)
            eighth = np.rint(np.arctan2(up[seen], across[seen]) / (np.pi / 4)).astype(np.intp) % 8
            heads = np.array(list("→↗↑↖←↙↓↘"))[eighth]
            self.put(row[seen].astype(np.intp), column[seen].astype(np.intp), heads, self.palette.strong, True)

    def draw_mark(self, name: str, place: Floats) -> None:
        if place.shape != (2,):
            return
        column, row = self.frame.cells(place[None])
        if not (0 <= column[0] < self.frame.columns and 0 <= row[0] < self.frame.rows):
            return
        at_row, at_column = row.astype(np.intp), column.astype(np.intp)
        self.put(at_row, at_column, "+", self.palette.strong, True)
        room = self.frame.columns - int(at_column[0]) - 2
        for i, char in enumerate(fit(name, room)):
            self.put(at_row, at_column + 2 + i, char, self.palette.strong, False)

    def draw_cursor(self, cell: Pair, values: Floats, options: Options) -> None:
        """Mark a cell, kept inside the field, and write the place of its centre and the nearest value."""
        frame, out = self.frame, self.out
        column = int(min(max(cell[0] - frame.left, 0), frame.columns - 1))
        row = int(min(max(cell[1], 0), frame.rows - 1))
        across, up = (column + 0.5) / frame.columns, 1 - (row + 0.5) / frame.rows
        x, y = frame.x[0] + across * (frame.x[1] - frame.x[0]), frame.y[0] + up * (frame.y[1] - frame.y[0])
        height, width = values.shape
        value = values[round(up * (height - 1)), round(across * (width - 1))]
        names = [*names_option(options, "names"), "", ""][:2]
        places = [f"{name or own} {numbers.fixed(at, 2)}" for name, own, at in zip(names, "xy", (x, y), strict=True)]
        out.put(row, frame.left + column, "┼", self.palette.accent, bold=True)
        words = fit("  ".join([*places, f"= {numbers.short(float(value))}"]), out.columns)
        beside = frame.left + column + 2
        beside = beside if beside + text_width(words) <= out.columns else frame.left + column - 1 - text_width(words)
        start = max(0, min(beside, out.columns - text_width(words)))
        aside = row if beside == start else row - 1 if row else row + 1
        out.put(min(aside, out.rows - 1), start, words, self.palette.strong, bg=self.palette.background)


def _classes(values: NDArray[np.generic] | None, count: int) -> NDArray[np.intp]:
    """Return a class for each point: 0 where none is given; -1 and 1 count as 0 and 1."""
    if values is None:
        return np.zeros(count, dtype=np.intp)
    given = np.nan_to_num(floats(values).reshape(-1), nan=0.0, posinf=1.0, neginf=0.0)[:count]
    classes = np.zeros(count, dtype=np.intp)
    classes[: len(given)] = np.clip(np.rint(given), 0, 1000)
    return classes
