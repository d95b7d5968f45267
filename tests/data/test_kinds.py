import gzip

import numpy as np
import pytest

from nnlab.data import DataFileError, kinds, write_idx
from nnlab.data.idx import parts, read_idx_parts


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", b"x,y\n1,2\n", "table"),
        ("a.tsv", b"x\ty\n1\t2\n", "table"),
        ("iris.data", b"5.1,3.5,setosa\n", "table"),
        ("a.csv.gz", gzip.compress(b"x,y\n1,2\n", mtime=0), "table"),
        ("a.txt", b"once upon a time", "text"),
        ("README", "从前".encode(), "text"),
        ("images", bytes([0, 0, 8, 3]) + bytes(12), "images"),
        ("images.gz", gzip.compress(bytes([0, 0, 8, 3]) + bytes(12), mtime=0), "images"),
    ],
)
def test_kind_is_seen_from_first_bytes_and_name(tmp_path, name, content, kind):
    (tmp_path / name).write_bytes(content)
    assert kinds.kind_of(tmp_path / name) == kind


def test_npz_is_table_or_images_by_its_shapes(tmp_path):
    np.savez(tmp_path / "table.npz", x=np.zeros((5, 3)), y=np.zeros(5))
    np.savez_compressed(tmp_path / "images.npz", x=np.zeros((5, 8, 8)), y=np.zeros(5))
    assert kinds.kind_of(tmp_path / "table.npz") == "table"
    assert kinds.kind_of(tmp_path / "images.npz") == "images"
    assert kinds.array_shapes(tmp_path / "images.npz") == {"x": (5, 8, 8), "y": (5,)}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b" \n", "is empty"),
        ("program", b"\x7fELF\0\0", "is no text, and neither NPZ nor IDX"),
        ("zip.npz", b"PK\x03\x04 and no more", "is no NPZ file that can be read"),
        ("packed.csv.gz", gzip.compress(b"x,y\n" * 999, mtime=0)[:20], "gzip packing is damaged"),
    ],
)
def test_what_is_no_data_is_refused_by_name(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataFileError, match=said) as caught:
        kinds.kind_of(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)


def test_npz_with_python_objects_is_refused_unread(tmp_path):
    np.savez(tmp_path / "objects.npz", x=np.array([{"a": 1}], dtype=object))
    with pytest.raises(DataFileError, match="holds Python objects"):
        kinds.kind_of(tmp_path / "objects.npz")


def test_a_file_that_is_missing_is_said(tmp_path):
    with pytest.raises(DataFileError, match="there is no such file"):
        kinds.kind_of(tmp_path / "nothing.csv")


def test_labels_of_a_file_of_images_are_found_beside_it(tmp_path):
    write_idx(tmp_path / "mine-images-idx3-ubyte", np.zeros((4, 8, 8), np.uint8))
    write_idx(tmp_path / "mine-labels-idx1-ubyte.gz", np.arange(4, dtype=np.uint8))
    found = parts(tmp_path / "mine-images-idx3-ubyte")
    assert [path.name for path in found.values()] == ["mine-images-idx3-ubyte", "mine-labels-idx1-ubyte.gz"]
    data = read_idx_parts(found)
    assert (data.x.shape, data.x_test.shape, data.classes) == ((4, 1, 8, 8), (0, 1, 8, 8), 4)


def test_missing_labels_are_named(tmp_path):
    write_idx(tmp_path / "mine-images-idx3-ubyte", np.zeros((4, 8, 8), np.uint8))
    with pytest.raises(DataFileError, match="put mine-labels-idx1-ubyte beside it"):
        parts(tmp_path / "mine-images-idx3-ubyte")
