"""The registry: which function draws which kind of view. A third party registers its own the same way."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import (
    bars,
    cell,
    chain,
    curve,
    duel,
    field,
    gallery,
    graph,
    matrix,
    mesh,
    picture,
    products,
    ridges,
    spark,
    strip,
    table,
    text,
    timeline,
    track,
    units,
    unrolled,
)
from nnlab.plots.errors import PlotError, unknown
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options
from nnlab.plots.palette import Palette
from nnlab.plots.ruler import Ruler
from nnlab.plots.spelling import spell_grid
from nnlab.plots.words import worded

Draw = Callable[[Arrays, Options, tuple[int, int], Palette], Grid]
"""(arrays, options, (columns, rows), palette) -> a grid of exactly that size."""

_KINDS: dict[str, Draw] = {
    "curve": curve.draw,
    "field": field.draw,
    "graph": graph.draw,
    "matrix": matrix.draw,
    "picture": picture.draw,
    "products": products.draw,
    "gallery": gallery.draw,
    "chain": chain.draw,
    "cell": cell.draw,
    "mesh": mesh.draw,
    "duel": duel.draw,
    "bars": bars.draw,
    "ridges": ridges.draw,
    "units": units.draw,
    "timeline": timeline.draw,
    "unrolled": unrolled.draw,
    "strip": strip.draw,
    "table": table.draw,
    "text": text.draw,
    "spark": spark.draw,
    "track": track.draw,
}

_RULERS: dict[str, Callable[[Arrays, Options, tuple[int, int], Palette], Ruler | None]] = {
    "curve": curve.ruler,
    "field": field.ruler,
    "picture": picture.ruler,
}


def kinds() -> tuple[str, ...]:
    """Return the names of all kinds, in the order in which they were registered."""
    return tuple(_KINDS)


def register(kind: str, function: Draw) -> None:
    """Add a kind; PlotError when the name is taken."""
    if kind in _KINDS and _KINDS[kind] is not function:
        raise PlotError(f"the plot kind {kind!r} exists already; register yours under another name.")
    _KINDS[kind] = function


def draw(
    kind: str,
    arrays: Mapping[str, NDArray[np.generic]],
    options: Mapping[str, object],
    size: tuple[int, int],
    palette: Palette,
) -> Grid:
    """Draw arrays as a kind into a grid of (columns, rows).

    Every kind heeds the option words: table of what a name, header, row or note is called; see nnlab.plots.words.

    What the arrays and options are stands in each kind's module. Nothing raises on NaN, infinity or empty arrays; the
    grid then says what is missing. PlotError: no such kind (the nearest first), or an option of the wrong type.
    """
    if kind not in _KINDS:
        raise unknown("plot kind", kind, _KINDS)
    size = (max(0, size[0]), max(0, size[1]))
    # A diverging run holds values whose difference or product is infinite; they are drawn at the edge or left out.
    arrays, options = worded(kind, arrays, options)
    with np.errstate(all="ignore"):
        drawn = _KINDS[kind](arrays, options, size, palette)
    if (drawn.columns, drawn.rows) != size:
        fitted = Grid.blank(size)
        fitted.paste(drawn, 0, 0)
        drawn = fitted
    return spell_grid(drawn) if palette.is_ascii else drawn


def ruler(
    kind: str,
    arrays: Mapping[str, NDArray[np.generic]],
    options: Mapping[str, object],
    size: tuple[int, int],
    palette: Palette,
) -> Ruler | None:
    """Return the axes of what `draw` draws from the same; None for a kind without axes, or while there is no data."""
    if kind not in _RULERS:
        return None
    arrays, options = worded(kind, arrays, options)
    with np.errstate(all="ignore"):
        return _RULERS[kind](arrays, options, (max(0, size[0]), max(0, size[1])), palette)
