"""The wheel, installed into an empty environment, runs a lesson from there."""

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl")), next(folder.glob("*.tar.gz"))


def test_the_wheel_carries_lessons_and_assets_inside_the_package(built):
    names = zipfile.ZipFile(built[0]).namelist()
    assert "nnlab/_bundled/lessons/course.toml" in names
    assert "nnlab/_bundled/lessons/perceptrons/zh.md" in names
    assert "nnlab/tui/catalogue/zh.toml" in names
    assert not [name for name in names if name.startswith(("lessons/", "assets/", "tests/"))]


def test_the_source_archive_carries_what_the_tests_need(built):
    with tarfile.open(built[1]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"Makefile", "tests/test_packaging.py", "lessons/course.toml", "ARCHITECTURE.md"} <= names


def test_an_empty_environment_runs_a_lesson_from_the_wheel(built, tmp_path):
    place = tmp_path / "empty"
    venv.create(place, with_pip=True)
    scripts = place / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([scripts / "python", "-m", "pip", "install", "-q", str(built[0])], check=True, capture_output=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["NNLAB_HOME"] = str(tmp_path / "home")
    done = subprocess.run(
        [scripts / "nnlab", "run", "perceptrons/gates", "--set", "gate=and", "--json"],
        check=True,
        capture_output=True,
        cwd=tmp_path,
        env=environment,
    )
    assert json.loads(done.stdout)["status"] == "done"
    where = subprocess.run([scripts / "nnlab", "paths"], check=True, capture_output=True, text=True, env=environment)
    assert str(place) in where.stdout
