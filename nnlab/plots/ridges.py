"""Ridges: one small histogram per layer, below one another on a shared axis."""

import numpy as np
from numpy.typing import NDArray

from nnlab.plots.axes import Axis, horizontal_axis, label_columns
from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, choice_option, floats, names_option, text_option
from nnlab.plots.palette import Palette
from nnlab.plots.width import fit, text_width
from nnlab.plots.words import empty_text

Floats = NDArray[np.float64]
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_ASCII = " .:-=+*#@"


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw a histogram per layer, the first one on top; each is as high as its own largest bin.

    arrays: counts (L, B) of any unit; edges (B + 1,) of the bins, rising. numbers (L,): texts right of the ridges.
    options: names: of the layers, default 1, 2, ... x_scale: "linear" or "log" (edges above 0). x_name. colour: a role,
        default accent. empty: the text without data.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    counts, edges = floats(arrays.get("counts", np.zeros((0, 0)))), floats(arrays.get("edges", np.zeros(0)))
    counts = np.where(np.isfinite(counts), np.maximum(counts, 0.0), 0.0)
    is_drawable = counts.ndim == 2 and counts.any() and edges.shape == (counts.shape[1] + 1,)
    if not is_drawable or not np.isfinite(edges).all():
        return put_centred(out, empty_text(options, "no values yet"), palette)
    is_log = choice_option(options, "x_scale", ("linear", "log"), "linear") == "log"
    has_x_row = out.rows >= 4
    layers = _shown(len(counts), out.rows - has_x_row)
    names = names_option(options, "names") or [str(i + 1) for i in range(len(counts))]
    notes = [str(text) for text in np.asarray(arrays.get("numbers", np.zeros(0))).reshape(-1).tolist()]
    left = max((text_width(names[i]) for i in layers if i < len(names)), default=0) + 1
    right = max((text_width(notes[i]) for i in layers if i < len(notes)), default=-2) + 2
    if out.columns < left + right + 12:
        right = 0
    if out.columns < left + 8:
        left = 0
    columns = out.columns - left - right
    axis = horizontal_axis((float(edges[0]), float(edges[-1])), columns, is_log)
    high = max(1, (out.rows - has_x_row) // len(layers))
    colour = palette.role(text_option(options, "colour", "accent"))
    for place, layer in enumerate(layers):
        bottom = (place + 1) * high - 1
        _draw_ridge(out, bottom, left, high, _by_column(counts[layer], edges, axis, columns), colour, palette)
        if left and layer < len(names):
            out.put(bottom, 0, fit(names[layer], left - 1).rjust(left - 1), palette.muted)
        if right and layer < len(notes):
            out.put_right(bottom, out.columns, notes[layer], palette.text)
    if has_x_row:
        for column, text in label_columns(axis, columns, text_option(options, "x_name")):
            out.put(len(layers) * high, left + column, text, palette.muted)
    return out


def _shown(count: int, rows: int) -> list[int]:
    """Return the layers that have room, evenly chosen, the first and the last among them."""
    if count <= rows:
        return list(range(count))
    return sorted({round(i) for i in np.linspace(0, count - 1, max(1, rows)).tolist()})


def _by_column(counts: Floats, edges: Floats, axis: Axis, columns: int) -> Floats:
    """Spread bins over columns so that no count is lost or counted twice: (B,) -> (columns,)."""
    places = np.clip(axis.share(edges), 0.0, 1.0) * columns
    total = np.interp(np.arange(columns + 1), places, np.concatenate([[0.0], np.cumsum(counts)]))
    return np.diff(total)


def _draw_ridge(out: Grid, bottom: int, left: int, high: int, values: Floats, colour: int, palette: Palette) -> None:
    glyphs = _ASCII if palette.is_ascii else _EIGHTHS
    steps = len(glyphs) - 1
    largest = float(values.max())
    # What is there at all is seen: a thin tail must not look like nothing.
    level = np.ceil(values / largest * high * steps - 1e-9).astype(int) if largest > 0 else np.zeros(len(values), int)
    for row in range(high):
        filled = np.clip(level - row * steps, 0, steps)
        out.put(bottom - row, left, "".join(glyphs[step] for step in filled.tolist()), colour)
    empty = np.flatnonzero(level == 0)
    for column in empty.tolist():
        out.put(bottom, left + column, "_" if palette.is_ascii else "▁", palette.line)
