"""`nnlab export`, as a shell would run it."""

import csv
import json
import subprocess
import sys

import pytest
from safetensors.numpy import load_file


@pytest.fixture
def run(nnlab):
    line = ("run", "perceptrons/spirals", "--steps", "50", "--keep", "--json")
    return json.loads(nnlab(*line).stdout)["run"]


def test_a_run_is_exported_in_every_form(nnlab, run, tmp_path):
    nnlab("export", run, "-o", "all/")
    out = tmp_path / "all"
    table = list(csv.DictReader((out / "metrics.csv").read_text().splitlines()))
    assert [row["step"] for row in table] == [str(step) for step in range(51)]
    assert table[0]["loss"] == ""
    metrics = [json.loads(line) for line in (out / "metrics.jsonl").read_text().splitlines()]
    losses = [line["loss"] for line in metrics if line["event"] == "step"]
    assert [float(row["loss"]) for row in table[1:]] == losses
    assert load_file(out / "weights.safetensors")["0.weight"].shape == (2, 8)
    assert "<svg" in (out / "field.svg").read_text()
    assert "unseen" in (out / "loss.txt").read_text()
    done = subprocess.run([sys.executable, "-I", str(out / "run.py")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "largest relative difference 0.0e+00" in done.stdout


def test_one_view_is_exported_alone(nnlab, run, tmp_path):
    assert nnlab("export", run, "-o", "loss.txt", "--view", "loss").stdout == "loss.txt\n"
    assert "network" not in (tmp_path / "loss.txt").read_text()


def test_several_seeds_have_a_column_each(nnlab, tmp_path):
    nnlab("run", "perceptrons/xor", "--steps", "5", "--seeds", "2", "--seed", "4", "-o", "kept")
    nnlab("export", "./kept", "-o", "two.csv")
    assert (tmp_path / "two.csv").read_text().splitlines()[0].startswith("step,accuracy[4],accuracy[5]")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("-o", "run.doc"), "is no form of export"),
        (("-o", "run.csv", "--view", "loss"), "holds none; write .svg or .txt"),
        (("-o", "run.svg", "--view", "los"), "did you mean 'loss'"),
    ],
)
def test_a_mistake_gets_one_sentence_and_exit_2(nnlab, run, arguments, sentence):
    assert sentence in nnlab("export", run, *arguments, expect=2).stderr


def test_what_cannot_be_a_script_is_said_and_the_rest_is_written(nnlab, tmp_path):
    nnlab("run", "perceptrons/gates", "--steps", "5", "-o", "kept")
    assert "no script: perceptrons/gates does more" in nnlab("export", "./kept", "-o", "all").stderr
    assert (tmp_path / "all" / "metrics.csv").is_file()
    assert "does more in a step" in nnlab("export", "./kept", "-o", "run.py", expect=2).stderr
