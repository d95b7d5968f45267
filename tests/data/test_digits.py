"""The real digits that come with nnlab, and the frames and shifts around them."""

import hashlib

import numpy as np
import pytest

from nnlab.data import DataError, digit_images, digits, pad, shift, shift_randomly
from nnlab.data.assets import asset
from nnlab.data.errors import DataFileError


def test_there_are_1797_digits_with_the_counts_that_the_source_states():
    images, labels = digit_images()
    assert images.shape == (1797, 8, 8)
    assert (images.min(), images.max()) == (0.0, 1.0)
    assert np.array_equal(images * 16, np.round(images * 16))
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_pixels_are_those_of_the_source_to_the_last_one():
    images, labels = digit_images()
    whole = (images * 16).astype(np.uint8).tobytes() + labels.astype(np.uint8).tobytes()
    assert hashlib.sha256(whole).hexdigest() == "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"


def test_the_test_part_is_the_same_share_of_every_class():
    data = digits(rng=np.random.default_rng(0), size=12, test=0.2)
    assert (data.x.shape, data.x_test.shape) == ((1438, 1, 12, 12), (359, 1, 12, 12))
    assert (data.x.dtype, data.y.dtype, data.classes) == (np.float64, np.int64, 10)
    shares = np.bincount(data.y_test) / np.bincount(np.concatenate([data.y, data.y_test]))
    assert np.allclose(shares, 0.2, atol=0.003)


def test_the_split_of_the_digits_follows_the_seed():
    first, again, other = (digits(rng=np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first.x_test, again.x_test)
    assert not np.array_equal(first.x_test, other.x_test)


def test_padding_puts_the_image_in_the_middle_of_black():
    image = np.arange(1.0, 7.0).reshape(2, 3)
    assert pad(image, 5).tolist() == [[0] * 5, [0, 1, 2, 3, 0], [0, 4, 5, 6, 0], [0] * 5, [0] * 5]
    assert np.array_equal(pad(image[None, :, :2], 2), image[None, :, :2])
    with pytest.raises(DataError, match="size is 7, but the images have 8x8 pixels"):
        digits(rng=np.random.default_rng(0), size=7)


def test_a_shift_moves_every_pixel_and_brings_in_black():
    image = np.arange(1, 10).reshape(3, 3)
    assert shift(image, right=1).tolist() == [[0, 1, 2], [0, 4, 5], [0, 7, 8]]
    assert shift(image, right=-1, down=2).tolist() == [[0, 0, 0], [0, 0, 0], [2, 3, 0]]
    assert np.array_equal(shift(image), image)
    assert not shift(image, right=-7).any()


def test_a_padded_digit_comes_back_from_a_shift_of_two():
    images = digits(rng=np.random.default_rng(0), size=12, test=0.0).x
    for right, down in ((2, 0), (-2, 2), (0, -2)):
        assert np.array_equal(shift(shift(images, right=right, down=down), right=-right, down=-down), images)


def test_random_shifts_reach_every_step_and_follow_the_seed():
    images = np.zeros((400, 1, 5, 5))
    images[:, 0, 2, 2] = 1.0
    moved, again = (shift_randomly(images, 1, rng=np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(moved, again)
    places, counts = np.unique(np.argwhere(moved)[:, 2:], axis=0, return_counts=True)
    assert places.tolist() == [[row, column] for row in (1, 2, 3) for column in (1, 2, 3)]
    assert counts.sum() == 400
    assert counts.min() > 20
    assert np.array_equal(shift_randomly(images, 0, rng=np.random.default_rng(0)), images)
    with pytest.raises(DataError, match="pixels is -1"):
        shift_randomly(images, -1, rng=np.random.default_rng(0))


def test_a_file_that_nnlab_lost_is_named():
    with pytest.raises(DataFileError, match=r"letters\.gz is missing"):
        asset("letters.gz")
