"""Axes: tick steps whose grid rows fall evenly, and how positions and labels follow from them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.options import Pair
from nnlab.plots.width import text_width


@dataclass(frozen=True, slots=True)
class Axis:
    """A range with its ticks, in the axis's own unit: values, or decades where it is logarithmic."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    is_log: bool = False

    def share(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far along the axis values lie: 0 at low, 1 at high; NaN where a log axis has no place."""
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            at = np.log10(np.where(values > 0, values, np.nan)) if self.is_log else values
            return (at - self.low) / (self.high - self.low)

    def at(self, share: float) -> float:
        """Return the value that lies so far along the axis: `share` the other way round."""
        place = self.low + share * (self.high - self.low)
        return float(10.0**place) if self.is_log else place

    @property
    def limits(self) -> Pair:
        """The range in values, which a caller can hand back so that the axis stays."""
        return (10.0**self.low, 10.0**self.high) if self.is_log else (self.low, self.high)


def nice_step(rough: float) -> float:
    """Return the next of 1, 2, 2.5 and 5 times a power of ten that is at least `rough`."""
    if rough <= 0 or not math.isfinite(rough):
        return 1.0
    base = 10.0 ** math.floor(math.log10(rough))
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0):
        if base * factor >= rough * (1 - 1e-9):
            return base * factor
    return base * 10


def finite_range(parts: list[NDArray[np.float64]], is_log: bool = False) -> Pair | None:
    """Return the lowest and the highest finite value (positive ones on a log axis); None when there is none."""
    lows, highs = [], []
    for values in parts:
        kept = values[np.isfinite(values) & ((values > 0) if is_log else True)]
        if kept.size:
            lows.append(float(kept.min()))
            highs.append(float(kept.max()))
    return (min(lows), max(highs)) if lows else None


def _own_unit(data: Pair, is_log: bool) -> Pair:
    """Return a range in values or decades, within what floats can add and divide."""
    if is_log:
        return math.log10(min(max(data[0], 1e-300), 1e300)), math.log10(min(max(data[1], 1e-300), 1e300))
    return max(-1e300, min(data[0], 1e300)), max(-1e300, min(data[1], 1e300))


def vertical_axis(data: Pair | None, rows: int, is_log: bool = False) -> tuple[Axis, int]:
    """Return an axis for a plot of `rows` cells and the rows it really takes: grid rows are equally spaced.

    data: the range that must fit. The range grows to whole tick steps, so that it moves by whole steps only.
    """
    low, high = _own_unit(data or ((0.1, 1.0) if is_log else (0.0, 1.0)), is_log)
    if high - low < 1e-12 * max(1.0, abs(high)):
        pad = 0.5 if is_log else max(abs(high) * 0.1, 1e-6)
        low, high = low - pad, high + pad
    best: tuple[float, Axis, int] | None = None
    for used in (rows, rows - 1, rows - 2):
        for parts in (1, 2, 3, 4, 5, 6, 8):
            if used < 2 or (used - 1) % parts or ((used - 1) // parts < 2 and parts > 2):
                continue
            covered = _cover(low, high, parts, is_log)
            if covered is None:
                continue
            start, step = covered
            waste = (step * parts) / (high - low)
            cost = waste + 0.30 * (rows - used) / rows * 4 + 0.25 * abs(math.log2(parts / max(1.0, used / 3)))
            if best is None or cost < best[0]:
                best = cost, _axis(start, step, parts, is_log), used
    if best is None:
        start, step = _cover(low, high, 1, is_log) or (low, high - low)
        return _axis(start, step, 1, is_log), rows
    return best[1], best[2]


def _cover(low: float, high: float, parts: int, is_log: bool) -> tuple[float, float] | None:
    """Return start and step of `parts` round steps over a range, or None when no round step is near enough."""
    step = nice_step((high - low) / parts)
    if is_log:
        step = max(1.0, math.ceil((high - low) / parts - 1e-9))
    # Round ends can be out of reach: no round step spans -1 to 1 in one part, since 0 is a multiple of each.
    for _ in range(4):
        start = math.floor(low / step + 1e-9) * step
        if start + parts * step >= high - 1e-9 * step:
            return start, step
        step = step + 1 if is_log else nice_step(step * 1.01)
    return None


def _axis(start: float, step: float, parts: int, is_log: bool) -> Axis:
    ticks = tuple(start + i * step for i in range(parts + 1))
    if is_log:
        labels = tuple(numbers.power(round(tick)) for tick in ticks)
    else:
        labels = tuple(tick_labels(ticks, step))
    return Axis(ticks[0], ticks[-1], ticks, labels, is_log)


def tick_labels(ticks: tuple[float, ...], step: float) -> list[str]:
    """Spell ticks with the same decimals; very large or small ones with powers."""
    size = max(abs(ticks[0]), abs(ticks[-1]))
    if numbers.decimals_for(step) > 4:  # no round step: two or three digits say enough
        return [numbers.short(tick) for tick in ticks]
    if size >= 1e7 or 0 < size < 1e-4:
        return [numbers.short(tick) for tick in ticks]
    decimals = numbers.decimals_for(step)
    return [numbers.fixed(0.0 if abs(tick) < step * 1e-6 else tick, decimals) for tick in ticks]


def horizontal_axis(data: Pair | None, columns: int, is_log: bool = False) -> Axis:
    """Return an axis that ends exactly at the range's ends, with ticks at round values that have room."""
    low, high = _own_unit(data or (0.0, 1.0), is_log)
    if high - low < 1e-12 * max(1.0, abs(high)):
        high = low + max(1.0, abs(low) * 1e-6)
    widest = 4 if is_log else max(text_width(numbers.short(low, 4)), text_width(numbers.short(high, 4)))
    parts = max(1, min(5, columns // (widest + 6)))
    step = max(1.0, math.ceil((high - low) / parts)) if is_log else nice_step((high - low) / parts)
    if not is_log and low == round(low) and high == round(high) and high - low >= 1:
        is_counted = high - low >= parts  # steps, layers: nothing lies at 2.5
        while is_counted and not step.is_integer():
            step = nice_step(step * 1.01)
    inner = [i * step for i in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
    inner = [tick for tick in inner if low + 0.25 * step < tick < high - 0.25 * step] if len(inner) < 200 else []
    ticks = (low, *inner, high)
    if is_log:
        return Axis(low, high, ticks, tuple(_decade(tick) for tick in ticks), True)
    decimals = max(numbers.decimals_for(step), *(min(2, numbers.decimals_for(abs(end))) for end in (low, high)))
    if max(abs(low), abs(high)) >= 1e7 or max(abs(low), abs(high)) < 1e-3:
        labels = tuple(numbers.short(tick) for tick in ticks)
    else:
        labels = tuple(numbers.fixed(0.0 if abs(tick) < step * 1e-6 else tick, decimals) for tick in ticks)
    return Axis(low, high, ticks, labels)


def _decade(exponent: float) -> str:
    return numbers.power(round(exponent)) if abs(exponent - round(exponent)) < 1e-9 else numbers.short(10.0**exponent)


def label_columns(axis: Axis, columns: int, name: str = "") -> list[tuple[int, str]]:
    """Place tick labels in a row of `columns` cells: the first and the last flush with the ends, none touching.

    name: the axis's name; it takes the place of the ticks it needs, near the middle.
    """
    placed: list[tuple[int, int, str]] = []
    last = len(axis.ticks) - 1
    order = [0, last, *range(1, last)]
    texts = dict(zip(order, (axis.labels[i] for i in order), strict=True))
    spots = {}
    for i, text in texts.items():
        width = text_width(text)
        centre = (axis.ticks[i] - axis.low) / (axis.high - axis.low) * (columns - 1)
        start = 0 if i == 0 else columns - width if i == last else round(centre - (width - 1) / 2)
        spots[i] = (max(0, start), width)
    if name:
        width = text_width(name)
        start = (columns - width) // 2
        if _is_free(placed + [(*spots[i], "") for i in (0, last)], start, width, columns):
            placed.append((start, width, name))
    for i in order:
        start, width = spots[i]
        if _is_free(placed, start, width, columns):
            placed.append((start, width, texts[i]))
    return [(start, text) for start, _, text in sorted(placed)]


def _is_free(placed: list[tuple[int, int, str]], start: int, width: int, columns: int) -> bool:
    if start < 0 or start + width > columns:
        return False
    return all(start >= s + w + 2 or start + width + 2 <= s for s, w, _ in placed)
