"""Parity of embeddings and recurrent layers: initial states, last states, several layers."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from benchmarks.parity.comparison import Comparison, Draw
from benchmarks.parity.layers import Turn, same, with_weights
from benchmarks.parity.table import function, layer
from nnlab import engine, nn

GATES = {"rnn": 1, "lstm": 4, "gru": 3}
CELLS: dict[str, type[torch.nn.RNNBase]] = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def _transposed(w: torch.Tensor) -> torch.Tensor:
    return w.mT


@function("embedding")
def _embedding(draw: Draw) -> Comparison:
    v, d = draw.size(2, 6), draw.size()
    indices = draw.classes(v, *draw.shape(1, 3))
    return Comparison([indices, draw.normal(v, d)], engine.embedding, F.embedding)


@layer("Embedding")
def _embedding_layer(draw: Draw) -> Comparison:
    v, d = draw.size(2, 6), draw.size()
    ours, theirs = nn.Embedding(v, d, rng=draw.rng), torch.nn.Embedding(v, d)
    return with_weights(ours, theirs, {"weight": ("weight", same)}, draw, draw.classes(v, *draw.shape(1, 3)))


def _cell(kind: str) -> None:
    gates = GATES[kind]

    @function(kind)
    def case(draw: Draw) -> Comparison:
        t, n, d, h = draw.size(), draw.size(), draw.size(), draw.size()
        arrays = [draw.normal(t, n, d), draw.normal(d, gates * h), draw.normal(h, gates * h), draw.normal(gates * h)]
        if kind == "gru":
            arrays.append(draw.normal(gates * h))
        own = len(arrays)
        with_state = draw.flip()
        if with_state:
            arrays += [draw.normal(n, h) for _ in range(2 if kind == "lstm" else 1)]
        module = CELLS[kind](d, h).double()

        def theirs(*a: Any) -> Any:
            x, w_x, w_h, b = a[:4]
            weights = {"weight_ih_l0": w_x.mT, "weight_hh_l0": w_h.mT, "bias_ih_l0": b}
            weights["bias_hh_l0"] = a[4] if kind == "gru" else torch.zeros_like(b)
            start = tuple(state[None] for state in a[own:])
            state = (start if kind == "lstm" else start[0]) if with_state else None
            outputs, last = torch.func.functional_call(module, weights, (x, state))
            return (outputs, last[1][0]) if kind == "lstm" else outputs

        return Comparison(arrays, getattr(engine, kind), theirs, f"initial state={with_state}")


def _module(name: str, kind: str) -> None:
    @layer(name)
    def case(draw: Draw) -> Comparison:
        t, n, d, h, layers = draw.size(), draw.size(), draw.size(), draw.size(), draw.size(1, 3)
        ours = getattr(nn, name)(d, h, rng=draw.rng, layers=layers)
        module = CELLS[kind](d, h, num_layers=layers)
        names: dict[str, tuple[str, Turn]] = {}
        for i in range(layers):
            names |= {
                f"layer{i}.weight_x": (f"weight_ih_l{i}", _transposed),
                f"layer{i}.weight_h": (f"weight_hh_l{i}", _transposed),
                f"layer{i}.bias": (f"bias_ih_l{i}", same),
                f"layer{i}.bias_h": (f"bias_hh_l{i}", same),
            }
            with torch.no_grad():
                getattr(module, f"bias_hh_l{i}").zero_()
        chosen = with_weights(ours, module, names, draw, draw.normal(t, n, d))
        return Comparison(
            chosen.inputs, _flattened(chosen.ours), _flattened(chosen.theirs, stacked=True), chosen.setting
        )


def _flattened(run: Callable[..., Any], *, stacked: bool = False) -> Callable[..., Any]:
    """Turn (outputs, states) into a flat tuple: outputs, then the states of each layer from the first on."""

    def flat(*arguments: Any) -> tuple[Any, ...]:
        outputs, states = run(*arguments)
        if stacked:  # PyTorch stacks the layers: (layers, N, H), a pair of them for an LSTM
            states = list(zip(*states, strict=True)) if isinstance(states, tuple) else list(states)
        found = [outputs]
        for state in states:
            found += list(state) if isinstance(state, tuple) else [state]
        return tuple(found)

    return flat


for _kind in GATES:
    _cell(_kind)
for _name, _kind in (("RNN", "rnn"), ("LSTM", "lstm"), ("GRU", "gru")):
    _module(_name, _kind)
