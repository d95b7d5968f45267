"""The command line, run as a shell would: streams, exit codes, and the same bytes twice."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from nnlab import __version__


@pytest.fixture
def nnlab(tmp_path):
    """Run `nnlab ARGUMENTS` in a fresh process; return it when it has ended."""
    environment = {**os.environ, "NNLAB_HOME": str(tmp_path / "home")}

    def run(*arguments, expect=0, stdin=None):
        command = [sys.executable, "-m", "nnlab.cli", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, input=stdin, cwd=tmp_path)
        assert done.returncode == expect, done.stderr
        return done

    run.environment = environment
    return run


def test_version_goes_to_stdout(nnlab):
    assert nnlab("--version").stdout == f"nnlab {__version__}\n"


def test_run_prints_one_json_object_with_the_documented_keys(nnlab):
    done = nnlab("run", "perceptrons/xor", "--steps", "20", "--json")
    data = json.loads(done.stdout)
    assert list(data)[:10] == [
        *("lesson", "experiment", "knobs", "seed", "device", "steps", "status", "metrics", "seconds"),
        "steps_per_second",
    ]
    assert set(data["knobs"]) == {"hidden", "activation", "optimizer", "learning_rate", "noise", "batch"}
    assert done.stderr == ""


def test_seeds_add_how_many_are_solved_and_each_run(nnlab):
    data = json.loads(nnlab("run", "perceptrons/xor", "--steps", "20", "--seeds", "3", "--seed", "5", "--json").stdout)
    assert data["seeds"] == 3
    assert data["solved"] == 0
    assert [run["seed"] for run in data["runs"]] == [5, 6, 7]
    assert set(data["runs"][0]) == {"seed", "status", "metrics"}


def test_the_same_line_twice_gives_the_same_bytes(nnlab):
    line = ("run", "perceptrons/xor", "--steps", "300", "--set", "batch=16", "--at", "50:learning_rate=0.1")
    for form in ((), ("--plot",), ("--jsonl",)):
        first, second = nnlab(*line, *form), nnlab(*line, *form)
        assert first.stdout == second.stdout
    assert "steps/s" in nnlab(*line).stderr, "how long it took is told beside the data"


def test_seed_k_alone_equals_seed_k_in_a_batch(nnlab):
    line = ("run", "perceptrons/xor", "--steps", "200", "--json")
    batch = json.loads(nnlab(*line, "--seeds", "4").stdout)["runs"][2]["metrics"]
    assert json.loads(nnlab(*line, "--seed", "3").stdout)["metrics"] == batch


def test_jsonl_streams_a_line_per_step_and_says_how_it_ended(nnlab):
    lines = [
        json.loads(line) for line in nnlab("run", "perceptrons/xor", "--steps", "5", "--jsonl").stdout.splitlines()
    ]
    assert lines[0]["event"] == "start"
    assert [line["step"] for line in lines if line["event"] == "step"] == [1, 2, 3, 4, 5]
    assert lines[-1] == {"event": "end", "status": "done", "step": 5}


def test_a_kept_run_replays_byte_for_byte(nnlab, tmp_path):
    nnlab("run", "perceptrons/xor", "--steps", "100", "-o", "kept")
    assert "every byte the same" in nnlab("replay", "kept").stdout
    path = tmp_path / "kept" / "metrics.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"step":50', b'"step":51', 1))
    assert "First at line" in nnlab("replay", "kept", expect=1).stdout


def test_a_kept_run_holds_what_decides_it(nnlab, tmp_path):
    nnlab("run", "perceptrons/xor", "--steps", "10", "-o", "kept")
    about = json.loads((tmp_path / "kept" / "run.json").read_text())
    assert about["settings"]["knobs"]["hidden"] == 2
    assert {"nnlab", "python", "numpy", "blas", "machine"} <= set(about["environment"])
    assert (tmp_path / "kept" / "weights.safetensors").stat().st_size > 50


def test_plots_are_plain_text_in_a_pipe(nnlab):
    done = nnlab("run", "perceptrons/xor", "--steps", "50", "--plot")
    assert "\x1b" not in done.stdout
    assert max(len(line) for line in done.stdout.splitlines()) <= 80 + len("again           ") + 60
    assert "⠉" in done.stdout or "⡇" in done.stdout
    assert nnlab("run", "perceptrons/xor", "--steps", "50", "--plot", "--ascii").stdout.isascii()


def test_printed_plots_have_the_lesson_s_words(nnlab):
    shown = nnlab("run", "activations/dying", "--steps", "20", "--plot").stdout
    assert "three times" in shown[shown.index("dead units") :]


def test_progress_goes_to_stderr(nnlab):
    done = nnlab("run", "perceptrons/xor", "--steps", "100")
    assert "step " in done.stderr
    assert done.stdout.splitlines()[-1].startswith("again           nnlab run perceptrons/xor --seed 1 --steps 100")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("run", "preceptrons"), "no lesson 'preceptrons'; did you mean 'perceptrons'?"),
        (("run", "perceptrons/xr"), "did you mean 'xor'?"),
        (("run", "perceptrons/xor", "--set", "hiden=3"), "no knob 'hiden'; did you mean 'hidden'?"),
        (("run", "perceptrons/xor", "--set", "hidden=99"), "a whole number from 0 to 16"),
        (("run", "perceptrons/xor", "--set", "hidden"), "write it as KNOB=VALUE"),
        (("run", "perceptrons/xor", "--set", "activation=tahn"), "did you mean 'tanh'?"),
        (("run", "perceptrons/xor", "--at", "x:learning_rate=1"), "STEP:KNOB=VALUE"),
        (("run", "perceptrons/xor", "--at", "5:hidden=3"), "use --set hidden=3"),
        (("run", "perceptrons/xor", "--device", "tpu"), "There are: auto, cpu, cuda"),
        (("test", "no-such-claim"), "no lesson or claim 'no-such-claim'"),
        (("replay", "./nowhere"), "a run folder holds run.json"),
        (("replay", "nowhere"), "no run 'nowhere': no run was kept here yet"),
        (("list", "--lessons", "nowhere"), "holds no course.toml"),
    ],
)
def test_a_mistake_gets_one_sentence_and_exit_2(nnlab, arguments, sentence):
    done = nnlab(*arguments, expect=2)
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_without_a_terminal_the_lab_points_to_run(nnlab):
    assert "nnlab run" in nnlab(expect=2, stdin="").stderr


def test_a_run_that_diverges_says_where_and_what_to_try(nnlab):
    done = nnlab("run", "perceptrons/xor", "--set", "learning_rate=1e30", "--set", "activation=relu", expect=1)
    assert "diverged" in done.stdout
    assert "Try --set learning_rate=0.3" in done.stdout


def test_a_missing_gpu_is_exit_3_with_the_next_command(nnlab):
    from nnlab.engine import available

    if available("cupy") is None:
        assert json.loads(nnlab("run", "perceptrons/xor", "--device", "cuda", "--json").stdout)["device"] == "cuda"
    else:
        assert "nnlab doctor" in nnlab("run", "perceptrons/xor", "--device", "cuda", expect=3).stderr


def test_the_time_limit_is_exit_4(nnlab):
    line = ("run", "perceptrons/xor", "--steps", "100000000", "--max-seconds", "0.2", "--json")
    assert json.loads(nnlab(*line, expect=4).stdout)["status"] == "limit"


def test_list_gives_titles_pages_and_progress(nnlab):
    lesson = json.loads(nnlab("list", "--json").stdout)["lessons"][0]
    assert lesson["slug"] == "perceptrons"
    assert set(lesson["title"]) == {"en", "zh"}
    assert {"pages", "experiments", "claims", "progress"} <= set(lesson)
    assert {"perceptrons/xor", "workbench/table"} <= set(nnlab("list", "--experiments").stdout.splitlines())


def test_a_claim_is_proved_and_its_broken_form_fails_by_name(nnlab):
    proof = json.loads(nnlab("test", "three-gates-make-xor", "--json").stdout)["claims"][0]
    assert {"id", "lesson", "status", "value", "seconds"} <= set(proof)
    assert proof["status"] == "proved"
    broken = nnlab("test", "three-gates-make-xor", "--broken", expect=1)
    assert "✗ perceptrons/three-gates-make-xor" in broken.stdout


def test_a_foreign_course_runs_only_with_trust(nnlab, tmp_path):
    from tests.lab.conftest import write_course

    write_course(tmp_path / "course")
    line = ("run", "toy/walk", "--lessons", "course", "--json")
    assert "--trust" in nnlab(*line, expect=2).stderr
    assert json.loads(nnlab(*line, "--trust").stdout)["status"] == "done"


def test_doctor_and_paths_answer(nnlab, tmp_path):
    assert "processor" in nnlab("doctor").stdout
    assert str(tmp_path / "home") in nnlab("paths").stdout


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_ends_a_run_at_once(nnlab, name):
    command = [sys.executable, "-m", "nnlab.cli", "run", "perceptrons/xor", "--steps", "100000000", "--jsonl"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=nnlab.environment)
    assert process.stdout.readline()
    process.send_signal(getattr(signal, name))
    process.communicate(timeout=30)
    assert process.returncode in (128 + getattr(signal, name), -getattr(signal, name))


def test_a_closed_pipe_is_no_traceback(nnlab):
    command = [sys.executable, "-m", "nnlab.cli", "run", "perceptrons/xor", "--steps", "200000", "--jsonl"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=nnlab.environment)
    process.stdout.readline()
    process.stdout.close()
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        process.stderr.read(1)
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
