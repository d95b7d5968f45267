"""The stage's arrangement: which views stand where at a given size. Pure arithmetic in cells.

wide     150x44 and more   two columns, every view, three-row knobs
medium   120 columns       first two views, a loss below, one-row knobs
narrow    80 columns       one view with tabs, one line each for loss and seeds
single   below that        one pane that shows prose or stage
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nnlab.lab.views import View

Class = Literal["wide", "medium", "narrow", "single"]

GAP = 4
STRIP_ROWS = 4
ROW_KINDS = ("timeline", "unrolled", "chain")
"""Kinds that take a whole row of the stage: a time axis and a chain of layers need its width."""
SHARE, TALL_SHARE = 58, 60
"""Percent of the width that the left one of two panes takes; the second where it stands beside several."""
LEAST_ROWS = 5
"""Rows that a pane without a wish must be left with before the wishes of others count."""
SHORT_ROWS = 11
"""Of panes that are nothing but tables and bars, which have few lines: a header and ten of them."""
LEAST_FOR_TWO = 48
"""Columns from which on two panes stand side by side; beside the drawing pane there are fewer."""


def width_class(columns: int, rows: int) -> Class:
    """Return the breakpoint that a terminal of this size falls under."""
    if columns >= 150 and rows >= 44:
        return "wide"
    if columns >= 120:
        return "medium"
    return "narrow" if columns >= 80 else "single"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a view stands on the stage, in cells."""

    view: str
    x: int
    y: int
    width: int
    height: int
    is_compact: bool = False
    """Drawn as one line: a sparkline or a row of squares."""


def arrange(views: Sequence[View], width: int, height: int, kind: Class, shown: int = 0) -> list[Place]:
    """Place views on a stage of width x height cells.

    shown: index of the one view that a narrow stage shows (the tabs above it are the caller's).
    """
    if not views or width < 8 or height < 3:
        return []
    if len(views) == 1:  # zoomed, or all there is; a strip as well
        return [Place(views[0].id, 0, 0, width, height)]
    if kind in ("narrow", "single"):
        return _one_with_lines(views, width, height, shown)
    strips = [view for view in views if view.kind == "strip"]
    panes = [view for view in views if view.kind != "strip"]
    if kind == "medium":
        panes = panes[:3]
    strip_rows = (STRIP_ROWS if kind == "wide" else 1) * len(strips) + len(strips)
    is_tall = kind == "wide" and len(panes) > 1 and bool(panes[0].options.get("tall"))
    place = _beside_tall if is_tall else _in_columns
    places = place(panes, width, height - strip_rows)
    y = height - strip_rows
    for strip in strips:
        rows = STRIP_ROWS if kind == "wide" else 1
        places.append(Place(strip.id, 0, y + 1, width, rows, is_compact=kind != "wide"))
        y += rows + 1
    return places


def _in_columns(panes: Sequence[View], width: int, height: int) -> list[Place]:
    """Rows of two panes; an odd last one takes the whole width, as some kinds do; the first row is the higher one."""
    if not panes:
        return []
    if len(panes) == 1:
        return [Place(panes[0].id, 0, 0, width, height)]
    rows: list[list[View]] = []
    for pane in panes:
        has_partner = rows and len(rows[-1]) == 1 and rows[-1][0].kind not in ROW_KINDS
        if has_partner and pane.kind not in ROW_KINDS and width >= LEAST_FOR_TWO:
            rows[-1].append(pane)
        else:
            rows.append([pane])
    heights = _row_heights([all(map(_is_short, row)) for row in rows], height - (len(rows) - 1))
    places = []
    y = 0
    for row, row_height in zip(rows, heights, strict=True):
        if len(row) == 1:
            places.append(Place(row[0].id, 0, y, width, row_height))
        else:
            left = (width - GAP) * SHARE // 100
            places.append(Place(row[0].id, 0, y, left, row_height))
            places.append(Place(row[1].id, left + GAP, y, width - left - GAP, row_height))
        y += row_height + 1
    return places


def _row_heights(is_short: Sequence[bool], height: int) -> list[int]:
    """Share height cells among rows of panes: short ones get what they need, the rest is 5 to 3, the first the most."""
    even = height // len(is_short)
    if all(is_short):
        return [height - even * (len(is_short) - 1), *[even] * (len(is_short) - 1)]
    heights = [min(SHORT_ROWS, even) if short else 0 for short in is_short]
    weights = [0.0 if short else 3.0 if i else 5.0 for i, short in enumerate(is_short)]
    room = height - sum(heights)
    heights = [own or int(room * weight / sum(weights)) for own, weight in zip(heights, weights, strict=True)]
    heights[is_short.index(False)] += height - sum(heights)
    return heights


def _is_short(view: View) -> bool:
    return view.kind == "table" or (view.kind == "bars" and view.options.get("direction") != "up")


def _beside_tall(panes: Sequence[View], width: int, height: int) -> list[Place]:
    """The first pane from top to bottom, the others below one another beside it.

    Those that say how many rows their plot needs (`height`) get them, the rest share what is left.
    """
    left = (width - GAP) * TALL_SHARE // 100
    places = [Place(panes[0].id, 0, 0, left, height)]
    rest = panes[1:]
    asked = {pane.id: rows + 1 for pane in rest if isinstance(rows := pane.options.get("height"), int)}
    room = height - (len(rest) - 1)
    free = len(rest) - len(asked)
    if not free or (room - sum(asked.values())) // free < LEAST_ROWS:
        asked, free = {}, len(rest)
    y, room = 0, room - sum(asked.values())
    for pane in rest:
        rows = asked.get(pane.id, 0)
        if not rows:
            rows = room // free
            room, free = room - rows, free - 1
        places.append(Place(pane.id, left + GAP, y, width - left - GAP, rows))
        y += rows + 1
    return places


def _one_with_lines(views: Sequence[View], width: int, height: int, shown: int) -> list[Place]:
    """One view in full, the loss and the seeds as one line each below it when there is room.

    The first curve over steps is that line, before one that a probe draws: along another axis a line says little.
    """
    main = views[shown % len(views)]
    lines = [view for view in views if view.kind in ("curve", "strip") and view.id != main.id] if height >= 12 else []
    kept: dict[str, View] = {}
    for view in sorted(lines, key=lambda view: bool(view.probe)):
        kept.setdefault(view.kind, view)
    rows = len(kept)
    places = [Place(main.id, 0, 0, width, height - rows)]
    for offset, view in enumerate(kept.values()):
        places.append(Place(view.id, 0, height - rows + offset, width, 1, is_compact=True))
    return places


def arrange_bench(views: Sequence[View], width: int, height: int, kind: Class, shown: int = 0) -> list[Place]:
    """Place the workbench's views: two panes side by side, below them the curves and the table at full width."""
    if len(views) < 3 or width < 8 or height < 12 or kind in ("narrow", "single"):
        return arrange(views, width, height, kind, shown)
    panes = list(views[:-2])[:2]
    table_rows = max(4, min(10, height // 5))
    curve_rows = max(6, (height - table_rows) * 34 // 100)
    top = height - table_rows - curve_rows - 2
    left = width if len(panes) == 1 else (width - GAP) * 47 // 100
    places = [Place(panes[0].id, 0, 0, left, top)]
    if len(panes) > 1:
        places.append(Place(panes[1].id, left + GAP, 0, width - left - GAP, top))
    places.append(Place(views[-2].id, 0, top + 1, width, curve_rows))
    places.append(Place(views[-1].id, 0, top + curve_rows + 2, width, table_rows))
    return places
