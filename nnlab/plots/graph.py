"""Networks as nodes and lines: a line is a weight, a node shows what its neuron answers over the plane."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.blank import put_centred
from nnlab.plots.graph_layout import Layer, lay_out
from nnlab.plots.grid import DEFAULT, Grid
from nnlab.plots.options import Arrays, Options, Pair, flag_option, floats, number_option, pair_option, text_option
from nnlab.plots.palette import Palette
from nnlab.plots.pixels import draw_pixels, normalized, resample
from nnlab.plots.raster import Raster
from nnlab.plots.width import fit, text_width

Floats = NDArray[np.float64]

_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_STRONGEST = 160
"""Lines drawn between two layers at most; the weakest are left out."""


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
    layers = lay_out(sizes, out.columns, out.rows, bool(gradients), palette.is_ascii)
    with_numbers = flag_option(options, "numbers", True)
    for i, matrix in weights.items():
        if i + 1 < len(sizes) and matrix.shape == (sizes[i], sizes[i + 1]):
            _draw_lines(out, layers[i], layers[i + 1], matrix, palette, with_numbers)
    names = _names(sizes, options)
    maps, values = _numbered(arrays, "maps", 3, seed), _numbered(arrays, "values", 1, seed)
    bias = _numbered(arrays, "bias", 1, seed)
    limits = pair_option(options, "limits") or (-1.0, 1.0)
    for index, layer in enumerate(layers):
        for node, top in enumerate(layer.tops):
            picture = _row(maps.get(index), node)
            _draw_node(out, layer, top, picture, _number(values.get(index), node), limits, palette)
            note = numbers.signed(_number(values.get(index), node)) if index in values else ""
            if not note and index - 1 in bias and with_numbers:
                note = f"b {numbers.signed(_number(bias[index - 1], node))}"
            _draw_label(out, layer, top, names[index][node], note, palette)
            if layer.foot and index in gradients:
                slope = f"∂ {numbers.signed(_number(gradients[index], node), 3)}"
                out.put(top + layer.height, layer.column, fit(slope, layer.width + 2), palette.warning)
        _count_hidden(out, layer, sizes[index], palette)
    return out


def _count_hidden(out: Grid, layer: Layer, size: int, palette: Palette) -> None:
    hidden = size - len(layer.tops)
    if hidden:
        text = fit(f"and {hidden} more", out.columns)
        column = layer.column + (layer.width - text_width(text)) // 2
        out.put(out.rows - 1, max(0, min(column, out.columns - text_width(text))), text, palette.muted)


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


def _draw_lines(out: Grid, source: Layer, target: Layer, matrix: Floats, palette: Palette, with_numbers: bool) -> None:
    left, right = source.column + source.width, target.column
    if right - left < 1:
        return
    shown = matrix[: len(source.tops), : len(target.tops)]
    finite = shown[np.isfinite(shown)]
    strongest = float(np.abs(finite).max()) if finite.size else 0.0
    raster = Raster(right - left, out.rows, palette.glyphs)
    order = np.argsort(np.abs(np.nan_to_num(shown, posinf=0.0, neginf=0.0)), axis=None)[-_STRONGEST:]
    is_dense = shown.size > 24
    low = min(source.height, target.height)
    thickest = 2 if is_dense or low < 3 or palette.glyphs != "braille" else 4
    ends = np.array([0.0, raster.width - 1.0])
    for flat in order.tolist():
        i, j = divmod(flat, len(target.tops))
        weight = float(shown[i, j])
        share = abs(weight) / strongest if strongest else 0.0
        if not np.isfinite(weight) or (is_dense and share < 0.12):
            continue
        strength = 0.2 + 0.8 * share if is_dense else 0.35 + 0.65 * share
        colour = palette.dim(palette.pos if weight > 0 else palette.neg, strength)
        rows = np.array([source.port(i, j, len(target.tops)), target.port(j, i, len(source.tops))])
        raster.add_line(ends, rows * raster.dots_y - 0.5, colour, max(1, round(share * thickest)))
    if palette.is_ascii:
        _draw_ascii_lines(out, raster, left)
    else:
        raster.draw_on(out, 0, left)
    if with_numbers and source.height >= 2 and right - left >= 9 and len(target.tops) <= source.height:
        for i in range(len(source.tops)):
            for j in range(len(target.tops)):
                colour = palette.pos if shown[i, j] > 0 else palette.neg
                row = int(source.port(i, j, len(target.tops)))
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


def _draw_node(
    out: Grid, layer: Layer, top: int, picture: Floats | None, value: float, limits: Pair, palette: Palette
) -> None:
    column, shape = layer.column, (2 * layer.height, layer.width)
    shares: Floats | None = None
    if picture is not None and layer.width >= 4:
        shares = resample(normalized(np.where(np.isfinite(picture), picture, sum(limits) / 2), limits), *shape)[::-1]
    elif picture is not None and not np.isfinite(value):
        # Too small for a map: the mean answer stands for it.
        kept = picture[np.isfinite(picture)]
        value = float(kept.mean()) if kept.size else float("nan")
    if shares is None and np.isfinite(value):
        shares = np.full(shape, normalized(np.array([value]), limits)[0])
    if shares is not None:
        draw_pixels(out, top, column, shares, palette.map("diverging"))
        if layer.is_tight:
            last, cells = min(top + layer.height, out.rows) - 1, slice(column, column + layer.width)
            out.chars[last, cells] = "▀"
            out.bg[last, cells] = DEFAULT
        return
    out.put(top + (layer.height - 1) // 2, column, "●".center(layer.width)[: layer.width], palette.muted)


def _draw_label(out: Grid, layer: Layer, top: int, name: str, note: str, palette: Palette) -> None:
    if not layer.label:
        return
    end = out.put(top - 1, layer.column, fit(name, layer.width), palette.text)
    if note and end + 1 + text_width(note) <= layer.column + layer.width:
        out.put_right(top - 1, layer.column + layer.width, note, palette.muted)


def _row(values: Floats | None, node: int) -> Floats | None:
    return values[node] if values is not None and node < len(values) else None


def _number(values: Floats | None, node: int) -> float:
    return float(values[node]) if values is not None and node < len(values) else float("nan")
