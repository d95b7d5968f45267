"""A gallery: many small pictures on one scale, each with its kernel or its caption."""

import numpy as np
from numpy.typing import NDArray

from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, choice_option, floats, number_option, pair_option
from nnlab.plots.palette import Palette
from nnlab.plots.picture import enlarge, own_limits
from nnlab.plots.pixels import draw_pixels, normalized
from nnlab.plots.width import fit, text_width
from nnlab.plots.words import empty_text

Floats = NDArray[np.float64]
_GAP = 2


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw pictures side by side and below one another, as large as they fit; all share one scale of colours.

    arrays: images (n, H, W); one without any finite value is left out. labels (n,): texts below them. kernels
        (n, kh, kw): drawn above, on a scale of their own that all kernels share.
    options: map: ink, sequential or diverging, for the images; limits (low, high) of theirs. kernel_limits; kernels
        are always on the diverging map. current: index of a picture set off. empty: the text without data.
        across: the pictures are rows of so many, each below its like; where they do not fit, every row is cut alike.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    images = floats(arrays["images"]) if "images" in arrays else np.zeros((0, 0, 0))
    if images.ndim != 3 or not images.size:
        return put_centred(out, empty_text(options, "no pictures yet"), palette)
    is_there = np.isfinite(images).any(axis=(1, 2))
    if not is_there.any():
        return put_centred(out, empty_text(options, "no pictures yet"), palette)
    together = int(number_option(options, "across") or 0)
    is_there |= together > 0
    arrays = {name: array[is_there] for name, array in arrays.items() if len(array) == len(images)}
    images = images[is_there]
    labels = [str(text) for text in np.asarray(arrays.get("labels", np.zeros(0))).reshape(-1).tolist()]
    kernels = floats(arrays["kernels"]) if "kernels" in arrays else np.zeros((0, 0, 0))
    kernels = kernels if len(kernels) == len(images) else np.zeros((0, 0, 0))
    current = number_option(options, "current")
    name = choice_option(options, "map", ("ink", "sequential", "diverging"), "ink")
    shares = normalized(images, pair_option(options, "limits") or own_limits(images, name))
    shares[~np.isfinite(images)] = np.nan
    kernel_shares = kernels
    if len(kernels):
        limits = pair_option(options, "kernel_limits") or own_limits(kernels, "diverging")
        kernel_shares = normalized(kernels, limits)
    scale, across, shown, zoom = _layout(images.shape, kernels.shape, labels, (out.columns, out.rows), together)
    wide, high, head = _tile(images.shape, kernels.shape, labels, scale, zoom)
    colours, signs = palette.map(name), palette.map("diverging")
    for place, i in enumerate(_order(len(images), across, together)[:shown]):
        row, column = place // across * (high + 1), place % across * (wide + _GAP)
        is_current = current is not None and int(current) == i
        if head:
            large, _ = enlarge(kernel_shares[i], kernels.shape[2] * zoom, head)
            draw_pixels(out, row, column, large, signs, blank=palette.background)
            out.put(row, column + large.shape[1] + 1, str(i + 1), palette.accent if is_current else palette.muted)
        large, _ = enlarge(shares[i], images.shape[2] * scale or wide, high - head - bool(labels))
        draw_pixels(out, row + head, column, large, colours, blank=palette.background)
        if i < len(labels):
            colour = palette.accent if is_current else palette.text
            out.put(row + high - 1, column, fit(labels[i], wide), colour, bold=is_current)
    if shown < len(images):
        out.put_right(out.rows - 1, out.columns, f"+{len(images) - shown}", palette.muted)
    return out


def _tile(
    images: tuple[int, ...], kernels: tuple[int, ...], labels: list[str], scale: int, zoom: int
) -> tuple[int, int, int]:
    """Return columns and rows of a tile, and the rows of its kernel."""
    wide = max(images[2] * scale, max((min(text_width(label), 9) for label in labels), default=0))
    head = (kernels[1] * zoom + 1) // 2 if kernels[0] else 0
    if head:
        wide = max(wide, kernels[2] * zoom + 3)
    return wide, head + (images[1] * scale + 1) // 2 + bool(labels), head


def _order(count: int, across: int, together: int) -> list[int]:
    """Return the indices of the pictures in the order of their places: of rows that belong together all begin alike."""
    return [i for i in range(count) if not together or i % together < across]


def _layout(
    images: tuple[int, ...], kernels: tuple[int, ...], labels: list[str], size: tuple[int, int], together: int
) -> tuple[int, int, int, int]:
    """Return the scale of the images, tiles in a row, tiles shown, and the scale of the kernels."""
    zoom = 1 if size[1] < 10 else 2
    most = min(images[0], together or images[0])
    for scale in (6, 5, 4, 3, 2, 1):
        wide, high, _ = _tile(images, kernels, labels, scale, zoom)
        across = min(most, (size[0] + _GAP) // (wide + _GAP))
        is_whole = across == most if together else across > 0
        if is_whole and -(-images[0] // across) * (high + 1) <= size[1] + 1:
            return scale, across, images[0], zoom
    wide, high, _ = _tile(images, kernels, labels, 1, zoom)
    across = min(most, max(1, (size[0] + _GAP) // (wide + _GAP)))
    seen = len(_order(images[0], across, together))
    return 1, across, min(seen, across * max(1, (size[1] + 1) // (high + 1))), zoom
