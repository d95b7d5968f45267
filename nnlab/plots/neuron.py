"""One neuron's arithmetic on one sample: every input times its weight, the bias, their sum, and what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnlab.plots import numbers
from nnlab.plots.grid import Grid
from nnlab.plots.palette import Palette
from nnlab.plots.width import fit, text_width

NUMBER = 8
"""Cells of a number: 1,234.567 is shortened."""
LONGEST_NAME = 14
GAP = 3
SPELLED = {"sigmoid": "σ", "relu": "ReLU", "leaky_relu": "leaky ReLU", "silu": "SiLU", "gelu": "GELU", "elu": "ELU"}
"""Function -> what formulas call it, where that is not its name."""


@dataclass(frozen=True, slots=True)
class Neuron:
    """What a card tells of one neuron."""

    name: str
    inputs: tuple[str, ...]
    """Names of what comes in; none for an input of the network."""
    weights: NDArray[np.float64]
    """(n,)."""
    bias: float
    """NaN where it has none."""
    values: NDArray[np.float64] | None
    """(n,) on the sample; None where nothing is known of a sample."""
    functions: tuple[str, ...]
    """What is applied to the sum, in order."""
    answer: float
    """What comes out for the sample; NaN where that is not known."""
    sample: str
    """Which sample it is, in words."""
    truth: str
    """What is true of the sample."""

    @property
    def terms(self) -> NDArray[np.float64]:
        """Each input's share of the sum (n,); the weights where there is no sample."""
        return self.weights if self.values is None else self.weights * self.values

    @property
    def total(self) -> float:
        """The weighted sum and the bias; NaN without a sample."""
        return float("nan") if self.values is None else float(self.terms.sum() + np.nan_to_num(self.bias))

    def applied(self, inner: str) -> str:
        """Write the functions around an argument: relu(layernorm(z)); the argument alone where there is none."""
        for name in self.functions:
            inner = f"{SPELLED.get(name, name)}({inner})"
        return inner


def card_rows(neuron: Neuron, columns: int, rows: int) -> int:
    """Return how many rows a card takes in a pane of (columns, rows): all that it needs, or half of the pane."""
    if not neuron.inputs:
        return min(rows, 1)
    lines = -(-len(neuron.inputs) // _flows(neuron, columns))
    return max(min(rows, 3), min(lines + 1 + len(_foot(neuron)), rows // 2))


def draw_card(neuron: Neuron, size: tuple[int, int], palette: Palette) -> Grid:
    """Draw the card: its name and formula, a row for each term, then bias, sum and answer.

    Where terms do not find room, the weakest are summed in one row "Σ 12 …".
    """
    out = Grid.blank(size)
    if out.rows < 1 or out.columns < 4:
        return out
    _put_head(out, neuron, palette)
    if not neuron.inputs or out.rows < 2:
        return out
    foot = _foot(neuron)
    flows = _flows(neuron, out.columns)
    lines = -(-len(neuron.inputs) // flows)
    is_roomy = lines + 1 + len(foot) <= out.rows and flows == 1
    room = out.rows - 1 - (len(foot) if is_roomy else 1)
    _put_terms(out, neuron, room, flows, palette)
    if is_roomy:
        right = min(out.columns, _width(neuron))
        for offset, (name, value, colour) in enumerate(foot):
            row = 1 + lines + offset
            is_last = offset == len(foot) - 1
            out.put(row, 0, fit(name, right - NUMBER - 1), palette.text if is_last else palette.muted)
            out.put_right(row, right, _number(value), palette.role(colour), bold=is_last)
    else:
        column = 0
        for name, value, colour in _short_foot(foot, neuron, out.columns):
            column = out.put(out.rows - 1, column, f"{name} = ", palette.muted)
            column = out.put(out.rows - 1, column, _number(value), palette.role(colour), bold=colour == "accent") + 2
    return out


def _put_head(out: Grid, neuron: Neuron, palette: Palette) -> None:
    column = out.put(0, 0, neuron.name, palette.accent, bold=True)
    if not neuron.inputs:
        column = out.put(0, column, " = " + _number(neuron.answer), palette.strong)
    else:
        plus = "" if np.isnan(neuron.bias) else " + b"
        column = out.put(0, column, f" = {neuron.applied('w·x' + plus)}", palette.text)
    room = out.columns - column - 2
    told = ("  ".join(filter(None, (neuron.sample, neuron.truth))), neuron.truth, neuron.sample)
    shown = next((text for text in told if text and text_width(text) <= room), "")
    out.put_right(0, out.columns, shown, palette.muted)


def _put_terms(out: Grid, neuron: Neuron, room: int, flows: int, palette: Palette) -> None:
    """Put the terms below one another, in as many columns as fit."""
    shown, rest = _shown(neuron, max(0, room * flows))
    names = _name_width(neuron)
    lines = -(-(len(shown) + (len(rest) > 0)) // flows)
    pitch = _width(neuron) + GAP
    for place, index in enumerate(shown):
        row, left = 1 + place % lines, place // lines * pitch
        weight, term = float(neuron.weights[index]), float(neuron.terms[index])
        out.put(row, left, fit(neuron.inputs[index], names), palette.text)
        column = left + names + 1
        if neuron.values is not None:
            out.put_right(row, column + NUMBER, _number(float(neuron.values[index])), palette.strong)
            column += NUMBER
        out.put(row, column + 1, "×", palette.muted)
        column = column + 2 + NUMBER
        out.put_right(row, column, _number(weight), _sign(weight, palette))
        if neuron.values is not None:
            out.put(row, column + 1, "=", palette.muted)
            out.put_right(row, column + 2 + NUMBER, _number(term), _sign(term, palette))
    if len(rest) and lines:
        row, left = 1 + len(shown) % lines, len(shown) // lines * pitch
        out.put(row, left, f"Σ {len(rest)} …", palette.muted)
        if neuron.values is not None:
            value = float(neuron.terms[list(rest)].sum())
            out.put_right(row, left + _width(neuron), _number(value), _sign(value, palette))


def _shown(neuron: Neuron, room: int) -> tuple[Sequence[int], Sequence[int]]:
    """Return which terms have a row, in their order, and which share one: those that weigh least."""
    count = len(neuron.inputs)
    if count <= room:
        return range(count), ()
    by_weight = np.argsort(-np.abs(np.nan_to_num(neuron.terms)), kind="stable").tolist()
    kept = max(0, room - 1)
    return sorted(by_weight[:kept]), sorted(by_weight[kept:])


def _foot(neuron: Neuron) -> list[tuple[str, float, str]]:
    """Return (name, value, role of its colour) of what stands below the terms."""
    lines = [] if np.isnan(neuron.bias) else [("b", neuron.bias, "pos" if neuron.bias > 0 else "neg")]
    if neuron.values is None:
        return lines
    answer = neuron.total if np.isnan(neuron.answer) and not neuron.functions else neuron.answer
    lines.append(("z", neuron.total, "strong"))
    if not np.isfinite(answer):
        return lines
    name = f"{neuron.name} = {neuron.applied('z')}"
    return [*lines, (name, answer, "accent")]


def _short_foot(foot: list[tuple[str, float, str]], neuron: Neuron, columns: int) -> list[tuple[str, float, str]]:
    """Shorten what stands below the terms so that the last of it, the answer, has room in one row."""
    plain = [(name.removeprefix(f"{neuron.name} = "), value, role) for name, value, role in foot]
    for kept in (foot, plain, plain[1:], plain[-1:]):
        if sum(text_width(f"{name} = {_number(value)}") + 2 for name, value, _ in kept) - 2 <= columns:
            return kept
    return plain[-1:]


def _flows(neuron: Neuron, columns: int) -> int:
    """How many columns of terms stand side by side; one while all of them are few."""
    most = (columns + GAP) // (_width(neuron) + GAP)
    return max(1, min(most, -(-len(neuron.inputs) // 4)))


def _name_width(neuron: Neuron) -> int:
    return min(LONGEST_NAME, max((text_width(name) for name in neuron.inputs), default=0))


def _width(neuron: Neuron) -> int:
    return _name_width(neuron) + 1 + (NUMBER + 2 if neuron.values is None else 3 * NUMBER + 4)


def _sign(value: float, palette: Palette) -> int:
    return palette.pos if value > 0 else palette.neg if value < 0 else palette.muted


def _number(value: float) -> str:
    text = numbers.fixed(value, 3)
    return text if text_width(text) <= NUMBER else numbers.short(value)
