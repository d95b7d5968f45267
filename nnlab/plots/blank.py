"""What a plot shows when there is nothing to plot: one muted sentence in the middle."""

from nnlab.plots.grid import Grid
from nnlab.plots.palette import Palette
from nnlab.plots.width import fit, text_width, wrap


def put_centred(grid: Grid, message: str, palette: Palette) -> Grid:
    """Write a message in the middle of a grid, in as many lines as fit; return the grid."""
    if grid.columns < 1 or grid.rows < 1:
        return grid
    lines = wrap(message, grid.columns)[: grid.rows]
    first = (grid.rows - len(lines)) // 2
    for i, line in enumerate(lines):
        shown = fit(line, grid.columns)
        grid.put(first + i, (grid.columns - text_width(shown)) // 2, shown, palette.muted)
    return grid
