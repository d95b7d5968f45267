"""Supervised experiments on images (N, C, H, W): batches, tests and seeds as with points."""

import numpy as np
import pytest

from nnlab import engine, nn
from nnlab.data import split
from nnlab.lab.headless import execute
from nnlab.lab.knobs import Knob, resolve
from nnlab.lab.settings import Settings
from nnlab.lab.supervised import supervised


def bright_quarters(test):
    """Images of 6x6 pixels, bright in one of four corners: the class."""

    def data(knobs, rng):
        labels = np.arange(80) % 4
        images = 0.1 * rng.normal(size=(80, 1, 6, 6))
        for image, label in zip(images[:, 0], labels, strict=True):
            image[3 * (label // 2) :, 3 * (label % 2) :][:3, :3] += 1.0
        return split(images, labels, test=test, rng=rng)

    return data


def experiment(test=0.25):
    def model(knobs, rng):
        return nn.Sequential(
            nn.Conv2d(1, 2, 3, rng=rng), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(-3), nn.Linear(8, 4, rng=rng)
        )

    return supervised(
        knobs=(Knob("batch", 16, low=0), Knob("learning_rate", 0.03, above=0.0)),
        data=bright_quarters(test),
        model=model,
        optimizer=lambda knobs, model: nn.Adam(model, float(knobs["learning_rate"])),
        loss=engine.cross_entropy,
        views=(),
        steps=60,
    )


def run(recipe, *, seed=1, seeds=1):
    return execute(
        recipe, Settings("any", "any", resolve(recipe.knobs, {}), seed=seed, seeds=seeds, steps=60, device="cpu")
    )


@pytest.mark.parametrize("seeds", [1, 3])
def test_a_small_convolutional_network_learns_images(seeds):
    result = run(experiment(), seeds=seeds)
    assert result.last("test_accuracy").shape == (() if seeds == 1 else (3,))
    assert np.min(result.last("test_accuracy")) > 0.9


def test_a_seed_of_images_gives_the_same_alone_and_among_others():
    together, alone = run(experiment(), seeds=3), run(experiment(), seed=2)
    assert np.array_equal(together.series("loss")[1][:, 1], alone.series("loss")[1])


def test_without_held_back_images_nothing_is_tested():
    result = run(experiment(test=0.0))
    assert "accuracy" in result.run.metrics
    assert "test_accuracy" not in result.run.metrics
