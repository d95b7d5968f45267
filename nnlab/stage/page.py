"""All views of a run on a printed page, and the palette for printing."""

import os
from collections.abc import Mapping, Sequence

from nnlab.lab.run import Run
from nnlab.lab.views import View
from nnlab.plots.grid import Grid, hstack, vstack
from nnlab.plots.palette import Glyphs, Palette
from nnlab.stage.drawing import draw_view
from nnlab.stage.sources import arrays_of

GAP = 4
WIDE_KINDS = ("curve", "graph", "strip", "text", "timeline", "cell", "unrolled")
"""Kinds that take a printed page's whole width."""


def draw_page(
    run: Run,
    views: Sequence[View],
    titles: Mapping[str, str],
    *,
    width: int,
    palette: Palette,
    words: Mapping[str, str] | None = None,
) -> Grid:
    """Draw all views of a run below one another for a printed page, narrow kinds two side by side.

    words: as `draw_view` takes them.
    """
    rest = list(views)
    bands: list[Grid] = []
    while rest:
        band = [rest.pop(0)]
        partner = next((view for view in rest if view.kind not in WIDE_KINDS), None)
        if band[0].kind not in WIDE_KINDS and partner is not None:
            rest.remove(partner)
            band.append(partner)
        columns = (width - GAP * (len(band) - 1)) // len(band)
        size = (columns, max(_printed_rows(view, run, columns) for view in band))
        drawn = [
            draw_view(view, run, title=titles.get(view.id, view.id), size=size, palette=palette, words=words)
            for view in band
        ]
        bands.append(hstack(drawn, gap=GAP))
    return vstack(bands, gap=1)


def _printed_rows(view: View, run: Run, columns: int) -> int:
    """Return how many rows a view wants on a printed page, header included."""
    if view.kind == "table":
        rows = [array.size for array in arrays_of(view, run).values()]
        return min(24, max(rows, default=3) + 3)
    wanted = {"strip": 5, "curve": 11, "bars": 10, "graph": 20, "text": 12, "ridges": 13, "units": 13}
    wanted |= {"timeline": 28, "cell": 15, "unrolled": 15}
    return wanted.get(view.kind, min(26, columns // 2 + 3))


def text_palette(*, is_terminal: bool, is_ascii: bool) -> Palette:
    """Return the palette for printing: colours only on a terminal that has and wants them."""
    glyphs: Glyphs = "ascii" if is_ascii else "braille"
    if not is_terminal or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return Palette(depth="mono", glyphs=glyphs)
    is_true = os.environ.get("COLORTERM", "").lower() in ("truecolor", "24bit")
    return Palette(depth="truecolor" if is_true else "256", glyphs=glyphs)
