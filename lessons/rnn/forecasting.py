"""A series to forecast: the next value from all before it, and then on and on from the network's own answers."""

from dataclasses import dataclass

import numpy as np

from nnlab import engine, nn
from nnlab.data import sine
from nnlab.lab.authoring import Experiment, Knob, Stream, Streams, UserData, View, experiment
from nnlab.lab.events import HostArray, Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from .columns import read_series
from .network import Array, Reader, learned_numbers, saved, seeds_shape

LENGTH = 480
HELD_BACK = 0.25
SHOWN = 40
"""Known values on show before the forecast begins."""
AHEAD = 80
"""Values of the forecast on show."""
MOST_VALUES = 20_000
SOURCES = ("sine", "beat", "saw")


@dataclass(frozen=True, slots=True)
class Series:
    """The series, scaled so that its known part has mean 0 and variance 1."""

    values: Array
    """(..., m) float32."""
    first: int
    """Index of the first value held back."""
    centre: Array
    """(...): mean of the known part, in the series' own unit."""
    spread: Array
    """(...): its standard deviation."""
    seeds: tuple[int, ...]
    learned: int


@dataclass(slots=True)
class Forecast:
    """A network that learns a series."""

    model: Reader
    optimizer: nn.Optimizer
    draws: Stream
    batch: int
    length: int
    clip: float
    series: Series


def draw(knobs: Knobs, rng: np.random.Generator) -> Array:
    """Draw one of our own series (m,): a sine; two sines whose sum swells and fades; a saw-tooth. All with noise."""
    period, noise = float(knobs["period"]), float(knobs["noise"])
    if knobs["source"] == "saw":
        phase = rng.uniform()
        return (2 * ((np.arange(LENGTH) / period + phase) % 1.0) - 1.0) + noise * rng.standard_normal(LENGTH)
    wave = sine(LENGTH, period=period, noise=noise, rng=rng)
    if knobs["source"] == "beat":
        wave = wave + 0.6 * sine(LENGTH, period=1.35 * period, noise=0.0, rng=rng)
    return wave


def setup(knobs: Knobs, streams: Streams, data: UserData | None) -> Forecast:
    """Draw or read the series, hold back its end, draw the weights."""
    if data is None:
        drawn = streams.data.each(lambda rng: draw(knobs, rng))
    else:
        own = read_series(data.path, int(knobs["column"]), name=data.name)[-MOST_VALUES:]
        drawn = np.broadcast_to(own, (*seeds_shape(streams), len(own)))
    first = round(drawn.shape[-1] * (1 - HELD_BACK))
    centre, spread = drawn[..., :first].mean(axis=-1), np.maximum(drawn[..., :first].std(axis=-1), 1e-12)
    model = Reader(1, int(knobs["hidden"]), 1, rng=streams.init)
    return Forecast(
        model=model,
        optimizer=nn.Adam(model, float(knobs["learning_rate"])),
        draws=streams.shuffle,
        batch=int(knobs["batch"]),
        length=min(int(knobs["length"]), first - 2),
        clip=float(knobs["clip"]),
        series=Series(
            values=((drawn - centre[..., None]) / spread[..., None]).astype(np.float32),
            first=first,
            centre=centre,
            spread=spread,
            seeds=seeds_shape(streams),
            learned=learned_numbers(model, streams.leading),
        ),
    )


def pieces(state: Forecast) -> Array:
    """Draw pieces of the known part (..., length + 1, batch, 1)."""
    series, wide = state.series, state.length + 1
    starts = state.draws.integers(0, series.first - wide + 1, state.batch)
    places = np.arange(wide)[:, None] + starts[..., None, :]
    flat = np.take_along_axis(series.values, places.reshape(*starts.shape[:-1], -1), axis=-1)
    return flat.reshape(*places.shape, 1)


def step(state: Forecast) -> Metrics:
    """Make one update: every value of a piece from those before it."""
    drawn = pieces(state)
    state.optimizer.zero_grad()
    answers = state.model(engine.to_device(drawn[..., :-1, :, :].copy()))
    meant = engine.to_device(drawn[..., 1:, :, :].copy())
    loss = engine.mse_loss(answers, meant, leading=len(state.series.seeds))
    loss.backward()
    if state.clip > 0:
        nn.clip_gradient_norm(state.model, state.clip, leading=len(state.series.seeds))
    state.optimizer.step()
    return {"loss": loss.data}


def forecasts(state: Forecast) -> tuple[HostArray, HostArray]:
    """Return, for the values held back, answers from all true values before (..., k), and from its own answers."""
    series = state.series
    x = series.values[..., :-1, None, None]
    with engine.no_grad():
        answers, _, _ = state.model.read(engine.to_device(x.copy()))
        one = engine.to_host(engine.values(answers))[..., series.first - 1 :, 0, 0]
        answers, _, memory = state.model.read(engine.to_device(x[..., : series.first, :, :].copy()))
        value = answers[..., -1:, :, :]
        own = []
        for _ in range(min(AHEAD, one.shape[-1])):
            own.append(engine.to_host(engine.values(value))[..., 0, 0, 0])
            value, _, memory = state.model.read(engine.values(value), memory)
    return one, np.stack(own, axis=-1)


def evaluate(state: Forecast) -> Metrics:
    """Measure squared errors on the part held back, in units of the series' variance.

    test_loss: one step ahead; naive: of saying the last value again; free_loss: of going on from its own answers.
    """
    series = state.series
    one, own = forecasts(state)
    true = series.values[..., series.first :]
    before = series.values[..., series.first - 1 : -1]
    return {
        "test_loss": ((one - true) ** 2).mean(axis=-1),
        "naive": ((before - true) ** 2).mean(axis=-1),
        "free_loss": ((own - true[..., : own.shape[-1]]) ** 2).mean(axis=-1),
        "parameters": np.full(series.seeds, series.learned),
    }


def change(state: Forecast, name: str, value: KnobValue) -> None:
    """Apply a live knob."""
    if name == "clip":
        state.clip = float(value)
    else:
        setattr(state.optimizer, name, value)


def observe(state: Forecast) -> Observation:
    """Curves in the series' own unit: what came, the answer from true values, the forecast from its own answers.

    x counts from the last known value, 0, to the right.
    """
    series = state.series
    one, own = forecasts(state)
    first, last = max(0, series.first - SHOWN), series.first + own.shape[-1]
    whole = np.arange(first, last, dtype=np.float64) - (series.first - 1)
    ahead = whole[series.first - first :]

    def curve(name: str, at: Array, values: HostArray) -> Observation:
        scaled = values.astype(np.float64) * series.spread[..., None] + series.centre[..., None]
        return {f"{name}/x": np.broadcast_to(at, scaled.shape), f"{name}/y": scaled}

    return {
        **curve("n →", ahead, own),
        **curve("1 →", ahead, one[..., : own.shape[-1]]),
        **curve("x", whole, series.values[..., first:last]),
    }


def observe_states(state: Forecast) -> Observation:
    """x and h (..., H, T) over the values that are on show, the last known ones first."""
    series = state.series
    first = max(0, series.first - SHOWN)
    shown = series.values[..., : min(series.first + AHEAD // 2, series.values.shape[-1])]
    with engine.no_grad():
        _, states, _ = state.model.read(engine.to_device(shown[..., None, None].copy()))
    return {
        "x/values": shown[..., first:],
        "h/values": np.swapaxes(engine.to_host(engine.values(states))[..., first:, 0, :], -1, -2),
    }


FORECAST = {
    "x_range": (-SHOWN, AHEAD),
    "x_name": "t",
    "colours": {"x": "muted", "1 →": "s3", "n →": "s1"},
    "markers": {"x": "·", "1 →": "▲", "n →": "●"},
    "legend": "end",
    "readout": "test_loss",
}


@experiment("series", data=("table",))
def series(data: UserData | None = None) -> Experiment:
    """16 hidden units; three quarters of the series are known.

    data: a CSV file with a column of numbers in place of our own series.
    """
    return Experiment(
        knobs=(
            Knob("source", "sine", choices=SOURCES),
            Knob("period", 20.0, above=1.0, high=1000.0, slider=(4.0, 60.0)),
            Knob("noise", 0.1, low=0.0, high=10.0, slider=(0.0, 1.0)),
            Knob("hidden", 16, low=1, high=256, slider=(1, 64)),
            Knob("length", 40, low=1, high=1000, slider=(1, 80)),
            Knob("learning_rate", 0.01, above=0.0, slider=(0.0001, 1.0), log=True, live=True),
            Knob("clip", 1.0, low=0.0, high=1000.0, slider=(0.0, 5.0), live=True),
            Knob("batch", 16, low=1, high=256, slider=(1, 64)),
            Knob("column", 0, low=0, high=1000, slider=(0, 8)),
        ),
        setup=lambda knobs, streams, xp: setup(knobs, streams, data),
        step=step,
        evaluate=evaluate,
        change=change,
        probes={"forecast": observe, "states": observe_states},
        views=(
            View("forecast", "curve", "forecast", FORECAST),
            View("loss", "curve", options={"series": ("loss", "test_loss", "naive", "free_loss"), "scale": "log"}),
            View("states", "timeline", "states", {"limits": {"h": (-1, 1)}, "first": 1 - SHOWN}),
        ),
        steps=400,
        evaluations=40,
        weights=lambda state: saved(state.model),
    )
