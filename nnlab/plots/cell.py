"""An LSTM cell at one step: the state as a straight line, the gates that act on it, every value at its place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, floats, number_option
from nnlab.plots.palette import Palette
from nnlab.plots.pixels import draw_pixels, normalized, resample
from nnlab.plots.width import fit, text_width
from nnlab.plots.words import empty_text

Floats = NDArray[np.float64]
GATES = ("f", "i", "g", "o")
_SAID = {"f": "σ", "i": "σ", "g": "tanh", "o": "σ"}
_NEEDED = ("f", "i", "g", "o", "c_before", "c", "h_before", "h")
_WIDTHS = (13, 11, 9, 7, 6)
"""Columns of a gate's block, the widest that fits four times with gaps."""
_BRACKETED = 9
"""Columns of a block from which on brackets show its edges where colour cannot."""
_EXIT = 11
"""Columns right of the blocks, where the output leaves."""
_ROWS = 11
"""Rows of the drawing; with fewer, or too few columns, the equations stand there with their numbers."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where things stand: the middle and the width of each gate's block, and rows from the top."""

    middles: dict[str, int]
    width: int
    line: int
    """Row of the cell state."""
    join: int
    """Row at which input gate and candidate meet."""
    out: int
    """Row at which the output gate lets the state out."""
    blocks: int
    """First row of the gates' blocks."""
    high: int
    """Rows of a block."""

    @property
    def bus(self) -> int:
        """Row of the line that brings h and x to the gates."""
        return self.blocks + self.high + 1


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw one unit of a cell: c_before ⊙ f ⊕ (i ⊙ g) = c along the top, o ⊙ tanh(c) = h out at the right.

    A gate's block has the colour of its value, 0 to 1 on one scale for f, i and o, -1 to 1 for g; with several units
    its last row shows all of them. The line is as bright as what is left of it: after ⊙ f as f is.
    arrays: f, i, o, g, c_before, c, h_before, h, each (H,) or (); x (D,), the step's input, may be absent; unit ():
        index of the unit on show.
    options: unit: before the array's. decimals, default 2. empty: the text without data.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    given = {name: floats(arrays[name]).reshape(-1) for name in _NEEDED if name in arrays}
    units = min((len(values) for values in given.values()), default=0)
    if len(given) < len(_NEEDED) or not units:
        return put_centred(out, empty_text(options, "no step yet"), palette)
    chosen = number_option(options, "unit")
    if chosen is None and "unit" in arrays and np.size(arrays["unit"]):
        chosen = number_option({"unit": float(floats(arrays["unit"]).reshape(-1)[0])}, "unit")
    unit = int(min(max(chosen or 0, 0), units - 1))
    cell = {name: float(values[unit]) for name, values in given.items()}
    x = floats(arrays["x"]).reshape(-1) if "x" in arrays else np.zeros(0)
    decimals = int(min(max(number_option(options, "decimals") or 2, 0), 6))
    plan = _plan(out, units)
    if plan is None:
        return _put_equations(out, cell, decimals, palette)
    _put_lines(out, plan, cell, palette)
    _put_state(out, plan, cell, decimals, palette)
    for gate in GATES:
        _put_block(out, plan, gate, given[gate][:units], unit, decimals, palette)
    _put_inputs(out, plan, cell, x, (unit, units), decimals, palette)
    return out


def _plan(out: Grid, units: int) -> Plan | None:
    """Spread four blocks over the width, and what is left of the rows over the wires."""
    width = next((w for w in _WIDTHS if 4 * w + 3 <= out.columns - _EXIT), 0)
    if not width or out.rows < _ROWS:
        return None
    spare = out.rows - _ROWS
    high = 2 + int(units > 1 and spare >= 1) + int(spare >= 5)
    spare -= high - 2
    slot = (out.columns - _EXIT) / 4
    middles = {gate: int(slot * (i + 0.5)) for i, gate in enumerate(GATES)}
    wires = min(3, spare // 3)
    line = 1 + (spare - 3 * wires) // 2
    join = line + 2 + wires
    leave = join + 1 + wires
    return Plan(middles, width, line, join, leave, leave + 1 + wires, high)


def _put_lines(out: Grid, plan: Plan, cell: dict[str, float], palette: Palette) -> None:
    """Draw the wires: the state's in the accent, as bright as what gets through; the gates' in the line colour."""
    f, i, g, o = (plan.middles[gate] for gate in GATES)
    tanh = _tanh_column(plan)
    last = out.columns - 1
    kept = palette.dim(palette.accent, 0.25 + 0.75 * _share(cell["f"]))
    out.put(plan.line, 0, "━" * f, palette.accent)
    out.put(plan.line, f + 1, "━" * max(0, last - f - 1), kept)
    # What was added makes the line whole again.
    middle = (i + g) // 2
    out.put(plan.line, middle + 1, "━" * max(0, last - middle - 1), palette.accent)
    out.put(plan.line, last, "▶", palette.accent)
    wire = palette.muted
    for row in range(plan.line + 1, plan.blocks):
        out.put(row, f, "│", wire)
    for row in range(plan.line + 1, plan.join):
        out.put(row, middle, "│", wire)
    out.put(plan.join, i, "┌" + "─" * (g - i - 1) + "┐", wire)
    for row in range(plan.join + 1, plan.blocks):
        out.put(row, i, "│", wire)
        out.put(row, g, "│", wire)
    for row in range(plan.line + 1, plan.out):
        out.put(row, tanh, "│", wire)
    for row in range(plan.out + 1, plan.blocks):
        out.put(row, o, "│", wire)
    out.put(plan.out, o, "┌" + "─" * (tanh - o - 1), wire)
    out.put(plan.out, tanh + 1, "━" * max(0, last - tanh - 1), palette.pos)
    out.put(plan.out, last, "▶", palette.pos)
    for column, row in ((f, plan.line), (middle, plan.join), (tanh, plan.out)):
        out.put(row, column, "⊙", palette.strong, bold=True)
    out.put(plan.line, middle, "⊕", palette.strong, bold=True)
    out.put(plan.line, tanh, "┯", palette.accent)
    out.put(plan.bus, 0, "─" * (o + 1), wire)
    for gate in GATES:
        out.put(plan.bus - 1, plan.middles[gate], "│", wire)
        out.put(plan.bus, plan.middles[gate], "┘" if gate == "o" else "┴", wire)


def _tanh_column(plan: Plan) -> int:
    """Return the column at which the state leaves the line on its way out, right of the output gate's block."""
    return plan.middles["o"] + plan.width // 2 + 1


def _share(value: float) -> float:
    return float(min(max(value, 0.0), 1.0)) if np.isfinite(value) else 0.0


def _put_state(out: Grid, plan: Plan, cell: dict[str, float], decimals: int, palette: Palette) -> None:
    """Write the numbers along the line: before, what is kept, what is added, after; and what comes out."""
    f, i, g = (plan.middles[gate] for gate in "fig")
    tanh = _tanh_column(plan)

    def said(value: float) -> str:
        return numbers.fixed(value, decimals)

    top = plan.line - 1
    end = out.put(top, 0, "cₜ₋₁ ", palette.muted)
    end = out.put(top, end, said(cell["c_before"]), palette.strong, bold=True)
    after = f"cₜ {said(cell['c'])}"
    start = out.columns - text_width(after)
    kept, added = said(cell["f"] * cell["c_before"]), numbers.signed(cell["i"] * cell["g"], decimals)
    at = max(end + 2, f + 2)
    if at + text_width(kept) < min((i + g) // 2, start):
        out.put(top, at, kept, palette.text)
    out.put(top, out.put(top, start, "cₜ ", palette.muted), said(cell["c"]), palette.accent, bold=True)
    middle = (i + g) // 2
    if middle + 2 + text_width(added) < tanh:
        out.put(plan.line + 1, middle + 2, added, palette.text)
    squashed = f"tanh {said(float(np.tanh(cell['c'])))}"
    row = max(plan.join, plan.out - 1)
    if tanh - text_width(squashed) > g + 1:
        out.put_right(row, tanh, f"{squashed} ", palette.text)
    leaving = f"hₜ {said(cell['h'])}"
    out.put_right(plan.out + 1, out.columns, leaving, palette.pos, bold=True)


def _put_block(out: Grid, plan: Plan, gate: str, values: Floats, unit: int, decimals: int, palette: Palette) -> None:
    """Paint a gate in the colour of its value, with its name, the number, and all units in its last row."""
    left = plan.middles[gate] - plan.width // 2
    colours = palette.map("diverging" if gate == "g" else "sequential")
    limits = (-1.0, 1.0) if gate == "g" else (0.0, 1.0)
    value = float(values[unit])
    share = normalized(np.array([[value]]), limits)
    has_strip = plan.high > 2 and len(values) > 1
    solid = plan.high - int(has_strip)
    ink, room = palette.text, plan.width
    if colours.is_solid:
        draw_pixels(out, plan.blocks, left, np.full((2 * solid, plan.width), share[0, 0]), colours)
        ink = palette.ink_on(int(colours.colours[colours.index(share)][0, 0]))
    elif plan.width >= _BRACKETED:
        room -= 2
        for row in range(solid):
            out.put(plan.blocks + row, left, "[", palette.muted)
            out.put(plan.blocks + row, left + plan.width - 1, "]", palette.muted)
    name, number = f"{gate} {_SAID[gate]}", numbers.fixed(value, decimals)
    first = plan.blocks + (solid - 2) // 2
    for row, text in ((first, name), (first + 1, number)):
        shown = fit(text, room)
        out.put(row, left + (plan.width - text_width(shown)) // 2, shown, ink, bold=row > first)
    if has_strip:
        count = min(len(values), plan.width)
        units = values if count == len(values) else resample(values[None], 1, count)[0]
        spread = units[np.arange(plan.width) * count // plan.width]
        shares = normalized(np.tile(spread, (2, 1)), limits)
        draw_pixels(out, plan.blocks + plan.high - 1, left, shares, colours)


def _put_inputs(
    out: Grid,
    plan: Plan,
    cell: dict[str, float],
    x: Floats,
    unit: tuple[int, int],
    decimals: int,
    palette: Palette,
) -> None:
    row = plan.bus + 1
    end = out.put(row, out.put(row, 0, "hₜ₋₁ ", palette.muted), numbers.fixed(cell["h_before"], decimals), palette.text)
    if x.size:
        said = ", ".join(numbers.short(value, 2) for value in x[:4].tolist()) + (" …" if x.size > 4 else "")
        end = out.put(row, out.put(row, end + 3, "xₜ ", palette.muted), said, palette.text)
    if unit[1] > 1:
        text = f"{unit[0] + 1} / {unit[1]}"
        if end + text_width(text) + 2 <= out.columns:
            out.put_right(row, out.columns, text, palette.muted)


def _put_equations(out: Grid, cell: dict[str, float], decimals: int, palette: Palette) -> Grid:
    """Write the step as sums, the most important lines first where not all fit."""

    def said(value: float) -> str:
        return numbers.fixed(value, decimals)

    c, h = said(cell["c"]), said(cell["h"])
    lines = [
        (
            "c",
            f"{said(cell['f'])} · {said(cell['c_before'])} + {said(cell['i'])} · {said(cell['g'])}",
            c,
            palette.accent,
        ),
        ("h", f"{said(cell['o'])} · tanh({c})", h, palette.pos),
        *((gate, _SAID[gate], said(cell[gate]), palette.strong) for gate in GATES),
    ]
    for row, (name, sum_, value, colour) in enumerate(lines[: out.rows]):
        end = out.put(row, 0, f"{name} ", palette.muted)
        room = out.columns - end - text_width(value) - 5
        if row < 2 and room >= text_width(sum_):
            end = out.put(row, out.put(row, end, "= ", palette.muted), sum_, palette.text) + 1
            end = out.put(row, end, "= ", palette.muted)
        elif row >= 2:
            end = out.put(row, end, f"{sum_} ".rjust(6), palette.muted)
        out.put(row, end, fit(value, max(0, out.columns - end)), colour, bold=True)
    return out
