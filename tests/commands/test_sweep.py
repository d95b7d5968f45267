"""`nnlab sweep` as a shell would run it: killed, taken up again, repeated cell by cell."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DEADLINE = 60.0


def begin(environment, folder, *arguments):
    command = [sys.executable, "-m", "nnlab.cli", *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, env=environment, cwd=folder, preexec_fn=hear_the_keyboard, **pipes)


def hear_the_keyboard():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would be deaf to it


def wait_until_gone(processes):
    end = time.monotonic() + DEADLINE
    while any(map(is_alive, processes)):
        assert time.monotonic() < end, "a worker outlives the sweep"
        time.sleep(0.05)


def events(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def is_alive(pid):
    """Whether the process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(pid):
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        if parent == pid:
            found.append(int(stat.parent.name))
    return found


def test_a_sweep_ranks_its_cells_and_names_the_line_of_the_best(nnlab):
    line = ("sweep", "perceptrons/spirals", "--grid", "learning_rate=0.0001,0.03", "--grid", "width=4,8")
    done = nnlab(*line, "--steps", "200", "-o", "kept")
    rows = done.stdout.splitlines()
    assert rows[0].split() == ["learning_rate", "width", "test_loss", "status"]
    assert rows[1].split()[1] == "0.03"
    assert "best    nnlab run perceptrons/spirals --set learning_rate=0.03" in done.stdout
    data = json.loads(nnlab(*line, "--steps", "200", "-o", "kept", "--json").stdout)
    losses = [cell["value"] for cell in data["cells"]]
    assert losses == sorted(losses)
    assert len(losses) == 4


def test_a_sweep_until_the_goal_ranks_by_how_soon_it_holds(nnlab):
    line = ("sweep", "workbench/table", "--grid", "learning_rate=0.000001,0.03,0.1", "--set", "source=gaussians")
    data = json.loads(nnlab(*line, "--until-goal", "--steps", "400", "--json").stdout)
    assert data["metric"] == "steps"
    assert [cell["status"] for cell in data["cells"]][:2] == ["goal", "goal"]
    fast, slow, never = data["cells"]
    assert 0 < fast["value"] <= slow["value"] < 400
    assert (never["value"], never["knobs"]) == (None, {"learning_rate": 1e-06})
    alone = json.loads(nnlab(*shlex.split(fast["line"])[1:], "--json").stdout)
    assert (alone["steps"], alone["status"]) == (fast["value"], "goal")
    assert "give --until-goal" in nnlab(*line, "--metric", "steps", expect=2).stderr


def test_a_cells_line_run_alone_gives_the_cells_numbers(nnlab):
    line = ("sweep", "perceptrons/xor", "--random", "learning_rate=0.01..10:log", "--random", "hidden=0..4")
    done = events(nnlab(*line, "--samples", "6", "--steps", "150", "--jsonl"))
    cells = [event for event in done if event["event"] == "cell"]
    assert len(cells) == 6
    for cell in cells[:3]:
        alone = json.loads(nnlab(*shlex.split(cell["line"])[1:], "--json").stdout)
        for wall in ("seconds", "steps_per_second"):
            assert alone.pop(wall) is not None
            cell["summary"].pop(wall)
        assert alone == cell["summary"]


def test_a_map_over_values_that_lie_far_apart_shows_their_powers_of_ten(nnlab):
    grid = ("--grid", "learning_rate=0.01,0.2", "--grid", "momentum=0.5,0.9")
    drawn = nnlab("sweep", "optimizers/descent", "--set", "optimizer=momentum", *grid, "--steps", "60", "--plot").stdout
    rows = drawn.splitlines()
    assert "log₁₀" in rows[0]
    low, high = (next(row for row in rows if row.split()[:1] == [rate]) for rate in ("0.01", "0.2"))
    assert all(word.startswith("−") for word in low.split()[1:])
    assert not any(word.startswith("−") for word in high.split()[1:])


def test_a_cell_of_a_kept_sweep_is_replayed_alone(nnlab, tmp_path):
    grid = ("--grid", "learning_rate=0.01,0.1", "--grid", "noise=0.0,0.1")
    drawn = nnlab("sweep", "perceptrons/spirals", *grid, "--steps", "60", "-o", "kept", "--plot").stdout
    assert "test loss by learning_rate (down) and noise" in drawn
    assert "with learning_rate 0.1, noise 0.1, alone: every bit the same" in nnlab("replay", "kept/3").stdout
    assert "is not finished" in nnlab("replay", "kept/9", expect=2).stderr
    path = tmp_path / "kept" / "journal.jsonl"
    path.write_text(path.read_text().replace('"digest":"', '"digest":"0'))
    assert "the repetition differs" in nnlab("replay", "kept/3", expect=1).stdout


def test_the_users_table_is_swept_and_its_cells_repeat(nnlab, tmp_path):
    (tmp_path / "t.csv").write_text("a,b,kind\n" + "".join(f"{i % 7},{i % 5},{'uvw'[i % 3]}\n" for i in range(60)))
    line = ("sweep", "workbench", "--data", "t.csv", "--target", "kind", "--layers", "4 tanh")
    nnlab(*line, "--grid", "learning_rate=0.01,0.1", "--steps", "20", "-o", "kept")
    (tmp_path / "t.csv").unlink()
    assert "every bit the same" in nnlab("replay", "kept/1").stdout


def test_an_experiment_that_is_not_supervised_is_swept_too(nnlab):
    axes = ("--grid", "d_rate=0.001,0.01", "--grid", "loss=minimax,non_saturating")
    line = ("sweep", "gan/plane", *axes, "--steps", "20", "--metric", "reverse_kl", "-o", "kept")
    done = events(nnlab(*line, "--jsonl"))
    cells = [event for event in done if event["event"] == "cell"]
    assert [cell["summary"]["status"] for cell in cells] == ["done"] * 4
    values = {cell["cell"]: cell["value"] for cell in cells}
    assert done[-1]["ranked"] == sorted(values, key=values.__getitem__)
    assert "every bit the same" in nnlab("replay", "kept/2").stdout


def test_a_sweep_killed_at_any_moment_goes_on_without_repeating_a_cell(nnlab, environment, tmp_path):
    line = ("sweep", "perceptrons/gates", "--random", "learning_rate=0.1..1", "--samples", "30", "--seeds", "40")
    line += ("--steps", "150", "--jsonl", "-o", "kept", "--jobs", "2")
    whole = {event["cell"]: event for event in events(nnlab(*line[:-4], "-o", "whole")) if event["event"] == "cell"}
    told = set()
    for wanted in (1, 4, 9):
        process = begin(environment, tmp_path, *line)
        came = {}
        workers = []
        for text in process.stdout:
            event = json.loads(text)
            workers = workers or children(process.pid)
            if event["event"] == "cell":
                came[event["cell"]] = event
                if sum(not cell["is_old"] for cell in came.values()) >= wanted:
                    break
        workers = children(process.pid)
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate()
        for text in rest.splitlines():
            if text.startswith('{"event":"cell"') and text.endswith("}"):
                came[json.loads(text)["cell"]] = json.loads(text)
        assert told <= {cell for cell, event in came.items() if event["is_old"]}, "a finished cell was lost"
        told |= came.keys()
        wait_until_gone(workers)
    last = [event for event in events(nnlab(*line)) if event["event"] == "cell"]
    assert len(last) == 30
    assert told <= {event["cell"] for event in last if event["is_old"]}
    assert {event["cell"]: event["digest"] for event in last} == {
        cell: event["digest"] for cell, event in whole.items()
    }


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_an_interrupted_sweep_ends_with_its_workers_and_goes_on_later(nnlab, environment, tmp_path, number, code):
    line = ("sweep", "perceptrons/gates", "--random", "learning_rate=0.1..1", "--samples", "12", "--seeds", "40")
    line += ("--steps", "150", "--jsonl", "-o", "kept")
    process = begin(environment, tmp_path, *line)
    while '"event":"cell"' not in process.stdout.readline():
        pass
    workers = children(process.pid)
    process.send_signal(number)
    _, errors = process.communicate()
    assert process.returncode == code
    assert "Traceback" not in errors
    wait_until_gone(workers)
    assert sum(event["event"] == "cell" for event in events(nnlab(*line))) == 12


def test_without_a_folder_the_same_line_takes_the_sweep_up(nnlab):
    line = ("sweep", "perceptrons/xor", "--grid", "hidden=1,2", "--steps", "10", "--jsonl")
    assert not any(event.get("is_old") for event in events(nnlab(*line)))
    assert all(event["is_old"] for event in events(nnlab(*line)) if event["event"] == "cell")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "nothing varies"),
        (("--grid", "hiden=1,2"), "did you mean 'hidden'"),
        (("--grid", "hidden=1,99"), "a whole number from 0 to 16"),
        (("--grid", "hidden=1,2", "--set", "hidden=3"), "hidden is set twice"),
        (("--grid", "hidden=1,2", "--samples", "3"), "nothing is drawn"),
        (("--grid", "hidden=1,2", "--plot"), "a map over two knobs"),
        (("--grid", "hidden=1,2", "--steps", "5", "--metric", "los"), "no metric 'los'; did you mean 'loss'"),
    ],
)
def test_a_mistake_gets_one_sentence_and_exit_2(nnlab, arguments, sentence):
    done = nnlab("sweep", "perceptrons/xor", *arguments, expect=2)
    assert sentence in done.stderr
    assert done.stderr.count("nnlab:") == 1
    assert done.stdout == ""
