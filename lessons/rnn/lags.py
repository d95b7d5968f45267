"""How much of a gradient is left `lag` steps back: a product of as many Jacobians, diag(1 - h²) Wᵀ each."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import HostArray, Observation
from nnlab.lab.experiment import Knobs, Metrics

from .network import Array, every_seed, seeds_shape, some_units, with_radius

RADII = (0.5, 0.9, 1.0, 1.1, 1.5)
NETWORKS = 20
"""Networks a curve; what is drawn is their median."""
INPUTS = 2
COLOURS = {"ρ 0.5": "s2", "ρ 0.9": "s3", "ρ 1": "text", "ρ 1.1": "s4", "ρ 1.5": "s5", "ρ^lag": "faint"}
LIMITS = (1e-12, 1e4)
"""Lengths on show; what is shorter leaves the plot at its lower edge."""
UNITS = 10
"""Units on show."""


@dataclass(frozen=True, slots=True)
class Walked:
    """What was measured at once; the walk back only reveals it."""

    lengths: dict[float, HostArray]
    """Spectral radius -> (..., NETWORKS, T + 1): ‖∂L/∂h‖ at every lag from 0, L a random direction of the last h."""
    states: HostArray
    """(..., T, H): hidden states of the first network with the radius asked for."""
    slopes: HostArray
    """(..., T + 1, H): its ∂L/∂h at every lag from 0."""
    radius: float
    seeds: tuple[int, ...]


@dataclass(slots=True)
class Walk:
    """The walk back through time."""

    walked: Walked
    lag: int = 0


def walk_back(
    w: Array, u: Array, x: Array, direction: Array, *, is_linear: bool = False
) -> tuple[HostArray, HostArray]:
    """Run networks forward from h = 0, then take a gradient back.

    w (n, H, H), u (n, D, H), x (n, T, D), direction (n, H) -> states (n, T, H), ∂L/∂h at every lag (n, T + 1, H).
    """
    n, steps, _ = x.shape
    h = np.zeros((n, w.shape[-1]))
    states = np.empty((n, steps, w.shape[-1]))
    for t in range(steps):
        z = np.einsum("nd,ndh->nh", x[:, t], u) + np.einsum("nh,nhk->nk", h, w)
        h = z if is_linear else np.tanh(z)
        states[:, t] = h
    slopes = np.empty((n, steps + 1, w.shape[-1]))
    slopes[:, 0] = direction
    for lag in range(steps):
        bent = 1.0 if is_linear else 1.0 - states[:, steps - 1 - lag] ** 2
        slopes[:, lag + 1] = np.einsum("nk,nhk->nh", slopes[:, lag] * bent, w)
    return states, slopes


def measure(rng: np.random.Generator, radius: float, hidden: int, steps: int, is_linear: bool) -> Any:
    """Draw NETWORKS networks once and walk back with each spectral radius: the same networks, scaled.

    U is uniform in ±1/√H, inputs are normal. Returns radius -> lengths (n, T + 1), and states (T, H) and slopes
    (T + 1, H) of the first network.
    """
    drawn = np.stack([with_radius(1.0)(rng, (hidden, hidden)) for _ in range(NETWORKS)])
    u = rng.uniform(-1, 1, (NETWORKS, INPUTS, hidden)) / np.sqrt(hidden)
    x = rng.normal(size=(NETWORKS, steps, INPUTS))
    direction = rng.normal(size=(NETWORKS, hidden))
    direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
    lengths, shown = {}, (np.zeros((steps, hidden)), np.zeros((steps + 1, hidden)))
    for scale in sorted({*RADII, radius}):
        states, slopes = walk_back(scale * drawn, u, x, direction, is_linear=is_linear)
        lengths[scale] = np.linalg.norm(slopes, axis=-1)
        if scale == radius:
            shown = states[0], slopes[0]
    return lengths, *shown


def setup(knobs: Knobs, streams: Streams, xp: Any) -> Walk:
    """Everything is known at once, on the host: five radii, twenty networks each."""
    radius, is_linear = float(knobs["radius"]), knobs["activation"] == "linear"
    sets = [
        measure(rng, radius, int(knobs["hidden"]), int(knobs["length"]), is_linear) for rng in streams.init.generators()
    ]
    if not streams.leading:
        lengths, states, slopes = sets[0]
    else:
        lengths = {scale: np.stack([one[0][scale] for one in sets]) for scale in sets[0][0]}
        states, slopes = (np.stack([one[part] for one in sets]) for part in (1, 2))
    return Walk(Walked(lengths, states, slopes, radius, seeds_shape(streams)))


def step(walk: Walk) -> Metrics:
    """Go one step further back; at the beginning of time stay there."""
    walk.lag = min(walk.lag + 1, walk.walked.states.shape[-2])
    return evaluate(walk)


def evaluate(walk: Walk) -> Metrics:
    """Measure the median length that is left, of all networks, where the walk is; also as a power of ten."""
    lengths = walk.walked.lengths[walk.walked.radius][..., walk.lag]
    left = np.median(lengths, axis=-1)
    return {
        "gradient": left,
        "log_gradient": np.log10(np.maximum(left, 1e-300)),
        "lag": np.full(walk.walked.seeds, float(walk.lag)),
    }


def observe_lengths(walk: Walk) -> Observation:
    """Curves over the lag as far as the walk has come: medians for every radius, and ρ^lag for the one asked for."""
    walked = walk.walked
    lags = np.arange(walk.lag + 1, dtype=np.float64)
    arrays: dict[str, HostArray] = {}
    order = sorted(walked.lengths, key=lambda scale: scale != walked.radius)
    for scale in order:
        median = np.median(walked.lengths[scale][..., : walk.lag + 1], axis=-2)
        name = f"ρ {scale:g}"
        arrays[f"{name}/x"] = np.broadcast_to(lags, median.shape)
        arrays[f"{name}/y"] = median
    arrays |= every_seed(walked.seeds, **{"ρ^lag/x": lags, "ρ^lag/y": walked.radius**lags})
    return arrays


def observe_way(walk: Walk) -> Observation:
    """h (units, T), and the exponent of ten of |∂L/∂h| as far as the walk has come; the cursor stands where it is."""
    walked = walk.walked
    states = np.swapaxes(walked.states, -1, -2)[..., :UNITS, :]
    steps = states.shape[-1]
    known = np.full(walked.slopes.shape, np.nan)
    known[..., : walk.lag + 1, :] = np.log10(np.maximum(np.abs(walked.slopes[..., : walk.lag + 1, :]), 1e-300))
    # Lag 0 is the last step: time runs to the right.
    slopes = np.swapaxes(known[..., :steps, :][..., ::-1, :], -1, -2)[..., :UNITS, :]
    cursor = np.float64(max(0, steps - 1 - walk.lag))
    names = [some_units(name, walked.states.shape[-1], UNITS) for name in ("h", "lg ∂h")]
    return {f"{names[0]}/values": states, f"{names[1]}/values": slopes, **every_seed(walked.seeds, cursor=cursor)}


WAY = {
    "maps": {some_units("lg ∂h", hidden, UNITS): "sequential" for hidden in (1, 64)},
    "limits": {
        some_units(name, hidden, UNITS): limits
        for name, limits in (("h", (-1.0, 1.0)), ("lg ∂h", (-12.0, 1.0)))
        for hidden in (1, 64)
    },
}


@experiment("lags")
def lags() -> Experiment:
    """64 hidden units, 100 steps; nothing is trained: this is how a network starts."""
    return Experiment(
        knobs=(
            Knob("radius", 0.9, above=0.0, high=10.0, slider=(0.1, 2.0)),
            Knob("activation", "tanh", choices=("linear", "tanh")),
            Knob("hidden", 64, low=2, high=256, slider=(2, 128)),
            Knob("length", 100, low=2, high=300, slider=(10, 200)),
        ),
        setup=setup,
        step=step,
        evaluate=evaluate,
        probes={"lengths": observe_lengths, "way": observe_way},
        views=(
            View(
                "lengths",
                "curve",
                "lengths",
                {
                    "scale": "log",
                    "x_range": (0, 100),
                    "y_limits": LIMITS,
                    "y_range": LIMITS,
                    "colours": COLOURS,
                    "legend": "end",
                    "x_name": "lag",
                },
            ),
            View("way", "timeline", "way", WAY),
        ),
        steps=100,
    )
