"""The workbench from the shell: a table of somebody else, and bad input of every kind, one sentence and exit 2."""

import json
import os
import subprocess
import sys

import pytest

FLOWERS = "9,2,rose,lily,iris\n" + "".join(f"{k}.{i},{9 - k * 3}.{i},{k}\n" for i in range(3) for k in range(3))


@pytest.fixture
def nnlab(tmp_path):
    """A function that runs a line in a process of its own, below a folder of this test's."""

    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "nnlab.cli", *words],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.getcwd()},
            check=False,
        )

    return run


def test_a_table_is_trained_on_and_its_line_repeats(nnlab, tmp_path):
    (tmp_path / "flowers.csv").write_text(FLOWERS)
    short = ("--target", "x1", "--layers", "4 tanh", "--set", "task=classification")
    first = nnlab("run", "workbench", "--data", "flowers.csv", "--steps", "30", "--json")
    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout)
    assert (told["experiment"], told["status"]) == ("table", "done")
    assert "accuracy" in told["metrics"]
    again = nnlab("run", "workbench", "--data", told["data"][:6], "--steps", "30", "--json")
    assert json.loads(again.stdout)["metrics"] == told["metrics"]
    other = nnlab("run", "workbench", "--data", "flowers.csv", "--steps", "1", *short, "--json")
    assert json.loads(other.stdout)["knobs"] | {"target": "x1", "layers": "4 tanh"} == json.loads(other.stdout)["knobs"]


@pytest.mark.parametrize(
    ("name", "content", "words", "said"),
    [
        ("t.csv", "a,b,c\n1,2,3\n4,5\n", (), "line 3 has 2 values, but there are 3 columns"),
        ("t.csv", "a,b\n1,2\n3,4\n5,many\n", (), "line 4, column 'b' holds 'many', where numbers are due"),
        ("t.csv", "a,b\n1,x\n2,x\n", (), "column 'b' holds one class only, x"),
        ("t.csv", "a,b\n1,2\nnan,3\n5,4\n", (), "line 3, column 'a': the value is missing"),
        ("t.csv", "age,b\n1,2\n3,4\n", ("--target", "aeg"), "no column 'aeg'; did you mean 'age'?"),
        ("t.csv", "a,b\n1,2\n3,4\n", ("--layers", "conv 4 3x3"), "layers, character 1"),
        ("t.csv", "a,b\n1,2\n3,4\n", ("--layers", "8 tanh, 8 rleu"), "layers, character 11"),
        ("t.csv", "", (), "is empty"),
        ("t.csv", "a,b\n", (), "has a header but no rows"),
        ("t.csv", "a,b\n1,2.5\n2,2.5\n", (), "column 'b' is 2.5 in every row; there is nothing to learn"),
        (
            "t.csv",
            "a,b\n1,2\n2,\n3,4\n",
            ("--set", "missing=mean"),
            "line 3, column 'b': the value is missing, as in 1 of 3 rows; set",
        ),
        ("t.csv", "a,b\n1,2\ninf,3\n5,4\n", (), "line 3, column 'a': the value is infinite"),
        ("t.csv", "a,b\n1,2\n1e300,3\n5,4\n", ("--set", "scaling=none"), "x holds 1e+300 in row"),
        ("t.csv", 'a,b\n1,"2\n3,4\n5,6\n', (), "line 2 begins a quoted value that never ends"),
        ("t.csv", "a,b\n1,2\n3,4\n", ("--layers", "8, lstm 4"), "layers, character 4 (at '8, lstm 4'): lstm 4 reads"),
        (
            "t.csv",
            "a,b\n1,x\n3,y\n5,x\n",
            ("--layers", "8, batchnorm", "--set", "batch=1"),
            "batch is 1, which",
        ),
        ("t.txt", "so it goes. " * 60, ("--layers", "embed 4, batchnorm"), "character 10 (at 'embed 4, batchnorm')"),
        ("t.npz", "PK", (), "is no NPZ file that can be read"),
        ("t.bin", "\0\1\2", (), "is no text, and neither NPZ nor IDX"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_2(nnlab, tmp_path, name, content, words, said):
    (tmp_path / name).write_bytes(content.encode())
    answer = nnlab("run", "workbench", "--data", name, "--steps", "1", *words)
    assert (answer.returncode, answer.stdout) == (2, "")
    sentence = answer.stderr.splitlines()[-1]
    assert sentence.startswith("nnlab: ")
    assert said in sentence
    assert "Traceback" not in answer.stderr


def test_an_empty_name_of_data_is_no_folder(nnlab):
    answer = nnlab("run", "workbench", "--data", "")
    assert (answer.returncode, answer.stderr) == (
        2,
        "nnlab: --data is empty; give a file, or the hash from a line that the lab copied.\n",
    )


def test_a_file_of_5_gigabytes_is_refused_at_once(nnlab, tmp_path):
    with open(tmp_path / "t.csv", "wb") as file:
        file.write(b"a,b\n")
        file.truncate(5 * 2**30)
    answer = nnlab("run", "workbench", "--data", "t.csv")
    assert (answer.returncode, answer.stderr.count("\n")) == (2, 1)
    assert "has 5,368,709,120 bytes, but 1,073,741,824 are the most" in answer.stderr


def test_short_options_without_a_table_say_what_there_is(nnlab):
    answer = nnlab("run", "workbench", "--target", "price")
    assert answer.returncode == 2
    assert "no knob 'target'" in answer.stderr
