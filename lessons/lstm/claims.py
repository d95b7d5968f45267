"""What the lesson asserts, each with a setting under which it must fail. Random outcomes are taken over seeds."""

import math

import numpy as np

from nnlab import engine, nn
from nnlab.data import adding_problem, copy_baseline, copy_task
from nnlab.lab.authoring import Result, Verdict, claim
from nnlab.lab.checks import Runner

from .adding import PASSES
from .by_hand import run_through
from .lstm_step import our_step

SEEDS = 5
LONG = {"length": 100, "steps": 4500}
"""The adding problem over a hundred steps, and the steps that it is given."""


# --- the cell ---------------------------------------------------------------------------------------------------------


@claim("four-lines", broken={"squash": False})
def four_lines(run: Runner, squash: bool = True) -> Verdict:
    """The engine's layer is the lesson's lines: 5 units, 30 steps, the same h to twelve digits."""
    rng = np.random.default_rng(1997)
    weights = rng.normal(size=(2, 20)), rng.normal(size=(5, 20)), rng.normal(size=20)
    x, h, c, farthest = rng.normal(size=(30, 2)), np.zeros(5), np.zeros(5), 0.0
    made = engine.to_host(engine.values(engine.lstm(x[:, None], *weights)[0]))[:, 0]
    for x_t, given in zip(x, made, strict=True):
        h, c = our_step(x_t, h, c, *weights)
        shown = h if squash else c
        farthest = max(farthest, float(np.abs(shown - given).max()))
    return Verdict(farthest < 1e-12, farthest, "less than 10⁻¹²")


@claim("by-hand-adds", broken={"input_bias": 0.0})
def by_hand_adds(run: Runner, input_bias: float = -8.0) -> Verdict:
    """One unit with weights set by hand answers the sum of the two marked numbers, off by 0.05 at most, 200 times."""
    farthest = float(run("cell", seeds=200, input_bias=input_bias).last("error").max())
    return Verdict(farthest < 0.05, round(farthest, 4), "off by less than 0.05, 200 sequences")


@claim("open-gate-keeps", broken={"forget_bias": 0.0})
def open_gate_keeps(run: Runner, forget_bias: float = 8.0) -> Verdict:
    """With a forget bias of 8 at least 99 % of the first number is there at the end, in 200 sequences."""
    least = float(run("cell", seeds=200, forget_bias=forget_bias).last("kept").min())
    return Verdict(least > 0.99, round(least, 4), "more than 0.99")


@claim("state-has-no-ceiling", broken={"forget": 0.0})
def state_has_no_ceiling(run: Runner, forget: float = 50.0) -> Verdict:
    """With both gates open and a candidate of 0.76 the state passes 70 in 100 steps, and h stays below 1."""
    b = np.array([50.0, forget, 1.0, 50.0])
    seen = run_through(np.zeros((100, 1)), (np.zeros((1, 4)), np.zeros((1, 4)), b))
    largest = float(seen["c"].max())
    return Verdict(largest > 70 and bool(np.abs(seen["h"]).max() <= 1), round(largest, 2), "c above 70, |h| at most 1")


@claim("four-times", broken={"cell": "gru"})
def four_times(run: Runner, cell: str = "lstm") -> Verdict:
    """An LSTM layer learns four times the numbers of a plain one of the same width, for any width."""
    rng = np.random.default_rng(0)
    ratios = {
        nn.parameter_count(nn.RECURRENT[cell](2, width, rng=rng)) / nn.parameter_count(nn.RNN(2, width, rng=rng))
        for width in (1, 8, 64)
    }
    return Verdict(ratios == {4.0}, max(ratios), "4")


@claim("gru-three", broken={"width": 9})
def gru_three(run: Runner, width: int = 8) -> Verdict:
    """With 8 units on two inputs a plain layer learns 88 numbers, a GRU 288, an LSTM 352."""
    rng = np.random.default_rng(0)
    learned = [nn.parameter_count(layer(2, width, rng=rng)) for layer in (nn.RNN, nn.GRU, nn.LSTM)]
    return Verdict(learned == [88, 288, 352], " / ".join(map(str, learned)), "88 / 288 / 352")


# --- the gradient -----------------------------------------------------------------------------------------------------


def power(run: Runner, forget_bias: float, path: str) -> np.ndarray:
    """The median of 20 networks at lag 100 as a power of ten, from each of 10 seeds."""
    return np.asarray(run("fading", seeds=10, forget_bias=forget_bias).last(f"{path}_power"))


def between(powers: np.ndarray, low: float, high: float) -> Verdict:
    """Hold when every seed's median lies between the powers of ten."""
    inside = bool(((powers > low) & (powers < high)).all())
    return Verdict(inside, round(float(np.median(powers)), 1) + 0.0, f"10 to the power {low:g} to {high:g}, 10 seeds")


@claim("bias-zero-loses", broken={"forget_bias": 1.0})
def bias_zero_loses(run: Runner, forget_bias: float = 0.0) -> Verdict:
    """Forget bias 0: through c some 10^-20 is left after 100 steps."""
    return between(power(run, forget_bias, "c"), -21.5, -18.5)


@claim("bias-one-fades", broken={"forget_bias": 2.0})
def bias_one_fades(run: Runner, forget_bias: float = 1.0) -> Verdict:
    """Forget bias 1: some 10^-7."""
    return between(power(run, forget_bias, "c"), -8.0, -5.5)


@claim("bias-two-keeps", broken={"forget_bias": 1.0})
def bias_two_keeps(run: Runner, forget_bias: float = 2.0) -> Verdict:
    """Forget bias 2: about 1."""
    return between(power(run, forget_bias, "c"), -1.0, 1.0)


@claim("line-alone-halves", broken={"path": "c"})
def line_alone_halves(run: Runner, path: str = "straight") -> Verdict:
    """Forget bias 0, the straight line alone: a half at every step, (1/2)^100 after 100."""
    powers = power(run, 0.0, path)
    holds = bool((np.abs(powers - 100 * math.log10(0.5)) < 0.5).all())
    return Verdict(holds, round(float(np.median(powers)), 1), "−30.1, to half a power, 10 seeds")


@claim("plain-net-beside", broken={"radius": 0.5})
def plain_net_beside(run: Runner, radius: float = 0.9) -> Verdict:
    """A plain RNN whose matrix has a spectral radius of 0.9 keeps 10^-7 to 10^-5: more than an LSTM with bias 0."""
    powers = np.asarray(run("fading", seeds=10, radius=radius).last("rnn_power"))
    return between(powers, -7.0, -5.0)


# --- sums -------------------------------------------------------------------------------------------------------------


@claim("guess-is-a-sixth", broken={"answer": 0.9})
def guess_is_a_sixth(run: Runner, answer: float = 1.0) -> Verdict:
    """Whoever always answers 1 has a mean squared error of 1/6, measured on 400,000 sums."""
    _, sums = adding_problem(400_000, 2, rng=np.random.default_rng(1))
    error = float(np.mean((sums - answer) ** 2))
    return Verdict(abs(error - 1 / 6) < 0.002, round(error, 4), "1/6, to 0.002")


def sums(run: Runner, **knobs: object) -> np.ndarray:
    """Errors on unseen sums over fifty numbers after 1,500 steps, five seeds."""
    return np.asarray(run("adding", seeds=SEEDS, **knobs).last("test_loss"))  # type: ignore[arg-type]


@claim("rnn-guesses", broken={"cell": "lstm"})
def rnn_guesses(run: Runner, cell: str = "rnn") -> Verdict:
    """Fifty steps, 1,500 updates: the plain net is no better than 0.12 from any of five starts."""
    least = float(sums(run, cell=cell).min())
    return Verdict(least > 0.12, round(least, 4), "0.12 or more from 5 of 5 starts")


@claim("lstm-adds", broken={"cell": "rnn"})
def lstm_adds(run: Runner, cell: str = "lstm") -> Verdict:
    """The LSTM is below 0.04 from every one of five starts."""
    errors = sums(run, cell=cell)
    return Verdict(bool((errors < PASSES).all()), round(float(errors.max()), 4), "below 0.04 from 5 of 5 starts")


@claim("rnn-guesses-long", broken={"cell": "lstm"})
def rnn_guesses_long(run: Runner, cell: str = "rnn") -> Verdict:
    """A hundred steps, 4,500 updates: the plain net stays above 0.07, five starts."""
    least = float(sums(run, cell=cell, **LONG).min())
    return Verdict(least > 0.07, round(least, 4), "above 0.07 from 5 of 5 starts")


@claim("lstm-adds-long", broken={"cell": "rnn"})
def lstm_adds_long(run: Runner, cell: str = "lstm") -> Verdict:
    """A hundred steps, 4,500 updates: the LSTM is below 0.04 from 4 of 5 starts at least."""
    errors = sums(run, cell=cell, **LONG)
    passed = int((errors < PASSES).sum())
    return Verdict(passed >= 4, f"{passed} / {SEEDS}", "below 0.04 from 4 of 5 starts or more")


@claim("low-bias-late", broken={"forget_bias": 1.0})
def low_bias_late(run: Runner, forget_bias: float = -4.0) -> Verdict:
    """With a forget bias of −4 the median error is five times that with 1, or more: the same time is not enough."""
    ratio = float(np.median(sums(run, forget_bias=forget_bias)) / np.median(sums(run)))
    return Verdict(ratio > 5, round(ratio, 1), "5 times or more, medians of 5 starts")


@claim("trained-line-stays", broken={"cell": "rnn"})
def trained_line_stays(run: Runner, cell: str = "lstm") -> Verdict:
    """After training a tenth or more of the gradient reaches the first of fifty steps, from every start."""
    powers = np.asarray(run("adding", seeds=SEEDS, cell=cell).last("power"))
    return Verdict(bool((powers > -1).all()), round(float(powers.min()), 2), "10⁻¹ or more from 5 of 5 starts")


@claim("line-differs", broken={"metric": "power"})
def line_differs(run: Runner, metric: str = "line_power") -> Verdict:
    """What the straight line alone leaves differs by a factor of thirty or more among ten trained networks."""
    powers = np.asarray(run("adding", seeds=2 * SEEDS).last(metric))
    shown = f"{powers.min():.1f} to {powers.max():.1f}".replace("-", "−")
    return Verdict(float(np.ptp(powers)) > 1.5, shown, "powers of ten that are more than 1.5 apart, 10 starts")


@claim("gru-adds", broken={"cell": "rnn"})
def gru_adds(run: Runner, cell: str = "gru") -> Verdict:
    """The GRU is below 0.04 from every one of five starts."""
    errors = sums(run, cell=cell)
    return Verdict(bool((errors < PASSES).all()), round(float(errors.max()), 4), "below 0.04 from 5 of 5 starts")


@claim("gru-sooner", broken={"updates": 1500})
def gru_sooner(run: Runner, updates: int = 600) -> Verdict:
    """After 600 updates the GRU's median error is below 0.04 and the LSTM's is not, five starts each."""
    errors = []
    for cell in ("gru", "lstm"):
        steps, values = run("adding", seeds=SEEDS, cell=cell).series("test_loss")
        errors.append(float(np.median(values[int(np.argmin(np.abs(steps - updates)))])))
    shown = " / ".join(f"{error:.3f}" for error in errors)
    return Verdict(errors[0] < PASSES <= errors[1], shown, "GRU below 0.04, LSTM not; medians of 5 starts")


# --- copies and texts -------------------------------------------------------------------------------------------------


@claim("copy-without-memory", broken={"letters": 9})
def copy_without_memory(run: Runner, letters: int = 8) -> Verdict:
    """Without memory the loss is 10 ln 8 / (T + 20): the blanks are sure, ten letters are guesses among eight."""
    farthest = 0.0
    for blanks in (1, 10, 100):
        _, y = copy_task(50, blanks, rng=np.random.default_rng(0))
        chances = np.where(y > 0, 1.0 / letters, 1.0)
        farthest = max(farthest, abs(float(-np.log(chances).mean()) - copy_baseline(blanks)))
    return Verdict(farthest < 1e-9, farthest, "10 ln 8 / (T + 20) for T = 1, 10, 100")


def copies(run: Runner, cell: str) -> Result:
    """Three networks after 1,200 updates at ten blanks."""
    return run("copying", seeds=3, cell=cell)


@claim("lstm-copies", broken={"cell": "rnn"})
def lstm_copies(run: Runner, cell: str = "lstm") -> Verdict:
    """The LSTM's loss falls to 0.8 of that without memory or less, from three of three starts."""
    share = float((copies(run, cell).last("test_loss") / copies(run, cell).last("memoryless")).max())
    return Verdict(share < 0.8, round(share, 3), "below 0.8 of the loss without memory, 3 of 3 starts")


@claim("rnn-hardly-copies", broken={"cell": "lstm"})
def rnn_hardly_copies(run: Runner, cell: str = "rnn") -> Verdict:
    """The plain net stays above 0.8 of it, from three of three starts."""
    share = float((copies(run, cell).last("test_loss") / copies(run, cell).last("memoryless")).min())
    return Verdict(share > 0.8, round(share, 3), "above 0.8 of the loss without memory, 3 of 3 starts")


@claim("lstm-ahead-on-copies", broken={"cell": "lstm"})
def lstm_ahead_on_copies(run: Runner, cell: str = "gru") -> Verdict:
    """On the copy task the LSTM's median loss is nine tenths of the GRU's or less, three starts each."""
    ours, theirs = (float(np.median(copies(run, kind).last("test_loss"))) for kind in ("lstm", cell))
    return Verdict(ours <= 0.9 * theirs, f"{ours:.2f} / {theirs:.2f}", "LSTM at most 0.9 of GRU, medians of 3 starts")


def readers(run: Runner, **knobs: object) -> Result:
    """Three networks that read a text, with the states of the rows on show."""
    return run("stories", seeds=3, probes=("gates",), **knobs)  # type: ignore[arg-type]


@claim("rows-differ", broken={"share": 0.001})
def rows_differ(run: Runner, share: float = 0.25) -> Verdict:
    """Over an unseen sentence the steadiest of the eight states on show moves a quarter as much as the most restless.

    Movement: the mean change of tanh c from letter to letter. From three of three starts.
    """
    states = readers(run).run.probes["gates"]["tanh c/values"]
    moves = np.abs(np.diff(states, axis=-1)).mean(axis=-1)
    shares = moves.min(axis=-1) / moves.max(axis=-1)
    return Verdict(bool((shares <= share).all()), round(float(shares.max()), 3), "0.25 at most, 3 of 3 starts")


@claim("reads-english", broken={"steps": 5})
def reads_english(run: Runner, steps: int = 600) -> Verdict:
    """On unseen English it is a nat or more below guessing by frequency, from three of three starts."""
    told = readers(run, steps=steps)
    ahead = float((told.last("by_frequency") - told.last("test_loss")).min())
    return Verdict(ahead > 1.0, round(ahead, 2), "1 nat or more, 3 of 3 starts")


@claim("plain-reads-too", broken={"steps": 5})
def plain_reads_too(run: Runner, steps: int = 600) -> Verdict:
    """On unseen English a plain net ends within 0.2 nats of the LSTM, medians of three starts."""
    plain = float(np.median(readers(run, cell="rnn", steps=steps).last("test_loss")))
    behind = plain - float(np.median(readers(run, steps=600).last("test_loss")))
    return Verdict(abs(behind) < 0.2, round(behind, 3), "within 0.2 nats, medians of 3 starts")


@claim("chinese-by-heart", broken={"language": "en"})
def chinese_by_heart(run: Runner, language: str = "zh") -> Verdict:
    """On 4,291 characters it learns by heart: in 600 steps the unseen loss is 3 nats above the trained one or more."""
    told = readers(run, language=language)
    apart = float((told.last("test_loss") - told.last("loss")).min())
    return Verdict(apart > 3.0, round(apart, 2), "3 nats or more, 3 of 3 starts")
