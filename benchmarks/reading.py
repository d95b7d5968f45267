"""How long a table of 100,000 rows x 50 columns takes to be read, plain or packed: python -m benchmarks.reading."""

import gzip
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from nnlab.data import read_table_file
from nnlab.data.table import Table

ROWS, COLUMNS = 100_000, 50
REPEATS = 3


def write_tables(folder: Path) -> dict[str, tuple[Path, Callable[[Path], Table]]]:
    """Write the same numbers in each form; return what it is called -> (file, its reader)."""
    x = np.random.default_rng(0).normal(size=(ROWS, COLUMNS))
    head = ",".join(f"column {number}" for number in range(COLUMNS))
    np.savetxt(folder / "plain.csv", x, delimiter=",", fmt="%.6f", header=head, comments="")
    plain = (folder / "plain.csv").read_text()
    lines = plain.splitlines()
    labelled = [f"{head},kind", *(f"{line},{'red' if i % 2 else 'blue'}" for i, line in enumerate(lines[1:]))]
    (folder / "texts.csv").write_text("\n".join(labelled))
    gaps = [line if i % 10 else line[line.index(",") :] for i, line in enumerate(lines[1:], start=1)]
    (folder / "gaps.csv").write_text("\n".join([head, *gaps]))
    (folder / "quoted.csv").write_text("\n".join([head, *('"' + line.replace(",", '","') + '"' for line in lines[1:])]))
    (folder / "packed.csv.gz").write_bytes(gzip.compress(plain.encode(), 1))
    np.savez(folder / "arrays.npz", x=x, y=x[:, 0])
    return {
        "CSV": (folder / "plain.csv", read_table_file),
        "CSV with a column of texts": (folder / "texts.csv", read_table_file),
        "CSV, a value missing in every 10th row": (folder / "gaps.csv", read_table_file),
        "CSV, every value quoted": (folder / "quoted.csv", read_table_file),
        "CSV packed with gzip": (folder / "packed.csv.gz", read_table_file),
        "NPZ": (folder / "arrays.npz", read_table_file),
    }


def main() -> None:
    """Print the median seconds of each form."""
    print(f"{ROWS:,} rows x {COLUMNS} columns, median of {REPEATS}; NumPy {np.__version__}, {platform.machine()}")
    with tempfile.TemporaryDirectory(prefix="nnlab-reading-") as place:
        for name, (path, read) in write_tables(Path(place)).items():
            seconds = []
            for _ in range(REPEATS):
                start = time.perf_counter()
                table = read(path)
                seconds.append(time.perf_counter() - start)
                assert len(table) == ROWS
            print(f"{name:40}{path.stat().st_size / 2**20:6.0f} MB{median(seconds):8.2f} s")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
