"""Data of the user's own: kept by content, found again, refused when it changed."""

import os

import numpy as np
import pytest

from nnlab.data import write_idx
from nnlab.lab import data_files, paths
from nnlab.lab.errors import UsageError


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("x,y\n1,2\n")
    return path


@pytest.fixture
def in_place(monkeypatch):
    """Every file counts as too large to be copied."""
    monkeypatch.setattr(data_files, "COPIED_BYTES", 0)


def test_a_file_is_found_again_by_its_hash_when_the_original_is_gone(table):
    first = data_files.find(str(table))
    table.unlink()
    again = data_files.find(first.hash)
    assert again == first
    assert (again.kind, again.name, again.path.read_text()) == ("table", "table.csv", "x,y\n1,2\n")
    assert data_files.find(first.hash[:5]) == first


def test_hash_is_of_content_and_kind_not_of_the_name(table, tmp_path):
    (tmp_path / "other.csv").write_bytes(table.read_bytes())
    (tmp_path / "table.txt").write_bytes(table.read_bytes())
    named = {name: data_files.keep(tmp_path / name).hash for name in ("table.csv", "other.csv", "table.txt")}
    assert named["table.csv"] == named["other.csv"] != named["table.txt"]


def test_a_large_file_is_used_in_place(table, in_place):
    data = data_files.keep(table)
    assert data.path == table
    assert os.listdir(paths.all_paths()["own"] / data.hash) == ["about.json"]
    assert data_files.find(data.hash) == data


def test_a_large_file_that_changed_is_refused_and_one_that_was_only_touched_is_not(table, in_place):
    data = data_files.keep(table)
    os.utime(table, (1, 1))
    assert data_files.find(data.hash) == data
    table.write_text("x,y\n1,3\n")
    with pytest.raises(UsageError, match="has changed since the run with data " + data.hash):
        data_files.find(data.hash)
    table.unlink()
    with pytest.raises(UsageError, match="is gone"):
        data_files.find(data.hash)


def test_all_files_of_an_idx_set_are_kept(tmp_path):
    for part, count in (("train", 6), ("t10k", 2)):
        write_idx(tmp_path / f"{part}-images-idx3-ubyte", np.zeros((count, 8, 8), np.uint8))
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte", np.zeros(count, np.uint8))
    data = data_files.find(str(tmp_path))
    assert data.kind == "images"
    assert len(os.listdir(data.path.parent)) == 5
    assert data_files.find(str(tmp_path / "train-images-idx3-ubyte")).hash == data.hash
    write_idx(tmp_path / "t10k-labels-idx1-ubyte", np.ones(2, np.uint8))
    assert data_files.find(str(tmp_path)).hash != data.hash


def test_what_was_drawn_is_kept_like_a_file(tmp_path):
    data = data_files.keep_drawn(b"x0,x1,class\n0.5,0.5,1\n", "points.csv")
    assert (data.kind, data.name) == ("table", "points.csv")
    (tmp_path / "same.csv").write_bytes(b"x0,x1,class\n0.5,0.5,1\n")
    assert data_files.find(str(tmp_path / "same.csv")).hash == data.hash


def test_an_enormous_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "enormous.csv"
    with open(path, "wb") as file:
        file.write(b"x,y\n")
        file.truncate(5 * 2**30)
    with pytest.raises(UsageError, match=r"enormous.csv: has 5,368,709,120 bytes, but 1,073,741,824 are the most"):
        data_files.find(str(path))


def test_names_that_are_neither_file_nor_hash_are_refused():
    with pytest.raises(UsageError, match=r"--data nothing\.csv is neither a file nor the hash"):
        data_files.find("nothing.csv")
    with pytest.raises(UsageError, match="data abcdef is not kept here; give its file"):
        data_files.find("abcdef")


def test_digits_that_fit_several_are_refused(tmp_path):
    table = data_files.keep_drawn(b"x,y\n1,2\n", "a.csv")
    other = paths.all_paths()["own"] / (table.hash[:4] + "00000000")
    other.mkdir()
    (other / "about.json").write_bytes((paths.all_paths()["own"] / table.hash / "about.json").read_bytes())
    with pytest.raises(UsageError, match="fits 2 kept data"):
        data_files.find(table.hash[:4])


def test_damaged_notes_are_made_anew_by_the_file(table):
    data = data_files.keep(table)
    (paths.all_paths()["own"] / data.hash / "about.json").write_text("{")
    with pytest.raises(UsageError, match="give the file itself"):
        data_files.find(data.hash)
    assert data_files.find(str(table)) == data
