"""Sequences whose answer needs memory: the adding problem, the copy task, and series to forecast.

What is drawn anew for every step is time-major like the recurrent layers, x (T, n, ...); a forecast is a Dataset, so
its samples come first, x (n, T).
"""

import math

import numpy as np

from nnlab.data.dataset import Array, Dataset, Samples
from nnlab.data.errors import DataError

COPY_SYMBOLS = 10
COPY_LETTERS = 8
ADDING_BASELINE = 1 / 6
"""Mean squared error of always answering 1: the variance of the sum of two uniform numbers."""


def adding_problem(n: int, length: int, *, rng: np.random.Generator) -> Samples:
    """Numbers with two of them marked, one in each half; the target is their sum.

    x (length, n, 2) float64: a number uniform in [0, 1), and 1 where it is marked, else 0. y (n, 1) float64.
    Hochreiter, Schmidhuber 1997, section 5.4, in the form of arXiv 1504.00941. Raises DataError for a length below 2.
    """
    if n < 0 or length < 2:
        raise DataError(f"adding_problem: n is {n} and length {length}, but two marks need at least 2 steps.")
    numbers = rng.random((length, n))
    marks = np.zeros((length, n))
    columns = np.arange(n)
    marks[rng.integers(0, length // 2, n), columns] = 1.0
    marks[rng.integers(length // 2, length, n), columns] = 1.0
    return np.stack([numbers, marks], axis=-1), (numbers * marks).sum(axis=0)[:, None]


def copy_task(n: int, blanks: int, *, rng: np.random.Generator) -> Samples:
    """Ten symbols to be kept through `blanks` steps and then written in the same order.

    x, y (blanks + 20, n) int64. x: 10 letters from 1 to 8, blanks - 1 zeros, the mark 9 that asks for them, 10 zeros;
    y: blanks + 10 zeros, then the letters. So x has 10 kinds of tokens and y 9. Hochreiter, Schmidhuber 1997, in the
    form of arXiv 1511.06464. Raises DataError for blanks below 1.
    """
    if n < 0 or blanks < 1:
        raise DataError(f"copy_task: n is {n} and blanks {blanks}, but the mark needs at least 1 step.")
    letters = rng.integers(1, COPY_LETTERS, (COPY_SYMBOLS, n), endpoint=True)
    x = np.zeros((blanks + 2 * COPY_SYMBOLS, n), dtype=np.int64)
    y = np.zeros_like(x)
    x[:COPY_SYMBOLS] = letters
    x[COPY_SYMBOLS + blanks - 1] = COPY_LETTERS + 1
    y[-COPY_SYMBOLS:] = letters
    return x, y


def copy_baseline(blanks: int) -> float:
    """Cross-entropy in nats a step without memory: blanks are sure, each of ten letters is a guess among eight."""
    return COPY_SYMBOLS * math.log(COPY_LETTERS) / (blanks + 2 * COPY_SYMBOLS)


def sine(length: int, *, period: float, noise: float, rng: np.random.Generator) -> Array:
    """A sine of that period in steps, from a drawn phase, plus noise of that standard deviation: (length,) float64."""
    if length < 0 or not 0 < period < math.inf or not 0 <= noise < math.inf:
        raise DataError(
            f"sine: length is {length}, period {period:g}, noise {noise:g}; give a length and noise from 0 and a"
            " period above 0."
        )
    angle = 2 * np.pi * np.arange(length) / period + rng.uniform(0, 2 * np.pi)
    wave: Array = np.sin(angle) + noise * rng.standard_normal(length)
    return wave


def windows(series: Array, width: int, *, ahead: int = 1) -> Samples:
    """All windows of `width` values of a series (m,), each with the value `ahead` steps behind its end.

    x (n, width), y (n,), n = m - width - ahead + 1; copies, never views. Raises DataError when the series is shorter.
    """
    if series.ndim != 1 or width < 1 or ahead < 1 or len(series) < width + ahead:
        raise DataError(
            f"windows: a series {series.shape} has no window of {width} with a target {ahead} ahead; give one axis of"
            f" at least {max(width, 1) + max(ahead, 1)} values."
        )
    count = len(series) - width - ahead + 1
    places = np.arange(count)[:, None] + np.arange(width)
    return series[places], series[width + ahead - 1 :].copy()


def forecast(series: Array, width: int, *, ahead: int = 1, test: float = 0.25) -> Dataset:
    """Windows of a series (m,) as a regression, the last share `test` of the time held back.

    No value that a test sample has to predict was seen in training, neither in a window nor as a target. x (n, width),
    oldest value first. Raises DataError for a series too short for both parts, or a share outside [0, 1).
    """
    if not 0 <= test < 1:
        raise DataError(f"forecast: test is {test:g}, but it must be a share from 0 up to, not including, 1.")
    x, y = windows(series, width, ahead=ahead)
    first = len(series) - math.floor(test * len(series) + 0.5)
    trained = first - width - ahead + 1
    if trained < 1:
        raise DataError(
            f"forecast: {len(series)} values leave none to train on with windows of {width} and {test:g} held back;"
            " give a longer series, or a smaller width or share."
        )
    names = tuple(f"t-{lag}" for lag in range(width + ahead - 1, ahead - 1, -1))
    return Dataset(x[:trained], y[:trained], x[trained:], y[trained:], names, 0)
