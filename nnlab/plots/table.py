"""Tables: columns with their decimal points in line, and a dot on a track for a value that has a range."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.blank import put_centred
from nnlab.plots.errors import unknown
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, floats, mapping_option, names_option, number_option, text_option
from nnlab.plots.palette import Palette
from nnlab.plots.track import put_dot
from nnlab.plots.width import fit, text_width
from nnlab.plots.words import empty_text, own_word

_FORMATS: dict[str, Callable[[float], str]] = {
    "short": numbers.short,
    "loss": numbers.loss,
    "count": numbers.count,
}


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw a table, one array per column.

    arrays: name -> (n,), numbers or texts, in the order of the columns.
    options: columns: which, in which order. headers: table name -> shown name. decimals: table name -> digits, or one
        number for all. signed: names of columns printed with their sign. strong: names of columns set off. track:
        name of the column that is drawn as a dot on a track as well; limits of the track, default (0, 1). current:
        index of a row set off. formats: table name -> "short" (three digits, powers where they are needed), "loss" or
        "count"; a column that is missing there goes by decimals. colours: table text of a cell -> role. empty.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    chosen = [name for name in names_option(options, "columns") or list(arrays) if name in arrays]
    table = {name: np.asarray(arrays[name]).reshape(-1) for name in chosen}
    count = max((len(column) for column in table.values()), default=0)
    if not count:
        return put_centred(out, empty_text(options, "no rows yet"), palette)
    headers = {**mapping_option(options, "words"), **mapping_option(options, "headers")}
    strong = names_option(options, "strong")
    roles = {text: palette.role(str(role)) for text, role in mapping_option(options, "colours").items()}
    current = number_option(options, "current")
    has_head = out.rows >= 2
    shown = count if count <= out.rows - has_head else max(1, out.rows - has_head - (out.rows > 2))
    cells = {name: _texts(name, values, options) for name, values in table.items()}
    widths = {name: max(map(text_width, [str(headers.get(name, name)), *texts])) for name, texts in cells.items()}
    column, gap = _spacing(list(widths.values()), out.columns)
    for name, values in table.items():
        texts, width = cells[name], widths[name]
        head = str(headers.get(name, name))
        is_number = values.dtype.kind not in "US"
        if column + width > out.columns:
            if column == 0:
                width = out.columns
            else:
                break
        if has_head:
            at = column + width - text_width(head) if is_number else column
            out.put(0, at, fit(head, width), palette.muted)
        for i, text in enumerate(texts[:shown]):
            is_strong = name in strong or (current is not None and int(current) == i)
            colour = roles.get(text, palette.strong if is_strong else palette.text)
            at = column + width - text_width(text) if is_number else column
            out.put(i + has_head, at, fit(text, width), colour, bold=is_strong)
        column += width + gap
    track = text_option(options, "track")
    if track and track in arrays and out.columns - column >= 5:
        limits = floats(options.get("limits") or (0.0, 1.0)).reshape(-1)
        low, high = (float(limits[0]), float(limits[1])) if len(limits) == 2 else (0.0, 1.0)
        width = min(16, out.columns - column)
        for i, value in enumerate(floats(arrays[track]).reshape(-1)[:shown].tolist()):
            share = (value - low) / (high - low) if high != low else float("nan")
            colour = palette.pos if share >= 0.5 else palette.neg
            put_dot(out, i + has_head, column, width, share, colour, palette)
    if shown < count:
        more = own_word(options, "and {count} more").format(count=count - shown)
        out.put(min(out.rows - 1, shown + has_head), 0, fit(more, out.columns), palette.muted)
    return out


def _spacing(widths: list[int], room: int) -> tuple[int, int]:
    """Return the first column and the gap between columns: as airy as lets all of them in, else as airy as usual."""
    usual = (1, 3) if room >= 24 else (0, 1)
    for start, gap in ((1, 3), (1, 2), (0, 1)):
        if room >= 24 and start + sum(widths) + gap * (len(widths) - 1) <= room:
            return start, gap
    return usual


def _texts(name: str, values: NDArray[np.generic], options: Options) -> list[str]:
    if values.dtype.kind in "USO":
        return [str(value) for value in values.tolist()]
    if values.dtype.kind == "b":
        return [own_word(options, "yes" if value else "no") for value in values.tolist()]
    spelled = mapping_option(options, "formats").get(name)
    if spelled is not None:
        write = _FORMATS.get(str(spelled))
        if write is None:
            raise unknown("formats option", str(spelled), _FORMATS)
        return [write(value) for value in floats(values).tolist()]
    given = options.get("decimals")
    decimals = mapping_option(options, "decimals").get(name) if isinstance(given, dict) else given
    numeric = floats(values)
    if decimals is None:
        kept = numeric[np.isfinite(numeric)]
        is_whole = bool(kept.size) and bool(np.all(kept == np.rint(kept))) and bool(np.all(np.abs(kept) < 1e7))
        decimals = 0 if is_whole else 3
    digits = int(str(decimals))
    if name in names_option(options, "signed"):
        return [numbers.signed(value, digits) for value in numeric.tolist()]
    return [numbers.fixed(value, digits) for value in numeric.tolist()]
