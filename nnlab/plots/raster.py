"""A raster of dots finer than cells: braille (2x4 a cell), quadrants (2x2), or ASCII (1x3)."""

import numpy as np
from numpy.typing import NDArray

from nnlab.plots.grid import DEFAULT, Grid
from nnlab.plots.palette import Glyphs

_DOTS = {"braille": (2, 4), "block": (2, 2), "ascii": (1, 3)}
# Bit order: down the rows, left dot before right dot.
_BRAILLE = np.array([0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80])
_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
_THIRDS = " '**.***"


def _alphabet(glyphs: Glyphs) -> NDArray[np.str_]:
    if glyphs == "braille":
        codes = [0x2800 + int(_BRAILLE[[bool(i >> b & 1) for b in range(8)]].sum()) for i in range(256)]
        return np.array([" ", *map(chr, codes[1:])], dtype="<U2")
    return np.array(list(_QUADRANTS if glyphs == "block" else _THIRDS), dtype="<U2")


_ALPHABETS: dict[str, NDArray[np.str_]] = {}


class Raster:
    """Dots over a block of cells; each cell has one colour, that of whoever drew into it last."""

    def __init__(self, columns: int, rows: int, glyphs: Glyphs) -> None:
        """Make an empty raster over columns x rows cells."""
        self.glyphs: Glyphs = glyphs
        self.dots_x, self.dots_y = _DOTS[glyphs]
        self.columns, self.rows = columns, rows
        self.dots = np.zeros((rows * self.dots_y, columns * self.dots_x), dtype=np.bool_)
        self.colours = np.full((rows, columns), DEFAULT, dtype=np.int32)

    @property
    def width(self) -> int:
        """Dots in a row."""
        return self.columns * self.dots_x

    @property
    def height(self) -> int:
        """Dots in a column."""
        return self.rows * self.dots_y

    def add(self, mask: NDArray[np.bool_], colour: int) -> None:
        """Light the dots of a mask (height, width)."""
        np.logical_or(self.dots, mask, out=self.dots)
        self.colours[self._touched(mask)] = colour

    def add_spans(self, low: NDArray[np.float64], high: NDArray[np.float64], colour: int) -> None:
        """Light dots low to high (inclusive; rows, top = 0) of every dot column; NaN leaves a column dark."""
        rows = np.arange(self.height, dtype=np.float64)[:, None]
        with np.errstate(invalid="ignore"):
            self.add((rows >= low) & (rows <= high), colour)

    def add_line(self, x: NDArray[np.float64], y: NDArray[np.float64], colour: int, thickness: int = 1) -> None:
        """Draw a path through dots (n,), (n,); parts with a coordinate that is not finite are left out."""
        if not len(x) or not self.dots.size:
            return
        limit = 4.0 * (self.width + self.height)
        x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        with np.errstate(invalid="ignore"):
            fine: NDArray[np.bool_] = np.less(np.hypot(x, y), limit)  # False for NaN, too
        joined = np.flatnonzero(fine[1:] & fine[:-1])
        x0, y0 = x[joined], y[joined]
        dx, dy = x[joined + 1] - x0, y[joined + 1] - y0
        steps = np.ceil(np.maximum(np.abs(dx), np.abs(dy))).astype(np.intp) + 1
        part = np.repeat(np.arange(len(steps)), steps)
        first = np.repeat(np.cumsum(steps) - steps, steps)
        share = (np.arange(len(part)) - first) / np.maximum(steps[part] - 1, 1)
        column = np.rint(np.concatenate([x0[part] + share * dx[part], x[fine]])).astype(np.intp)
        row = np.rint(np.concatenate([y0[part] + share * dy[part], y[fine]])).astype(np.intp)
        offsets = range(-((thickness - 1) // 2), thickness // 2 + 1)
        is_steep = bool(len(dx)) and float(np.abs(dy).sum()) > float(np.abs(dx).sum())
        for offset in offsets:
            c, r = (column + offset, row) if is_steep else (column, row + offset)
            inside = (c >= 0) & (c < self.width) & (r >= 0) & (r < self.height)
            c, r = c[inside], r[inside]
            self.dots[r, c] = True
            self.colours[r // self.dots_y, c // self.dots_x] = colour

    def _touched(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        blocks = mask.reshape(self.rows, self.dots_y, self.columns, self.dots_x)
        return np.asarray(blocks.any(axis=(1, 3)))

    def chars(self) -> NDArray[np.str_]:
        """Return one character a cell (rows, columns); a blank where no dot is lit."""
        if self.glyphs not in _ALPHABETS:
            _ALPHABETS[self.glyphs] = _alphabet(self.glyphs)
        blocks = self.dots.reshape(self.rows, self.dots_y, self.columns, self.dots_x).transpose(0, 2, 1, 3)
        bits = 1 << np.arange(self.dots_x * self.dots_y)
        return _ALPHABETS[self.glyphs][blocks.reshape(self.rows, self.columns, len(bits)) @ bits]

    def draw_on(self, grid: Grid, row: int, column: int) -> None:
        """Put the lit cells on a grid; dark ones leave what is there."""
        lit = self._touched(self.dots)
        area = (slice(row, row + self.rows), slice(column, column + self.columns))
        grid.chars[area] = np.where(lit, self.chars(), grid.chars[area])
        grid.fg[area] = np.where(lit, self.colours, grid.fg[area])
