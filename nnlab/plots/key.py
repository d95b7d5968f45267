"""The key below a plane: what each marker is, and what the two ends of the colours mean."""

import numpy as np

from nnlab.plots.grid import Grid
from nnlab.plots.options import Options, choice_option, names_option
from nnlab.plots.palette import MARKERS, Palette
from nnlab.plots.pixels import draw_pixels
from nnlab.plots.width import text_width

STEPS = 10


def put_key(out: Grid, row: int, span: tuple[int, int], options: Options, palette: Palette) -> None:
    """Write the key on a row, from the first to the last column of `span`; what has no room is left out.

    options: classes: a name per class; point_markers: a glyph per class; ends: names of the map's lowest and highest
    value; map.
    """
    column, right = span
    markers = list("o@") if palette.is_ascii else names_option(options, "point_markers") or list(MARKERS)
    colours = (palette.neg, palette.pos)
    for i, name in enumerate(names_option(options, "classes")):
        if column + 2 + text_width(name) > right:
            return
        column = out.put(row, column, markers[i % len(markers)], colours[i % 2], bold=True)
        column = out.put(row, column + 1, name, palette.muted) + 3
    ends = names_option(options, "ends")
    if len(ends) != 2:
        return
    start = right - sum(map(text_width, ends)) - STEPS - 2
    if start < column:
        return
    name = choice_option(options, "map", ("diverging", "sequential", "ink", "land"), "diverging")
    bar = out.put(row, start, ends[0], palette.muted) + 1
    draw_pixels(out, row, bar, np.tile(np.linspace(0.0, 1.0, STEPS), (2, 1)), palette.map(name))
    out.put(row, bar + STEPS + 1, ends[1], palette.muted)
