"""workbench/images and workbench/text, from the lab's own data and from files."""

import numpy as np
import pytest

from nnlab.data import write_idx
from nnlab.lab import data_files
from nnlab.lab.course import find_course
from nnlab.lab.errors import UsageError
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.lesson import load

IMAGE_PROBES = ("maps", "picture", "scores", "confusion", "mistakes", "gradients", "dead")
TEXT_PROBES = ("written", "gradients")


@pytest.fixture(scope="module")
def loaded():
    return load(find_course().lesson("workbench"))


@pytest.fixture
def run(loaded):
    """A function that trains an experiment, on a file where one is given."""

    def train(experiment, path=None, *, steps=20, seeds=1, probes=(), **knobs):
        data = data_files.keep(path) if path is not None else None
        recipe, settings = make_settings(loaded, experiment, knobs, data=data, steps=steps, seeds=seeds)
        return execute(recipe, settings, probes=probes)

    return train


def bars(count, side=10):
    """Images with a bright row (class 0), column (1) or nothing (2), uint8."""
    rng = np.random.default_rng(0)
    kind = np.arange(count) % 3
    images = rng.integers(0, 60, (count, side, side)).astype(np.uint8)
    for image, which in zip(images, kind, strict=True):
        place = rng.integers(side)
        if which == 0:
            image[place] = 250
        elif which == 1:
            image[:, place] = 250
    return images, kind.astype(np.uint8)


@pytest.fixture
def idx_images(tmp_path):
    images, labels = bars(240)
    write_idx(tmp_path / "bars-images-idx3-ubyte.gz", images)
    write_idx(tmp_path / "bars-labels-idx1-ubyte.gz", labels)
    return tmp_path / "bars-images-idx3-ubyte.gz"


def test_images_of_an_idx_file_are_named(run, idx_images):
    result = run("images", idx_images, steps=150, probes=IMAGE_PROBES, learning_rate=0.01)
    assert result.last("test_accuracy") > 0.9
    assert result.probes["confusion"]["values"].shape == (3, 3)
    assert result.probes["maps"]["images"].shape == (8, 8, 8)
    assert result.probes["scores"]["values"].sum() == pytest.approx(1.0)


def test_test_files_beside_are_what_is_looked_at(run, tmp_path):
    for part, count in (("train", 90), ("t10k", 30)):
        images, labels = bars(count)
        write_idx(tmp_path / f"{part}-images-idx3-ubyte", images)
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte", labels)
    assert run("images", tmp_path, steps=1, samples=90, probes=("confusion",)).probes["confusion"]["values"].sum() == 18
    assert (
        run("images", tmp_path, steps=1, samples=150, probes=("confusion",)).probes["confusion"]["values"].sum() == 30
    )


def test_images_of_an_npz_file_may_have_colours_and_two_classes(run, tmp_path):
    images, kind = bars(60)
    coloured = np.repeat(images[kind < 2][:, None], 3, axis=1)
    np.savez(tmp_path / "coloured.npz", x=coloured, y=kind[kind < 2])
    result = run("images", tmp_path / "coloured.npz", probes=IMAGE_PROBES)
    assert result.probes["picture"]["values"].shape == (3, 10, 10)
    assert result.probes["confusion"]["values"].shape == (2, 2)


@pytest.mark.parametrize("source", ["digits", "glyphs"])
def test_the_labs_images_and_a_seeds_axis(run, source):
    result = run("images", source=source, samples=100, seeds=2, steps=3, probes=IMAGE_PROBES)
    for observed in result.probes.values():
        assert all(len(array) == 2 for array in observed.values())


def test_a_network_that_cannot_take_images_says_where(run):
    with pytest.raises(UsageError, match=r"layers, character 1 .*put flatten or globalpool before it"):
        run("images", layers="8 tanh")


def test_images_of_one_class_are_refused(run, tmp_path):
    np.savez(tmp_path / "one.npz", x=np.zeros((20, 8, 8)), y=np.zeros(20, dtype=int))
    with pytest.raises(UsageError, match=r"one\.npz: all 20 images are of one class"):
        run("images", tmp_path / "one.npz")


@pytest.mark.parametrize(
    "layers", ["embed 8", "embed 8, rnn 16", "embed 8, lstm 16, dropout 0.1", "embed 8, gru 8, 8 relu"]
)
def test_networks_over_a_text(run, layers):
    result = run("text", layers=layers, steps=30, probes=TEXT_PROBES)
    assert result.last("loss") < 0.9 * result.series("loss")[1][0]
    assert len(result.probes["written"]["text"][0]) > 50


def test_a_text_file_by_words(run, tmp_path):
    (tmp_path / "story.txt").write_text("the cat sat on the mat and the dog sat on the log . " * 60)
    result = run("text", tmp_path / "story.txt", unit="word", steps=120, probes=TEXT_PROBES)
    assert result.last("test_perplexity") < 2
    assert "sat on the" in result.probes["written"]["text"][0]


def test_texts_have_a_seeds_axis_and_equal_seeds(run):
    together = run("text", seeds=2, steps=5, probes=TEXT_PROBES, layers="embed 8, lstm 8, dropout 0.2")
    alone = run("text", steps=5, layers="embed 8, lstm 8, dropout 0.2")
    assert together.probes["written"]["text"].shape[0] == 2
    assert together.series("loss")[1][:, 0].tobytes() == alone.series("loss")[1].tobytes()


@pytest.mark.parametrize(
    ("text", "knobs", "said"),
    [
        ("too short to cut", {}, "tokens"),
        ("aaaaaaaaaaaaaaaa" * 50, {}, "repeats one character only"),
        ("once upon a time " * 50, {"layers": "lstm 8"}, "begin with embed 16"),
    ],
)
def test_texts_that_cannot_be_learned_are_refused(run, tmp_path, text, knobs, said):
    (tmp_path / "t.txt").write_text(text)
    with pytest.raises(UsageError, match=said):
        run("text", tmp_path / "t.txt", **knobs)
