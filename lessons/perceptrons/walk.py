"""One sample walks through a 2-2-1 network, forward and backward, one stage of the arithmetic a step.

Names as on the page: z = x w + b, h = tanh z, s = h v + c, p = sigmoid s, cost L; d, d_hidden the slopes of L with
respect to s and z. With several seeds every array has a leading axis (S,).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from .plane import Array

Numbers = dict[str, Array]


@dataclass(slots=True)
class Walk:
    """The weights, the sample, and the numbers that this round has reached so far."""

    weights: Numbers
    """w (..., 2, 2), b (..., 2), v (..., 2), c (...)."""
    x: Array
    """The sample's inputs (2,)."""
    y: float
    """Its target, 0 or 1."""
    learning_rate: float
    stage: int = 0
    """The stage that comes next."""
    numbers: Numbers = field(default_factory=dict)


def sums(walk: Walk, weights: Numbers, seen: Numbers) -> Numbers:
    """Forward: the hidden neurons add up. The weights of the round are noted, since the update will replace them."""
    used = {f"used_{name}": value for name, value in weights.items()}
    return {**used, "z": walk.x @ weights["w"] + weights["b"]}


def hidden(walk: Walk, weights: Numbers, seen: Numbers) -> Numbers:
    """Forward: their activation."""
    return {"h": np.tanh(seen["z"])}


def output(walk: Walk, weights: Numbers, seen: Numbers) -> Numbers:
    """Forward: the output neuron adds up and answers."""
    s = np.sum(seen["h"] * weights["v"], axis=-1) + weights["c"]
    return {"s": s, "p": 0.5 * (1.0 + np.tanh(0.5 * s))}


def cost(walk: Walk, weights: Numbers, seen: Numbers) -> Numbers:
    """The cross-entropy, ln(1 + e^s) - y s: the same as on the page, and finite however sure the output is."""
    return {"L": np.logaddexp(0.0, seen["s"]) - walk.y * seen["s"]}


def blame_output(walk: Walk, weights: Numbers, seen: Numbers) -> Numbers:
    """Backward: the slope at the output, and those of the weights that lead to it."""
    d = np.asarray(seen["p"] - walk.y)
    return {"d": d, "grad_v": d[..., None] * seen["h"], "grad_c": d}


def blame_hidden(walk: Walk, weights: Numbers, seen: Numbers) -> Numbers:
    """Backward: the slopes at the hidden neurons, and those of the weights that lead to them."""
    d_hidden = seen["d"][..., None] * weights["v"] * (1.0 - seen["h"] ** 2)
    return {"d_hidden": d_hidden, "grad_w": walk.x[:, None] * d_hidden[..., None, :], "grad_b": d_hidden}


def update(walk: Walk, weights: Numbers, seen: Numbers) -> Numbers:
    """The optimizer: every weight a little downhill. The round's numbers stay on show until the next one starts."""
    for name in weights:
        weights[name] = weights[name] - walk.learning_rate * seen[f"grad_{name}"]
    return {}


STAGES: tuple[Callable[[Walk, Numbers, Numbers], Numbers], ...] = (
    sums,
    hidden,
    output,
    cost,
    blame_output,
    blame_hidden,
    update,
)
"""One round, in order."""


def setup(knobs: Knobs, streams: Streams, xp: object) -> Walk:
    """Draw the weights evenly from [-1, 1], biases too, so that no number on the way is 0."""
    draw = streams.init.uniform(-1.0, 1.0, (9,))
    shape = draw.shape[:-1]
    return Walk(
        weights={
            "w": draw[..., :4].reshape(*shape, 2, 2).copy(),
            "b": draw[..., 4:6].copy(),
            "v": draw[..., 6:8].copy(),
            "c": np.asarray(draw[..., 8].copy()),
        },
        x=np.array([knobs["x1"], knobs["x2"]], dtype=np.float64),
        y=float(knobs["target"]),
        learning_rate=float(knobs["learning_rate"]),
    )


def step(walk: Walk) -> Metrics:
    """Go one stage further; the loss is that of the weights as they stand after it."""
    if walk.stage == 0:
        walk.numbers = {}
    walk.numbers = {**walk.numbers, **STAGES[walk.stage](walk, walk.weights, walk.numbers)}
    walk.stage = (walk.stage + 1) % len(STAGES)
    return {"loss": loss(walk, walk.weights)}


def loss(walk: Walk, weights: Numbers) -> Array:
    """The cost of the sample under any weights (...)."""
    seen: Numbers = {}
    for stage in STAGES[:4]:
        seen |= stage(walk, weights, seen)
    return seen["L"]


def slopes(walk: Walk) -> Numbers:
    """The slope of the cost for every weight, by one walk forward and backward: w, b, v, c."""
    seen: Numbers = {}
    for stage in STAGES[:6]:
        seen |= stage(walk, walk.weights, seen)
    return {name: seen[f"grad_{name}"] for name in walk.weights}


def nudged_slopes(walk: Walk, nudge: float) -> Numbers:
    """The same slopes measured: every weight moved by `nudge` up and down, (cost up - cost down) / (2 nudge)."""
    measured: Numbers = {}
    for name, value in walk.weights.items():
        slope = np.empty_like(value)
        flat, place = slope.reshape(-1), value.reshape(-1)
        for index in range(place.size):
            costs = []
            for sign in (1.0, -1.0):
                moved = place.copy()
                moved[index] += sign * nudge
                costs.append(np.sum(loss(walk, {**walk.weights, name: moved.reshape(value.shape)})))
            flat[index] = (costs[0] - costs[1]) / (2.0 * nudge)
        measured[name] = slope
    return measured


def evaluate(walk: Walk) -> Metrics:
    """Measure the output under the present weights."""
    seen: Numbers = {}
    for stage in STAGES[:3]:
        seen |= stage(walk, walk.weights, seen)
    return {"output": seen["p"]}


def change(walk: Walk, knob: str, value: KnobValue) -> None:
    """Apply the live learning rate."""
    walk.learning_rate = float(value)


def observe_network(walk: Walk) -> Observation:
    """Weights, and the values and slopes at the nodes that are known so far (NaN: not yet)."""
    shape = walk.weights["c"].shape
    return {
        "weights0": walk.weights["w"],
        "bias0": walk.weights["b"],
        "weights1": walk.weights["v"][..., None],
        "bias1": walk.weights["c"][..., None],
        "values0": np.broadcast_to(walk.x, (*shape, 2)),
        "values1": _known(walk, "h", (*shape, 2)),
        "values2": _known(walk, "p", shape)[..., None],
        "gradients1": _known(walk, "d_hidden", (*shape, 2)),
        "gradients2": _known(walk, "d", shape)[..., None],
    }


ROWS = (
    *("z₁ = x·w₁+b₁", "z₂ = x·w₂+b₂", "h₁ = tanh z₁", "h₂ = tanh z₂", "s = h·v+c", "ŷ = σ(s)", "L(ŷ, y)"),
    *("δ = ŷ − y", "δ₁ = δv₁h₁′", "δ₂ = δv₂h₂′", "∂v₁ = δ h₁", "∂v₂ = δ h₂"),
    *("∂w₁₁ = δ₁ x₁", "∂w₂₁ = δ₁ x₂", "∂w₁₂ = δ₂ x₁", "∂w₂₂ = δ₂ x₂"),
)


def observe_arithmetic(walk: Walk) -> Observation:
    """A row for each line of the arithmetic: three parts and the result (..., 16); NaN is not known yet."""
    shape = walk.weights["c"].shape
    w, b, v, c = (walk.numbers.get(f"used_{name}", walk.weights[name]) for name in "wbvc")
    pair = (*shape, 2)
    z, h, d_hidden, grad_v = (_known(walk, name, pair) for name in ("z", "h", "d_hidden", "grad_v"))
    s, p, cost_now, d = (_known(walk, name, shape) for name in ("s", "p", "L", "d"))
    grad_w = _known(walk, "grad_w", (*shape, 2, 2))
    x, none = walk.x, np.full(shape, np.nan)

    def row(*numbers: Array | float) -> Array:
        return np.stack([np.broadcast_to(np.asarray(number, dtype=np.float64), shape) for number in numbers], axis=-1)

    def of(i: int, array: Array) -> Array:
        return np.asarray(array[..., i])

    unit = range(2)
    known_z = 0.0 * z
    rows = [row(x[0] * w[..., 0, i] + of(i, known_z), x[1] * w[..., 1, i], of(i, b), of(i, z)) for i in unit]
    rows += [row(of(i, z), none, none, of(i, h)) for i in unit]
    rows += [row(of(0, h * v), of(1, h * v), c, s), row(s, none, none, p), row(p, walk.y, none, cost_now)]
    rows += [row(p, -walk.y, none, d)]
    rows += [row(d, of(i, v), 1.0 - of(i, h) ** 2, of(i, d_hidden)) for i in unit]
    rows += [row(d, of(i, h), none, of(i, grad_v)) for i in unit]
    rows += [row(of(i, d_hidden), x[j], none, grad_w[..., j, i]) for i in unit for j in unit]
    table = np.stack(rows, axis=-2)
    lines = np.broadcast_to(np.array(ROWS), (*shape, len(ROWS)))
    return {" ": lines, "=": table[..., 3], "from": table[..., 0], "  ": table[..., 1], "   ": table[..., 2]}


def _known(walk: Walk, name: str, shape: tuple[int, ...]) -> Array:
    return walk.numbers[name] if name in walk.numbers else np.full(shape, np.nan)


@experiment("walk")
def walk() -> Experiment:
    """Ten rounds of seven stages."""
    graph = {"note": "2-2-1 tanh", "readout": "output"}
    return Experiment(
        knobs=(
            Knob("x1", 1.0, slider=(-2.0, 2.0)),
            Knob("x2", 0.5, slider=(-2.0, 2.0)),
            Knob("target", 1, low=0, high=1),
            Knob("learning_rate", 0.5, above=0.0, slider=(0.01, 10.0), log=True, live=True),
        ),
        setup=setup,
        step=step,
        evaluate=evaluate,
        change=change,
        probes={"network": observe_network, "arithmetic": observe_arithmetic},
        views=(
            View("walk", "graph", "network", graph),
            View(
                "arithmetic",
                "table",
                "arithmetic",
                {"decimals": {"=": 3, "from": 2, "  ": 2, "   ": 2}, "strong": ("=",)},
            ),
            View("loss", "curve", options={"y_range": (0.0, 1.0)}),
        ),
        steps=10 * len(STAGES),
        weights=lambda state: dict(state.weights),
    )
