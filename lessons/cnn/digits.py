"""Real digits learned by a small convolutional network, or by a multilayer one beside it."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from nnlab import engine, nn
from nnlab.data import DataError, Dataset, as_image, pad, read_digit
from nnlab.data import digits as real_digits
from nnlab.lab.authoring import (
    Experiment,
    Knob,
    Stream,
    Streams,
    Supervised,
    UserData,
    View,
    experiment,
    supervised,
)
from nnlab.lab.errors import UsageError
from nnlab.lab.events import HostArray
from nnlab.lab.experiment import Knobs, Metrics
from nnlab.lab.knobs import KnobValue
from nnlab.lab.supervised import accuracy, evaluate
from nnlab.lab.supervised import change as change_supervised

from . import looks
from .moves import moved_each_way, shuffled
from .own_images import own_images

SIDE = 12
"""The 8x8 digits stand in the middle of 12x12, so that a shift by a pixel loses no ink."""
HELD_BACK = 0.2


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the data and never changes."""

    is_shuffled: bool
    """Whether the pixels of all images stand in another order."""
    shifted: tuple[Any, ...]
    """The test images moved one pixel each way, four times (..., N, 1, 12, 12) on the device."""
    learned: int
    """How many numbers the network learns."""


@dataclass(slots=True)
class Digits(Supervised):
    """Supervised training with one test digit on show."""

    beside: Beside | None = None
    sample: int = 0
    """Index into the test digits."""
    drawing: Any = None
    """A digit that was drawn (..., 1, 1, 12, 12) on the device, on show instead of the sample; None without one."""


def augmented(data: Dataset) -> Dataset:
    """The training digits five times: as they are, and moved by a pixel each way."""
    moved = [data.x, *moved_each_way(data.x)]
    return replace(data, x=np.concatenate(moved), y=np.tile(data.y, len(moved)))


def network(knobs: Knobs, rng: Stream, width: int = SIDE) -> nn.Module:
    """mlp: flatten, dense, ReLU, dense. cnn: one or two rounds of convolution, ReLU and pooling, then dense.

    A map of less than 4x4 is not pooled any more. Global: the mean of each map instead of flattening.
    width: pixels of a side of the images.
    """
    if knobs["model"] == "mlp":
        hidden = int(knobs["hidden"])
        return nn.Sequential(
            nn.Flatten(-3),
            nn.Linear(width * width, hidden, rng=rng, initializer="he_uniform"),
            nn.ReLU(),
            nn.Linear(hidden, 10, rng=rng),
        )
    layers: list[nn.Module] = []
    channels, side, kernel, padding = 1, width, int(knobs["kernel"]), int(knobs["padding"])
    for depth in range(int(knobs["layers"])):
        outputs = int(knobs["channels"]) * 2**depth
        layers += [nn.Conv2d(channels, outputs, kernel, padding=padding, rng=rng), nn.ReLU()]
        channels, side = outputs, side + 2 * padding - kernel + 1
        if knobs["pooling"] != "none" and side >= 4:
            layers.append(nn.MaxPool2d(2) if knobs["pooling"] == "max" else nn.AvgPool2d(2))
            side //= 2
    if knobs["head"] == "global":
        return nn.Sequential(*layers, nn.GlobalAvgPool2d(), nn.Linear(channels, 10, rng=rng))
    return nn.Sequential(*layers, nn.Flatten(-3), nn.Linear(channels * side * side, 10, rng=rng))


def learned(model: nn.Module, leading: int) -> int:
    """Return how many numbers one network learns; `leading` axes count seeds."""
    return sum(int(np.prod(parameter.shape[leading:])) for parameter in model.parameters())


def evaluate_digits(state: Digits) -> Metrics:
    """Measure accuracy on all sets, and on the test digits moved by a pixel: the mean of four directions."""
    assert state.beside is not None
    metrics = dict(evaluate(state))
    state.model.eval()
    each = [accuracy(engine.values(state.model(x)), state.data.y_test) for x in state.beside.shifted]
    state.model.train()
    metrics["shifted_accuracy"] = sum(each[1:], each[0]) / len(each)
    metrics["parameters"] = metrics["accuracy"] * 0 + state.beside.learned
    return metrics


def change(state: Digits, name: str, value: KnobValue) -> None:
    """Apply a live knob; `sample` and `drawing` only choose what is on show."""
    if name == "sample":
        state.sample = int(value)
    elif name == "drawing":
        assert state.beside is not None
        state.drawing = drawn(str(value), state, is_shuffled=state.beside.is_shuffled)
    else:
        change_supervised(state, name, value)


def drawn(text: str, state: Supervised, *, is_shuffled: bool) -> Any:
    """Return the digit of a text as every seed sees it (..., 1, 1, 12, 12) on the device, None for the empty text.

    Among larger images of the user's it is as many times larger as fit. Raises UsageError for another text.
    """
    try:
        levels = read_digit(text)
    except DataError as error:
        raise UsageError(f"drawing: {error}") from None
    if not levels.any():
        return None
    tests = state.data.x_test
    width = tests.shape[-1]
    if width < len(levels):
        raise UsageError(f"drawing: the images have {width} pixels a side, but a drawn digit needs {len(levels)}.")
    cell = np.ones((width // len(levels),) * 2)
    image = pad(np.kron(as_image(levels), cell), width).astype(np.float32)
    image = shuffled(image) if is_shuffled else image
    return engine.to_device(np.broadcast_to(image, (*tests.shape[: state.leading], 1, 1, width, width)).copy())


def weights(state: Supervised) -> dict[str, HostArray]:
    """The learned numbers by name."""
    return {name: engine.to_host(value) for name, value in state.model.state_dict().items()}


@experiment("digits", data=("images",))
def digits(data: UserData | None = None) -> Experiment:
    """1,797 real digits of 8x8 in 12x12, a fifth held back; conv 8@3x3, ReLU, max pool, dense: 2,090 numbers.

    data: images of the user's in their place, such as MNIST.
    """
    width = SIDE if data is None else own_images(data).x.shape[-1]

    def draw(knobs: Knobs, rng: np.random.Generator) -> Dataset:
        made = real_digits(rng=rng, size=SIDE, test=HELD_BACK) if data is None else own_images(data)
        made = augmented(made) if knobs["augment"] else made
        return replace(made, x=shuffled(made.x), x_test=shuffled(made.x_test)) if knobs["shuffle"] else made

    made = supervised(
        knobs=(
            Knob("model", "cnn", choices=("mlp", "cnn")),
            Knob("channels", 8, low=1, high=32, slider=(1, 16)),
            Knob("pooling", "max", choices=("none", "average", "max")),
            Knob("augment", False),
            Knob("sample", 0, low=0, high=358, look=True),
            Knob("drawing", "", look=True),
            Knob("learning_rate", 0.004, above=0.0, slider=(0.0001, 1.0), log=True, live=True),
            Knob("layers", 1, low=1, high=2),
            Knob("kernel", 3, low=1, high=5),
            Knob("padding", 0, low=0, high=2),
            Knob("head", "flatten", choices=("flatten", "global")),
            Knob("hidden", 32, low=1, high=256, slider=(1, 64)),
            Knob("batch", 64, low=0, high=8000, slider=(1, 256)),
            Knob("shuffle", False),
        ),
        data=draw,
        model=lambda knobs, rng: network(knobs, rng, width),
        optimizer=lambda knobs, model: nn.Adam(model, float(knobs["learning_rate"])),
        loss=engine.cross_entropy,
        views=(
            View("maps", "gallery", "maps", {"map": "sequential"}),
            View("confusion", "matrix", "confusion", looks.CONFUSION),
            View("loss", "curve", options={"series": ("loss", "test_loss"), "scale": "log"}),
            View("scores", "bars", "scores", {"names": looks.NAMES, "limits": (0.0, 1.0), "format": "percent"}),
            View("chain", "chain", "chain", {"readout": "parameters"}),
            View("outputs", "table", "outputs", looks.OUTPUTS),
            View("digit", "picture", "digit", {"limits": (0.0, 1.0), "draws": "drawing", "answer": "scores"}),
            View("saliency", "picture", "saliency", {"map": "diverging", "limits": (-1.0, 1.0)}),
            View("mistakes", "gallery", "mistakes", {"limits": (0.0, 1.0)}),
            View("moved", "gallery", "moved", {"limits": (0.0, 1.0), "readout": "shifted_accuracy"}),
            View(
                "accuracy",
                "curve",
                options={"series": ("test_accuracy", "shifted_accuracy", "accuracy"), "y_range": (0.0, 1.0)},
            ),
        ),
        probes={
            "maps": looks.maps,
            "confusion": looks.confusion,
            "scores": looks.scores,
            "chain": looks.chain,
            "outputs": looks.outputs,
            "digit": looks.digit,
            "saliency": looks.saliency,
            "mistakes": looks.mistakes,
            "moved": looks.moved,
        },
        steps=900,
        evaluations=30,
    )

    def setup(knobs: Knobs, streams: Streams, xp: Any) -> Digits:
        plain = made.setup(knobs, streams, xp)
        state = Digits(**{part.name: getattr(plain, part.name) for part in fields(plain)})
        is_shuffled = bool(knobs["shuffle"])
        moved = moved_each_way(engine.to_host(plain.data.x_test), is_shuffled=is_shuffled)
        state.beside = Beside(
            is_shuffled=is_shuffled,
            shifted=tuple(map(engine.to_device, moved)),
            learned=learned(plain.model, plain.leading),
        )
        state.sample = int(knobs["sample"])
        state.drawing = drawn(str(knobs["drawing"]), state, is_shuffled=is_shuffled)
        return state

    own = {name: probe for name, probe in made.probes.items() if name in looks.PROBES}
    return replace(made, setup=setup, evaluate=evaluate_digits, change=change, probes=own)
