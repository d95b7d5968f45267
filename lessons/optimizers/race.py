"""The race: up to seven optimizers from the same start over the same surface, every step of each in the open."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnlab.lab.authoring import Experiment, Knob, Stream, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from .adam_update import LearnerUpdate
from .runners import COLOURS, GROUPS, LOST, MARKERS, NAMES, SHOWN, Runner, Trail
from .starts import SHIFTS, moved, surface_view
from .surfaces import SURFACES, Array, Surface, surface

RATES = {
    "ravine": (0.03, 0.02, 0.03, 2.0, 0.01, 0.3, 0.3),
    "rosenbrock": (0.001, 0.001, 0.001, 1.0, 0.003, 0.05, 0.05),
    "beale": (0.02, 0.003, 0.003, 2.0, 0.01, 0.3, 0.3),
    "saddle": (0.3, 0.1, 0.3, 0.5, 0.05, 0.1, 0.1),
}
"""Surface -> a learning rate for each of NAMES, tuned for few steps until it stays under 10⁻³."""
FEW = 4
"""So many runners at most are shown with x and y apart."""
TARGET = Knob("target", 1e-3, above=0.0, slider=(1e-8, 1.0), log=True)
RUNNERS = Knob("runners", "all", choices=(*GROUPS, *NAMES))


@dataclass(frozen=True, slots=True)
class Scene:
    """What a race does not change: the surface and its picture; with several seeds a surface may differ for each."""

    surface: Surface
    picture: Array
    """Heights (..., CELLS, CELLS), lowest row first."""
    minima: Array
    """Its lowest points (..., K, 2)."""


@dataclass(slots=True)
class Race:
    """The state of a race; with several seeds every array but the surface has a seeds axis in front."""

    scene: Scene
    runners: list[Runner]
    trails: list[Trail]
    noise: Stream
    noise_size: float
    """Standard deviation of what is added to every gradient, the same for all runners of a step."""
    scale: float
    """What the loss, and so every gradient, is multiplied by."""
    rates: tuple[float, ...]
    factor: float
    """What all rates are multiplied by."""
    target: float
    shows_best: bool
    heights: Array
    """f of each runner now (R, ...)."""
    best: Array
    """The lowest f of each so far (R, ...)."""
    since: Array
    """The step since which each has stayed below the target (R, ...); NaN while it is above."""
    is_lost: NDArray[np.bool_]
    """Who has left the map (R, ...)."""
    index: int = 0


def start_race(
    knobs: Knobs,
    streams: Streams,
    scene: Scene,
    rates: tuple[float, ...],
    start: Array,
    adam: LearnerUpdate | None = None,
) -> Race:
    """Put the runners that the knobs name at `start` (..., 2); a learner's update may make the steps of adam."""
    chosen = GROUPS.get(str(knobs["runners"]), (str(knobs["runners"]),))
    equal = float(knobs["equal_rate"])
    rates = tuple(equal or rates[NAMES.index(name)] for name in chosen)
    settings = {name: float(knobs[name]) for name in ("momentum", "alpha", "weight_decay")}
    factor = float(knobs["factor"])
    runners = [Runner(name, start, rate * factor, adam, **settings) for name, rate in zip(chosen, rates, strict=True)]
    trails = [Trail() for _ in runners]
    heights = np.stack([scene.surface.height(start)] * len(runners))
    for trail in trails:
        trail.points.append(start.copy())
    return Race(
        scene=scene,
        runners=runners,
        trails=trails,
        noise=streams.latent,
        noise_size=float(knobs["noise"]),
        scale=float(knobs.get("scale", 1.0)),
        rates=rates,
        factor=factor,
        target=float(knobs["target"]),
        shows_best=bool(knobs["best_so_far"]),
        heights=heights,
        best=heights.copy(),
        since=np.where(heights < float(knobs["target"]), 0.0, np.nan),
        is_lost=np.zeros(heights.shape, dtype=bool),
    )


def setup(knobs: Knobs, streams: Streams, adam: LearnerUpdate | None = None) -> Race:
    """Everybody at the surface's start, moved by the same chance of size `spread`. A plane lives on the host."""
    name = str(knobs["surface"])
    place = surface(name, float(knobs["kappa"]), float(knobs["tilt"]))
    start = moved(place.start, knobs) + float(knobs["spread"]) * streams.init.standard_normal((2,))
    scene = Scene(place, place.picture(), np.array(place.minima))
    return start_race(knobs, streams, scene, RATES[name], start, adam)


def step(state: Race) -> Metrics:
    """One step of every runner by its own optimizer, from the gradient at its own place."""
    at = np.stack([runner.at for runner in state.runners])
    slopes = state.scale * state.scene.surface.slope(at)
    if state.noise_size:
        slopes = slopes + state.noise_size * state.noise.standard_normal((2,))
    slopes = np.where(state.is_lost[..., None], 0.0, slopes)
    for runner, slope, is_lost in zip(state.runners, slopes, state.is_lost, strict=True):
        runner.step(slope, is_lost)
    state.index += 1
    at = np.stack([runner.at for runner in state.runners])
    heights = state.scene.surface.height(at)
    is_new = ~(heights < LOST) & ~state.is_lost
    state.is_lost = state.is_lost | is_new
    # Who leaves the map stays where it was, so that the picture and the curves keep a last point.
    for runner, trail, gone in zip(state.runners, state.trails, is_new, strict=True):
        if gone.any():
            runner.point.data[...] = np.where(gone[..., None], trail.points[-1], runner.point.data)
        trail.points.append(runner.at)
    state.heights = np.where(is_new, state.heights, np.where(state.is_lost, state.heights, heights))
    state.best = np.minimum(state.best, state.heights)
    is_below = state.heights < state.target
    state.since = np.where(is_below, np.where(np.isnan(state.since), state.index, state.since), np.nan)
    shown = state.best if state.shows_best else state.heights
    return {runner.name: height.copy() for runner, height in zip(state.runners, shown, strict=True)}


def evaluate(state: Race) -> Metrics:
    """Measure who has been below the target for longest: winner (its place in NAMES, -1 nobody), its step, how many."""
    since = np.where(np.isnan(state.since), np.inf, state.since)
    first = np.argmin(since, axis=0)
    places = np.array([NAMES.index(runner.name) for runner in state.runners])
    has_winner = np.isfinite(since.min(axis=0))
    return {
        "winner": np.where(has_winner, places[first], -1),
        "winner_steps": np.where(has_winner, since.min(axis=0), -1.0),
        "arrived": np.sum(np.isfinite(since), axis=0),
    }


def change(state: Race, knob: str, value: KnobValue) -> None:
    """Apply the live factor of all rates."""
    state.factor = float(value)
    for runner, rate in zip(state.runners, state.rates, strict=True):
        runner.optimizer.learning_rate = rate * state.factor


def observe_surface(state: Race) -> Observation:
    """The heights, a trail per runner, the start and the lowest points."""
    shape = state.heights.shape[1:]

    def for_each_seed(values: Array, axes: int) -> Array:
        return np.broadcast_to(values, (*shape, *values.shape[values.ndim - axes :]))

    trails = {f"trail/{runner.name}": trail.drawn() for runner, trail in zip(state.runners, state.trails, strict=True)}
    return {
        "field": for_each_seed(state.scene.picture, 2),
        "extent": for_each_seed(np.array(state.scene.surface.extent), 1),
        **trails,
        "origin": for_each_seed(np.array(state.scene.surface.start), 1),
        "mark/x₀": state.trails[0].points[0],
        "mark/min": for_each_seed(state.scene.minima, 2),
    }


def observe_standings(state: Race) -> Observation:
    """A row per runner, the lowest first: marker, name, learning rate, f, and the step since which it is below."""
    heights, since = np.moveaxis(state.heights, 0, -1), np.moveaxis(state.since, 0, -1)
    order = np.argsort(heights, axis=-1, kind="stable")
    names = [runner.name for runner in state.runners]
    columns = {
        " ": np.array([MARKERS[name] for name in names]),
        "name": np.array(names),
        "η": np.array([float(runner.optimizer.learning_rate) for runner in state.runners]),
        "f": heights,
        "t": since,
    }
    return {
        name: np.take_along_axis(np.broadcast_to(values, heights.shape), order, axis=-1)
        for name, values in columns.items()
    }


def observe_inner(state: Race) -> Observation:
    """Gradient, velocity, root of the running square and step of each runner, NaN where it keeps none.

    Up to FEW runners have a row for x and one for y; of more, each has one row with the lengths.
    """
    shape = state.heights.shape[1:]
    markers = [MARKERS[runner.name] for runner in state.runners]
    parts = {
        "∇f": [runner.gradient for runner in state.runners],
        "m": [runner.velocity for runner in state.runners],
        "√v": [runner.size for runner in state.runners],
        "Δ": [runner.move for runner in state.runners],
    }
    if len(markers) <= FEW:
        texts = {" ": [text for marker in markers for text in (marker, " ")], "  ": ["x", "y"] * len(markers)}
        numbers = {name: np.concatenate(values, axis=-1) for name, values in parts.items()}
    else:
        texts = {" ": markers}
        numbers = {name: np.sqrt(np.sum(np.stack(values, axis=-2) ** 2, axis=-1)) for name, values in parts.items()}
    columns = {name: np.broadcast_to(np.array(text), (*shape, len(text))) for name, text in texts.items()}
    return {**columns, **numbers}


PROBES = {"surface": observe_surface, "standings": observe_standings, "inner": observe_inner}
COLOURED = {"colours": {**COLOURS, **{MARKERS[name]: COLOURS[name] for name in NAMES}}}


VIEWS = (
    surface_view(("x", "y"), can_move=True),
    View(
        "standings",
        "table",
        "standings",
        {
            "formats": {"η": "short", "f": "short", "t": "count"},
            "headers": {"name": " ", "t": "t (f<ε)"},
            "strong": ("f",),
            **COLOURED,
        },
    ),
    View("race", "curve", options={"series": NAMES, "scale": "log", "y_limits": (1e-8, 1e3), "readout": "", **SHOWN}),
    View(
        "inner",
        "table",
        "inner",
        {
            "formats": dict.fromkeys(("∇f", "m", "√v", "Δ"), "short"),
            "strong": ("Δ",),
            **COLOURED,
        },
    ),
)
KNOBS = (
    RUNNERS,
    Knob("factor", 1.0, above=0.0, slider=(0.01, 100.0), log=True, live=True),
    Knob("equal_rate", 0.0, low=0.0, slider=(0.0, 1.0)),
    Knob("momentum", 0.9, above=0.0, high=0.999, slider=(0.05, 0.99)),
    Knob("alpha", 0.9, low=0.0, high=0.9999, slider=(0.5, 0.999)),
    Knob("weight_decay", 0.01, low=0.0, slider=(0.0, 0.5)),
    Knob("noise", 0.0, low=0.0, slider=(0.0, 3.0)),
    TARGET,
    Knob("best_so_far", False),
)


@experiment("race")
def race(adam: LearnerUpdate | None = None) -> Experiment:
    """Seven optimizers from one start. t is the step since which a runner has stayed below the target.

    adam: replaces the engine's Adam.
    """
    return Experiment(
        knobs=(
            Knob("surface", "ravine", choices=SURFACES),
            Knob("kappa", 40.0, low=1.0, slider=(1.0, 1000.0), log=True),
            Knob("tilt", 20.0, low=-90.0, high=90.0),
            *KNOBS,
            Knob("scale", 1.0, above=0.0, slider=(0.001, 1000.0), log=True),
            *SHIFTS,
            Knob("spread", 0.0, low=0.0, slider=(0.0, 0.5)),
        ),
        setup=lambda knobs, streams, _: setup(knobs, streams, adam),
        step=step,
        evaluate=evaluate,
        change=change,
        probes=PROBES,
        views=VIEWS,
        steps=300,
        weights=lambda state: {runner.name: runner.at for runner in state.runners},
    )
