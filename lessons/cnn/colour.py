"""A colour picture is three matrices; a kernel has a slice for each, and all products make one sum."""

from dataclasses import dataclass

import numpy as np

from nnlab import engine
from nnlab.lab.authoring import Experiment, Knob, Streams, View, experiment
from nnlab.lab.events import Observation
from nnlab.lab.experiment import Knobs, Metrics

from .alike import Array, alike, seeds_shape

EDGE = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
FLAT = np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]])
KERNELS = {
    "red": np.stack([FLAT, 0 * FLAT, 0 * FLAT]),
    "red_edges": np.stack([EDGE, 0 * EDGE, 0 * EDGE]),
    "all_edges": np.stack([EDGE, EDGE, EDGE]),
    "red_not_green": np.stack([FLAT, -FLAT, 0 * FLAT]),
}
"""Slices for red, green and blue (3, 3, 3); whole numbers, so that sums are exact."""
COLOURS = ("R", "G", "B")


def picture() -> Array:
    """Our own picture (3, 10, 10), 0..255: a red sun in a blue sky over a green field."""
    rows, columns = np.mgrid[:10, :10]
    image = np.zeros((3, 10, 10))
    image[:, :7] = np.array([60, 120, 210])[:, None, None]
    image[:, 7:] = np.array([40, 150, 60])[:, None, None]
    image[:, np.hypot(rows - 3, columns - 4) < 2.3] = np.array([230, 70, 40])[:, None]
    return image


@dataclass(slots=True)
class Colours:
    """The picture, the kernel, the map, and the window's place."""

    image: Array
    """(3, 10, 10)."""
    kernel: Array
    """(3, 3, 3)."""
    map: Array
    """(8, 8)."""
    seeds: tuple[int, ...]
    position: int = 0
    seen: int = 1

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the map: with stride 1 also those of the window."""
        row, column = divmod(self.position, self.map.shape[1])
        return row, column

    @property
    def window(self) -> Array:
        """The pixels under the kernel (3, 3, 3)."""
        row, column = self.place
        return self.image[:, row : row + 3, column : column + 3]


def setup(knobs: Knobs, streams: Streams, xp: object) -> Colours:
    """The map by the engine; the walk reveals it."""
    image, kernel = picture(), KERNELS[str(knobs["kernel"])].astype(np.float64)
    values = np.asarray(engine.to_host(engine.conv2d(image[None], kernel[None]).data))[0, 0]
    return Colours(image=image, kernel=kernel, map=values, seeds=seeds_shape(streams))


def step(colours: Colours) -> Metrics:
    """Move the window one place on."""
    colours.position = (colours.position + 1) % colours.map.size
    colours.seen = min(colours.seen + 1, colours.map.size)
    return evaluate(colours)


def evaluate(colours: Colours) -> Metrics:
    """Measure the number of this place, and how many maps one kernel makes of three channels."""
    return {
        "z": np.full(colours.seeds, colours.map[colours.place]),
        "maps": np.full(colours.seeds, 1),
        "conv_weights": np.full(colours.seeds, colours.kernel.size + 1),
    }


def frame(colours: Colours) -> Array:
    """The window's place and size."""
    return np.array([*colours.place, 3, 3])


def observe_channel(channel: int, colours: Colours) -> Observation:
    """One of the three matrices."""
    values = colours.image[channel]
    return alike(colours.seeds, values=values, frame=frame(colours), limits=np.array([0.0, 255.0]))


def observe_map(colours: Colours) -> Observation:
    """The map as far as the window has come."""
    values = colours.map
    shown = np.where(np.arange(values.size).reshape(values.shape) < colours.seen, values, np.nan)
    reach = max(1.0, float(np.abs(values).max()))
    limits = np.array([-reach, reach])
    return alike(colours.seeds, values=shown, frame=np.array([*colours.place, 1, 1]), limits=limits)


@experiment("colour")
def colour() -> Experiment:
    """8 x 8 places of one 3x3x3 kernel."""
    return Experiment(
        knobs=(Knob("kernel", "red_not_green", choices=tuple(KERNELS)),),
        setup=setup,
        step=step,
        evaluate=evaluate,
        probes={
            "picture": lambda state: alike(
                state.seeds, values=state.image, frame=frame(state), limits=np.array([0.0, 255.0])
            ),
            "red": lambda state: observe_channel(0, state),
            "green": lambda state: observe_channel(1, state),
            "blue": lambda state: observe_channel(2, state),
            "arithmetic": lambda state: alike(
                state.seeds, window=state.window, kernel=state.kernel, bias=np.float64(0)
            ),
            "map": observe_map,
        },
        views=(
            View("picture", "picture", "picture"),
            View("arithmetic", "products", "arithmetic", {"limits": (0, 255), "names": COLOURS}),
            View("red", "picture", "red", {"numbers": True}),
            View("green", "picture", "green", {"numbers": True}),
            View("blue", "picture", "blue", {"numbers": True}),
            View("map", "picture", "map", {"map": "diverging"}),
        ),
        steps=63,
    )
