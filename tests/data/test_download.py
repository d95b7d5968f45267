"""Downloads, from a server on this machine only: what arrives is whole and checked, or nothing is there."""

import pytest

from nnlab.data import PUBLISHED, DataError, DownloadError, read_idx_folder
from nnlab.data.download import download, is_here, publication
from tests.published_server import published, server

__all__ = ["published", "server"]
"""Fixtures."""


def left_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_downloaded_set_is_read_as_data(published, tmp_path):
    data = read_idx_folder(download(published, tmp_path / "cache" / "small"))
    assert (data.x.shape, data.x_test.shape, data.classes) == ((6, 1, 4, 4), (4, 1, 4, 4), 6)
    assert left_in(tmp_path / "cache" / "small") == [file.name for file in published.files]


def test_progress_grows_to_all_bytes(published, tmp_path):
    told = []
    download(published, tmp_path / "small", progress=lambda *bytes_: told.append(bytes_))
    assert told == sorted(told)
    assert told[-1] == (published.size, published.size)
    assert len(told) >= 2 * len(published.files)


def test_what_is_here_is_not_fetched_again(published, server, tmp_path):
    download(published, tmp_path / "small")
    asked = list(server.asked)
    told = []
    download(published, tmp_path / "small", progress=lambda *bytes_: told.append(bytes_))
    assert server.asked == asked
    assert told[-1] == (published.size, published.size)


def test_a_file_that_rotted_is_fetched_again(published, server, tmp_path):
    folder = download(published, tmp_path / "small")
    first = published.files[0]
    (folder / first.name).write_bytes(bytes(first.size))
    assert not is_here(first, folder)
    server.asked.clear()
    download(published, folder)
    assert server.asked == [first.name]
    assert is_here(first, folder)


def test_bytes_with_another_checksum_are_thrown_away(published, server, tmp_path):
    name = published.files[0].name
    server.content[name] = bytes(len(server.content[name]))
    with pytest.raises(DownloadError, match=r"sent a file with SHA-256 .* but Small has .* thrown away"):
        download(published, tmp_path / "small")
    assert left_in(tmp_path / "small") == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(lambda content: content[:-1], r"sent \d+ of \d+ bytes", id="short"),
        pytest.param(lambda content: content + b"x", r"sent more than \d+ bytes", id="long"),
    ],
)
def test_a_file_of_another_size_is_thrown_away(published, server, tmp_path, change, said):
    name = published.files[1].name
    server.content[name] = change(server.content[name])
    with pytest.raises(DownloadError, match=said):
        download(published, tmp_path / "small")
    assert left_in(tmp_path / "small") == [published.files[0].name]


def test_a_line_that_breaks_off_leaves_nothing_half(published, server, tmp_path):
    name = published.files[0].name
    server.claims[name] = len(server.content[name])
    server.content[name] = server.content[name][:20]
    with pytest.raises(DownloadError, match=r"20 of|cannot be reached"):
        download(published, tmp_path / "small")
    assert left_in(tmp_path / "small") == []


def test_an_address_that_refuses_is_named_with_its_answer(published, server, tmp_path):
    server.content.clear()
    with pytest.raises(DownloadError, match=r"http://127.0.0.1:.* answered 404 Not Found; try again later, or put"):
        download(published, tmp_path / "small")


def test_offline_is_said_plainly_with_the_way_by_hand(published, server, tmp_path):
    server.shutdown()
    server.server_close()
    with pytest.raises(DownloadError, match=r"Small: 127.0.0.1 cannot be reached .* or put .* into .*small yourself"):
        download(published, tmp_path / "small", timeout=2)
    assert left_in(tmp_path / "small") == []


def test_stopping_from_the_progress_leaves_nothing_half(published, tmp_path):
    def stop(here, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(published, tmp_path / "small", progress=stop)
    assert left_in(tmp_path / "small") == []


def test_a_folder_that_is_a_file_is_refused(published, tmp_path):
    (tmp_path / "small").write_text("a file")
    with pytest.raises(DownloadError, match="cannot be made"):
        download(published, tmp_path / "small")


def test_an_unknown_set_is_answered_with_the_nearest():
    with pytest.raises(DataError, match=r"no data set 'fashion' to download; did you mean 'fashion-mnist'\?"):
        publication("fashion")
    assert publication("mnist").title == "MNIST"


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_published_set_has_the_four_files_with_sizes_and_checksums(name):
    files = PUBLISHED[name].files
    assert [file.name.split("-")[0] + file.name.split("-")[1] for file in files] == [
        "trainimages",
        "trainlabels",
        "t10kimages",
        "t10klabels",
    ]
    assert all(len(bytes.fromhex(file.sha256)) == 32 and file.size > 4000 for file in files)
    assert PUBLISHED[name].address.endswith("/")
