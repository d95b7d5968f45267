"""Recurrent layers over whole sequences: RNN, LSTM, GRU. x (..., T, N, inputs) -> (outputs (..., T, N, hidden), state).

With layers=2 or more each layer reads the outputs of the one below. The state is a list with one entry per layer,
h (..., N, hidden) or, for an LSTM, (h, c). Hand it in again to go on where a sequence stopped; detached, no gradient
goes back through it.
"""

import math
from typing import Any

import numpy as np

from nnlab.engine import Tensor, ValueRangeError, gru, lstm, rnn
from nnlab.nn.initializers import Initializer, leading_shape, uniform, zeros
from nnlab.nn.initializers import initializer as by_name
from nnlab.nn.module import Module, parameter


class _Cell(Module):
    """One layer: weight_x (..., inputs, gates hidden), weight_h (..., hidden, gates hidden), bias (..., gates hidden).

    Each gate's matrix is drawn on its own, so that fans are those of one gate; recurrent matrices are orthogonal
    unless said otherwise.
    """

    gates = 1

    def __init__(
        self, inputs: int, hidden: int, *, rng: Any, initializer: str | Initializer | None, recurrent: str | Initializer
    ) -> None:
        self.hidden = hidden
        limit = 1 / math.sqrt(hidden)
        draw = by_name(initializer) if initializer is not None else (lambda r, s: uniform(r, s, limit=limit))
        self.weight_x = parameter(np.concatenate([draw(rng, (inputs, hidden)) for _ in range(self.gates)], axis=-1))
        again = by_name(recurrent)
        self.weight_h = parameter(np.concatenate([again(rng, (hidden, hidden)) for _ in range(self.gates)], axis=-1))
        self.bias = parameter(self.initial_bias(rng, hidden))

    def initial_bias(self, rng: Any, hidden: int) -> np.ndarray:
        return zeros(rng, (self.gates * hidden,))

    def trace(self) -> dict[str, Any] | None:
        """Return where the gates go while the layer is observed."""
        return None if self.watcher is None else self.watcher.inner


class RNNCell(_Cell):
    """h_t = tanh(x_t W_x + h_(t-1) W_h + b)."""

    def forward(self, x: Any, state: Any = None) -> tuple[Tensor, Tensor]:
        h = rnn(x, self.weight_x, self.weight_h, self.bias, state, trace=self.trace())
        return h, h[..., -1, :, :]


class LSTMCell(_Cell):
    """Gates i, f, g, o; the forget gate's bias starts at `forget_bias` so that the cell remembers at first."""

    gates = 4

    def __init__(self, *arguments: Any, forget_bias: float = 1.0, **options: Any) -> None:
        self.forget_bias = forget_bias
        super().__init__(*arguments, **options)

    def initial_bias(self, rng: Any, hidden: int) -> np.ndarray:
        bias = zeros(rng, (4 * hidden,))
        bias[..., hidden : 2 * hidden] = self.forget_bias
        return bias

    def forward(self, x: Any, state: Any = None) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        h_0, c_0 = (None, None) if state is None else state
        h, c = lstm(x, self.weight_x, self.weight_h, self.bias, h_0, c_0, trace=self.trace())
        return h, (h[..., -1, :, :], c)


class GRUCell(_Cell):
    """Gates r, z, n; bias_h is the hidden part's own bias."""

    gates = 3

    def __init__(self, inputs: int, hidden: int, *, rng: Any, **options: Any) -> None:
        super().__init__(inputs, hidden, rng=rng, **options)
        self.bias_h = parameter(zeros(rng, (3 * hidden,)))

    def forward(self, x: Any, state: Any = None) -> tuple[Tensor, Tensor]:
        h = gru(x, self.weight_x, self.weight_h, self.bias, self.bias_h, state, trace=self.trace())
        return h, h[..., -1, :, :]


class _Recurrent(Module):
    cell: type[_Cell]

    def __init__(
        self,
        inputs: int,
        hidden: int,
        *,
        rng: Any,
        layers: int = 1,
        initializer: str | Initializer | None = None,
        recurrent: str | Initializer = "orthogonal",
        **options: Any,
    ) -> None:
        if min(layers, inputs, hidden) < 1:
            raise ValueRangeError(
                f"{type(self).__name__}: inputs, hidden, layers must be at least 1, got {inputs}, {hidden}, {layers}."
            )
        self.layers = [
            self.cell(
                inputs if i == 0 else hidden, hidden, rng=rng, initializer=initializer, recurrent=recurrent, **options
            )
            for i in range(layers)
        ]
        self.leading = len(leading_shape(rng))
        for i, layer in enumerate(self.layers):
            setattr(self, f"layer{i}", layer)

    def forward(self, x: Any, state: Any = None) -> tuple[Tensor, list[Any]]:
        """Return (outputs of the last layer, the state after the last step)."""
        states = []
        for i, layer in enumerate(self.layers):
            x, last = layer(x, None if state is None else state[i])
            states.append(last)
        return x, states


class RNN(_Recurrent):
    """Layers of h_t = tanh(x_t W_x + h_(t-1) W_h + b)."""

    cell = RNNCell


class LSTM(_Recurrent):
    """Layers of long short-term memory; option forget_bias (1.0)."""

    cell = LSTMCell


class GRU(_Recurrent):
    """Layers of gated recurrent units."""

    cell = GRUCell


RECURRENT = {"rnn": RNN, "lstm": LSTM, "gru": GRU}
"""By name, in order of growing memory."""
