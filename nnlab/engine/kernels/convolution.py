"""Convolution and pooling. The bias is one more column of the kernels, whose row of the windows is 1."""

from functools import lru_cache
from typing import Any

from nnlab.engine.backend import Array, Namespace
from nnlab.engine.convolution import Pair, Window, pair, window_of
from nnlab.engine.kernels.table import are_alike, kernel
from nnlab.engine.recurrent import Once


@kernel
def _conv2d(
    xp: Namespace, x: Array, w: Array, b: Array | None, *, stride: Pair, padding: Pair, dilation: Pair, groups: int
) -> Any:
    """See convolution.conv2d. Windows are copied with no padded image between; dw is summed over rows of the image."""
    if x.ndim != 4 or w.ndim != 4 or groups < 1 or w.shape[0] % groups or x.shape[1] != w.shape[1] * groups:
        return None
    window = window_of(w.shape[2:], stride, padding, dilation)
    out = window.outputs(*x.shape[2:])
    if min(out) < 1 or not x.size or not are_alike(x, w, b) or (b is not None and b.shape != w.shape[:1]):
        return None
    n, o = x.shape[0], w.shape[0]
    columns = _windows(xp, x, window, out, groups, has_ones=b is not None)
    kernels = w.reshape((groups, o // groups, -1))
    y = (kernels if b is None else xp.concat((kernels, b.reshape((groups, -1, 1))), axis=-1)) @ columns

    def rows(g: Array) -> Array:
        return g.transpose((1, 2, 3, 0)).reshape((groups, o // groups, -1))

    into_kernels = Once(lambda g: _product_in_parts(xp, rows(g), columns, n))
    return y.reshape((o, *out, n)).transpose((3, 0, 1, 2)), (
        lambda g: _add_windows(xp, kernels.mT @ rows(g), x.shape, window, out),
        lambda g: into_kernels(g)[..., : kernels.shape[-1]].reshape(w.shape),
        lambda g: into_kernels(g)[..., -1].reshape((o,)),
    )


@kernel
def _conv_transpose2d(
    xp: Namespace,
    x: Array,
    w: Array,
    b: Array | None,
    *,
    stride: Pair,
    padding: Pair,
    output_padding: Pair,
    groups: int,
) -> Any:
    """See convolution.conv_transpose2d. dx and dw share the windows of g."""
    if x.ndim != 4 or w.ndim != 4 or groups < 1 or w.shape[0] % groups or x.shape[1] != w.shape[0]:
        return None
    window = window_of(w.shape[2:], stride, padding)
    n, c, *size = x.shape
    o = w.shape[1] * groups
    if not x.size or not are_alike(x, w, b) or (b is not None and b.shape != (o,)):
        return None
    grown = [
        (cells - 1) * s - 2 * p + k + more
        for cells, s, p, k, more in zip(
            size, window.stride, window.padding, window.kernel, pair(output_padding, "output_padding", 0), strict=True
        )
    ]
    if min(grown) < 1:
        return None
    out = (size[0], size[1])
    kernels = w.reshape((groups, c // groups, -1))
    cells = x.transpose((1, 2, 3, 0)).reshape((groups, c // groups, -1))
    y = _add_windows(xp, kernels.mT @ cells, (n, o, *grown), window, out)
    if b is not None:
        xp.add(y, b[:, None, None], out=y)
    windows = Once(lambda g: _windows(xp, g, window, out, groups, has_ones=False))
    return y, (
        lambda g: (kernels @ windows(g)).reshape((c, *out, n)).transpose((3, 0, 1, 2)),
        lambda g: _product_in_parts(xp, cells, windows(g), n).reshape(w.shape),
        lambda g: xp.sum(g, axis=(0, 2, 3)),
    )


@lru_cache(maxsize=256)
def _overlaps(window: Window, size: tuple[int, int], out: tuple[int, int]) -> list[Any]:
    """Return (i, j, its place in the image, the outputs that see it there) of each cell; the others see the border."""
    found = []
    for i, j in window.offsets():
        image: list[slice] = []
        outputs: list[slice] = []
        for axis, k in enumerate((i, j)):
            start, s = k * window.dilation[axis] - window.padding[axis], window.stride[axis]
            first = max(0, -(start // s))
            last = min(out[axis], (size[axis] - 1 - start) // s + 1)
            outputs.append(slice(first, max(first, last)))
            image.append(slice(start + s * first, start + s * (last - 1) + 1, s) if last > first else slice(0, 0))
        found.append((i, j, tuple(image), tuple(outputs)))
    return found


def _windows(xp: Namespace, x: Array, window: Window, out: tuple[int, int], groups: int, *, has_ones: bool) -> Array:
    """Copy every window of x (N, C, H, W) into a column: (groups, C / groups kh kw (+ 1), H' W' N)."""
    n, c, *size = x.shape
    image = x.transpose((1, 2, 3, 0)).reshape((groups, c // groups, *size, n))
    cells = c // groups * window.kernel[0] * window.kernel[1]
    columns = xp.empty((groups, cells + has_ones, out[0] * out[1] * n), dtype=x.dtype)
    if has_ones:
        columns[:, -1] = 1
    places = columns[:, :cells].reshape((groups, c // groups, *window.kernel, *out, n))
    for i, j, inside, (rows, across) in _overlaps(window, (size[0], size[1]), out):
        cell = places[:, :, i, j]
        if rows.start or rows.stop < out[0]:
            cell[:, :, : rows.start] = cell[:, :, rows.stop :] = 0
        if across.start or across.stop < out[1]:
            cell[:, :, :, : across.start] = cell[:, :, :, across.stop :] = 0
        cell[:, :, rows, across] = image[:, :, *inside]
    return columns


def _add_windows(xp: Namespace, columns: Array, shape: tuple[int, ...], window: Window, out: tuple[int, int]) -> Array:
    """Add columns back where `_windows` takes them from: an image batch of `shape` (N, C, H, W).

    With a stride of s the image is built as s x s images of every s-th cell: 165 us for 242, since rows then are whole.
    """
    n, c, *size = shape
    places = columns.reshape((c, *window.kernel, *out, n))
    down, across = window.stride
    coarse = (-(-size[0] // down), -(-size[1] // across))
    image = xp.zeros((c, down, across, *coarse, n), dtype=columns.dtype)
    for i, j, (r, q), inside, outputs in _coarse_overlaps(window, (size[0], size[1]), out):
        part = image[:, r, q, *inside]
        xp.add(part, places[:, i, j][:, *outputs], out=part)
    if down == across == 1:
        image = image[:, 0, 0]
    else:
        image = image.transpose((0, 3, 1, 4, 2, 5)).reshape((c, coarse[0] * down, coarse[1] * across, n))
    return image[:, : size[0], : size[1]].transpose((3, 0, 1, 2))


@lru_cache(maxsize=256)
def _coarse_overlaps(window: Window, size: tuple[int, int], out: tuple[int, int]) -> list[Any]:
    """As `_overlaps`, with the place as which of the s x s images and where in it."""
    found = []
    for i, j, image, outputs in _overlaps(window, size, out):
        which = tuple(place.start % s for place, s in zip(image, window.stride, strict=True))
        runs = [(place.start // s, part) for place, s, part in zip(image, window.stride, outputs, strict=True)]
        inside = tuple(slice(first, first + part.stop - part.start) for first, part in runs)
        found.append((i, j, which, inside, outputs))
    return found


def _product_in_parts(xp: Namespace, left: Array, right: Array, n: int) -> Array:
    """left (G, O, L) @ right (G, K, L)ᵀ with L, a multiple of n, in parts: 124 us for 447 at O 8, K 9, L 50176.

    BLAS loses time on few rows of great length, and most of it when the shorter side comes first.
    """
    parts = _parts(left.shape[-1], n)
    rows, columns = (one.reshape((*one.shape[:2], parts, -1)).transpose((0, 2, 1, 3)) for one in (left, right))
    return xp.sum(columns @ rows.mT, axis=1).mT


@lru_cache(maxsize=256)
def _parts(length: int, n: int) -> int:
    """Return into how many equal parts, of whole runs of n, of at least 400 values each `length` can be taken apart."""
    runs = length // n
    return max((parts for parts in range(1, runs + 1) if runs % parts == 0 and length // parts >= 400), default=1)


@kernel
def max_pool2d(xp: Namespace, x: Array, kernel: Pair, *, stride: Pair | None = None, padding: Pair = 0) -> Any:
    """See pooling.max_pool2d. Windows of 2 x 2: first of two neighbours, then of two rows; ties go to the first."""
    if window_of(kernel, 2 if stride is None else stride, padding) != window_of(2, 2, 0):
        return None
    if x.ndim < 2 or x.shape[-1] % 2 or x.shape[-2] % 2 or not x.size or x.dtype.kind != "f":
        return None
    left, right = x[..., ::2], x[..., 1::2]
    rows = xp.maximum(left, right)
    top, bottom = rows[..., ::2, :], rows[..., 1::2, :]

    def dx(g: Array) -> Array:
        g_rows, g_x = xp.empty_like(rows), xp.empty_like(x)
        for winners, whole, first, second in (
            (top >= bottom, g, g_rows[..., ::2, :], g_rows[..., 1::2, :]),
            (left >= right, g_rows, g_x[..., ::2], g_x[..., 1::2]),
        ):
            xp.multiply(whole, winners, out=first)
            xp.multiply(whole, ~winners, out=second)
        return g_x

    return xp.maximum(top, bottom), (dx,)
