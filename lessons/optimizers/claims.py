"""What the lesson asserts, measured over many starts; each with a setting under which it must fail."""

from collections import Counter
from typing import Any

import numpy as np

from nnlab.lab.authoring import Verdict, claim
from nnlab.lab.checks import Runner as Run

from .race import RATES
from .rules import by_hand
from .runners import NAMES
from .surfaces import SURFACES, Array

STARTS = 20


def _power(value: float) -> str:
    """A small number as the prose prints it: 7.3×10⁻⁹."""
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}×10" + str(int(exponent)).translate(str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))


def steps_of(result: Any, probe: str = "standings") -> dict[str, float]:
    """Runner -> the step since which it is below the target, inf where it is not; of a run with one seed."""
    table = result.probes[probe]
    return {str(name): float(np.nan_to_num(t, nan=np.inf)) for name, t in zip(table["name"], table["t"], strict=True)}


def steps_by_start(result: Any, name: str) -> Array:
    """The same for one runner over all starts (S,)."""
    table = result.probes["standings"]
    chosen = np.where(table["name"] == name, np.nan_to_num(table["t"], nan=np.inf), -np.inf)
    return np.asarray(chosen.max(axis=-1))


# --- learning rate and batches ----------------------------------------------------------------------------------------


@claim("rate-limit", broken={"kappa": 30.0})
def rate_limit(run: Run, kappa: float = 40.0) -> Verdict:
    """With kappa 40 a rate of 0.049 arrives from every start and 0.051 from none: the limit is 2/40."""
    settings: dict[str, Any] = {"kappa": kappa, "spread": 0.3, "seeds": STARTS, "steps": 400}
    below, above = (run("descent", learning_rate=rate, **settings) for rate in (0.049, 0.051))
    holds = below.solved == STARTS and above.solved == 0 and above.status == "diverged"
    return Verdict(holds, f"{below.solved}, {above.solved}", "20 of 20, 0 of 20 and diverged")


@claim("small-rate-crawls", broken={"rate": 0.048})
def small_rate_crawls(run: Run, rate: float = 0.0048) -> Verdict:
    """A tenth of a good rate is not below 10⁻³ after 600 steps, from any start."""
    arrived = run("descent", learning_rate=rate, spread=0.3, seeds=STARTS, steps=600).solved
    return Verdict(arrived == 0, arrived, "0 of 20")


@claim("whole-set-settles", broken={"batch": 4})
def whole_set_settles(run: Run, batch: int = 0) -> Verdict:
    """On the whole set descent ends at the least loss there is, to 12 decimals."""
    highest = float(run("batches", batch=batch, seeds=STARTS).last("loss").max())
    return Verdict(highest < 1e-12, highest, "less than 1e-12 above the least loss")


@claim("variance-falls", broken={"power": 0.5})
def variance_falls(run: Run, power: float = 1.0) -> Verdict:
    """The variance of a batch's gradient falls as 1/B: slope -1 on logarithmic axes, the median of 20 data sets."""
    slope = float(np.median(run("batches", seeds=STARTS).last("slope")))
    return Verdict(abs(slope + power) < 0.05, f"{slope:.2f}".replace("-", "−"), f"−{power:g} within 0.05")


@claim("small-batches-hover", broken={"sizes": (4, 4, 4)})
def small_batches_hover(run: Run, sizes: tuple[int, ...] = (1, 4, 16)) -> Verdict:
    """At one rate, four times the batch hovers at less than half the height, and again."""
    heights = [float(np.median(run("batches", batch=size, seeds=STARTS).last("hover"))) for size in sizes]
    holds = heights[0] > 2 * heights[1] > 4 * heights[2]
    return Verdict(holds, ", ".join(f"{height:.4f}" for height in heights), "each less than half the one before")


@claim("schedule-settles", broken={"schedule": "constant"})
def schedule_settles(run: Run, schedule: str = "cosine") -> Verdict:
    """A rate that falls to zero ends lower than a constant one on every data set."""
    constant, falling = (run("batches", schedule=name, seeds=STARTS).last("hover") for name in ("constant", schedule))
    lower = int(np.sum(falling < constant))
    return Verdict(lower == STARTS, lower, "lower on 20 of 20 data sets")


# --- momentum ---------------------------------------------------------------------------------------------------------


def _steps_to_millionth(run: Run, metric: str, factor: float) -> tuple[int, ...]:
    kappas = {10.0: 400, 100.0: 1000, 1000.0: 7000}
    return tuple(
        int(run("convergence", kappa=kappa, factor=factor, steps=steps).last(metric)) for kappa, steps in kappas.items()
    )


@claim("descent-steps", broken={"factor": 0.9})
def descent_steps(run: Run, factor: float = 1.0) -> Verdict:
    """Descent at its best rate needs 69, 691 and 6,908 steps to a millionth for kappa 10, 100 and 1,000."""
    steps = _steps_to_millionth(run, "sgd_steps", factor)
    return Verdict(steps == (69, 691, 6908), ", ".join(f"{n:,}" for n in steps), "69, 691, 6,908")


@claim("momentum-steps", broken={"factor": 0.5})
def momentum_steps(run: Run, factor: float = 1.0) -> Verdict:
    """Momentum at its best settings needs 27, 93 and 315."""
    steps = _steps_to_millionth(run, "momentum_steps", factor)
    return Verdict(steps == (27, 93, 315), ", ".join(map(str, steps)), "27, 93, 315")


@claim("nesterov-settles-sooner", broken={"rival": "nesterov"})
def nesterov_settles_sooner(run: Run, rival: str = "momentum") -> Verdict:
    """On the ravine Nesterov settles in fewer steps than momentum from every start, at the same decay."""
    result = run("race", spread=0.2, seeds=STARTS, probes=("standings",))
    sooner = int(np.sum(steps_by_start(result, "nesterov") < steps_by_start(result, rival)))
    return Verdict(sooner == STARTS, sooner, "20 of 20 starts")


# --- rates of their own -----------------------------------------------------------------------------------------------


@claim("rmsprop-ignores-scale", broken={"optimizer": "momentum"})
def rmsprop_ignores_scale(run: Run, optimizer: str = "rmsprop") -> Verdict:
    """A loss times 1,000 moves the end of RMSprop's path by less than a millionth."""
    plain, scaled = (
        run("descent", optimizer=optimizer, learning_rate=0.01, scale=scale, steps=200).parameters["point"]
        for scale in (1.0, 1000.0)
    )
    moved = float(np.abs(plain - scaled).max())
    return Verdict(moved < 1e-5, _power(moved), "less than 1e-5")


@claim("rmsprop-arrives", broken={"learning_rate": 0.1})
def rmsprop_arrives(run: Run, learning_rate: float = 0.01) -> Verdict:
    """At a rate of 0.01 RMSprop stays below 10⁻³ from step 278 on; at ten times that its jitter is too large for it."""
    settings: dict[str, Any] = {"optimizer": "rmsprop", "learning_rate": learning_rate, "steps": 400}
    result = run("descent", **settings, probes=("arithmetic",))
    arrived, table = int(result.last("arrived")), result.probes["arithmetic"]
    moves = [abs(float(table[axis][-2])) / learning_rate for axis in ("x", "y")]
    holds = arrived == 278 and all(0.8 < move < 1.2 for move in moves)
    return Verdict(holds, arrived, "step 278, and after 400 a last step of about the rate in x and y")


@claim("tilt-matters", broken={"runner": "sgd"})
def tilt_matters(run: Run, runner: str = "adagrad") -> Verdict:
    """Turned by 45 degrees, the ravine takes Adagrad five times the steps or more; descent does not notice."""
    straight, turned = (steps_of(run("race", tilt=tilt, probes=("standings",))) for tilt in (0.0, 45.0))
    holds = turned[runner] >= 5 * straight[runner] and straight["sgd"] == turned["sgd"]
    value = f"{straight[runner]:.0f}\u00a0/\u00a0{turned[runner]:.0f}"
    return Verdict(holds, value, "five times the steps; descent the same")


@claim("adam-first-step", broken={"optimizer": "momentum"})
def adam_first_step(run: Run, optimizer: str = "adam") -> Verdict:
    """Adam's first step is the learning rate in x and in y, whatever the loss is multiplied by."""
    moves, gradients = [], []
    for scale in (0.001, 1.0, 1000.0):
        result = run("descent", optimizer=optimizer, learning_rate=0.3, scale=scale, steps=1, probes=("arithmetic",))
        table = result.probes["arithmetic"]
        moves += [abs(float(table[axis][-2])) for axis in ("x", "y")]
        gradients += [round(float(table[axis][0]) / scale, 1) for axis in ("x", "y")]
    worst = max(moves, key=lambda move: abs(move - 0.3))
    holds = abs(worst - 0.3) < 1e-4 and gradients == 3 * [-19.8, 49.0]
    return Verdict(holds, round(worst, 4), "0.3 within 0.0001, six times, from a gradient of (−19.8, 49.0)")


@claim("rules-by-hand", broken={"is_corrected": False})
def rules_by_hand(run: Run, is_corrected: bool = True) -> Verdict:
    """The seven rules as this lesson writes them make the engine's steps, for 100 steps on four surfaces."""
    worst = 0.0
    for surface in SURFACES:
        result = run("race", surface=surface, steps=100)
        for name, rate in zip(NAMES, RATES[surface], strict=True):
            place = by_hand(name, surface, rate, 100, is_corrected=is_corrected)
            worst = max(worst, float(np.abs(result.parameters[name] - place).max()))
    return Verdict(worst < 1e-6, _power(worst), "places within 1e-6")


# --- no winner everywhere ---------------------------------------------------------------------------------------------


@claim("winners-differ", broken={"surfaces": ("ravine",)})
def winners_differ(run: Run, surfaces: tuple[str, ...] = SURFACES) -> Verdict:
    """Over 20 starts each, no optimizer is first most often on all four surfaces, and Adam on none."""
    winners = []
    for surface in surfaces:
        steps = 1500 if surface == "rosenbrock" else 300
        places = run("race", surface=surface, spread=0.2, seeds=STARTS, steps=steps).last("winner")
        winners.append(Counter(NAMES[int(place)] for place in places if place >= 0).most_common(1)[0][0])
    holds = len(set(winners)) > 1 and "adam" not in winners
    return Verdict(holds, ", ".join(winners), "more than one name, Adam not among them")


@claim("rates-span", broken={"name": "momentum"})
def rates_span(run: Run, name: str = "adam") -> Verdict:
    """Between the surfaces a runner's tuned rate differs by a factor of 6, and half or twice Adam's still arrives."""
    spans = []
    for runner in (name, "sgd"):
        rates = [RATES[surface][NAMES.index(runner)] for surface in SURFACES]
        spans.append(max(rates) / min(rates))
    arrived = [
        np.isfinite(steps_of(run("race", surface=surface, runners=name, factor=factor, probes=("standings",)))[name])
        for surface in ("ravine", "saddle")
        for factor in (0.5, 2.0)
    ]
    holds = round(spans[0]) == 6 and round(spans[1]) == 300 and all(arrived)
    return Verdict(holds, f"{spans[0]:.0f}, {spans[1]:.0f}", "6 and 300, at half and twice the rate still below")


@claim("saddle-holds", broken={"surface": "ravine"})
def saddle_holds(run: Run, surface: str = "saddle") -> Verdict:
    """At the same rate of 0.02, descent needs more than twice Adam's steps to get past the saddle."""
    result = run("race", surface=surface, equal_rate=0.02, steps=1000, probes=("standings",))
    steps = steps_of(result)
    ratio = steps["sgd"] / steps["adam"]
    return Verdict(ratio > 2, round(ratio, 1), "more than 2 times")


@claim("rosenbrock-slow", broken={"optimizer": "momentum"})
def rosenbrock_slow(run: Run, optimizer: str = "sgd") -> Verdict:
    """Descent at a rate of 0.001 is not below 10⁻³ after 3,000 steps in Rosenbrock's valley."""
    result = run("descent", surface="rosenbrock", optimizer=optimizer, learning_rate=0.001, steps=3000)
    return Verdict(result.solved == 0, f"{float(result.last('loss')):.4f}", "still above 0.001")


@claim("decay-holds-off", broken={"weight_decay": 0.0})
def decay_holds_off(run: Run, weight_decay: float = 0.01) -> Verdict:
    """On Beale's surface AdamW's decay keeps it above 10⁻³ where Adam gets below."""
    result = run("race", surface="beale", weight_decay=weight_decay, runners="adaptive", probes=("standings",))
    steps = steps_of(result)
    holds = np.isinf(steps["adamw"]) and np.isfinite(steps["adam"])
    return Verdict(bool(holds), f"{float(result.last('adamw')):.4f}", "AdamW above 0.001 after 300 steps, Adam below")


@claim("momentum-untuned", broken={"momentum": 0.6})
def momentum_untuned(run: Run, momentum: float = 0.9) -> Verdict:
    """Momentum 0.9 at a rate of 0.02 takes about 100 steps to settle on the ravine."""
    settings: dict[str, Any] = {"optimizer": "momentum", "learning_rate": 0.02, "momentum": momentum, "steps": 200}
    arrived = int(run("descent", **settings).last("arrived"))
    return Verdict(90 <= arrived <= 110, arrived, "90 to 110 steps")


@claim("valleys-differ", broken={"runners": "plain", "equal_rate": 1e-6})
def valleys_differ(run: Run, runners: str = "all", equal_rate: float = 0.0) -> Verdict:
    """On planes through 20 networks, the best and the worst runner often end in valleys of different depth."""
    result = run("slice", runners=runners, equal_rate=equal_rate, seeds=STARTS)
    ends = np.stack([result.last(name) for name in NAMES if name in result.run.metrics])
    often = int(np.sum(ends.max(axis=0) > 2 * ends.min(axis=0)))
    return Verdict(often >= 10, often, "the highest over twice the lowest on 10 of 20 or more")


@claim("adam-network", broken={"factor": 0.01})
def adam_network(run: Run, factor: float = 1.0) -> Verdict:
    """On a whole network Adam is below 0.1 within 1,500 steps from most starts; tuned plain descent from hardly any."""
    settings: dict[str, Any] = {"factor": factor, "seeds": 8, "probes": ("standings",)}
    adam, descent = (
        int(np.isfinite(steps_by_start(run("training", runners=name, **settings), name)).sum())
        for name in ("adam", "sgd")
    )
    return Verdict(adam >= 6 and descent <= 2, f"{adam}\u00a0/\u00a0{descent}", "6 or more of 8, 2 or fewer of 8")


@claim("one-rate-for-all", broken={"equal_rate": 0.0})
def one_rate_for_all(run: Run, equal_rate: float = 0.05) -> Verdict:
    """With Adam's rate for everybody, Nesterov never arrives, who does at a rate of its own."""
    result = run("training", runners="nesterov", equal_rate=equal_rate, seeds=8, probes=("standings",))
    arrived = int(np.isfinite(steps_by_start(result, "nesterov")).sum())
    return Verdict(arrived == 0, arrived, "0 of 8")
