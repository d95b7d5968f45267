"""What the lesson asserts, each with a setting under which it must fail."""

from itertools import product

import numpy as np

from nnlab import engine, nn
from nnlab.lab.authoring import Verdict, claim
from nnlab.lab.checks import Runner

from . import colour, drawings, window
from .alike import Array
from .slide_sums import correlate

SEEDS = 5
NUMBERS = np.random.default_rng(0)
"""For layers whose weights are only counted."""


def correlate_all(image: Array, kernel: Array) -> Array:
    """The map of one kernel over all channels of an image (C, H, W)."""
    made: Array = np.asarray(engine.to_host(engine.conv2d(image[None], kernel[None]).data))[0, 0]
    return made


def pooled(values: Array) -> tuple[Array, Array]:
    """The largest and the mean of every 2x2."""
    largest, mean = engine.max_pool2d(values, 2), engine.avg_pool2d(values, 2)
    return np.asarray(engine.to_host(largest.data)), np.asarray(engine.to_host(mean.data))


# --- pixels and windows -----------------------------------------------------------------------------------------------


@claim("eight-is-784", broken={"name": "dot"})
def eight_is_784(run: Runner, name: str = "eight") -> Verdict:
    """The 8 has 28 x 28 pixels, whole numbers from 0 to 255, and both ends occur."""
    image = window.picture(name)
    is_whole = bool((image == np.round(image)).all()) and (image.min(), image.max()) == (0, 255)
    return Verdict(is_whole and image.shape == (28, 28), image.size, "784 whole numbers from 0 to 255")


@claim("mlp-on-pixels", broken={"hidden": 64})
def mlp_on_pixels(run: Runner, hidden: int = 128) -> Verdict:
    """A first dense layer of 128 neurons on 784 pixels learns 100,480 numbers."""
    learned = nn.parameter_count(nn.Linear(784, hidden, rng=NUMBERS))
    return Verdict(learned == 100_480, learned, "100,480")


@claim("sum-of-products", broken={"flip": True})
def sum_of_products(run: Runner, flip: bool = False) -> Verdict:
    """Every number of the feature map is the sum of nine products, the kernel as it stands; all kernels, all places."""
    image = window.picture("eight")
    farthest = 0.0
    for name in ("vertical", "horizontal", "count"):
        kernel = np.array(window.KERNELS[name], dtype=np.float64)
        values = correlate(image, kernel, stride=1)
        kernel = kernel[::-1, ::-1] if flip else kernel
        for row, column in product(range(26), range(26)):
            total = float((image[row : row + 3, column : column + 3] * kernel).sum())
            farthest = max(farthest, abs(total - float(values[row, column])))
    return Verdict(farthest == 0.0, farthest, "0, at all 676 places")


@claim("map-sizes", broken={"padding": 1})
def map_sizes(run: Runner, padding: int = 0) -> Verdict:
    """28 rows become 26; with a border of 1 they stay 28; with stride 2 they are 13."""
    sizes = [
        int(run("window", steps=0, padding=padding).last("map_rows")),
        int(run("window", steps=0, padding=1).last("map_rows")),
        int(run("window", steps=0, stride=2).last("map_rows")),
    ]
    return Verdict(sizes == [26, 28, 13], ", ".join(map(str, sizes)), "26, 28, 13")


@claim("dot-turns-the-kernel", broken={"kernel": "outline"})
def dot_turns_the_kernel(run: Runner, kernel: str = "count") -> Verdict:
    """One white pixel: cross-correlation draws the kernel turned by 180 degrees, convolution the kernel itself."""
    weights = 255.0 * np.array(window.KERNELS[kernel], dtype=np.float64)
    image = window.picture("dot")
    correlated = correlate(image, weights / 255, stride=1)[2:5, 2:5]
    convolved = correlate(image, (weights / 255)[::-1, ::-1].copy(), stride=1)[2:5, 2:5]
    holds = np.array_equal(correlated, weights[::-1, ::-1]) and np.array_equal(convolved, weights)
    differs = float(np.abs(correlated - convolved).max())
    return Verdict(holds and differs > 0, differs, "turned, and not the same")


@claim("symmetric-kernels-agree", broken={"kernel": "vertical"})
def symmetric_kernels_agree(run: Runner, kernel: str = "outline") -> Verdict:
    """For a kernel that looks the same upside down both operations give the same map."""
    differs = float(run("window", steps=0, kernel=kernel).last("flip_difference"))
    return Verdict(differs == 0.0, differs, "0")


@claim("eighty-not-four-million", broken={"kernel": 5})
def eighty_not_four_million(run: Runner, kernel: int = 3) -> Verdict:
    """8 kernels of 3x3 learn 80 numbers; a dense layer from 28x28 to 8 maps of 26x26 would learn 4,245,280."""
    layer = nn.Conv2d(1, 8, kernel, rng=NUMBERS)
    outputs = int(np.prod(layer(np.zeros((1, 1, 28, 28))).shape))
    learned, dense = nn.parameter_count(layer), (784 + 1) * outputs
    return Verdict((learned, dense) == (80, 4_245_280), f"{learned:,} / {dense:,}", "80 / 4,245,280")


# --- channels and pooling ---------------------------------------------------------------------------------------------


@claim("channels-add-up", broken={"channels": 2})
def channels_add_up(run: Runner, channels: int = 3) -> Verdict:
    """One kernel over three channels: the sum of three single-channel maps is its one map."""
    image, kernel = colour.picture(), colour.KERNELS["red_not_green"].astype(np.float64)
    whole = np.asarray(engine.to_host(engine.conv2d(image[None], kernel[None]).data))
    parts: list[Array] = [correlate(image[c], kernel[c], stride=1) for c in range(channels)]
    # The blue slice is all zeros: it would not be missed.
    every = np.asarray(engine.to_host(engine.conv2d(image[None], np.ones((1, 3, 3, 3))).data))
    ones = sum(correlate(image[c], np.ones((3, 3)), stride=1) for c in range(channels))
    farthest = max(float(np.abs(whole[0, 0] - sum(parts)).max()), float(np.abs(every[0, 0] - ones).max()))
    return Verdict(whole.shape[:2] == (1, 1) and farthest < 1e-9, farthest, "0: one map, the sum of three")


@claim("red-not-green", broken={"kernel": "red"})
def red_not_green(run: Runner, kernel: str = "red_not_green") -> Verdict:
    """Red minus green is below zero in the middle of sky and field, and above 100 in the middle of the sun."""
    values = correlate_all(colour.picture(), colour.KERNELS[kernel].astype(np.float64))
    sun, sky, field = (float(values[row, column]) for row, column in ((2, 3), (0, 7), (7, 4)))
    return Verdict(sun > 100 and max(sky, field) < 0, f"{sun:g} / {sky:g} / {field:g}", "above 100 / below 0 / below 0")


@claim("colour-layer-224", broken={"channels": 1})
def colour_layer_224(run: Runner, channels: int = 3) -> Verdict:
    """Eight 3x3 kernels over three channels learn 8 x (27 + 1) = 224 numbers."""
    learned = nn.parameter_count(nn.Conv2d(channels, 8, 3, rng=NUMBERS))
    return Verdict(learned == 224, learned, "224")


@claim("pool-worked", broken={"size": 1})
def pool_worked(run: Runner, size: int = 2) -> Verdict:
    """15, 8, 20, 9: the largest is 20, the mean 13."""
    first = run("pooling", steps=0, size=size)
    largest, mean = float(first.last("largest")), float(first.last("mean"))
    return Verdict((largest, mean) == (20.0, 13.0), f"{largest:g} / {mean:g}", "20 / 13")


@claim("pool-keeps-a-quarter", broken={"size": 3})
def pool_keeps_a_quarter(run: Runner, size: int = 2) -> Verdict:
    """2x2 pooling leaves a quarter of the numbers and learns nothing."""
    kept = float(run("pooling", steps=0, size=size, numbers="digit").last("kept"))
    learned = nn.parameter_count(nn.MaxPool2d(size)) + nn.parameter_count(nn.AvgPool2d(size))
    return Verdict(kept == 0.25 and learned == 0, kept, "0.25, and 0 numbers learned")


@claim("window-grows", broken={"pool": 1})
def window_grows(run: Runner, pool: int = 2) -> Verdict:
    """One place of a 3x3 map on a pooled 3x3 map hangs on 8x8 pixels of the picture."""
    image = engine.Tensor(np.zeros((1, 1, 20, 20)), requires_grad=True)
    ones = np.ones((1, 1, 3, 3))
    deep = engine.conv2d(engine.avg_pool2d(engine.conv2d(image, ones), pool), ones)
    engine.sum(deep[..., 2:3, 2:3]).backward()
    reached = np.asarray(engine.to_host(image.grad))[0, 0] != 0
    rows, columns = int(reached.any(axis=1).sum()), int(reached.any(axis=0).sum())
    return Verdict((rows, columns) == (8, 8), f"{rows} × {columns}", "8 × 8")


@claim("max-or-average", broken={"wide": 2})
def max_or_average(run: Runner, wide: int = 1) -> Verdict:
    """A stroke of one pixel keeps its light under the max, half under the mean; under noise the mean is calmer."""
    stroke = np.zeros((8, 8))
    stroke[:, 2 : 2 + wide] = 255.0
    bright, washed = pooled(stroke)
    noise = np.random.default_rng(0).normal(size=(200, 200))
    rough, calm = (float(part.std()) for part in pooled(noise))
    holds = bright.max() == 255 and washed.max() <= 255 / 2 and calm < 0.55 < 0.65 < rough
    return Verdict(holds, f"{washed.max() / 255:g}; {calm:.2f} / {rough:.2f}", "0.5; about 0.50 / about 0.70")


# --- learning digits --------------------------------------------------------------------------------------------------


@claim("chain-2090", broken={"channels": 9})
def chain_2090(run: Runner, channels: int = 8) -> Verdict:
    """conv 8@3x3, pool, dense learns 2,090 numbers, and the mlp with 32 hidden neurons 4,970."""
    small = int(run("digits", steps=0, channels=channels).last("parameters"))
    dense = int(run("digits", steps=0, model="mlp").last("parameters"))
    return Verdict((small, dense) == (2090, 4970), f"{small:,} / {dense:,}", "2,090 / 4,970")


@claim("learns-digits", broken={"steps": 10})
def learns_digits(run: Runner, steps: int = 900) -> Verdict:
    """After 900 steps 95 % or more of the unseen digits are right, from every one of 5 starts."""
    lowest = float(run("digits", seeds=SEEDS, steps=steps).last("test_accuracy").min())
    return Verdict(lowest >= 0.95, lowest, "0.95 or more from 5 starts")


@claim("half-the-numbers", broken={"channels": 1})
def half_the_numbers(run: Runner, channels: int = 8) -> Verdict:
    """The mean over 5 starts is within a hundredth of the mlp's or above it, with under half of its numbers."""
    small, dense = run("digits", seeds=SEEDS, channels=channels), run("digits", seeds=SEEDS, model="mlp")
    ahead = float(small.last("test_accuracy").mean() - dense.last("test_accuracy").mean())
    share = float(small.last("parameters").mean() / dense.last("parameters").mean())
    return Verdict(ahead > -0.01 and share < 0.5, round(ahead, 4), "−0.01 or more")


@claim("kernels-learn", broken={"steps": 0})
def kernels_learn(run: Runner, steps: int = 900) -> Verdict:
    """The kernels start at random and move: their change is a tenth of their length or more, from 5 starts."""
    before = run("digits", seeds=SEEDS, steps=0).parameters["0.weight"]
    after = run("digits", seeds=SEEDS, steps=steps).parameters["0.weight"]
    axes = (1, 2, 3, 4)
    moved = np.sqrt(((after - before) ** 2).sum(axis=axes) / (before**2).sum(axis=axes))
    return Verdict(float(moved.min()) > 0.1, float(moved.min()), "more than 0.1 of their length")


@claim("shuffled-pixels", broken={"model": "cnn", "head": "global", "layers": 2, "seeds": 2})
def shuffled_pixels(
    run: Runner, model: str = "mlp", head: str = "flatten", layers: int = 1, seeds: int = SEEDS
) -> Verdict:
    """All pixels in another order: the mlp learns as well, to a hundredth; what only sees neighbours does not."""
    plain, torn = (
        run("digits", seeds=seeds, model=model, head=head, layers=layers, shuffle=is_shuffled).last("test_accuracy")
        for is_shuffled in (False, True)
    )
    lost = float(plain.mean() - torn.mean())
    return Verdict(abs(lost) < 0.01, round(lost, 4), "0, to a hundredth")


@claim("drawn-digits", broken={"steps": 20})
def drawn_digits(run: Runner, steps: int = 900) -> Verdict:
    """Of 300 digits of our own pen 70 % and more are read as large as the paper; small in a corner it guesses."""
    large, small, truth = drawings.both_sizes(300)
    rates = []
    for seed in (1, 2, 3):
        model = drawings.taught(run("digits", seed=seed, steps=steps))
        rates.append([float((drawings.read(model, images) == truth).mean()) for images in (large, small)])
    read, guessed = min(rate[0] for rate in rates), max(rate[1] for rate in rates)
    return Verdict(read >= 0.7 and guessed <= 0.15, f"{read:.2f} / {guessed:.2f}", "0.70 or more / 0.15 or less")


# --- shifts -----------------------------------------------------------------------------------------------------------


@claim("maps-shift-along", broken={"stage": "pooled_changed"})
def maps_shift_along(run: Runner, stage: str = "map_difference") -> Verdict:
    """A digit moved by 1 or 2 pixels, 20 random sets of kernels: the maps are moved along, exactly."""
    farthest = max(
        float(run("shift", seeds=20, right=right, down=down).last(stage).max())
        for right, down in ((1, 0), (0, 1), (-1, 2), (2, 2))
    )
    return Verdict(farthest == 0.0, farthest, "exactly 0")


@claim("pooled-maps-change", broken={"right": 0})
def pooled_maps_change(run: Runner, right: int = 1) -> Verdict:
    """Moved by 1 pixel, most lit cells of the pooled maps change: 2x2 pooling does not make it shift-proof."""
    share = float(run("shift", seeds=20, right=right).last("pooled_changed").mean())
    return Verdict(share > 0.5, share, "more than half")


@claim("shift-costs", broken={"augment": True})
def shift_costs(run: Runner, augment: bool = False) -> Verdict:
    """Moved by a pixel, only 40 to 75 % of the unseen digits are still right, mean of 3 starts."""
    right = float(run("digits", seeds=3, augment=augment).last("shifted_accuracy").mean())
    return Verdict(0.4 <= right <= 0.75, right, "0.40 to 0.75")


@claim("mlp-shift-costs", broken={"augment": True})
def mlp_shift_costs(run: Runner, augment: bool = False) -> Verdict:
    """The mlp falls to 30 to 65 %."""
    right = float(run("digits", seeds=3, model="mlp", augment=augment).last("shifted_accuracy").mean())
    return Verdict(0.3 <= right <= 0.65, right, "0.30 to 0.65")


@claim("augmenting-helps", broken={"augment": False})
def augmenting_helps(run: Runner, augment: bool = True) -> Verdict:
    """Trained on digits moved by a pixel too, 88 % or more of the moved unseen ones are right."""
    right = float(run("digits", seeds=3, augment=augment).last("shifted_accuracy").mean())
    return Verdict(right >= 0.88, right, "0.88 or more")
