"""Where the nodes of a network stand: layers from left to right, the nodes of each below one another."""

from collections.abc import Sequence
from dataclasses import dataclass

_SHAPES = ((16, 8), (14, 7), (12, 6), (10, 5), (8, 4), (6, 3), (4, 2), (2, 1))
"""(columns, rows) of a node's picture, the largest first."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Cells of one layer's nodes."""

    column: int
    width: int
    height: int
    label: int
    """Rows above a node for its name: 0 or 1."""
    foot: int
    """Rows under a node for its gradient: 0 or 1."""
    is_tight: bool
    """Nodes touch: the last half row of each stays empty to keep them apart."""
    tops: tuple[int, ...]
    """First row of each shown node's picture."""
    first: int = 0
    """The node that stands at the top; those above it and below the last one are not shown."""

    @property
    def nodes(self) -> range:
        """The nodes that are shown."""
        return range(self.first, self.first + len(self.tops))

    def port(self, node: int, index: int, count: int) -> float:
        """Row, as a fraction, at which line number `index` of `count` leaves or reaches a node."""
        return self.tops[node - self.first] + (index + 0.5) / count * (self.height - 0.5 * self.is_tight)


def lay_out(
    sizes: Sequence[int],
    columns: int,
    rows: int,
    with_foot: bool,
    is_ascii: bool,
    chosen: tuple[int, int] | None = None,
) -> list[Layer]:
    """Give each layer the largest nodes that fit, none much larger than those of the fullest layer.

    chosen: a layer and a node of it that is among those that are shown.
    """
    picks = [_fitting_shape(size, rows, with_foot, is_ascii) for size in sizes]
    largest = min(len(_SHAPES) - 1, max(picks))
    picks = [max(pick, largest - 2) for pick in picks]
    while sum(_SHAPES[pick][0] for pick in picks) + 9 * (len(sizes) - 1) > columns and min(picks) < len(_SHAPES) - 1:
        picks = [max(pick, min(picks) + 1) for pick in picks]
    widths = [_SHAPES[pick][0] for pick in picks]
    room = columns - sum(widths)
    if room < 0:
        widths, room = [1] * len(sizes), columns - len(sizes)
    layers = []
    for index, (size, pick) in enumerate(zip(sizes, picks, strict=True)):
        gaps = round(index * max(0, room) / max(1, len(sizes) - 1))
        column = min(sum(widths[:index]) + gaps, columns - 1)
        node = chosen[1] if chosen is not None and chosen[0] == index else 0
        layers.append(_stack(size, pick, widths[index], column, rows, with_foot, is_ascii, node))
    return layers


def _fitting_shape(size: int, rows: int, with_foot: bool, is_ascii: bool) -> int:
    for pick, (_, height) in enumerate(_SHAPES):
        if size * (height + 1 + with_foot) + size - 1 <= rows and height > 1:
            return pick
        if height == 2 and not is_ascii and size * height <= rows:
            return pick
    return len(_SHAPES) - 1


def _stack(
    size: int, pick: int, width: int, column: int, rows: int, with_foot: bool, is_ascii: bool, node: int
) -> Layer:
    height = _SHAPES[pick][1]
    label, foot = int(height >= 2), int(with_foot and height >= 2)
    is_tight = size * (height + label + foot) + size - 1 > rows and height >= 2
    if is_tight:
        label = foot = 0
    pitch = height + label + foot
    shown = size if size * pitch <= rows else max(1, (rows - 1) // pitch)
    area = rows - 1 if shown < size and rows > 1 else rows
    space = min(2, (area - shown * pitch) // (shown - 1)) if shown > 1 else 0
    first = max(0, (area - shown * pitch - space * (shown - 1)) // 2)
    tops = tuple(first + label + i * (pitch + space) for i in range(shown))
    start = max(0, min(node - shown // 2, size - shown))
    return Layer(column, width, height, label, foot, is_tight and space == 0 and not is_ascii, tops, start)
