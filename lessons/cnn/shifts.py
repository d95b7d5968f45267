"""A digit and its map, moved by a pixel: convolution moves along exactly, pooling does not."""

from dataclasses import dataclass

import numpy as np

from nnlab import engine
from nnlab.data import digit_images, pad, shift
from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from .alike import Array

CHANNELS = 4


@dataclass(slots=True)
class Moved:
    """A digit in 12x12, the same one moved, and four random kernels; several seeds have kernels of their own."""

    before: Array
    """(12, 12)."""
    after: Array
    kernels: Array
    """(..., 4, 1, 3, 3)."""
    right: int
    down: int

    def maps(self, image: Array) -> Array:
        """Feature maps after ReLU (..., 4, 10, 10)."""
        made = engine.relu(engine.conv2d(self.shared(image), self.kernels))
        return np.asarray(engine.to_host(made.data))[..., 0, :, :, :]

    def pooled(self, image: Array) -> Array:
        """Their 2x2 maxima (..., 4, 5, 5)."""
        return np.asarray(engine.to_host(engine.max_pool2d(self.maps(image), 2).data))

    def shared(self, image: Array) -> Array:
        """The image with the axes of a batch, (..., 1, 1, 12, 12)."""
        return np.broadcast_to(image, (*self.kernels.shape[:-4], 1, 1, *image.shape))


def setup(knobs: Knobs, streams: Streams, xp: object) -> Moved:
    """Pad a real 8x8 digit to 12x12, so that no ink leaves. One small picture lives on the host."""
    before = pad(digit_images()[0][int(knobs["sample"])], 12)
    right, down = int(knobs["right"]), int(knobs["down"])
    kernels = streams.init.normal(0.0, 1.0, (CHANNELS, 1, 3, 3))
    return Moved(before=before, after=shift(before, right=right, down=down), kernels=kernels, right=right, down=down)


def difference(moved: Moved, before: Array, after: Array) -> Array:
    """after minus `before` moved along."""
    return np.asarray(after - shift(before, right=moved.right, down=moved.down))


def evaluate(moved: Moved) -> Metrics:
    """Measure how far the maps are from having moved along: largest difference inside the border, before and pooled."""
    border = 1 + max(abs(moved.right), abs(moved.down))
    inside = slice(border, -border)
    apart = difference(moved, moved.maps(moved.before), moved.maps(moved.after))
    pooled = np.abs(moved.pooled(moved.after) - moved.pooled(moved.before))
    is_lit = np.maximum(moved.pooled(moved.after), moved.pooled(moved.before)) > 0
    changed = ((pooled > 0) & is_lit).sum(axis=(-3, -2, -1)) / np.maximum(1, is_lit.sum(axis=(-3, -2, -1)))
    return {
        "map_difference": np.abs(apart[..., inside, inside]).max(axis=(-3, -2, -1)),
        "pooled_changed": changed,
    }


def observe_inputs(moved: Moved) -> Observation:
    """Both digits."""
    pictures = np.stack([moved.before, moved.after])
    return {"images": np.broadcast_to(pictures, (*moved.kernels.shape[:-4], *pictures.shape))}


@experiment("shift")
def shift_maps() -> Experiment:
    """Nothing is trained: random kernels show it as well as learned ones."""
    return Experiment(
        knobs=(
            Knob("right", 1, low=-2, high=2),
            Knob("down", 0, low=-2, high=2),
            Knob("sample", 8, low=0, high=1796, slider=(0, 99)),
        ),
        setup=setup,
        step=lambda _: {},
        evaluate=evaluate,
        probes={
            "inputs": observe_inputs,
            "maps": lambda state: {"images": state.maps(state.before), "kernels": state.kernels[..., 0, :, :]},
            "moved_maps": lambda state: {"images": state.maps(state.after)},
            "difference": lambda state: {
                "images": difference(state, state.maps(state.before), state.maps(state.after))
            },
            "pooled_difference": lambda state: {"images": state.pooled(state.after) - state.pooled(state.before)},
        },
        views=(
            View("inputs", "gallery", "inputs"),
            View("maps", "gallery", "maps", {"map": "sequential"}),
            View("moved_maps", "gallery", "moved_maps", {"map": "sequential"}),
            View("difference", "gallery", "difference", {"map": "diverging", "readout": "map_difference"}),
            View("pooled", "gallery", "pooled_difference", {"map": "diverging"}),
        ),
        steps=0,
    )
