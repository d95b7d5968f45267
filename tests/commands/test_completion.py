"""Completion, asked as a shell asks: by the environment of `nnlab`."""

import json
import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture
def complete(environment, tmp_path):
    """Return what zsh would be offered for the last word of a line."""

    def ask(*words, is_light=True):
        asked = {**environment, "_NNLAB_COMPLETE": "zsh_complete", "COMP_WORDS": " ".join(words)}
        asked["COMP_CWORD"] = str(len(words) - 1)
        line = "from nnlab.cli import main\ntry:\n main()\nfinally:\n import sys\n"
        line += " assert 'numpy' not in sys.modules" if is_light else " pass"
        done = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True, env=asked, cwd=tmp_path)
        assert done.stderr == ""
        return [word for word in done.stdout.split("\n")[1::3] if word]

    return ask


def test_commands_and_experiments_are_offered_without_numpy(complete):
    assert {"sweep", "runs", "compare", "export", "completion"} <= set(complete("nnlab", ""))
    assert complete("nnlab", "run", "perceptrons/sp") == ["perceptrons/spirals"]
    assert "workbench/table" in complete("nnlab", "sweep", "work")
    assert complete("nnlab", "test", "optim") == ["optimizers"]
    assert complete("nnlab", "--lessons", "nowhere", "run", "p") == []


def test_knobs_and_their_choices_are_offered(complete):
    xor = ("perceptrons/xor", "--set")
    assert complete("nnlab", "run", *xor, "hid", is_light=False) == ["hidden="]
    assert complete("nnlab", "run", *xor, "activation=ta", is_light=False) == ["activation=tanh"]
    assert "learning_rate=" in complete("nnlab", "sweep", "perceptrons/xor", "--grid", "l", is_light=False)
    assert "layers=" in complete("nnlab", "run", "workbench/table", "--set", "", is_light=False)


def test_kept_runs_are_offered(complete, nnlab):
    line = ("run", "perceptrons/xor", "--steps", "3", "--keep", "--json")
    kept = json.loads(nnlab(*line).stdout)["run"]
    for command in (("replay",), ("export",), ("compare",), ("runs", "show"), ("runs", "pin")):
        assert complete("nnlab", *command, kept[:2]) == [kept]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_scripts_are_what_the_shell_takes(nnlab, shell, tmp_path):
    script = nnlab("completion", shell).stdout
    assert "_NNLAB_COMPLETE" in script
    if shutil.which(shell) is not None:
        (tmp_path / "script").write_text(script)
        checked = subprocess.run([shell, "-n", str(tmp_path / "script")], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_a_line(environment, nnlab, tmp_path):
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "nnlab"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m nnlab.cli "$@"\n')
    program.chmod(0o755)
    (tmp_path / "script").write_text(nnlab("completion", "bash").stdout)
    line = "source ./script; COMP_WORDS=(nnlab run perceptrons/sp); COMP_CWORD=2; "
    line += "_nnlab_completion nnlab 2>/dev/null; echo ${COMPREPLY[@]}"
    path = {**environment, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, env=path, cwd=tmp_path)
    assert done.stdout.split() == ["perceptrons/spirals"]
