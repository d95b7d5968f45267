"""A window slides over a picture: at every place nine products, one sum, one number of the feature map."""

from dataclasses import dataclass

import numpy as np

from nnlab.data import glyphs, worked_eight
from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue

from .alike import Array, alike, seeds_shape
from .slide_sums import LearnerCorrelate, correlate, map_of

KERNELS = {
    "vertical": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "horizontal": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "outline": [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
    "sum": [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "count": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
}
"""Whole numbers, so that what is shown multiplies and adds up to the last digit."""
PLACE = {"x": "column", "y": "row"}
"""What a pointer in the picture, or in its map, sets."""
PICTURES = ("eight", "seven", "dot")


def picture(name: str) -> Array:
    """Return a picture of whole numbers 0..255: an 8 or a 7 of 28x28, or one white pixel in 9x9."""
    if name == "dot":
        dot = np.zeros((9, 9))
        dot[4, 4] = 255
        return dot
    if name == "seven":
        return np.asarray(np.round(255 * glyphs(8, rng=np.random.default_rng(0), wobble=0.0)[0][7, 0]))
    return np.asarray(worked_eight(), dtype=np.float64)


@dataclass(slots=True)
class Slide:
    """The picture with its border of zeros, the kernel, and how far the window has come."""

    image: Array
    """(H + 2p, W + 2p)."""
    kernel: Array
    """(3, 3)."""
    bias: float
    stride: int
    map: Array
    """Every z of the feature map (h, w)."""
    flipped: Array
    """The same for true convolution: the kernel turned by 180 degrees."""
    seeds: tuple[int, ...]
    position: int = 0
    """The window's place in the map, row by row."""
    seen: int = 1
    """Places reached so far."""

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the map."""
        row, column = divmod(self.position, self.map.shape[1])
        return row, column

    @property
    def window(self) -> tuple[int, int, int, int]:
        """Top row, left column, height, width in the picture."""
        row, column = self.place
        return row * self.stride, column * self.stride, self.kernel.shape[0], self.kernel.shape[1]


def setup(knobs: Knobs, streams: Streams, learner: LearnerCorrelate | None = None) -> Slide:
    """Both maps are known at once; the walk reveals them. A picture of 28x28 lives on the host.

    learner: makes the map; true convolution stays ours.
    """
    padding, stride, bias = int(knobs["padding"]), int(knobs["stride"]), float(knobs["bias"])
    image = np.pad(picture(str(knobs["picture"])), padding)
    kernel = np.array(KERNELS[str(knobs["kernel"])], dtype=np.float64)
    slide = Slide(
        image=image,
        kernel=kernel,
        bias=bias,
        stride=stride,
        map=map_of(learner, image, kernel, stride=stride) + bias,
        flipped=correlate(image, kernel[::-1, ::-1].copy(), stride=stride) + bias,
        seeds=seeds_shape(streams),
    )
    change(slide, "row", knobs["row"])
    change(slide, "column", knobs["column"])
    return slide


def step(slide: Slide) -> Metrics:
    """Move the window one place on; at the end it starts again."""
    slide.position = (slide.position + 1) % slide.map.size
    slide.seen = min(slide.seen + 1, slide.map.size)
    return {"z": np.full(slide.seeds, slide.map[slide.place])}


def evaluate(slide: Slide) -> Metrics:
    """Measure sizes and counts: of the map, of the layer, and of a dense layer with the same inputs and outputs."""
    return {
        "z": np.full(slide.seeds, slide.map[slide.place]),
        "pixels": np.full(slide.seeds, slide.image.size),
        "map_rows": np.full(slide.seeds, slide.map.shape[0]),
        "conv_weights": np.full(slide.seeds, slide.kernel.size + 1),
        "dense_weights": np.full(slide.seeds, (slide.image.size + 1) * slide.map.size),
        "flip_difference": np.full(slide.seeds, np.max(np.abs(slide.map - slide.flipped))),
    }


def change(slide: Slide, knob: str, value: KnobValue) -> None:
    """Put the window into another row or column of the map, counted from 1."""
    row, column = slide.place
    if knob == "row":
        row = min(int(value), slide.map.shape[0]) - 1
    else:
        column = min(int(value), slide.map.shape[1]) - 1
    slide.position = row * slide.map.shape[1] + column
    slide.seen = max(slide.seen, slide.position + 1)


def observe_picture(slide: Slide) -> Observation:
    """The picture and where the window is; a pixel counts as the window's place whose middle it is."""
    middle = np.array([1 + slide.kernel.shape[0] // 2, slide.stride])
    limits = np.array([0.0, 255.0])
    return alike(slide.seeds, values=slide.image, frame=np.array(slide.window), limits=limits, lattice=middle)


def observe_arithmetic(slide: Slide) -> Observation:
    """The window's pixels, the kernel, the bias."""
    top, left, height, width = slide.window
    pixels = slide.image[top : top + height, left : left + width]
    return alike(slide.seeds, window=pixels, kernel=slide.kernel, bias=np.float64(slide.bias))


def revealed(slide: Slide, values: Array) -> Observation:
    """A map as far as the window has come, on the scale of the whole of it."""
    shown = np.where(np.arange(values.size).reshape(values.shape) < slide.seen, values, np.nan)
    reach = max(float(np.abs(values).max()), 1.0)
    return alike(slide.seeds, values=shown, frame=np.array([*slide.place, 1, 1]), limits=np.array([-reach, reach]))


@experiment("window")
def window(correlate: LearnerCorrelate | None = None) -> Experiment:
    """26 x 26 places of a 3x3 kernel on 28x28 pixels.

    correlate: replaces ours.
    """
    return Experiment(
        knobs=(
            Knob("kernel", "vertical", choices=tuple(KERNELS)),
            Knob("row", 1, low=1, high=30, live=True),
            Knob("column", 1, low=1, high=30, live=True),
            Knob("stride", 1, low=1, high=3),
            Knob("padding", 0, low=0, high=2),
            Knob("picture", "eight", choices=PICTURES),
            Knob("bias", 0, low=-2000, high=2000, slider=(-500, 500)),
        ),
        setup=lambda knobs, streams, xp: setup(knobs, streams, correlate),
        step=step,
        evaluate=evaluate,
        change=change,
        probes={
            "picture": observe_picture,
            "arithmetic": observe_arithmetic,
            "map": lambda slide: revealed(slide, slide.map),
            "flipped": lambda slide: revealed(slide, slide.flipped),
        },
        views=(
            View("picture", "picture", "picture", {"tall": True, "pointer": PLACE}),
            View("arithmetic", "products", "arithmetic", {"limits": (0, 255), "relu": True, "height": 9}),
            View("map", "picture", "map", {"map": "diverging", "pointer": PLACE}),
            View("numbers", "picture", "picture", {"numbers": True, "height": 8}),
            View("flipped", "picture", "flipped", {"map": "diverging"}),
            View("mapped", "picture", "map", {"map": "diverging", "numbers": True}),
            View("flipped_numbers", "picture", "flipped", {"map": "diverging", "numbers": True}),
        ),
        steps=675,
    )
