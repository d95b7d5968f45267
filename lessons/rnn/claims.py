"""What the lesson asserts, each with a setting under which it must fail."""

import math
import re

import numpy as np

from nnlab import engine
from nnlab.data import Vocabulary, corpus, words
from nnlab.lab.authoring import Result, Streams, Verdict, claim
from nnlab.lab.checks import Runner
from nnlab.lab.experiment import Knobs

from . import lags, recall, unrolled, word
from .network import Array

SEEDS = 5
REMEMBERED = (6e-32, 4e-7, 1.5e-3, 0.16, 10.0)
"""Gradient left at lag 100 for the five spectral radii, as an order of magnitude."""


# --- memory -----------------------------------------------------------------------------------------------------------


@claim("no-memory-guesses", broken={"model": "rnn"})
def no_memory_guesses(run: Runner, model: str = "feedforward") -> Verdict:
    """A net that sees only the newest sign stays at a coin toss: half right, loss ln 2."""
    result = run("order", seeds=SEEDS, model=model)
    loss, right = float(result.last("loss").min()), float(result.last("accuracy").max())
    return Verdict(abs(loss - math.log(2)) < 0.02 and right < 0.56, loss, "0.69, from all 5 starts")


@claim("window-just-reaches", broken={"short": 3})
def window_just_reaches(run: Runner, short: int = 2) -> Verdict:
    """A window of 3 signs is always right at lag 2, one of 2 guesses."""
    right = [
        float(run("order", seeds=SEEDS, model="window", window=wide).last("accuracy").min()) for wide in (3, short)
    ]
    return Verdict(right[0] == 1.0 and right[1] < 0.56, f"{right[0]:.2f} / {right[1]:.2f}", "1.00 / about 0.50")


@claim("loop-remembers", broken={"model": "window"})
def loop_remembers(run: Runner, model: str = "rnn") -> Verdict:
    """The recurrent net is right at lags 2 and 6 with the same number of weights."""
    results = [run("order", seeds=SEEDS, model=model, lag=lag) for lag in (2, 6)]
    right = min(float(result.last("accuracy").min()) for result in results)
    learned = {int(result.last("parameters").max()) for result in results}
    return Verdict(right >= 0.99 and len(learned) == 1, right, "99 % or more, at both lags")


@claim("same-letter-two-answers", broken={"memory": True})
def same_letter_two_answers(run: Runner, memory: bool = False) -> Verdict:
    """Without W the l of hello is 50:50, so the loss cannot pass ½ ln 2; with W all four letters are right."""
    without, with_w = (run("word", seeds=SEEDS, memory=has) for has in (memory, True))
    lowest, right = float(without.last("loss").min()), float(with_w.last("right").min())
    holds = lowest > math.log(2) / 2 - 1e-6 and float(without.last("right").max()) <= 3 and right == 4
    return Verdict(holds, lowest, "0.347 and no lower, 3 letters; with memory 4")


@claim("weights-are-shared", broken={"hidden": 4})
def weights_are_shared(run: Runner, hidden: int = 3) -> Verdict:
    """hello takes 4 steps, hellohello 9: both learn 47 numbers."""
    short, long = run("word", steps=0), run("word", steps=0, word="hellohello", hidden=hidden)
    learned = [int(result.last("parameters")) for result in (short, long)]
    steps = [int(result.last("steps_through_time")) for result in (short, long)]
    return Verdict(learned == [47, 47] and steps == [4, 9], f"{learned[0]} / {learned[1]}", "47 / 47")


@claim("parts-add-up", broken={"parts": 3})
def parts_add_up(run: Runner, parts: int = 4) -> Verdict:
    """Give each of the four steps a W of its own: their gradients add up to that of the shared W."""
    knobs: Knobs = {"word": "hello", "hidden": 3, "memory": True, "learning_rate": 0.05, "moment": 1}
    farthest = 0.0
    for seed in range(1, SEEDS + 1):
        state = word.setup(knobs, Streams((seed,)))
        for _ in range(10):
            word.step(state)
        apart, _ = unrolled.copies_apart(state)
        state.optimizer.zero_grad()
        word.loss_of(state, word.answers(state)[0]).backward()
        shared = engine.to_host(state.model.rnn.layers[0].weight_h.grad)
        farthest = max(farthest, float(np.abs(apart[:parts].sum(axis=0) - shared).max()))
    return Verdict(farthest < 1e-6, farthest, "0, to float32's digits")


# --- gradients through time -------------------------------------------------------------------------------------------


@claim("walk-is-autodiff", broken={"is_linear": True})
def walk_is_autodiff(run: Runner, is_linear: bool = False) -> Verdict:
    """The product of Jacobians is the gradient that back-propagation finds at the first state."""
    rng = np.random.default_rng(3)
    w, u = rng.normal(size=(1, 8, 8)) / 3, rng.normal(size=(1, 2, 8))
    x, direction, start = rng.normal(size=(1, 12, 2)), rng.normal(size=(1, 8)), np.zeros((1, 8))
    _, slopes = lags.walk_back(w, u, x, direction, is_linear=is_linear)
    first = engine.Tensor(start, requires_grad=True)
    states = engine.rnn(np.swapaxes(x, 0, 1), u[0], w[0], np.zeros(8), first)
    engine.sum(states[..., -1, :, :] * direction).backward()
    farthest = float(np.abs(engine.to_host(first.grad) - slopes[:, -1]).max())
    return Verdict(farthest < 1e-12, farthest, "0")


def _left(run: Runner, radius: float, activation: str = "tanh") -> float:
    return float(run("lags", radius=radius, activation=activation).last("gradient"))


@claim("radius-decides", broken={"activation": "linear"})
def radius_decides(run: Runner, activation: str = "tanh") -> Verdict:
    """The gradient at lag 100 for five spectral radii, medians of 20 networks: each within a factor of 10."""
    left = [_left(run, radius, activation) for radius in lags.RADII]
    holds = all(abs(math.log10(a / b)) < 1 for a, b in zip(left, REMEMBERED, strict=True))
    return Verdict(
        holds, ", ".join(f"{a:.0e}" for a in left), "6e-32, 4e-07, 2e-03, 0.2, 10, a factor of 10 either way"
    )


@claim("long-products", broken={"steps": 99})
def long_products(run: Runner, steps: int = 100) -> Verdict:
    """0.9, 1.1 and 0.8 to the power of 100: 0.00003, 13,781 and 2e-10."""
    powers = [radius**steps for radius in (0.9, 1.1, 0.8)]
    holds = (round(powers[0], 5), round(powers[1]), f"{powers[2]:.0e}") == (0.00003, 13_781, "2e-10")
    return Verdict(holds, ", ".join(f"{power:.4g}" for power in powers), "0.00003, 13,781, 2e-10")


@claim("tanh-takes-its-share", broken={"first": "tanh"})
def tanh_takes_its_share(run: Runner, first: str = "linear") -> Verdict:
    """At radius 1 a linear loop keeps the gradient's length; the slopes of tanh cost a factor of 50 or more."""
    linear, bent = _left(run, 1.0, first), _left(run, 1.0)
    return Verdict(0.1 < linear < 10 and linear / bent > 50, linear / bent, "more than 50")


def _descend(run: Runner, *, clip: float, seeds: int = 10, radius: float = 1.5, learning_rate: float = 0.2) -> Result:
    """Run the page on clipping: plain descent at a rate that one long gradient makes too large."""
    return run("recall", seeds=seeds, lag=20, radius=radius, optimizer="sgd", learning_rate=learning_rate, clip=clip)


@claim("rarely-long", broken={"radius": 0.5})
def rarely_long(run: Runner, radius: float = 1.5) -> Verdict:
    """From radius 1.5 the longest of 600 gradients is ten times the median one or more: the median of 10 starts."""
    _, lengths = _descend(run, radius=radius, clip=0.5).series("gradient")
    farthest = float(np.median(lengths.max(axis=0) / np.median(lengths, axis=0)))
    return Verdict(farthest >= 10, farthest, "10 or more")


@claim("exploding-diverges", broken={"clip": 0.5})
def exploding_diverges(run: Runner, clip: float = 0.0) -> Verdict:
    """Radius 1.5, lag 20, plain descent at 0.2, no clipping: 10 of 10 starts explode."""
    lost = _rough(run, clip)
    return Verdict(lost == 10, lost, "10 of 10")


def _rough(run: Runner, clip: float) -> int:
    """Return how many of ten starts have a loss that is no number, or a huge one."""
    result = _descend(run, clip=clip)
    loss: Array = result.last("loss")
    return int((~(loss < 1e3)).sum())


@claim("clipping-saves", broken={"clip": 0.0})
def clipping_saves(run: Runner, clip: float = 0.5) -> Verdict:
    """The same run with gradients cut to 0.5: every start ends below 0.2 where a guess has 1/3."""
    result = _descend(run, clip=clip)
    highest = float(np.max(result.last("test_loss")))
    return Verdict(highest < 0.2, highest, "below 0.2, 10 of 10")


@claim("small-rate-strands", broken={"learning_rate": 0.2, "clip": 0.5})
def small_rate_strands(run: Runner, learning_rate: float = 0.05, clip: float = 0.0) -> Verdict:
    """At a quarter of the rate, without clipping, none of 20 starts explodes, but 3 or more end at a guess's error."""
    result = _descend(run, seeds=20, learning_rate=learning_rate, clip=clip)
    errors: Array = result.last("test_loss")
    stranded = int((errors > 0.3).sum())
    return Verdict(bool((errors < 1).all()) and stranded >= 3, stranded, "3 of 20 or more, and none explodes")


@claim("near-is-learned", broken={"lag": 40})
def near_is_learned(run: Runner, lag: int = 5) -> Verdict:
    """Five steps back: 10 of 10 networks carry the number over."""
    solved = run("recall", seeds=10, lag=lag).solved
    return Verdict(solved == 10, solved, "10 of 10")


@claim("far-is-lost", broken={"lag": 10})
def far_is_lost(run: Runner, lag: int = 100) -> Verdict:
    """A hundred steps back: none of ten does, and the median error is that of a guess, 1/3."""
    result = run("recall", seeds=10, lag=lag)
    median = float(np.median(result.last("test_loss")))
    return Verdict(
        result.solved <= 1 and abs(median - recall.GUESS) < 0.05, median, "0.33, and at most 1 of 10 below 0.05"
    )


# --- text and series --------------------------------------------------------------------------------------------------


@claim("vocabularies", broken={"language": "zh"})
def vocabularies(run: Runner, language: str = "en") -> Verdict:
    """Our English stories have 46 kinds of characters, 458 of words; the Chinese ones 346 characters."""
    english = corpus(language)
    counts = [len(Vocabulary.of(tokens)) for tokens in (list(english), words(english), list(corpus("zh")))]
    return Verdict(counts == [46, 458, 346], ", ".join(map(str, counts)), "46, 458, 346")


@claim("text-learns", broken={"steps": 2})
def text_learns(run: Runner, steps: int = 100) -> Verdict:
    """A hundred steps bring the loss on unseen text from ln 46 = 3.83 below 2.5."""
    loss = float(run("text", steps=steps).last("test_loss"))
    return Verdict(loss < 2.5, loss, "below 2.5")


@claim("words-by-heart", broken={"unit": "character"})
def words_by_heart(run: Runner, unit: str = "word") -> Verdict:
    """Word by word it learns our stories by heart: below 1 on what it read; on the rest above 5, and rising."""
    result = run("text", unit=unit, seeds=3)
    learned, unseen = float(result.last("loss").max()), float(result.last("test_loss").min())
    risen = float((result.last("test_loss") - result.series("test_loss")[1].min(axis=0)).min())
    return Verdict(learned < 1 and unseen > 5 and risen > 0.5, f"{learned:.2f} / {unseen:.2f}", "below 1 / above 5")


@claim("temperature-risks", broken={"low": 1.5})
def temperature_risks(run: Runner, low: float = 0.2) -> Verdict:
    """At temperature 0.2 few different words, most of them real; at 1.5 more different ones, few real. 3 starts."""
    known = set(re.findall(r"[a-z]+", corpus("en").lower()))
    real, kinds = [], []
    for temperature in (low, 1.5):
        pages = run("text", seeds=3, temperature=temperature, probes=("written",)).probes["written"]["text"]
        written = [re.findall(r"[a-z]+", text.lower()) for text in pages[:, -1].tolist()]
        real.append(float(np.mean([np.mean([word in known for word in text]) for text in written])))
        kinds.append(float(np.mean([len(set(text)) for text in written])))
    holds = real[0] >= 0.8 and real[1] <= 0.6 and kinds[0] < kinds[1]
    return Verdict(holds, f"{real[0]:.2f} / {real[1]:.2f}", "0.80 or more / 0.60 or less, and fewer different ones")


@claim("forecast-beats-last", broken={"steps": 5})
def forecast_beats_last(run: Runner, steps: int = 400) -> Verdict:
    """One step ahead the error is less than half of that of saying the last value again, from 10 starts of 10."""
    result = run("series", seeds=10, steps=steps)
    ratio = float((result.last("test_loss") / result.last("naive")).max())
    return Verdict(ratio < 0.5, ratio, "below 0.5")


@claim("own-answers-drift", broken={"steps": 0})
def own_answers_drift(run: Runner, steps: int = 400) -> Verdict:
    """Fed with its own answers it drifts: without noise the error over 80 steps is ten times as large, 10 of 10."""
    result = run("series", seeds=10, steps=steps, noise=0.0)
    times = float((result.last("free_loss") / result.last("test_loss")).min())
    return Verdict(times >= 10, times, "10 or more, from 10 of 10 starts")


@claim("noise-is-the-floor", broken={"noise": 0.0})
def noise_is_the_floor(run: Runner, noise: float = 0.1) -> Verdict:
    """One step ahead no error is below the noise's own share of the variance, from 10 starts of 10."""
    lowest = float(run("series", seeds=10, noise=noise).last("test_loss").min())
    floor = 0.1**2 / (0.5 + 0.1**2)
    return Verdict(lowest > 0.8 * floor, lowest, f"{floor:.3f} or more, but for chance")
