"""The parts of a timeline: their arrays and ranges, how tall each is, and one part drawn."""

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.columns import Columns
from nnlab.plots.errors import unknown
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, Pair, floats, mapping_option, names_option, pair_option
from nnlab.plots.palette import ColourMap, Palette
from nnlab.plots.picture import own_limits
from nnlab.plots.pixels import draw_pixels, normalized, resample
from nnlab.plots.width import fit, text_width
from nnlab.plots.words import own_word

Floats = NDArray[np.float64]
MAPS = ("diverging", "sequential", "ink")
TALLEST = 4
"""Pixels of a unit at most, two a row of cells: taller ones look like stripes."""
BAR_ROWS = 2
_BARS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Part:
    """One heat map, or one row of bars, of a timeline."""

    name: str
    values: Floats
    """(R, T)."""
    units: tuple[str, ...]
    """Names of the rows; empty without any."""
    colours: ColourMap
    limits: Pair
    is_bars: bool


def parts_of(arrays: Arrays, options: Options, palette: Palette) -> list[Part]:
    """Return the parts that hold at least one unit and step, all with as many steps as the longest."""
    found: dict[str, Floats] = {}
    for key, array in arrays.items():
        if key.endswith("/values") and array.ndim in (1, 2):
            values = np.atleast_2d(floats(array))
            if values.size:
                found[key.removesuffix("/values")] = values
    steps = max((values.shape[1] for values in found.values()), default=0)
    maps, limits = mapping_option(options, "maps"), mapping_option(options, "limits")
    bars, apart = names_option(options, "bars"), names_option(options, "apart")
    words = mapping_option(options, "words")
    kinds = {name: str(maps.get(name, "diverging")) for name in found}
    for kind in kinds.values():
        if kind not in MAPS:
            raise unknown("map of a timeline's part", kind, MAPS)
    parts = []
    for name, values in found.items():
        given = pair_option(cast(Options, limits), name)
        peers = [values] if name in apart else [
            other for peer, other in found.items() if kinds[peer] == kinds[name] and peer not in (*apart, *limits)
        ]  # fmt: skip
        own = given or own_limits(np.concatenate([peer.reshape(-1) for peer in peers or [values]]), kinds[name])
        padded = np.pad(values, ((0, 0), (0, steps - values.shape[1])), constant_values=np.nan)
        units = tuple(str(unit) for unit in np.asarray(arrays.get(f"{name}/units", np.zeros(0))).reshape(-1).tolist())
        is_bars = name in bars and len(values) == 1
        parts.append(Part(str(words.get(name, name)), padded, units, palette.map(kinds[name]), own, is_bars))
    return parts


def heights_of(parts: list[Part], rows: int) -> tuple[list[int], int]:
    """Return the rows of each part that has room, and the blank rows between two: 1, or 0 where rows are short.

    Every unit has as many pixels as there is room for; where not even one a unit fits, the rows are shared out. Bars
    give up a row for the gaps, since parts that touch read as one.
    """
    rows = max(1, rows)
    shown = parts[:rows]
    for gap, bar_rows in ((1, BAR_ROWS), (1, 1), (0, BAR_ROWS)):
        room = rows - gap * (len(shown) - 1)
        for pixels in range(TALLEST, 0, -1):
            if pixels % 2 and not all(part.colours.is_solid for part in shown):
                continue  # where a value is a glyph, one cell holds one
            heights = [bar_rows if part.is_bars else -(-len(part.values) * pixels // 2) for part in shown]
            if sum(heights) <= room:
                return heights, gap
    gap = int(rows >= 3 * len(shown) - 1)
    heights = [1] * len(shown)
    for _ in range(rows - gap * (len(shown) - 1) - len(shown)):
        # The next row goes to the part with the most units in each of its rows.
        crowd = [(0 if part.is_bars else len(part.values)) / high for part, high in zip(shown, heights, strict=True)]
        heights[int(np.argmax(crowd))] += 1
    return heights, gap


def put_part(
    out: Grid,
    row: int,
    high: int,
    part: Part,
    columns: Columns,
    cursor: int | None,
    marks: Floats,
    palette: Palette,
) -> None:
    """Draw one part into `high` rows."""
    shares = normalized(part.values, part.limits)
    shares[~np.isfinite(part.values)] = np.nan
    shares = columns.take(shares)
    if part.is_bars:
        _put_bars(out, row, high, shares[0], columns, cursor, marks, palette)
        return
    pixels = 2 * high // len(shares) if part.colours.is_solid else 2 * (high // len(shares))
    if pixels:
        image = np.repeat(shares, pixels, axis=0)
        image = np.vstack([image, np.full((2 * high - len(image), image.shape[1]), np.nan)])
    else:
        is_known = np.isfinite(shares).all(axis=0)
        image = resample(np.where(np.isfinite(shares), shares, 0.5), 2 * high, shares.shape[1])
        image = np.where(is_known, image, np.nan)
    draw_pixels(out, row, columns.edges[0], columns.paint(image), part.colours, blank=palette.background)


def _put_bars(
    out: Grid,
    row: int,
    high: int,
    shares: Floats,
    columns: Columns,
    cursor: int | None,
    marks: Floats,
    palette: Palette,
) -> None:
    set_off = {columns.of_step(step) for step in np.flatnonzero(marks > 0).tolist()}
    if cursor is not None:
        set_off.add(columns.of_step(cursor))
    for column, share in enumerate(shares.tolist()):
        if not np.isfinite(share):
            continue
        # A bar is seen even at the low limit: a value of 0 is there, an unknown one is not.
        eighths = max(1, round(min(max(share, 0.0), 1.0) * 8 * high))
        start, stop = columns.edges[column], columns.edges[column + 1]
        width = stop - start - (stop - start > 1)
        colour = palette.accent if column in set_off else palette.muted
        for line in range(high):
            filled = min(8, max(0, eighths - 8 * (high - 1 - line)))
            if filled:
                out.put(row + line, start, _BARS[filled] * width, colour)


def put_unit_names(out: Grid, row: int, high: int, part: Part, left: int, palette: Palette) -> None:
    """Put the names beside a part: those of its units where each has a row of its own, else the part's and a count."""
    units = len(part.values)
    has_rows = high >= units
    if part.units and has_rows:
        step = high / units
        for unit, name in enumerate(part.units[:units]):
            out.put(row + int(unit * step), 0, fit(name, left - 1), palette.muted)
        return
    out.put(row, 0, fit(part.name, left - 1), palette.strong)
    if 2 * high < units and high > 1:
        out.put(row + 1, 0, fit(f"÷{-(-units // (2 * high))}", left - 1), palette.muted)


def put_readout(
    out: Grid,
    row: int,
    high: int,
    part: Part,
    column: int,
    cursor: int | None,
    options: Options,
    palette: Palette,
) -> None:
    """Put the numbers under the cursor right of a part, as many as fit, and the scale of its colours below them."""
    lines: list[tuple[str, str]] = []
    if cursor is not None:
        values = part.values[:, cursor]
        known = values[np.isfinite(values)]
        if len(values) == 1:
            lines = [("", spell_mean(part, cursor))]
        elif not len(known):
            lines = [("", numbers.MISSING)]
        elif high <= 2:
            lines = [(own_word(options, "mean"), spell(float(known.mean())))]
        else:
            numbered = [("max", known.max()), ("mean", known.mean()), ("min", known.min())]
            lines = [(own_word(options, name), spell(float(value))) for name, value in numbered[: 2 + (high >= 4)]]
    end = out.columns
    for line, (name, value) in enumerate(lines[:high]):
        out.put(row + line, column, name, palette.muted)
        out.put_right(row + line, end, value, palette.strong)
    if high > max(1, len(lines)) and not part.is_bars:
        _put_scale(out, row + high - 1, column, end, part, palette)


def _put_scale(out: Grid, row: int, column: int, end: int, part: Part, palette: Palette) -> None:
    low, high = numbers.short(part.limits[0], 2), numbers.short(part.limits[1], 2)
    gap = int(not part.colours.is_solid)
    start = column + text_width(low) + gap
    steps = end - text_width(high) - gap - start
    out.put(row, column, low, palette.muted)
    out.put_right(row, end, high, palette.muted)
    if steps >= 3:
        draw_pixels(out, row, start, np.tile(np.linspace(0.0, 1.0, steps), (2, 1)), part.colours)


def spell(value: float) -> str:
    """Spell a value of a map: two decimals, or a power where that says nothing."""
    return numbers.fixed(value, 2) if 0.01 <= abs(value) < 1000 or value == 0 else numbers.short(value, 1)


def spell_mean(part: Part, cursor: int) -> str:
    """Spell the mean of a part's units at a step."""
    values = part.values[:, cursor]
    known = values[np.isfinite(values)]
    return spell(float(known.mean())) if len(known) else numbers.MISSING
