"""Drawn digits: seeded, legible, inside their frame, each a bend of one model."""

import numpy as np
import pytest

from nnlab.data import DataError, glyphs, worked_eight


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("n", [0, 1, 25])
@pytest.mark.parametrize("size", [8, 12, 28])
def test_glyphs_are_images_from_zero_to_one_with_labels_in_turn(n, size):
    x, y = glyphs(n, rng=rng(), size=size)
    assert (x.shape, x.dtype, y.dtype) == ((n, 1, size, size), np.float64, np.int64)
    assert ((x >= 0) & (x <= 1)).all()
    assert np.array_equal(y, np.arange(n) % 10)


def test_the_same_seed_draws_the_same_glyphs_and_another_seed_others():
    first, again, other = (glyphs(20, rng=rng(seed))[0] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_without_wobble_a_digit_is_always_the_same_and_no_two_digits_are():
    x, _ = glyphs(20, rng=rng(), wobble=0.0)
    assert np.array_equal(x[:10], x[10:])
    difference = np.abs(x[:10, None] - x[None, :10]).mean(axis=(2, 3, 4))
    assert difference[~np.eye(10, dtype=bool)].min() > 0.03


def test_glyphs_stay_inside_their_frame_and_have_ink():
    x, _ = glyphs(500, rng=rng())
    edge = np.ones((28, 28), bool)
    edge[1:-1, 1:-1] = False
    assert x[:, 0, edge].mean() < 0.003
    ink = x.mean(axis=(1, 2, 3))
    assert 0.04 < ink.min() < ink.max() < 0.35


def test_the_nearest_mean_image_names_most_glyphs_but_not_all():
    x, y = glyphs(600, rng=rng())
    means = np.stack([x[:300][y[:300] == digit].mean(axis=0) for digit in range(10)])
    guesses = ((x[300:, None] - means) ** 2).sum(axis=(2, 3, 4)).argmin(axis=1)
    assert 0.7 < (guesses == y[300:]).mean() < 1.0


def test_strokes_that_meet_bend_together():
    x, _ = glyphs(200, rng=rng())
    one_piece = 0
    for image in x[:, 0]:
        unseen = {tuple(place) for place in np.argwhere(image > 0.05)}
        grown = [unseen.pop()]
        while grown:
            row, column = grown.pop()
            near = {(row + r, column + c) for r in (-1, 0, 1) for c in (-1, 0, 1)} & unseen
            unseen -= near
            grown += near
        one_piece += not unseen
    assert one_piece == 200


def test_the_worked_eight_has_784_whole_pixels_from_black_to_white_and_mirrors_itself():
    eight = worked_eight()
    assert (eight.shape, eight.size, eight.dtype) == ((28, 28), 784, np.int64)
    assert (eight.min(), eight.max()) == (0, 255)
    assert np.abs(eight - eight[:, ::-1]).max() <= 1


@pytest.mark.parametrize(("n", "size", "wobble"), [(-1, 28, 1.0), (5, 7, 1.0), (5, 28, -0.1), (5, 28, float("nan"))])
def test_glyphs_that_cannot_be_drawn_are_refused(n, size, wobble):
    with pytest.raises(DataError, match="glyphs: "):
        glyphs(n, rng=rng(), size=size, wobble=wobble)
