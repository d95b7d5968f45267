"""A grid of cells: what every plot draws, whatever shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nnlab.plots.width import cells, text_width

DEFAULT = -1
"""The colour that leaves the terminal's, or the screen's, own colour."""
INDEXED = 0x1000000
"""INDEXED + i is colour i of the terminal's 16 or 256; below it a colour is 0xRRGGBB."""

Run = tuple[str, int, int, bool]
"""Text, foreground, background, bold: neighbours in a row that look alike."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Cells of one plot. Drawn by `put` and `paste`, then handed on and left alone."""

    chars: NDArray[np.str_]
    """(rows, columns): one character each, '' right of a wide one."""
    fg: NDArray[np.int32]
    """(rows, columns): -1 default, 0xRRGGBB, or INDEXED + i."""
    bg: NDArray[np.int32]
    """(rows, columns), as fg."""
    bold: NDArray[np.bool_]
    """(rows, columns)."""

    @classmethod
    def blank(cls, size: tuple[int, int], bg: int = DEFAULT) -> "Grid":
        """Return an empty grid of (columns, rows)."""
        shape = (max(0, size[1]), max(0, size[0]))
        return cls(
            np.full(shape, " ", dtype="<U2"),
            np.full(shape, DEFAULT, dtype=np.int32),
            np.full(shape, bg, dtype=np.int32),
            np.zeros(shape, dtype=np.bool_),
        )

    @property
    def columns(self) -> int:
        """Its width in cells."""
        return int(self.chars.shape[1])

    @property
    def rows(self) -> int:
        """Its height in cells."""
        return int(self.chars.shape[0])

    def put(
        self, row: int, column: int, text: str, fg: int = DEFAULT, *, bg: int | None = None, bold: bool = False
    ) -> int:
        """Write a text, clipped at the edges; return the column after it. A bg of None keeps what is there."""
        spelled = cells(text)
        end = column + len(spelled)
        if not 0 <= row < self.rows:
            return end
        start, stop = max(0, column), min(self.columns, end)
        if start >= stop:
            return end
        shown = spelled[start - column : stop - column]
        if shown[0] == "":
            shown[0] = " "
        if text_width(shown[-1]) == 2:
            shown[-1] = " "
        self._free_halves(row, start, stop)
        self.chars[row, start:stop] = shown
        self.fg[row, start:stop] = fg
        self.bold[row, start:stop] = bold
        if bg is not None:
            self.bg[row, start:stop] = bg
        return end

    def _free_halves(self, row: int, start: int, stop: int) -> None:
        # A wide character that is half overwritten would shift the rest of its row.
        if self.chars[row, start] == "" and start > 0:
            self.chars[row, start - 1] = " "
        if stop < self.columns and self.chars[row, stop] == "":
            self.chars[row, stop] = " "

    def put_right(self, row: int, end: int, text: str, fg: int = DEFAULT, *, bold: bool = False) -> int:
        """Write a text that ends before column `end`; return its first column."""
        start = end - text_width(text)
        self.put(row, start, text, fg, bold=bold)
        return start

    def paste(self, other: "Grid", row: int, column: int) -> None:
        """Copy another grid onto this one, clipped at the edges."""
        top, left = max(0, row), max(0, column)
        bottom, right = min(self.rows, row + other.rows), min(self.columns, column + other.columns)
        if top >= bottom or left >= right:
            return
        here = (slice(top, bottom), slice(left, right))
        there = (slice(top - row, bottom - row), slice(left - column, right - column))
        self.chars[here], self.fg[here] = other.chars[there], other.fg[there]
        self.bg[here], self.bold[here] = other.bg[there], other.bold[there]
        first, last = self.chars[top:bottom, left], self.chars[top:bottom, right - 1]
        first[first == ""] = " "
        if right - column < other.columns:
            last[other.chars[top - row : bottom - row, right - column] == ""] = " "

    def lines(self) -> list[str]:
        """Return plain text, a line per row, without trailing blanks."""
        return ["".join(row).rstrip() for row in self.chars.tolist()]

    def runs(self, row: int) -> list[Run]:
        """Return one row as runs of cells that look alike."""
        if not self.columns:
            return []
        fg, bg, bold = self.fg[row], self.bg[row], self.bold[row]
        same = (fg[1:] == fg[:-1]) & (bg[1:] == bg[:-1]) & (bold[1:] == bold[:-1])
        starts = [0, *(np.flatnonzero(~same) + 1).tolist()]
        chars = self.chars[row].tolist()
        colours = zip(fg[starts].tolist(), bg[starts].tolist(), bold[starts].tolist(), strict=True)
        ends = [*starts[1:], self.columns]
        return [("".join(chars[a:b]), f, g, heavy) for a, b, (f, g, heavy) in zip(starts, ends, colours, strict=True)]

    def ansi(self) -> list[str]:
        """Return lines for a terminal: SGR codes per run, each line reset at its end. No codes where all is default."""
        out = []
        for row in range(self.rows):
            parts = []
            for text, fg, bg, bold in self._trimmed_runs(row):
                codes = sgr(fg, bg, bold)
                parts.append(f"{codes}{text}\x1b[0m" if codes else text)
            out.append("".join(parts))
        return out

    def _trimmed_runs(self, row: int) -> Iterable[Run]:
        runs = self.runs(row)
        while runs and runs[-1][2] == DEFAULT and not runs[-1][0].strip():
            runs.pop()
        if runs and runs[-1][2] == DEFAULT:
            text, fg, bg, bold = runs[-1]
            runs[-1] = (text.rstrip(), fg, bg, bold)
        return runs

    def changed_rows(self, other: "Grid | None") -> list[int]:
        """Return the rows that differ from another grid; all of them when the sizes differ or there is none."""
        if other is None or other.chars.shape != self.chars.shape:
            return list(range(self.rows))
        differs = (
            (self.chars != other.chars) | (self.fg != other.fg) | (self.bg != other.bg) | (self.bold != other.bold)
        )
        rows: list[int] = np.flatnonzero(differs.any(axis=1)).tolist()
        return rows


@lru_cache(4096)
def sgr(fg: int, bg: int, bold: bool) -> str:
    """Return the control sequence that selects a look; none for the default look."""
    codes = ["1"] if bold else []
    for colour, base in ((fg, 30), (bg, 40)):
        if colour == DEFAULT:
            continue
        if colour < INDEXED:
            codes.append(f"{base + 8};2;{colour >> 16};{colour >> 8 & 255};{colour & 255}")
        elif (index := colour - INDEXED) < 16:
            codes.append(str(base + index if index < 8 else base + 52 + index))
        else:
            codes.append(f"{base + 8};5;{index}")
    return f"\x1b[{';'.join(codes)}m" if codes else ""


def vstack(grids: Sequence[Grid], gap: int = 0) -> Grid:
    """Stack grids from top to bottom, with blank rows between them."""
    rows = sum(grid.rows for grid in grids) + gap * max(0, len(grids) - 1)
    out = Grid.blank((max((grid.columns for grid in grids), default=0), rows))
    row = 0
    for grid in grids:
        out.paste(grid, row, 0)
        row += grid.rows + gap
    return out


def hstack(grids: Sequence[Grid], gap: int = 0) -> Grid:
    """Set grids side by side, with blank columns between them."""
    columns = sum(grid.columns for grid in grids) + gap * max(0, len(grids) - 1)
    out = Grid.blank((columns, max((grid.rows for grid in grids), default=0)))
    column = 0
    for grid in grids:
        out.paste(grid, 0, column)
        column += grid.columns + gap
    return out
