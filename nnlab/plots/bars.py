"""Bars: one value each, lying with names and numbers, or standing as a histogram."""

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.axes import finite_range
from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import (
    Arrays,
    Options,
    choice_option,
    floats,
    names_option,
    number_option,
    pair_option,
    seed_rows,
    text_option,
)
from nnlab.plots.palette import Palette
from nnlab.plots.width import fit, text_width
from nnlab.plots.words import empty_text, own_word

Floats = NDArray[np.float64]
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_FORMATS = {
    "short": numbers.short,
    "loss": numbers.loss,
    "percent": numbers.percent,
    "count": numbers.count,
    "signed": numbers.signed,
}


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw bars from zero; of lying ones that do not all have a row the largest, in their own order.

    arrays: values (n,), or (S, n) over seeds of which the mean is drawn; edges (n + 1,) of a histogram's bins. ideal
        (): what every bar should be: marked on lying bars, whose track reaches twice as far; a bar of less than half of
        it is in the colour of an error.
    options: names: of the bars. limits (low, high); default from 0 to the largest. format: short, loss, percent, count
        or signed. direction: "across", "up", or "auto": up where not all have a row. colour: a role; without it the
        sign decides, where there are both. current: index of a bar set off. scale: "linear" or "log" (from the smallest
        positive value). empty.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    values = floats(arrays["values"]) if "values" in arrays else np.zeros(0)
    if values.ndim > 1 and values.size:
        values = seed_rows(values).mean(axis=0)
    values = values.reshape(-1)
    if not values.size:
        return put_centred(out, empty_text(options, "no values yet"), palette)
    low, high = finite_range([values]) or (0.0, 1.0)
    target = _ideal(arrays)
    own = (0.0, 2 * target) if target is not None else (min(low, 0.0), max(high, 0.0))
    limits = pair_option(options, "limits") or own
    limits = limits if limits[0] < limits[1] else (0.0, 1.0)
    if choice_option(options, "scale", ("linear", "log"), "linear") == "log":
        shares, zero = _log_shares(values), 0.0
    else:
        shares = (values - limits[0]) / (limits[1] - limits[0])
        zero = min(max((0.0 - limits[0]) / (limits[1] - limits[0]), 0.0), 1.0)
    shares = np.clip(shares, 0.0, 1.0)
    role = text_option(options, "colour")
    has_both = bool((values < 0).any())
    paint = palette.role(role) if role else palette.accent
    fg = [(palette.neg if v < 0 else palette.pos) if has_both and not role else paint for v in values.tolist()]
    if target is not None:
        fg = [palette.error if v < target / 2 else colour for v, colour in zip(values.tolist(), fg, strict=True)]
    direction = choice_option(options, "direction", ("across", "up", "auto"), "across")
    if direction == "up" or (direction == "auto" and len(values) > out.rows):
        _draw_up(out, shares, zero, fg, arrays, values, options, palette)
    else:
        mark = (target - limits[0]) / (limits[1] - limits[0]) if target is not None else None
        _draw_across(out, shares, (zero, mark), fg, values, options, palette)
    return out


def _ideal(arrays: Arrays) -> float | None:
    ideal = float(floats(arrays.get("ideal", np.nan)).reshape(-1)[:1].sum()) if "ideal" in arrays else float("nan")
    return ideal if np.isfinite(ideal) and ideal > 0 else None


def _log_shares(values: Floats) -> Floats:
    kept = values[np.isfinite(values) & (values > 0)]
    if not kept.size:
        return np.full(len(values), np.nan)
    low, high = np.floor(np.log10(kept.min())), np.ceil(np.log10(kept.max()))
    with np.errstate(invalid="ignore", divide="ignore"):
        shares: Floats = (np.log10(np.where(values > 0, values, np.nan)) - low) / max(1.0, high - low)
        return shares


def _draw_across(
    out: Grid,
    shares: Floats,
    places: tuple[float, float | None],
    fg: list[int],
    values: Floats,
    options: Options,
    palette: Palette,
) -> None:
    """places: where on the track 0 is, and the ideal, if there is one."""
    zero, ideal = places
    names = names_option(options, "names")
    spell = _FORMATS[choice_option(options, "format", tuple(_FORMATS), "short")]
    texts = [spell(float(value)) for value in values]
    shown = len(values) if len(values) <= out.rows else max(1, out.rows - 1)
    left = min(max(map(text_width, names), default=-2) + 2, out.columns // 3)
    right = max(map(text_width, texts)) + 2
    right = right if out.columns - left - right >= 6 else 0
    columns = max(1, out.columns - left - right)
    current = number_option(options, "current")
    kept = sorted(np.argsort(-values, kind="stable")[:shown].tolist())
    for row, i in enumerate(kept):
        is_current = current is not None and int(current) == i
        if left and i < len(names):
            colour = palette.accent if is_current else palette.muted
            out.put(row, 0, fit(names[i], left - 1), colour, bold=is_current)
        out.put(row, left, "─" * columns, palette.line)
        if np.isfinite(shares[i]):
            start, stop = sorted((round(zero * columns), round(float(shares[i]) * columns)))
            stop = max(stop, start + 1) if values[i] else stop
            out.put(row, left + min(start, columns - 1), "━" * (min(stop, columns) - min(start, columns - 1)), fg[i])
        if ideal is not None and 0 <= ideal <= 1:
            out.put(row, left + min(columns - 1, round(ideal * columns)), "│", palette.text)
        if right:
            out.put_right(row, out.columns, texts[i], palette.strong if is_current else palette.text, bold=is_current)
    if shown < len(values):
        more = own_word(options, "and {count} more").format(count=len(values) - shown)
        out.put(shown, 0, fit(more, out.columns), palette.muted)


def _draw_up(
    out: Grid,
    shares: Floats,
    zero: float,
    fg: list[int],
    arrays: Arrays,
    values: Floats,
    options: Options,
    palette: Palette,
) -> None:
    edges = floats(arrays["edges"]).reshape(-1) if "edges" in arrays else np.zeros(0)
    names = names_option(options, "names")
    has_axis = out.rows >= 3 and (len(edges) > 1 or bool(names))
    rows = out.rows - has_axis
    count = len(values)
    wide = max(1, out.columns // count)
    if count > out.columns:
        # More bars than columns: the tallest of each group stands for it, so that no peak is lost.
        starts = np.linspace(0, count, out.columns, endpoint=False).astype(np.intp)
        shares, fg = np.fmax.reduceat(shares, starts), [fg[i] for i in starts.tolist()]
        count = out.columns
    body = max(1, wide - (wide >= 3))
    heights = np.abs(np.where(np.isfinite(shares), shares, zero) - zero) * rows * 8
    for i in range(count):
        eighths = round(float(heights[i]))
        is_dead = i < len(shares) and not np.isfinite(shares[i])
        if is_dead:
            out.put(rows - 1, i * wide, "×", palette.error)
            continue
        eighths = max(eighths, 1) if float(heights[i]) > 0 else 0
        for level in range(rows):
            part = min(8, max(0, eighths - 8 * level))
            if part:
                char = ("#" if part > 3 else ".") if palette.is_ascii else _EIGHTHS[part]
                out.put(rows - 1 - level, i * wide, char * body, fg[i])
    if has_axis:
        if len(edges) > 1 and np.isfinite(edges).all():
            low, high = numbers.short(float(edges[0])), numbers.short(float(edges[-1]))
            end = out.put(rows, 0, low, palette.muted)
            if end + 1 + text_width(high) <= wide * count:
                out.put_right(rows, wide * count, high, palette.muted)
        else:
            for i, name in enumerate(names[:count]):
                out.put(rows, i * wide, fit(name, max(1, wide - 1)), palette.muted)
