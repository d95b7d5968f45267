"""Digits as somebody draws them: strokes of a pen, as large as the paper or small in a corner, and who reads them."""

import numpy as np

from nnlab import engine, nn
from nnlab.data import as_image, counted, fitted, glyphs, pad
from nnlab.lab.authoring import Result, Streams

from .alike import Array
from .digits import SIDE, network

PEN = 7
"""Seed of the strokes."""
PAPER = 32
"""Points of a side of the drawing paper."""


def both_sizes(count: int) -> tuple[Array, Array, Array]:
    """Draw digits: as large as the paper (n, 1, 12, 12), half as large in a corner, and which digits they are (n,)."""
    drawn, truth = glyphs(count, rng=np.random.default_rng(PEN))
    large, small = [], []
    for picture in drawn[:, 0]:
        ink = np.zeros((PAPER, PAPER), dtype=np.bool_)
        border = (PAPER - len(picture)) // 2
        ink[border:-border, border:-border] = picture > 0.5
        ink = fitted(ink)
        half = np.zeros_like(ink)
        half[: PAPER // 2, : PAPER // 2] = ink.reshape(PAPER // 2, 2, PAPER // 2, 2).any(axis=(1, 3))
        large.append(pad(as_image(counted(ink)), SIDE))
        small.append(pad(as_image(counted(half)), SIDE))
    return np.stack(large)[:, None].astype(np.float32), np.stack(small)[:, None].astype(np.float32), np.asarray(truth)


def taught(result: Result) -> nn.Module:
    """Return the network that a run of one seed ended with."""
    model = network(result.run.settings.knobs, Streams((result.run.settings.seed,)).init)
    model.load_state_dict(result.parameters)
    return model


def read(model: nn.Module, images: Array) -> Array:
    """Which digit each image (n, 1, 12, 12) is taken for (n,)."""
    with engine.no_grad():
        given: Array = engine.to_host(engine.values(model(images))).argmax(axis=-1)
    return given
