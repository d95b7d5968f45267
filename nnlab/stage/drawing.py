"""A view of a run drawn as a pane, bare, or as one line."""

from collections.abc import Mapping
from typing import Literal

from nnlab.lab.run import Run
from nnlab.lab.views import View
from nnlab.plots import draw, pane
from nnlab.plots.grid import Grid
from nnlab.plots.palette import Palette
from nnlab.stage.reading import POINTERS, pointer_knobs
from nnlab.stage.readouts import readout, write_metric
from nnlab.stage.sources import Arrays, drawn_from

Form = Literal["pane", "bare", "line"]


def draw_view(
    view: View,
    run: Run,
    *,
    title: str,
    size: tuple[int, int],
    palette: Palette,
    words: Mapping[str, str] | None = None,
    ghost: Run | None = None,
    seed: int = 0,
    is_focused: bool = False,
    form: Form = "pane",
    extra: Mapping[str, object] | None = None,
    can_point: bool = False,
) -> Grid:
    """Draw one view of a run as a pane of (columns, rows), header row included.

    words: what a metric, a name, header, row or note is called in the reader's language, and the plots' own words
    (nnlab.plots.words); a view's own words go before them.
    seed: with several seeds, the index of the one on show. ghost: the run before, drawn dimmed in curves.
    extra: options of this moment, such as cursor: (column, row) in cells of the plot, or an x of a curve.
    form: "pane" has a header row, "bare" has none (the name stands in a tab), "line" is one row: a sparkline, a row of
    squares.
    can_point: a pointer is heeded, so the title says along which axes.
    """
    arrays, options = drawn_from(view, run, words, ghost, seed, extra or {})
    if form == "line":
        return _one_row(view, run, title, arrays, options, size, palette, seed)
    if form == "bare":
        return draw(view.kind, arrays, options, size, palette)
    body = draw(view.kind, arrays, options, (size[0], max(0, size[1] - 1)), palette)
    signs = [POINTERS[axis] for axis in pointer_knobs(view)] if can_point else []
    note = str(view.options.get("note", ""))
    note = "  ".join(filter(None, ((words or {}).get(note, note), *signs)))
    said = "" if options.get("hidden") else readout(view, run, seed)
    return pane(title, note, said, body, size, palette, focused=is_focused)


def _one_row(
    view: View,
    run: Run,
    title: str,
    arrays: Arrays,
    options: dict[str, object],
    size: tuple[int, int],
    palette: Palette,
    seed: int,
) -> Grid:
    """Draw a view as one line: a curve as a sparkline, a strip as squares between its name and its count."""
    if view.kind == "curve":
        row = {"name": title, "x_range": options["x_range"], "scale": options.get("scale", "linear")}
        row["value"] = "" if options.get("hidden") else readout(view, run, seed)
        row["words"] = options["words"]
        return draw("spark", arrays, row, size, palette)
    out = Grid.blank(size)
    words = write_metric("solved", run, None) if "solved" in arrays and not options.get("hidden") else ""
    end = out.put_right(0, size[0], words, palette.accent, bold=True)
    start = out.put(0, 0, title, palette.muted) + 2
    out.paste(draw(view.kind, arrays, options, (max(0, end - start - 1), 1), palette), 0, start)
    return out
