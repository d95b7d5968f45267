"""A sweep as cells: a heat map of two knobs, or the best of its cells in order where more vary or they are drawn."""

import math
from collections.abc import Sequence

import numpy as np

from nnlab.lab.knobs import KnobValue
from nnlab.plots import numbers
from nnlab.plots.grid import Grid
from nnlab.plots.palette import Palette
from nnlab.plots.width import fit, text_width, wrap
from nnlab.tui.run_table import Column, TableRow, draw_table, first_row
from nnlab.tui.sweep_process import Sweep
from nnlab.tui.value_words import ValueWords, plain_words

ROOMY = 7
"""Columns of a cell from which on a per cent is shown with a decimal: two cells of 96 had different colours."""


def axes_of(sweep: Sweep) -> tuple[list[KnobValue], list[KnobValue]] | None:
    """Return the values of rows (the second knob) and columns (the first); None where two axes cannot show it."""
    if not 1 <= len(sweep.knobs) <= 2 or not sweep.cells:
        return None
    columns = list(dict.fromkeys(cell.knobs[sweep.knobs[0]] for cell in sweep.cells))
    rows: list[KnobValue] = [""]
    if len(sweep.knobs) == 2:
        rows = list(dict.fromkeys(cell.knobs[sweep.knobs[1]] for cell in sweep.cells))
    return (rows, columns) if len(rows) * len(columns) == len(sweep.cells) else None


def place_of(sweep: Sweep, index: int) -> tuple[int, int]:
    """Return row and column of a cell in the heat map."""
    axes = axes_of(sweep)
    assert axes is not None
    knobs = sweep.cells[index].knobs
    row = axes[0].index(knobs[sweep.knobs[1]]) if len(sweep.knobs) == 2 else 0
    return row, axes[1].index(knobs[sweep.knobs[0]])


def neighbour(sweep: Sweep, index: int, rows: int, columns: int) -> int:
    """Return the cell that lies so many rows up and columns right, staying inside; in a list, that many ranks down."""
    axes = axes_of(sweep)
    if axes is None:
        ranked = sweep.ranked
        rank = ranked.index(index) if index in ranked else 0
        return ranked[max(0, min(len(ranked) - 1, rank - rows + columns))] if ranked else index
    row, column = place_of(sweep, index)
    wanted = (max(0, min(len(axes[0]) - 1, row + rows)), max(0, min(len(axes[1]) - 1, column + columns)))
    return next(other for other in range(len(sweep.cells)) if place_of(sweep, other) == wanted)


def draw_sweep(
    sweep: Sweep,
    size: tuple[int, int],
    palette: Palette,
    *,
    current: int,
    labels: Sequence[str],
    said: ValueWords = plain_words,
    metric: str = "",
    best: str,
    hint: str,
) -> Grid:
    """Draw a sweep into (columns, rows).

    labels: of the knobs; said: what is shown of their values; metric: what it is called; best, hint: words of the last
    row.
    """
    axes = axes_of(sweep)
    if axes is None:
        return _ranked(sweep, size, palette, current=current, heads=[*labels, metric or sweep.metric], said=said)
    out = Grid.blank(size)
    rows, columns = axes
    names = [said(sweep.knobs[1], value) if len(sweep.knobs) == 2 else "" for value in rows]
    left = max([text_width(name) for name in names] + [text_width(labels[0])]) + 2
    has_title = len(sweep.knobs) == 2 and out.rows >= 6
    words = _last_rows(best, hint, out.columns)[: 0 if out.rows < 5 else 1 if out.rows < 8 else 3]
    top = int(has_title)
    height = max(1, (out.rows - top - 1 - len(words)) // len(rows))
    width = max(3, (out.columns - left) // len(columns))
    if has_title:
        out.put(0, 0, fit(labels[1], out.columns), palette.muted)
    for index, cell in enumerate(sweep.cells):
        row, column = place_of(sweep, index)
        y, x = top + (len(rows) - 1 - row) * height, left + column * width
        colour, ink = _colour(sweep, cell.value, palette)
        text = _value(cell.value, sweep, decimals=int(width >= ROOMY)) if cell.is_done else "·"
        text, ink = ("×", palette.error) if cell.is_done and not math.isfinite(cell.value) else (text, ink)
        if colour is not None:
            out.bg[y : y + height, x : x + width] = colour
        middle = y + (height - 1) // 2
        is_current = index == current
        if middle < out.rows:
            text = fit(text, width - 1)
            out.put(middle, x + (width - text_width(text) + 1) // 2, text, ink, bold=is_current)
            if is_current:
                out.put(middle, x, ">" if palette.is_ascii else "▸", ink, bold=True)
    for row, name in enumerate(names):
        middle = top + (len(rows) - 1 - row) * height + (height - 1) // 2
        out.put_right(middle, left - 1, name, palette.muted)
    ticks = top + len(rows) * height
    if ticks < out.rows:
        out.put(ticks, 0, labels[0], palette.muted)
        for column, value in enumerate(columns):
            name = fit(said(sweep.knobs[0], value), width - 1)
            out.put(ticks, left + column * width + (width - text_width(name) + 1) // 2, name, palette.muted)
    for row, text in enumerate(words, ticks + 1):
        out.put(row, 0, fit(text, out.columns), palette.strong)
    if words and text_width(words[-1]) + text_width(hint) + 2 <= out.columns:
        out.put_right(ticks + len(words), out.columns, hint, palette.muted)
    return out


def _last_rows(best: str, hint: str, columns: int) -> list[str]:
    """Break what is said of the cell under the cursor, which never stands without its settings; the hint comes last."""
    rows = wrap(best, columns)
    return rows if text_width(rows[-1]) + text_width(hint) + 2 <= columns else [*rows, ""]


def describe(sweep: Sweep, index: int, labels: Sequence[str], said: ValueWords = plain_words) -> str:
    """Return a cell's knobs in words: "hidden 12, rate 0.1"."""
    knobs = sweep.cells[index].knobs
    return ", ".join(f"{label} {said(knob, knobs[knob])}" for knob, label in zip(sweep.knobs, labels, strict=True))


def write_result(sweep: Sweep, value: float) -> str:
    """Write a value of the sweep's metric."""
    return numbers.percent(value) if sweep.metric.endswith("accuracy") else numbers.loss(value)


def _value(value: float, sweep: Sweep, decimals: int = 0) -> str:
    if sweep.metric.endswith("accuracy"):
        return f"{100 * value:.{decimals}f}"
    return numbers.loss(value)


def _colour(sweep: Sweep, value: float, palette: Palette) -> tuple[int | None, int]:
    """Return background and ink of a value: bright is best. Without colours enough there is no background."""
    known = np.array([cell.value for cell in sweep.cells if math.isfinite(cell.value)])
    colours = palette.map("sequential")
    if not math.isfinite(value) or not colours.is_solid:
        return None, palette.text
    goodness = known if sweep.high_is_best else -np.log10(np.maximum(known, 1e-12))
    own = value if sweep.high_is_best else -math.log10(max(value, 1e-12))
    low, high = float(goodness.min()), float(goodness.max())
    share = (own - low) / (high - low) if high > low else 0.5
    colour = int(colours.colours[colours.index(np.array([share]))][0])
    return colour, palette.ink_on(colour)


def _ranked(
    sweep: Sweep, size: tuple[int, int], palette: Palette, *, current: int, heads: Sequence[str], said: ValueWords
) -> Grid:
    ranked = sweep.ranked
    columns = [*(Column(head, True) for head in heads[:-1]), Column(heads[-1], True, is_firm=True)]
    selected = ranked.index(current) if current in ranked else 0
    first = first_row(selected, 0, max(1, size[1] - 1))
    rows = [
        TableRow(
            str(rank + 1),
            "muted",
            (
                *(said(knob, sweep.cells[index].knobs[knob]) for knob in sweep.knobs),
                write_result(sweep, sweep.cells[index].value),
            ),
        )
        for rank, index in enumerate(ranked[first : first + size[1]], first)
    ]
    return draw_table(columns, rows, size, palette, selected=selected - first, is_focused=True)
