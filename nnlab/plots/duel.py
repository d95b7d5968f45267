"""Two networks against each other as blocks: noise, generator, discriminator, real samples, and both ways back."""

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, floats, names_option
from nnlab.plots.palette import Palette
from nnlab.plots.picture import enlarge
from nnlab.plots.pixels import draw_pixels, normalized
from nnlab.plots.raster import Raster
from nnlab.plots.words import empty_text

Floats = NDArray[np.float64]
READS, LEARNS, DRAWS, ANSWERS, MOVES = range(5)
"""Phases of a round: D reads, D learns, G draws, D answers, G moves."""
_BUSY = {READS: "zgrdo", LEARNS: "DL", DRAWS: "zg", ANSWERS: "gdo", MOVES: "GM"}
"""Which parts are set off in a phase: z, g, r: noise, generated, real; d: into D; o: out; L, M: the two ways back."""
_WIDE = (39, 12)


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw the blocks with the numbers of this moment, or as four lines where blocks have no room.

    arrays: noise (N, 2), generated (N, 2), real (N, 2): little clouds, or pictures generated (H, W), real (H, W) when
        `pictures` is there; d_real (), d_generated (): D's mean answers in [0, 1]; d_loss (), g_loss (); phase (): 0 to
        4, else none is set off.
    options: extent (x0, x1, y0, y1) of the clouds. names: of D(x) and D(G(z)). empty: the text without data.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    if "d_loss" not in arrays:
        return put_centred(out, empty_text(options, "no game yet"), palette)
    seen = {name: float(floats(arrays.get(name, np.nan)).reshape(-1)[:1].sum()) for name in _NUMBERS}
    if "d_real" not in arrays or not floats(arrays["d_loss"]).size:
        seen = dict.fromkeys(_NUMBERS, float("nan")) | {name: seen[name] for name in _NUMBERS if name in arrays}
    phase = int(seen["phase"]) if np.isfinite(seen["phase"]) else -1
    if out.columns < _WIDE[0] or out.rows < _WIDE[1]:
        return _draw_lines(out, seen, phase, options, palette)
    _Blocks(out, phase, palette).draw(arrays, seen, options)
    return out


_NUMBERS = ("d_real", "d_generated", "d_loss", "g_loss", "phase")


def _names(options: Options) -> list[str]:
    return names_option(options, "names") or ["D(x)", "D(G(z))"]


def _draw_lines(out: Grid, seen: dict[str, float], phase: int, options: Options, palette: Palette) -> Grid:
    names = _names(options)
    lines = (
        ("z → G → D", f"{names[1]} {numbers.fixed(seen['d_generated'], 2)}", "zgo"),
        ("    x → D", f"{names[0]} {numbers.fixed(seen['d_real'], 2)}", "r"),
        ("        D ←", f"L_D {numbers.loss(seen['d_loss'])}", "L"),
        ("    G ← D ←", f"L_G {numbers.loss(seen['g_loss'])}", "M"),
    )
    for row, (way, number, parts) in enumerate(lines):
        is_busy = any(part in _BUSY.get(phase, "") for part in parts)
        out.put(row, 0, way, palette.accent if is_busy else palette.muted, bold=is_busy)
        out.put(row, 13, number, palette.strong)
    return out


class _Blocks:
    """The diagram: columns for noise, G, samples, D and its answers; two rows below for the ways back."""

    def __init__(self, out: Grid, phase: int, palette: Palette) -> None:
        self.out, self.palette = out, palette
        self.busy = _BUSY.get(phase, "")
        # Four blocks, three arrows between them and D's answers; the arrows get what the blocks leave.
        self.box = 5 if out.columns >= 48 else 3
        self.cloud = min(18, max(7, (out.columns - 2 * self.box - _ANSWERS - 9) // 3))
        self.high = min((self.cloud + 1) // 2, (out.rows - 5) // 2)
        rest = out.columns - 2 * self.cloud - 2 * self.box - _ANSWERS
        self.gap = max(3, min(10, rest // 3))
        self.x_g = self.cloud + self.gap
        self.x_made = self.x_g + self.box + self.gap
        self.x_d = self.x_made + self.cloud + self.gap
        self.x_out = self.x_d + self.box + 1

    def colour(self, part: str) -> int:
        return self.palette.accent if part in self.busy else self.palette.muted

    def draw(self, arrays: Arrays, seen: dict[str, float], options: Options) -> None:
        out, palette, high = self.out, self.palette, self.high
        names = _names(options)
        upper, lower = 1 + high // 2, high + 3 + high // 2
        self.cloud_of("noise", "z", 0, 0, arrays, options, "z")
        self.cloud_of("generated", "G(z)", 0, self.x_made, arrays, options, "g")
        self.cloud_of("real", "x", high + 2, self.x_made, arrays, options, "r")
        self.box_of("G", 1, self.x_g, high, palette.pos, "G")
        self.box_of("D", 1, self.x_d, 2 * high + 2, palette.neg, "D")
        self.arrow(upper, self.cloud, self.x_g, "z")
        self.arrow(upper, self.x_g + self.box, self.x_made, "g")
        self.arrow(upper, self.x_made + self.cloud, self.x_d, "d")
        self.arrow(lower, self.x_made + self.cloud, self.x_d, "d")
        for row, name, value, role in (
            (upper, names[1], seen["d_generated"], palette.pos),
            (lower, names[0], seen["d_real"], palette.neg),
        ):
            out.put(row - 1, self.x_out, name, role if "o" in self.busy else palette.muted, bold="o" in self.busy)
            end = out.put(row, self.x_out, numbers.fixed(value, 2) + " ", palette.strong, bold=True)
            self.meter(row, end, value, role)
        self.way_back(2 * high + 3, seen)

    def meter(self, row: int, column: int, value: float, role: int) -> None:
        """An answer as a bar from 0 to 1, where a few cells are left."""
        width = min(12, self.out.columns - column)
        if width < 4 or not np.isfinite(value):
            return
        full = round(width * min(max(value, 0.0), 1.0))
        self.out.put(row, column, "━" * full, role)
        self.out.put(row, column + full, "─" * (width - full), self.palette.line)

    def box_of(self, name: str, top: int, left: int, high: int, role: int, part: str) -> None:
        edge = self.palette.accent if part in self.busy else role
        out, inner = self.out, self.box - 2
        out.put(top, left, "┌" + "─" * inner + "┐", edge)
        for row in range(top + 1, top + high - 1):
            out.put(row, left, "│" + " " * inner + "│", edge)
        out.put(top + high - 1, left, "└" + "─" * inner + "┘", edge)
        out.put(top + (high - 1) // 2, left + self.box // 2, name, self.palette.strong, bold=True)

    def arrow(self, row: int, start: int, end: int, part: str) -> None:
        self.out.put(row, start + 1, "─" * (end - start - 3) + "▸", self.colour(part), bold=part in self.busy)

    def cloud_of(self, key: str, name: str, top: int, left: int, arrays: Arrays, options: Options, part: str) -> None:
        """A name over a small cloud, or over a picture."""
        out, palette = self.out, self.palette
        out.put(top, left, name, self.colour(part), bold=part in self.busy)
        points = floats(arrays.get(key, np.zeros((0, 2))))
        if key != "noise" and "pictures" in arrays:
            if points.ndim == 2 and points.size:
                large, _ = enlarge(normalized(points, (0.0, 1.0)), self.cloud, self.high)
                draw_pixels(out, top + 1, left, large, palette.map("ink"), blank=palette.background)
            return
        extent = floats(options.get("extent") or (-1, 1, -1, 1)).reshape(-1) if key != "noise" else np.array(_UNIT)
        if points.ndim != 2 or points.shape[-1] < 2 or len(extent) != 4:
            return
        raster = Raster(self.cloud, self.high, palette.glyphs)
        share = (points[:, :2] - extent[[0, 2]]) / (extent[[1, 3]] - extent[[0, 2]])
        share = share[np.isfinite(share).all(axis=1) & (share >= 0).all(axis=1) & (share < 1).all(axis=1)]
        role = {"noise": palette.text, "generated": palette.pos, "real": palette.neg}[key]
        mask = np.zeros((raster.height, raster.width), dtype=np.bool_)
        mask[
            ((1 - share[:, 1]) * (raster.height - 1)).astype(np.intp), (share[:, 0] * raster.width).astype(np.intp)
        ] = 1
        raster.add(mask, role)
        raster.draw_on(out, top + 1, left)

    def way_back(self, row: int, seen: dict[str, float]) -> None:
        """Below the blocks: D's own loss goes to D; the generator's goes through D to G."""
        out, palette = self.out, self.palette
        d, g = self.x_d + self.box // 2, self.x_g + self.box // 2
        colour, is_busy = self.colour("L"), "L" in self.busy
        out.put(row, d, "▴", colour, bold=is_busy)
        end = out.put(row, d + 1, "─" * (self.x_out - d - 2) + " ", colour, bold=is_busy)
        out.put(row, out.put(row, end, "L_D ", colour), numbers.loss(seen["d_loss"]), palette.strong, bold=True)
        colour, is_busy = self.colour("M"), "M" in self.busy
        for line in range(self.high + 1, row + 1):
            out.put(line, g, "▴" if line == self.high + 1 else "│", colour, bold=is_busy)
        out.put(row + 1, g, "└" + "─" * (self.x_out - g - 2) + " ", colour, bold=is_busy)
        end = out.put(row + 1, self.x_out, "L_G ", colour)
        out.put(row + 1, end, numbers.loss(seen["g_loss"]), palette.strong, bold=True)
        out.put(row + 1, d, "┴", colour, bold=is_busy)


_UNIT = (-3.0, 3.0, -3.0, 3.0)
_ANSWERS = 10
"""Columns right of D."""
