"""Networks as nodes and lines: a line is a weight, a node shows what its neuron answers over the plane."""

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.blank import put_centred
from nnlab.plots.graph_layout import Layer, lay_out
from nnlab.plots.graph_reading import ReadNetwork, read_network
from nnlab.plots.grid import DEFAULT, Grid
from nnlab.plots.neuron import card_rows, draw_card
from nnlab.plots.options import Arrays, Options, Pair, flag_option, pair_option
from nnlab.plots.palette import Palette
from nnlab.plots.pixels import draw_pixels, normalized, resample
from nnlab.plots.raster import Raster
from nnlab.plots.width import fit, text_width
from nnlab.plots.words import empty_text, own_word

Floats = NDArray[np.float64]

_STRONGEST = 160
"""Lines drawn between two layers at most; the weakest are left out."""


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw a fully connected network.

    arrays, for layer l = 0, 1, ...: weights{l} (in, out) between layers l and l + 1; bias{l} (out,) of layer l + 1;
        maps{l} (nodes, H, W) of layer l (0: the inputs), row 0 at the lowest y; values{l} (nodes,) on one sample;
        gradients{l} (nodes,) of the loss, on that sample; answers{l} (K, nodes) on several samples. With a seeds axis
        in front, option seed picks one.
    options: layers: sizes, where there are no weights yet. names: a list of names per layer. limits of the maps,
        default (-1, 1). numbers: False leaves the numbers on lines and nodes out. seed. empty: the text without data.
        chosen: (layer, node) whose arithmetic on a sample stands below the network, while the lines that do not end
        in it stand back. sample: which of the samples; sample_name: that in words; truth: what is true of each;
        functions: for every layer but the inputs, the functions after its sum, in order, with spaces between them.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    read = read_network(arrays, options)
    if not read.sizes:
        return put_centred(out, empty_text(options, "no network yet"), palette)
    neuron = read.neuron
    if neuron is not None:
        rows = card_rows(neuron, out.columns, out.rows)
        network = Grid.blank((out.columns, _network_rows(read, size)))
        _draw_network(network, read, options, palette)
        out.paste(network, 0, 0)
        out.paste(draw_card(neuron, (out.columns, rows), palette), out.rows - rows, 0)
    else:
        _draw_network(out, read, options, palette)
    return out


def pick(
    arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette, column: int, row: int
) -> tuple[int, int] | None:
    """Return (layer, node) under a cell of what `draw` draws; None where there is no node."""
    read = read_network(arrays, options)
    if not read.sizes or size[0] < 2 or not 0 <= row < _network_rows(read, size):
        return None
    for index, layer in enumerate(_layers(read, (size[0], _network_rows(read, size)), palette)):
        for node, top in zip(layer.nodes, layer.tops, strict=True):
            is_beside = layer.column - 1 <= column <= layer.column + layer.width
            if is_beside and top - layer.label <= row < top + layer.height:
                return index, node
    return None


def nodes(arrays: Arrays, options: Options) -> list[int]:
    """Return how many nodes each layer has; nothing while there is no network."""
    return read_network(arrays, options).sizes


def _network_rows(read: ReadNetwork, size: tuple[int, int]) -> int:
    """Return the rows that are left above the card."""
    if read.neuron is None:
        return size[1]
    return max(0, size[1] - card_rows(read.neuron, size[0], size[1]) - 1)


def _layers(read: ReadNetwork, size: tuple[int, int], palette: Palette) -> list[Layer]:
    return lay_out(read.sizes, *size, bool(read.gradients), palette.is_ascii, read.chosen)


def _draw_network(out: Grid, read: ReadNetwork, options: Options, palette: Palette) -> None:
    sizes, chosen = read.sizes, read.chosen
    if out.rows < 1:
        return
    layers = _layers(read, (out.columns, out.rows), palette)
    with_numbers = flag_option(options, "numbers", True)
    for i, matrix in read.weights.items():
        if i + 1 < len(sizes) and matrix.shape == (sizes[i], sizes[i + 1]):
            target = None if chosen is None else chosen[1] if chosen[0] == i + 1 else -1
            _draw_lines(out, layers[i], layers[i + 1], matrix, palette, with_numbers, target)
    names, maps, gradients = read.names, read.maps, read.gradients
    values = read.values if chosen is None else {**read.values, **read.answers}
    bias = read.bias
    limits = pair_option(options, "limits") or (-1.0, 1.0)
    for index, layer in enumerate(layers):
        for node, top in zip(layer.nodes, layer.tops, strict=True):
            picture = _row(maps.get(index), node)
            _draw_node(out, layer, top, picture, _number(values.get(index), node), limits, palette)
            note = numbers.signed(_number(values.get(index), node)) if index in values else ""
            if not note and index - 1 in bias and with_numbers:
                note = f"b {numbers.signed(_number(bias[index - 1], node))}"
            _draw_label(out, layer, top, names[index][node], note, palette, is_chosen=chosen == (index, node))
            if layer.foot and index in gradients:
                slope = fit(f"∂ {numbers.signed(_number(gradients[index], node), 3)}", layer.width + 2)
                start = max(0, min(layer.column, out.columns - text_width(slope)))  # a clipped number is another one
                out.put(top + layer.height, start, slope, palette.warning)
        _count_hidden(out, layer, sizes[index], options, palette)


def _count_hidden(out: Grid, layer: Layer, size: int, options: Options, palette: Palette) -> None:
    hidden = size - len(layer.tops)
    if hidden:
        text = fit(own_word(options, "and {count} more").format(count=hidden), out.columns)
        column = layer.column + (layer.width - text_width(text)) // 2
        out.put(out.rows - 1, max(0, min(column, out.columns - text_width(text))), text, palette.muted)


def _draw_lines(
    out: Grid,
    source: Layer,
    target: Layer,
    matrix: Floats,
    palette: Palette,
    with_numbers: bool,
    chosen: int | None,
) -> None:
    """Draw the weights (in, out) between two layers.

    chosen: the node whose lines alone do not stand back, -1 where none of them leads there; None: all are alike.
    """
    left, right = source.column + source.width, target.column
    if right - left < 1:
        return
    shown = matrix[source.nodes.start : source.nodes.stop, target.nodes.start : target.nodes.stop]
    only = None if chosen is None else chosen - target.first
    finite = shown[np.isfinite(shown)]
    strongest = float(np.abs(finite).max()) if finite.size else 0.0
    raster = Raster(right - left, out.rows, palette.glyphs)
    order = np.argsort(np.abs(np.nan_to_num(shown, posinf=0.0, neginf=0.0)), axis=None)[-_STRONGEST:]
    is_dense = shown.size > 24
    least = 0.5 if palette.is_ascii else 0.12  # where a cell is a line's finest dot, many lines are a blot
    low = min(source.height, target.height)
    thickest = 2 if is_dense or low < 3 or palette.glyphs != "braille" else 4
    ends = np.array([0.0, raster.width - 1.0])
    pairs = [divmod(flat, len(target.tops)) for flat in order.tolist()]
    for i, j in sorted(pairs, key=lambda pair: pair[1] == only):
        weight = float(shown[i, j])
        share = abs(weight) / strongest if strongest else 0.0
        is_back = only is not None and j != only
        if (
            not np.isfinite(weight)
            or (is_dense and share < least and j != only)
            or (is_back and not palette.has_shades)
        ):
            continue
        strength = 0.2 + 0.8 * share if is_dense and only is None else 0.35 + 0.65 * share
        strength = 0.12 + 0.13 * share if is_back else strength
        colour = palette.dim(palette.pos if weight > 0 else palette.neg, strength)
        rows = np.array([source.port(i, j, len(target.tops)), target.port(j, i, len(source.tops))])
        raster.add_line(ends, rows * raster.dots_y - 0.5, colour, max(1, round(share * thickest)))
    if palette.is_ascii:
        _draw_ascii_lines(out, raster, left)
    else:
        raster.draw_on(out, 0, left)
    told = range(len(target.tops)) if only is None else range(only, only + 1) if only >= 0 else ()
    if with_numbers and source.height >= 2 and right - left >= 9 and len(told) <= source.height:
        for i in range(len(source.tops)):
            for j in told:
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


def _draw_label(out: Grid, layer: Layer, top: int, name: str, note: str, palette: Palette, *, is_chosen: bool) -> None:
    if is_chosen:
        column = layer.column - 1 if layer.column else layer.width
        out.put(top + (layer.height - 1) // 2, column, "▸" if layer.column else "◂", palette.accent, bold=True)
    if not layer.label:
        return
    colour = palette.accent if is_chosen else palette.text
    end = out.put(top - 1, layer.column, fit(name, layer.width), colour, bold=is_chosen)
    if note and end + 1 + text_width(note) <= layer.column + layer.width:
        out.put_right(top - 1, layer.column + layer.width, note, palette.muted)


def _row(values: Floats | None, node: int) -> Floats | None:
    return values[node] if values is not None and node < len(values) else None


def _number(values: Floats | None, node: int) -> float:
    return float(values[node]) if values is not None and node < len(values) else float("nan")
