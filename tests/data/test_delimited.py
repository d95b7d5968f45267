import gzip

import numpy as np
import pytest

from nnlab.data import DataFileError, delimited
from nnlab.data.delimited import read_delimited
from nnlab.data.table import as_labels


@pytest.fixture
def table(tmp_path):
    """A function that reads a table from its text."""

    def read(text, name="t.csv"):
        (tmp_path / name).write_bytes(text.encode())
        return read_delimited(tmp_path / name)

    return read


def test_header_numbers_and_texts(table):
    read = table("age,sort\n3,red\n4.5,blue\n")
    assert read.names == ("age", "sort")
    assert read.column("age").tolist() == [3.0, 4.5]
    assert read.column("sort").tolist() == ["red", "blue"]
    assert read.lines.tolist() == [2, 3]


def test_without_a_header_columns_are_numbered(table):
    read = table("5.1,3.5,setosa\n4.9,3.0,virginica\n")
    assert (read.names, len(read)) == (("x1", "x2", "x3"), 2)


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_delimiter_is_found(table, mark):
    read = table(f"a{mark}b c{mark}d\n1{mark}2{mark}3\n4{mark}5{mark}6\n")
    assert read.names == ("a", "b c", "d")
    assert read.column("d").tolist() == [3.0, 6.0]


def test_columns_by_blanks(table):
    assert table("1 2  3\n4 5 6\n", "t.dat").column("x3").tolist() == [3.0, 6.0]


def test_quotes_hold_delimiters_and_line_ends(table):
    read = table('name,x\n"Doe, Jane",1\n"two\nlines",2\n')
    assert read.column("name").tolist() == ["Doe, Jane", "two\nlines"]


def test_missing_values_are_nan_or_empty(table):
    read = table("x,sort\n1,a\n,b\nNA,?\n4,d\n")
    np.testing.assert_array_equal(read.column("x"), [1, np.nan, np.nan, 4])
    assert read.column("sort").tolist() == ["a", "b", "", "d"]


def test_a_first_line_that_counts_and_names_the_classes(table):
    read = table("3,2,cat,dog\n1,2,0\n3,4,1\n5,6,1\n")
    assert read.names == ("x1", "x2", "class")
    labels, names = as_labels(read, "class")
    assert (labels.tolist(), names) == ([0, 1, 1], ("cat", "dog"))


def test_windows_lines_and_byte_order_mark(table):
    assert table("\ufeffa,b\r\n1,2\r\n").names == ("a", "b")


def test_packed_table(tmp_path):
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n3,4\n"))
    assert len(read_delimited(tmp_path / "t.csv.gz")) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b,c\n1,2,3\n4,5\n", r"t\.csv: line 3 has 2 values, but there are 3 columns \('a' to 'c'\)"),
        ("a,b\n1,2\n3,4,5\n", "line 3 has 3 values"),
        ("a,b\n1,2\n2,3\n3,many\n", "line 4, column 'b' holds 'many', where numbers are due"),
        ("a,a\n1,2\n", "line 1 names two columns 'a'"),
        ("a,b\n", "has a header but no rows"),
        ("\n\n", "holds no rows"),
    ],
)
def test_wrong_tables_are_refused_with_line_and_column(table, text, said):
    with pytest.raises(DataFileError, match=said):
        table(text)


def test_lines_are_right_behind_quoted_line_ends_and_blank_lines(table):
    with pytest.raises(DataFileError, match="line 6 has 1 values"):
        table('a,b\n"x\ny",2\n\nz,3\nw\n')


def test_a_file_that_is_not_utf8_is_said(tmp_path):
    (tmp_path / "t.csv").write_bytes(b"a,b\n1,\xe9\n")
    with pytest.raises(DataFileError, match="is not UTF-8"):
        read_delimited(tmp_path / "t.csv")


def test_blocks_give_what_one_block_gives(tmp_path, monkeypatch):
    rows = [f"{i},{i / 7:.6f},{'odd' if i % 2 else 'even'},{'' if i == 77 else i * i}" for i in range(200)]
    (tmp_path / "t.csv").write_text("a,b,c,d\n" + "\n".join(rows))
    whole = read_delimited(tmp_path / "t.csv")
    told = []
    monkeypatch.setattr(delimited, "BLOCK", 256)
    parts = read_delimited(tmp_path / "t.csv", progress=lambda done, size: told.append((done, size)))
    for one, other in zip(whole.columns, parts.columns, strict=True):
        np.testing.assert_array_equal(one, other)
    assert parts.lines.tolist() == list(range(2, 202))
    assert told[-1] == (whole.path.stat().st_size,) * 2


def test_unknown_column_offers_the_nearest(table):
    with pytest.raises(ValueError, match=r"no column 'aeg'; did you mean 'age'\? There are: age, sort"):
        table("age,sort\n3,red\n4,blue\n").column("aeg")
