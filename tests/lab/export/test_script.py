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
    """Run a script's main in this process; return its exit code, what it found, and what it expected."""
    space = {"__name__": "script", "__file__": str(path)}
    exec(compile(text, "script.py", "exec"), space)
    code = space["main"]()
    lines = capsys.readouterr().out.splitlines()
    found = {line.split()[0]: float(line.split()[1]) for line in lines[:-1]}
    return code, found, space["EXPECTED"], float(lines[-1].split()[-1])


def assert_repeats(made, capsys, tolerance=0.0):
    experiment, settings, exported = made
    code, found, expected, worst = run_here(exported.text, capsys)
    result = execute(experiment, settings)
    assert code == 0
    assert worst <= tolerance
    assert expected == {name: result.run.last(name) for name in expected}
    assert {"loss", "test_loss"} & expected.keys()
    assert found == pytest.approx(expected, rel=max(tolerance, 1e-7))


def test_a_script_runs_alone_and_says_the_runs_numbers(tmp_path):
    experiment, settings, exported = script_of("perceptrons/spirals", {"batch": 32}, steps=200)
    path = tmp_path / "run.py"
    assert script.write(exported, path) == [path]
    done = subprocess.run([sys.executable, "-I", str(path)], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    expected = execute(experiment, settings).run.last("test_loss")
    assert f"test_loss      {expected:<22.9g} nnlab {expected:.9g}" in done.stdout


def test_a_script_imports_numpy_and_the_standard_library_alone():
    _, _, exported = script_of("workbench/table", {"layers": "8 tanh, dropout 0.2, layernorm, 4 relu"})
    tree = ast.parse(exported.text)
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imported for alias in node.names} | {
        node.module for node in imported if isinstance(node, ast.ImportFrom)
    }
    assert names == {"base64", "io", "sys", "numpy", "pathlib", "Path"}
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


def test_layer_normalization_repeats(capsys):
    assert_repeats(script_of("workbench/table", {"layers": "6 tanh, layernorm, 5 tanh"}), capsys, 1e-5)


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


def test_several_classes_of_the_users_table_repeat(capsys, tmp_path):
    path = tmp_path / "kinds.csv"
    path.write_text("a,b,kind\n" + "".join(f"{i % 7},{i % 5},{'uvw'[i % 3]}\n" for i in range(90)))
    assert_repeats(script_of("workbench/table", {"target": "kind"}, data=data_files.find(str(path))), capsys)


def test_convolutions_repeat_to_the_precision_of_their_sums(capsys):
    assert_repeats(script_of("cnn/digits", steps=12), capsys, 1e-4)


def test_live_changes_and_an_early_stop_are_in_the_script(capsys):
    changes = ((10, Change("learning_rate", 0.1)), (20, Change("batch", 16)))
    experiment, settings, exported = script_of("workbench/table", changes=changes, end=Ended("stopped", 33))
    code, _, expected, worst = run_here(exported.text, capsys)
    assert (code, worst) == (0, 0.0)
    assert expected["loss"] == execute(experiment, settings, end=Ended("stopped", 33)).run.last("loss")
    assert expected["loss"] != execute(experiment, replace(settings, changes=()), end=Ended("stopped", 33)).run.last(
        "loss"
    )


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
    wrong = exported.text.replace("SEED, STEPS = 1, 40", "SEED, STEPS = 1, 20")
    assert wrong != exported.text
    assert run_here(wrong, capsys)[0] == 1


@pytest.mark.parametrize(
    ("name", "knobs", "more", "sentence"),
    [
        ("perceptrons/gates", {}, {}, "does more in a step than predict, compare and update"),
        ("perceptrons/validation", {}, {}, "does more in a step than predict, compare and update"),
        ("perceptrons/xor", {}, {"seeds": 3}, "a script repeats one network, but this run trained 3"),
        ("perceptrons/xor", {"learning_rate": 1e38}, {}, "this run diverged"),
        ("perceptrons/xor", {}, {"steps": 0}, "made no step"),
        ("workbench/table", {"layers": "6 tanh, batchnorm"}, {}, "is a BatchNorm, which has no form"),
    ],
)
def test_what_cannot_be_a_script_is_said_in_one_sentence(name, knobs, more, sentence):
    with pytest.raises(NoScriptError, match=sentence):
        script_of(name, knobs, **more)
