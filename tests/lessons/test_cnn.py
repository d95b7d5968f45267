"""The lesson on convolutional networks: what its walks show adds up."""

import sys
from functools import partial

import numpy as np
import pytest

from nnlab import engine
from nnlab.data import write_digit, write_idx
from nnlab.lab import code_files, data_files
from nnlab.lab.errors import UsageError
from nnlab.lab.faults import CodeError
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.training import Training
from nnlab.plots.palette import Palette
from nnlab.stage import draw_view
from tests.lessons import opened

LESSON = opened.lesson("cnn")
RUN = opened.runner("cnn")
training = partial(opened.training, "cnn")


def test_a_window_s_products_add_up_to_the_number_in_the_map():
    for knobs in ({}, {"stride": 2, "padding": 1, "kernel": "outline", "bias": 7}):
        run = training("window", knobs=knobs, steps=60)
        for _ in range(60):
            run.advance(1)
            seen = run.observe(["arithmetic", "map"])
            parts, values = seen["arithmetic"], seen["map"]
            row, column = values["frame"][:2]
            total = (parts["window"] * parts["kernel"]).sum() + parts["bias"]
            assert total == values["values"][row, column]


def test_the_knobs_put_the_window_where_they_say():
    run = training("window", knobs={"row": 6, "column": 9}, steps=0)
    assert run.observe(["picture"])["picture"]["frame"].tolist() == [5, 8, 3, 3]


def test_a_walk_shows_only_what_it_has_reached():
    run = training("window", steps=40)
    known = [int(np.isfinite(run.observe(["map"])["map"]["values"]).sum())]
    for _ in range(3):
        run.advance(1)
        known.append(int(np.isfinite(run.observe(["map"])["map"]["values"]).sum()))
    assert known == [1, 2, 3, 4]


def test_the_pooled_window_is_written_as_it_is_pooled():
    run = training("pooling", steps=0)
    assert "max(15, 8, 20, 9)" in run.observe(["window"])["window"]["text"].tolist()
    assert "= 52 / 4 = 13" in run.observe(["window"])["window"]["text"].tolist()


def test_saliency_is_the_slope_that_nudging_a_pixel_measures():
    # The mean has no ties: on a black border many windows have several largest pixels, and a kink for each.
    run = training("digits", knobs={"pooling": "average"}, steps=30)
    run.advance(30)
    state = run.state
    shown = run.observe(["saliency"])["saliency"]["values"]
    x = engine.to_host(state.data.x_test)[:1].astype(np.float64)
    best = int(engine.to_host(engine.values(state.model(x.astype(np.float32)))).argmax())

    def score(image):
        return float(engine.to_host(engine.values(state.model(image.astype(np.float32))))[0, best])

    slopes = np.zeros((12, 12))
    for row in range(12):
        for column in range(12):
            nudge = np.zeros_like(x)
            nudge[0, 0, row, column] = 1e-3
            slopes[row, column] = (score(x + nudge) - score(x - nudge)) / 2e-3
    assert np.corrcoef(shown.reshape(-1), slopes.reshape(-1))[0, 1] > 0.98


def test_the_confusion_matrix_and_the_mistakes_count_the_same():
    run = training("digits", steps=200)
    run.advance(200)
    seen = run.observe(["confusion", "mistakes"])
    values = seen["confusion"]["values"]
    wrong = int(values.sum() - np.trace(values))
    assert values.sum() == run.state.data.x_test.shape[0]
    assert sum(label != "" for label in seen["mistakes"]["labels"]) == min(12, wrong)


def test_the_digit_on_show_changes_while_training_goes_on():
    run = training("digits", steps=5)
    before = run.observe(["chain"])["chain"]["stage0"]
    run.experiment.change(run.state, "sample", 5)
    assert not np.array_equal(before, run.observe(["chain"])["chain"]["stage0"])


@pytest.mark.parametrize(
    ("goal", "reached", "missed"),
    [
        ("few-numbers", {"channels": 4}, {"channels": 8}),
        ("shift-proof", {"augment": True}, {"augment": False}),
    ],
)
def test_a_goal_holds_for_a_solution_and_fails_for_a_near_miss(goal, reached, missed):
    assert all(check.holds for check in LESSON.goals[goal](RUN("digits", **reached)))
    assert not all(check.holds for check in LESSON.goals[goal](RUN("digits", **missed)))


def test_a_learner_s_map_is_walked_with_stride_border_and_bias():
    knobs = {"stride": 2, "padding": 1, "bias": 7, "kernel": "horizontal"}
    code = code_files.solution(LESSON.lesson, "slide-and-sum")
    theirs = training("window", knobs=knobs, steps=5, code=code)
    ours = training("window", knobs=knobs, steps=5)
    assert np.allclose(theirs.state.map, ours.state.map)
    flipped = LESSON.experiment("window", correlate=LESSON.codes["slide-and-sum"].wrong)
    _, settings = make_settings(LESSON, "window", knobs, steps=5)
    assert np.allclose(Training(flipped, settings).state.map, ours.state.flipped)


@pytest.mark.parametrize("given", [None, 3.0, "z", np.zeros((2, 2)), [[1.0], [2.0, 3.0]]])
def test_a_learner_s_map_of_another_form_says_what_is_expected(given):
    with pytest.raises(CodeError, match=r"correlate returned .*; return z \(2, 3\)"):
        LESSON.codes["slide-and-sum"](lambda image, kernel, stride: given)


def test_a_learner_s_map_without_numbers_is_refused_with_the_first_of_them():
    with pytest.raises(CodeError, match=r"correlate returned nan; return z"):
        LESSON.codes["slide-and-sum"](lambda image, kernel, stride: np.full((2, 3), np.nan))


def own_images(folder, classes):
    """Images of 14x10 pixels, each with a bright row where its class says, as IDX files; returns them as user data."""
    labels = (np.arange(40 * classes) % classes).astype(np.uint8)
    images = np.random.default_rng(0).integers(0, 80, (len(labels), 14, 10)).astype(np.uint8)
    images[np.arange(len(labels)), 1 + labels % 12] = 250
    write_idx(folder / "mine-images-idx3-ubyte", images)
    write_idx(folder / "mine-labels-idx1-ubyte", labels)
    return data_files.keep(folder / "mine-images-idx3-ubyte")


@pytest.mark.parametrize("model", ["cnn", "mlp"])
def test_the_users_images_take_the_digits_place(tmp_path, monkeypatch, model):
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))
    data = own_images(tmp_path, 4)
    recipe, settings = make_settings(LESSON, "digits", {"model": model}, data=data, steps=60)
    result = execute(recipe, settings, probes=tuple(recipe.probes))
    assert settings.data == data.hash
    assert result.last("test_accuracy") > 0.9
    assert result.probes["digit"]["values"].shape == (14, 14)
    assert result.probes["confusion"]["values"].sum() == 32


def test_more_classes_than_the_network_names_are_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))
    with pytest.raises(UsageError, match=r"holds 12 classes, but this network names 10; workbench/images takes more"):
        make_settings(LESSON, "digits", {}, data=own_images(tmp_path, 12))


def test_a_drawn_digit_stands_among_the_users_images(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))
    levels = np.zeros((8, 8), dtype=np.int64)
    levels[:, 3] = 16
    recipe, settings = make_settings(
        LESSON, "digits", {"drawing": write_digit(levels)}, data=own_images(tmp_path, 4), steps=2, seeds=2
    )
    shown = execute(recipe, settings, probes=("digit",)).probes["digit"]["values"]
    assert shown.shape == (2, 14, 14)
    assert shown.sum() == 2 * 8


def test_the_moved_digits_are_labelled_with_what_the_network_takes_them_for():
    run = training("digits", knobs={"sample": 3}, seeds=2, steps=60)
    seen = run.observe(["moved", "scores"])
    assert seen["moved"]["images"].shape == (2, 5, 12, 12)
    as_it_stands = [label.split()[1] for label in seen["moved"]["labels"][:, 0].tolist()]
    assert as_it_stands == [str(digit) for digit in seen["scores"]["values"].argmax(axis=-1).tolist()]
    right = seen["moved"]["images"][0, 1]
    assert np.array_equal(right[:, 1:], seen["moved"]["images"][0, 0][:, :-1])


def test_the_table_of_the_softmax_holds_what_its_bars_show():
    seen = training("digits", steps=5).observe(["outputs", "scores"])
    shares = seen["scores"]["values"]
    assert np.allclose(seen["outputs"]["p"], sorted(shares, reverse=True))
    assert [int(digit) for digit in seen["outputs"][""]] == np.argsort(-shares, kind="stable").tolist()
    assert np.allclose(seen["outputs"]["exp z"], np.exp(seen["outputs"]["z"]))


def test_shuffling_moves_pixels_and_loses_none():
    moves = sys.modules["nnlab_lesson_cnn.moves"]
    images = np.arange(2 * 36.0).reshape(2, 6, 6)
    mixed = moves.shuffled(images)
    assert not np.array_equal(mixed, images)
    assert np.array_equal(moves.unshuffled(mixed), images)
    assert np.array_equal(moves.shuffled(images[:1]), mixed[:1])


def test_the_confusion_matrix_names_its_rows_and_columns():
    """An option that the screen read for itself was called rows, too, and took the names of the rows away."""
    result = RUN("digits", steps=5, probes=("confusion",))
    view = next(view for view in LESSON.experiment("digits").views if view.id == "confusion")
    grid = draw_view(view, result.run, title="", size=(42, 22), palette=Palette(depth="mono"))
    assert [line[0] for line in grid.lines()[2::2]] == list("0123456789")
