"""Sequences: the answer is where the task says it is, and nowhere else."""

import math

import numpy as np
import pytest

from nnlab.data import ADDING_BASELINE, DataError, adding_problem, copy_baseline, copy_task, forecast, sine, windows


def rng(seed=0):
    return np.random.default_rng(seed)


DRAWN = {
    "adding": lambda seed: adding_problem(5, 9, rng=rng(seed)),
    "copy": lambda seed: copy_task(5, 9, rng=rng(seed)),
    "sine": lambda seed: (sine(30, period=7, noise=0.1, rng=rng(seed)),),
}


@pytest.mark.parametrize("draw", DRAWN.values(), ids=DRAWN)
def test_the_same_seed_draws_the_same_sequences_and_another_seed_others(draw):
    for first, again, other in zip(draw(1), draw(1), draw(2), strict=True):
        assert np.array_equal(first, again)
        assert not np.array_equal(first, other)


@pytest.mark.parametrize("length", [2, 3, 50])
def test_adding_marks_one_number_in_each_half_and_asks_for_their_sum(length):
    x, y = adding_problem(200, length, rng=rng())
    assert (x.shape, y.shape, x.dtype, y.dtype) == ((length, 200, 2), (200, 1), np.float64, np.float64)
    numbers, marks = x[..., 0], x[..., 1]
    assert ((numbers >= 0) & (numbers < 1)).all()
    assert set(np.unique(marks)) <= {0.0, 1.0}
    assert (marks[: length // 2].sum(axis=0) == 1).all()
    assert (marks[length // 2 :].sum(axis=0) == 1).all()
    assert np.allclose(y[:, 0], (numbers * marks).sum(axis=0))


def test_always_answering_one_to_the_adding_problem_costs_a_sixth():
    _, y = adding_problem(200_000, 4, rng=rng())
    assert np.isclose(((y - 1) ** 2).mean(), ADDING_BASELINE, atol=0.002)


def test_every_place_of_each_half_is_marked_sometimes():
    x, _ = adding_problem(2000, 11, rng=rng())
    assert (x[..., 1].sum(axis=1) > 0).all()


@pytest.mark.parametrize("blanks", [1, 2, 100])
def test_copying_asks_for_the_ten_letters_after_the_mark(blanks):
    x, y = copy_task(50, blanks, rng=rng())
    assert (x.shape, y.shape, x.dtype, y.dtype) == ((blanks + 20, 50), (blanks + 20, 50), np.int64, np.int64)
    assert np.array_equal(y[-10:], x[:10])
    assert set(np.unique(x[:10])) == set(range(1, 9))
    assert (x[9 + blanks] == 9).all()
    assert (x == 9).sum() == 50
    assert not x[10 : 9 + blanks].any()
    assert not x[10 + blanks :].any()
    assert not y[:-10].any()


def test_the_baseline_of_the_copy_task_is_what_a_memoryless_guess_costs():
    blanks = 30
    _, y = copy_task(7, blanks, rng=rng())
    cost = np.where(y > 0, math.log(8), 0.0)
    assert np.isclose(copy_baseline(blanks), cost.mean())
    assert np.isclose(copy_baseline(100), 10 * math.log(8) / 120)


def test_a_sine_without_noise_repeats_after_its_period_and_noise_has_its_deviation():
    wave = sine(100, period=20, noise=0.0, rng=rng())
    assert np.allclose(wave[:80], wave[20:])
    assert np.allclose(wave[:90], -wave[10:])
    noisy = sine(50_000, period=20, noise=0.3, rng=rng()) - sine(50_000, period=20, noise=0.0, rng=rng())
    assert np.isclose(noisy.std(), 0.3, atol=0.01)


def test_windows_carry_the_value_that_follows():
    x, y = windows(np.arange(6.0), 3)
    assert x.tolist() == [[0, 1, 2], [1, 2, 3], [2, 3, 4]]
    assert y.tolist() == [3, 4, 5]
    x, y = windows(np.arange(6.0), 3, ahead=3)
    assert (x.tolist(), y.tolist()) == ([[0, 1, 2]], [5])


def test_changing_windows_leaves_the_series_alone():
    series = np.arange(6.0)
    x, y = windows(series, 2)
    x += 1
    y += 1
    assert np.array_equal(series, np.arange(6.0))


@pytest.mark.parametrize(("width", "ahead", "test"), [(3, 1, 0.25), (1, 1, 0.5), (5, 4, 0.3), (2, 1, 0.0)])
def test_a_forecast_never_trains_on_what_it_is_tested_on(width, ahead, test):
    data = forecast(np.arange(40.0), width, ahead=ahead, test=test)
    held_back = round(40 * test)
    assert (data.is_regression, len(data.names), data.x.shape[1]) == (True, width, width)
    assert sorted(data.y_test) == list(range(40 - held_back, 40))
    seen = {*data.x.ravel(), *data.y}
    assert not seen & set(data.y_test)
    assert np.array_equal(data.y, data.x[:, -1] + ahead)


def test_the_inputs_of_a_forecast_are_named_by_their_age():
    assert forecast(np.arange(20.0), 3, ahead=2).names == ("t-4", "t-3", "t-2")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: adding_problem(3, 1, rng=rng()), "two marks need at least 2 steps"),
        (lambda: copy_task(3, 0, rng=rng()), "blanks 0"),
        (lambda: sine(10, period=0, noise=0, rng=rng()), "a period above 0"),
        (lambda: windows(np.arange(3.0), 3), r"a series \(3,\) has no window of 3"),
        (lambda: windows(np.zeros((3, 2)), 1), r"a series \(3, 2\)"),
        (lambda: forecast(np.arange(10.0), 3, test=1.0), "test is 1"),
        (lambda: forecast(np.arange(10.0), 6, test=0.5), "leave none to train on"),
    ],
)
def test_a_task_that_cannot_be_drawn_is_refused(ask, said):
    with pytest.raises(DataError, match=said):
        ask()
