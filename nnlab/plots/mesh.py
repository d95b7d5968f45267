"""A mesh: a square that a function bends over the plane, its colours and threads showing what went where."""

import numpy as np
from numpy.typing import NDArray

from nnlab.plots.blank import put_centred
from nnlab.plots.grid import DEFAULT, Grid
from nnlab.plots.options import Arrays, Options, floats, text_option
from nnlab.plots.palette import Palette
from nnlab.plots.pixels import draw_pixels
from nnlab.plots.raster import Raster
from nnlab.plots.words import empty_text

Floats = NDArray[np.float64]
FAINTEST = 0.22
"""Place on the colour map of the square's lower edge: the map's own beginning is the bare paper."""
FINE = 13
"""Each quad of the mesh is filled by that many points a side."""
THREADS = 6
"""About so many threads are drawn each way: more would fill the cells."""
LEVELS = 6
"""Steps from the bare paper to the full colour."""
_INSET = (12, 6)


def draw(arrays: Arrays, options: Options, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw the image of a square, coloured by the row of the square that each place comes from.

    arrays: mesh (R, C, 2): where the point in row r and column c of the square went. points (N, 2): drawn as dots over
        it. extent (4,) or option extent (x0, x1, y0, y1) of the plane on show.
    options: source: what the square is called; in a free corner it stands as it was. empty: the text without data.
    """
    out = Grid.blank(size)
    if out.columns < 2 or out.rows < 1:
        return out
    mesh = floats(arrays["mesh"]) if "mesh" in arrays else np.zeros((0, 0, 2))
    if mesh.ndim != 3 or min(mesh.shape) < 2 or mesh.shape[2] != 2 or not np.isfinite(mesh).all():
        return put_centred(out, empty_text(options, "no mesh yet"), palette)
    extent = _extent(options)
    columns, rows = _square(out.columns, out.rows, extent)
    width, height = _INSET
    wants_inset = bool(text_option(options, "source")) and out.rows >= 3 * height and out.columns >= 3 * width
    left = out.columns - columns if wants_inset else (out.columns - columns) // 2
    picture = Grid.blank((columns, rows))
    _fill(picture, _cells(mesh.reshape(-1, 2), extent, columns, rows).reshape(mesh.shape), palette)
    _dot(picture, floats(arrays.get("points", np.zeros((0, 2)))), extent, palette)
    out.paste(picture, 0, left)
    # In a corner of the plane that nothing was sent to; elsewhere the square would hide its own image.
    if wants_inset and np.isin(out.bg[: height + 2, : width + 2], (DEFAULT, palette.background)).all():
        square = Grid.blank((width, height))
        lattice = np.stack(np.meshgrid(np.linspace(0, 1, mesh.shape[1]), np.linspace(1, 0, mesh.shape[0])), axis=-1)
        _fill(square, lattice * (width - 1e-6, height - 1e-6), palette)
        out.put(0, 0, text_option(options, "source"), palette.muted)
        out.paste(square, 1, 0)
    return out


def _extent(options: Options) -> tuple[float, float, float, float]:
    given = floats(options.get("extent") or (-1, 1, -1, 1)).reshape(-1)
    if len(given) != 4 or not np.isfinite(given).all() or given[0] >= given[1] or given[2] >= given[3]:
        return -1.0, 1.0, -1.0, 1.0
    return float(given[0]), float(given[1]), float(given[2]), float(given[3])


def _square(columns: int, rows: int, extent: tuple[float, float, float, float]) -> tuple[int, int]:
    """Return the columns and rows of the plane: a cell is two units high where it is one wide."""
    ratio = (extent[1] - extent[0]) / (extent[3] - extent[2])
    wide = round(2 * rows * ratio)
    if wide <= columns:
        return max(1, wide), rows
    return columns, max(1, min(rows, round(columns / ratio / 2)))


def _cells(points: Floats, extent: tuple[float, float, float, float], columns: int, rows: int) -> Floats:
    """Places (N, 2) as column and row, fractions of cells."""
    column = (points[:, 0] - extent[0]) / (extent[1] - extent[0]) * columns
    row = (extent[3] - points[:, 1]) / (extent[3] - extent[2]) * rows
    return np.stack([column, row], axis=-1)


def _fill(grid: Grid, mesh: Floats, palette: Palette) -> None:
    """Paint every quad of a mesh (R, C, 2) in cells, then draw its threads."""
    colours = palette.map("sequential")
    places, shares = _between(mesh)
    inside = (places >= 0).all(axis=1) & (places[:, 0] < grid.columns) & (places[:, 1] < grid.rows)
    across, down = (places[inside] * (1, 2)).astype(np.intp).T
    flat = down * grid.columns + across
    count = np.bincount(flat, minlength=2 * grid.rows * grid.columns)
    total = np.bincount(flat, weights=shares[inside], minlength=2 * grid.rows * grid.columns)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan).reshape(2 * grid.rows, grid.columns)
    if not colours.is_solid:
        draw_pixels(grid, 0, 0, FAINTEST + (1 - FAINTEST) * mean, colours, blank=palette.background)
        return
    painted = _painted(mean, count.reshape(mean.shape), palette)
    grid.fg[:], grid.bg[:] = painted[::2], painted[1::2]
    grid.chars[:] = np.where(grid.fg == grid.bg, " ", "▀")
    raster = Raster(grid.columns, grid.rows, palette.glyphs)
    for along in (0, 1):
        lines = mesh if along == 0 else mesh.transpose(1, 0, 2)
        for i in np.linspace(0, len(lines) - 1, min(THREADS, len(lines))).astype(np.intp):
            x, y = lines[i, :, 0] * raster.dots_x - 0.5, lines[i, :, 1] * raster.dots_y - 0.5
            raster.add_line(x, y, palette.background)
    # One cell has one paper below a thread: the stronger of its two pixels.
    upper, lower = count.reshape(mean.shape)[::2], count.reshape(mean.shape)[1::2]
    paper = np.where(upper >= lower, painted[::2], painted[1::2])
    chars = raster.chars()
    lit = (chars != " ") & (np.maximum(upper, lower) > 0)
    grid.chars[lit], grid.bg[lit], grid.fg[lit] = chars[lit], paper[lit], palette.background
    bare = (chars != " ") & (np.maximum(upper, lower) == 0)
    grid.chars[bare], grid.fg[bare] = chars[bare], palette.faint


def _painted(mean: Floats, count: NDArray[np.intp], palette: Palette) -> NDArray[np.int32]:
    """The colour of every pixel: strong where much of the square lies, thin where it is drawn out."""
    colours = palette.map("sequential")
    dense = float(np.quantile(count[count > 0], 0.8)) if (count > 0).any() else 1.0
    level = np.ceil(LEVELS * np.sqrt(np.clip(count / max(dense, 1.0), 0.0, 1.0))).astype(np.intp)
    table = np.array(
        [[palette.background] * len(colours.colours)]
        + [[palette.dim(int(c), (i + 1) / LEVELS) for c in colours.colours] for i in range(LEVELS)],
        dtype=np.int32,
    )
    steps = colours.index(np.where(np.isfinite(mean), FAINTEST + (1 - FAINTEST) * mean, 0.0))
    return np.asarray(table[level, steps])


def _between(mesh: Floats) -> tuple[Floats, Floats]:
    """Points inside all quads (N, 2), and how far up the square each comes from, 0 to 1."""
    rows, columns = mesh.shape[0] - 1, mesh.shape[1] - 1
    share = (np.arange(FINE) + 0.5) / FINE
    u, v = (part[..., None] for part in np.meshgrid(share, share))
    corners = [mesh[:-1, :-1], mesh[:-1, 1:], mesh[1:, :-1], mesh[1:, 1:]]
    a, b, c, d = (corner[:, :, None, None] for corner in corners)
    places = a * (1 - u) * (1 - v) + b * u * (1 - v) + c * (1 - u) * v + d * u * v
    up = (np.arange(rows)[:, None, None, None] + v[None, None, ..., 0]) / rows
    return places.reshape(-1, 2), np.broadcast_to(up, (rows, columns, FINE, FINE)).reshape(-1)


def _dot(grid: Grid, points: Floats, extent: tuple[float, float, float, float], palette: Palette) -> None:
    if points.ndim != 2 or points.shape[1] < 2:
        return
    places = _cells(points[np.isfinite(points).all(axis=1)], extent, grid.columns, grid.rows)
    for column, row in places.tolist():
        if 0 <= column < grid.columns and 0 <= row < grid.rows:
            grid.put(int(row), int(column), "●", palette.neg, bold=True)
