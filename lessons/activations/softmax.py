"""Softmax: scores in, shares that sum to 1 out; the scores and the temperature are knobs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nnlab import engine
from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from .family import Array, for_every_seed

REACH = 6.0
CLASSES = ("p₁", "p₂", "p₃")


@dataclass(frozen=True, slots=True)
class Scores:
    """Three logits and what they are divided by first."""

    z: Array
    """(3,)."""
    temperature: float
    seeds: tuple[int, ...]

    def shares(self, z: Array) -> Array:
        """Softmax of z / temperature: (..., 3) -> (..., 3)."""
        return np.asarray(engine.values(engine.softmax(z / self.temperature)))

    def slopes(self, z: Array) -> Array:
        """How each share of scores (..., 3) answers to z₁, by the engine's own backward pass: (..., 3)."""
        columns = []
        for share in range(len(CLASSES)):
            scores = engine.Tensor(z / self.temperature, requires_grad=True)
            engine.sum(engine.softmax(scores)[..., share]).backward()
            columns.append(engine.to_host(scores.grad)[..., 0] / self.temperature)
        return np.stack(columns, axis=-1)


def setup(knobs: Knobs, streams: Streams, xp: object) -> Scores:
    """Read the knobs."""
    z = np.array([knobs[name] for name in ("z1", "z2", "z3")], dtype=np.float64)
    return Scores(z, float(knobs["temperature"]), (len(streams.seeds),) if streams.leading else ())


def evaluate(scores: Scores) -> Metrics:
    """The three shares and their sum, and how each answers to z₁."""
    shares, slopes = scores.shares(scores.z), scores.slopes(scores.z)
    values = {"p1": shares[0], "p2": shares[1], "p3": shares[2], "total": shares.sum()}
    values |= {f"slope{i}": slope for i, slope in enumerate(slopes, start=1)}
    return {name: np.full(scores.seeds, float(value)) for name, value in values.items()}


def observe_shares(scores: Scores) -> Observation:
    """values (3,): the shares."""
    return for_every_seed(scores.seeds, values=scores.shares(scores.z))


def _over_z1(scores: Scores, measure: Callable[[Array], Array]) -> Observation:
    """Three curves over z₁, measure(scores (n, 3)) -> (n, 3), and where it stands."""
    z1 = np.union1d(np.linspace(-REACH, REACH, 241), scores.z[:1])
    z = np.broadcast_to(scores.z, (len(z1), 3)).copy()
    z[:, 0] = z1
    curves = measure(z)
    arrays: dict[str, Array] = {}
    for i, name in enumerate(CLASSES):
        arrays |= {f"{name}/x": z1, f"{name}/y": curves[:, i]}
    return for_every_seed(scores.seeds, **arrays, cursor=scores.z[0])


def observe_sweep(scores: Scores) -> Observation:
    """The three shares while z₁ moves."""
    return _over_z1(scores, scores.shares)


def observe_slopes(scores: Scores) -> Observation:
    """Their slopes ∂pᵢ/∂z₁ while z₁ moves."""
    return _over_z1(scores, scores.slopes)


def observe_arithmetic(scores: Scores) -> Observation:
    """A row for each class and one for the sums: z, z / T, its exponential, the share."""
    scaled = scores.z / scores.temperature
    powers, shares = np.exp(scaled), scores.shares(scores.z)
    return for_every_seed(
        scores.seeds,
        **{
            " ": ["1", "2", "3", "Σ"],
            "z": [*scores.z, np.nan],
            "z / T": [*scaled, np.nan],
            "e^(z/T)": [*powers, powers.sum()],
            "p": [*shares, shares.sum()],
        },
    )


@experiment("softmax")
def softmax() -> Experiment:
    """Nothing to train: three scores share one whole."""
    score = (-REACH, REACH)
    axis = {"x_range": score, "x_name": "z₁", "legend": "end", "pointer": {"x": "z1"}}
    return Experiment(
        knobs=(
            Knob("z1", 2.0, low=-500.0, high=500.0, slider=score),
            Knob("z2", 1.0, low=-500.0, high=500.0, slider=score),
            Knob("z3", 0.0, low=-500.0, high=500.0, slider=score),
            Knob("temperature", 1.0, low=0.01, high=100.0, slider=(0.1, 10.0), log=True),
        ),
        setup=setup,
        step=lambda _: {},
        evaluate=evaluate,
        probes={
            "shares": observe_shares,
            "sweep": observe_sweep,
            "slopes": observe_slopes,
            "arithmetic": observe_arithmetic,
        },
        views=(
            View("sweep", "curve", "sweep", {**axis, "y_range": (0.0, 1.2), "readout": "p1"}),
            View("slopes", "curve", "slopes", {**axis, "y_range": (-0.3, 0.3), "note": "∂pᵢ/∂z₁", "readout": "slope1"}),
            View("shares", "bars", "shares", {"names": CLASSES, "limits": (0.0, 1.0), "format": "percent"}),
            View(
                "arithmetic",
                "table",
                "arithmetic",
                {
                    "decimals": {"z": 2, "z / T": 2, "p": 3},
                    "formats": {"e^(z/T)": "short"},
                    "strong": ("p",),
                    "readout": "total",
                },
            ),
        ),
        steps=0,
    )
