"""A GAN in the plane: it learns a distribution of points, and everything about it can be seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.data import MIXTURES, Coverage, Mixture, coverage
from nnlab.lab.authoring import Change, Experiment, Knob, Streams, UserData, View, experiment
from nnlab.lab.experiment import Knobs, Metrics

from . import looks
from .generator_loss import LearnerLoss
from .own_points import modes_of
from .players import LOSSES, NOISES, OPTIMIZERS, PHASES, Duel, answers, generate, latent_noise, optimizer, perceptron
from .rounds import TURNS, begin, change, step

SAMPLES = 2000
"""Generated points that coverage is measured on."""
REAL = 96
GENERATED = 48
"""Points on show; the generated ones carry arrows."""
MARGIN = 0.3
POINTS = {
    "note": "D(G(z))",
    "point_markers": ("●", "◆"),
    "classes": ("x", "G(z)"),
    "ends": ("D = 1", "D = 0"),
    "heads": True,
    "point_glyph": "cell",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What is shown and measured against, drawn once: never changed by training."""

    mixture: Mixture
    extent: np.ndarray
    """(x0, x1, y0, y1) of the plane on show."""
    real: np.ndarray
    """Real points on show (..., REAL, 2)."""
    noise: Any
    """Noise of the generated points on show (..., GENERATED, Z), on the device."""
    many: Any
    """Noise that coverage is measured with (..., SAMPLES, Z), on the device."""


@dataclass(slots=True)
class Plane(Duel):
    """Two players with points of the plane between them."""

    scene: Scene | None = None


def plane_of(mixture: Mixture) -> np.ndarray:
    """The square that holds all modes with a margin (x0, x1, y0, y1)."""
    reach = float(np.abs(mixture.centres).max()) * (1 + MARGIN) + 3 * mixture.sigma
    return np.array([-reach, reach, -reach, reach])


def build(knobs: Knobs, streams: Streams, mixture: Mixture, learner: LearnerLoss | None = None) -> Plane:
    """Two networks of two hidden layers each, and what they will be shown with. The knobs are those of `plane`."""
    width, latents, pack = int(knobs["width"]), int(knobs["latents"]), int(knobs["pack"])
    inner = (width,) * int(knobs["layers"])
    generator = perceptron((latents, *inner, 2), rng=streams.init)
    discriminator = perceptron((2 * pack, *inner, 1), rng=streams.init)
    rule, kind = str(knobs["optimizer"]), str(knobs["noise"])
    state = Plane(
        generator=generator,
        discriminator=discriminator,
        g_optimizer=optimizer(rule, generator, float(knobs["g_rate"])),
        d_optimizer=optimizer(rule, discriminator, float(knobs["d_rate"])),
        draw=lambda rng, count: mixture.sample(count, rng=rng),
        data=streams.data,
        latent=streams.latent,
        latents=latents,
        leading=streams.leading,
        rules={name: knobs[name] for name in ("loss", "turn", "batch", "pack", "d_steps")},
        noise_kind=kind,
        learner=learner,
    )
    state.scene = Scene(
        mixture=mixture,
        extent=plane_of(mixture),
        # From streams that training does not use: what is on show must not change what is learned.
        real=streams.shuffle.each(lambda rng: mixture.sample(REAL, rng=rng)),
        noise=looks.on_device(latent_noise(streams.dropout, (GENERATED, latents), kind)),
        many=looks.on_device(latent_noise(streams.dropout, (SAMPLES, latents), kind)),
    )
    begin(state)
    return state


def covered(state: Plane) -> list[Coverage]:
    """How much of the mixture each seed's generator covers, measured on 2,000 of its points."""
    assert state.scene is not None
    points = np.asarray(looks.host(generate(state, state.scene.many)), dtype=np.float64)
    points = points if state.leading else points[None]
    return [coverage(one, state.scene.mixture) for one in points]


def evaluate(state: Plane) -> Metrics:
    """modes, quality_share, reverse_kl; leader and leader_share, the mode with most points and how much of them it has;
    D_real and D_generated, D's mean answers; value, what D maximizes.
    """
    assert state.scene is not None
    seen = covered(state)

    def each(name: str) -> Any:
        return _each(state, [float(getattr(one, name)) for one in seen])

    real = looks.host(answers(state, looks.on_device(state.scene.real)))[..., 0].astype(np.float64)
    made = looks.host(answers(state, generate(state, state.scene.many)))[..., 0].astype(np.float64)
    value = -np.mean(np.logaddexp(0.0, -real), axis=-1) - np.mean(np.logaddexp(0.0, made), axis=-1)
    return {
        "modes": each("modes"),
        "quality_share": each("high_quality"),
        "reverse_kl": each("reverse_kl"),
        "leader": _each(state, [float(one.shares.argmax()) for one in seen]),
        "leader_share": _each(state, [float(one.shares.max()) for one in seen]),
        "D_real": np.mean(looks.sure(real), axis=-1),
        "D_generated": np.mean(looks.sure(made), axis=-1),
        "value": value,
    }


def _each(state: Plane, values: list[float]) -> Any:
    """One value a seed as an array (S,), or as a number where there is one seed."""
    return np.array(values) if state.leading else values[0]


OWN = "own"
"""The data knob's choice for points of the user's own, where there are some."""
KNOBS = (
    Knob("data", "ring", choices=tuple(MIXTURES)),
    Knob("d_rate", 0.001, above=0.0, slider=(0.00001, 0.1), log=True, live=True),
    Knob("g_rate", 0.001, above=0.0, slider=(0.00001, 0.1), log=True, live=True),
    Knob("turn", "both", choices=TURNS, live=True),
    Knob("loss", "non_saturating", choices=LOSSES, live=True),
    Knob("pack", 1, low=1, high=4),
    Knob("d_steps", 1, low=1, high=10, live=True),
    Knob("sigma", 0.1, above=0.0, high=1.0, slider=(0.01, 0.3)),
    Knob("latents", 2, low=1, high=16, slider=(1, 8)),
    Knob("noise", "normal", choices=NOISES),
    Knob("width", 64, low=1, high=256, slider=(4, 128)),
    Knob("layers", 2, low=1, high=4),
    Knob("optimizer", "adam", choices=OPTIMIZERS),
    Knob("batch", 64, low=1, high=1024, slider=(8, 256), live=True),
)


def advise(knobs: Knobs) -> tuple[Change, ...]:
    """After a divergence: the rates that the experiment starts with, or a tenth where they are no larger."""
    defaults = {"d_rate": 0.001, "g_rate": 0.001}
    return tuple(
        Change(name, default if float(knobs[name]) > default else float(knobs[name]) / 10)
        for name, default in defaults.items()
        if name in knobs
    )


def weights(state: Duel) -> Mapping[str, np.ndarray]:
    """The parameters of both players by name."""
    players = {"G": state.generator, "D": state.discriminator}
    return {
        f"{player}.{name}": looks.host(value)
        for player, network in players.items()
        for name, value in network.state_dict().items()
    }


PAPER = (-2.0, 2.0, -2.0, 2.0)
"""x from, to, y from, to of the paper that a distribution is drawn on."""


@experiment("plane", data=("table",))
def plane(generator_loss: LearnerLoss | None = None, data: UserData | None = None) -> Experiment:
    """G and D with two hidden layers of 64 learn a ring of eight modes.

    generator_loss: takes the place of the generator's loss. data: a table of points, each a mode, in place of ours.
    """

    def setup(knobs: Knobs, streams: Streams, xp: Any) -> Plane:
        sigma, name = float(knobs["sigma"]), str(knobs["data"])
        if data is None or name != OWN:
            return build(knobs, streams, MIXTURES[name](sigma=sigma), generator_loss)
        return build(knobs, streams, modes_of(data.path, sigma=sigma, name=data.name), generator_loss)

    kinds = Knob("data", "ring" if data is None else OWN, choices=(*MIXTURES, *([] if data is None else [OWN])))
    return Experiment(
        knobs=(kinds, *KNOBS[1:]),
        setup=setup,
        step=step,
        evaluate=evaluate,
        change=change,
        advise=advise,
        phases=PHASES,
        views=(
            View(
                "field",
                "field",
                "field",
                POINTS | {"readout": "D_generated", "draws": "data", "drawn": {"data": OWN}, "paper": PAPER},
            ),
            View("mesh", "mesh", "mesh", {"source": "z", "note": "z → G(z)"}),
            View("coverage", "bars", "coverage", {"format": "percent", "direction": "auto", "readout": "modes"}),
            View(
                "losses",
                "curve",
                options={
                    "series": ("D_loss", "G_loss"),
                    "smoothed": {"D_loss": 0.95, "G_loss": 0.95},
                    "note": "mean of 20 steps",
                    "references": {"2 ln 2": 2 * np.log(2), "ln 2": np.log(2)},
                    "y_range": (0.0, 2.0),
                    "legend": "end",
                    "colours": {"D loss": "neg", "G loss": "pos"},
                },
            ),
            View("duel", "duel", "duel"),
            View("measures", "curve", options={"series": ("reverse_kl", "quality_share"), "y_range": (0.0, 1.0)}),
            View(
                "sure",
                "curve",
                options={
                    "series": ("D_real", "D_generated"),
                    "y_range": (0.0, 1.0),
                    "references": {"1/2": 0.5},
                    "legend": "end",
                    "colours": {"D real": "neg", "D generated": "pos"},
                },
            ),
            View("value", "curve", options={"series": ("value",), "references": {"−ln 4": -np.log(4)}}),
        ),
        probes=looks.PROBES,
        steps=6000,
        evaluations=100,
        weights=weights,
    )
