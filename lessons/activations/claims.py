"""What the lesson asserts, proved over many starts; each with a setting under which it must fail."""

import math

import numpy as np

from nnlab.lab.authoring import Result, Verdict, claim
from nnlab.lab.checks import Runner

from .family import NAMES, value_and_slope


def shallow(run: Runner, activation: str) -> Result:
    """Train three narrow layers from ten starts: circles are no trouble for them, unless they cannot bend."""
    return run(
        "stack",
        activation=activation,
        layers=3,
        width=8,
        optimizer="adam",
        learning_rate=0.01,
        seeds=10,
        probes=("single",),
    )


# --- why it must bend -------------------------------------------------------------------------------------------------


@claim("linear-is-one-layer", broken={"activation": "tanh"})
def linear_is_one_layer(run: Runner, activation: str = "identity") -> Verdict:
    """Three trained layers without activation answer what one layer made of their weights answers."""
    apart = float(np.max(shallow(run, activation).probes["single"]["Δ"]))
    return Verdict(apart < 1e-4, f"{apart:.0e}", "apart by less than 0.0001, ten starts")


@claim("linear-misses-circles", broken={"activation": "tanh"})
def linear_misses_circles(run: Runner, activation: str = "identity") -> Verdict:
    """On the circles no linear stack is right on more than 65 %; the same stack with tanh is on 97 % and more."""
    best = float(np.max(shallow(run, activation).last("accuracy")))
    tanh = float(np.min(shallow(run, "tanh").last("accuracy")))
    return Verdict(best <= 0.65 and tanh >= 0.97, round(100 * best, 1), "65 % at best; with tanh 97 % at least")


# --- curves and slopes ------------------------------------------------------------------------------------------------


@claim("family-ranges", broken={"reach": 0.1})
def family_ranges(run: Runner, reach: float = 16.0) -> Verdict:
    """Every member stays in the range that the table gives, and comes within 0.001 of its finite ends."""
    ends: dict[str, tuple[float, float]] = {"step": (0, 1), "sigmoid": (0, 1), "tanh": (-1, 1)}
    ends |= {"relu": (0, math.inf), "elu": (-1, math.inf)}
    ends |= {"gelu": (-0.170, math.inf), "silu": (-0.278, math.inf), "softplus": (0, math.inf)}
    z = np.linspace(-reach, reach, 6401)
    worst = 0.0
    for name, expected in ends.items():
        values, _ = value_and_slope(name, z)
        for end, reached in zip(expected, (values.min(), values.max()), strict=True):
            if math.isfinite(end):
                worst = max(worst, abs(float(reached) - end))
    return Verdict(worst < 1e-3, round(worst, 4), "within 0.001 of every finite end")


@claim("slopes-measured", broken={"nudge": 1.0})
def slopes_measured(run: Runner, nudge: float = 1e-5) -> Verdict:
    """The slope on show is what a nudge of the input measures, for all nine and 80 inputs beside the corner at 0."""
    z = np.linspace(-3.95, 3.95, 80)
    worst = 0.0
    for name in NAMES:
        up, down = (value_and_slope(name, z + side * nudge)[0] for side in (1, -1))
        worst = max(worst, float(np.max(np.abs((up - down) / (2 * nudge) - value_and_slope(name, z)[1]))))
    return Verdict(worst < 1e-6, f"{worst:.0e}", "apart by less than 0.000001")


@claim("tanh-centred", broken={"activation": "sigmoid"})
def tanh_centred(run: Runner, activation: str = "tanh") -> Verdict:
    """Inputs that are even about 0 come out of tanh with mean 0; out of a sigmoid with mean 0.5."""
    z = np.linspace(-4.0, 4.0, 801)
    mean = float(np.mean(value_and_slope(activation, z)[0]))
    sigmoid = float(np.mean(value_and_slope("sigmoid", z)[0]))
    return Verdict(abs(mean) < 1e-9 and abs(sigmoid - 0.5) < 1e-9, round(mean, 6), "mean 0; for the sigmoid 0.5")


@claim("steepest", broken={"activation": "tanh"})
def steepest(run: Runner, activation: str = "sigmoid") -> Verdict:
    """The sigmoid's slope is 0.25 at most, tanh's 1, both at z = 0."""
    slopes = {name: float(run("curve", z=0.0, activation=name).last("slope")) for name in (activation, "tanh")}
    z = np.linspace(-8.0, 8.0, 1601)
    largest = {name: float(np.max(value_and_slope(name, z)[1])) for name in slopes}
    holds = math.isclose(slopes[activation], 0.25) and math.isclose(slopes["tanh"], 1.0) and largest == slopes
    return Verdict(holds, round(slopes[activation], 4), "0.25, and 1 for tanh")


# --- depth and first weights ------------------------------------------------------------------------------------------


@claim("sigmoid-per-layer", broken={"activation": "tanh"})
def sigmoid_per_layer(run: Runner, activation: str = "sigmoid") -> Verdict:
    """A fresh sigmoid layer with Xavier's weights hands on a little less than a quarter of the blame."""
    share = float(np.median(run("stack", activation=activation, seeds=20, steps=0).last("per_layer")))
    return Verdict(0.2 < share < 0.25, round(share, 3), "between 0.2 and 0.25, the median of 20 starts")


@claim("sigmoid-after-ten", broken={"activation": "tanh"})
def sigmoid_after_ten(run: Runner, activation: str = "sigmoid") -> Verdict:
    """Ten layers down some millionths are left: the value is millionths."""
    left = 1e6 * run("stack", activation=activation, seeds=20, steps=0).last("first_over_last")
    median = float(np.median(left))
    return Verdict(0.7 < median < 7.0, round(median, 1), "0.7 to 7 millionths, the median of 20 starts")


@claim("recipes-keep", broken={"for_relu": "xavier_uniform"})
def recipes_keep(run: Runner, for_relu: str = "he_normal") -> Verdict:
    """tanh with Xavier and ReLU with He hand on nearly all of the blame."""
    shares = [
        float(np.median(run("stack", activation=name, initializer=start, seeds=20, steps=0).last("per_layer")))
        for name, start in (("tanh", "xavier_uniform"), ("relu", for_relu))
    ]
    text = ", ".join(f"{share:.2f}" for share in shares)
    return Verdict(all(0.85 < share < 1.15 for share in shares), text, "0.85 to 1.15 a layer, medians of 20 starts")


@claim("relu-needs-he", broken={"initializer": "he_normal"})
def relu_needs_he(run: Runner, initializer: str = "xavier_uniform") -> Verdict:
    """With Xavier the tenth ReLU layer has under a tenth of the first one's spread; with He it keeps its size."""
    xavier, he = (
        run("stack", activation="relu", initializer=start, seeds=20, steps=0).last("last_over_first")
        for start in (initializer, "he_normal")
    )
    holds = bool(np.all(xavier < 0.15)) and 0.3 < float(np.median(he)) < 3.0
    return Verdict(holds, round(float(np.median(xavier)), 3), "under 0.15 in all of 20 starts; with He 0.3 to 3")


@claim("he-trains-twenty", broken={"initializer": "he_normal"})
def he_trains_twenty(run: Runner, initializer: str = "xavier_uniform") -> Verdict:
    """After 200 steps twenty ReLU layers separate the circles from five of five starts with He, none with Xavier."""
    xavier, he = (
        int(
            np.sum(run("stack", activation="relu", initializer=start, layers=20, seeds=5, steps=200).last("loss") < 0.2)
        )
        for start in (initializer, "he_normal")
    )
    ten = run("stack", activation="relu", initializer="xavier_uniform", seeds=5, steps=500).last("loss")
    holds = he == 5 and xavier == 0 and bool(np.all(ten < 0.2))
    return Verdict(holds, f"{he}, {xavier}", "5 with He, 0 with Xavier; with ten layers and 500 steps Xavier's do, too")


@claim("zeros-never-move", broken={"initializer": "xavier_uniform"})
def zeros_never_move(run: Runner, initializer: str = "zeros") -> Verdict:
    """A tanh stack that starts at zero has not moved a single weight after 30 steps."""
    moved = float(np.max(run("stack", initializer=initializer, seeds=10, steps=30).last("moved")))
    return Verdict(moved == 0, moved, "exactly 0, ten starts")


@claim("small-vanishes", broken={"initializer": "xavier_uniform"})
def small_vanishes(run: Runner, initializer: str = "small") -> Verdict:
    """With weights from N(0, 0.01²) a tanh stack's tenth layer has less than a billionth of the first one's spread."""
    share = float(np.median(run("stack", initializer=initializer, seeds=20, steps=0).last("last_over_first")))
    mantissa, exponent = f"{share:.0e}".split("e")
    text = f"{mantissa}×10" + str(int(exponent)).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))
    return Verdict(share < 1e-9, text, "less than 1e-9, the median of 20 starts")


@claim("large-saturates", broken={"initializer": "xavier_uniform"})
def large_saturates(run: Runner, initializer: str = "large") -> Verdict:
    """With weights from N(0, 1) most outputs of the tenth tanh layer lie beyond 0.9, where the slope is under 0.2."""
    seen = run("stack", initializer=initializer, steps=0, probes=("outputs",)).probes["outputs"]
    middles = (seen["edges"][1:] + seen["edges"][:-1]) / 2
    share = float(seen["counts"][-1][np.abs(middles) > 0.9].sum() / seen["counts"][-1].sum())
    return Verdict(share > 0.6, round(100 * share), "more than 60 % of the outputs")


# --- dead units -------------------------------------------------------------------------------------------------------


@claim("rate-kills", broken={"learning_rate": 0.03})
def rate_kills(run: Runner, learning_rate: float = 3.0) -> Verdict:
    """Dead ReLU units of 64 after 600 steps at learning rates 1, 3 and 9: medians of ten starts."""
    result = run("dying", learning_rate=learning_rate, seeds=10)
    low, middle, high = (round(float(np.median(result.last(n)))) for n in ("dead_third", "dead", "dead_triple"))
    right = float(np.min(result.last("accuracy")))
    holds = low <= 1 and middle <= 4 and high >= 50 and right >= 0.97
    return Verdict(holds, f"{low}, {middle}, {high}", "under 2, under 5 with 97 % right, 50 or more")


@claim("leaky-does-not-cure", broken={"learning_rate": 0.1})
def leaky_does_not_cure(run: Runner, learning_rate: float = 10.0) -> Verdict:
    """At learning rate 30 LeakyReLU has no dead unit and yet learns nothing: the loss is far above a coin flip's."""
    result = run("dying", activation="leaky_relu", learning_rate=learning_rate, seeds=10)
    lost = int(np.sum(result.last("loss_triple") > 10 * math.log(2)))
    none_dead = bool(np.all(result.last("dead_triple") == 0))
    return Verdict(none_dead and lost >= 8, lost, "8 or more of 10 lost, no unit dead")


@claim("dead-start-frozen", broken={"activation": "leaky_relu"})
def dead_start_frozen(run: Runner, activation: str = "relu") -> Verdict:
    """From an all-dead start no ReLU weight moves in 200 epochs, and accuracy stays at exactly 0.5."""
    result = run("waking", activation=activation, seeds=10)
    moved = float(np.max(result.last("moved")))
    holds = moved == 0 and bool(np.all(result.last("accuracy") == 0.5))
    return Verdict(holds, moved, "moved by exactly 0, accuracy 0.500, ten starts")


@claim("leaky-wakes", broken={"activation": "relu"})
def leaky_wakes(run: Runner, activation: str = "leaky_relu") -> Verdict:
    """From the same start LeakyReLU passes 95 % from all ten starts; the value is the median epoch."""
    result = run("waking", activation=activation, seeds=10)
    epochs = result.last("reached")
    holds = result.solved == 10 and bool(np.all((epochs > 0) & (epochs <= 90)))
    return Verdict(holds, round(float(np.median(epochs))), "all 10 starts, by epoch 90")


# --- the last layer ---------------------------------------------------------------------------------------------------


@claim("sigmoid-cannot-reach", broken={"output": "identity"})
def sigmoid_cannot_reach(run: Runner, output: str = "sigmoid") -> Verdict:
    """A wave from -2 to 2 is out of a sigmoid output's reach; a bare output has it, from ten starts each."""
    stuck = run("fitting", output=output, seeds=10).last("loss")
    bare = run("fitting", seeds=10).last("loss")
    holds = bool(np.all(stuck > 0.5) and np.all(bare < 0.1))
    return Verdict(holds, round(float(np.median(stuck)), 2), "above 0.5 with a sigmoid, below 0.1 without")


@claim("softmax-sums-to-one", broken={"classes": 2})
def softmax_sums_to_one(run: Runner, classes: int = 3) -> Verdict:
    """The shares sum to 1, also for scores of hundreds."""
    worst = 0.0
    for z1, z2, z3, temperature in ((2, 1, 0, 1), (500, -500, 3, 1), (-4, -4, -4, 0.1), (5, 1, 0, 10)):
        result = run("softmax", z1=float(z1), z2=float(z2), z3=float(z3), temperature=float(temperature))
        total = sum(float(result.last(name)) for name in ("p1", "p2", "p3")[:classes])
        worst = max(worst, abs(total - 1))
    return Verdict(worst < 1e-12, f"{worst:.0e}", "1 to twelve digits")


@claim("softmax-slopes", broken={"classes": 2})
def softmax_slopes(run: Runner, classes: int = 3) -> Verdict:
    """The slopes of all shares by z₁ sum to 0; they are p₁(1 − p₁)/T and −p₁pᵢ/T."""
    worst = 0.0
    for z1, z2, z3, temperature in ((2, 1, 0, 1), (-1, 0.5, 3, 1), (0, 0, 0, 0.5), (5, 1, 0, 10)):
        result = run("softmax", z1=float(z1), z2=float(z2), z3=float(z3), temperature=float(temperature))
        p, slopes = ([float(result.last(f"{name}{i}")) for i in (1, 2, 3)] for name in ("p", "slope"))
        formula = [p[0] * ((i == 0) - share) / temperature for i, share in enumerate(p)]
        apart = [abs(slope - meant) for slope, meant in zip(slopes, formula, strict=True)]
        worst = max(worst, abs(sum(slopes[:classes])), *apart)
    return Verdict(worst < 1e-12, f"{worst:.0e}", "sum 0 and as the formula says, to twelve digits")


@claim("softmax-ignores-shift", broken={"shifted": 1})
def softmax_ignores_shift(run: Runner, shifted: int = 3) -> Verdict:
    """Adding 3 to all scores changes no share."""
    up = [3.0 * (i < shifted) for i in range(3)]
    before = run("softmax", z1=2.0, z2=1.0, z3=0.0)
    after = run("softmax", z1=2.0 + up[0], z2=1.0 + up[1], z3=0.0 + up[2])
    change = max(abs(float(before.last(name) - after.last(name))) for name in ("p1", "p2", "p3"))
    return Verdict(change < 1e-12, f"{change:.0e}", "no change to twelve digits")


@claim("softmax-of-two-is-sigmoid", broken={"z3": 0.0})
def softmax_of_two_is_sigmoid(run: Runner, z3: float = -500.0) -> Verdict:
    """With the third score out of play, p1 is the sigmoid of z1 - z2."""
    worst = 0.0
    for z1, z2 in ((2.0, 1.0), (-3.0, 0.5), (0.0, 0.0), (4.0, -1.0)):
        share = float(run("softmax", z1=z1, z2=z2, z3=z3).last("p1"))
        worst = max(worst, abs(share - float(value_and_slope("sigmoid", np.array(z1 - z2))[0])))
    return Verdict(worst < 1e-12, f"{worst:.0e}", "equal to twelve digits")
