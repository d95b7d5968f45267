"""A shell line in rows is the same command when the rows are pasted."""

import shlex
import subprocess

import pytest

from nnlab.tui.shell_rows import shell_rows

LINES = [
    "nnlab run workbench/table --seed 1 --steps 2000",
    shlex.join(["nnlab", "run", "workbench/table", "--set", "features=all, -sepal length, x1^2", "--data", "ab12"]),
    shlex.join(["nnlab", "run", "a/b", "--set", "layers=8 tanh, dropout 0.1, it's 3"]),
    "nnlab run cnn/digits --set drawing=" + "0" * 64,
]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("width", [12, 30, 44, 200])
def test_pasted_rows_are_the_line(line, width):
    rows = shell_rows(line, width)
    pasted = subprocess.run(
        ["sh", "-c", "printf '%s\\n' " + "\n".join(rows)], capture_output=True, text=True, check=True
    )
    assert pasted.stdout.splitlines() == shlex.split(line)
    assert all(len(row) <= width for row in rows if " " in row.strip().removesuffix("\\").strip() and "'" not in row)


def test_an_option_stays_with_its_value_where_there_is_room():
    rows = shell_rows("nnlab run workbench/table --set layers=16 --set optimizer=sgd --seed 1 --steps 300", 36)
    assert rows[1:] == ["  --set layers=16 \\", "  --set optimizer=sgd --seed 1 \\", "  --steps 300"]


def test_a_line_that_is_no_command_stays_whole():
    assert shell_rows("it's", 2) == ["it's"]
