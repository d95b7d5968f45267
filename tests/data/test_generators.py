"""The seeded generators: shapes, balance, the exact shape without noise, and nothing but the seed in between."""

import numpy as np
import pytest

from nnlab.data import CORNERS, DATASETS, DataError, dataset, truth_table

CLASSIFIERS = [name for name in DATASETS if name != "planes"]


def rng(seed=3):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 80])
def test_any_number_of_points_has_two_columns_and_one_target_each(name, n):
    x, y = DATASETS[name](n, noise=0.1, rng=rng())
    assert x.shape == (n, 2)
    assert y.shape == (n,)
    assert x.dtype == np.float64
    assert y.dtype == (np.float64 if name == "planes" else np.int64)


@pytest.mark.parametrize("name", DATASETS)
def test_the_same_seed_draws_the_same_points_and_another_seed_others(name):
    first, again, other = (DATASETS[name](20, noise=0.1, rng=rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first[0], again[0])
    assert np.array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("name", CLASSIFIERS)
@pytest.mark.parametrize("n", [40, 41, 42])
def test_classes_are_balanced_to_one_point(name, n):
    _, y = DATASETS[name](n, noise=0.1, rng=rng())
    assert abs(int((y == 0).sum()) - int((y == 1).sum())) <= 1


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_noise_is_the_standard_deviation_around_the_noise_free_place(name):
    clean, _ = DATASETS[name](20_000, noise=0.0, rng=rng())
    noisy, _ = DATASETS[name](20_000, noise=0.17, rng=rng())
    spread = (noisy - clean).std(axis=0)
    assert np.allclose(spread, 0.17, atol=0.005)


def test_xor_without_noise_sits_on_the_corners_and_labels_them_by_exclusive_or():
    x, y = DATASETS["xor"](80, noise=0.0, rng=rng())
    corners, counts = np.unique(x, axis=0, return_counts=True)
    assert np.array_equal(corners, CORNERS)
    assert counts.tolist() == [20, 20, 20, 20]
    assert np.array_equal(y, x[:, 0].astype(int) ^ x[:, 1].astype(int))


def test_circles_without_noise_have_radius_nine_tenths_and_four_tenths():
    x, y = DATASETS["circles"](50, noise=0.0, rng=rng())
    assert np.allclose(np.hypot(*x.T), np.where(y == 1, 0.4, 0.9))


def test_gaussians_without_noise_collapse_onto_their_two_centres():
    x, y = DATASETS["gaussians"](50, noise=0.0, rng=rng())
    assert np.array_equal(x, np.where(y == 1, 0.5, -0.5)[:, None] * np.ones(2))


def test_moons_without_noise_are_two_half_circles_that_mirror_each_other():
    x, y = DATASETS["moons"](50, noise=0.0, rng=rng())
    upright = np.where(y == 1, -1.0, 1.0)[:, None] * x
    assert np.allclose(np.hypot(upright[:, 0] + 0.3, upright[:, 1] + 0.15), 0.6)
    assert (upright[:, 1] >= -0.15).all()


def test_spirals_without_noise_have_an_angle_that_grows_with_the_radius():
    x, y = DATASETS["spirals"](50, noise=0.0, rng=rng())
    radius = np.hypot(*x.T)
    expected = 3 * np.pi * (radius - 0.1) / 0.9 + np.pi * y
    assert np.allclose(np.stack([np.cos(expected), np.sin(expected)], axis=-1), x / radius[:, None])
    assert ((radius >= 0.1) & (radius <= 1.0)).all()


def test_planes_without_noise_are_recovered_by_least_squares():
    x, y = DATASETS["planes"](30, noise=0.0, rng=rng())
    solution, *_ = np.linalg.lstsq(np.column_stack([x, np.ones(30)]), y, rcond=None)
    assert np.allclose(solution, [0.6, -0.4, 0.1])


@pytest.mark.parametrize("gate", ["and", "or", "nand", "xor"])
def test_truth_tables_are_the_gates(gate):
    x, y = truth_table(gate)
    a, b = x.T.astype(bool)
    expected = {"and": a & b, "or": a | b, "nand": ~(a & b), "xor": a ^ b}[gate]
    assert np.array_equal(y, expected.astype(int))


def test_changing_a_truth_table_leaves_the_next_one_alone():
    x, _ = truth_table("and")
    x += 5
    assert np.array_equal(truth_table("and")[0], CORNERS)


def test_the_data_sets_come_in_order_of_growing_complexity():
    assert list(DATASETS) == ["planes", "gaussians", "xor", "circles", "moons", "spirals"]


def test_an_unknown_name_is_answered_with_the_nearest_one_and_the_list():
    with pytest.raises(DataError, match=r"no data set 'spiral'; did you mean 'spirals'\? There are: planes, gaussians"):
        dataset("spiral", 10, noise=0.1, rng=rng())
    with pytest.raises(DataError, match=r"no gate 'nor'.*There are: and, or, nand, xor"):
        truth_table("nor")


@pytest.mark.parametrize(("n", "noise"), [(-1, 0.1), (10, -0.1), (10, float("nan")), (10, float("inf"))])
@pytest.mark.parametrize("name", DATASETS)
def test_sizes_and_noises_that_make_no_sense_are_refused(name, n, noise):
    with pytest.raises(DataError, match=name):
        DATASETS[name](n, noise=noise, rng=rng())
