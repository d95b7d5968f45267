"""A window's arithmetic: pixels times kernel gives products, and the products add up to one number."""

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, floats, names_option, number_option
from nnlab.plots.palette import ColourMap, Palette
from nnlab.plots.picture import own_limits
from nnlab.plots.pixels import draw_pixels, normalized
from nnlab.plots.width import text_width
from nnlab.plots.words import empty_text

Floats = NDArray[np.float64]
_GAP = 2


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw window x kernel = products, a group per channel, then the sum, the bias and the result.

    The products and sums on show are those of the numbers on show: give both with no more digits than `decimals`.
    arrays: window (C, kh, kw) or (kh, kw); kernel of the same shape; bias (), default 0.
    options: decimals, default 0. limits (low, high) of the pixels. names: of the channels. relu: True adds a line with
        max(0, z). empty.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    window, kernel = floats(arrays.get("window", np.zeros(0))), floats(arrays.get("kernel", np.zeros(0)))
    if window.ndim == 2:
        window, kernel = window[None], kernel[None]
    if window.ndim != 3 or not window.size or window.shape != kernel.shape or not np.isfinite(window).all():
        return put_centred(out, empty_text(options, "no window yet"), palette)
    decimals = int(number_option(options, "decimals") or 0)
    bias = float(floats(arrays.get("bias", np.zeros(1))).sum())
    products = window * kernel
    limits = options.get("limits") or own_limits(window, "ink")
    low, high = (float(edge) for edge in floats(limits).reshape(-1)[:2])
    parts = (
        (window, "x", palette.map("ink"), (low, high)),
        (kernel, "× K", palette.map("diverging"), own_limits(kernel, "diverging")),
        (products, "= x·K", palette.map("diverging"), own_limits(products, "diverging")),
    )
    texts = [_spell(part[0], decimals) for part in parts]
    widths = [max(text_width(text) for text in block.reshape(-1).tolist()) + 1 for block in texts]
    gap = _GAP if sum(width * window.shape[2] for width in widths) + 2 * _GAP <= out.columns else 1
    names = names_option(options, "names")
    row = 0
    # The result must be seen: without room for the headings and blank lines these go first.
    lines = _lines(products, bias, decimals, options)
    is_airy = out.rows >= len(window) * (window.shape[1] + 1) + len(lines) + 1
    for c in range(len(window)):
        if is_airy:
            column = 0
            for (block, head, _, _), width in zip(parts, widths, strict=True):
                shown = f"{names[c]} {head}" if head == "x" and c < len(names) else head
                out.put(row, column, shown, palette.muted)
                column += width * block.shape[2] + gap
            row += 1
        column = 0
        for (block, _, colours, own), spelled, width in zip(parts, texts, widths, strict=True):
            _draw_block(out, row, column, block[c], spelled[c], width, normalized(block[c], own), colours, palette)
            column += width * block.shape[2] + gap
        if len(window) > 1:
            text = f"Σ {numbers.fixed(float(products[c].sum()), decimals).replace(',', '')}"
            if is_airy:
                out.put_right(row - 1, min(out.columns, column - gap), text, palette.strong)
            else:
                out.put(row + window.shape[1] - 1, column, text, palette.strong)
        row += window.shape[1]
    row += int(is_airy)
    end = min(out.columns, sum(width * window.shape[2] for width in widths) + 2 * gap)
    for i, (name, value) in enumerate(lines):
        is_last = i == len(lines) - 1
        out.put(row, 0, name, palette.accent if is_last else palette.muted, bold=is_last)
        out.put_right(row, end, value, palette.accent if is_last else palette.text, bold=is_last)
        row += 1
    return out


def _lines(products: Floats, bias: float, decimals: int, options: Options) -> list[tuple[str, str]]:
    total = float(products.sum())

    def spell(value: float) -> str:
        return numbers.fixed(value, decimals).replace(",", "")

    lines = [("Σ x·K", spell(total)), ("+ b", spell(bias)), ("= z", spell(total + bias))]
    if options.get("relu"):
        lines.append(("max(0, z)", spell(max(0.0, total + bias))))
    return lines


def _spell(values: Floats, decimals: int) -> NDArray[np.str_]:
    spelled = [numbers.fixed(value, decimals).replace(",", "") for value in values.reshape(-1).tolist()]
    return np.array(spelled, dtype=np.str_).reshape(values.shape)


def _draw_block(
    out: Grid,
    row: int,
    column: int,
    values: Floats,
    texts: NDArray[np.str_],
    width: int,
    shares: Floats,
    colours: ColourMap,
    palette: Palette,
) -> None:
    for i in range(values.shape[0]):
        for j in range(values.shape[1]):
            ink = int(colours.colours[colours.index(shares[i : i + 1, j : j + 1])][0, 0])
            if colours.is_solid:
                draw_pixels(out, row + i, column + j * width, np.full((2, width), shares[i, j]), colours)
                ink = palette.ink_on(ink)
            else:
                ink = palette.strong
            out.put_right(row + i, column + (j + 1) * width, str(texts[i, j]), ink)
