"""Mixtures and coverage: an ideal generator is perfect, a collapsed one is told from it by every measure."""

import math

import numpy as np
import pytest

from nnlab.data import DataError, Mixture, coverage, grid, ring


def rng(seed=0):
    return np.random.default_rng(seed)


def test_the_ring_has_eight_modes_at_radius_two():
    assert ring().centres.shape == (8, 2)
    assert np.allclose(np.hypot(*ring().centres.T), 2.0)
    neighbours = np.hypot(*(ring().centres - np.roll(ring().centres, 1, axis=0)).T)
    assert np.allclose(neighbours, 4 * math.sin(math.pi / 8))
    assert ring().sigma == 0.02


def test_the_grid_has_25_modes_from_minus_four_to_four():
    assert sorted(map(tuple, grid().centres)) == [(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)]


@pytest.mark.parametrize("mixture", [ring(), grid()], ids=["ring", "grid"])
def test_samples_follow_the_seed_and_spread_evenly_with_sigma(mixture):
    points = mixture.sample(20_000, rng=rng(1))
    assert (points.shape, points.dtype) == ((20_000, 2), np.float64)
    assert np.array_equal(points, mixture.sample(20_000, rng=rng(1)))
    assert not np.array_equal(points, mixture.sample(20_000, rng=rng(2)))
    distance = np.hypot(*(points[:, None] - mixture.centres).transpose(2, 0, 1))
    modes = len(mixture.centres)
    assert np.allclose(np.bincount(distance.argmin(axis=1)) / 20_000, 1 / modes, atol=0.01)
    assert np.isclose(np.sqrt((distance.min(axis=1) ** 2).mean() / 2), mixture.sigma, rtol=0.02)


def test_the_density_integrates_to_one():
    line = np.linspace(-3, 3, 601)
    points = np.stack(np.meshgrid(line, line), axis=-1)
    density = ring(sigma=0.1).density(points)
    assert density.shape == (601, 601)
    assert np.isclose(density.sum() * 0.01**2, 1.0, atol=1e-3)
    assert np.isclose(ring(modes=1, sigma=0.1).density(np.array([2.0, 0.0])), 1 / (2 * math.pi * 0.01))


@pytest.mark.parametrize("mixture", [ring(), grid()], ids=["ring", "grid"])
def test_real_samples_cover_every_mode(mixture):
    found = coverage(mixture.sample(10_000, rng=rng()), mixture)
    assert found.modes == len(mixture.centres)
    assert np.isclose(found.high_quality, 1 - math.exp(-4.5), atol=0.004)
    assert 0 <= found.reverse_kl < 0.003
    assert found.counts.sum() == round(found.high_quality * 10_000)


def test_a_collapsed_generator_hits_one_mode_and_its_reverse_kl_is_ln_k():
    found = coverage(np.tile(ring().centres[3], (50, 1)), ring())
    assert (found.modes, found.high_quality) == (1, 1.0)
    assert found.counts.tolist() == [0, 0, 0, 50, 0, 0, 0, 0]
    assert np.isclose(found.reverse_kl, math.log(8))


def test_half_the_modes_evenly_cost_ln_two():
    assert np.isclose(coverage(np.tile(ring().centres[::2], (9, 1)), ring()).reverse_kl, math.log(2))


def test_points_between_the_modes_count_for_none_but_have_a_nearest_one():
    found = coverage(0.9 * ring().centres, ring())
    assert (found.modes, found.high_quality) == (0, 0.0)
    assert np.isclose(found.reverse_kl, 0.0)


def test_three_standard_deviations_are_the_border():
    edge = np.array([[2.0 + 2.99 * 0.02, 0.0], [2.0 + 3.01 * 0.02, 0.0]])
    assert coverage(edge, ring()).high_quality == 0.5


def test_points_that_are_not_finite_are_at_no_mode():
    points = np.array([[2.0, 0.0], [np.nan, 0.0], [np.inf, 0.0], [2.0, 0.0]])
    found = coverage(points, ring())
    assert (found.modes, found.high_quality) == (1, 0.5)
    assert np.isclose(found.reverse_kl, math.log(8))
    nothing = coverage(points[1:2], ring())
    assert (nothing.modes, nothing.high_quality) == (0, 0.0)
    assert math.isnan(nothing.reverse_kl)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: coverage(np.zeros((0, 2)), ring()), r"points are \(0, 2\)"),
        (lambda: coverage(np.zeros((5, 3)), ring()), r"points are \(5, 3\)"),
        (lambda: ring(modes=0), r"centres are \(0, 2\)"),
        (lambda: ring(sigma=0.0), "sigma is 0"),
        (lambda: Mixture(np.zeros((3, 1)), 0.1), r"centres are \(3, 1\)"),
    ],
)
def test_what_cannot_be_measured_or_drawn_is_refused(ask, said):
    with pytest.raises(DataError, match=said):
        ask()
