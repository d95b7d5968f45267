"""workbench/table: own tables and the lab's points, from the settings to the result."""

import numpy as np
import pytest

from nnlab import engine
from nnlab.lab import data_files, wire
from nnlab.lab.class_losses import sigmoid_squared_error, softmax_squared_error
from nnlab.lab.course import find_course
from nnlab.lab.errors import UsageError
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.lesson import load
from nnlab.lab.training import Training
from nnlab.lab.workbench import bench
from nnlab.lab.workbench.table import VIEWS
from nnlab.plots import Palette
from nnlab.stage import draw_view
from tests.lab.test_trainer import Trainer

PROBES = ("field", "network", "confusion", "prediction", "weights", "gradients", "dead", "thumbnails")


@pytest.fixture(scope="module")
def loaded():
    return load(find_course().lesson("workbench"))


@pytest.fixture
def run(loaded, tmp_path):
    """A function that trains on the text of a table, or without one."""

    def train(text="", *, steps=100, seeds=1, probes=(), **knobs):
        data = None
        if text:
            (tmp_path / "t.csv").write_text(text)
            data = data_files.keep(tmp_path / "t.csv")
        recipe, settings = make_settings(loaded, "table", knobs, data=data, steps=steps, seeds=seeds)
        return execute(recipe, settings, probes=probes)

    return train


def flowers(classes=3, count=90):
    """Clouds of `classes` kinds in four columns, with the kind as text."""
    rng = np.random.default_rng(3)
    kind = np.arange(count) % classes
    x = rng.normal(size=(count, 4)) + 3 * kind[:, None]
    rows = [",".join(f"{value:.4f}" for value in row) + f",kind{k}" for row, k in zip(x, kind, strict=True)]
    return "a,b,c,d,sort\n" + "\n".join(rows) + "\n"


def plane(count=80):
    """y = 100 + 30 a - 20 b, without noise."""
    x = np.random.default_rng(4).normal(size=(count, 2))
    rows = [f"{a:.6f},{b:.6f},{100 + 30 * a - 20 * b:.6f}" for a, b in x]
    return "a,b,price\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_texts_in_the_last_column_are_classes(run, classes):
    result = run(flowers(classes), steps=300, probes=PROBES)
    assert result.last("test_accuracy") > 0.8
    assert result.probes["confusion"]["values"].shape == (classes, classes)
    assert result.probes["confusion"]["values"].sum() == pytest.approx(0.25 * 90, abs=classes)
    assert "r2" not in result.run.metrics


def test_numbers_are_a_regression_with_r2_and_rmse_in_the_targets_unit(run):
    result = run(plane(), steps=600, probes=PROBES, layers="")
    assert result.last("test_r2") > 0.99
    assert 0 < result.last("test_rmse") < 5
    truth = result.probes["prediction"]["points"][:, 0]
    assert 0 < truth.mean() < 200
    assert "accuracy" not in result.run.metrics


def test_target_and_task_are_choices(run):
    assert "r2" in run(flowers(), target="a", features="b, c").run.metrics
    assert "accuracy" in run("a,n\n" + "1,0\n2,1\n3,1\n4,0\n" * 9).run.metrics
    assert "r2" in run("a,n\n" + "1,0\n2,1\n3,1\n4,0\n" * 9, task="regression").run.metrics


def test_texts_among_the_inputs_become_columns_of_0_and_1(run):
    text = "colour,size,price\n" + "red,1,10\nblue,2,20\ngreen,3,33\nred,2,11.5\n" * 10
    result = run(text, probes=("weights",))
    assert result.probes["weights"]["values"].shape == (4 + 1, 8)
    assert run(text, probes=("weights",), features="colour, size^2").probes["weights"]["values"].shape == (4 + 1, 8)
    assert run(text, probes=("weights",), features="all, -colour").probes["weights"]["values"].shape == (1 + 1, 8)


def test_names_with_marks_are_columns(run):
    text = "sepal-length,width (cm),sort\n" + "1,2,a\n3,4,b\n5,6,a\n" * 5
    for line in ("sepal-length", "`width (cm)`", "sepal-length, `width (cm)`^2", "all, -width (cm)"):
        assert "accuracy" in run(text, steps=1, features=line).run.metrics
    with pytest.raises(UsageError, match="goes between backticks"):
        run(text, features="width (cm)")


def test_one_seed_alone_equals_the_same_seed_among_several(run):
    together, alone = (
        run(flowers(), seeds=3, layers="8 tanh, dropout 0.2"),
        run(flowers(), layers="8 tanh, dropout 0.2"),
    )
    assert together.series("loss")[1][:, 0].tobytes() == alone.series("loss")[1].tobytes()


def test_observations_have_a_seeds_axis(run):
    for text in (flowers(), plane(), ""):
        result = run(text, seeds=3, steps=5, probes=PROBES)
        for observed in result.probes.values():
            assert all(len(array) == 3 for array in observed.values())


@pytest.mark.parametrize("source", ["planes", "gaussians", "xor", "circles", "moons", "spirals", "formula"])
def test_the_labs_own_points(run, source):
    result = run(source=source, steps=50, probes=PROBES)
    assert np.isfinite(result.last("loss"))


def test_formulas_make_classes_or_numbers(run):
    run(source="formula", formula="x1 + x2 < 0.3", seeds=5, steps=2)
    assert "accuracy" in run(source="formula", formula="x1^2 + x2^2 < 0.5").run.metrics
    assert "r2" in run(source="formula", formula="y = sin(3*x1) + x2").run.metrics
    with pytest.raises(UsageError, match="is true everywhere"):
        run(source="formula", formula="x1 < 5")


def test_features_of_the_playground(run):
    result = run(source="circles", layers="", features="x1^2, x2^2", steps=400, probes=("weights", "field"))
    assert result.last("test_accuracy") > 0.95
    assert run(source="circles", layers="", steps=400).last("test_accuracy") < 0.7


@pytest.mark.parametrize("schedule", ["constant", "step", "exponential", "cosine"])
def test_schedules_change_the_rate(loaded, schedule):
    recipe, settings = make_settings(loaded, "table", {"schedule": schedule, "decay_steps": 10, "warm_up": 5}, steps=16)
    training = Training(recipe, settings)
    training.advance(1)
    assert training.state.optimizer.learning_rate == pytest.approx(0.01 / 5)
    training.advance(15)
    expected = {"constant": 0.01, "step": 0.001, "exponential": 0.001, "cosine": 0.0}[schedule]
    assert training.state.optimizer.learning_rate == pytest.approx(expected, abs=1e-12)


def test_stepping_back_gives_the_very_same_run(loaded):
    recipe, settings = make_settings(loaded, "table", {"schedule": "cosine", "batch": 16, "patience": 50}, steps=40)
    training = Training(recipe, settings)
    training.advance(30)
    forth = training.advance(10).metrics["loss"]
    training.rewind()
    training.advance(30)
    training.back()
    training.advance(1)
    assert training.advance(10).metrics["loss"].tobytes() == forth.tobytes()


@pytest.mark.parametrize("at", [1, 20, 21, 39, 40, 41, 60])
def test_a_run_that_went_back_ends_on_its_plateau_as_if_it_had_not(loaded, at):
    recipe, settings = make_settings(loaded, "table", {"patience": 3, "noise": 0.5, "learning_rate": 0.1}, steps=2000)
    straight, returning = Training(recipe, settings), Training(recipe, settings)
    straight.advance(2000)
    assert straight.ended.status == "stopped"
    returning.advance(at + 1)
    for _ in range(2):
        returning.back()
    returning.advance(2000)
    assert (returning.ended.status, returning.ended.step) == ("stopped", straight.ended.step)


def test_a_plateau_ends_the_run_with_its_reason(run):
    result = run(flowers(), steps=5000, patience=5)
    assert result.status == "stopped"
    assert result.steps < 5000
    assert "has not fallen for 5 measurements" in result.ended.reason


@pytest.mark.parametrize(
    ("text", "knobs", "said"),
    [
        ("a,b\n1,x\n2,x\n3,x\n", {}, r"t\.csv: column 'b' holds one class only, x"),
        (
            "a,b\n1,2\n2,\n3,4\n",
            {},
            r"t\.csv: line 3, column 'b': the value is missing, as in 1 of 3 rows;",
        ),
        (
            "a,b\n1,2\nnan,3\n3,4\n",
            {},
            "line 3, column 'a': the value is missing, .* missing=drop .* or missing=mean",
        ),
        ("a,b\n1,2\n2,3\n", {"target": "c"}, r"t\.csv: no column 'c'.* There are: a, b"),
        ("a\n1\n2\n", {}, "has one column, 'a'"),
        ("day,b\n2024-01-05,2.5\n2024-01-06,3.5\n", {}, "line 2, column 'day': holds dates such as '2024-01-05'"),
        ("a,b\n1,2\n2,3\n", {"features": "c"}, "features, character 1 .*: no column 'c'"),
        ("a,b\n1,2\n2,3\n", {"features": "a, b"}, "features name 'b', which is the target"),
        ("a,b\n1,2\n2,3\n", {"features": "-a"}, "leave nothing to learn"),
        ("a,b\n1,x\n2,y\n", {"loss": "mae"}, "loss is mae, but the target has 2 classes"),
        ("a,b\n1,x\n2,y\n", {"task": "regression"}, "but a regression needs numbers"),
        ("a,b\n1,2.5\n2,2.5\n", {}, "column 'b' is 2.5 in every row"),
        ("a,b\n1,2\n2,3\n", {"layers": "conv 8 3x3"}, "layers, character 1 .*: conv 8 3x3 needs images"),
        ("a,b\n1,2\n2,3\n", {"layers": "8 tahn"}, "layers, character 3 .*: no word for dense 'tahn'"),
    ],
)
def test_bad_input_is_one_sentence(run, text, knobs, said):
    with pytest.raises(UsageError, match=said) as caught:
        run(text, **knobs)
    assert "\n" not in str(caught.value)


def test_a_mean_fills_in_what_the_training_rows_have(loaded, tmp_path):
    lines = [f"{'' if i % 3 else i},{i},{i % 2}" for i in range(60)]
    (tmp_path / "t.csv").write_text("a,b,class\n" + "\n".join(lines) + "\n")
    data = data_files.keep(tmp_path / "t.csv")
    knobs = {"missing": "mean", "split": 0.5, "scaling": "none", "features": "a, b, a * 2"}
    recipe, settings = make_settings(loaded, "table", knobs, data=data, seeds=3, steps=0)
    state = Training(recipe, settings).state
    for x, x_test in zip(np.asarray(state.data.x), np.asarray(state.data.x_test), strict=True):
        known = [a for a, b, _ in x if b % 3 == 0]
        filled = {a for part in (x, x_test) for a, b, _ in part if b % 3}
        assert filled == {np.float32(np.mean(known))}
        np.testing.assert_array_equal(x[:, 2], 2 * x[:, 0])


@pytest.mark.parametrize("scaling", ["standard", "min-max"])
def test_scaling_and_the_targets_unit_come_from_the_training_rows(loaded, tmp_path, scaling):
    (tmp_path / "t.csv").write_text(plane())
    data = data_files.keep(tmp_path / "t.csv")
    recipe, settings = make_settings(loaded, "table", {"split": 0.3, "scaling": scaling}, data=data, steps=0)
    state = Training(recipe, settings).state
    x, y = np.asarray(state.data.x), np.asarray(state.data.y)
    low, high = (x.mean(axis=0), x.std(axis=0)) if scaling == "standard" else (x.min(axis=0), x.max(axis=0))
    np.testing.assert_allclose(low, 0 if scaling == "standard" else -1, atol=1e-5)
    np.testing.assert_allclose(high, 1, atol=1e-5)
    np.testing.assert_allclose([y.mean(), y.std()], [0, 1], atol=1e-5)
    assert abs(np.asarray(state.data.y_test).mean()) > 1e-3


@pytest.mark.parametrize("values", [",,", "1,,"])
def test_a_column_without_a_value_to_learn_from_has_no_mean(loaded, tmp_path, values):
    column = values.split(",")
    rows = [f"{column[0] if i == 7 else ''},{i},{i % 2}" for i in range(20)]
    (tmp_path / "t.csv").write_text("a,b,class\n" + "\n".join(rows) + "\n")
    data = data_files.keep(tmp_path / "t.csv")
    recipe, settings = make_settings(loaded, "table", {"missing": "mean", "split": 0.5}, data=data, seeds=9, steps=0)
    with pytest.raises(
        UsageError, match=r"t\.csv: column 'a' has no value in any row .* leave it out with features=all,-a\."
    ):
        Training(recipe, settings)


def test_missing_values_are_dropped_or_filled_on_demand(run):
    text = "a,b\n" + "1,2.5\n2,\n,4\n4,5\n" * 10
    assert run(text, missing="drop", probes=("prediction",), split=0.0).probes["prediction"]["points"].shape == (20, 2)
    with pytest.raises(UsageError, match="missing=drop"):
        run(text, missing="mean")
    filled = run(text.replace("2,\n", "2,3\n"), missing="mean", probes=("prediction",), split=0.0)
    assert filled.probes["prediction"]["points"].shape == (40, 2)


def test_of_a_large_table_a_part_is_measured_and_observed(run, monkeypatch):
    monkeypatch.setattr(bench, "MOST_SAMPLES", 10)
    result = run(flowers(count=200), steps=5, probes=("confusion", "field"))
    assert result.probes["confusion"]["values"].sum() <= 10
    assert len(result.probes["field"]["points"]) <= 10
    assert np.isfinite(result.last("test_accuracy"))


def test_views_name_the_tables_columns_and_classes(run):
    result = run(flowers(), steps=5, probes=PROBES)
    drawn = {
        view.id: "\n".join(draw_view(view, result.run, title="", size=(90, 40), palette=Palette()).lines())
        for view in VIEWS
        if view.probe in PROBES
    }
    assert all(name in drawn["confusion"] for name in ("kind0", "kind1", "kind2"))
    assert all(name in drawn["weights"] for name in ("a", "b", "c", "d", "bias"))
    assert "kind2" in drawn["network"]
    assert drawn["field"].rstrip().split("\n")[-1].split()[1:2] == ["a"]


@pytest.mark.parametrize("classes", [2, 3])
def test_classes_are_learned_by_squared_error_too(run, classes):
    result = run(flowers(classes), steps=200, loss="mse", seeds=3, probes=("network", "confusion"))
    assert (result.last("test_accuracy") >= 0.9).all()
    assert (result.last("loss") < 0.1).all()
    answers = [values for name, values in result.probes["network"].items() if name.startswith("answers")]
    assert (answers[-1] >= 0).all()
    assert (answers[-1] <= 1).all()


def test_squared_error_stalls_where_a_network_is_sure_and_wrong():
    sure = engine.Tensor(np.array([[-12.0]], dtype=np.float32), requires_grad=True)
    target = np.array([[1.0]], dtype=np.float32)
    slopes = []
    for loss in (sigmoid_squared_error, engine.binary_cross_entropy_with_logits):
        sure.grad = None
        loss(sure, target).backward()
        slopes.append(abs(float(np.asarray(sure.grad)[0, 0])))
    assert slopes[0] < 1e-4 < 0.9 < slopes[1]


def test_squared_error_of_a_softmax_is_the_mean_over_samples_and_classes():
    z, t = np.zeros((2, 4), dtype=np.float32), np.array([0, 3])
    assert float(engine.values(softmax_squared_error(z, t))) == pytest.approx((0.75**2 + 3 * 0.25**2) / 4)
    sure = np.array([[9, 0, 0, 0], [0, 0, 0, 9]], dtype=np.float32)
    many = softmax_squared_error(np.stack([z, sure]), np.stack([t, t]), leading=1)
    assert np.asarray(engine.values(many)) == pytest.approx([0.1875, 0.0], abs=1e-4)


def test_weights_of_any_layer_are_shown(run):
    seen = run(flowers(), steps=1, probes=("weights",), layers="8 tanh, 5 tanh", layer=2, seeds=2).probes["weights"]
    assert seen["values"].shape == (2, 9, 5)
    assert seen["rows"][1].tolist() == [f"h{number}" for number in range(1, 9)] + ["bias"]


def test_the_layers_are_a_table(run):
    result = run(flowers(), steps=1, seeds=2, probes=("layers",), layers="8 tanh")
    seen = {name: array[0] for name, array in result.probes["layers"].items()}
    assert seen["layer"].tolist() == ["dense 8 tanh", "dense 3"]
    assert seen["weights"].tolist() == [40, 27]


def test_the_field_of_a_table_shows_its_points_in_their_own_units(run):
    seen = run(flowers(), steps=50, probes=("field",)).probes["field"]
    low, high = seen["extent"][0], seen["extent"][1]
    assert seen["points"].shape == (len(seen["labels"]), 2)
    assert low < seen["points"][:, 0].min() < 1 < 5 < seen["points"][:, 0].max() < high
    assert set(seen["labels"].tolist()) == {0, 1, 2}


def test_reading_tells_how_far_it_is(tmp_path):
    (tmp_path / "t.csv").write_text(flowers(count=50))
    trainer = Trainer(find_course().folder)
    try:
        trainer.say(wire.Start(1, "", "workbench", "table", data=str(tmp_path / "t.csv"), steps=5))
        first, last = trainer.next(wire.Loading), trainer.next(wire.Loading)
        assert (first.run, first.done) == (1, 0)
        assert last.done == last.total == (tmp_path / "t.csv").stat().st_size
        assert trainer.next(wire.RunEnded).ended.status == "done"
        trainer.say(wire.Start(2, "", "workbench", "table", {"layers": "8 tahn"}, data=str(tmp_path / "t.csv")))
        refused = trainer.next(wire.Refused)
        assert "did you mean 'tanh'" in refused.message
        assert refused.reason is not None
        assert str(refused.reason) == refused.message
    finally:
        trainer.close()


def test_points_that_were_drawn_are_learned_from_like_a_file(loaded):
    rows = [f"{x0},{x1},{int(x0 > 0)}" for x0 in (-0.8, -0.3, 0.4, 0.9) for x1 in (-0.5, 0.0, 0.7)]
    data = data_files.keep_drawn(("x0,x1,class\n" + "\n".join(rows) + "\n").encode(), "points.csv")
    recipe, settings = make_settings(loaded, "table", {"split": 0.0}, data=data, steps=200)
    result = execute(recipe, settings, probes=("field",))
    assert result.last("accuracy") == 1.0
    assert result.probes["field"]["points"].shape == (12, 2)
    np.testing.assert_allclose(sorted(set(np.round(result.probes["field"]["points"][:, 0], 5))), [-0.8, -0.3, 0.4, 0.9])


@pytest.mark.parametrize("layers", ["6 tanh, layernorm, relu, 5 sigmoid", "3 relu", ""])
def test_a_neurons_answer_follows_from_its_inputs_weights_and_functions(run, layers):
    seen = run(flowers(3), probes=("network",), layers=layers).probes["network"]
    functions = seen["functions"].tolist()
    assert functions == {"6": ["tanh layernorm relu", "sigmoid", "softmax"], "3": ["relu", "softmax"]}.get(
        layers[:1], ["softmax"]
    )
    for layer, names in enumerate(functions):
        z = seen[f"answers{layer}"] @ seen[f"weights{layer}"] + seen[f"bias{layer}"]
        answers = seen[f"answers{layer + 1}"]
        known = {"relu": np.maximum(z, 0), "sigmoid": 1 / (1 + np.exp(-z))}
        known["softmax"] = np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)
        if names in known:
            assert answers == pytest.approx(known[names], abs=1e-5)
    assert set(seen["truth"].tolist()) <= {"kind0", "kind1", "kind2"}
    assert len(seen["truth"]) == len(seen["answers0"]) > 1


def test_neurons_of_every_seed_answer_to_samples_of_their_own(run):
    seen = run(seeds=5, samples=60, probes=("network",)).probes["network"]
    assert seen["answers0"].shape[0] == seen["truth"].shape[0] == 5
    assert seen["functions"].tolist() == [["tanh", "tanh", "sigmoid"]] * 5
    assert seen["answers1"].shape[:2] == seen["answers0"].shape[:2]


def test_wide_networks_tell_fewer_samples(run):
    few = run(layers="1000 relu, 1000 relu", steps=1, probes=("network",)).probes["network"]["answers0"]
    assert 1 <= len(few) < len(run(steps=1, probes=("network",)).probes["network"]["answers0"])
