"""`nnlab runs` and `nnlab compare`, as a shell would run them."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def kept(nnlab):
    """Three kept runs, by width."""
    line = ("run", "perceptrons/spirals", "--steps", "60", "--keep", "--json")
    return {width: json.loads(nnlab(*line, "--set", f"width={width}").stdout)["run"] for width in (4, 8, 16)}


def listed(nnlab, *words):
    return [run["id"] for run in json.loads(nnlab("runs", "list", *words, "--json").stdout)["runs"]]


def test_kept_runs_are_listed_found_pinned_labelled_and_deleted(nnlab, kept):
    assert listed(nnlab) == [kept[16], kept[8], kept[4]]
    assert listed(nnlab, "spirals", "width=8") == [kept[8]]
    assert listed(nnlab, "--limit", "1") == [kept[16]]
    assert kept[4] in nnlab("runs").stdout
    nnlab("runs", "label", kept[4], "narrow one")
    nnlab("runs", "pin", kept[4], kept[8])
    assert listed(nnlab, "pinned") == [kept[8], kept[4]]
    assert listed(nnlab, "narrow") == [kept[4]]
    assert "is pinned, so it stays" in nnlab("runs", "delete", kept[8], "--yes", expect=2).stderr
    nnlab("runs", "pin", "--off", kept[8])
    nnlab("runs", "delete", kept[8], kept[16], "--yes")
    assert listed(nnlab) == [kept[4]]
    shown = nnlab("runs", "show", "narrow one").stdout
    assert "again" in shown
    assert "--set width=4" in shown
    assert "every byte the same" in nnlab("replay", "narrow one").stdout


def test_runs_that_gave_way_are_told_once(nnlab, kept):
    folder = Path(json.loads(nnlab("runs", "show", kept[4], "--json").stdout)["folder"])
    (folder.parent / "removed").write_text("7")
    assert "7 of the oldest runs gave way: 5,000 are kept" in nnlab("runs").stderr
    assert nnlab("runs").stderr == ""


def test_compared_runs_show_what_differs_results_and_curves(nnlab, kept):
    nnlab("runs", "label", kept[8], "eight")
    data = json.loads(nnlab("compare", *kept.values(), "--json").stdout)
    assert data["settings"] == {"width": ["4", "8", "16"]}
    assert data["parameters"] == [37, 105, 337]
    assert data["samples"] == [200 * 60] * 3
    assert len(data["metrics"]["loss"]) == 3
    shown = nnlab("compare", *kept.values(), "--plot", "--over", "samples", "--smoothing", "0.5", "--log").stdout
    first = shown.splitlines()[:2]
    assert first[0].split() == [kept[4], "eight", kept[16]]
    assert first[1].split() == ["width", "4", "8", "16"]
    assert "test loss" in shown
    assert "samples" in shown
    assert "\x1b" not in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_a_mistake_in_a_comparison_gets_one_sentence(nnlab, kept):
    assert "give 2 to 12" in nnlab("compare", kept[4], expect=2).stderr
    assert "named twice" in nnlab("compare", kept[4], kept[4], expect=2).stderr
    assert "did you mean 'loss'" in nnlab("compare", kept[4], kept[8], "--metric", "los", expect=2).stderr
    assert "no run 'zzz'" in nnlab("compare", kept[4], "zzz", expect=2).stderr
