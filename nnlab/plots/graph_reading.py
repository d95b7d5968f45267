"""What the arrays and options of a network say: sizes, names, weights, and the neuron whose numbers are asked for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnlab.plots.neuron import Neuron
from nnlab.plots.options import Arrays, Options, floats, names_option, number_option, text_option

Floats = NDArray[np.float64]

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True, slots=True)
class ReadNetwork:
    """A network as it is drawn; layer 0 are the inputs. Everything by layer may lack some."""

    sizes: list[int]
    names: list[list[str]]
    weights: dict[int, Floats]
    """Layer -> (nodes, nodes of the next one)."""
    bias: dict[int, Floats]
    """Layer -> the biases of the next one."""
    maps: dict[int, Floats]
    values: dict[int, Floats]
    """Layer -> (nodes,) on the sample that is walked through."""
    answers: dict[int, Floats]
    """Layer -> (nodes,) on the sample that is asked for."""
    gradients: dict[int, Floats]
    chosen: tuple[int, int] | None
    neuron: Neuron | None
    """The arithmetic of the chosen node."""


def read_network(arrays: Arrays, options: Options) -> ReadNetwork:
    """Read what `graph.draw` says; without weights and layers there are no sizes."""
    seed = int(number_option(options, "seed") or 0)
    weights, bias = _numbered(arrays, "weights", 2, seed), _numbered(arrays, "bias", 1, seed)
    sizes = _sizes(weights, options)
    names = _names(sizes, options)
    values, samples = _numbered(arrays, "values", 1, seed), _numbered(arrays, "answers", 2, seed)
    at = int(number_option(options, "sample") or 0)
    answers = {layer: rows[at % len(rows)] for layer, rows in samples.items()} or values
    chosen = _chosen(options, sizes)
    neuron = _neuron(chosen, names, weights, bias, answers, options) if chosen is not None else None
    maps, gradients = _numbered(arrays, "maps", 3, seed), _numbered(arrays, "gradients", 1, seed)
    return ReadNetwork(sizes, names, weights, bias, maps, values, answers, gradients, chosen, neuron)


def _chosen(options: Options, sizes: list[int]) -> tuple[int, int] | None:
    """Return the chosen (layer, node), the nearest that there is."""
    given = options.get("chosen")
    if given is None or not sizes:
        return None
    layer, node = (int(part) for part in floats(given).reshape(-1)[:2])
    layer = max(0, min(len(sizes) - 1, layer))
    return layer, max(0, min(sizes[layer] - 1, node))


def _neuron(
    chosen: tuple[int, int],
    names: list[list[str]],
    weights: dict[int, Floats],
    bias: dict[int, Floats],
    answers: dict[int, Floats],
    options: Options,
) -> Neuron:
    layer, node = chosen
    own = _own_names(options)
    names = [
        [name if index < len(own.get(at, ())) else _in_layer(name, at, len(names)) for index, name in enumerate(row)]
        for at, row in enumerate(names)
    ]
    matrix = weights.get(layer - 1)
    has_weights = matrix is not None and node < matrix.shape[1] and len(matrix) == len(names[layer - 1])
    functions = names_option(options, "functions")
    return Neuron(
        name=names[layer][node],
        inputs=tuple(names[layer - 1]) if has_weights else (),
        weights=matrix[:, node] if matrix is not None and has_weights else np.empty(0),
        bias=_number(bias.get(layer - 1), node),
        values=answers.get(layer - 1)
        if has_weights and len(answers.get(layer - 1, ())) == len(names[layer - 1])
        else None,
        functions=tuple(functions[layer - 1].split()) if 0 < layer <= len(functions) else (),
        answer=_number(answers.get(layer), node),
        sample=text_option(options, "sample_name"),
        truth=_truth(options),
    )


def _own_names(options: Options) -> dict[int, list[str]]:
    """Return the names that the options give, by layer."""
    given = options.get("names")
    rows = list(given) if isinstance(given, list | tuple) else []
    return {layer: [str(name) for name in row] for layer, row in enumerate(rows)}


def _in_layer(name: str, layer: int, layers: int) -> str:
    """Name a neuron so that those of several hidden layers can be told apart: h⁽²⁾₃ is the third of the second."""
    if layers < 4 or not 0 < layer < layers - 1:
        return name
    return f"{name[0]}⁽{str(layer).translate(_SUPERSCRIPT)}⁾{name[1:]}"


def _truth(options: Options) -> str:
    """Say what is true of the sample."""
    truth, at = names_option(options, "truth"), int(number_option(options, "sample") or 0)
    return f"y = {truth[at % len(truth)]}" if truth else ""


def _numbered(arrays: Arrays, name: str, dimensions: int, seed: int) -> dict[int, Floats]:
    found = {}
    for key in arrays:
        layer = key.removeprefix(name)
        if layer != key and layer.isdigit():
            values = floats(arrays[key])
            if values.ndim == dimensions + 1 and len(values):
                values = values[seed % len(values)]
            if values.ndim == dimensions and values.size:
                found[int(layer)] = values
    return found


def _sizes(weights: dict[int, Floats], options: Options) -> list[int]:
    given = options.get("layers")
    if given is not None:
        return [max(1, int(n)) for n in floats(given).reshape(-1)]
    if 0 not in weights:
        return []
    sizes = [weights[0].shape[0]]
    layer = 0
    while layer in weights:
        sizes.append(weights[layer].shape[1])
        layer += 1
    return sizes


def _names(sizes: list[int], options: Options) -> list[list[str]]:
    given = _own_names(options)
    names = []
    for layer, size in enumerate(sizes):
        letter = "x" if layer == 0 else "ŷ" if layer == len(sizes) - 1 else "h"
        own = given.get(layer, [])
        plain = [letter + (str(i + 1).translate(_SUBSCRIPT) if size > 1 or letter != "ŷ" else "") for i in range(size)]
        names.append([*own, *plain[len(own) :]])
    return names


def _number(values: Floats | None, node: int) -> float:
    return float(values[node]) if values is not None and node < len(values) else float("nan")
