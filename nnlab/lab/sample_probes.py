"""What a sequential network answers to single samples, neuron by neuron: the numbers of its formulas."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.lab.class_losses import sigmoid_squared_error, softmax_squared_error
from nnlab.lab.events import HostArray, Observation

MOST_SAMPLES = 32
MOST_NUMBERS = 8192
"""Answers of all neurons and seeds that are observed at most; wide networks show fewer samples."""


def first_samples(model: nn.Module, x: Any, y: Any, *, leading: int) -> tuple[Any, HostArray]:
    """Return the first K of the samples x (..., N, d) and of their targets y (..., N) or (..., N, 1), as (..., K)."""
    widths = [layer.weight.data.shape[-1] for _, layer in model.named_modules() if isinstance(layer, nn.Linear)]
    numbers = math.prod(x.shape[:leading]) * (x.shape[-1] + sum(widths))
    count = max(1, min(MOST_SAMPLES, MOST_NUMBERS // numbers))
    targets = engine.to_host(y)
    targets = targets[..., 0] if targets.ndim > leading + 1 else targets
    return x[..., :count, :], targets[..., :count]


def on_samples(layers: Iterable[tuple[nn.Module, Any]], x: Any, truth: HostArray, *, loss: Any = None) -> Observation:
    """Return answers{l} (..., K, nodes), layer 0 being the inputs x (..., K, d); functions (..., L), truth (..., K).

    layers: each layer of the network with what came out of it for x. A dense layer begins layer l; what follows it up
    to the next one is named in functions[l - 1] in the order in which it is applied, "" for nothing. What the loss
    turns the last sums into counts as such. truth: a text for each sample.
    """
    found: list[HostArray] = [engine.to_host(x)]
    functions: list[list[str]] = []
    for layer, output in layers:
        if isinstance(layer, nn.Linear):
            found.append(engine.to_host(output))
            functions.append([])
        else:
            found[-1] = engine.to_host(output)
            if functions and (name := function_name(layer)):
                functions[-1].append(name)
    if functions and loss in (engine.binary_cross_entropy_with_logits, sigmoid_squared_error):
        found[-1] = _sigmoid(found[-1])
        functions[-1].append("sigmoid")
    elif functions and loss in (engine.cross_entropy, softmax_squared_error):
        found[-1] = _softmax(found[-1])
        functions[-1].append("softmax")
    seen: dict[str, HostArray] = {f"answers{index}": values for index, values in enumerate(found)}
    named = np.array([" ".join(names) for names in functions], dtype=np.str_)
    named = np.broadcast_to(named, (*truth.shape[:-1], len(named)))
    return {**seen, "functions": named, "truth": truth}


def function_name(layer: nn.Module) -> str:
    """Return what a layer without weights of its own is called; nothing for one that changes nothing when observed."""
    if isinstance(layer, nn.Dropout | nn.Identity):
        return ""
    known = next((name for name, kind in nn.ACTIVATIONS.items() if type(layer) is kind), "")
    own = getattr(getattr(layer, "function", None), "__name__", type(layer).__name__.lower())
    return known or str(own)


def _sigmoid(z: HostArray) -> HostArray:
    answer: HostArray = 0.5 * (1 + np.tanh(z / 2))
    return answer


def _softmax(z: HostArray) -> HostArray:
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    answer: HostArray = powers / powers.sum(axis=-1, keepdims=True)
    return answer
