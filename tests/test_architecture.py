"""The rules of ARCHITECTURE.md that a test can hold."""

import io
import subprocess
import sys
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "nnlab"


def modules_after(statement):
    """Names of the modules that a fresh interpreter holds after running `statement`."""
    code = f"{statement}\nimport sys; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "nnlab.lab.training",
        "nnlab.lab.trainer",
        "nnlab.lab.checks",
        "nnlab.lab.supervised",
        "nnlab.stage",
        "nnlab.plots",
    ],
)
def test_nothing_below_the_screen_imports_textual_or_rich(module):
    assert not {"textual", "rich"} & modules_after(f"import {module}")


def test_help_imports_neither_textual_nor_numpy():
    loaded = modules_after("from nnlab import cli")
    assert not {"textual", "numpy", "rich"} & loaded


def test_listing_lessons_runs_none_of_their_code():
    rest = "None, experiments=False, language='en', as_json=True"
    calls = "; ".join(f"list_lessons({lesson}, {rest})" for lesson in ("None", "'perceptrons'"))
    loaded = modules_after(f"from nnlab.commands.listing import list_lessons; {calls}")
    assert not [name for name in loaded if name.startswith("nnlab_lesson_")]


def test_cupy_is_imported_in_one_file():
    importing = [
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(line.strip().startswith(("import cupy", "from cupy")) for line in path.read_text("utf-8").splitlines())
    ]
    assert importing == ["nnlab/engine/backend.py"]


def code_lines(paths):
    """Lines that hold code: no comments, docstrings or blank lines."""
    count = 0
    for path in paths:
        tokens = list(tokenize.generate_tokens(io.StringIO(path.read_text("utf-8")).readline))
        lines = set()
        previous = tokenize.INDENT
        for token in tokens:
            is_docstring = token.type == tokenize.STRING and previous in (
                tokenize.INDENT,
                tokenize.NEWLINE,
                tokenize.DEDENT,
                tokenize.ENCODING,
            )
            if (
                token.type
                not in (
                    tokenize.COMMENT,
                    tokenize.NL,
                    tokenize.NEWLINE,
                    tokenize.INDENT,
                    tokenize.DEDENT,
                    tokenize.ENDMARKER,
                    tokenize.ENCODING,
                )
                and not is_docstring
            ):
                lines.update(range(token.start[0], token.end[0] + 1))
            if token.type not in (tokenize.NL, tokenize.COMMENT):
                previous = token.type
        count += len(lines)
    return count


def test_the_engine_can_be_read_in_an_afternoon():
    engine = [
        path for path in (PACKAGE / "engine").rglob("*.py") if path.stem != "kernels" and path.parent.name != "kernels"
    ]
    kernels = [
        path for path in (PACKAGE / "engine").rglob("*.py") if path.stem == "kernels" or path.parent.name == "kernels"
    ]
    replay = PACKAGE / "nn" / "replay.py"
    assert code_lines(engine) <= 1800
    assert code_lines(kernels) <= 500
    assert code_lines([replay]) <= 150
    assert code_lines([*engine, *(path for path in (PACKAGE / "nn").rglob("*.py") if path != replay)]) <= 2800


def test_the_app_stays_small():
    app = PACKAGE / "tui" / "app.py"
    assert len(app.read_text("utf-8").splitlines()) < 200


def test_no_file_has_grown_a_second_subject():
    long = {
        path.relative_to(ROOT).as_posix(): n
        for folder in ("nnlab", "lessons", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if (n := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert not long
