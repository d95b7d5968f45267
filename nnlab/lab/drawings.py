"""Drawings: what somebody is drawing, by mouse or by keys: the ink of a digit, or points in classes. No screen in here.

Places are (x, y) in [0, 1] x [0, 1], y downwards. A stroke begins with `begin` and grows with `draw`; `undo` takes one
back.
"""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np

from nnlab.data import DataError, counted, fitted, inked, read_digit, write_digit

Array = np.ndarray[Any, np.dtype[Any]]
Place = tuple[float, float]
MOST_UNDONE = 200
"""Strokes that can be taken back."""


class Drawing(ABC):
    """What every drawing can do; a kind of its own says what a stroke leaves."""

    BRUSHES: tuple[float, ...] = (1.0,)
    """Radii of the brush, in the unit of the kind."""
    classes = 1
    """How many kinds of marks there are."""

    def __init__(self, marks: Any) -> None:
        self._marks = marks
        self._past: list[Any] = []
        self.brush = 1
        """Index into BRUSHES."""
        self.chosen = 0
        """Which class the pen draws."""

    def begin(self) -> None:
        """Start a stroke: `undo` comes back to here."""
        self._past = [*self._past, self._marks][-MOST_UNDONE:]

    @abstractmethod
    def draw(self, start: Place, end: Place, *, erase: bool = False) -> None:
        """Draw, or erase, along a straight line."""

    def undo(self) -> bool:
        """Take the last stroke back; returns whether there was one."""
        if not self._past:
            return False
        self._marks = self._past.pop()
        return True

    @abstractmethod
    def clear(self) -> None:
        """Take everything away, which can be undone."""

    def change_brush(self, by: int) -> None:
        """Take a wider or a finer brush."""
        self.brush = max(0, min(len(self.BRUSHES) - 1, self.brush + by))

    @property
    def radius(self) -> float:
        """Radius of the brush in hand."""
        return self.BRUSHES[self.brush]


class InkDrawing(Drawing):
    """A digit on 32x32 points of ink or paper, brought to 8x8 as the data set was made."""

    BRUSHES = (1.2, 1.8, 2.6)
    """In points of the canvas. The digits of the data set were written with a pen of about two."""

    def __init__(self, text: str = "") -> None:
        """text: a digit as nnlab.data.write_digit writes it. Raises DataError for another text."""
        super().__init__(inked(read_digit(text)))
        self.is_fitted = not text
        """Whether the digit is made as large as the canvas before it is counted."""

    @property
    def ink(self) -> Array:
        """(32, 32) bool, the first row on top."""
        ink: Array = self._marks
        return ink

    @property
    def levels(self) -> Array:
        """What a network gets of it: (8, 8) from 0 to 16."""
        return counted(fitted(self.ink) if self.is_fitted else self.ink)

    @property
    def text(self) -> str:
        """The digit as 64 signs; empty without ink."""
        return write_digit(self.levels)

    def draw(self, start: Place, end: Place, *, erase: bool = False) -> None:
        """Ink, or take ink away from, all points nearer to the line than the brush is wide."""
        size = len(self.ink)
        a, b = np.array(start) * size, np.array(end) * size
        y, x = np.indices(self.ink.shape) + 0.5
        along = b - a
        length2 = max(float(along @ along), 1e-12)
        share = np.clip(((x - a[0]) * along[0] + (y - a[1]) * along[1]) / length2, 0.0, 1.0)
        is_near = np.hypot(x - a[0] - share * along[0], y - a[1] - share * along[1]) <= self.radius
        self._marks = self.ink & ~is_near if erase else self.ink | is_near

    def clear(self) -> None:
        """Take all ink away."""
        self.begin()
        self._marks = np.zeros_like(self.ink)


class PointDrawing(Drawing):
    """Points in one or more classes; a stroke leaves them along its way, scattered as wide as the brush."""

    BRUSHES = (0.0, 0.02, 0.05, 0.1)
    """Standard deviation of the scatter, in widths of the canvas."""
    SPACING = 0.02
    """Between two points along a stroke, in widths of the canvas."""
    REACH = 0.04
    """What the eraser takes, at least."""

    def __init__(self, extent: tuple[float, float, float, float] = (-1.0, 1.0, -1.0, 1.0), classes: int = 1) -> None:
        """extent: x from, to, y from, to of the canvas, y upwards. classes: how many kinds of points."""
        super().__init__(np.empty((0, 3)))
        self.extent = extent
        self.classes = classes
        self._rng = np.random.default_rng(0)
        self._rest = 0.0
        """How far the stroke went since its last point."""

    def begin(self) -> None:
        """Start a stroke; its first point comes at once."""
        super().begin()
        self._rest = self.SPACING

    @property
    def points(self) -> Array:
        """(n, 2) in the extent's units, y upwards."""
        low_x, high_x, low_y, high_y = self.extent
        x, y = self._marks[:, 0], self._marks[:, 1]
        return np.stack([low_x + x * (high_x - low_x), high_y - y * (high_y - low_y)], axis=-1)

    @property
    def places(self) -> Array:
        """(n, 2) on the canvas, in [0, 1], y downwards."""
        places: Array = self._marks[:, :2]
        return places

    @property
    def labels(self) -> Array:
        """Class of each point (n,) int64."""
        labels: Array = self._marks[:, 2].astype(np.int64)
        return labels

    @property
    def table(self) -> bytes:
        """The points as CSV: columns x0,x1,class, or x,y where there is one class."""
        if self.classes == 1:
            rows = ["x,y", *(f"{x:.4f},{y:.4f}" for x, y in self.points.tolist())]
        else:
            pairs = zip(self.points.tolist(), self.labels.tolist(), strict=True)
            rows = ["x0,x1,class", *(f"{x:.4f},{y:.4f},{label}" for (x, y), label in pairs)]
        return ("\n".join(rows) + "\n").encode()

    def take_table(self, content: bytes) -> None:
        """Draw the points of a table as `table` writes it, in place of these; undo brings these back.

        Raises DataError for another table, and for points that this paper and its classes have no place for.
        """
        header, *lines = content.decode(errors="replace").split() or [""]
        columns = "x,y" if self.classes == 1 else "x0,x1,class"
        try:
            rows = np.array([[float(cell) for cell in line.split(",")] for line in lines])
        except ValueError:  # no numbers, or lines of different lengths
            rows = np.empty(0)
        if header != columns or rows.ndim != 2 or rows.shape[1] != columns.count(",") + 1:
            raise DataError(f"a drawing has the columns {columns} and numbers below them, but this table is another.")
        low_x, high_x, low_y, high_y = self.extent
        places = np.column_stack([(rows[:, 0] - low_x) / (high_x - low_x), (high_y - rows[:, 1]) / (high_y - low_y)])
        labels = rows[:, 2] if self.classes > 1 else np.zeros(len(rows))
        if not (((places >= 0) & (places <= 1)).all() and np.isin(labels, np.arange(self.classes)).all()):
            raise DataError(
                f"points lie outside of the paper ({low_x:g} to {high_x:g}, {low_y:g} to {high_y:g}), or in more "
                f"than {self.classes} classes; draw them anew."
            )
        self.begin()
        self._marks = np.column_stack([places, labels])

    def draw(self, start: Place, end: Place, *, erase: bool = False) -> None:
        """Leave points along the line, one every SPACING of the stroke; or take the points near it away."""
        a, b = np.array(start), np.array(end)
        length = float(np.hypot(*(b - a)))
        if erase:
            self._erase(a, b)
            return
        at = np.arange(self.SPACING - self._rest, length + 1e-9, self.SPACING)
        self._rest = (self._rest + length) if not len(at) else length - float(at[-1])
        if len(at):
            on_way = a + (at / max(length, 1e-12))[:, None] * (b - a)
            placed = np.clip(on_way + self._rng.normal(0.0, 1.0, on_way.shape) * self.radius, 0.0, 1.0)
            self._marks = np.concatenate([self._marks, np.column_stack([placed, np.full(len(at), self.chosen)])])

    def put(self, place: Place) -> None:
        """Leave one point exactly there."""
        self.begin()
        self._marks = np.concatenate([self._marks, [[*place, self.chosen]]])

    def nearest(self, place: Place) -> int | None:
        """Return the point that lies nearest to a place, within the eraser's reach; of equals the newest."""
        distance = np.hypot(*(self.places - np.array(place)).T)[::-1]
        near = int(np.argmin(distance)) if len(distance) else 0
        return len(distance) - 1 - near if len(distance) and distance[near] <= self.REACH else None

    def move(self, index: int, place: Place) -> None:
        """Move a point; `begin` goes before the first of its moves."""
        moved = self._marks.copy()
        moved[index, :2] = np.clip(place, 0.0, 1.0)
        self._marks = moved

    def _erase(self, a: Array, b: Array) -> None:
        along = b - a
        share = np.clip((self.places - a) @ along / max(float(along @ along), 1e-12), 0.0, 1.0)
        distance = np.hypot(*(self.places - a - share[:, None] * along).T)
        self._marks = self._marks[distance > max(self.REACH, self.radius)]

    def clear(self) -> None:
        """Take all points away."""
        super().begin()
        self._marks = np.empty((0, 3))
