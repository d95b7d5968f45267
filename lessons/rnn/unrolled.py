"""What can be seen of the network that reads a word: unrolled, one cell in numbers, and each step's part of ∂L/∂W.

Every array has a seeds axis in front where there are several seeds, written (...).
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab import engine
from nnlab.lab.events import HostArray, Observation

from .network import SUBSCRIPTS, every_seed

if TYPE_CHECKING:
    from .word import Word

BAR = 18
"""Cells of the longest bar."""


def read(state: "Word") -> tuple[HostArray, HostArray]:
    """Return the chances of each letter (..., T, V) and the hidden states (..., T, H)."""
    with engine.no_grad():
        logits, states, _ = state.model.read(state.spelling.x)
        chances = engine.values(engine.softmax(logits[..., 0, :]))
    return engine.to_host(chances), engine.to_host(engine.values(states))[..., 0, :]


def observe_network(state: "Word") -> Observation:
    """inputs, targets (T,) texts; states (..., T, H); outputs (..., T) texts, the likeliest; chances (..., T)."""
    chances, states = read(state)
    spelling = state.spelling
    tokens = np.array(spelling.vocabulary.tokens)
    alike = every_seed(
        spelling.seeds,
        inputs=np.array(list(spelling.text[:-1])),
        targets=np.array(list(spelling.text[1:])),
        cursor=np.float64(state.moment),
    )
    return {"states": states, "outputs": tokens[chances.argmax(axis=-1)], "chances": chances.max(axis=-1), **alike}


def copies_apart(state: "Word") -> tuple[HostArray, HostArray]:
    """Give every step a copy of W of its own, and take the loss back once.

    Returns each copy's gradient (..., T, H, H), and ∂L/∂h of every step (..., T, H).
    """
    cell = state.model.rnn.layers[0]
    u, w, b = (tensor.data for tensor in (cell.weight_x, cell.weight_h, cell.bias))
    steps = len(state.spelling.text) - 1
    copies = [engine.Tensor(w + 0.0, requires_grad=True) for _ in range(steps)]
    h: Any = engine.Tensor(w[..., :1, :] * 0.0, requires_grad=True)
    head = state.model.head
    assert head.bias is not None
    parts, marks = [], []
    for t in range(steps):
        after = engine.rnn(state.spelling.x[..., t : t + 1, :, :], u, copies[t], b, h)[..., 0, :, :]
        # A sum with zeros of its own: its gradient is the slope of the loss at this state.
        marks.append(engine.Tensor(engine.values(after) * 0.0, requires_grad=True))
        h = after + marks[-1]
        parts.append(h @ head.weight.data + _rows(head.bias.data))
    logits = engine.concat(parts, axis=-2)
    lead = len(state.spelling.seeds)
    engine.sum(engine.cross_entropy(logits, state.spelling.y, leading=lead)).backward()
    apart = np.stack([engine.to_host(copy.grad) for copy in copies], axis=-3)
    slopes = np.stack([engine.to_host(mark.grad)[..., 0, :] for mark in marks], axis=-2)
    return apart, slopes


def _rows(bias: Any) -> Any:
    return bias if bias.ndim == 1 else bias[..., None, :]


def observe_backwards(state: "Word") -> Observation:
    """The unrolled network with `back` (..., T): the length of ∂L/∂h after each step."""
    _, slopes = copies_apart(state)
    return {**observe_network(state), "back": np.sqrt((slopes**2).sum(axis=-1))}


def observe_shares(state: "Word") -> Observation:
    """A table with a row a step, and one for their sum: what each step's copy of W asks for.

    W (T + 1,): the steps, then Σ; ∂L/∂W₁₁ (..., T + 1): one number of the gradient; ‖∂L/∂W‖: its length, also drawn.
    All of them texts: numbers shrink by powers of ten while the network learns.
    """
    apart, _ = copies_apart(state)
    rows = np.concatenate([apart, apart.sum(axis=-3, keepdims=True)], axis=-3)
    lengths = np.sqrt((rows**2).sum(axis=(-2, -1)))
    shares = lengths / np.maximum(lengths.max(axis=-1, keepdims=True), 1e-30)
    drawn = np.array(["━" * round(BAR * share) for share in shares.reshape(-1).tolist()]).reshape(shares.shape)
    steps = [f"t = {t + 1}" for t in range(apart.shape[-3])]
    return {
        **every_seed(state.spelling.seeds, W=np.array([*steps, "Σ"])),
        "∂L/∂W₁₁": _powers(rows[..., 0, 0], "+"),
        "‖∂L/∂W‖": _powers(lengths, ""),
        " ": drawn,
    }


def _powers(values: HostArray, sign: str) -> HostArray:
    spelled = [f"{value:{sign}.1e}".replace("-", "−") for value in values.reshape(-1).tolist()]
    return np.array(spelled).reshape(values.shape)


def observe_weights(state: "Word") -> Observation:
    """values (..., H, H): W, from the row's unit before to the column's unit after."""
    return {"values": engine.to_host(state.model.rnn.layers[0].weight_h.data)}


def observe_cell(state: "Word") -> Observation:
    """text: the numbers of one cell, unit by unit."""
    cell = state.model.rnn.layers[0]
    u, w, b = (engine.to_host(tensor.data) for tensor in (cell.weight_x, cell.weight_h, cell.bias))
    _, states = read(state)
    t = state.moment
    letter = state.spelling.text[t]
    number = int(state.spelling.vocabulary.encode([letter])[0])
    if not state.spelling.seeds:
        return {"text": np.array(_lines(t, letter, u[number], w, b, states))}
    each = zip(u, w, b, states, strict=True)
    return {"text": np.array([_lines(t, letter, one[number], *rest) for one, *rest in each])}


def _lines(t: int, letter: str, u: HostArray, w: HostArray, b: HostArray, states: HostArray) -> list[str]:
    before = states[t - 1] if t else np.zeros_like(states[0])
    now, last = str(t + 1).translate(SUBSCRIPTS), str(t).translate(SUBSCRIPTS)
    lines = [f"h{now} = tanh(U x{now} + W h{last} + b)    x{now} = {letter}", " "]
    for unit, value in enumerate(states[t][:6]):
        parts = " ".join(_signed(part) for part in (u[unit], float(before @ w[:, unit]), b[unit]))
        lines.append(f"tanh({parts}) = {_signed(float(value))}")
    if len(states[t]) > 6:
        lines.append(f"+{len(states[t]) - 6}")
    return lines


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
