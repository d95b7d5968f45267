"""Digits drawn with a pen of our own: strokes that wobble, turn, lean and change their thickness, as large as wanted.

A digit is a few strokes through control points, in a box that is 1 wide and 1 high with y downwards. Curves are
Catmull-Rom splines, so every place on a stroke is a fixed linear mix of control points: moving those bends the digit.
"""

from functools import cache

import numpy as np

from nnlab.data.dataset import Array, Samples
from nnlab.data.errors import DataError

Stroke = tuple[tuple[float, float], ...]

STROKES: tuple[tuple[Stroke, ...], ...] = (
    (((0.5, 0), (0.2, 0.14), (0.1, 0.5), (0.2, 0.86), (0.5, 1), (0.8, 0.86), (0.9, 0.5), (0.8, 0.14), (0.5, 0)),),
    (((0.28, 0.22), (0.44, 0.12), (0.55, 0)), ((0.55, 0), (0.54, 0.5), (0.53, 1))),
    (
        ((0.17, 0.25), (0.28, 0.05), (0.54, 0), (0.8, 0.13), (0.77, 0.4), (0.48, 0.7), (0.14, 1)),
        ((0.14, 1), (0.5, 0.98), (0.88, 1)),
    ),
    (
        ((0.18, 0.12), (0.48, 0), (0.78, 0.13), (0.74, 0.37), (0.44, 0.47)),
        ((0.44, 0.47), (0.8, 0.57), (0.84, 0.82), (0.54, 1), (0.16, 0.88)),
    ),
    (
        ((0.6, 0), (0.36, 0.33), (0.1, 0.67)),
        ((0.1, 0.67), (0.5, 0.67), (0.92, 0.66)),
        ((0.68, 0.36), (0.66, 0.7), (0.64, 1)),
    ),
    (
        ((0.82, 0), (0.54, 0.01), (0.28, 0.02)),
        ((0.28, 0.02), (0.25, 0.22), (0.2, 0.45)),
        ((0.2, 0.45), (0.52, 0.36), (0.81, 0.5), (0.83, 0.78), (0.54, 1), (0.16, 0.9)),
    ),
    (
        (
            (0.72, 0.02),
            (0.42, 0.17),
            (0.2, 0.46),
            (0.17, 0.78),
            (0.42, 1),
            (0.74, 0.94),
            (0.84, 0.73),
            (0.68, 0.53),
            (0.42, 0.53),
            (0.19, 0.7),
        ),
    ),
    (((0.12, 0.02), (0.5, 0.02), (0.88, 0.02)), ((0.88, 0.02), (0.6, 0.45), (0.4, 1))),
    (
        (
            (0.5, 0.46),
            (0.24, 0.32),
            (0.26, 0.09),
            (0.5, 0),
            (0.74, 0.09),
            (0.76, 0.32),
            (0.5, 0.46),
            (0.2, 0.62),
            (0.17, 0.87),
            (0.5, 1),
            (0.83, 0.87),
            (0.8, 0.62),
            (0.5, 0.46),
        ),
    ),
    (
        (
            (0.81, 0.3),
            (0.58, 0.47),
            (0.32, 0.47),
            (0.16, 0.27),
            (0.26, 0.06),
            (0.58, 0),
            (0.83, 0.2),
            (0.82, 0.5),
            (0.74, 0.76),
            (0.5, 1),
        ),
    ),
)
"""Digit -> its strokes."""

BOX = (13.5 / 28, 19 / 28)
"""Width and height of a digit in the image, which is 1 by 1."""
PIECES = 4
"""Straight pieces between two control points."""
CHUNK = 8
"""Glyphs drawn at once: their distances to every piece of stroke stay in the processor's cache longer."""


def glyphs(n: int, *, rng: np.random.Generator, size: int = 28, wobble: float = 1.0) -> Samples:
    """Draw n digits, 0, 1, 2, ... in turn: images (n, 1, size, size) float64 in [0, 1], labels (n,) int64.

    wobble scales how far a glyph departs from the model: with 1, control points by 4 % of the height, 9 degrees of
    turn, lean 0.15, width and height by 8 %, place by 0.8 pixels of 28 (standard deviations), radius of the pen 0.9 to
    1.7 pixels of 28; with 0 all glyphs of a digit are equal. Raises DataError for a size below 8 or a negative n.
    """
    if n < 0 or size < 8:
        raise DataError(f"glyphs: n is {n} and size {size}, but at least 0 glyphs of 8 pixels can be drawn.")
    if not 0 <= wobble <= 3:
        raise DataError(f"glyphs: wobble is {wobble:g}, but digits stay digits from 0 to 3 only; 1 is usual.")
    labels = np.arange(n) % 10
    images = np.empty((n, 1, size, size))
    turn, lean = wobble * rng.normal(0, [[0.16], [0.15]], (2, n))
    stretch = np.exp(wobble * rng.normal(0, 0.08, (n, 2)))
    offset = wobble * rng.normal(0, 0.8 / 28, (n, 2))
    radius = (1.3 + wobble * rng.uniform(-0.4, 0.4, n)).clip(0.5) / 28
    bends = wobble * rng.normal(0, 0.04, (n, max(len(_model(digit)[0]) for digit in range(10)), 2))
    cos, sin = np.cos(turn), np.sin(turn)
    frame = np.stack([np.stack([cos, -sin], -1), np.stack([sin, cos], -1)], -2)
    frame = frame @ np.stack([np.stack([np.ones(n), -lean], -1), np.tile([0.0, 1.0], (n, 1))], -2)
    for digit in range(10):
        points, starts, ends = _model(digit)
        members = np.flatnonzero(labels == digit)
        for chosen in np.split(members, range(CHUNK, len(members), CHUNK)):
            bent = (points - 0.5 + bends[chosen, : len(points)]) * stretch[chosen, None] * BOX
            placed = 0.5 + offset[chosen, None] + bent @ frame[chosen].mT
            images[chosen, 0] = _ink(starts @ placed, ends @ placed, radius[chosen], size)
    return images, labels


def worked_eight() -> Array:
    """Return one 8 of 28x28 = 784 pixels, whole numbers (28, 28) int64 from 0 (black) to 255 (white)."""
    images, _ = glyphs(9, rng=np.random.default_rng(0), wobble=0.0)
    pixels: Array = np.round(images[8, 0] * 255).astype(np.int64)
    return pixels


def _ink(starts: Array, ends: Array, radius: Array, size: int) -> Array:
    """Ink (m, size, size) of pens of `radius` (m,) along pieces (m, k, 2); coordinates in the unit square."""
    centres = (np.arange(size) + 0.5) / size
    along = ends - starts
    length2 = np.maximum((along**2).sum(-1), 1e-12)
    x, y = centres[:, None] - starts[:, None, :, 0], centres[:, None] - starts[:, None, :, 1]
    x, y = x[:, None], y[:, :, None]  # (m, 1, columns, k), (m, rows, 1, k)
    dx, dy = along[:, None, None, :, 0], along[:, None, None, :, 1]
    nearest = ((x * dx + y * dy) / length2[:, None, None]).clip(0.0, 1.0)
    distance2 = ((x - nearest * dx) ** 2 + (y - nearest * dy) ** 2).min(-1)
    ink: Array = ((radius[:, None, None] - np.sqrt(distance2)) * size + 0.5).clip(0.0, 1.0)
    return ink


@cache
def _model(digit: int) -> tuple[Array, Array, Array]:
    """Control points (p, 2) of a digit, and the mixes (k, p) of them where its k straight pieces start and end.

    A point where two strokes meet is one control point, so bending does not tear the digit apart.
    """
    points = sorted({point for stroke in STROKES[digit] for point in stroke})
    starts, ends = [], []
    for stroke in STROKES[digit]:
        mix = _spline(len(stroke), is_closed=stroke[0] == stroke[-1])
        mix = mix @ np.array([[float(point == other) for other in points] for point in stroke])
        starts.append(mix[:-1])
        ends.append(mix[1:])
    return np.array(points), np.concatenate(starts), np.concatenate(ends)


def _spline(count: int, *, is_closed: bool) -> Array:
    """Mixes (pieces + 1, count) of `count` control points along the Catmull-Rom spline through them."""
    t = np.arange(PIECES) / PIECES
    weights = np.stack([-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, t**3 - t**2], -1) / 2
    identity = np.eye(count)
    rows = []
    for span in range(count - 1):
        before = span - 1 if span else (count - 2 if is_closed else 0)
        after = span + 2 if span + 2 < count else (1 if is_closed else count - 1)
        rows.append(weights @ identity[[before, span, span + 1, after]])
    return np.concatenate([*rows, identity[-1:]])
