"""The gradient on its way back: twenty fresh LSTMs at the knob's forget bias, and twenty plain RNNs beside them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from .by_hand import STATES, run_through
from .through_time import left, lstm_lags, rnn_lags

Array = Any
Weights = tuple[Array, Array, Array]
NETWORKS = 20
SHOWN_UNITS = 4
LAGS = (1, 2, 5, *range(10, 101, 10))
"""Rows of the table."""
PATHS = {"c": "c", "h": "h", "straight": "f·f·f…", "rnn": "RNN"}
"""What is measured -> how the plot calls it."""


@dataclass(slots=True)
class Fading:
    """What is left at every lag, and how far back the walk has come."""

    left: dict[str, Array]
    """c, h, straight, rnn: shares (..., 20, T + 1)."""
    gates: dict[str, Array]
    """x (..., 1, T + 1), and f, i, o, c of the first units of the first LSTM (..., 4, T + 1)."""
    position: int = 0

    @property
    def lags(self) -> int:
        """The longest lag."""
        return int(self.left["c"].shape[-1]) - 1


def lstm_weights(rng: np.random.Generator, inputs: int, units: int, forget_bias: float, spread: float) -> Weights:
    """w_x, w_h uniform in ± spread / √H, b zero but for the forget gate's: (20, ...) each."""
    limit = spread / np.sqrt(units)
    w_x = rng.uniform(-limit, limit, (NETWORKS, inputs, 4 * units))
    w_h = rng.uniform(-limit, limit, (NETWORKS, units, 4 * units))
    b = np.zeros((NETWORKS, 4 * units))
    b[:, units : 2 * units] = forget_bias
    return w_x, w_h, b


def rnn_weights(rng: np.random.Generator, inputs: int, units: int, radius: float) -> Weights:
    """w_x, b as an LSTM's, w_h Gaussian and scaled so that its largest eigenvalue has the size `radius`."""
    limit = 1 / np.sqrt(units)
    w_x = rng.uniform(-limit, limit, (NETWORKS, inputs, units))
    w_h = rng.normal(size=(NETWORKS, units, units))
    largest = np.abs(np.linalg.eigvals(w_h)).max(axis=-1)
    return w_x, w_h * (radius / largest)[:, None, None], np.zeros((NETWORKS, units))


def measure(knobs: Knobs, rng: np.random.Generator) -> tuple[dict[str, Array], dict[str, Array]]:
    """Draw the networks, an input N(0, 1) each, and a gradient of length 1 in any direction at their last h."""
    units, steps = int(knobs["units"]), int(knobs["lags"]) + 1
    x = rng.normal(size=(NETWORKS, steps, 1))
    blame = rng.normal(size=(NETWORKS, units))
    blame /= np.sqrt(np.sum(blame**2, axis=-1, keepdims=True))
    own = lstm_weights(rng, 1, units, float(knobs["forget_bias"]), float(knobs["spread"]))
    shares = {name: left(lengths) for name, lengths in lstm_lags(x, *own, blame).items()}
    shares["rnn"] = left(rnn_lags(x, *rnn_weights(rng, 1, units, float(knobs["radius"])), blame))
    seen = run_through(x[0], (own[0][0], own[1][0], own[2][0]))
    return shares, {"x": x[0].T, **{name: seen[name].T[:SHOWN_UNITS] for name in "fioc"}}


def setup(knobs: Knobs, streams: Streams, xp: Any) -> Fading:
    """All lags are known at once; the walk reveals them."""
    both = [measure(knobs, generator) for generator in streams.init.generators()]
    if not streams.leading:
        return Fading(*both[0])
    first, second = zip(*both, strict=True)
    return Fading(
        {name: np.stack([one[name] for one in first]) for name in first[0]},
        {name: np.stack([one[name] for one in second]) for name in second[0]},
    )


def step(state: Fading) -> Metrics:
    """Go one lag further back; at the longest the walk stays."""
    state.position = min(state.position + 1, state.lags)
    return evaluate(state)


def evaluate(state: Fading) -> Metrics:
    """The median of what is left at this lag, as a power of ten: −7 says that a ten-millionth is left."""
    medians = {name: np.median(shares[..., state.position], axis=-1) for name, shares in state.left.items()}
    return {f"{name}_power": np.log10(np.maximum(value, 1e-300)) for name, value in medians.items()}


def observe_lags(state: Fading) -> Observation:
    """The medians as far as the walk has come (n,); c with all networks (20, n), which the plot draws as a band."""
    lags = np.arange(state.position + 1.0)
    arrays = {}
    for name, said in PATHS.items():
        shown = state.left[name][..., : len(lags)]
        arrays[f"{said}/y"] = shown if name == "c" else np.median(shown, axis=-2)
        arrays[f"{said}/x"] = np.broadcast_to(lags, (*shown.shape[:-2], len(lags)))
    return arrays


def observe_table(state: Fading) -> Observation:
    """The medians at some lags (13,) as powers of ten, those that the walk has not reached NaN."""
    lags = np.array([min(lag, state.lags) for lag in LAGS])
    columns = {"lag": np.broadcast_to(lags.astype(np.float64), (*state.left["c"].shape[:-2], len(lags)))}
    for name, said in PATHS.items():
        powers = np.log10(np.maximum(np.median(state.left[name], axis=-2)[..., lags], 1e-300))
        columns[said] = np.where(lags <= state.position, powers, np.nan)
    return columns


def observe_gates(state: Fading) -> Observation:
    """The first LSTM's input, gates and state over time (units, T), with the step that the walk has come to."""
    cursor = np.broadcast_to(np.float64(state.lags - state.position), state.gates["x"].shape[:-2])
    return {**{f"{name}/values": values for name, values in state.gates.items()}, "cursor": cursor}


@experiment("fading")
def fading() -> Experiment:
    """20 LSTMs of 64 units, weights uniform in ± 1 / √64; 20 RNNs whose matrix has a spectral radius of 0.9."""
    return Experiment(
        knobs=(
            Knob("forget_bias", 1.0, low=-10.0, high=10.0, slider=(-1.0, 4.0)),
            Knob("radius", 0.9, low=0.0, high=3.0, slider=(0.3, 1.5)),
            Knob("units", 64, low=1, high=256, slider=(8, 128)),
            Knob("spread", 1.0, low=0.0, high=5.0, slider=(0.0, 2.0)),
            Knob("lags", 100, low=1, high=400, slider=(10, 200)),
        ),
        setup=setup,
        step=step,
        evaluate=evaluate,
        probes={"lags": observe_lags, "left": observe_table, "gates": observe_gates},
        views=(
            View(
                "lags",
                "curve",
                "lags",
                {
                    "scale": "log",
                    "x_name": "lag",
                    "x_range": (0, 100),
                    "y_range": (1e-20, 1.0),
                    "y_limits": (1e-40, 1e6),
                    "legend": "end",
                    "colours": {"c": "accent", "h": "pos", "f·f·f…": "muted", "RNN": "neg"},
                },
            ),
            View(
                "left",
                "table",
                "left",
                {"note": "log₁₀", "decimals": dict.fromkeys(PATHS.values(), 1), "strong": ("c",)},
            ),
            View(
                "gates",
                "timeline",
                "gates",
                {
                    "maps": {**STATES["maps"], "x": "diverging"},
                    "limits": {**STATES["limits"], "x": (-2.0, 2.0)},
                    "apart": ("c",),
                },
            ),
        ),
        steps=100,
    )
