"""The command line, run as a shell would."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def environment(tmp_path):
    return {**os.environ, "NNLAB_HOME": str(tmp_path / "home")}


@pytest.fixture
def nnlab(environment, tmp_path):
    """Run `nnlab ARGUMENTS` in a fresh process; return it when it has ended."""

    def run(*arguments, expect=0):
        command = [sys.executable, "-m", "nnlab.cli", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path)
        assert done.returncode == expect, done.stderr
        return done

    return run
