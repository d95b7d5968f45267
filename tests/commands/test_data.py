"""`nnlab data` downloads what the user asks for, checked, and `--data NAME` learns from it."""

import json

import pytest

from nnlab.commands.data import fetch
from nnlab.data import PUBLISHED
from nnlab.lab import data_files
from nnlab.lab.errors import UsageError
from nnlab.lab.published_sets import folder_of, is_downloaded
from tests.published_server import published, server

__all__ = ["published", "server"]
"""Fixtures."""


@pytest.fixture
def small_mnist(published, monkeypatch, tmp_path):
    """A small set under MNIST's name, and a fresh home."""
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(PUBLISHED, "mnist", published)
    return published


def test_a_set_that_was_downloaded_is_learned_from_by_its_name(small_mnist, capsys):
    assert fetch("mnist", None) == 0
    assert capsys.readouterr().out == f"{folder_of('mnist')}\n"
    data = data_files.find("mnist")
    assert (data.kind, data.name) == ("images", "mnist")


def test_a_mirror_is_asked_for_the_same_files(small_mnist, server):
    fetch("mnist", small_mnist.address.removesuffix("/"))
    assert server.asked == [file.name for file in small_mnist.files]


def test_nothing_is_downloaded_unasked(small_mnist, server):
    with pytest.raises(UsageError, match="is not here; `nnlab data mnist` downloads it"):
        data_files.find("mnist")
    assert server.asked == []


def test_another_file_from_a_mirror_is_one_sentence_and_leaves_nothing(small_mnist, server):
    server.content[small_mnist.files[0].name] = bytes(small_mnist.files[0].size)
    with pytest.raises(UsageError, match="it was thrown away"):
        fetch("mnist", None)
    assert not is_downloaded("mnist")
    assert list(folder_of("mnist").iterdir()) == []


def test_an_address_must_be_one(small_mnist):
    with pytest.raises(UsageError, match=r"--from file:///etc is no address; give one that starts with https://"):
        fetch("mnist", "file:///etc")


def test_the_list_says_what_is_here(nnlab):
    listed = json.loads(nnlab("data", "--json").stdout)["data"]
    assert [(one["name"], one["is_here"]) for one in listed] == [("mnist", False), ("fashion-mnist", False)]
    assert "11.6 MB   nnlab data mnist  downloads it" in nnlab("data").stdout
    assert "did you mean 'mnist'?" in nnlab("data", "mnits", expect=2).stderr
