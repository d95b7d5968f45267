"""Text as a view: lines, sampled characters, what an experiment has to say in words."""

import numpy as np

from nnlab.plots.blank import put_centred
from nnlab.plots.grid import Grid
from nnlab.plots.options import Arrays, Options, flag_option, names_option, text_option
from nnlab.plots.palette import Palette
from nnlab.plots.width import wrap


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw lines, broken at spaces.

    arrays: text (n,) of str, a line each, or of unsigned bytes that hold UTF-8. options: lines: shown before the
        arrays'. colour: a role, default text. tail: True shows the end where not all fits. empty.
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
        return put_centred(out, text_option(options, "empty", "no text yet"), palette)
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
