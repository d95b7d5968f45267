"""IDX files: what is written is read, and a damaged file is one sentence that names the file and the place."""

import gzip
import tracemalloc

import numpy as np
import pytest

from nnlab.data import DataError, DataFileError, read_idx, read_idx_folder, read_idx_samples, write_idx

IMAGES = np.arange(5 * 3 * 4, dtype=np.uint8).reshape(5, 3, 4)
LABELS = np.array([0, 1, 2, 1, 0], dtype=np.uint8)


@pytest.fixture
def image_file(tmp_path):
    write_idx(tmp_path / "images", IMAGES)
    return tmp_path / "images"


@pytest.mark.parametrize("kind", ["u1", "i1", "i2", "i4", "f4", "f8"])
@pytest.mark.parametrize("name", ["plain", "packed.gz"])
def test_every_kind_of_number_survives_the_round_trip(tmp_path, kind, name):
    array = np.array([[1, 2, 3], [100, 0, 7]], dtype=kind)
    write_idx(tmp_path / name, array)
    read = read_idx(tmp_path / name)
    assert read.dtype == array.dtype
    assert read.dtype.isnative
    assert np.array_equal(read, array)


def test_the_header_is_the_published_one(image_file):
    assert image_file.read_bytes()[:16] == bytes([0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 3, 0, 0, 0, 4])


def test_writing_twice_gives_the_same_bytes(tmp_path):
    write_idx(tmp_path / "a.gz", IMAGES)
    write_idx(tmp_path / "b.gz", IMAGES)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()


@pytest.mark.parametrize("limit", [0, 2, 5, 9])
def test_a_limit_reads_the_first_entries_only(image_file, limit):
    assert np.array_equal(read_idx(image_file, limit=limit), IMAGES[:limit])


def test_what_was_read_can_be_changed(image_file):
    read_idx(image_file)[0] = 0
    assert np.array_equal(read_idx(image_file), IMAGES)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(lambda b: b"", "begins with nothing", id="empty"),
        pytest.param(lambda b: b"PK" + b[2:], "begins with 50 4b 08 03", id="other format"),
        pytest.param(lambda b: b[:2] + b"\x07" + b[3:], "byte 2 is 7", id="unknown kind"),
        pytest.param(lambda b: b[:3] + b"\x00" + b[4:], "byte 3 is 0", id="no axes"),
        pytest.param(lambda b: b[:3] + b"\xff" + b[4:], "byte 3 is 255", id="255 axes"),
        pytest.param(lambda b: b[:10], "ends at byte 10, inside its header of 16 bytes", id="cut header"),
        pytest.param(lambda b: b[:-1], "says 5 x 3 x 4, so 76 bytes, but the file holds 75 bytes", id="cut data"),
        pytest.param(lambda b: b + b"\0", "so 76 bytes, but the file holds 77 bytes", id="rest behind"),
        pytest.param(lambda b: b[:4] + b"\xff" * 12 + b[16:], "says 4294967295 x 4294967295", id="huge header"),
    ],
)
def test_a_damaged_file_is_named_with_the_byte(image_file, change, said):
    image_file.write_bytes(change(image_file.read_bytes()))
    with pytest.raises(DataFileError, match=said) as caught:
        read_idx(image_file)
    assert str(image_file) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(lambda b: gzip.compress(b)[:-12], "packing is damaged", id="cut gzip"),
        pytest.param(lambda b: gzip.compress(b)[:-8] + bytes(8), "packing is damaged", id="wrong checksum"),
        pytest.param(lambda b: gzip.compress(b[:-5]), "ends at byte 71 of 76", id="cut inside"),
        pytest.param(lambda b: gzip.compress(b + b"\0"), "goes on after byte 76", id="rest inside"),
        pytest.param(lambda b: gzip.compress(b[:4] + b"\x7f" * 12), "but the file holds .* bytes at most", id="huge"),
    ],
)
def test_a_damaged_packed_file_is_named_too(image_file, content, said):
    image_file.write_bytes(content(image_file.read_bytes()))
    with pytest.raises(DataFileError, match=said):
        read_idx(image_file)


def test_no_mutation_of_a_file_raises_anything_but_our_error(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "mutated"
    refused = 0
    for packed in (False, True):
        write_idx(tmp_path / ("a.gz" if packed else "a"), IMAGES)
        good = (tmp_path / ("a.gz" if packed else "a")).read_bytes()
        for _ in range(300):
            content = bytearray(good)
            for place in rng.integers(0, len(content), rng.integers(1, 4)):
                content[place] = rng.integers(256)
            path.write_bytes(content[: rng.integers(len(content) // 2, len(content) + 1)])
            try:
                read_idx(path)
            except DataFileError:
                refused += 1
    assert refused > 300


def test_a_header_that_lies_allocates_nothing(tmp_path):
    path = tmp_path / "liar"
    path.write_bytes(bytes([0, 0, 8, 2]) + b"\0\0\xff\xff" * 2 + bytes(10))
    tracemalloc.start()
    with pytest.raises(DataFileError):
        read_idx(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_a_missing_file_and_a_folder_are_said_plainly(tmp_path):
    with pytest.raises(DataFileError, match="there is no such file"):
        read_idx(tmp_path / "nothing")
    with pytest.raises(DataFileError, match="cannot be read"):
        read_idx(tmp_path)


def test_a_pair_becomes_images_from_zero_to_one_and_whole_labels(tmp_path):
    write_idx(tmp_path / "x", np.full((2, 3, 4), 255, np.uint8))
    write_idx(tmp_path / "y", LABELS[:2])
    x, y = read_idx_samples(tmp_path / "x", tmp_path / "y")
    assert (x.shape, x.dtype, y.dtype) == ((2, 1, 3, 4), np.float64, np.int64)
    assert np.array_equal(x, np.ones((2, 1, 3, 4)))
    assert y.tolist() == [0, 1]


def test_a_pair_that_does_not_match_is_refused(tmp_path):
    write_idx(tmp_path / "x", IMAGES)
    write_idx(tmp_path / "y", LABELS[:4])
    with pytest.raises(DataFileError, match="5 images but y 4 labels"):
        read_idx_samples(tmp_path / "x", tmp_path / "y")
    with pytest.raises(DataFileError, match=r"holds 4 of uint8, but images are \(n, h, w\)"):
        read_idx_samples(tmp_path / "y", tmp_path / "x")


@pytest.mark.parametrize("form", ["{}-idx{}-ubyte", "{}-idx{}-ubyte.gz", "{}.idx{}-ubyte"])
def test_a_folder_of_four_files_is_a_data_set(tmp_path, form):
    for stem, count in (("train", 5), ("t10k", 3)):
        write_idx(tmp_path / form.format(f"{stem}-images", 3), IMAGES[:count])
        write_idx(tmp_path / form.format(f"{stem}-labels", 1), LABELS[:count])
    data = read_idx_folder(tmp_path)
    assert (data.x.shape, data.x_test.shape) == ((5, 1, 3, 4), (3, 1, 3, 4))
    assert (data.classes, data.names, data.is_regression) == (3, ("ink",), False)
    assert len(read_idx_folder(tmp_path, limit=2).x) == 2


def test_a_folder_that_lacks_files_lists_them(tmp_path):
    write_idx(tmp_path / "train-images-idx3-ubyte", IMAGES)
    with pytest.raises(
        DataError, match="lacks train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte"
    ):
        read_idx_folder(tmp_path)


def test_numbers_that_idx_cannot_hold_are_refused(tmp_path):
    with pytest.raises(DataFileError, match="cannot hold 2 of int64"):
        write_idx(tmp_path / "x", np.array([1, 2]))
