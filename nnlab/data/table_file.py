"""A table from whatever file holds one: CSV, TSV, packed or not, or NPZ."""

from pathlib import Path

from nnlab.data.arrays_file import read_arrays_table
from nnlab.data.delimited import Progress, read_delimited
from nnlab.data.kinds import is_archive
from nnlab.data.table import Table


def read_table_file(path: Path, *, progress: Progress | None = None) -> Table:
    """Read a table by what the file's first bytes say it is. Raises DataFileError with the line and the column.

    progress: told bytes read and bytes in all, where the file is text.
    """
    return read_arrays_table(path) if is_archive(path) else read_delimited(path, progress=progress)
