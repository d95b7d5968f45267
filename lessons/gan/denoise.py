"""A generator whose input is a spoilt digit: it must clean it, and D says whether the result looks like a real one."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import digit_images
from nnlab.lab.authoring import Change, Experiment, Knob, Stream, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from .looks import host, on_device
from .players import BETAS, perceptron, still

SIDE = 8
PIXELS = SIDE * SIDE
HELD_BACK = 297
ON_SHOW = (0, 2, 3, 5, 8)
"""Of each of these digits the first that was held back is shown."""
STAGES = ("x + σε", "G(x + σε)", "x")
"""What is shown of a digit, one below the other."""
RATE = 0.002


@dataclass(frozen=True, slots=True)
class Held:
    """Digits that training never sees: spoilt, and as they were (..., M, 64), in [0, 1]."""

    clean: np.ndarray
    spoilt: np.ndarray
    shown: np.ndarray
    """Indices of those on show."""


@dataclass(slots=True)
class Cleaner:
    """A generator that cleans, a discriminator that looks at what it made, and the digits."""

    generator: nn.Module
    discriminator: nn.Module
    g_optimizer: nn.Optimizer
    d_optimizer: nn.Optimizer
    data: Stream
    noise: Stream
    leading: int
    batch: int
    spoil: float
    weight: float
    """How much D's answer counts beside the squared error."""
    held: Held
    clean: tuple[np.ndarray, ...]
    """The digits that it trains on, (N, 64); in a tuple, since they never change."""


def spoilt(clean: np.ndarray, rng: Any, sigma: float) -> np.ndarray:
    """Add noise of standard deviation sigma to every pixel (..., N, 64); draws come from rng.standard_normal."""
    result: np.ndarray = clean + sigma * rng.standard_normal(clean.shape[-2:])
    return result


def step(state: Cleaner) -> Metrics:
    """D learns to tell clean digits from cleaned ones; G lowers the squared error plus `weight` times D's penalty."""
    digits = state.clean[0]
    clean = state.data.each(lambda rng: digits[rng.integers(0, len(digits), state.batch)])
    x, y = on_device(spoilt(clean, state.noise, state.spoil)), on_device(clean)
    made = state.generator(x)
    metrics: dict[str, Any] = {}
    if state.weight > 0:
        state.d_optimizer.zero_grad()
        real, fake = state.discriminator(y), state.discriminator(engine.values(made))
        d_loss = engine.discriminator_loss("non_saturating", real, fake, leading=state.leading)
        d_loss.backward()
        state.d_optimizer.step()
    state.g_optimizer.zero_grad()
    loss = engine.mse_loss(made, y, leading=state.leading)
    metrics["loss"] = loss.data
    if state.weight > 0:
        with still(state.discriminator):
            penalty = engine.generator_loss("non_saturating", state.discriminator(made), leading=state.leading)
            (loss + penalty * state.weight).backward()
    else:
        loss.backward()
    state.g_optimizer.step()
    return metrics


def cleaned(state: Cleaner) -> np.ndarray:
    """What the generator makes of the spoilt digits that were held back (..., M, 64)."""
    with engine.no_grad():
        made = engine.values(state.generator(on_device(state.held.spoilt)))
    return np.asarray(host(made), dtype=np.float64)


def edges(pictures: np.ndarray) -> np.ndarray:
    """Mean difference of neighbouring pixels (...), of pictures (..., M, 64): how sharp they are."""
    rows = pictures.reshape(*pictures.shape[:-1], SIDE, SIDE)
    result: np.ndarray = np.abs(np.diff(rows, axis=-1)).mean(axis=(-3, -2, -1))
    return result


def evaluate(state: Cleaner) -> Metrics:
    """error and spoilt_error: squared error of the held-back digits, cleaned and not; sharpness against clean ones."""
    made, clean = cleaned(state), state.held.clean
    return {
        "error": np.mean((made - clean) ** 2, axis=(-2, -1)),
        "spoilt_error": np.mean((state.held.spoilt - clean) ** 2, axis=(-2, -1)),
        "sharpness": edges(made) / edges(clean),
    }


def change(state: Cleaner, name: str, value: KnobValue) -> None:
    """Apply a live knob: rates to the optimizers, weight and batch as they are."""
    if name == "learning_rate":
        state.g_optimizer.learning_rate = state.d_optimizer.learning_rate = float(value)
    else:
        setattr(state, name, value)


def compared(state: Cleaner) -> Observation:
    """images (..., 15, 8, 8): some digits spoilt, below them cleaned, below these as they were; labels (..., 15)."""
    held = state.held
    rows = [part[..., held.shown, :] for part in (held.spoilt, cleaned(state), held.clean)]
    images = np.clip(np.concatenate(rows, axis=-2), 0.0, 1.0)
    labels = np.array([text for stage in STAGES for text in (stage, *[""] * (len(held.shown) - 1))])
    return {
        "images": images.reshape(*images.shape[:-1], SIDE, SIDE),
        "labels": np.broadcast_to(labels, images.shape[:-1]),
    }


@experiment("denoise")
def denoise() -> Experiment:
    """G: 64 spoilt pixels -> 128 -> 128 -> 64, D: 64 -> 64 -> 1; 297 of 1,797 digits are held back."""

    def setup(knobs: Knobs, streams: Streams, xp: Any) -> Cleaner:
        images, labels = digit_images()
        flat = images.reshape(len(images), -1).astype(np.float64)
        sigma = float(knobs["spoil"])
        order = np.random.default_rng(0).permutation(len(flat))
        shown = np.array([np.flatnonzero(labels[order[:HELD_BACK]] == digit)[0] for digit in ON_SHOW])
        tests, rest = flat[order[:HELD_BACK]], flat[order[HELD_BACK:]]
        spoilt_tests = tests + sigma * streams.shuffle.standard_normal(tests.shape)
        generator = perceptron((PIXELS, 128, 128, PIXELS), rng=streams.init, end=nn.Sigmoid())
        discriminator = perceptron((PIXELS, 64, 1), rng=streams.init)
        rate = float(knobs["learning_rate"])
        return Cleaner(
            generator=generator,
            discriminator=discriminator,
            g_optimizer=nn.Adam(generator, rate, betas=BETAS),
            d_optimizer=nn.Adam(discriminator, rate, betas=BETAS),
            data=streams.data,
            noise=streams.latent,
            leading=streams.leading,
            batch=int(knobs["batch"]),
            spoil=sigma,
            weight=float(knobs["weight"]),
            held=Held(np.broadcast_to(tests, spoilt_tests.shape), spoilt_tests, shown),
            clean=(rest,),
        )

    return Experiment(
        knobs=(
            Knob("spoil", 0.5, low=0.0, high=2.0, slider=(0.0, 1.0)),
            Knob("weight", 0.0, low=0.0, high=1.0, slider=(0.0, 0.1), live=True),
            Knob("learning_rate", RATE, above=0.0, slider=(0.0001, 0.1), log=True, live=True),
            Knob("batch", 64, low=1, high=1500, slider=(8, 256), live=True),
        ),
        setup=setup,
        step=step,
        evaluate=evaluate,
        change=change,
        advise=lambda knobs: (Change("learning_rate", min(RATE, float(knobs["learning_rate"]) / 10)),),
        probes={"compared": compared},
        views=(
            View(
                "compared",
                "gallery",
                "compared",
                {"limits": (0.0, 1.0), "across": len(ON_SHOW), "readout": "error"},
            ),
            View(
                "error",
                "curve",
                options={"series": ("error", "spoilt_error"), "scale": "log", "colours": {"spoilt error": "muted"}},
            ),
            View("sharpness", "curve", options={"series": ("sharpness",), "references": {"x": 1.0}}),
        ),
        steps=1500,
        evaluations=50,
        weights=lambda state: {name: host(array) for name, array in state.generator.state_dict().items()},
    )
