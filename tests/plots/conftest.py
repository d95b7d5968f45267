"""Plain-text pictures of plots, kept beside the tests so that a change can be seen in a diff."""

import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "snapshots"


@pytest.fixture
def check():
    """Compare a grid's text with snapshots/<name>.txt; NNLAB_UPDATE_SNAPSHOTS=1 writes the file first."""
    return compare


def compare(name, grid):
    """Assert that a grid shows what its snapshot holds."""
    path = FOLDER / f"{name}.txt"
    shown = "\n".join(grid.lines()) + "\n"
    if os.environ.get("NNLAB_UPDATE_SNAPSHOTS") == "1":
        path.write_text(shown, encoding="utf-8")
    assert path.exists(), f"no snapshot {path.name}; write it with NNLAB_UPDATE_SNAPSHOTS=1 and look at it"
    assert path.read_text("utf-8") == shown
