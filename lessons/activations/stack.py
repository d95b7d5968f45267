"""A stack of equal layers: what comes out of each, what blame comes back to it, and what the first weights decide."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import Dataset, dataset
from nnlab.lab.authoring import Experiment, Knob, Stream, Streams, Supervised, View, experiment, supervised
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.probes import every_seed
from nnlab.lab.supervised import evaluate
from nnlab.nn import initializers

from .family import TRAINABLE, Array, layer

POINTS = 200
INITIALIZERS: Mapping[str, Callable[..., Any] | str] = {
    "zeros": "zeros",
    "small": partial(initializers.normal, std=0.01),
    "large": partial(initializers.normal, std=1.0),
    "xavier_uniform": "xavier_uniform",
    "xavier_normal": "xavier_normal",
    "he_uniform": "he_uniform",
    "he_normal": "he_normal",
    "orthogonal": "orthogonal",
}
"""Name -> what nn.Linear takes; small and large are N(0, 0.01²) and N(0, 1) whatever the layer."""
RECIPES = {
    "sigmoid, Xavier": ("sigmoid", "xavier_uniform"),
    "tanh, Xavier": ("tanh", "xavier_uniform"),
    "ReLU, He": ("relu", "he_normal"),
}
"""Fresh networks drawn dimmed beside the run's own: name -> activation, initializer."""
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
OUTPUT_EDGES = np.linspace(-2.0, 2.0, 49)
BLAME_EDGES = np.logspace(-12.0, 0.0, 49)


def network(layers: int, width: int, activation: str, initializer: str, rng: Stream) -> nn.Module:
    """2-width-...-width-1 with the activation after every hidden layer; logits out."""
    sizes = [2, *[width] * layers, 1]
    parts: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        parts.append(nn.Linear(inputs, outputs, rng=rng, initializer=INITIALIZERS[initializer]))
        parts.append(layer(activation))
    return nn.Sequential(*parts[:-1])


@dataclass(slots=True)
class Stack(Supervised):
    """Supervised training that remembers how it began."""

    first: list[Array] = field(default_factory=list)
    """The fresh weight matrices, without biases."""
    began: dict[str, Array] = field(default_factory=dict)
    """Measures of the fresh network, () or (S,) each."""
    recipes: dict[str, Array] = field(default_factory=dict)
    """Recipe -> size of the blame in each layer of a fresh network (..., L)."""


@dataclass(frozen=True, slots=True)
class Passed:
    """One pass forward and backward through all samples."""

    outputs: list[Array]
    """After each hidden layer's activation, (..., N, H)."""
    blame: list[Array]
    """dL/dz of each hidden layer, (..., N, H); the mean loss is multiplied by N: as for one sample."""


def both_ways(model: nn.Module, state: Supervised) -> Passed:
    """Send all samples forward and the loss back. The parameters' gradients are left as they were."""
    kept = [parameter.grad for _, parameter in model.named_parameters()]
    with nn.observe(model) as seen:
        outputs = model(state.data.x)
        engine.sum(state.loss(outputs, state.data.y, leading=state.leading)).backward()
    for (_, parameter), gradient in zip(model.named_parameters(), kept, strict=True):
        parameter.grad = gradient
    hidden = range(len(seen) // 2 - 1)
    return Passed(
        [engine.to_host(seen[str(2 * i + 1)].output) for i in hidden],
        [engine.to_host(seen[str(2 * i)].gradient) * state.data.size for i in hidden],
    )


def sizes_of(arrays: list[Array]) -> Array:
    """Root mean square of each layer's values: L arrays (..., N, H) -> (..., L)."""
    if not arrays:
        return np.zeros((0,))
    return np.stack([np.sqrt(np.mean(array.astype(np.float64) ** 2, axis=(-2, -1))) for array in arrays], axis=-1)


def spreads_of(arrays: list[Array]) -> Array:
    """Standard deviation of each layer's values: L arrays (..., N, H) -> (..., L)."""
    return np.stack([np.std(array.astype(np.float64), axis=(-2, -1)) for array in arrays], axis=-1)


def weights(model: nn.Module) -> list[Array]:
    """The weight matrices as they are now, copies (..., in, out)."""
    return [
        np.array(engine.to_host(parameter.data)) for name, parameter in model.named_parameters() if "weight" in name
    ]


def evaluate_stack(state: Stack) -> Metrics:
    """Accuracy, how far any weight has come from its start, and the fresh network's measures."""
    moved = [
        np.max(np.abs(now - then), axis=(-2, -1)) for now, then in zip(weights(state.model), state.first, strict=True)
    ]
    return {**evaluate(state), "moved": np.max(np.stack(moved), axis=0), **state.began}


# --- what is seen -----------------------------------------------------------------------------------------------------


def _ridges(state: Stack, arrays: list[Array], edges: Array, sizes: Array) -> Observation:
    """counts (L, B), edges (B + 1,) and numbers (L,).

    Values outside the edges are counted at the ends; on a logarithmic axis those that are exactly 0 have no place.
    """
    margin = 1e-6 * (edges[-1] - edges[0])
    low, high = float(edges[0]), float(edges[-1]) - margin

    def count(values: Array) -> Array:
        kept = values[values > 0] if low > 0 else values
        return np.histogram(np.clip(kept, low, high), bins=edges)[0].astype(np.float64)

    def rows(of: Callable[[Array], Array]) -> Array:
        return np.stack([of(values) for values in arrays])

    if state.leading:
        counts = np.stack([rows(lambda values, k=k: count(values[k])) for k in range(len(arrays[0]))])  # type: ignore[misc]
    else:
        counts = rows(count)
    texts = np.array([_short(float(size)) for size in sizes.reshape(-1)]).reshape(sizes.shape)
    return {"counts": counts, "edges": every_seed(state, edges), "numbers": texts}


def _short(size: float) -> str:
    """Two digits, or one and a power of ten below a hundredth."""
    if size >= 0.0095 or size == 0:
        return f"{size:.2g}" if size < 100 else f"{size:.0f}"
    digit, power = f"{size:.0e}".split("e")
    return f"{digit}×10⁻{str(-int(power)).translate(SUPERSCRIPTS)}"


def observe_outputs(state: Stack) -> Observation:
    """A histogram of each hidden layer's outputs; the number is their standard deviation."""
    outputs = both_ways(state.model, state).outputs
    return _ridges(state, outputs, OUTPUT_EDGES, spreads_of(outputs))


def observe_blame(state: Stack) -> Observation:
    """A histogram of the size of each hidden layer's dL/dz, logarithmic; the number is its root mean square."""
    blame = both_ways(state.model, state).blame
    return _ridges(state, [np.abs(values) for values in blame], BLAME_EDGES, sizes_of(blame))


def observe_flow(state: Stack) -> Observation:
    """The root mean square of dL/dz by layer: now, and of fresh networks after the three recipes."""
    now = sizes_of(both_ways(state.model, state).blame)
    places = every_seed(state, np.arange(1.0, now.shape[-1] + 1.0))
    arrays: dict[str, Array] = {"δ/x": places, "δ/y": now}
    for name, sizes in state.recipes.items():
        arrays |= {f"{name}/x": places, f"{name}/y": sizes}
    return arrays


def as_one_layer(state: Supervised) -> tuple[Array, Array]:
    """Multiply all layers out as if nothing stood between them: weights (..., 2) and bias (...)."""
    product: Array | None = None
    offset: Array | None = None
    for part in state.model:  # type: ignore[attr-defined]  # nn.Sequential
        own = {name: engine.to_host(parameter.data).astype(np.float64) for name, parameter in part.named_parameters()}
        if not own:
            continue
        bias = own["bias"][..., None, :]
        product = own["weight"] if product is None else product @ own["weight"]
        offset = bias if offset is None else offset @ own["weight"] + bias
    assert product is not None
    assert offset is not None
    return product[..., 0], offset[..., 0, 0]


CORNERS = np.array([[-0.8, -0.8], [-0.8, 0.8], [0.0, 0.0], [0.8, -0.8], [0.8, 0.8]])


def observe_single(state: Supervised) -> Observation:
    """At five places: what the stack answers (its logit), and what one layer made of all its weights answers."""
    w, b = as_one_layer(state)
    with engine.no_grad():
        logits = engine.values(state.model(engine.to_device(CORNERS.astype(np.float32))))
    stack = engine.to_host(logits)[..., 0].astype(np.float64)
    one = w @ CORNERS.T + b[..., None]
    places = np.array(["− −", "− +", "0 0", "+ −", "+ +"])
    return {"x": np.broadcast_to(places, one.shape), "z": stack, "xW₁W₂…": one, "Δ": np.abs(stack - one)}


# --- the experiment ---------------------------------------------------------------------------------------------------


@experiment("stack")
def stack() -> Experiment:
    """Two circles and ten layers of 32: every choice that decides whether such a stack learns."""

    def data(knobs: Knobs, rng: np.random.Generator) -> Dataset:
        return dataset(str(knobs["data"]), POINTS, noise=float(knobs["noise"]), rng=rng)

    made = supervised(
        knobs=(
            Knob("activation", "tanh", choices=TRAINABLE),
            Knob("initializer", "xavier_uniform", choices=tuple(INITIALIZERS)),
            Knob("layers", 10, low=1, high=20),
            Knob("width", 32, low=1, high=64),
            Knob("optimizer", "sgd", choices=("sgd", "adam")),
            Knob("learning_rate", 0.05, above=0.0, slider=(0.001, 10.0), log=True, live=True),
            Knob("data", "circles", choices=("gaussians", "xor", "circles", "moons", "spirals")),
            Knob("noise", 0.05, low=0.0, high=1.0, slider=(0.0, 0.3)),
            Knob("batch", 0, low=0, high=POINTS),
        ),
        data=data,
        model=lambda knobs, rng: network(
            int(knobs["layers"]), int(knobs["width"]), str(knobs["activation"]), str(knobs["initializer"]), rng
        ),
        optimizer=lambda knobs, model: nn.optimizer(str(knobs["optimizer"]), model, float(knobs["learning_rate"])),
        loss=engine.binary_cross_entropy_with_logits,
        views=(
            View("outputs", "ridges", "outputs", {"x_name": "a", "note": "a"}),
            View(
                "blame",
                "ridges",
                "blame",
                {"x_scale": "log", "x_name": "|∂L/∂z|", "colour": "pos", "note": "|∂L/∂z|", "empty": "∂L/∂z = 0"},
            ),
            View(
                "flow",
                "curve",
                "flow",
                {
                    "scale": "log",
                    "x_range": (1, 2),
                    "x_name": "l",
                    "legend": "end",
                    "note": "√⟨(∂L/∂z)²⟩",
                    "colours": {"sigmoid, Xavier": "neg", "tanh, Xavier": "muted", "ReLU, He": "pos"},
                },
            ),
            View("field", "field", "field", {"names": ("x₁", "x₂"), "note": "ŷ(x)", "readout": "accuracy"}),
            View(
                "loss", "curve", options={"series": ("loss",), "y_range": (0.0, 0.8), "references": {"ln 2": np.log(2)}}
            ),
            View(
                "single",
                "table",
                "single",
                {"decimals": {"z": 3, "xW₁W₂…": 3}, "formats": {"Δ": "short"}, "strong": ("Δ",)},
            ),
        ),
        probes={
            "outputs": observe_outputs,
            "blame": observe_blame,
            "flow": observe_flow,
            "single": observe_single,
        },
        steps=500,
        evaluations=50,
    )

    def setup(knobs: Knobs, streams: Streams, xp: Any) -> Stack:
        plain = made.setup(knobs, streams, xp)
        state = Stack(**{part.name: getattr(plain, part.name) for part in fields(plain)})
        state.first = weights(state.model)
        fresh = both_ways(state.model, state)
        blame, spreads = sizes_of(fresh.blame), spreads_of(fresh.outputs)
        with np.errstate(invalid="ignore", divide="ignore"):
            state.began = {
                "first_over_last": _ratio(blame[..., 0], blame[..., -1]),
                "per_layer": _ratio(blame[..., 0], blame[..., -1]) ** (1.0 / max(1, blame.shape[-1] - 1)),
                "last_over_first": _ratio(spreads[..., -1], spreads[..., 0]),
            }
        for name, (activation, initializer) in RECIPES.items():
            rng = Streams(streams.seeds).init
            model = network(int(knobs["layers"]), int(knobs["width"]), activation, initializer, rng)
            state.recipes[name] = sizes_of(both_ways(model, state).blame)
        return state

    return replace(made, setup=setup, evaluate=evaluate_stack)


def _ratio(a: Array, b: Array) -> Array:
    """a / b, 0 where b is 0: nothing passes through a network of zeros."""
    return np.asarray(np.where(b > 0, a / np.where(b > 0, b, 1.0), 0.0))
