"""A recurrent network unrolled: inputs below, a box of hidden units a step, answers above."""

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, floats
from nnlab.plots.palette import Palette
from nnlab.plots.pixels import draw_pixels, normalized
from nnlab.plots.width import fit, text_width
from nnlab.plots.words import empty_text

Floats = NDArray[np.float64]
NARROWEST, WIDEST = 9, 26
"""Columns of a step with the arrow to the next one."""
ARROW = 3
TALLEST = 3
"""Rows of one unit at most."""


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw steps from left to right; where not all have room, those around the cursor and how many are left out.

    arrays: inputs (T,): texts. states (T, H), drawn on the diverging map between -1 and 1, with numbers where they fit.
        outputs (T,): texts; chances (T,): of them, in [0, 1]. targets (T,): texts; an output that is not its target
        is marked. back (T,): length of the gradient at each state, written below it, with arrows that run back.
        cursor (): a step from 0 that is set off.
    options: names: of the matrices from input to state, state to state, state to output; default U, W, V. empty.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    states = floats(arrays.get("states", np.zeros((0, 0))))
    if states.ndim != 2 or not states.size:
        return put_centred(out, empty_text(options, "no states yet"), palette)
    steps = len(states)
    at = floats(arrays["cursor"]).reshape(-1) if "cursor" in arrays else np.zeros(0)
    cursor = int(np.clip(at[0], 0, steps - 1)) if len(at) and np.isfinite(at[0]) else None
    arrow = ARROW if out.columns > 2 * ARROW else 0  # a sliver shows one box and nothing else
    wide = min(WIDEST, max(NARROWEST, (out.columns - arrow) // steps))
    count = max(1, min(steps, (out.columns - arrow) // wide))
    first = max(0, min(steps - count, (cursor or 0) - count // 2))
    texts = {name: _texts(arrays, name, steps) for name in ("inputs", "outputs", "targets")}
    chances = _numbers(arrays, "chances", steps)
    back = _numbers(arrays, "back", steps) if "back" in arrays else None
    rows = _rows(out.rows, states.shape[1], bool(texts["outputs"]), bool(texts["targets"]), back is not None)
    top = max(0, (out.rows - rows["end"]) // 2)
    names = _matrices(options)
    for step in range(first, first + count):
        left = arrow + (step - first) * wide
        box = (left, min(wide - ARROW, out.columns - left))
        is_current = step == cursor
        _put_output(out, top, rows, box, step, texts, chances, names[2], palette, is_current=is_current)
        _put_state(out, top + rows["state"], box, rows["high"], states[step], palette)
        _put_arrow(out, top + rows["state"], left - ARROW, rows["high"], step, names[1], back, palette)
        if back is not None and rows["back"] >= 0:
            length = numbers.loss(float(back[step]))
            text = f"◂ {length}" if text_width(length) + 2 <= box[1] else length
            _centre(out, top + rows["back"], box, text, palette.warning)
        _put_input(out, top, rows, box, step, texts["inputs"], names[0], palette, is_current=is_current)
    _put_rest(out, top + rows["end"] - 1, first, steps - first - count, palette)
    return out


def _texts(arrays: Arrays, name: str, steps: int) -> list[str]:
    given = [str(text) for text in np.asarray(arrays.get(name, np.zeros(0))).reshape(-1).tolist()]
    return (given + [""] * steps)[:steps] if given else []


def _numbers(arrays: Arrays, name: str, steps: int) -> Floats:
    given = floats(arrays.get(name, np.zeros(0))).reshape(-1)[:steps]
    return np.concatenate([given, np.full(steps - len(given), np.nan)])


def _matrices(options: Options) -> tuple[str, str, str]:
    names = options.get("names") or ("U", "W", "V")
    first, second, third = (str(name) for name in list(names)[:3])  # type: ignore[call-overload]  # foreign options
    return first, second, third


def _rows(rows: int, units: int, has_outputs: bool, has_targets: bool, has_back: bool) -> dict[str, int]:
    """Return the row of each part from the top, -1 for one without room; `high` is the state's height, `end` all."""
    needed = {
        "target": has_targets,
        "output": has_outputs,
        "out_arrow": has_outputs,
        "back": has_back,
        "in_arrow": True,
        "input": True,
        "number": True,
    }
    # Where rows are short these go, in this order; the input and the gradient stay longest.
    for name in ("number", "target", "out_arrow", "in_arrow", "output", "back"):
        if rows < sum(needed.values()) + max(1, (units + 1) // 2):
            needed[name] = False
    room = max(1, rows - sum(needed.values()))
    high = next((tall * units for tall in (TALLEST, 2, 1) if tall * units <= room), min(room, (units + 1) // 2))
    place, at = {}, 0
    for name in ("target", "output", "out_arrow"):
        place[name] = at if needed[name] else -1
        at += needed[name]
    place["state"], place["high"] = at, high
    at += high
    for name in ("back", "in_arrow", "input", "number"):
        place[name] = at if needed[name] else -1
        at += needed[name]
    place["end"] = at
    return place


def _centre(out: Grid, row: int, box: tuple[int, int], text: str, colour: int, *, bold: bool = False) -> None:
    shown = fit(text, box[1])
    out.put(row, box[0] + (box[1] - text_width(shown)) // 2, shown, colour, bold=bold)


def _put_output(
    out: Grid,
    top: int,
    rows: dict[str, int],
    box: tuple[int, int],
    step: int,
    texts: dict[str, list[str]],
    chances: Floats,
    name: str,
    palette: Palette,
    *,
    is_current: bool,
) -> None:
    wanted, given = texts["targets"], texts["outputs"]
    if rows["target"] >= 0:
        _centre(out, top + rows["target"], box, wanted[step], palette.muted)
    if rows["output"] >= 0:
        is_right = not wanted or wanted[step] == given[step]
        sure = f" {100 * chances[step]:.0f}%" if np.isfinite(chances[step]) else ""
        mark = "✓ " if is_right else "✗ "
        text = given[step] + sure
        text = mark + text if wanted and text_width(mark + text) <= box[1] else text
        _centre(out, top + rows["output"], box, text, palette.accent if is_right else palette.error, bold=is_current)
    if rows["out_arrow"] >= 0:
        _centre(out, top + rows["out_arrow"], box, f"↑ {name}", palette.muted)


def _put_state(out: Grid, row: int, box: tuple[int, int], high: int, state: Floats, palette: Palette) -> None:
    colours = palette.map("diverging")
    shares = normalized(state, (-1.0, 1.0))
    shares[~np.isfinite(state)] = np.nan
    units = len(state)
    tall = high // units
    if not tall:
        rest = np.full(2 * high - min(units, 2 * high), np.nan)
        column = np.concatenate([shares[: 2 * high], rest])
        draw_pixels(out, row, box[0], np.repeat(column[:, None], box[1], axis=1), colours, blank=palette.background)
        return
    image = np.repeat(np.repeat(shares, 2 * tall)[:, None], box[1], axis=1)
    draw_pixels(out, row, box[0], image, colours, blank=palette.background)
    for unit, value in enumerate(state.tolist()):
        text = numbers.signed(value, 2)
        if box[1] >= text_width(text) + 1 and np.isfinite(value):
            ink = int(colours.colours[colours.index(shares[unit : unit + 1])][0])
            ink = palette.ink_on(ink) if colours.is_solid else ink
            # Beside glyphs that stand for signs a number would be read with a second one.
            text = text if colours.is_solid or text_width(text) + 2 > box[1] else f" {text} "
            _centre(out, row + unit * tall + (tall - 1) // 2, box, text, ink)


def _put_arrow(
    out: Grid, row: int, column: int, high: int, step: int, name: str, back: Floats | None, palette: Palette
) -> None:
    """Put the arrow from the state before; nothing but zeros comes before the first."""
    middle = row + (high - 1) // 2
    source = "0" if step == 0 else "─"
    out.put(middle, column, f"{source}─▸", palette.muted)
    if high >= 2 and step > 0:
        out.put(middle - 1 if high >= 3 else middle + 1, column + 1, name, palette.muted)
    if back is not None and step > 0 and high >= 3:
        out.put(middle + 1, column, "◂──", palette.warning)


def _put_input(
    out: Grid,
    top: int,
    rows: dict[str, int],
    box: tuple[int, int],
    step: int,
    inputs: list[str],
    name: str,
    palette: Palette,
    *,
    is_current: bool,
) -> None:
    if rows["in_arrow"] >= 0:
        _centre(out, top + rows["in_arrow"], box, f"↑ {name}", palette.muted)
    if inputs:
        colour = palette.accent if is_current else palette.strong
        _centre(out, top + rows["input"], box, inputs[step], colour, bold=is_current)
    if rows["number"] >= 0:
        colour = palette.accent if is_current else palette.muted
        _centre(out, top + rows["number"], box, str(step + 1), colour)


def _put_rest(out: Grid, row: int, before: int, after: int, palette: Palette) -> None:
    """Say how many steps have no room at either side."""
    if before:
        out.put(row, 0, f"‹{before}", palette.muted)
    if after:
        out.put_right(row, out.columns, f"{after}›", palette.muted)
