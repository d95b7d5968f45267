"""Networks as nodes and lines: a line is a weight, a node shows what its neuron answers over the plane."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, flag_option, floats, number_option, pair_option, text_option
from nnlab.plots.palette import Palette
from nnlab.plots.pixels import draw_pixels, normalized, resample
from nnlab.plots.raster import Raster
from nnlab.plots.width import fit, text_width

Floats = NDArray[np.float64]

_SHAPES = ((16, 8), (14, 7), (12, 6), (10, 5), (8, 4), (6, 3), (4, 2), (2, 1))
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_STRONGEST = 160
"""Lines drawn between two layers at most; the weakest are left out."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """Cells of the nodes: one shape for all, a column of positions per layer."""

    width: int
    height: int
    label: int
    """Rows above a node for its name: 0 or 1."""
    foot: int
    """Rows under a node for its gradient: 0 or 1."""
    columns: tuple[int, ...]
    tops: tuple[tuple[int, ...], ...]
    """First row of each shown node's picture."""

    @property
    def gap(self) -> int:
        """Columns between two layers."""
        return self.columns[1] - self.columns[0] - self.width if len(self.columns) > 1 else 0


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw a fully connected network.

    arrays, for layer l = 0, 1, ...: weights{l} (in, out) between layers l and l + 1; bias{l} (out,) of layer l + 1;
        maps{l} (nodes, H, W) of layer l (0: the inputs), row 0 at the lowest y; values{l} (nodes,) on one sample;
        gradients{l} (nodes,) of the loss, on that sample. With a seeds axis in front, option seed picks one.
    options: layers: sizes, where there are no weights yet. names: a list of names per layer. limits of the maps,
        default (-1, 1). numbers: False leaves the numbers on lines and nodes out. seed. empty: the text without data.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    seed = int(number_option(options, "seed") or 0)
    weights = _numbered(arrays, "weights", 2, seed)
    sizes = _sizes(weights, options)
    if not sizes:
        return put_centred(out, text_option(options, "empty", "no network yet"), palette)
    gradients = _numbered(arrays, "gradients", 1, seed)
    layout = _lay_out(sizes, out.columns, out.rows, bool(gradients))
    with_numbers = flag_option(options, "numbers", True)
    for layer, matrix in weights.items():
        if layer + 1 < len(sizes) and matrix.shape == (sizes[layer], sizes[layer + 1]):
            _draw_lines(out, layout, layer, matrix, palette, with_numbers)
    names = _names(sizes, options)
    maps, values = _numbered(arrays, "maps", 3, seed), _numbered(arrays, "values", 1, seed)
    bias = _numbered(arrays, "bias", 1, seed)
    limits = pair_option(options, "limits") or (-1.0, 1.0)
    for layer, tops in enumerate(layout.tops):
        hidden = sizes[layer] - len(tops)
        for node, top in enumerate(tops):
            picture = _row(maps.get(layer), node)
            value = _number(values.get(layer), node)
            _draw_node(out, layout, layout.columns[layer], top, picture, value, limits, palette)
            note = numbers.signed(value) if values else ""
            if not note and layer and layer - 1 in bias and with_numbers:
                note = f"b {numbers.signed(_number(bias[layer - 1], node))}"
            _draw_label(out, layout, layout.columns[layer], top, names[layer][node], note, palette)
            if layout.foot and layer in gradients:
                slope = f"∂ {numbers.signed(_number(gradients[layer], node), 3)}"
                out.put(top + layout.height, layout.columns[layer], fit(slope, layout.width + 2), palette.warning)
        if hidden:
            text = fit(f"and {hidden} more", out.columns)
            column = min(max(0, layout.columns[layer] + (layout.width - text_width(text)) // 2), out.columns)
            out.put(out.rows - 1, min(column, out.columns - text_width(text)), text, palette.muted)
    return out


def _numbered(arrays: Arrays, name: str, dimensions: int, seed: int) -> dict[int, Floats]:
    found = {}
    for key in arrays:
        layer = key.removeprefix(name)
        if layer != key and layer.isdigit():
            values = floats(arrays[key])
            if values.ndim == dimensions + 1 and len(values):
                values = values[seed % len(values)]
            if values.ndim == dimensions and values.size:
                found[int(layer)] = values
    return found


def _sizes(weights: dict[int, Floats], options: Options) -> list[int]:
    given = options.get("layers")
    if given is not None:
        return [max(1, int(n)) for n in floats(given).reshape(-1)]
    if 0 not in weights:
        return []
    sizes = [weights[0].shape[0]]
    layer = 0
    while layer in weights:
        sizes.append(weights[layer].shape[1])
        layer += 1
    return sizes


def _lay_out(sizes: Sequence[int], columns: int, rows: int, with_foot: bool) -> _Layout:
    count, most = len(sizes), max(sizes)
    chosen = (2, 1, 0, 0, 0)
    for width, height in _SHAPES:
        label, foot = int(height >= 2), int(with_foot and height >= 2)
        pitch = height + label + foot
        gap = 1 if height >= 2 else 0
        between = 9 if width >= 8 else 5
        fits_down = most * pitch + (most - 1) * gap <= rows
        if fits_down and count * width + (count - 1) * between <= columns:
            chosen = width, height, label, foot, gap
            break
    width, height, label, foot, gap = chosen
    if count * width > columns:
        width = 1
    room = max(0, columns - width)
    places = tuple(round(layer * room / max(1, count - 1)) for layer in range(count))
    tops = []
    for size in sizes:
        shown = size if size * (height + label + foot + gap) - gap <= rows else max(1, (rows - 1) // (height + gap))
        area = rows - 1 if shown < size and rows > 1 else rows
        pitch = height + label + foot
        spare = area - shown * pitch
        space = min(max(gap, 2), spare // (shown - 1)) if shown > 1 else 0
        used = shown * pitch + space * (shown - 1)
        first = max(0, (area - used) // 2)
        tops.append(tuple(first + label + i * (pitch + space) for i in range(shown)))
    return _Layout(width, height, label, foot, places, tuple(tops))


def _names(sizes: Sequence[int], options: Options) -> list[list[str]]:
    given = options.get("names")
    table = [[str(name) for name in layer] for layer in given] if isinstance(given, list | tuple) else []
    names = []
    for layer, size in enumerate(sizes):
        letter = "x" if layer == 0 else "ŷ" if layer == len(sizes) - 1 else "h"
        own = table[layer] if layer < len(table) else []
        plain = [letter + (str(i + 1).translate(_SUBSCRIPT) if size > 1 or letter != "ŷ" else "") for i in range(size)]
        names.append([*own, *plain[len(own) :]])
    return names


def _draw_lines(out: Grid, layout: _Layout, layer: int, matrix: Floats, palette: Palette, with_numbers: bool) -> None:
    left, right = layout.columns[layer] + layout.width, layout.columns[layer + 1]
    sources, targets = layout.tops[layer], layout.tops[layer + 1]
    if right - left < 1:
        return
    shown = matrix[: len(sources), : len(targets)]
    finite = shown[np.isfinite(shown)]
    strongest = float(np.abs(finite).max()) if finite.size else 0.0
    raster = Raster(right - left, out.rows, palette.glyphs)
    order = np.argsort(np.abs(np.nan_to_num(shown, posinf=0.0, neginf=0.0)), axis=None)[-_STRONGEST:]
    thickest = 4 if layout.height >= 3 and palette.glyphs == "braille" else 2 if layout.height >= 2 else 1
    ends = np.array([0.0, raster.width - 1.0])
    for flat in order.tolist():
        i, j = divmod(flat, len(targets))
        weight = float(shown[i, j])
        if not np.isfinite(weight):
            continue
        share = abs(weight) / strongest if strongest else 0.0
        colour = palette.dim(palette.pos if weight > 0 else palette.neg, 0.3 + 0.7 * share)
        start, stop = _port(layout, sources[i], j, len(targets)), _port(layout, targets[j], i, len(sources))
        rows = np.array([start, stop]) * raster.dots_y - 0.5
        raster.add_line(ends, rows, colour, max(1, round(share * thickest)))
    if palette.is_ascii:
        _draw_ascii_lines(out, raster, left)
    else:
        raster.draw_on(out, 0, left)
    if with_numbers and right - left >= 9 and len(targets) <= layout.height:
        for i, top in enumerate(sources):
            for j in range(len(targets)):
                colour = palette.pos if shown[i, j] > 0 else palette.neg
                row = int(_port(layout, top, j, len(targets)))
                out.put(row, left + 1, numbers.signed(float(shown[i, j])), colour)


def _draw_ascii_lines(out: Grid, raster: Raster, left: int) -> None:
    """Spell lines by their direction: the dots of the row above and below decide between - / and \\."""
    lit = raster.chars() != " "
    padded = np.pad(lit, 1)
    falls = padded[:-2, :-2] | padded[2:, 2:]
    rises = padded[:-2, 2:] | padded[2:, :-2]
    flat = padded[1:-1, :-2] | padded[1:-1, 2:]
    chars = np.where(falls & ~rises & ~flat, "\\", np.where(rises & ~falls & ~flat, "/", "-"))
    chars = np.where(~flat & ~falls & ~rises, "|", chars)
    area = (slice(0, raster.rows), slice(left, left + raster.columns))
    out.chars[area] = np.where(lit, chars, out.chars[area])
    out.fg[area] = np.where(lit, raster.colours, out.fg[area])


def _port(layout: _Layout, top: int, index: int, count: int) -> float:
    """Row, as a fraction, at which a node's line number `index` of `count` leaves or arrives."""
    return top + (index + 0.5) / count * layout.height


def _draw_node(
    out: Grid,
    layout: _Layout,
    column: int,
    top: int,
    picture: Floats | None,
    value: float,
    limits: tuple[float, float],
    palette: Palette,
) -> None:
    colours = palette.map("diverging")
    if picture is not None and layout.width >= 4:
        shares = normalized(picture, limits)
        shares = np.where(np.isfinite(shares), shares, 0.5)
        draw_pixels(out, top, column, resample(shares, 2 * layout.height, layout.width)[::-1], colours)
        return
    if picture is not None and not np.isfinite(value):
        # Too small for a map: the mean answer stands for it.
        kept = picture[np.isfinite(picture)]
        value = float(kept.mean()) if kept.size else float("nan")
    if np.isfinite(value):
        shares = np.full((2 * layout.height, layout.width), normalized(np.array([value]), limits)[0])
        draw_pixels(out, top, column, shares, colours)
        return
    mark = "●" if layout.height == 1 else "○"
    for row in range(layout.height):
        is_middle = row == (layout.height - 1) // 2
        text = mark.center(layout.width) if is_middle else " " * layout.width
        out.put(top + row, column, text[: layout.width], palette.muted)


def _draw_label(out: Grid, layout: _Layout, column: int, top: int, name: str, note: str, palette: Palette) -> None:
    if not layout.label:
        return
    end = out.put(top - 1, column, fit(name, layout.width), palette.text)
    if note and end + 1 + text_width(note) <= column + layout.width:
        out.put_right(top - 1, column + layout.width, note, palette.muted)


def _row(values: Floats | None, node: int) -> Floats | None:
    return values[node] if values is not None and node < len(values) else None


def _number(values: Floats | None, node: int) -> float:
    return float(values[node]) if values is not None and node < len(values) else float("nan")
