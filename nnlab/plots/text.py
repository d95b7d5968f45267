"""Text as a view: lines, sampled characters, what an experiment has to say in words."""

import numpy as np

from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, flag_option, names_option, text_option
from nnlab.plots.palette import Palette
from nnlab.plots.width import fit, text_width, wrap
from nnlab.plots.words import empty_text


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw lines, broken at spaces.

    arrays: text (n,) of str, a line each, or of unsigned bytes that hold UTF-8. heads (n,): texts in a column of their
        own, left of each line of str; the last pair is set off. options: lines: shown before the arrays', without
        heads. colour: a role, default text. tail: True shows the end where not all fits. empty.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    lines = names_option(options, "lines")
    if "text" in arrays:
        given = np.asarray(arrays["text"]).reshape(-1)
        if given.dtype.kind == "u":
            lines += given.astype(np.uint8).tobytes().decode("utf-8", "replace").split("\n")
        else:
            lines += [part for line in given.tolist() for part in str(line).split("\n")]
    if not any(line.strip() for line in lines):
        return put_centred(out, empty_text(options, "no text yet"), palette)
    heads = [str(head) for head in np.asarray(arrays.get("heads", np.zeros(0))).reshape(-1).tolist()]
    left = min(max(map(text_width, heads), default=-2) + 2, out.columns // 3)
    if heads and len(heads) == len(lines):
        return _draw_pairs(out, heads, lines, left, is_tail=flag_option(options, "tail"), palette=palette)
    broken = [part for line in lines for part in wrap(line.replace("\t", "    "), out.columns)]
    is_cut = len(broken) > out.rows
    shown = broken[-out.rows :] if flag_option(options, "tail") else broken[: out.rows]
    colour = palette.role(text_option(options, "colour", "text"))
    for row, line in enumerate(shown):
        out.put(row, 0, line, colour)
    if is_cut and out.columns >= 4:
        row = 0 if flag_option(options, "tail") else out.rows - 1
        out.put(row, out.columns - 2, " ↑" if flag_option(options, "tail") else " ↓", palette.muted)
    return out


def _draw_pairs(out: Grid, heads: list[str], lines: list[str], left: int, *, is_tail: bool, palette: Palette) -> Grid:
    """Draw each line beside its head, right-aligned; whole pairs go where not all fit, first ones before the last."""
    pairs = [(head, wrap(line, out.columns - left)) for head, line in zip(heads, lines, strict=True)]
    while len(pairs) > 1 and sum(len(broken) for _, broken in pairs) > out.rows:
        pairs.pop(0 if is_tail else -1)
    row = 0
    for index, (head, broken) in enumerate(pairs):
        is_last = index == len(pairs) - 1
        shown = fit(head, left - 1)
        out.put(row, left - 2 - text_width(shown), shown, palette.accent if is_last else palette.muted)
        for line in broken:
            out.put(row, left, line, palette.strong if is_last else palette.muted)
            row += 1
    return out
