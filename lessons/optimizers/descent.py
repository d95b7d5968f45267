"""One optimizer, one surface: every number of every step, and a learning rate that may be far too large."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.lab.authoring import Change, Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from .race import COLOURED
from .runners import NAMES, Runner, Trail
from .starts import SHIFTS, moved, surface_view
from .surfaces import SURFACES, Array, Surface, surface

FAR = 1e150
"""Beyond this the heights of the surfaces overflow: the run has diverged long since."""


@dataclass(slots=True)
class Descent:
    """The state; with several seeds the arrays of the runner have a seeds axis in front."""

    surface: Surface
    runner: Runner
    trail: Trail
    scale: float
    target: float
    settings: dict[str, float]
    since: Array
    """The step since which f has stayed below the target (...); NaN while it is above."""
    index: int = 0


def setup(knobs: Knobs, streams: Streams, xp: Any) -> Descent:
    """The runner at the surface's start; seeds move it a little where `spread` says so."""
    place = surface(str(knobs["surface"]), float(knobs["kappa"]), float(knobs["tilt"]))
    start = moved(place.start, knobs) + float(knobs["spread"]) * streams.init.standard_normal((2,))
    settings = {name: float(knobs[name]) for name in ("momentum", "alpha", "beta2", "weight_decay")}
    state = Descent(
        surface=place,
        runner=Runner(str(knobs["optimizer"]), start, float(knobs["learning_rate"]), **settings),
        trail=Trail(),
        scale=float(knobs["scale"]),
        target=float(knobs["target"]),
        settings=settings,
        since=np.full(start.shape[:-1], np.nan),
    )
    state.trail.points.append(start.copy())
    return state


def step(state: Descent) -> Metrics:
    """One step; f after it, and the length of the step."""
    state.runner.step(state.scale * state.surface.slope(state.runner.at))
    state.index += 1
    at = state.runner.at
    state.trail.points.append(at)
    height = np.where(np.abs(at).max(axis=-1) < FAR, state.surface.height(at), np.inf)
    state.since = np.where(height < state.target, np.where(np.isnan(state.since), state.index, state.since), np.nan)
    return {"loss": height, "move": np.sqrt(np.sum(state.runner.move**2, axis=-1))}


def evaluate(state: Descent) -> Metrics:
    """Measure the step since which f is below the target (-1: it is not), and the longest part of the last move."""
    at = np.where(np.isnan(state.since), -1.0, state.since)
    points = state.trail.points
    first = points[min(1, len(points) - 1)] - points[0]
    return {"arrived": at, "first_move": np.abs(first).max(axis=-1)}


def change(state: Descent, knob: str, value: KnobValue) -> None:
    """Apply the live learning rate."""
    state.runner.optimizer.learning_rate = float(value)


def observe_surface(state: Descent) -> Observation:
    """The heights, the trail, the start, the lowest points, and downhill as an arrow from where it stands."""
    shape = state.runner.at.shape[:-1]
    picture = state.surface.picture()
    minima = np.array(state.surface.minima)
    return {
        "field": np.broadcast_to(picture, (*shape, *picture.shape)),
        "extent": np.broadcast_to(state.surface.extent, (*shape, 4)),
        f"trail/{state.runner.name}": state.trail.drawn(),
        "origin": np.broadcast_to(np.array(state.surface.start), (*shape, 2)),
        "mark/x₀": state.trail.points[0],
        "mark/min": np.broadcast_to(minima, (*shape, *minima.shape)),
    }


def observe_arithmetic(state: Descent) -> Observation:
    """A row for each line of the last step's arithmetic, for x and for y (..., rows)."""
    rows = arithmetic(state.runner, state.settings)
    shape = state.runner.at.shape[:-1]
    lines = np.array([line for line, _ in rows])
    numbers = np.stack([np.broadcast_to(values, (*shape, 2)) for _, values in rows], axis=-2)
    return {" ": np.broadcast_to(lines, (*shape, len(lines))), "x": numbers[..., 0], "y": numbers[..., 1]}


def arithmetic(runner: Runner, settings: dict[str, float]) -> list[tuple[str, Array]]:
    """The lines of an optimizer's last step, (formula, values (..., 2)), down to the step and the new place."""
    g, t = runner.gradient, runner.optimizer.groups[0].steps
    beta, beta2 = settings["momentum"], settings["beta2"]
    m, s = runner.velocity, runner.size
    rows: list[tuple[str, Array]] = [("g = ∇f", g)]
    if runner.name in ("momentum", "nesterov"):
        rows.append((f"m ← {beta:g} m + g", m))
    if runner.name == "nesterov":
        rows.append((f"g + {beta:g} m", g + beta * m))
    if runner.name in ("adagrad", "rmsprop"):
        rows += [("√v", s), ("g / √v", g / s)]
    if runner.name in ("adam", "adamw"):
        fresh = max(t, 1)
        average, size = m / (1 - beta**fresh), s / np.sqrt(1 - beta2**fresh)
        rows += [("m", m), ("√v", s), ("m′", average), ("√v′", size), ("m′ / √v′", average / size)]
    return [*rows, ("Δ", runner.move), ("x + Δ", runner.at)]


def advise(knobs: Knobs) -> tuple[Change, ...]:
    """After a divergence: a tenth of the rate."""
    return (Change("learning_rate", float(knobs["learning_rate"]) / 10),)


@experiment("descent")
def descent() -> Experiment:
    """Gradient descent on a ravine, or any optimizer on any surface, one step at a time."""
    return Experiment(
        knobs=(
            Knob("surface", "ravine", choices=SURFACES),
            Knob("optimizer", "sgd", choices=NAMES),
            Knob("learning_rate", 0.0048, above=0.0, slider=(0.0001, 10.0), log=True, live=True),
            Knob("kappa", 40.0, low=1.0, slider=(1.0, 1000.0), log=True),
            Knob("tilt", 20.0, low=-90.0, high=90.0),
            Knob("momentum", 0.9, above=0.0, high=0.999, slider=(0.05, 0.99)),
            Knob("alpha", 0.9, low=0.0, high=0.9999, slider=(0.5, 0.999)),
            Knob("beta2", 0.999, low=0.0, high=0.99999, slider=(0.9, 0.9999)),
            Knob("weight_decay", 0.01, low=0.0, slider=(0.0, 0.5)),
            Knob("scale", 1.0, above=0.0, slider=(0.001, 1000.0), log=True),
            Knob("target", 1e-3, above=0.0, slider=(1e-8, 1.0), log=True),
            *SHIFTS,
            Knob("spread", 0.0, low=0.0, slider=(0.0, 0.5)),
        ),
        setup=setup,
        step=step,
        evaluate=evaluate,
        goal=lambda state: np.isfinite(state.since),
        change=change,
        advise=advise,
        probes={"surface": observe_surface, "arithmetic": observe_arithmetic},
        views=(
            surface_view(("x", "y"), can_move=True),
            View(
                "arithmetic",
                "table",
                "arithmetic",
                {"formats": {"x": "short", "y": "short"}, "strong": ("x", "y"), **COLOURED},
            ),
            View("loss", "curve", options={"series": ("loss",), "scale": "log", "y_limits": (1e-12, 1e9)}),
            View("move", "curve", options={"series": ("move",), "scale": "log", "y_limits": (1e-12, 1e3)}),
        ),
        steps=200,
        weights=lambda state: {"point": state.runner.at},
    )
