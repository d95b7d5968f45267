"""Splitting: what is held back is never trained on, and every class is on both sides."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.data import DataError, Dataset, dataset, split


def numbered(n, classes=2):
    """Samples whose first column names the sample."""
    return np.stack([np.arange(n, dtype=np.float64), np.zeros(n)], axis=-1), np.arange(n) % classes


@given(n=st.integers(0, 60), test=st.floats(0, 0.99), classes=st.integers(1, 4))
def test_train_and_test_are_disjoint_and_lose_nothing(n, test, classes):
    x, y = numbered(n, classes)
    parts = split(x, y, test=test, rng=np.random.default_rng(0))
    assert sorted([*parts.x[:, 0], *parts.x_test[:, 0]]) == list(range(n))
    assert np.array_equal(parts.y, parts.x[:, 0] % classes)
    assert np.array_equal(parts.y_test, parts.x_test[:, 0] % classes)
    assert set(parts.y) == set(y)


def test_every_class_gives_the_same_share():
    x, y = numbered(300, classes=3)
    parts = split(x, y, test=0.25, rng=np.random.default_rng(0))
    assert np.bincount(parts.y_test).tolist() == [25, 25, 25]


def test_the_split_follows_the_seed():
    x, y = numbered(50)
    first, again, other = (split(x, y, test=0.4, rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.x_test, again.x_test)
    assert not np.array_equal(first.x_test, other.x_test)


def test_holding_nothing_back_keeps_the_order_and_draws_nothing():
    x, y = numbered(6)
    rng = np.random.default_rng(4)
    parts = split(x, y, test=0.0, rng=rng)
    assert np.array_equal(parts.x, x)
    assert parts.x_test.shape == (0, 2)
    assert rng.random() == np.random.default_rng(4).random()


def test_a_data_set_knows_its_inputs_and_classes():
    rng = np.random.default_rng(0)
    clouds = dataset("moons", 20, noise=0.1, rng=rng, test=0.5)
    assert (clouds.names, clouds.classes, clouds.is_regression) == (("x1", "x2"), 2, False)
    assert (len(clouds.x), len(clouds.x_test)) == (10, 10)
    plane = dataset("planes", 20, noise=0.1, rng=rng, test=0.5)
    assert (plane.classes, plane.is_regression) == (0, True)
    named = split(*numbered(4), test=0.0, rng=rng, names=("width", "height"))
    assert named.names == ("width", "height")


@pytest.mark.parametrize("test", [-0.1, 1.0, float("nan")])
def test_a_share_outside_zero_to_one_is_refused(test):
    with pytest.raises(DataError, match="share from 0"):
        split(*numbered(4), test=test, rng=np.random.default_rng(0))


def test_rows_and_targets_that_do_not_match_are_counted_in_the_error():
    x, y = numbered(4)
    with pytest.raises(DataError, match="4 rows but y has 3"):
        split(x, y[:3], test=0.5, rng=np.random.default_rng(0))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"x": np.empty((0, 2)), "y": np.empty(0, dtype=np.int64)}, "training set is empty"),
        ({"x": np.array([[0.0, 1.0], [np.nan, 2.0]])}, r"x holds nan in row 1 \(index \[1, 0\]\)"),
        ({"y_test": np.array([np.inf])}, "y_test holds inf in row 0"),
        ({"y": np.array([0, -1])}, "classes from -1 to 0, but 2 classes are numbered 0 to 1"),
        ({"y": np.array([0, 2])}, "classes from 0 to 2"),
    ],
)
def test_data_that_nothing_can_learn_from_is_refused(changes, said):
    whole = Dataset(np.zeros((2, 2)), np.array([0, 1]), np.zeros((1, 2)), np.array([1]), ("a", "b"), 2)
    whole.check()
    with pytest.raises(DataError, match=said):
        replace(whole, **changes).check()
