"""What the lesson asserts, each with a setting under which it must fail."""

import math

import numpy as np

from nnlab import engine
from nnlab.lab.authoring import Verdict, claim
from nnlab.lab.checks import Runner

STARTS = 100


# --- errors into one number -------------------------------------------------------------------------------------------


@claim("worked-example", broken={"p4": 9.0})
def worked_example(run: Runner, p4: float = 8.0) -> Verdict:
    """MAE 0.5 and MSE 0.375, from sums of 2.0 and 1.5."""
    result = run("pairs", p4=p4)
    names = ("mae", "mse", "sum_absolute", "sum_squared")
    values = tuple(float(result.last(name)) for name in names)
    holds = np.allclose(values, (0.5, 0.375, 2.0, 1.5), atol=1e-12)
    return Verdict(holds, ", ".join(f"{value:g}" for value in values), "0.5, 0.375, 2, 1.5")


@claim("mean-ignores-size", broken={"metric": "sum_squared"})
def mean_ignores_size(run: Runner, metric: str = "mse") -> Verdict:
    """A hundred times the data leave the mean where it is and make the sum a hundred times as large."""
    few, many = run("pairs", copies=1), run("pairs", copies=100)
    grown = float(many.last("sum_squared") / few.last("sum_squared"))
    moved = abs(float(many.last(metric) - few.last(metric)))
    return Verdict(moved < 1e-12 and abs(grown - 100.0) < 1e-9, grown, "the sum 100 times as large, the mean the same")


@claim("mse-follows-outlier", broken={"outlier": 0.9})
def mse_follows_outlier(run: Runner, outlier: float = 4.0) -> Verdict:
    """With one of 12 points far off, MSE's line misses the other 11 several times as far as MAE's."""
    times = float(np.median(run("outlier", outlier=outlier, seeds=STARTS).last("times")))
    return Verdict(times > 4.0, round(times, 1), "more than 4 times, the median of 100 drawn sets of points")


@claim("mae-stays", broken={"metric": "mse_miss"})
def mae_stays(run: Runner, metric: str = "mae_miss") -> Verdict:
    """However far the point is dragged, MAE's line stays: from 4 to 60 it hardly moves."""
    near, far = (run("outlier", outlier=place, seeds=STARTS).last(metric) for place in (4.0, 60.0))
    moved = float(np.max(np.abs(far - near)))
    return Verdict(moved < 0.02, round(moved, 3), "by less than 0.02 in each of 100 sets of points")


@claim("outlier-pull", broken={"outlier": 0.9})
def outlier_pull(run: Runner, outlier: float = 4.0) -> Verdict:
    """Under squared errors one point of 12 has most of the pull; under absolute errors its twelfth."""
    result = run("outlier", outlier=outlier, seeds=STARTS)
    squared, absolute = float(np.median(result.last("mse_pull"))), float(np.median(result.last("mae_pull")))
    holds = squared > 0.7 and abs(absolute - 1 / 12) < 1e-9
    return Verdict(holds, round(100.0 * squared), "more than 70 % of the pull, 1/12 under absolute errors")


@claim("mean-and-median", broken={"power": 1})
def mean_and_median(run: Runner, power: int = 2) -> Verdict:
    """Of 2,001 constants the mean has the least mean square and the median the least mean absolute error."""
    y = np.random.default_rng(1).exponential(size=(100, 11))
    constants = np.linspace(0.0, 8.0, 2001)
    errors = np.abs(y[:, None, :] - constants[:, None])
    squared, absolute = (constants[np.argmin((errors**n).mean(axis=-1), axis=-1)] for n in (power, 1))
    apart = max(np.max(np.abs(squared - y.mean(axis=-1))), np.max(np.abs(absolute - np.median(y, axis=-1))))
    return Verdict(bool(apart <= 0.004), round(float(apart), 4), "within one step of 0.004, for 100 sets of 11 numbers")


# --- cross-entropy and the slope --------------------------------------------------------------------------------------


@claim("sure-costs", broken={"target": 1})
def sure_costs(run: Runner, target: int = 0) -> Verdict:
    """What p = 0.98 costs against target 0 under both losses, and p = 0.5 under cross-entropy against either."""
    sure = math.log(0.98 / 0.02)
    costs = [float(run("slope", z=sure, target=target, loss=loss).last("height")) for loss in ("mse", "bce")]
    costs += [float(run("slope", z=0.0, target=either, loss="bce").last("height")) for either in (0, 1)]
    holds = np.allclose(costs, (0.98**2, -math.log(0.02), math.log(2.0), math.log(2.0)), atol=1e-9)
    return Verdict(holds, ", ".join(f"{cost:.2f}" for cost in costs), "0.96, 3.91, 0.69, 0.69")


@claim("slope-when-wrong", broken={"target": 1})
def slope_when_wrong(run: Runner, target: int = 0) -> Verdict:
    """Sure and wrong, z = 6 and target 0: by z, cross-entropy has slope 1, the square next to none."""
    entropy, squared = (float(run("slope", z=6.0, target=target, loss=loss).last("slope_z")) for loss in ("bce", "mse"))
    return Verdict(entropy > 0.99 and 0.0 < squared < 0.006, round(squared, 4), "0.998 against less than 0.006")


@claim("bce-slope-is-error", broken={"loss": "mse"})
def bce_slope_is_error(run: Runner, loss: str = "bce") -> Verdict:
    """By the logit the slope of cross-entropy is the error p - y itself, for every z and both targets."""
    worst = 0.0
    for z in np.linspace(-8.0, 8.0, 17).tolist():
        for target in (0, 1):
            result = run("slope", z=z, target=target, loss=loss)
            worst = max(worst, abs(float(result.last("slope_z") - (result.last("output") - target))))
    return Verdict(worst < 1e-9, f"{worst:.0e}", "apart by less than 1e-9")


@claim("squared-creeps", broken={"w": 0.0})
def squared_creeps(run: Runner, w: float = 2.0) -> Verdict:
    """From w = b = 2 the squared cost brings the output from 0.9820 to 0.2028 in 300 epochs."""
    result = run("saturated", w=w)
    last = float(result.last("squared"))
    start = 1.0 / (1.0 + math.exp(-(w + 2.0)))
    return Verdict(abs(start - 0.9820) < 5e-5 and abs(last - 0.2028) < 5e-5, round(last, 4), "0.9820, then 0.2028")


@claim("entropy-arrives", broken={"learning_rate": 0.015})
def entropy_arrives(run: Runner, learning_rate: float = 0.15) -> Verdict:
    """From the same start cross-entropy reaches 0.0120."""
    last = float(run("saturated", learning_rate=learning_rate).last("bce"))
    return Verdict(abs(last - 0.0120) < 5e-5, f"{last:.4f}", "0.0120")


@claim("gradient-ratio", broken={"half": False})
def gradient_ratio(run: Runner, half: bool = True) -> Verdict:
    """At the start cross-entropy's gradient is 1/sigmoid'(4) = 56.62 times that of (p - y)²/2."""
    ratio = float(run("saturated", half=half, steps=1).last("first_ratio"))
    slope = 1.0 / (2.0 + math.exp(4.0) + math.exp(-4.0))
    return Verdict(abs(ratio - 1.0 / slope) < 1e-6, round(ratio, 2), "1/σ′(4) = 56.62")


@claim("gradient-ratio-whole", broken={"half": True})
def gradient_ratio_whole(run: Runner, half: bool = False) -> Verdict:
    """Against the square without its half the ratio is 28.31."""
    ratio = float(run("saturated", half=half, steps=1).last("first_ratio"))
    return Verdict(abs(ratio - 28.31) < 0.005, round(ratio, 2), "half of 56.62")


# --- the landscape ----------------------------------------------------------------------------------------------------


@claim("entropy-one-valley", broken={"loss": "mse"})
def entropy_one_valley(run: Runner, loss: str = "bce") -> Verdict:
    """On cross-entropy's surface of one neuron the ball gets down from every start."""
    solved = run("landscape", loss=loss, seeds=STARTS).solved
    return Verdict(solved == STARTS, solved, "100 of 100")


@claim("square-plateau", broken={"loss": "bce"})
def square_plateau(run: Runner, loss: str = "mse") -> Verdict:
    """On the squared error's surface of the same neuron many starts stay on the plateau."""
    result = run("landscape", loss=loss, seeds=STARTS)
    stuck = result.last("loss")[result.last("solved") < 0.5]
    holds = 30 <= result.solved <= 80 and bool(np.all(stuck > 0.3))
    return Verdict(holds, result.solved, "between 30 and 80 of 100, and the rest at a loss of more than 0.3")


@claim("two-valleys", broken={"model": "neuron"})
def two_valleys(run: Runner, model: str = "chain") -> Verdict:
    """Two weights in a row have two mirrored valleys; about half of the starts end up on each side."""
    side = run("landscape", model=model, seeds=STARTS).last("u_positive")
    upper = int(np.sum(side))
    return Verdict(30 <= upper <= 70, upper, "between 30 and 70 of 100 on one side")


# --- one of many, and floating point ----------------------------------------------------------------------------------


@claim("one-hot-is-index", broken={"shift": 1})
def one_hot_is_index(run: Runner, shift: int = 0) -> Verdict:
    """Categorical and sparse categorical cross-entropy agree to 1e-12, for 1,000 samples of 10 classes."""
    rng = np.random.default_rng(1)
    z, y = 5.0 * rng.standard_normal((1000, 10)), rng.integers(0, 10, 1000)
    rows = (np.arange(10) == ((y + shift) % 10)[:, None]).astype(np.float64)
    sparse, dense = (float(engine.values(engine.cross_entropy(z, labels))) for labels in (y, rows))
    return Verdict(abs(sparse - dense) < 1e-12, abs(sparse - dense), "apart by less than 1e-12")


@claim("labels-same-run", broken={"learning_rate": 0.02})
def labels_same_run(run: Runner, learning_rate: float = 0.03) -> Verdict:
    """Training with one-hot labels gives the losses of training with class numbers, step for step."""
    index = run("classes", labels="index", seeds=3, steps=100).series("loss")[1]
    rows = run("classes", labels="one_hot", seeds=3, steps=100, learning_rate=learning_rate).series("loss")[1]
    apart = float(np.max(np.abs(index - rows)))
    return Verdict(apart < 1e-5, apart, "100 losses of 3 starts, apart by less than 0.00001")


@claim("even-guess", broken={"classes": 5})
def even_guess(run: Runner, classes: int = 4) -> Verdict:
    """A fresh network that guesses evenly among 4 classes costs ln 4."""
    first = run("classes", classes=classes, seeds=3, steps=100).series("loss")[1][0]
    farthest = float(first[np.argmax(np.abs(first - math.log(4.0)))])
    return Verdict(abs(farthest - math.log(4.0)) < 1e-5, round(farthest, 4), "ln 4 = 1.3863")


@claim("classes-learned", broken={"noise": 1.0})
def classes_learned(run: Runner, noise: float = 0.3) -> Verdict:
    """The network tells four overlapping clouds apart on points that it never saw."""
    accuracy = 100.0 * float(np.median(run("classes", noise=noise, seeds=3).last("test_accuracy")))
    return Verdict(accuracy > 80.0, round(accuracy, 1), "more than 80 %, the median of 3 starts")


@claim("float32-fails", broken={"precision": "float64"})
def float32_fails(run: Runner, precision: str = "float32") -> Verdict:
    """In 32 bits 1 - sigmoid(z) is exactly zero from z = 17 on, and -ln of it infinite."""
    start = int(run("logits", precision=precision).last("fails_from"))
    return Verdict(start == 17, start, "17")


@claim("few-digits-left", broken={"precision": "float64"})
def few_digits_left(run: Runner, precision: str = "float32") -> Verdict:
    """At z = 15, 1 - p of a rounded p is a good part off."""
    rounded = float(run("logits", z=15.0, precision=precision).last("rest"))
    off = 100.0 * abs(rounded * (1.0 + math.exp(15.0)) - 1.0)
    return Verdict(5.0 < off < 40.0, round(off), "between 5 and 40 % off")


@claim("logits-form-holds", broken={"target": 1})
def logits_form_holds(run: Runner, target: int = 0) -> Verdict:
    """From the logit itself the loss of z = 1,000 against target 0 is 1,000 and its slope 1, in 32 bits."""
    result = run("logits", z=1000.0, target=target)
    loss, slope = float(result.last("in_one_piece")), float(result.last("one_piece_slope"))
    return Verdict((loss, slope) == (1000.0, 1.0), loss, "1,000 with slope 1")


# --- several at once, and trust ---------------------------------------------------------------------------------------


@claim("softmax-cannot-say-both", broken={"head": "sigmoid"})
def softmax_cannot_say_both(run: Runner, head: str = "softmax") -> Verdict:
    """With one softmax most documents are told wrong at the threshold of one half."""
    share = 100.0 * float(np.median(run("parts", head=head, seeds=10).last("document_accuracy")))
    return Verdict(share < 45.0, round(share), "under 45 % of the documents, the median of 10 starts")


@claim("sigmoids-say-all", broken={"head": "softmax"})
def sigmoids_say_all(run: Runner, head: str = "sigmoid") -> Verdict:
    """With four sigmoids nearly all documents are told right, from the same measurements."""
    share = 100.0 * float(np.median(run("parts", head=head, seeds=10).last("document_accuracy")))
    return Verdict(share > 97.0, round(share, 1), "more than 97 %, the median of 10 starts")


@claim("no-threshold-saves", broken={"head": "sigmoid"})
def no_threshold_saves(run: Runner, head: str = "softmax") -> Verdict:
    """Not even the best threshold brings softmax up to the sigmoids."""
    best = 100.0 * float(np.max(run("parts", head=head, seeds=10).last("best_accuracy")))
    return Verdict(best < 98.0, round(best, 1), "under 98 % in each of 10 starts, whatever the threshold")


@claim("nearly-by-heart", broken={"width": 0})
def nearly_by_heart(run: Runner, width: int = 32) -> Verdict:
    """The overgrown network is right on nearly all points that it learns from, and on clearly fewer new ones."""
    result = run("trust", width=width, seeds=10)
    known, new = (100.0 * float(np.median(result.last(name))) for name in ("accuracy", "test_accuracy"))
    return Verdict(known > 92.0 and known - new > 8.0, round(known, 1), "more than 92 %, 8 points above new ones")


@claim("sure-and-wrong", broken={"width": 0})
def sure_and_wrong(run: Runner, width: int = 32) -> Verdict:
    """Where the overgrown network is 90 % sure or more, it is right far less often than it says."""
    result = run("trust", width=width, seeds=10)
    gap = 100.0 * float(np.median(result.last("sure_confidence") - result.last("sure_accuracy")))
    return Verdict(gap > 6.0, round(gap, 1), "more than 6 points, the median of 10 starts")


@claim("temperature-repairs", broken={"temperature": 0.3})
def temperature_repairs(run: Runner, temperature: float = 4.0) -> Verdict:
    """Dividing every logit by 4 halves the calibration error or better, and no answer changes."""
    before, after = run("trust", seeds=10), run("trust", temperature=temperature, seeds=10)
    errors = [float(np.median(result.last("calibration_error"))) for result in (before, after)]
    is_same = bool(np.all(before.last("test_accuracy") == after.last("test_accuracy")))
    return Verdict(
        is_same and errors[1] < 0.6 * errors[0], round(errors[1] / errors[0], 2), "under 0.6 times the error"
    )


@claim("accuracy-flatters", broken={"share": 0.5})
def accuracy_flatters(run: Runner, share: float = 0.05) -> Verdict:
    """With 5 % of class 1, accuracy is above 90 % while a good part of class 1 is missed."""
    result = run("trust", share=share, seeds=10)
    accuracy, recall = (float(np.median(result.last(name))) for name in ("test_accuracy", "recall"))
    return Verdict(accuracy > 0.9 and recall < 0.75, round(100.0 * recall), "accuracy above 90 %, recall under 75 %")
