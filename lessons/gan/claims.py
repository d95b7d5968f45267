"""What the lesson asserts, each with a setting under which it must fail."""

from typing import Any

import numpy as np

from nnlab.data import digit_images
from nnlab.lab.authoring import Streams, Verdict, claim
from nnlab.lab.checks import Runner
from nnlab.lab.knobs import KnobValue, resolve

from .digits import PIXELS, nearest
from .looks import host, on_device
from .penalty import loss_and_slope
from .plane import Plane, plane
from .players import CLIP, generate
from .rounds import change, step

SEEDS = 5
PACKED: dict[str, Any] = {"sigma": 0.02, "data": "ring"}
"""Ring of radius 2, sigma 0.02, z 2-D, G and D 2 x 64 LeakyReLU 0.2, Adam 1e-3 beta1 0.5, batch 64, 6,000 steps."""
SLOW: dict[str, Any] = {"steps": 3000, "d_rate": 0.0001, "sigma": 0.05}
EVEN: dict[str, Any] = {"steps": 3000, "d_rate": 0.001, "sigma": 0.05}


def _played(steps: int, **knobs: KnobValue) -> Plane:
    """The state of `plane` after so many steps of one seed."""
    recipe = plane()
    state: Plane = recipe.setup(resolve(recipe.knobs, knobs), Streams([1]), np)
    for _ in range(steps):
        recipe.step(state)
    return state


# --- the players ------------------------------------------------------------------------------------------------------


@claim("noise-in-point-out", broken={"again": 2})
def noise_in_point_out(run: Runner, again: int = 1) -> Verdict:
    """The same z gives the same point, bit for bit; chance is in z alone. 500 draws."""
    state = _played(200)
    first, second = (Streams([seed]).latent.standard_normal((500, 2)) for seed in (1, again))
    differs = float(np.max(np.abs(host(generate(state, on_device(first))) - host(generate(state, on_device(second))))))
    return Verdict(differs == 0.0, differs, "exactly 0")


def _moved(turn: str, of: str) -> float:
    """The largest change of any number of a player in 5 steps of a turn, after 50 of both."""
    state = _played(50)
    player = getattr(state, of)
    before = {name: np.array(host(value)) for name, value in player.state_dict().items()}
    change(state, "turn", turn)
    for _ in range(5):
        step(state)
    return max(float(np.max(np.abs(host(value) - before[name]))) for name, value in player.state_dict().items())


@claim("g-step-leaves-d", broken={"turn": "both"})
def g_step_leaves_d(run: Runner, turn: str = "G") -> Verdict:
    """While G learns, no number of D changes by a single bit, and G's do."""
    still, moves = _moved(turn, "discriminator"), _moved(turn, "generator")
    return Verdict(still == 0.0 and moves > 0.0, still, "exactly 0")


@claim("d-step-leaves-g", broken={"turn": "both"})
def d_step_leaves_g(run: Runner, turn: str = "D") -> Verdict:
    """While D learns, no number of G changes by a single bit, and D's do."""
    still, moves = _moved(turn, "generator"), _moved(turn, "discriminator")
    return Verdict(still == 0.0 and moves > 0.0, still, "exactly 0")


@claim("phases-make-a-round", broken={"phases": 4})
def phases_make_a_round(run: Runner, phases: int = 5) -> Verdict:
    """Five phases one after the other end at the same weights as one step of both, bit for bit."""
    whole, parts = _played(1), _played(phases, turn="phase")
    farthest = max(
        float(np.max(np.abs(host(value) - host(getattr(parts, player).state_dict()[name]))))
        for player in ("generator", "discriminator")
        for name, value in getattr(whole, player).state_dict().items()
    )
    return Verdict(farthest == 0.0, farthest, "exactly 0")


@claim("d-alone-tells", broken={"turn": "G"})
def d_alone_tells(run: Runner, turn: str = "D") -> Verdict:
    """After twenty steps of D alone its mean answer to real points is 0.1 above that to generated ones, 5 starts."""
    last = run("plane", seeds=SEEDS, steps=20, turn=turn).last
    apart = last("D_real") - last("D_generated")
    return Verdict(bool(apart.min() >= 0.1), float(apart.min()), "0.1 or more from 5 starts")


# --- the judge --------------------------------------------------------------------------------------------------------


@claim("half-when-equal", broken={"shift": 1.0})
def half_when_equal(run: Runner, shift: float = 0.0) -> Verdict:
    """Real and generated numbers from one distribution: D settles within 0.05 of 1/2, from 5 starts."""
    farthest = float(run("judge", seeds=5, shift=shift).last("from_half").max())
    return Verdict(farthest < 0.05, farthest, "within 0.05 of 1/2")


@claim("value-minus-ln-four", broken={"shift": 1.0})
def value_minus_ln_four(run: Runner, shift: float = 0.0) -> Verdict:
    """There the value is -ln 4 = -1.386 to a hundredth, from 5 starts."""
    values = run("judge", seeds=5, shift=shift).last("value")
    return Verdict(bool(np.max(np.abs(values + np.log(4))) < 0.01), float(values.mean()), "−1.386 ± 0.01")


@claim("lowest-value", broken={"shift": 0.5})
def lowest_value(run: Runner, shift: float = 0.0) -> Verdict:
    """The value of the best D is -ln 4 where the generated numbers are as the real ones, and higher 14 times."""
    others = [(s, w) for s in (-3.0, 0.0, 0.5, 1.0, 2.0) for w in (0.5, 1.0, 2.0) if (s, w) != (0.0, 1.0)]
    values = [float(run("judge", steps=0, shift=s, spread=w).last("best_value")) for s, w in ((shift, 1.0), *others)]
    holds = values[0] < min(values[1:]) and abs(values[0] + np.log(4)) < 1e-3
    return Verdict(holds, values[0], "−1.386, the lowest of 15")


@claim("best-judge", broken={"steps": 20})
def best_judge(run: Runner, steps: int = 1200) -> Verdict:
    """Two piles 2 apart: D comes within 0.03 of p / (p + q) where numbers fall, from 5 starts."""
    miss = float(run("judge", seeds=5, steps=steps).last("miss").max())
    return Verdict(miss < 0.03, miss, "less than 0.03 from p / (p + q)")


# --- the penalty ------------------------------------------------------------------------------------------------------


@claim("hundred-times", broken={"s": 0.0})
def hundred_times(run: Runner, s: float = -5.0) -> Verdict:
    """At D = 0.0067 the non-saturating slope is e^5 = 148 times as steep as minimax's; at 1/2 they are equal."""
    ratio = float(run("penalty", steps=0, s=s).last("ratio"))
    equal = float(run("penalty", steps=0, s=0.0).last("ratio"))
    return Verdict(abs(ratio - np.exp(5.0)) < 0.01 and abs(equal - 1.0) < 1e-9, ratio, "148.41")


@claim("same-direction", broken={"loss": "least_squares"})
def same_direction(run: Runner, loss: str = "minimax") -> Verdict:
    """Both pull towards larger D everywhere; least squares turns back once the logit is beyond its target."""
    s = np.linspace(-6.0, 6.0, 241)
    slopes = np.concatenate([loss_and_slope(name, s)[1] for name in ("non_saturating", loss)])
    return Verdict(bool(np.all(slopes < 0)), float(slopes.max()), "below 0 everywhere")


@claim("critic-clipped", broken={"loss": "least_squares"})
def critic_clipped(run: Runner, loss: str = "wasserstein") -> Verdict:
    """With Wasserstein's loss no weight of D leaves [-0.1, 0.1]."""
    state = _played(30, loss=loss)
    largest = max(float(np.max(np.abs(host(p.data)))) for p in state.discriminator.parameters())
    return Verdict(largest <= CLIP + 1e-7, largest, "0.1 at most")


@claim("minimax-works-here", broken={"steps": 50})
def minimax_works_here(run: Runner, steps: int = 3000) -> Verdict:
    """With minimax, too, all eight modes are hit after 3,000 steps, from 5 starts."""
    modes = run("plane", seeds=SEEDS, steps=steps, loss="minimax").last("modes")
    return Verdict(bool(modes.min() == 8), float(modes.min()), "8 from 5 starts")


# --- the latent space -------------------------------------------------------------------------------------------------


@claim("threads-between", broken={"sigma": 1.0, "steps": 100})
def threads_between(run: Runner, sigma: float = 0.1, steps: int = 6000) -> Verdict:
    """G bends its square without tearing it: 10 % or more of its points lie between the modes, from 5 starts."""
    between = 1.0 - run("plane", seeds=SEEDS, steps=steps, sigma=sigma).last("quality_share")
    return Verdict(bool(between.min() >= 0.1), float(between.mean()), "0.1 or more from 5 starts")


@claim("ring-covered", broken={"steps": 100})
def ring_covered(run: Runner, steps: int = 6000) -> Verdict:
    """After 6,000 steps all eight modes are hit, from 5 starts."""
    modes = run("plane", seeds=SEEDS, steps=steps).last("modes")
    return Verdict(bool(modes.min() == 8), float(modes.min()), "8 from 5 starts")


@claim("near-half", broken={"g_rate": 1e-6, "steps": 600})
def near_half(run: Runner, g_rate: float = 0.001, steps: int = 6000) -> Verdict:
    """Then D answers 0.40 to 0.60 on the mean, to real and to generated points."""
    last = run("plane", seeds=SEEDS, steps=steps, g_rate=g_rate).last
    answers = [float(last(name).mean()) for name in ("D_real", "D_generated")]
    texts = " / ".join(f"{answer:.2f}" for answer in answers)
    return Verdict(all(0.4 <= answer <= 0.6 for answer in answers), texts, "0.40 to 0.60")


# --- collapse ---------------------------------------------------------------------------------------------------------


@claim("slow-d-collapses", broken={"d_rate": 0.001})
def slow_d_collapses(run: Runner, d_rate: float = 0.0001) -> Verdict:
    """With D ten times slower than G the mean reverse KL of the second half is above 0.3, with equal rates below 0.1.

    From each of 5 starts: the least of the slow ones and the largest of the others are compared.
    """
    slow, even = (_second_half(run, **knobs) for knobs in ({**SLOW, "d_rate": d_rate}, EVEN))
    holds = bool(slow.min() > 0.3 and even.max() < 0.1)
    return Verdict(holds, f"{slow.min():.2f} / {even.max():.2f}", "above 0.3 / below 0.1, 5 of 5 starts")


def _second_half(run: Runner, **settings: Any) -> np.ndarray:
    """The mean reverse KL over the second half of a run (S,)."""
    values = run("plane", seeds=SEEDS, **settings).run.metrics["reverse_kl"].values
    return np.asarray(values[len(values) // 2 :].mean(axis=0))


@claim("keeps-hopping", broken={"d_rate": 0.001})
def keeps_hopping(run: Runner, d_rate: float = 0.0001) -> Verdict:
    """There the fullest mode holds 0.3 of the points or more at all times, and is another one again and again."""
    result = run("plane", seeds=SEEDS, **{**SLOW, "d_rate": d_rate})
    leader, share = (result.run.metrics[name].values[50:] for name in ("leader", "leader_share"))
    changes = float(np.mean(np.sum(leader[1:] != leader[:-1], axis=0)))
    return Verdict(changes >= 5 and float(share.mean()) >= 0.3, changes, "5 or more changes in 1,500 steps")


@claim("loss-is-no-quality", broken={"d_rate": 0.001})
def loss_is_no_quality(run: Runner, d_rate: float = 0.0001) -> Verdict:
    """The collapsed generators have the LOWER loss: the mean of the last 500 steps, over 5 starts."""
    slow = run("plane", seeds=SEEDS, **{**SLOW, "d_rate": d_rate}).run.metrics["G_loss"].values[-500:].mean()
    even = run("plane", seeds=SEEDS, **EVEN).run.metrics["G_loss"].values[-500:].mean()
    return Verdict(bool(slow < 0.9 * even), f"{slow:.2f} / {even:.2f}", "collapsed below 0.9 of covered")


@claim("balance-is-no-quality", broken={"d_rate": 0.001})
def balance_is_no_quality(run: Runner, d_rate: float = 0.0001) -> Verdict:
    """D's loss is nearer to 2 ln 2 where G collapsed, by the means of the last 500 steps, from 5 of 5 starts."""
    balance = 2 * np.log(2)
    slow, even = (
        np.abs(run("plane", seeds=SEEDS, **knobs).run.metrics["D_loss"].values[-500:].mean(axis=0) - balance)
        for knobs in ({**SLOW, "d_rate": d_rate}, EVEN)
    )
    return Verdict(bool(slow.max() < even.min()), f"{slow.max():.2f} / {even.min():.2f}", "nearer from 5 of 5 starts")


# --- packing ----------------------------------------------------------------------------------------------------------


GRID: dict[str, Any] = {"data": "grid", "sigma": 0.05}


def _packed_against_plain(run: Runner, pack: int, metric: str = "reverse_kl", **settings: Any) -> tuple[float, float]:
    plain, packed = (run("plane", seeds=SEEDS, pack=p, **settings).last(metric).mean() for p in (1, pack))
    return float(packed), float(plain)


@claim("packing-covers-ring", broken={"pack": 1})
def packing_covers_ring(run: Runner, pack: int = 2) -> Verdict:
    """Eight modes, 6,000 steps, 5 starts: the mean reverse KL with packing is less than half of that without."""
    packed, plain = _packed_against_plain(run, pack, **PACKED)
    return Verdict(packed < plain / 2, f"{packed:.3f} / {plain:.3f}", "packed below half of plain")


@claim("packing-covers-grid", broken={"pack": 1})
def packing_covers_grid(run: Runner, pack: int = 2) -> Verdict:
    """25 modes, sigma 0.05, else the same: the direction holds."""
    packed, plain = _packed_against_plain(run, pack, **GRID)
    return Verdict(packed < plain, f"{packed:.3f} / {plain:.3f}", "packed below plain")


@claim("packing-no-sharper", broken={"metric": "modes"})
def packing_no_sharper(run: Runner, metric: str = "quality_share") -> Verdict:
    """On neither is the mean share of points within 3 sigma of a mode more than 0.02 above that without packing."""
    pairs = [_packed_against_plain(run, 2, metric, **settings) for settings in (PACKED, GRID)]
    shown = ", ".join(f"{packed:.2f} / {plain:.2f}" for packed, plain in pairs)
    return Verdict(all(packed <= plain + 0.02 for packed, plain in pairs), shown, "packed at most 0.02 above plain")


# --- pictures ---------------------------------------------------------------------------------------------------------


@claim("draws-all-digits", broken={"steps": 50})
def draws_all_digits(run: Runner, steps: int = 4000) -> Verdict:
    """After 4,000 steps 9 or 10 of the ten digits are among 300 generated ones, from 3 starts."""
    fewest = float(run("digits", seeds=3, steps=steps).last("kinds").min())
    return Verdict(fewest >= 9, fewest, "9 or more from 3 starts")


@claim("not-quite-real", broken={"steps": 50})
def not_quite_real(run: Runner, steps: int = 4000) -> Verdict:
    """They lie 1.1 to 1.5 times as far from the nearest real digit as real ones from one another, from 3 starts."""
    strangeness = run("digits", seeds=3, steps=steps).last("strangeness")
    holds = bool(np.all((strangeness >= 1.1) & (strangeness <= 1.5)))
    return Verdict(holds, float(strangeness.mean()), "1.1 to 1.5")


@claim("no-copies", broken={"copied": True})
def no_copies(run: Runner, copied: bool = False) -> Verdict:
    """None of 300 generated digits comes nearer than 0.3 to a real one, from 3 starts; copies would be at 0."""
    images = digit_images()[0].reshape(-1, PIXELS)
    farthest = float(nearest(images[:300], images)[0].min())
    made = float(run("digits", seeds=3).last("nearest_copy").min())
    closest = farthest if copied else made
    return Verdict(closest >= 0.3, closest, "0.3 or more")


@claim("cleans", broken={"steps": 5})
def cleans(run: Runner, steps: int = 1500) -> Verdict:
    """Unseen digits: the squared error falls to a fifth or less, from 3 starts."""
    last = run("denoise", seeds=3, steps=steps).last
    share = float(np.max(last("error") / last("spoilt_error")))
    return Verdict(share <= 0.2, share, "0.2 or less")


@claim("mean-is-blurred", broken={"weight": 0.1})
def mean_is_blurred(run: Runner, weight: float = 0.0) -> Verdict:
    """By squared error alone the cleaned digits have at most 0.95 of the sharpness of the clean ones, 3 starts."""
    sharpness = float(np.max(run("denoise", seeds=3, weight=weight).last("sharpness")))
    return Verdict(sharpness <= 0.95, sharpness, "0.95 at most from 3 starts")


@claim("sharper-with-d", broken={"weight": 0.0})
def sharper_with_d(run: Runner, weight: float = 0.02) -> Verdict:
    """With D's penalty the cleaned digits are sharper, and their squared error is higher: from each of 3 starts."""
    alone, watched = run("denoise", seeds=3, weight=0.0).last, run("denoise", seeds=3, weight=weight).last
    sharper = watched("sharpness") - alone("sharpness")
    holds = bool(np.all(sharper > 0.03) and np.all(watched("error") > alone("error")))
    return Verdict(holds, float(sharper.mean()), "more than 0.03")
