"""What the lesson asserts, proved over many starts; each with a setting under which it must fail."""

import math
from itertools import product

import numpy as np

from nnlab.data import CORNERS, TRUTH, truth_table
from nnlab.lab.authoring import Streams, Verdict, claim
from nnlab.lab.checks import Runner

from . import walk as walking

STARTS = 100


# --- one neuron, by hand and by rule ----------------------------------------------------------------------------------


@claim("more-drive-more-spikes", broken={"bias": -6.0})
def more_drive_more_spikes(run: Runner, bias: float = 0.0) -> Verdict:
    """While z is negative a model cell is silent; above zero more drive means more spikes."""
    counts = [int(run("neuron", x1=x1, x2=0.0, w1=1.0, bias=bias).last("spikes")) for x1 in (-1.0, -0.1, 0.5, 1.0, 3.0)]
    silent, firing = counts[:2], counts[2:]
    holds = silent == [0, 0] and 0 < firing[0] < firing[1] < firing[2]
    return Verdict(holds, ", ".join(map(str, counts)), "0, 0, then growing")


@claim("and-by-hand", broken={"bias": -0.5})
def and_by_hand(run: Runner, bias: float = -1.5) -> Verdict:
    """Weights 1 and 1 with bias -1.5 and a step make AND."""
    outputs = [
        float(run("neuron", x1=x1, x2=x2, w1=1.0, w2=1.0, bias=bias, activation="step").last("output"))
        for x1, x2 in CORNERS.tolist()
    ]
    right = int(np.sum(np.array(outputs) == TRUTH["and"]))
    return Verdict(right == 4, right, "4 of 4 corners right")


@claim("rule-converges", broken={"gates": ("and", "or", "nand", "xor")})
def rule_converges(run: Runner, gates: tuple[str, ...] = ("and", "or", "nand")) -> Verdict:
    """AND, OR and NAND come to rest from every start; the value is the slowest start's last epoch with a mistake."""
    results = [run("gates", gate=gate, seeds=STARTS, steps=200) for gate in gates]
    slowest = max(int(np.max(result.last("last_mistake"))) for result in results)
    return Verdict(all(result.solved == STARTS for result in results), slowest, "all 100 starts, three gates")


@claim("novikoff-bound", broken={"gap": 10.0})
def novikoff_bound(run: Runner, gap: float = 1.0) -> Verdict:
    """From every start the rule makes at most as many mistakes k as w₀·u + kηγ ≤ √(|w₀|² + kη²R²) allows.

    u (weights and bias, of length 1) separates the corners with a gap of γ, R is the longest input with its 1, and η is
    the learning rate (Novikoff, 1962, from any start). gap: widens γ beyond what is there.
    """
    inputs = np.hstack([CORNERS, np.ones((4, 1))])
    radius, rate = float(np.max(np.linalg.norm(inputs, axis=-1))), 0.1
    most, is_within = 0, True
    for gate, line in (("and", (2.0, 2.0, -3.0)), ("or", (2.0, 2.0, -1.0)), ("nand", (-2.0, -2.0, 3.0))):
        u = np.array(line) / np.linalg.norm(line)
        gamma = gap * float(np.min((inputs @ u) * (2.0 * truth_table(gate)[1] - 1.0)))
        first = run("gates", gate=gate, learning_rate=rate, seeds=STARTS, steps=0).parameters
        start = np.hstack([first["w"].reshape(STARTS, 2), first["b"].reshape(STARTS, 1)])
        _, mistakes = run("gates", gate=gate, learning_rate=rate, seeds=STARTS, steps=200).series("mistakes")
        k = mistakes.sum(axis=0)
        reached = start @ u + k * rate * gamma
        is_within &= bool(np.all(reached <= np.sqrt(np.sum(start**2, axis=-1) + k * (rate * radius) ** 2)))
        most = max(most, int(k.max()))
    return Verdict(is_within, most, "no more than the bound from each of 100 starts, three gates")


@claim("rule-cycles-on-xor", broken={"gate": "or"})
def rule_cycles_on_xor(run: Runner, gate: str = "xor") -> Verdict:
    """On XOR every single epoch has a mistake, for 1,000 epochs and 100 starts."""
    _, mistakes = run("gates", gate=gate, seeds=STARTS, steps=1000).series("mistakes")
    fewest = int(mistakes.min())
    return Verdict(fewest > 0, fewest, "at least 1 mistake in every epoch")


@claim("one-line-three-of-four", broken={"gate": "nand"})
def one_line_three_of_four(run: Runner, gate: str = "xor") -> Verdict:
    """No line has all four corners of XOR right: every way to cut them is tried, and the rule finds none better.

    Two corners are cut apart by a line through the middle of some pair, turned a little; 3,600 angles and the offsets
    between the corners' projections are every case.
    """
    targets = truth_table(gate)[1] == 1
    most = 0
    for angle in np.linspace(0.0, 2.0 * np.pi, 3600, endpoint=False) + 1e-4:
        projections = CORNERS @ np.array([np.cos(angle), np.sin(angle)])
        ordered = np.sort(projections)
        for offset in [ordered[0] - 1.0, *(ordered[:-1] + ordered[1:]) / 2.0]:
            most = max(most, int(np.sum((projections > offset) == targets)))
    by_rule = int(np.max(run("gates", gate=gate, seeds=STARTS, steps=200).last("best")))
    return Verdict(most == by_rule == 3, most, "exactly 3 of 4 corners")


@claim("logistic-settles-at-half", broken={"hidden": 4})
def logistic_settles_at_half(run: Runner, hidden: int = 0) -> Verdict:
    """A sigmoid neuron on the noise-free corners ends at loss ln 2, from 20 starts."""
    losses = run("xor", hidden=hidden, noise=0.0, seeds=20, steps=3000).last("loss")
    farthest = float(losses[np.argmax(np.abs(losses - math.log(2)))])
    return Verdict(abs(farthest - math.log(2)) < 1e-5, farthest, "0.693147 to five digits")


# --- hidden layers and many starts ------------------------------------------------------------------------------------


@claim("three-gates-make-xor", broken={"and_bias": -0.5})
def three_gates_make_xor(run: Runner, and_bias: float = -1.5) -> Verdict:
    """OR, NAND and AND by hand have all four corners right."""
    right = round(4 * float(run("threshold", and_bias=and_bias).last("accuracy")))
    return Verdict(right == 4, right, "4 of 4 corners right")


@claim("two-hidden-some", broken={"hidden": 0})
def two_hidden_some(run: Runner, hidden: int = 2) -> Verdict:
    """Two hidden neurons solve XOR from some starts, not from all."""
    solved = run("xor", hidden=hidden, seeds=STARTS).solved
    return Verdict(35 <= solved <= 90, solved, "between 35 and 90 of 100")


@claim("four-hidden-nearly-all", broken={"hidden": 2})
def four_hidden_nearly_all(run: Runner, hidden: int = 4) -> Verdict:
    """Four hidden neurons solve XOR from nearly every start."""
    solved = run("xor", hidden=hidden, seeds=STARTS).solved
    return Verdict(solved >= 97, solved, "97 or more of 100")


@claim("no-hidden-none", broken={"hidden": 4})
def no_hidden_none(run: Runner, hidden: int = 0) -> Verdict:
    """A single neuron solves XOR from no start."""
    solved = run("xor", hidden=hidden, seeds=STARTS).solved
    return Verdict(solved == 0, solved, "0 of 100")


@claim("more-steps-hardly-help", broken={"steps": 300})
def more_steps_hardly_help(run: Runner, steps: int = 3000) -> Verdict:
    """Of the 2-2-1 networks that are stuck after 3,000 steps, few are free after 6,000."""
    before = run("xor", hidden=2, seeds=STARTS, steps=steps).solved
    after = run("xor", hidden=2, seeds=STARTS, steps=6000).solved
    return Verdict(after - before <= 3, after - before, "3 more of 100 at most")


@claim("seed-repeats", broken={"seed": 8})
def seed_repeats(run: Runner, seed: int = 7) -> Verdict:
    """Start 7 alone has the losses of start 7 among twenty, bit for bit."""
    alone = run("xor", hidden=2, seed=seed, steps=500).series("loss")[1]
    among = run("xor", hidden=2, seeds=20, steps=500).series("loss")[1][:, 6]
    different = int(np.sum(alone != among))
    return Verdict(different == 0, different, "0 of 500 losses differ")


@claim("small-network-parameters", broken={"width": 9})
def small_network_parameters(run: Runner, width: int = 8) -> Verdict:
    """2-8-8-1 has 105 weights and biases."""
    count = sum(array.size for array in run("spirals", width=width, steps=1).parameters.values())
    return Verdict(count == 24 + 72 + 9, count, "24 + 72 + 9 = 105")


@claim("spirals-unseen", broken={"layers": 0})
def spirals_unseen(run: Runner, layers: int = 2) -> Verdict:
    """2-8-8-1 is right on nearly all points of the two spirals that it never saw."""
    accuracy = 100.0 * float(np.median(run("spirals", layers=layers, seeds=10, steps=2000).last("test_accuracy")))
    return Verdict(accuracy >= 97.0, round(accuracy, 1), "97 % or more, the median of 10 starts")


# --- backwards, deep, and when to stop --------------------------------------------------------------------------------


@claim("walk-matches-nudge", broken={"nudge": 1.0})
def walk_matches_nudge(run: Runner, nudge: float = 1e-5) -> Verdict:
    """The chain rule's slopes equal measured ones, for every weight, both targets and 100 starts."""
    worst = 0.0
    for target, x1 in product((0, 1), (1.0, -0.7)):
        state = walking.setup(
            {"x1": x1, "x2": 0.5, "target": target, "learning_rate": 0.5}, Streams(range(1, STARTS + 1)), np
        )
        computed, measured = walking.slopes(state), walking.nudged_slopes(state, nudge)
        worst = max(worst, *(float(np.max(np.abs(computed[name] - measured[name]))) for name in computed))
    return Verdict(worst < 1e-6, f"{worst:.1e}", "apart by less than 0.000001")


@claim("sigmoid-slope-quarter", broken={"activation": "tanh"})
def sigmoid_slope_quarter(run: Runner, activation: str = "sigmoid") -> Verdict:
    """The steepest place of the sigmoid has slope 1/4, measured on the neuron itself."""
    width = 1e-3
    slopes = []
    for z in np.linspace(-4.0, 4.0, 81):
        up, down = (
            float(run("neuron", x1=float(z + side), x2=0.0, w1=1.0, bias=0.0, activation=activation).last("output"))
            for side in (width, -width)
        )
        slopes.append((up - down) / (2 * width))
    return Verdict(abs(max(slopes) - 0.25) < 1e-6, round(max(slopes), 6), "0.25 at its steepest")


@claim("sigmoid-loses-gradient", broken={"activation": "tanh"})
def sigmoid_loses_gradient(run: Runner, activation: str = "sigmoid") -> Verdict:
    """Through ten fresh sigmoid layers less than a ten-thousandth of the gradient arrives, from each of 20 starts."""
    ratios = run("depth", layers=10, activation=activation, seeds=20, steps=0).last("first_over_last")
    largest = float(np.max(ratios))
    return Verdict(largest < 1e-4, f"{largest:.1e}", "under 0.0001 in all of 20 starts")


@claim("tanh-keeps-gradient", broken={"activation": "sigmoid"})
def tanh_keeps_gradient(run: Runner, activation: str = "tanh") -> Verdict:
    """Through ten fresh tanh layers the gradient arrives at about its size."""
    median = float(np.median(run("depth", layers=10, activation=activation, seeds=20, steps=0).last("first_over_last")))
    return Verdict(0.3 < median < 3.0, round(median, 2), "between 0.3 and 3, the median of 20 starts")


@claim("deep-sigmoid-waits", broken={"activation": "tanh"})
def deep_sigmoid_waits(run: Runner, activation: str = "sigmoid") -> Verdict:
    """After 500 steps six layers of tanh separate the circles from each of 10 starts; six of sigmoid stay at ln 2."""
    tanh = run("depth", layers=6, activation="tanh", seeds=10, steps=500).last("accuracy")
    losses = run("depth", layers=6, activation=activation, seeds=10, steps=500).last("loss")
    holds = bool(np.all(tanh > 0.97) and np.all(np.abs(losses - math.log(2)) < 0.02))
    return Verdict(holds, round(float(np.min(losses)), 3), "tanh above 97 %, sigmoid at 0.693, 10 starts each")


@claim("training-cost-falls", broken={"learning_rate": 1e-6})
def training_cost_falls(run: Runner, learning_rate: float = 0.003) -> Verdict:
    """The cost on the training points ends under a tenth of its start in each of 10 starts."""
    _, losses = run("validation", seeds=10, learning_rate=learning_rate).series("loss")
    share = float(np.max(losses[-1] / losses[0]))
    return Verdict(share < 0.1, round(share, 4), "under 0.1 of the first cost")


@claim("validation-turns", broken={"width": 1})
def validation_turns(run: Runner, width: int = 32) -> Verdict:
    """The cost on unseen points ends far above its lowest point, which comes early."""
    result = run("validation", seeds=10, width=width)
    rise = float(np.median(result.last("test_loss") / result.last("best_loss")))
    early = bool(np.all(result.last("best_step") <= 400))
    return Verdict(early and rise >= 2.0, round(rise, 1), "twice the lowest or more, which came by step 400")
