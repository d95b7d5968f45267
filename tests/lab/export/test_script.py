"""Exported scripts: they import NumPy alone, and come to the very numbers of the run."""

import ast
import subprocess
import sys
from dataclasses import replace

import pytest

from nnlab.lab import data_files
from nnlab.lab.course import find_course
from nnlab.lab.events import Change, Ended
from nnlab.lab.export import script
from nnlab.lab.export.numpy_forms import NoScriptError
from nnlab.lab.headless import execute, make_settings
from nnlab.lab.lesson import load

BUNDLED = find_course()


def script_of(name, knobs=None, *, steps=40, data=None, end=None, **more):
    lesson, experiment_id = name.split("/")
    loaded = load(BUNDLED.lesson(lesson))
    experiment, settings = make_settings(loaded, experiment_id, knobs or {}, steps=steps, data=data)
    settings = replace(settings, **more)
    return experiment, settings, script.make(experiment, settings, end)


def run_here(text, capsys, path="script.py"):
    """Run a script's main in this process; return its exit code, what it found and what it expected, seed by seed."""
    space = {"__name__": "script", "__file__": str(path)}
    exec(compile(text, "script.py", "exec"), space)
    code = space["main"]()
    *lines, last = capsys.readouterr().out.splitlines()
    values = [(line.split()[0], float(line.split()[1])) for line in lines if not line.startswith("seed ")]
    names = len(space["EXPECTED"][0])
    found = [dict(values[start : start + names]) for start in range(0, len(values), names)]
    return code, found, space["EXPECTED"], float(last.split()[-1])


def assert_repeats(made, capsys, tolerance=0.0):
    experiment, settings, exported = made
    code, found, expected, worst = run_here(exported.text, capsys)
    run = execute(experiment, settings).run
    assert code == 0
    assert worst <= tolerance
    assert len(expected) == settings.seeds
    for k, seed in enumerate(expected):
        assert seed == {name: run.last(name, k) for name in seed}
        assert {"loss", "test_loss"} & seed.keys()
    assert [pytest.approx(seed, rel=max(tolerance, 1e-7)) for seed in expected] == found


def test_a_script_runs_alone_and_says_the_runs_numbers(tmp_path):
    experiment, settings, exported = script_of("perceptrons/spirals", {"batch": 32}, steps=200)
    path = tmp_path / "run.py"
    assert script.write(exported, path) == [path]
    done = subprocess.run([sys.executable, "-I", str(path)], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    expected = execute(experiment, settings).run.last("test_loss")
    assert f"test_loss       {expected:<22.9g} nnlab {expected:.9g}" in done.stdout


def test_a_script_imports_numpy_and_the_standard_library_alone():
    _, _, exported = script_of("workbench/table", {"layers": "8 tanh, dropout 0.2, layernorm, 4 relu"})
    tree = ast.parse(exported.text)
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imported for alias in node.names} | {
        node.module for node in imported if isinstance(node, ast.ImportFrom)
    }
    assert names == {"base64", "io", "os", "sys", "numpy", "pathlib", "Path"}
    assert "Any" not in exported.text
    assert max(map(len, exported.text.splitlines())) <= 180


@pytest.mark.parametrize(
    "layers",
    [
        *(f"6 {name}, 5 {name}" for name in ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus")),
        "6 gelu, 5 silu",
        "6 sine, dropout 0.3, 5 softmax",
        "dense 4 no-bias tanh",
        "",
    ],
)
def test_every_activation_and_dropout_repeat_to_the_bit(layers, capsys):
    assert_repeats(script_of("workbench/table", {"layers": layers}), capsys)


@pytest.mark.parametrize("layers", ["6 tanh, batchnorm, 5 relu", "batchnorm, 6 tanh, dropout 0.2, batchnorm"])
def test_batch_normalization_repeats_to_the_bit(layers, capsys):
    assert_repeats(script_of("workbench/table", {"layers": layers, "batch": 25}), capsys)


@pytest.mark.parametrize("layer", ["rnn 12", "lstm 12", "gru 12", "gru 8, lstm 8, layernorm, dropout 0.1, 9 tanh"])
def test_recurrent_networks_over_a_text_repeat_to_the_bit(layer, capsys):
    assert_repeats(script_of("workbench/text", {"layers": f"embed 6, {layer}", "clip": 1.0}, steps=6), capsys)


@pytest.mark.parametrize(
    ("name", "knobs", "steps"),
    [
        ("perceptrons/spirals", {"batch": 32}, 30),
        ("workbench/table", {"layers": "6 tanh, batchnorm, dropout 0.1, 4 relu", "batch": 30}, 30),
        ("workbench/text", {"layers": "embed 6, lstm 8"}, 4),
        ("workbench/images", {"samples": 200}, 4),
    ],
)
def test_every_seed_of_several_repeats_to_the_bit(name, knobs, steps, capsys):
    assert_repeats(script_of(name, knobs, steps=steps, seed=4, seeds=3), capsys)


def test_a_regression_of_several_seeds_repeats_in_each_seeds_unit(capsys):
    knobs = {"source": "planes", "scaling": "standard"}
    made = script_of("workbench/table", knobs, seeds=2)
    assert_repeats(made, capsys, 1e-6)


def test_what_is_measured_on_a_part_of_many_samples_repeats(capsys):
    assert_repeats(script_of("workbench/table", {"samples": 30_000, "batch": 64}, steps=3), capsys)


def test_what_all_seeds_share_is_in_the_script_once():
    *_, one = script_of("workbench/text", {"layers": "embed 2, rnn 2"}, steps=1)
    *_, many = script_of("workbench/text", {"layers": "embed 2, rnn 2"}, steps=1, seeds=8)
    assert len(many.text) < 2 * len(one.text)


def test_layer_normalization_repeats_to_the_bit(capsys):
    assert_repeats(script_of("workbench/table", {"layers": "6 tanh, layernorm, 5 tanh"}), capsys)


def test_large_weights_over_a_text_repeat_to_the_bit(capsys):
    knobs = {"layers": "embed 4, lstm 5", "learning_rate": 6.6, "length": 8}
    assert_repeats(script_of("workbench/text", knobs, steps=6), capsys)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"])
@pytest.mark.parametrize("penalty", [{}, {"weight_decay": 0.01, "l1": 0.001}])
def test_every_optimizer_repeats_to_the_bit(optimizer, penalty, capsys):
    assert_repeats(script_of("workbench/table", {"optimizer": optimizer, "batch": 25, **penalty}), capsys)


@pytest.mark.parametrize("schedule", ["step", "exponential", "cosine"])
def test_schedules_warm_up_and_clipping_repeat_to_the_bit(schedule, capsys):
    knobs = {"schedule": schedule, "decay_steps": 15, "warm_up": 5, "clip": 0.05}
    assert_repeats(script_of("workbench/table", knobs), capsys)


@pytest.mark.parametrize("loss", ["mse", "mae", "huber"])
def test_regressions_on_the_users_table_repeat(loss, capsys, tmp_path):
    path = tmp_path / "heat.csv"
    path.write_text("a,b,heat\n" + "".join(f"{i % 7},{i % 5},{i % 7 * 2.5 - i % 5}\n" for i in range(90)))
    knobs = {"target": "heat", "loss": loss}
    assert_repeats(script_of("workbench/table", knobs, data=data_files.find(str(path))), capsys, 1e-6)


@pytest.mark.parametrize("kinds", ["uv", "uvw"])
@pytest.mark.parametrize("loss", ["auto", "mse"])
def test_classes_of_the_users_table_repeat_to_the_bit(kinds, loss, capsys, tmp_path):
    path = tmp_path / "kinds.csv"
    path.write_text("a,b,kind\n" + "".join(f"{i % 7},{i % 5},{kinds[i % len(kinds)]}\n" for i in range(90)))
    knobs = {"target": "kind", "loss": loss}
    assert_repeats(script_of("workbench/table", knobs, data=data_files.find(str(path))), capsys)


@pytest.mark.parametrize(
    "layers",
    [
        "conv 4 3x3 relu, maxpool 2, flatten, 12 relu",
        "conv 3 3 same, batchnorm, relu, maxpool 3 stride 2, conv 4 2x2 no-bias, globalpool",
        "conv 4 3x3 stride 2 pad 1 tanh, avgpool 2 stride 1, flatten",
    ],
)
def test_convolutions_and_pools_repeat_to_the_bit(layers, capsys):
    assert_repeats(script_of("workbench/images", {"layers": layers, "samples": 150, "batch": 32}, steps=6), capsys)


def test_the_digits_of_the_lesson_repeat_to_the_bit(capsys):
    assert_repeats(script_of("cnn/digits", steps=12), capsys)


def test_live_changes_and_an_early_stop_are_in_the_script(capsys):
    changes = ((10, Change("learning_rate", 0.1)), (20, Change("batch", 16)))
    experiment, settings, exported = script_of("workbench/table", changes=changes, end=Ended("stopped", 33))
    code, _, expected, worst = run_here(exported.text, capsys)
    assert (code, worst) == (0, 0.0)
    assert expected[0]["loss"] == execute(experiment, settings, end=Ended("stopped", 33)).run.last("loss")
    unchanged = execute(experiment, replace(settings, changes=()), end=Ended("stopped", 33))
    assert expected[0]["loss"] != unchanged.run.last("loss")


def test_large_data_stand_in_a_file_beside_the_script(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(script, "MOST_EMBEDDED", 1000)
    *_, exported = script_of("perceptrons/spirals")
    path = tmp_path / "run.py"
    assert script.write(exported, path) == [path, tmp_path / "run.npz"]
    code, _, _, worst = run_here(path.read_text(), capsys, path)
    assert (code, worst) == (0, 0.0)
    assert len(exported.text) < 12_000


def test_a_script_whose_numbers_differ_exits_with_1(capsys):
    *_, exported = script_of("perceptrons/xor")
    wrong = exported.text.replace("SEEDS, STEPS = [1], 40", "SEEDS, STEPS = [1], 20")
    assert wrong != exported.text
    assert run_here(wrong, capsys)[0] == 1


@pytest.mark.parametrize(
    ("name", "knobs", "more", "sentence"),
    [
        ("perceptrons/gates", {}, {}, "does more in a step than predict, compare and update"),
        ("perceptrons/validation", {}, {}, "does more in a step than predict, compare and update"),
        ("perceptrons/xor", {"learning_rate": 1e38}, {}, "this run diverged"),
        ("perceptrons/xor", {}, {"steps": 0}, "perceptrons/xor made no step"),
        ("losses/slope", {}, {"steps": 0}, "losses/slope made no step"),
        ("losses/parts", {}, {"steps": 2}, "its loss is one_softmax, which has no form in NumPy alone here"),
        ("gan/plane", {}, {"steps": 2}, "gan/plane does more in a step than predict, compare and update"),
    ],
)
def test_what_cannot_be_a_script_is_said_in_one_sentence(name, knobs, more, sentence):
    with pytest.raises(NoScriptError, match=sentence):
        script_of(name, knobs, **more)
