"""A GAN that draws digits of 8x8 pixels, and a walk from one point of the latent space to another."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import nn
from nnlab.data import digit_images
from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from .looks import host, on_device, sure
from .plane import advise, weights
from .players import BETAS, LOSSES, PHASES, Duel, answers, generate, perceptron
from .rounds import TURNS, begin, change, step

SIDE = 8
PIXELS = SIDE * SIDE
SHOWN = 20
WALK = 8
"""Pictures from one end of a walk to the other, both included."""
ENDS = 12
"""Points of the latent space that a walk can start from or end at."""
JUDGED = 300
"""Generated digits that are compared with the real ones."""
COMMON = 0.02
"""A digit counts as drawn when so large a share of the generated ones is nearest to real ones of it."""


@dataclass(frozen=True, slots=True)
class Album:
    """The real digits, and the noise of what is on show."""

    images: np.ndarray
    """(N, 64) in [0, 1]."""
    labels: np.ndarray
    """(N,) int."""
    usual: float
    """Mean distance of a real digit to the nearest other real one."""
    noise: Any
    """(..., SHOWN, Z), on the device."""
    ends: np.ndarray
    """(..., ENDS, Z): where walks begin and end."""
    judged: Any
    """(..., JUDGED, Z), on the device."""


@dataclass(slots=True)
class Digits(Duel):
    """Two players with pictures between them."""

    album: Album | None = None
    start: int = 0
    end: int = 1
    """Indices into the ends of walks."""


def album_of(state: Digits) -> Album:
    """The real digits and what is on show."""
    assert state.album is not None
    return state.album


def nearest(pictures: np.ndarray, images: np.ndarray, skip: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Distance to the nearest of images (M, 64), and which it is, for pictures (N, 64); skip: so many nearer ones."""
    squares = (pictures**2).sum(axis=1)[:, None] + (images**2).sum(axis=1) - 2 * pictures @ images.T
    order = np.argpartition(squares, skip, axis=1)[:, skip]
    distance = np.sqrt(np.maximum(np.take_along_axis(squares, order[:, None], axis=1)[:, 0], 0.0))
    return distance, order


def evaluate(state: Digits) -> Metrics:
    """kinds: how many of the ten digits it draws; strangeness: distance to the nearest real digit, as a multiple of
    what is usual between real ones; nearest_copy: the smallest such distance; D_real, D_generated.
    """
    album = album_of(state)
    made = np.asarray(host(generate(state, album.judged)), dtype=np.float64)
    rows = made if state.leading else made[None]
    measured: dict[str, list[float]] = {"kinds": [], "strangeness": [], "nearest_copy": []}
    for pictures in rows:
        distance, which = nearest(pictures, album.images)
        shares = np.bincount(album.labels[which], minlength=10) / JUDGED
        measured["kinds"].append(float(np.sum(shares >= COMMON)))
        measured["strangeness"].append(float(distance.mean() / album.usual))
        measured["nearest_copy"].append(float(distance.min()))
    asked = {"D_real": on_device(_some_real(state)), "D_generated": generate(state, album.judged)}
    answered = {name: np.mean(sure(host(answers(state, x).data)[..., 0]), axis=-1) for name, x in asked.items()}
    return {name: np.array(v) if state.leading else v[0] for name, v in measured.items()} | answered


def _some_real(state: Digits) -> np.ndarray:
    images = album_of(state).images[: JUDGED - JUDGED % state.pack]
    return np.broadcast_to(images, (len(album_of(state).ends), *images.shape)) if state.leading else images


# --- what is seen -----------------------------------------------------------------------------------------------------


def _pictures(state: Digits, noise: Any) -> np.ndarray:
    made = np.asarray(host(generate(state, noise)), dtype=np.float64)
    return made.reshape(*made.shape[:-1], SIDE, SIDE)


def samples(state: Digits) -> Observation:
    """images (..., SHOWN, 8, 8): generated from the same noise at every look."""
    return {"images": _pictures(state, album_of(state).noise)}


def walk(state: Digits) -> Observation:
    """images (..., WALK, 8, 8): G along the line between two points of the latent space; labels (..., WALK)."""
    ends = album_of(state).ends
    share = np.linspace(0.0, 1.0, WALK)[:, None]
    line = (1 - share) * ends[..., state.start, None, :] + share * ends[..., state.end, None, :]
    labels = np.array([f"{number:.2f}" for number in share[:, 0]])
    return {"images": _pictures(state, on_device(line)), "labels": np.broadcast_to(labels, (*line.shape[:-1],))}


def real(state: Digits) -> Observation:
    """images (..., SHOWN, 8, 8): real digits."""
    images = album_of(state).images[:SHOWN].reshape(SHOWN, SIDE, SIDE)
    return {"images": np.broadcast_to(images, (len(album_of(state).ends), *images.shape)) if state.leading else images}


def kinds(state: Digits) -> Observation:
    """values (..., 10): share of the generated digits whose nearest real one is a 0, 1, ...; ideal (...): a tenth."""
    album = album_of(state)
    made = np.asarray(host(generate(state, album.judged)), dtype=np.float64)
    rows = made if state.leading else made[None]
    shares = [np.bincount(album.labels[nearest(one, album.images)[1]], minlength=10) / JUDGED for one in rows]
    values = np.stack(shares)
    return {"values": values if state.leading else values[0], "ideal": np.full(values.shape[: state.leading], 0.1)}


def duel(state: Digits) -> Observation:
    """The round with one picture of each kind: noise (..., N, 2), generated and real (..., 8, 8), and the numbers."""
    album = album_of(state)
    made, measured = _pictures(state, album.noise), evaluate(state)
    lead = made.shape[: state.leading]
    return {
        "noise": np.asarray(host(album.noise))[..., :2],
        "generated": made[..., 0, :, :],
        "real": np.broadcast_to(album.images[0].reshape(SIDE, SIDE), (*lead, SIDE, SIDE)),
        "pictures": np.ones(lead),
        "d_real": np.asarray(measured["D_real"]),
        "d_generated": np.asarray(measured["D_generated"]),
        "d_loss": np.asarray(host(state.d_loss)),
        "g_loss": np.asarray(host(state.g_loss)),
        "phase": np.full(lead, state.made if state.rules["turn"] != "both" else -1),
    }


def change_digits(state: Digits, name: str, value: KnobValue) -> None:
    """Apply a live knob; start and end only choose the walk that is on show."""
    if name in ("start", "end"):
        setattr(state, name, int(value))
    else:
        change(state, name, value)


@experiment("digits")
def digits() -> Experiment:
    """G: z 16 -> 128 -> 128 -> 64 pixels, D: 64 -> 128 -> 128 -> 1; 1,797 real digits."""

    def setup(knobs: Knobs, streams: Streams, xp: Any) -> Digits:
        images, labels = digit_images()
        flat = images.reshape(len(images), -1).astype(np.float64)
        width, latents = int(knobs["width"]), int(knobs["latents"])
        generator = perceptron((latents, width, width, PIXELS), rng=streams.init, end=nn.Sigmoid())
        discriminator = perceptron((PIXELS * int(knobs["pack"]), width, width, 1), rng=streams.init)
        state = Digits(
            generator=generator,
            discriminator=discriminator,
            g_optimizer=nn.Adam(generator, float(knobs["g_rate"]), betas=BETAS),
            d_optimizer=nn.Adam(discriminator, float(knobs["d_rate"]), betas=BETAS),
            draw=lambda rng, count: flat[rng.integers(0, len(flat), count)],
            data=streams.data,
            latent=streams.latent,
            latents=latents,
            leading=streams.leading,
            rules={name: knobs[name] for name in ("loss", "turn", "batch", "pack", "d_steps")},
        )
        state.album = Album(
            images=flat,
            labels=labels,
            usual=float(nearest(flat[:JUDGED], flat, skip=1)[0].mean()),
            noise=on_device(streams.dropout.standard_normal((SHOWN, latents))),
            ends=streams.dropout.standard_normal((ENDS, latents)),
            judged=on_device(streams.dropout.standard_normal((JUDGED, latents))),
        )
        state.start, state.end = int(knobs["start"]), int(knobs["end"])
        begin(state)
        return state

    losses = {
        "smoothed": {"D_loss": 0.95, "G_loss": 0.95},
        "note": "mean of 20 steps",
        "legend": "end",
        "colours": {"D loss": "neg", "G loss": "pos"},
        "references": {"2 ln 2": 2 * np.log(2), "ln 2": np.log(2)},
    }
    return Experiment(
        knobs=(
            Knob("start", 0, low=0, high=ENDS - 1, live=True),
            Knob("end", 3, low=0, high=ENDS - 1, live=True),
            Knob("loss", "non_saturating", choices=LOSSES, live=True),
            Knob("d_rate", 0.0005, above=0.0, slider=(0.00001, 0.1), log=True, live=True),
            Knob("g_rate", 0.001, above=0.0, slider=(0.00001, 0.1), log=True, live=True),
            Knob("pack", 1, low=1, high=4),
            Knob("turn", "both", choices=TURNS, live=True),
            Knob("d_steps", 1, low=1, high=10, live=True),
            Knob("latents", 16, low=2, high=64, slider=(2, 32)),
            Knob("width", 128, low=1, high=512, slider=(8, 256)),
            Knob("batch", 64, low=1, high=1024, slider=(8, 256), live=True),
        ),
        setup=setup,
        step=step,
        evaluate=evaluate,
        change=change_digits,
        advise=advise,
        phases=PHASES,
        views=(
            View("samples", "gallery", "samples", {"limits": (0.0, 1.0), "note": "G(z)", "readout": "kinds"}),
            View("walk", "gallery", "walk", {"limits": (0.0, 1.0), "note": "z₁ → z₂"}),
            View("losses", "curve", options={"series": ("D_loss", "G_loss"), "y_range": (0.0, 2.0), **losses}),
            View("kinds", "bars", "kinds", {"format": "percent", "names": tuple("0123456789"), "readout": "kinds"}),
            View("real", "gallery", "real", {"limits": (0.0, 1.0), "note": "x"}),
            View("duel", "duel", "duel"),
            View("strangeness", "curve", options={"series": ("strangeness",), "references": {"x": 1.0}}),
        ),
        probes={"samples": samples, "walk": walk, "real": real, "kinds": kinds, "duel": duel},
        steps=4000,
        evaluations=50,
        weights=weights,
    )
